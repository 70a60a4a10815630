# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the life scenario: a PV guest under disk and network load gets a disk and a
# network plugged and unplugged, its memory changed, and is destroyed in the middle of
# it; then nothing of it may be left. A second one runs on 2-level events.
. /xh/lib.sh

report_hosts
check tools-up xen_up
check bridge bridge xenbr0 10.0.0.1
fill /dev/ram0 8
hot=$(sum /dev/ram0 8)
fill /tmp/disk.img 16
fill /tmp/net.out 4
busybox httpd -p 80 -h /tmp

life() { # NAME WORDS...
	_g=$1
	shift
	guest "$_g" pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' 'memory=192' 'maxmem=192' 'vcpus=2' \
		"disk=['/tmp/disk.img,raw,xvda,w']" "vif=['bridge=xenbr0']" \
		"extra=\"console=hvc0 xh.name=$_g xh.run=life-domu xh.args=10.0.0.2 $*\""
}
ports() { lsevtchn 0 | wc -l; }
vifs() { find /sys/class/net/ -name 'vif*' | wc -l; }
loops() { losetup -a | wc -l; }
memory() { [ "$(xl list "$1" | awk 'END { print $3 }')" = "$2" ]; }
nothing_left() { [ "$(vifs)/$(loops)/$(ports)" = "0/0/$before" ] && [ "$(xl list | wc -l)" = 2 ] && ! xenstore-ls /local/domain/0/backend | grep -q frontend-id; }

check evtchn-wakes python3 /xh/evtchn-wake.py 1000
before=$(ports)
check created life life || finish
check traffic within 400 said life info.loop
check disk-plug xl block-attach life phy:/dev/ram0 xvdb w
check disk-plugged within 200 said life "info hot-disk $hot"
check disk-unplug xl block-detach life xvdb
check disk-unplugged within 200 said life info.hot-disk-gone
check net-plug xl network-attach life bridge=xenbr0
check net-plugged within 200 said life info.hot-net-there
check net-unplug xl network-detach life 1
check net-unplugged within 200 said life info.hot-net-gone
xl mem-set life 128
check balloon-down within 200 memory life 128
xl mem-set life 192
check balloon-up within 200 memory life 192
info "loops $(grep -c 'info loop' /var/log/xen/console/guest-life.log)"
check destroyed xl destroy life
check nothing-left within 100 nothing_left
info "left: vifs $(vifs) loops $(loops) ports $(ports), before $before"

check 2-level-created life life2 xen.fifo_events=0
check 2-level-traffic within 400 said life2 info.loop
check 2-level-destroyed xl destroy life2
check 2-level-nothing-left within 100 nothing_left
finish
