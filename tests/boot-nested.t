#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: what make demo shows: L1-dom0 finds its L0 disks and network, moves data over them,
# and an L2 whose root is on one disk reads and writes the other and reaches L0 over the
# network, each checksum equal. Needs: setup. Takes: 5 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/bridge l0/l1-created l1/tools-up l1/disk-there l1/ping l1/store l1/l2-created l2/disk-there l2/ping
	l1/l2-done l0/l1-done)
for g in l1 l2; do
	expected+=("$g/$g-disk-read" "l0/$g-disk-write" "$g/$g-net-read" "$g/$g-net-write")
done
plan "$(results "${expected[@]}")"
boot nested "${expected[@]}" -- -t 900
