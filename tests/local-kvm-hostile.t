#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: rings, requests and grants of a KVM guest that are wrong in every way are refused by
# the host's blkback and netback, each next good one is served, an index that runs away ends its
# device only; the host is well, nothing is pinned, and the disk has what it had.
# Needs: setup. Takes: 4 minutes.

. "$(dirname "$0")/lib.sh"

expected=()
for r in store-up console-up ports-told disk-connected net-plugged-{0..6} ended disk-halted control-refused budget-kept net-copied net-stopped gone removed \
	disk-{event-channel,ring-ref,protocol,multi-queue-num-queues,ring-page-order}-refused unpinned disk-unharmed \
	net-{event-channel,tx-ring-ref,rx-ring-ref,multi-queue-num-queues,ctrl-ring-ref}-refused \
	disk-added disk-there disk-read disk-removed nothing-left; do
	expected+=("l0/$r")
done
for r in placed blk-{good,not-granted,grant-beyond,readonly,sector-beyond-page,sectors-reversed,no-segment,many-segments} \
	blk-{255-segments,beyond-disk,sector-overflow,unknown,ended-in-use,random,still-good,runaway} \
	blk-discard-{beyond,overflow,negative} blk-indirect-{none,many,write,grant,good,not-granted,beyond-page,reversed,random} \
	net-{good,not-granted,grant-beyond,short,random,chains,crossing,no-such-extra,no-extra,gso-of-nothing,no-more} \
	net-{more-and-more,rx-runaway,control-runaway,runaway} net-control-{good,random} net-key-{not-granted,grant-beyond,long,endless} \
	net-mapping-{large,not-granted,beyond,wraps,no-queue} net-rx-{good,not-granted,grant-beyond,readonly,random}; do
	expected+=("hostile/$r")
done
plan "$(results "${expected[@]}")"
boot local-kvm-hostile "${expected[@]}" -- -t 900
