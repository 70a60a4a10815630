# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the abi scenario: an L1-Xen as PVH guest whose dom0 is the ABI test,
# once for each way of setting it up.  Arguments: fuzz rounds and seed.
. /xh/lib.sh
. /xh/vars

FUZZ=${1:-5000} SEED=${2:-1}

vanished() { ! xl domid "$1"; }

# make NAME VCPUS XEN-ARGUMENTS DOM0-ARGUMENTS
make() {
	check "$1-created" guest "$1" pvh \
		'kernel="/xh/abi-test"' "cmdline=\"name=$1 $4\"" \
		'memory=400' "vcpus=$2" 'tsc_mode="native"' \
		'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
		"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=64M reboot=xen cpuidle=0 $3 $L1_XEN_ARGS\""
}

# finished NAME: wait for its end, pass on what its Xen said of the nested host
finished() {
	check "$1-done" guest_done "$1" $((300 + FUZZ / 50))
	within 60 vanished "$1" || nok "$1-gone: still there"
	sed -n 's/^(XEN) \(nested-host: .*\)/\1/p' "/var/log/xen/console/guest-$1.log" |
		tr -d '\r' | while read -r l; do info "$1: $l"; done
}

check tools-up xen_up
make abi 2 '' "fuzz=$FUZZ seed=$SEED" && finished abi
make abi-refused 1 nested-host=owner=7 expect=refused && finished abi-refused
make abi-direct 1 nested-host=grants=direct '' && finished abi-direct
make abi-off 1 nested-host=off expect=off && finished abi-off
# two at once, the second with the next domid
if make abi-grant 1 '' role=grant; then
	within 120 said abi-grant ready
	make abi-map 1 '' role=map && finished abi-map
	finished abi-grant
fi
finish
