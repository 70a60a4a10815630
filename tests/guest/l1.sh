# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For L0-dom0: L1, a PVH guest whose kernel is L1-Xen, as all scenarios make it. Sources
# what it takes; these may be set otherwise before l1_guest.
. /xh/lib.sh
. /xh/vars
L1_IMAGE=l1			# of L1-dom0; domu: the one that L0's guests have
L1_MEMORY=1024 L1_DOM0_MEM=512M,max:512M
L1_REBOOT=noreboot L1_ON_REBOOT=preserve	# what its Xen, and xl, do when it ends
L1_CMDLINE=			# more for L1-dom0's kernel

# l0_up: Xen's tools, and a bridge for L1
l0_up() {
	check tools-up xen_up
	bridge xenbr0 10.0.0.1
}

# l1_guest SCRIPT ARGUMENTS [LINE...]: L1-dom0 runs SCRIPT; each LINE goes into the xl file, by
# default a disk and a network
l1_guest() {
	_run=$1 _args=$2
	shift 2
	[ $# -gt 0 ] || set -- "disk=['phy:$SCRATCH,xvda,w']" "vif=['bridge=xenbr0']"
	guest l1 pvh \
		'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
		"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=$L1_DOM0_MEM $L1_REBOOT cpuidle=0 bootscrub=0 $L1_XEN_ARGS\"" \
		"kernel=\"/xh/boot/$L1_IMAGE\"" 'ramdisk="/xh/boot/l1dom0.cpio.gz"' \
		'on_crash="preserve"' "on_reboot=\"$L1_ON_REBOOT\"" "memory=$L1_MEMORY" "vcpus=$L1_VCPUS" 'tsc_mode="native"' \
		"$@" \
		"cmdline=\"console=hvc0 ${L1_CMDLINE:+$L1_CMDLINE }xh.name=l1 xh.run=$_run xh.args=$_args $L1_ARGS\""
}
