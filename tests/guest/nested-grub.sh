# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0: L1 as an HVM guest that boots from its own disk, on which GRUB is installed.
. /xh/lib.sh
. /xh/io.sh
. /xh/vars

MB=8 LIMIT=${1:-600}
disk=/xh/boot/l1.img
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 $L0
serve $MB
check l1-created guest l1 hvm 'vga="none"' 'serial="none"' 'vnc=0' 'usb=0' \
	'on_crash="preserve"' 'on_reboot="preserve"' 'memory=768' 'vcpus=1' 'tsc_mode="native"' \
	"disk=['$disk,raw,hda,w']" "vif=['bridge=xenbr0,model=e1000']"
[ "$XH_FAILED" = 0 ] || { device_models; finish; }
check l1-done guest_done l1 "$LIMIT"
within 30 gone l1
xl destroy l1 2>/dev/null
# what L1 wrote into its root file system is on the disk
dump() { debugfs -R "dump /$1 /tmp/l1.$1" "$disk?offset=1048576" && [ -s "/tmp/l1.$1" ]; }
check dumped dump wrote
s=$(sed -n 's/.*@xh l1 info wrote \([0-9a-f]*\).*/\1/p' /var/log/xen/console/guest-l1.log)
check disk-write test "$s" -a "$(sum /tmp/l1.wrote $MB)" = "$s"
check fetched-dumped dump net.out
check net-read test "$(sum /tmp/net.out $MB)" = "$(sum /tmp/l1.net.out $MB)"
device_models
finish
