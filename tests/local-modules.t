#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the local host and its drivers load as modules, the host's is refused to be
# unloaded while used, goes when unused, and comes again; so does the one for KVM guests, which
# goes as soon as it can when a guest is killed with its I/O in flight.
# Needs: setup, and builds the modular kernel. Takes: 12 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=()
for r in driver-alone load host-there load-drivers unused store-up disk-added disk-there disk-fio busy busy-refused \
	disk-fio-after disk-removed store-busy-refused idle unload-drivers unload host-gone load-again \
	host-there-again unload-again; do
	expected+=("l0/$r")
done
expected_kvm=(g1/ping g2/{ping,verify,still-there})
for r in too-early load load-drivers load-kvm device-there store-up console-up g1-plugged g1-loaded in-flight \
	kvm-busy-refused host-busy-refused killed kvm-unloaded kvm-device-gone unpinned g1-gone g1-backends-gone load-again \
	g2-plugged g2-done g2-gone g2-backends-gone kvm-unloaded-again unpinned-again drivers-unloaded host-unloaded; do
	expected_kvm+=("l0/$r")
done
plan $(($(results "${expected[@]}") + $(results "${expected_kvm[@]}") + 1))
try "the modular kernel builds" scripts/kernel modular
mkdir "$TMP/modules"
find "$BUILD/linux/o-modular/root" -name '*.ko' -exec cp {} "$TMP/modules" \;
export GUEST_SCRIPTS=$TMP/modules L0_KERNEL=$BUILD/linux/o-modular/arch/x86/boot/bzImage
boot local-modules "${expected[@]}" -- -t 300
boot local-kvm-modules "${expected_kvm[@]}" -- -t 900
