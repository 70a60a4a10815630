#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the same as boot-nested.t with direct grants: L1-dom0 writes L1's grant table on
# L0 itself, for the disk, the network and the L2 on that disk. Needs: setup. Takes:
# 4 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=(l0/tools-up l0/bridge l0/l1-created l1/tools-up l1/disk-there l1/ping l1/store l1/l2-created l2/disk-there l2/ping
	l1/l2-done l0/l1-done)
for g in l1 l2; do
	expected+=("$g/$g-disk-read" "l0/$g-disk-write" "$g/$g-net-read" "$g/$g-net-write")
done
plan $(($(results "${expected[@]}") + 2))
dir=$LOG/boot-nested-direct
LOGDIR=$dir L1_XEN_ARGS=nested-host=grants=direct boot nested "${expected[@]}" -- -t 900
try "L1-Xen offers direct grants" grep -a 'nested-host: .*direct grants' "$dir/l1.log"
try "and L1-dom0 uses them" grep -a 'xenhost: nested: .*grants direct' "$dir/l1.log"
