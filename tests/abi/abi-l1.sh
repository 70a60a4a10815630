# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of "boot nested abi-l1", with a kernel that leaves the nested host alone
# (L1_ARGS=xenhost_nested.enable=0): the ABI test as a guest that may not, and as
# a driver domain that the connection is handed to. Nothing may stay behind.
. /xh/lib.sh

vanished() { ! xl domid "$1"; }

abi() {
	name=$1; shift
	check "$name-created" guest "$name" pv 'kernel="/xh/abi-test"' 'memory=64' \
		'vcpus=1' "extra=\"name=$name $*\""
}

hand_over() { check "$1-handed-over" /xh/nested-owner "$(xl domid "$1")"; }

# What L1-Xen says is open, once the domain is gone
nothing_left() {
	within 30 vanished "$1"
	# its console ends up where Xen's lines do, and must not come in between
	within 30 copied "$1" "/var/log/xen/console/guest-$1.log"
	sleep 1
	xl debug-keys X
	line=$(xl dmesg | sed -n 's/.*nested-host: \([0-9]* ports.*\)/\1/p' | tail -n 1)
	info "$1 left: $line"
	case $line in
	"0 ports, 0 grants, 0 retired, 0 maps, 0 frames given back, owner is the hardware domain") ok "$1-nothing-left" ;;
	*) nok "$1-nothing-left: $line" ;;
	esac
}

check tools-up xen_up
abi abi-guest expect=guest
check abi-guest-done guest_done abi-guest 120

abi abi-driver wait fuzz=2000 seed=3
hand_over abi-driver
check abi-driver-done guest_done abi-driver 300
nothing_left abi-driver

abi abi-hold wait role=hold
hand_over abi-hold
check abi-hold-ready within 120 said abi-hold ready
/xh/nested-owner 0 && nok abi-hold-taken-away || ok abi-hold-not-taken-away
xl destroy abi-hold
nothing_left abi-hold
finish
