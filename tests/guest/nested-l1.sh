# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested scenario: CHECKSUM MEGABYTES of what its first L0 disk holds. Reads
# and writes that disk, uses its L0 network, measures both, and serves an L2 from them: both
# L0 disks are the L2's disks, the second its root, and the L0 network is its network.
. /xh/lib.sh
. /xh/io.sh

SUM=$1 MB=$2
disk=/dev/nested-xvda root=/dev/nested-xvdb
report_hosts
check tools-up xen_up
bridge xenbr0 10.0.0.2

# Devices of another host bear its name before theirs
check disk-there within 20 test -b $disk
s=$(sum $disk "$MB")
if [ "$s" = "$SUM" ]; then ok l1-disk-read; else nok "l1-disk-read: $s"; fi
put_disk l1 $disk "$MB" "$MB"
within 20 test -e /sys/bus/xen/devices/nested-vif-0/net
dev=$(ls /sys/bus/xen/devices/nested-vif-0/net)
ip link set "$dev" master xenbr0
ip link set "$dev" up
check ping within 30 ping -c 1 -W 1 $L0
get l1 "$SUM"
put l1 "$MB"
# L0's own store, with the stock tool
check store env XENSTORED_PATH=/dev/xen/xenbus-nested xenstore-ls device/vbd
check tools with_tools $root
fio_rate 'L1 disk read 128k' $disk read 128k
fio_rate 'L1 disk write 4k' "$disk" randwrite 4k
iperf_rate 'L1->L0 network'
iperf_rate 'L1<-L0 network' -R
check tools-left without_tools
report_links

check l2-created guest l2 pv 'kernel="/xh/boot/domu"' 'memory=128' 'vcpus=1' \
	"disk=['phy:$root,xvdb,w']" "vif=['bridge=xenbr0']" \
	"extra=\"console=hvc0 root=/dev/xvdb rw init=/init xh.name=l2 xh.run=nested-demo-l2 xh.args=10.0.0.3,$SUM,$MB\""
xl domid l2 > /dev/null || finish
# one after the other, and once it runs: the hotplug scripts have 40 s each
within 400 said l2 'ok ping'
check l2-disk plug l2 "phy:$disk,xvda,w"
report_links
check l2-done guest_done l2 500
report_hosts
finish
