# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0: L1-Xen as an HVM guest, with a real device model: its disk hda and its NIC are
# there both emulated and PV, xvdb too; xvdg is PV only, hdc a CD-ROM. Boots it twice: once it has
# the emulated ones unplugged, once it is told not to, and then the PV ones are refused.
. /xh/lib.sh
. /xh/vars

MB=16
XEN="console=pv loglvl=all guest_loglvl=all dom0_mem=512M noreboot cpuidle=0 bootscrub=0 $L1_XEN_ARGS"

# l1_hvm NAME "ARGUMENTS OF ITS SCRIPT" [WORD OF L1-DOM0'S COMMAND LINE]: QEMU's multiboot
# wants commas inside doubled
l1_hvm() {
	guest "$1" hvm 'kernel="/xh/boot/xen"' "cmdline=\"$XEN\"" \
		"ramdisk=\"/xh/boot/domu console=hvc0 xh.name=$1 xh.run=nested-hvm-l1 xh.args=$(echo "$2" | sed 's/ /,,/g') $3 $L1_ARGS,/xh/boot/l1dom0.cpio.gz\"" \
		'vga="none"' 'serial="none"' 'vnc=0' 'usb=0' \
		'on_crash="preserve"' 'on_reboot="preserve"' 'memory=1024' 'vcpus=1' 'tsc_mode="native"' \
		"disk=['phy:$SCRATCH,hda,w','phy:/dev/ram0,xvdb,w','phy:/dev/ram1,xvdg,w','/tmp/net.out,raw,hdc,ro,devtype=cdrom']" \
		"vif=['bridge=xenbr0,model=e1000']"
}

# written NAME FILE: L1 wrote what it says to the second half of its disk
written() {
	within 30 gone "$1"
	xl destroy "$1" 2>/dev/null
	s=$(sed -n "s/.*@xh $1 info disk-write \([0-9a-f]*\).*/\1/p" "/var/log/xen/console/guest-$1.log")
	[ "$s" ] && [ "$(sum "$2" "$MB" "$MB")" = "$s" ]
}

report_hosts
check tools-up xen_up
check bridge bridge xenbr0 10.0.0.1
fill /tmp/net.out "$MB"
ours=$(sum /tmp/net.out "$MB")
for d in "$SCRATCH" /dev/ram0 /dev/ram1; do dd if=/tmp/net.out of="$d" bs=1M conv=fsync 2>/dev/null; done
busybox httpd -p 80 -h /tmp

check unplug-created l1_hvm unplug "unplug $ours $MB"
[ "$XH_FAILED" = 0 ] || { device_models; finish; }
check unplug-done guest_done unplug 400
check unplug-disk-write written unplug "$SCRATCH"
check never-created l1_hvm never "never $ours $MB" xenhost_nested.unplug=never
check never-done guest_done never 400
check never-disk-write written never "$SCRATCH"
report_hosts
device_models
finish
