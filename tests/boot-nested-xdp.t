#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: XDP on a network of L0 in L1-dom0, in the driver: let through, drop, answer, redirect
# to the other network of L0, data equal each time; headroom agreed on with L0's netback; each
# page of what was sent comes back; in and out under load; packets of many slots with headroom,
# headroom of a page, which L0's netback outlives; unplugged with a program, none stays.
# Again with direct grants. Needs: setup. Takes: 10 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

export GUEST_SCRIPTS=$TMP/guest
mkdir "$GUEST_SCRIPTS"
gcc -O2 -std=gnu11 -Wall -Wextra -Werror -static -o "$GUEST_SCRIPTS/xdp" tests/xdp/xdp.c || bail "the program does not build"
expected=(l0/l1-created l1/ping l1/headroom-offered l1/headroom-none l1/stack-answers
	l1/pass-on l1/headroom l1/pass-net-read l1/pass-net-write l1/pass-ping l1/pass-counted l1/headroom-back l1/connected-again l1/off-net-read
	l1/drop l1/drop-net-read l1/drop-counted l1/tx l1/tx-net-read l1/tx-counted l1/tx-not-by-the-stack
	l1/redirect l1/redirect-net-read l1/redirect-counted l1/flood-net-read l1/flood-answered l1/pages-come-back
	l1/redirected-pages-come-back l1/load-equal l1/stack-again l1/by-the-stack-again l1/large-mtu-refused
	l1/asked-headroom l1/many-slots-on l1/many-slots-net-read l1/many-slots-used l1/asked-a-page l1/page-of-headroom l1/asked-none
	l1/unplug-on l1/unplugged l1/no-program-left l1/last-net-read l0/l1-done)
plan $(($(results "${expected[@]}") * 2))
export L0_ARGS=xen_netback.max_queues=2
boot nested-xdp "${expected[@]}" -- -t 1300
LOGDIR=$LOG/boot-nested-xdp-direct L1_XEN_ARGS=nested-host=grants=direct boot nested-xdp "${expected[@]}" -- -t 1300
