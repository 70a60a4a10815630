# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested bench: an ordinary PVH domU, then an HVM L1 with emulated and with
# PV devices, on memory disks and bridges of their own. "short" leaves out the domU and the
# emulated devices. Run by scripts/bench-nested.
. /xh/lib.sh
. /xh/bench-nested-io.sh
. /xh/vars

SHORT=${1:-}
XEN="console=pv loglvl=all guest_loglvl=all dom0_mem=640M noreboot cpuidle=0 bootscrub=0 $L1_XEN_ARGS"

# second NAME DISK: once NAME is ready, a disk of which no grant is kept mapped
second() {
	await 2000 "$1" ok.ready || return 1
	echo N > /sys/module/xen_blkback/parameters/feature_persistent
	xl block-attach "$1" "phy:/dev/ram1,$2,w"
	echo Y > /sys/module/xen_blkback/parameters/feature_persistent
}

report_hosts
check tools-up xen_up
check bridges eval 'bridge xenbr0 10.0.0.1 && bridge xenbr1 10.0.1.1'
for d in 0 1 2; do dd if=/dev/zero of=/dev/ram$d bs=1M count=32 2>/dev/null; done
iperf3 -s -D
if [ "$SHORT" != short ]; then
	check domu-created guest domu pvh 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
		'memory=256' 'vcpus=1' 'tsc_mode="native"' \
		"disk=['phy:/dev/ram0,xvda,w','phy:$TOOLS,xvdt,r']" "vif=['bridge=xenbr1']" \
		'cmdline="console=hvc0 xh.name=domu xh.run=bench-nested-domu xh.args=domu,10.0.1.3"'
	check domu-second-disk second domu xvdb
	check domu-done done_ 600 domu
	within 30 gone domu
	args=emulated
fi
check l1-created guest l1 hvm 'kernel="/xh/boot/xen"' "cmdline=\"$XEN\"" \
	"ramdisk=\"/xh/boot/domu console=hvc0 xh.name=l1 xh.run=bench-nested-l1 xh.args=${args:-none} xenhost_nested.unplug=never $L1_ARGS,/xh/boot/l1dom0.cpio.gz\"" \
	'vga="none"' 'serial="none"' 'vnc=0' 'usb=0' 'on_crash="preserve"' 'on_reboot="preserve"' \
	'memory=1152' 'vcpus=1' 'tsc_mode="native"' \
	"disk=['phy:/dev/ram2,hda,w','phy:/dev/ram0,xvdg,w','phy:$TOOLS,xvdt,r']" \
	"vif=['bridge=xenbr0,model=e1000','bridge=xenbr1,type=vif']"
[ "$XH_FAILED" = 0 ] || { device_models; finish; }
check l1-second-disk second l1 xvdh
check l1-done done_ 2000 l1
device_models
finish
