#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: on bare QEMU, no Xen below, a PVH Linux under KVM believes it runs on Xen and has its
# root file system and disks from the host kernel's blkback, its network from its netback,
# data by checksum both ways; store and console by unmodified programs; when it is gone,
# nothing is left of it.
# Needs: setup. Takes: 2 minutes.

. "$(dirname "$0")/lib.sh"

expected=()
for r in kvm-there device-there store-up console-up net-plugged mapped batch g1-done net-copied gone removed \
	disk-written root-mounts root-sum nothing-left; do
	expected+=("l0/$r")
done
for r in processors on-xen root-on-xvda disk-there disk-read guest-disk-written fio guest-mkfs guest-mounted guest-fsck guest-file \
	net-there ping guest-net-read guest-net-write exits-read exits-write windows; do
	expected+=("g1/$r")
done
plan "$(results "${expected[@]}")"
boot local-kvm "${expected[@]}" -- -t 600
