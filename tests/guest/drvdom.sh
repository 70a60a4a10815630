# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the driver domain scenario: a guest with blkback and netback under xl devd
# serves a second one; it is destroyed and made again, and serves a third.
. /xh/lib.sh

report_hosts
check tools-up xen_up
fill "$SCRATCH" 8
want=$(sum "$SCRATCH" 8)

driver() { # NAME
	guest "$1" pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/l1dom0.cpio.gz"' 'memory=256' 'vcpus=1' 'cpu_weight=2048' \
		'driver_domain=1' "disk=['phy:$SCRATCH,xvda,w']" \
		"extra=\"console=hvc0 xh.name=$1 xh.run=drvdom-driver\""
}
# Paused, see plugged()
user() { # NAME DRIVER
	XL_CREATE=-p
	guest "$1" pv 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' 'memory=160' 'vcpus=1' \
		"disk=['backend=$2,format=raw,vdev=xvda,access=rw,target=/dev/xvda']" \
		"vif=['backend=$2,bridge=xenbr0']" \
		"extra=\"console=hvc0 xh.name=$1 xh.run=nested-l2 xh.args=10.0.0.2,8\""
	_s=$?
	XL_CREATE=
	return $_s
}
round() { # DRIVER USER
	check "$1-created" driver "$1" || finish
	check "$1-ready" within 400 said "$1" ok.devd
	check "$2-created" user "$2" "$1"
	check "$2-disk-plugged" within 60 plugged vbd "$1" "$2"
	check "$2-net-plugged" within 60 plugged vif "$1" "$2"
	check "$2-started" xl unpause "$2"
	check "$2-done" guest_done "$2" 400
	if said "$2" "info disk-read $want"; then ok "$2-disk-read"; else nok "$2-disk-read: not $want"; fi
}
no_zombie() { [ "$(xl list | wc -l)" = 2 ]; }

round driver user
check driver-destroyed xl destroy driver
xl destroy user 2>/dev/null
check no-zombie within 60 no_zombie
round driver2 user2
finish
