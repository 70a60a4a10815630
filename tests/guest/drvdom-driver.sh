# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The driver domain: its backends, the bridge, and xl devd, which runs the hotplug scripts.
. /xh/lib.sh

mount -t xenfs xenfs /proc/xen 2>/dev/null
mkdir -p /run/xen /run/lock /var/log/xen /var/lib/xen
: > /etc/xen/xl.conf
check bridge bridge xenbr0 10.0.0.1
check disk-there within 30 test -b /dev/xvda
no_logger
touch /var/log/xen/xen-hotplug.log
tail -f /var/log/xen/xen-hotplug.log >&3 &
check devd xl devd -p /run/devd.pid
sleep 1
tail -n +1 -f /var/log/xen/xldevd.log >&3 &
report_hosts
while sleep 1; do :; done
