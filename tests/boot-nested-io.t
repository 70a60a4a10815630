#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: on disks and a network of L0, L1-dom0 and an L2 behind it have a file system, random
# writes of 512 bytes to 1 MiB verified, discard and flush that reach L0, 1 MiB requests,
# jumbo frames, files by checksum; a queue for each vcpu; persistent grants on and off;
# plugged in and out; a disk of L1's own with the same number; no copy of the data in L1-dom0.
# XENHOST_FULL also boots with 4 vcpus, and 2-level events in L1-dom0 and L0-dom0. Needs:
# setup. Takes: 6 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up l0/l1-created l1/ping l1/tools l1/disk-read l1/fio l1/megabyte-in-one-request
	l1/disk-queues l1/net-queues l1/fio-vcpu0 l1/fio-vcpu1 l1/disk-queues-used
	l1/not-persistent-no-copy l1/persistent-plugged l1/fio-persistent l1/persistent-copies l1/persistent-keeps-grants
	l1/plugged-3 l1/unplugged-3 l1/ports-as-before l1/both-there l1/both-read-l0 l1/both-read-l1 l1/l0-stays l1/store
	l1/l2-created l2/root-on-l0 l2/ping l2/fio l2/no-copy-in-l1 l2/fio-persistent l2/persistent-copies-in-l1
	l2/net-no-copy-in-l1 l1/l2-done l0/l1-done)
for g in l1 l2; do
	for r in mkfs fsck file discard-reaches-L0 discard-zeroes flush-reaches-L0 net-read net-write jumbo jumbo-net-read jumbo-net-write; do
		expected+=("$g/$g-$r")
	done
done
more=("${expected[@]}" l1/fio-vcpu2 l1/fio-vcpu3)
n=$(($(results "${expected[@]}") + 2))
[[ ! ${XENHOST_FULL:-} ]] || n=$((n + $(results "${more[@]}") + 2))
plan "$n"

# events LOGS ABI: which one the two dom0s have
events() {
	try "L0-dom0 has $2 events" grep -a "^\[.*Using $2 ABI" "$1/console.log"
	try "L1-dom0 has $2 events" grep -a "^\[.*Using $2 ABI" "$1/l1.log"
}
queues='xen_blkback.max_queues=4 xen_netback.max_queues=4'
L0_ARGS=$queues boot nested-io "${expected[@]}" -- -t 1200
events "$LOG/boot-nested-io" FIFO-based
[[ ${XENHOST_FULL:-} ]] || exit 0
dir=$LOG/boot-nested-io-2level
LOGDIR=$dir L1_VCPUS=4 L0_ARGS="$queues xen.fifo_events=0" L1_ARGS=xen.fifo_events=0 \
	boot nested-io "${more[@]}" -- -t 1500
events "$dir" 2-level
