#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the local host and its drivers load as modules, the host's is refused to be
# unloaded while used, goes when unused, and comes again.
# Needs: setup, and builds the modular kernel. Takes: 10 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=()
for r in driver-alone load host-there load-drivers unused store-up disk-added disk-there disk-fio busy busy-refused \
	disk-fio-after disk-removed store-busy-refused idle unload-drivers unload host-gone load-again \
	host-there-again unload-again; do
	expected+=("l0/$r")
done
plan $(($(results "${expected[@]}") + 1))
try "the modular kernel builds" scripts/kernel modular
find "$BUILD/linux/o-modular/root" -name '*.ko' -exec cp {} "$TMP" \;
GUEST_SCRIPTS=$TMP L0_KERNEL=$BUILD/linux/o-modular/arch/x86/boot/bzImage \
	boot local-modules "${expected[@]}" -- -t 300
