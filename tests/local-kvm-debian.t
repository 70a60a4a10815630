#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: Debian's own kernel, as packaged, is served as a KVM guest of the local host.
# Needs: setup, scripts/debian. Takes: 2 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

debian=$BUILD/debian/vmlinuz
[[ -e $debian ]] || bail "no kernel of Debian's: make debian"
expected=(g1/{disk-there,net-there,ping})
for r in store-up console-up net-plugged g1-done disk-read gone removed; do expected+=("l0/$r"); done
plan $(($(results "${expected[@]}") + 1))
KERNEL=$debian L0_KERNEL=$BUILD/linux/o-builtin/arch/x86/boot/bzImage \
	boot local-kvm-debian "${expected[@]}" -- -t 600
tr -d '\r' < "$LOG/boot-local-kvm-debian/aux.log" | grep -q '@xh g1 info xenhost none'
is "the guest ran Debian's kernel" $?
