# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested scenario: CHECKSUM MEGABYTES of the first half of its L0
# disk. Uses the L0 devices if this kernel found any, then makes an L2 guest; the
# L2's disk is the L0 disk, or else memory.
. /xh/lib.sh

SUM=$1 MB=$2
report_hosts
check tools-up xen_up
bridge xenbr0 10.1.0.1
disk=/dev/ram0

# Devices of another host bear its name before theirs
vbd=$(ls -d /sys/bus/xen/devices/nested-vbd-*/block/* 2>/dev/null | head -n 1)
vif=$(ls -d /sys/bus/xen/devices/nested-vif-*/net/* 2>/dev/null | head -n 1)
if [ "$vbd" ]; then
	disk=/dev/$(basename "$vbd")
	info "nested disk $disk"
	s=$(sum "$disk" "$MB")
	if [ "$s" = "$SUM" ]; then ok disk-read; else nok "disk-read: $s"; fi
	fill /tmp/rnd "$MB"
	check disk-written dd if=/tmp/rnd of="$disk" bs=1M seek="$MB" conv=fsync
	info "disk-write $(sum /tmp/rnd "$MB")"
	rm /tmp/rnd
else
	nok "disk-read: no nested host"
fi
if [ "$vif" ]; then
	dev=$(basename "$vif")
	info "nested network $dev"
	ip addr add 10.0.0.2/24 dev "$dev"
	ip link set "$dev" up
	check ping within 30 ping -c 1 -W 1 10.0.0.1
	busybox wget -q -O /tmp/net.in http://10.0.0.1/net.out
	s=$(sum /tmp/net.in "$MB")
	if [ "$s" = "$SUM" ]; then ok net-read; else nok "net-read: $s"; fi
	rm -f /tmp/net.in
	info "rate iperf3 $(iperf3 -c 10.0.0.1 -t 2 -f m | awk '/receiver/ { print $(NF-2), $(NF-1) }')"
else
	nok "net-read: no nested host"
fi

fill /tmp/l2 1
[ "$vbd" ] || dd if=/tmp/l2 of="$disk" bs=1M 2>/dev/null
want=$(sum "$disk" 1)
check l2-created guest l2 pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
	'memory=128' 'vcpus=1' "disk=['phy:$disk,xvda,w']" "vif=['bridge=xenbr0']" \
	'extra="console=hvc0 xh.name=l2 xh.run=nested-l2 xh.args=10.1.0.2"'
check l2-done guest_done l2 500
if said l2 "info disk-read $want"; then ok l2-disk-read; else nok "l2-disk-read: not $want"; fi
report_hosts
finish
