#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: with FLASK and the example policy, enforced, the hardware domain may do all it
# may without; with the two permissions taken from the policy each operation answers
# -EACCES. Needs: setup. Takes: 4 minutes; full only.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
full_only

# The policy as it was built in, without what the nested host asks for
denying() {
	local conf=$BUILD/xen/o-flask/xsm/flask/policy.conf
	grep -q 'get_dom0_console nested_op nested_owner' "$conf" || return
	sed 's/get_dom0_console nested_op nested_owner/get_dom0_console/' "$conf" > "$TMP/policy.conf"
	checkpolicy -t Xen -c 30 "$TMP/policy.conf" -o "$GUEST_SCRIPTS/policy"
}

l1_xen flask
guest_scripts
expected=(l0/tools-up l0/abi-flask-done abi-flask/query abi-flask/publish abi-flask/hand-over-self
	abi-flask/release l0/abi-denied-done)
plan $(($(results "${expected[@]}") + 1))
try "a policy without the permissions" denying
LOGDIR=$LOG/boot-abi-flask SCENARIO_ARGS="0 0 flask denied" boot abi "${expected[@]}" -- -t 600
