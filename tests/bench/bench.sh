# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the bench scenario: TYPE of the domU. Counts on both sides of the direct
# host; run by scripts/bench, which puts the module and the file bench-vars beside this.
. /xh/lib.sh
. /xh/bench-vars

TYPE=${1:-pv}
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 10.0.0.1
check module busybox insmod /xh/xhbench.ko guest=dom0 "text=$TEXT" "etext=$ETEXT"
run() { echo "$*" > /sys/module/xhbench/parameters/run; }
check map-unmap-32 run map-unmap-32 0

# Wait without looking again and again: that would be counted
domu_idle() {
	mkfifo /tmp/domu
	tail -n +1 -f /var/log/xen/console/guest-domu.log > /tmp/domu &
	timeout 300 grep -q '@xh domu ok idle' /tmp/domu
	_rc=$?
	kill $!
	return $_rc
}

for d in /dev/ram0 /dev/ram1; do dd if=/dev/zero of=$d bs=1M count=4 2>/dev/null; done
check domu-created guest domu "$TYPE" \
	'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
	'memory=192' 'vcpus=1' 'tsc_mode="native"' \
	"disk=['phy:/dev/ram0,xvda,w']" "vif=['bridge=xenbr0']" \
	'extra="console=hvc0 xh.name=domu xh.run=bench-domu"'
check domu-ready within 300 said domu ok.ready

# the second disk keeps no grant mapped
echo N > /sys/module/xen_blkback/parameters/feature_persistent
check second-disk xl block-attach domu phy:/dev/ram1,xvdb,w
check domu-idle domu_idle
vif=$(basename /sys/class/net/vif*)
check packet-received run packet-received "$vif"
report_hosts
xl destroy domu
finish
