#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: L1-dom0's blkback and netback serve guests of L0, PV and PVH, made by xl with the
# backend in L1 and plugged by xl devd there: data both ways over disk and network, compared; a
# guest destroyed and devices unplugged under load, two guests that talk to each other, then L1
# destroyed below them; nothing is left at either level, counted. Needs: setup. Takes: 5 minutes;
# full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=(l0/tools-up l0/l1-created l1/tools-up l1/backend-offered l1/store l1/devd l0/l1-ready)
for n in user user2 user3 user4; do
	for r in created disk-plugged net-plugged started load; do expected+=("l0/$n-$r"); done
	for r in disk-read ping disk-write net-net-read net-write; do expected+=("$n/$r"); done
done
expected+=(l0/user-destroyed l0/user-nothing-left l0/user-memory-back l1/idle-1
	l0/user2-unplug l0/user2-unplug-net l0/user2-disk-gone l0/user2-destroyed l0/user2-nothing-left l0/user2-memory-back
	l1/idle-2 l1/healthy l0/l1-healthy l0/l1-destroyed l0/user3-destroyed l0/user4-destroyed user4/peer-read l0/l1-nothing-left l0/l1-memory-back)
plan "$(results "${expected[@]}")"
boot nested-backend "${expected[@]}" -- -t 1500
