#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: L1-dom0 has 32 disks and 8 networks of L0, data equal on each; a disk and a network
# plugged in and out ROUNDS times (1000) leave no port, and no memory at any level. Needs:
# setup. Takes: 4 minutes with ROUNDS=30 on a free machine, 1.7 s a round, an hour with the
# 1000 on a busy one; full only.

. "$(dirname "$0")/lib.sh"
full_only

export ROUNDS=${ROUNDS:-1000}
expected=(l0/l1-created l1/ping l0/disks-plugged l0/nets-plugged l1/all-seen l1/nets-equal l0/disks-equal l0/loop l0/rounds l0/l0-flat
	l1/l1-flat l0/l1-done)
plan "$(results "${expected[@]}")"
boot nested-many "${expected[@]}" -- -t $((900 + ROUNDS * 20))
