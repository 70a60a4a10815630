# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-drvdom scenario: CHECKSUM MEGABYTES of its L0 disk. Hands the nested
# host to a driver domain, which serves an L2; destroys it under load, takes the host
# back, and hands it to a second one, which finds it at boot.
. /xh/lib.sh
. /xh/count.sh

SUM=$1 MB=$2
disk=/dev/nested-xvda
enable=/sys/module/xenhost_nested/parameters/enable
owner=/sys/module/xenhost_nested/parameters/owner
check tools-up xen_up

up() { # NAME: the disk is there and right, L0 answers
	check "$1-disk" within 60 test -b $disk
	s=$(sum $disk "$MB")
	[ "$s" = "$SUM" ] && ok "$1-disk-read" || nok "$1-disk-read: $s"
	within 60 test -d /sys/bus/xen/devices/nested-vif-0/net
	dev=$(ls /sys/bus/xen/devices/nested-vif-0/net)
	ip addr add 10.0.0.2/24 dev "$dev"
	ip link set "$dev" up
	check "$1-ping" within 30 ping -c 1 -W 1 10.0.0.1
}
state() { key X | sed -n 's|.*nested-host: \([0-9]*\) ports, \([0-9]*\) grants, \([0-9]*\) retired, \([0-9]*\) maps.*|\2/\1/\3/\4|p' | head -n 1; }
idle() { [ "$(state)" = 0/0/0/0 ]; }
driver() { # NAME
	guest "$1" pv 'kernel="/xh/boot/domu"' 'ramdisk="/tmp/driver.cpio.gz"' 'memory=256' 'vcpus=1' 'cpu_weight=2048' \
		'driver_domain=1' \
		"extra=\"console=hvc0 xh.name=$1 xh.run=nested-drvdom-driver xh.args=$SUM,$MB\""
}
user() { # NAME DRIVER: paused, see plugged()
	XL_CREATE=-p
	guest "$1" pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' 'memory=128' 'vcpus=1' \
		"disk=['backend=$2,format=raw,vdev=xvda,access=rw,target=$disk']" \
		"vif=['backend=$2,bridge=xenbr0']" \
		"extra=\"console=hvc0 xh.name=$1 xh.run=nested-kill-l2 xh.args=10.0.0.3,$MB\""
	_s=$?
	XL_CREATE=
	return $_s
}
start() { # NAME DRIVER
	check "$1-disk-plugged" within 60 plugged vbd "$2" "$1"
	check "$1-net-plugged" within 60 plugged vif "$2" "$1"
	check "$1-started" xl unpause "$1"
}

up first
check initrd busybox wget -q -O /tmp/driver.cpio.gz http://10.0.0.1/l1dom0.cpio.gz
if sh -c "echo 0 > $owner" 2>/dev/null; then nok "owner-refused: it is in use"; else ok owner-refused; fi
echo 0 > $enable
check let-go within 20 idle
before=$(counts) free=$(free_mb)

# Handed over while it runs: it finds the host when it asks again
check driver-created driver driver
check driver-asked within 200 said driver info.no-host
if echo "$(xl domid driver)" > $owner; then ok handed-over; else nok handed-over: refused; fi
echo 1 > $enable 2>/dev/null
[ ! -e /sys/hypervisor/xenhost/nested ] && ok not-ours || nok not-ours: dom0 still has it
check driver-ready within 200 said driver ok.devd
check user-created user user driver
start user driver
check user-disk-read within 100 said user "info disk-read $SUM"
check user-load within 300 said_n user info.loop 2
info "driver under load (grants/ports/retired/maps): $(state)"
check driver-destroyed xl destroy driver
check user-destroyed xl destroy user
xenstore-ls /local/domain/0 > /dev/null && ok l1-healthy
info "driver destroyed (grants/ports/retired/maps): $(state)"

# Back with the hardware domain. L0's backends have the driver's rings mapped until a
# frontend comes again: until then L1-Xen holds these frames, and with them the domain
echo 1 > $enable
up again
echo 0 > $enable
check let-go-again within 20 idle
nothing_left driver "$before" "$free"

# Handed over before it starts: it finds the host at boot
XL_CREATE=-p
check second-created driver second
XL_CREATE=
if echo "$(xl domid second)" > $owner; then ok second-handed-over; else nok second-handed-over: refused; fi
xl unpause second
check second-ready within 200 said second ok.devd
said second info.no-host && nok "second-at-boot: it had to ask again" || ok second-at-boot
check second-user-created user user2 second
start user2 second
check second-user-load within 300 said_n user2 info.loop 1
while sleep 1; do :; done
