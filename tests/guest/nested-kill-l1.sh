# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-kill scenario: CHECKSUM MEGABYTES of the start of its L0 disk.
# Destroys an L2 under disk and network load on L0's devices, lets the nested host go and
# takes it again, then keeps a second L2 under load while L0 plugs and unplugs.
. /xh/lib.sh
. /xh/count.sh

SUM=$1 MB=$2
disk=/dev/nested-xvda
check tools-up xen_up
bridge xenbr0 10.0.0.2

# The disk and the vif of L0, found and used; bridged, so that L2 is on L0's network
up() {
	check "$1-disk" within 60 test -b "$disk"
	s=$(sum "$disk" "$MB")
	[ "$s" = "$SUM" ] && ok "$1-disk-read" || nok "$1-disk-read: $s"
	within 60 test -d /sys/bus/xen/devices/nested-vif-0/net
	dev=$(ls /sys/bus/xen/devices/nested-vif-0/net)
	brctl addif xenbr0 "$dev"
	ip link set "$dev" up
	check "$1-ping" within 30 ping -c 1 -W 1 10.0.0.1
}
l2() {
	guest "$1" pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' 'memory=128' 'vcpus=1' \
		"disk=['phy:$disk,xvda,w']" "vif=['bridge=xenbr0']" \
		"extra=\"console=hvc0 xh.name=$1 xh.run=nested-kill-l2 xh.args=10.0.0.3,$MB\""
}
# L1-Xen's own count: grants/ports/retired/maps
state() { key X | sed -n 's|.*nested-host: \([0-9]*\) ports, \([0-9]*\) grants, \([0-9]*\) retired, \([0-9]*\) maps.*|\2/\1/\3/\4|p' | head -n 1; }
idle() { [ "$(state)" = 0/0/0/0 ]; }

up first
before=$(counts) free=$(free_mb)
info "nested host idle (grants/ports/retired/maps): $(state)"
check l2-created l2 l2
check l2-load within 300 said_n l2 info.loop 2
info "nested host with l2 under load: $(state)"
check l2-destroyed xl destroy l2
nothing_left l2 "$before" "$free"
info "nested host after l2 was destroyed: $(state)"
s=$(sum "$disk" "$MB")
[ "$s" = "$SUM" ] && ok disk-read-after || nok "disk-read-after: $s"

# All that L1-Xen held for this kernel is back when the host is let go
echo 0 > /sys/module/xenhost_nested/parameters/enable
check let-go test ! -e /sys/hypervisor/xenhost/nested
if within 20 idle; then ok let-go-nothing-left; else nok "let-go-nothing-left: $(state)"; fi
echo 1 > /sys/module/xenhost_nested/parameters/enable
up again

# Disks and vifs that L0 plugs in: use them until they go
hot_disk() {
	while :; do
		until [ -b /dev/nested-xvdb ]; do sleep 0.5; done
		info "hot-disk $(sum /dev/nested-xvdb "$MB")"
		n=0
		# a disk that is gone is one of size 0: reading it ends, without an error
		while dd if=/dev/nested-xvdb of=/tmp/hot bs=64k count=32 iflag=direct 2>/dev/null && [ -s /tmp/hot ] &&
			dd if=/tmp/hot of=/dev/nested-xvdb bs=64k count=32 oflag=direct 2>/dev/null; do
			n=$((n + 1))
			[ $n != 2 ] || info hot-disk-busy
		done
		while [ -e /sys/bus/xen/devices/nested-vbd-51728 ]; do sleep 0.5; done
		info "hot-disk-gone after $n rounds"
	done
}
hot_net() {
	p=/sys/bus/xen/devices/nested-vif-1
	while :; do
		until [ -d $p/net ]; do sleep 0.5; done
		d=$(ls $p/net)
		ip addr add 10.0.1.2/24 dev "$d"
		ip link set "$d" up
		n=0
		while [ -d $p/net ]; do
			timeout 20 busybox wget -q -T 5 -O /dev/null http://10.0.1.1/net.out && n=$((n + 1))
			[ $n != 1 ] || info hot-net-busy
		done
		while [ -e $p ]; do sleep 0.5; done
		info "hot-net-gone after $n rounds"
	done
}
hot_disk &
hot_net &
check l2b-created l2 l2b
within 300 said_n l2b info.loop 1 || finish
ok l2-under-load
n=0
while sleep 1; do
	m=$(grep -c 'info loop' /var/log/xen/console/guest-l2b.log)
	[ "$m" = "$n" ] || info "l2-loop $m; nested host $(state)"
	n=$m
	[ "$n" -lt 4 ] || [ "$healthy" ] || { healthy=1; check healthy xl list l2b; }
done
