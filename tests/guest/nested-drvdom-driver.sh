# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The driver domain of L1: CHECKSUM MEGABYTES of the disk. Owns the connection to L0 and
# serves L2 guests from an L0 disk and an L0 vif, by blkback and netback under xl devd.
. /xh/lib.sh

host=/sys/hypervisor/xenhost/nested
mount -t xenfs xenfs /proc/xen 2>/dev/null
mkdir -p /run/xen /run/lock /var/log/xen /var/lib/xen
[ -e /var/lock ] || ln -s /run/lock /var/lock
: > /etc/xen/xl.conf
[ -d $host ] || info no-host
until [ -d $host ]; do
	sleep 1
	echo 1 2>/dev/null > /sys/module/xenhost_nested/parameters/enable
done
report_hosts
check disk-there within 60 test -b /dev/nested-xvda
s=$(sum /dev/nested-xvda "$2")
[ "$s" = "$1" ] && ok disk-read || nok "disk-read: $s"
within 60 test -d /sys/bus/xen/devices/nested-vif-0/net
dev=$(ls /sys/bus/xen/devices/nested-vif-0/net)
bridge xenbr0 10.0.0.2
brctl addif xenbr0 "$dev"
ip link set "$dev" up
check ping within 30 ping -c 1 -W 1 10.0.0.1
no_logger
: > /var/log/xen/xen-hotplug.log
tail -f /var/log/xen/xen-hotplug.log >&3 &
check devd xl devd -p /run/devd.pid
while sleep 1; do :; done
