#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the patched kernel as PV dom0 of stock Xen serves a PV and a PVH guest a disk and
# a network, data equal on both sides. Needs: setup. Takes: 2 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/bridge)
for g in pv-domu pvh-domu; do
	expected+=("l0/$g-created" "$g/disk-there" "$g/net-there" "$g/ping" "l0/$g-done"
		"l0/$g-disk-read" "l0/$g-disk-write" "l0/$g-net-read" "l0/$g-net-write")
done
plan "$(results "${expected[@]}")"
boot direct "${expected[@]}" -- -t 600
