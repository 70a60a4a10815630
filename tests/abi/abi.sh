# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the abi scenario: an L1-Xen as PVH guest whose dom0 is the ABI test,
# once for each way of setting it up.  Arguments: fuzz rounds, seed, cases (default
# all but "none", for an L1-Xen without the nested host, and "flask" and "denied", for
# one with FLASK).
. /xh/lib.sh
. /xh/vars

FUZZ=${1:-50000} SEED=${2:-1}
shift $(($# < 2 ? $# : 2))
CASES=$*

vanished() { ! xl domid "$1"; }

# make NAME VCPUS XEN-ARGUMENTS DOM0-ARGUMENTS [LINE OF THE XL FILE]
make() {
	check "$1-created" guest "$1" pvh \
		'kernel="/xh/abi-test"' "cmdline=\"name=$1 $4\"" \
		'memory=400' "vcpus=$2" 'tsc_mode="native"' \
		'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
		"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=64M reboot=xen cpuidle=0 $3 $L1_XEN_ARGS\"" "${5:-}"
}

# What L0 has open for NAME: event channels, used entries of its grant table
l0_count() {
	_id=$(xl domid "$1")
	xl dmesg -c > /dev/null
	xl debug-keys g
	echo "$(lsevtchn "$_id" | wc -l) ports," \
		"$(xl dmesg | awk -v d="d$_id" '/grant-table for remote/ { on = $0 ~ d "[ (]" } on && /\[0x/' | wc -l) grants"
}

# What the Xen of NAME said of the nested host
said_xen() { tr -d '\r' < "/var/log/xen/console/guest-$1.log" | sed -n 's/^(XEN) nested-host: //p'; }

# same_count NAME: it is left with as much on L0 as it began with, and L1-Xen says
# that there is nothing
same_count() {
	for w in fresh quiet; do
		within $((240 + FUZZ / 50)) said "$1" "ready $w" || { nok "$1-$w: not met"; return; }
		n=$(l0_count "$1")
		info "$1: L0 counts at the meeting \"$w\": $n"
		[ $w = quiet ] || before=$n
		xenstore-write "/local/domain/$(xl domid "$1")/data/$w" 1
	done
	if [ "$n" = "$before" ]; then ok "$1-l0-count"; else nok "$1-l0-count: $n, not $before"; fi
	n=$(said_xen "$1" | grep '^[0-9]* ports' | tail -n 1)
	case $n in
	"0 ports, 0 grants, 0 retired, 0 maps, 0 frames given back, owner is the hardware domain") ok "$1-nothing-left" ;;
	*) nok "$1-nothing-left: $n" ;;
	esac
}

# finished NAME: wait for its end, pass on what its Xen said of the nested host
finished() {
	check "$1-done" guest_done "$1" $((300 + FUZZ / 50))
	within 60 vanished "$1" || nok "$1-gone: still there"
	said_xen "$1" | while read -r l; do info "$1: nested-host: $l"; done
}

pair() {
	# two at once, the second with the next domid
	make abi-grant 1 '' role=grant || return
	within 120 said abi-grant ready
	make abi-map 1 '' role=map && finished abi-map
	finished abi-grant
}

check tools-up xen_up
for c in ${CASES:-main refused direct off pair}; do
	case $c in
	main)
		make abi 2 '' "meet fuzz=$FUZZ seed=$SEED" || continue
		same_count abi
		finished abi
		;;
	refused) make abi-refused 1 nested-host=owner=7 expect=refused && finished abi-refused ;;
	direct) make abi-direct 1 nested-host=grants=direct '' && finished abi-direct ;;
	off) make abi-off 1 nested-host=off expect=off && finished abi-off ;;
	flask) make abi-flask 1 flask=enforcing flask && finished abi-flask ;;
	denied) make abi-denied 1 flask=enforcing expect=denied 'ramdisk="/xh/policy"' && finished abi-denied ;;
	none) make abi-none 1 '' expect=off && finished abi-none ;;
	pair) pair ;;
	*) nok "no case $c" ;;
	esac
done
sleep 2 # for the last lines of the last guest to get through
finish
