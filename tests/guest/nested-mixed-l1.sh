# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 where only one of L1-Xen and its kernel is patched: there is no device of L0, the
# patched kernel says so in one line, and all else is as ever: an L2 with a disk in memory
# and a network to this dom0.
. /xh/lib.sh

report_hosts
if [ -d /sys/hypervisor/xenhost ]; then
	check one-line test "$(dmesg | grep -c 'xenhost: nested')" = 1
	check says-why sh -c "dmesg | grep -q 'xenhost: nested: none: the Xen below does not offer its own host'"
	check only-direct test "$(ls /sys/hypervisor/xenhost)" = direct
else
	ok unpatched
fi
check no-device-of-l0 test ! -e /sys/bus/xen/devices/nested-vbd-51712
check tools-up xen_up
check bridge bridge xenbr0 10.1.0.1
fill /dev/ram0 1
want=$(sum /dev/ram0 1)
check l2-created guest l2 pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
	'memory=128' 'vcpus=1' "disk=['phy:/dev/ram0,xvda,w']" "vif=['bridge=xenbr0']" \
	'extra="console=hvc0 xh.name=l2 xh.run=nested-l2 xh.args=10.1.0.2"'
xl domid l2 > /dev/null || finish
check l2-done guest_done l2 500
if said l2 "info disk-read $want"; then ok l2-disk-read; else nok "l2-disk-read: not $want"; fi
finish
