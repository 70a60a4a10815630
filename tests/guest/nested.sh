# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested scenario: makes L1, a PVH guest whose kernel is L1-Xen, with
# an L0 PV disk and an L0 vif. L1-dom0 then runs SCRIPT (default nested-l1).
# The disk holds known data: first half ours, second half for L1 to write.
. /xh/lib.sh
. /xh/vars

SCRIPT=${1:-nested-l1} MB=${2:-16} LIMIT=${3:-800}
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 10.0.0.1
fill /tmp/ours "$MB"
dd if=/tmp/ours of="$SCRATCH" bs=1M conv=fsync 2>/dev/null
ours=$(sum /tmp/ours "$MB")
mv /tmp/ours /tmp/net.out
busybox httpd -p 80 -h /tmp
iperf3 -s -D
check l1-created guest l1 pvh \
	'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
	"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=512M noreboot cpuidle=0 bootscrub=0 $L1_XEN_ARGS\"" \
	'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/l1dom0.cpio.gz"' \
	'on_crash="preserve"' 'on_reboot="preserve"' 'memory=1024' 'vcpus=2' 'tsc_mode="native"' \
	"disk=['phy:$SCRATCH,xvda,w']" "vif=['bridge=xenbr0']" \
	"cmdline=\"console=hvc0 xh.name=l1 xh.run=$SCRIPT xh.args=$ours,$MB $L1_ARGS\""
[ "$XH_FAILED" = 0 ] || finish
check l1-done guest_done l1 "$LIMIT"
[ "$XH_FAILED" = 0 ] || { xl list; for v in 0 1; do xenctx "$(xl domid l1)" $v | head -n 12; done; }
# what L1 says it wrote to its L0 disk, if it had one
for s in $(sed -n 's/.*@xh l1 info disk-write \([0-9a-f]*\).*/\1/p' /var/log/xen/console/guest-l1.log); do
	within 30 gone l1
	if [ "$(sum "$SCRATCH" "$MB" "$MB")" = "$s" ]; then ok l1-disk-write; else nok l1-disk-write: not "$s"; fi
done
report_hosts
finish
