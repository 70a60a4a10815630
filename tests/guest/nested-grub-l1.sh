# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-grub scenario, its root file system on the disk that GRUB was on:
# CHECKSUM MEGABYTES of the file /data there.
. /xh/lib.sh
. /xh/io.sh

SUM=$1 MB=$2
report_hosts
dmesg | grep 'xenhost: nested: unplugged' | while read -r l; do info "said $l"; done
part=/sys/block/nested-xvda/nested-xvda1
root_is_nested() { [ "$(awk '$5 == "/" { d = $3 } END { print d }' /proc/self/mountinfo)" = "$(cat $part/dev)" ]; }
check root-on-nested root_is_nested
no_emulated() { [ ! -e /sys/block/sda ] && [ -z "$(ls -d /sys/bus/pci/drivers/e1000/0000:*)" ]; }
check emulated-gone no_emulated
echo 3 > /proc/sys/vm/drop_caches
check disk-read test "$(sum /data "$MB")" = "$SUM"
check tools-up xen_up
within 20 test -e /sys/bus/xen/devices/nested-vif-0/net
eth=$(ls /sys/bus/xen/devices/nested-vif-0/net)
ip addr add 10.0.0.2/24 dev "$eth"
ip link set "$eth" up
check ping within 30 ping -c 1 -W 1 $L0
check fetched busybox wget -q -T 60 -O /net.out "http://$L0/net.out"
fill /wrote "$MB"
sync
echo 3 > /proc/sys/vm/drop_caches
info "wrote $(sum /wrote "$MB")"
finish
