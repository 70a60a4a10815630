#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the patched kernel as PV dom0 of stock Xen serves a PV, a PVH and an HVM guest disks
# and a network, data equal on both sides; fio's own verification, flush, discard, a file system,
# jumbo frames. Needs: setup. Takes: 3 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/bridge)
guests=(pv-domu pvh-domu hvm-domu)
# what the device model emulates is unplugged
hvm=(hvm-domu/emulated-gone)
# a guests' root of an older cache, and no network to renew it
[[ -e $BUILD/image/dom0/usr/libexec/xen-qemu-system-i386 ]] || { guests=(pv-domu pvh-domu); hvm=(l0/hvm-domu); }
for g in "${guests[@]}"; do
	for r in disk-there net-there fio-verify mkfs discard discard-reads-zero discard-spares-rest ping iperf3-out iperf3-in \
		jumbo-set jumbo-ping; do
		expected+=("$g/$r")
	done
	for r in created jumbo flushed discarded gave-back guest-type disk-read disk-write net-read jumbo-read net-write fs "done"; do
		expected+=("l0/$g-$r")
	done
done
expected+=("${hvm[@]}")
plan "$(results "${expected[@]}")"
boot direct "${expected[@]}" -- -t 600
