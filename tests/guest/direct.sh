# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the direct scenario: a PV and a PVH guest, each with a PV disk and a
# PV network; data is compared by checksum on both sides.
. /xh/lib.sh

MB=${1:-16}		# megabytes moved each way
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 10.0.0.1
modprobe -a xen-blkback xen-netback 2>/dev/null
busybox httpd -p 80 -h /tmp
iperf3 -s -D

one() {
	type=$1 name=$1-domu net=$2
	# disk: first half is ours to write, second half the guest's; one is a
	# file (through a loop device), the other a block device
	disk=/tmp/$name.img
	fill "$disk" "$MB"
	truncate -s "$((2 * MB))M" "$disk"
	ours=$(sum "$disk" "$MB")
	fill /tmp/net.out "$MB"
	netsum=$(sum /tmp/net.out "$MB")
	check "$name-created" guest "$name" "$type" \
		'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
		'memory=192' 'vcpus=2' 'tsc_mode="native"' \
		"disk=['$disk,raw,xvda,w']" "vif=['bridge=xenbr0']" \
		"extra=\"console=hvc0 xh.name=$name xh.run=direct-domu xh.args=$net,$MB\"" || return
	check "$name-ready" within 400 said "$name" ok.serving
	check "$name-get" busybox wget -q -O /tmp/net.in "http://$net/rnd"
	report_hosts
	busybox wget -q -O /dev/null "http://$net/cgi-bin/fetched"
	check "$name-done" guest_done "$name" 400
	log=/var/log/xen/console/guest-$name.log
	said "$name" "info disk-read $ours" && ok "$name-disk-read" || nok "$name-disk-read: not $ours"
	said "$name" "info net-read $netsum" && ok "$name-net-read" || nok "$name-net-read: not $netsum"
	s=$(sum /tmp/net.in "$MB")
	said "$name" "info net-write $s" && ok "$name-net-write" || nok "$name-net-write: not $s"
	within 30 gone "$name" || nok "$name-gone: still there"
	s=$(sum "$disk" "$MB" "$MB")
	said "$name" "info disk-write $s" && ok "$name-disk-write" || nok "$name-disk-write: not $s"
	sed -n 's/.*@xh [^ ]* info \(rate.*\)/\1/p' "$log" | tr -d '\r' | while read -r l; do info "$name $l"; done
}

one pv 10.0.0.2
one pvh 10.0.0.3
xl dmesg | tail -n 5
finish
