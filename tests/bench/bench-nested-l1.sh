# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of an HVM L1 with both kinds of devices: [emulated] measures those as well.
. /xh/lib.sh
. /xh/bench-nested-io.sh

XEN=/sys/bus/xen/devices
name() { basename "$(ls -d $1 2>/dev/null)"; }

report_hosts
check tools-up xen_up
check disk-there within 20 test -b /dev/nested-xvdt
check tools tools /dev/nested-xvdt
disk l1-disk /dev/nested-xvdg
nic=$(name "$XEN/nested-vif-1/net/*")
ip addr add 10.0.1.2/24 dev "$nic"
ip link set "$nic" up
check ping within 30 ping -c 1 -W 1 10.0.1.1
net l1-net 10.0.1.1
# many small packets that the stack sends together
chroot /mnt ethtool -K "$nic" tso off
tcp l1-net-no-tso 10.0.1.1 sent
if [ "${1:-}" = emulated ]; then disk l1-emulated-disk "/dev/$(name "/sys/block/sd*")" 16; fi
ok ready
check second-disk within 120 test -b /dev/nested-xvdh
disk l1-disk-mapped /dev/nested-xvdh

ip addr flush dev "$nic"
bridge xenbr0 10.0.1.2
ip link set "$nic" master xenbr0
check l2-created guest l2 pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' \
	'memory=192' 'vcpus=1' "disk=['phy:/dev/nested-xvdg,xvda,w','phy:/dev/nested-xvdt,xvdt,r']" \
	"vif=['bridge=xenbr0']" \
	'extra="console=hvc0 xh.name=l2 xh.run=bench-nested-domu xh.args=l2,10.0.1.4"'
check l2-ready await 400 l2 ok.ready
echo N > /sys/module/xen_blkback/parameters/feature_persistent
check l2-second-disk xl block-attach l2 phy:/dev/nested-xvdh,xvdb,w
check l2-done done_ 400 l2

# last, since it was seen to stall; receiving never came to an end
if [ "${1:-}" = emulated ]; then
	nic=$(name "/sys/bus/pci/drivers/e1000/0000:*/net/*")
	ip addr add 10.0.0.2/24 dev "$nic"
	ip link set "$nic" up
	check ping-emulated within 60 ping -c 1 -W 1 10.0.0.1
	tcp l1-emulated-net 10.0.0.1 sent
fi
finish
