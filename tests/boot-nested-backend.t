#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: L1-dom0's blkback and netback serve a PV guest of L0, made by xl with the backend in L1
# and plugged by xl devd there: data both ways over disk and network, compared; it is destroyed
# under load, then L1 below a second one, and nothing is left, counted. Needs: setup. Takes: 3
# minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/l1-created l1/tools-up l1/backend-offered l1/store l1/devd l0/l1-ready)
for n in user user2; do
	for r in created disk-plugged net-plugged started load destroyed; do expected+=("l0/$n-$r"); done
	for r in disk-read ping disk-write net-net-read net-write; do expected+=("$n/$r"); done
done
expected+=(l0/user-nothing-left l0/user-memory-back l1/idle-1 l1/healthy l0/l1-healthy
	l0/l1-destroyed l0/l1-nothing-left l0/l1-memory-back)
plan "$(results "${expected[@]}")"
boot nested-backend "${expected[@]}" -- -t 1500
