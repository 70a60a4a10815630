#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: rings, requests and grants of a KVM guest that are wrong in every way are refused by
# the host's blkback and netback, each next good one is served, an index that runs away ends its
# device only; the host is well, nothing is pinned, and the disk has what it had.
# Needs: setup. Takes: 3 minutes.

. "$(dirname "$0")/lib.sh"

expected=()
for r in store-up console-up ports-told connected net-plugged ended disk-halted net-stopped gone removed unpinned \
	disk-unharmed disk-added disk-there disk-read disk-removed nothing-left; do
	expected+=("l0/$r")
done
for r in placed blk-{good,not-granted,grant-beyond,readonly,sector-beyond-page,sectors-reversed,no-segment,many-segments} \
	blk-{255-segments,beyond-disk,sector-overflow,unknown,ended-in-use,random} blk-indirect-{none,many,write,grant} \
	net-{good,not-granted,grant-beyond,short,random}; do
	expected+=("hostile/$r")
done
plan "$(results "${expected[@]}")"
boot local-kvm-hostile "${expected[@]}" -- -t 600
