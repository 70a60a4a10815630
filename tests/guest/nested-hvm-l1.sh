# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of an HVM L1: MODE (unplug or never) CHECKSUM MEGABYTES. Each disk and NIC of L0
# must be there one way, and that must work.
. /xh/lib.sh

MODE=$1 SUM=$2 MB=$3
XEN=/sys/bus/xen/devices
bound() { [ -e "$XEN/$1/driver" ]; }
refused() { [ -e "$XEN/$1" ] && ! bound "$1"; }
emulated_nic() { ls -d /sys/bus/pci/drivers/e1000/0000:* 2>/dev/null; }
emulated_disk() { ls -d /sys/block/sda 2>/dev/null; }

report_hosts
info "features $(cat /sys/hypervisor/xenhost/nested/features)"
info "unplugged $(cat /sys/module/xenhost_nested/parameters/unplug)"
dmesg | grep 'xenhost: nested: unplugged' | while read -r l; do info "said $l"; done
check pv-only-disk within 20 bound nested-vbd-51808
check cdrom-refused refused nested-vbd-5632
if [ "$MODE" = unplug ]; then
	check pv-disk within 20 bound nested-vbd-768
	check pv-second-disk within 20 bound nested-vbd-51728
	check pv-nic within 20 bound nested-vif-0
	if emulated_nic || ls -d /sys/block/sd*; then nok emulated-gone; else ok emulated-gone; fi
	disk="$XEN/nested-vbd-768/block/*" nic="$XEN/nested-vif-0/net/*"
else
	check pv-disk-refused refused nested-vbd-768
	check pv-second-disk-refused refused nested-vbd-51728
	check pv-nic-refused refused nested-vif-0
	if [ "$(emulated_nic)" ] && [ -b /dev/sda ] && [ -b /dev/sdb ]; then ok emulated-there; else nok emulated-there; fi
	disk=$(emulated_disk) nic="$(emulated_nic)/net/*"
fi
# shellcheck disable=SC2086 # a pattern
disk=/dev/$(basename $disk) nic=$(basename $nic)
info "disk $disk, network $nic"
s=$(sum "$disk" "$MB")
if [ "$s" = "$SUM" ]; then ok disk-read; else nok "disk-read: $s"; fi
fill /tmp/rnd "$MB"
check disk-written dd if=/tmp/rnd of="$disk" bs=1M seek="$MB" conv=fsync
info "disk-write $(sum /tmp/rnd "$MB")"
s=$(sum /dev/"$(basename $XEN/nested-vbd-51808/block/*)" "$MB")
if [ "$s" = "$SUM" ]; then ok pv-only-read; else nok "pv-only-read: $s"; fi

ip addr add 10.0.0.2/24 dev "$nic"
ip link set "$nic" up
check ping within 60 ping -c 1 -W 1 10.0.0.1
busybox wget -q -O /tmp/net.in http://10.0.0.1/net.out
s=$(sum /tmp/net.in "$MB")
if [ "$s" = "$SUM" ]; then ok net-read; else nok "net-read: $s"; fi
finish
