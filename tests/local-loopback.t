#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: on bare QEMU, no Xen below, the local host with an unmodified xenstored lets
# blkback serve blkfront and netback netfront in one kernel, data by checksum; hostile
# frontends and a hostile backend are refused; the host goes only when unused, and comes again.
# Needs: setup. Takes: 1 minute.

. "$(dirname "$0")/lib.sh"

expected=()
for r in host-there no-xen-below store-up no-default-store set-up-refused control-domain disk-added disk-there disk-mapped disk-fio disk-gntdev disk-mkfs disk-mount \
	disk-mount-back disk-sum disk-removed disk-gone refusals refusals-mapped refusals-ran net-added net-there net-ping net-iperf-out \
	net-iperf-in net-get net-sum net-copied net-removed net-gone busy-refused busy-said off off-gone on store-up-again \
	disk-added-again disk-there-again disk-persistent disk-persistent-fio disk-removed-again; do
	expected+=("l0/$r")
done
plan "$(results "${expected[@]}")"
boot local "${expected[@]}" -- -t 300
