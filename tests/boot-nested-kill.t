#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: with I/O in flight through both levels, an L2 is destroyed, the nested host is let
# go and taken again, a disk and a vif of L0 are unplugged in the way and by force, L0's
# xenstored is replaced, L1 is destroyed; the levels below stay healthy, and no grant, port,
# frame, loop or vif is left, counted at each. Needs: setup. Takes: 6 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/l1-created l1/tools-up l1/first-disk-read l1/first-ping l1/l2-created l1/l2-load
	l1/l2-destroyed l1/l2-nothing-left l1/l2-memory-back l1/disk-read-after l1/let-go l1/let-go-nothing-left
	l1/again-disk-read l1/again-ping l1/l2-under-load l0/l1-ready)
for r in plain force; do
	expected+=("l0/$r-plug" "l0/$r-disk-works" "l0/$r-disk-busy" "l0/$r-net-busy" "l0/$r-unplug" "l0/$r-disk-gone"
		"l0/$r-net-gone" "l0/$r-l0-clean" "l0/$r-l2-goes-on")
done
expected+=(l0/store-update l0/store-answers l0/l1-healthy l0/l1-destroyed l0/l1-nothing-left l0/l1-memory-back)
plan "$(results "${expected[@]}")"
# without persistent grants the very pages of L2 are granted to L0
L1_ARGS=xen_blkfront.feature_persistent=0 boot nested-kill "${expected[@]}" -- -t 1500
