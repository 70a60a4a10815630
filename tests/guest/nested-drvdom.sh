# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-drvdom scenario: makes L1, whose dom0 hands the connection to L0 to
# a driver domain (nested-drvdom-l1.sh), and destroys it while that one serves an L2.
. /xh/lib.sh
. /xh/count.sh
. /xh/vars

MB=8
check tools-up xen_up
bridge xenbr0 10.0.0.1
mkdir -p /tmp/www
fill /tmp/www/net.out 4
cp /xh/boot/l1dom0.cpio.gz /tmp/www/
fill "$SCRATCH" "$MB"
busybox httpd -p 80 -h /tmp/www
before=$(counts) free=$(free_mb)
check l1-created guest l1 pvh \
	'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
	"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=512M noreboot cpuidle=0 bootscrub=0 $L1_XEN_ARGS\"" \
	'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/l1dom0.cpio.gz"' \
	'on_crash="preserve"' 'on_reboot="preserve"' 'memory=1280' 'vcpus=2' 'tsc_mode="native"' \
	"disk=['phy:$SCRATCH,xvda,w']" "vif=['bridge=xenbr0']" \
	"cmdline=\"console=hvc0 xh.name=l1 xh.run=nested-drvdom-l1 xh.args=$(sum "$SCRATCH" $MB),$MB $L1_ARGS\"" || finish
check l1-done within 1500 said l1 ok.second-user-load
check l1-destroyed xl destroy l1
nothing_left l1 "$before" "$free"
finish
