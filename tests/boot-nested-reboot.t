#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: an L1 that L0 reboots, whose dom0 panics, or whose Xen is reset, each under
# load, has its disk and network of L0 again, with the data that it wrote; L0 has no more open
# than before, and nothing once it has shut L1 down. Needs: setup. Takes: 4 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=(l0/l1-created l0/reboot-asked l0/last-is-the-fourth-domain
	l0/shutdown-asked l0/l1-gone l0/l1-nothing-left l0/l1-memory-back)
for n in 1 2 3 4; do
	expected+=("l0/boot-$n-ready" "l0/boot-$n-loaded" "l0/boot-$n-l0-as-before" "l1/disk-read-$n"
		"l1/boot-$n-net-read" "l1/boot-$n-net-write")
	[[ $n == 1 ]] || expected+=("l1/written-before-$n")
done
plan $(($(results "${expected[@]}") + 5))
dir=$LOG/boot-nested-reboot
# the panic that is asked for, and its trace, which no line of another kind begins
ALLOW_ALSO='/(l1\.log:|aux\.log:l1\| ).*(Kernel panic - not syncing: sysrq triggered crash|Call Trace:)' \
	boot nested-reboot "${expected[@]}" -- -t 1700
for c in reboot poweroff; do try "L0 asked for $c" grep -a "xenhost: shutdown: nested: $c" "$dir/l1.log"; done
try "L1-dom0 panicked" grep -a 'Kernel panic - not syncing: sysrq triggered crash' "$dir/l1.log"
try "L1-Xen was reset" grep -aE "'R' pressed -> rebooting machine" "$dir/l1.log"
starts() { [[ $(grep -ac 'nested-host: Xen .* there; ' "$dir/l1.log") == 4 ]]; }
try "L1-Xen started four times" starts
