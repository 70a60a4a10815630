#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the patched kernel as PV dom0 of stock Xen serves a PV and a PVH guest disks and
# a network, data equal on both sides; fio's own verification, flush, discard, a file system,
# jumbo frames. Needs: setup. Takes: 3 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/bridge)
for g in pv-domu pvh-domu; do
	for r in disk-there net-there fio-verify mkfs discard discard-reads-zero discard-spares-rest ping iperf3-out iperf3-in \
		jumbo-set jumbo-ping; do
		expected+=("$g/$r")
	done
	for r in created jumbo flushed discarded gave-back disk-read disk-write net-read jumbo-read net-write fs "done"; do
		expected+=("l0/$g-$r")
	done
done
plan "$(results "${expected[@]}")"
boot direct "${expected[@]}" -- -t 600
