# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A kernel without a Xen below, with the local host: xenstored as it comes, and
# blkback <-> blkfront, netback <-> netfront in this one kernel.
. /xh/lib.sh
. /xh/local-lib.sh

MB=${1:-32}		# size of the disk, megabytes

verify() {
	fio --name=verify --filename="$1" --rw=randwrite --bs=4k-64k --size="${MB}m" \
		--ioengine=libaio --direct=1 --iodepth=16 --verify=crc32c --do_verify=1 --verify_fatal=1 --randseed=7
}

report_hosts
check host-there grep -qx local /sys/hypervisor/xenhost/local/kind
# a hypercall instruction here is an invalid opcode: an oops, which the harness sees
check no-xen-below sh -c '! test -e /sys/hypervisor/xenhost/direct && ! dmesg | grep "Hypervisor detected"'
check store-up store_up
# there is no default store: who asks it for an answer would wait for ever
check no-default-store sh -c 'test -f /proc/xen/xenbus && ! (: < /proc/xen/xenbus) && ! (: < /dev/xen/xenbus)'
# nor a domain to run xenstored in
check set-up-refused python3 -c 'import errno, fcntl
try: fcntl.ioctl(open("/dev/xen/xenbus_backend"), 0x4201, 0)
except OSError as e: exit(e.errno != errno.EOPNOTSUPP)
exit(1)'
check control-domain grep -qx control_d /proc/xen/capabilities

# ---- disk ----
truncate -s "${MB}M" /tmp/disk.img
loop=$(/usr/sbin/losetup -f --show /tmp/disk.img)
check disk-added add_disk 51712 "$loop"
check disk-there within 20 disk_of 51712
check disk-mapped persistent 0 51712 0
disk=/dev/$(disk_of 51712)
info "disk $disk $(cat "/sys/block/${disk#/dev/}/size")"
check disk-fio verify "$disk"
ref=$(xenstore-read "$FE/vbd/51712/queue-0/ring-ref" || xenstore-read "$FE/vbd/51712/ring-ref")
check disk-gntdev taskset -c 0 python3 /xh/local-gntdev.py "$ref" "$disk"
check disk-mkfs mkfs.ext4 -q "$disk"
mkdir -p /tmp/m
check disk-mount mount "$disk" /tmp/m
fill /tmp/m/file 8
want=$(sum /tmp/m/file 8)
umount /tmp/m
check disk-removed remove_device vbd 51712
check disk-gone within 20 sh -c "! test -e $disk"
check disk-mount-back mount -o ro "$loop" /tmp/m
check disk-sum test "$(sum /tmp/m/file 8)" = "$want"
umount /tmp/m

# ---- frontends that mean harm, and a backend ----
echo 2 > /sys/module/xen_netback/parameters/max_queues
check refusals sh -c 'echo 1 > /sys/module/local_kunit/parameters/fronts'
# once more, with a netback that maps
copy=/sys/module/xen_netback/parameters/tx_copy
echo 0 > $copy
check refusals-mapped sh -c 'echo 1 > /sys/module/local_kunit/parameters/fronts'
echo -1 > $copy
check refusals-ran sh -c 'dmesg | grep -c "] ok . xen_local_[bn]" | grep -qx 6'

# ---- network ----
check net-added add_net 0 00:16:3e:00:00:01
check net-there within 20 net_up 0
check net-ping busybox ping -c 3 -w 20 10.9.0.2
ip netns exec fe iperf3 -s -D
check net-iperf-out within 20 iperf3 -c 10.9.0.2 -t 2
check net-iperf-in within 20 iperf3 -c 10.9.0.2 -t 2 -R
fill /tmp/net.out 16
mkdir -p /tmp/www
ip netns exec fe busybox httpd -p 80 -h /tmp
check net-get busybox wget -q -O /tmp/net.in http://10.9.0.2/net.out
check net-sum cmp /tmp/net.out /tmp/net.in
check net-copied all_copied "$(net_of vif-0-0)"
check net-removed remove_device vif 0
check net-gone within 20 sh -c '! /usr/sbin/ip netns exec fe ip link show dev fe0'

# ---- going and coming ----
enable=/sys/module/xen_local/parameters/enable
check busy-refused sh -c "! echo 0 > $enable"
check busy-said sh -c 'dmesg | grep "xen_local: in use"'
kill "$(cat /run/xenstored.pid)"
check off within 20 sh -c "echo 0 > $enable"
check off-gone sh -c '! test -e /sys/hypervisor/xenhost/local'
check on sh -c "echo 1 > $enable"
umount /proc/xen
umount /var/lib/xenstored
check store-up-again store_up

# ---- the same disk with persistent grants, which are there when asked for ----
echo Y > /sys/module/xen_blkback/parameters/feature_persistent
check disk-added-again add_disk 51712 "$loop"
check disk-there-again within 20 disk_of 51712
check disk-persistent sh -c 'dmesg | grep "xvda: .*persistent grants: enabled"'
check disk-persistent-fio verify "$disk"
check disk-removed-again remove_device vbd 51712

grep . /sys/kernel/debug/xenhost/local/* 2>/dev/null
finish
