# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the abi scenario: L1-Xen as a PVH guest whose dom0 is the ABI test.
. /xh/lib.sh

check tools-up xen_up
check created guest abi pvh \
	'kernel="/xh/abi-test"' 'memory=512' "vcpus=${1:-2}" 'tsc_mode="native"' \
	'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
	"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=64M noreboot cpuidle=0 $L1_XEN_ARGS\""
check done guest_done abi 240
within 20 gone abi || nok "gone: still there"
xl dmesg | tail -n 5
finish
