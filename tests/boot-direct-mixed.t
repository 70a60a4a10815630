#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the patched kernel and Debian's own, as packaged, serve each other: either as dom0,
# the other as PV, PVH and HVM domU. Needs: setup, scripts/debian. Takes: 8 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

debian=$BUILD/debian/vmlinuz
ours=$BUILD/linux/o-builtin/arch/x86/boot/bzImage
[[ -e $debian ]] || bail "no kernel of Debian's: make debian"
expected=() guests=(pv-domu pvh-domu)
# unless the guests' root is of an older cache
[[ ! -e $BUILD/image/dom0/usr/libexec/xen-qemu-system-i386 ]] || guests+=(hvm-domu)
for g in "${guests[@]}"; do
	for r in disk-read disk-write net-read jumbo-read net-write fs discarded guest-type "done"; do expected+=("l0/$g-$r"); done
	expected+=("$g/fio-verify")
done
plan $((2 * $(results "${expected[@]}") + 2))
# found COUNT FOLDER: that many guests have a kernel without hosts; else the wrong kernel ran
found() { [[ $(tr -d '\r' < "$2/aux.log" | grep -o '@xh [a-z0-9-]* info xenhost none' | sort -u | wc -l) == "$1" ]]; }

dir=$LOG/boot-debian-domu
LOGDIR=$dir L0_KERNEL=$ours KERNEL=$debian boot direct "${expected[@]}" -- -t 900
found ${#guests[@]} "$dir"
is "all guests ran Debian's kernel" $? "$dir/aux.log"
dir=$LOG/boot-debian-dom0
LOGDIR=$dir L0_KERNEL=$debian KERNEL=$ours boot direct "${expected[@]}" -- -t 900
found 1 "$dir"
is "dom0 ran Debian's kernel" $? "$dir/aux.log"
