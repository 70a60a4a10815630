# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the direct scenario: a PV, a PVH and an HVM guest, each with PV disks and a
# PV network; data is compared by checksum on both sides.
. /xh/lib.sh

MB=${1:-8}		# megabytes moved each way
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 10.0.0.1
ip link set xenbr0 mtu 9000
modprobe -a xen-blkback xen-netback 2>/dev/null
busybox httpd -p 80 -h /tmp
iperf3 -s -D

# compare NAME WHAT SUM: the guest said that WHAT has this checksum
compare() { if said "$1" "info $2 $3"; then ok "$1-$2"; else nok "$1-$2: not $3"; fi; }
# counted DOMID DEVICE COUNTER: blkback counted at least one
counted() { [ "$(cat "/sys/bus/xen-backend/devices/vbd-$1-$2/statistics/$3")" -gt 0 ]; }
blocks() { stat -c %b "$1"; }		# of 512 bytes
# the discarded half went from the file: nothing of it may remain
gave_back() { [ "$2" -ge $((HARD * 2048)) ] && [ "$(blocks "$1")" -le $((HARD * 1024)) ]; }
# what the guest's file system holds, through a loop device of our own
holds() { # FILE SUM
	mkdir -p /tmp/fs
	losetup /dev/loop7 "$1" && e2fsck -f -n /dev/loop7 && mount -t ext4 -o ro /dev/loop7 /tmp/fs || return
	_s=$(sum /tmp/fs/file 2)
	umount /tmp/fs && losetup -d /dev/loop7
	[ "$_s" = "$2" ]
}

one() {
	type=$1 name=$1-domu net=$2
	HARD=$3		# megabytes of the disk that fio and others overwrite
	nic='' quiet='' ro=r
	# The device model emulates the disks and a NIC too, until the guest has them unplugged;
	# it knows no disk that can only be read.
	[ "$type" != hvm ] || { nic=,model=e1000 ro=w; quiet='vga="none"; serial="none"; vnc=0; usb=0'; }
	# disk: first half is ours to write, second half the guest's; two are
	# files (through a loop device), the other a block device
	disk=/tmp/$name.img hard=/tmp/$name-hard.img
	fill "$disk" "$MB"
	truncate -s "$((2 * MB))M" "$disk"
	ours=$(sum "$disk" "$MB")
	fill /tmp/net.out "$MB"
	netsum=$(sum /tmp/net.out "$MB")
	fill "$hard" "$HARD"
	was=$(blocks "$hard")
	check "$name-created" guest "$name" "$type" \
		'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
		'memory=256' 'vcpus=2' 'tsc_mode="native"' "$quiet" \
		"disk=['$disk,raw,xvda,w', 'phy:$TOOLS,xvdb,$ro', '$hard,raw,xvdc,w']" "vif=['bridge=xenbr0$nic']" \
		"extra=\"console=hvc0 xh.name=$name xh.run=direct-domu xh.args=$net,$MB,$HARD\"" || return
	check "$name-ready" within 400 said "$name" ok.serving
	check "$name-get" busybox wget -q -O /tmp/net.in "http://$net/rnd"
	check "$name-jumbo" /usr/bin/ping -c 3 -M 'do' -s 8900 "$net"
	report_hosts
	# 51744: xvdc
	check "$name-flushed" counted "$(xl domid "$name")" 51744 f_req
	check "$name-discarded" counted "$(xl domid "$name")" 51744 ds_req
	check "$name-gave-back" gave_back "$hard" "$was"
	info "$name file of xvdc: blocks $(blocks "$hard"), before $was"
	busybox wget -q -O /dev/null "http://$net/cgi-bin/fetched"
	check "$name-done" guest_done "$name" 400
	compare "$name" guest-type "$(echo "$type" | tr a-z A-Z)"
	compare "$name" disk-read "$ours"
	compare "$name" net-read "$netsum"
	compare "$name" jumbo-read "$netsum"
	theirs=$(sum /tmp/net.in "$MB")
	compare "$name" net-write "$theirs"
	within 30 gone "$name" || nok "$name-gone: still there"
	compare "$name" disk-write "$(sum "$disk" "$MB" "$MB")"
	check "$name-fs" holds "$hard" "$(sum /tmp/net.in 2)"
	sed -n 's/.*@xh [^ ]* info \(rate.*\)/\1/p' "/var/log/xen/console/guest-$name.log" | tr -d '\r' |
		while read -r l; do info "$name $l"; done
}

one pv 10.0.0.2 24
# an interrupt costs a PVH guest much under emulation
one pvh 10.0.0.3 12
if [ -e /usr/libexec/xen-qemu-system-i386 ]; then one hvm 10.0.0.4 12; else skip 'hvm-domu: no device model'; fi
device_models
xl dmesg | tail -n 5
finish
