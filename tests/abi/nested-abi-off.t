#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: an L1-Xen built without the nested host has no such hypercall, and each of its
# functions is as long as in a Xen without our patches. Needs: setup. Takes: 4 minutes;
# full only.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
full_only

# Functions and data with their sizes; what says when, from what and how it was built goes
symbols() { nm -S "$1/xen-syms" | awk 'NF == 4 { print $4, $2, $3 }' | grep -vE '^(__crc|xen_(banner|build|compile|changeset|config_data)|opt_)' | sort; }
same() { diff <(symbols "$BUILD/xen-plain/o-plain") <(symbols "$BUILD/xen/o-off"); }

l1_xen plain
l1_xen off
guest_scripts
expected=(l0/tools-up l0/abi-none-created abi-none/off l0/abi-none-done)
plan $(($(results "${expected[@]}") + 1))
try "built without it, Xen is as long as without our patches" same
LOGDIR=$LOG/boot-abi-off SCENARIO_ARGS="0 0 none" boot abi "${expected[@]}" -- -t 300
