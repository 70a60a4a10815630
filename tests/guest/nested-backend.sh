# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-backend scenario: makes L1 (nested-backend-l1.sh), which serves L0's
# own guests with its dom0's blkback and netback. A guest is destroyed under load, another
# loses its devices under load, and L1 is destroyed below two more; each time nothing may be
# left, at either level.
. /xh/l1.sh
. /xh/count.sh

MB=8
check tools-up xen_up
before=$(counts) free=$(free_mb)
L1_IMAGE=domu L1_DOM0_MEM=512M L1_VCPUS=2
check l1-created l1_guest nested-backend-l1 "$MB" 'driver_domain=1' || finish
ready() { said l1 ok.devd || said l1 exit; }
within 400 ready
check l1-ready said l1 ok.devd || finish
SUM=$(sed -n 's/.*@xh l1 info disk-sum \([0-9a-f]*\).*/\1/p' /var/log/xen/console/guest-l1.log)

# Paused, see plugged(). The name of a vif has the host in front, which its script has to know
user() { # NAME TYPE ADDRESS [PEER]
	XL_CREATE=-p
	guest "$1" "$2" 'kernel="/xh/boot/domu"' 'ramdisk="/xh/boot/domu.cpio.gz"' 'memory=160' 'vcpus=1' 'tsc_mode="native"' \
		"disk=['backend=l1,format=raw,vdev=xvda,access=rw,script=block-nested,target=/dev/ram0']" \
		"vif=['backend=l1,bridge=xenbr0,script=vif-nested']" \
		"extra=\"console=hvc0 xh.name=$1 xh.run=nested-backend-domu xh.args=$3,$MB,$SUM,${4:-}\""
	_s=$?
	XL_CREATE=
	return $_s
}
# A guest with both devices, in use
loaded() { # NAME TYPE ADDRESS [PEER]
	check "$1-created" user "$@" || finish
	check "$1-disk-plugged" within 60 plugged vbd l1 "$1"
	check "$1-net-plugged" within 60 plugged vif l1 "$1"
	check "$1-started" xl unpause "$1"
	check "$1-load" within 500 said_n "$1" info.loop 2
}

with=$(counts) left=$(free_mb)
info "with l1: $with, free $left MB"
loaded user pv 10.0.0.3
info "under load: $(counts)"
check user-destroyed xl destroy user
nothing_left user "$with" "$left"

loaded user2 pvh 10.0.0.3
check user2-unplug xl block-detach user2 xvda
check user2-unplug-net xl network-detach user2 0
check user2-disk-gone within 100 said user2 info.disk-gone
check user2-destroyed xl destroy user2
nothing_left user2 "$with" "$left"

# Two, who talk to each other through L1's bridge; then L1 dies below them
loaded user3 pv 10.0.0.3
loaded user4 pvh 10.0.0.4 10.0.0.3
check l1-healthy said l1 ok.healthy
check l1-destroyed xl destroy l1
check user3-destroyed xl destroy user3
check user4-destroyed xl destroy user4
nothing_left l1 "$before" "$free"
finish
