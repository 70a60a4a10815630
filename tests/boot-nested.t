#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: L1-dom0 finds its L0 disk and network, moves data over both, and serves an L2
# from that disk. Needs: setup. Takes: 4 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/bridge l0/l1-created l1/tools-up l1/disk-read l1/disk-written l1/ping l1/net-read
	l1/l2-created l2/disk-there l2/ping l1/l2-done l1/l2-disk-read l0/l1-done l0/l1-disk-write)
plan "$(results "${expected[@]}")"
boot nested "${expected[@]}" -- -t 900
