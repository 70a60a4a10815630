#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Part of nested-many, in L0-dom0: ROUNDS times a disk (LOOP as VDEV) and a network (number
# NETS) are plugged into L1, seen there, and taken out. What this dom0 and its Xen hold may
# not grow meanwhile; the first rounds fill caches. A round is little but four calls of xl:
# each program that is started holds up the one emulated processor.
. /xh/lib.sh
. /xh/count.sh

ROUNDS=$1 LOOP=$2 VDEV=$3 NETS=$4
# ports, MiB of Xen's, vifs, loop devices, KiB of this dom0
held() { echo "$(ports) $(free_mb) $(vifs) $(loops) $(awk '/^SUnreclaim/ { print $2 }' /proc/meminfo)"; }
flat() {
	echo "$1 $2" | awk '{ print; exit NF != 10 || $6 > $1 || $7 < $2 || $8 > $3 || $9 > $4 || $10 > $5 + 2048 }'
}
flat_now() { flat "$(cat /tmp/held)" "$(held)"; }

# heard WORDS: L1 says so, from now on, within two minutes
exec 4< <(exec tail -n 0 -f /var/log/xen/console/guest-l1.log)
heard() {
	local l
	while read -r -t 120 l <&4; do
		[[ ${l%$'\r'} != *"@xh l1 $1" ]] || return 0
	done
	return 1
}

# attach, detach: both at once, as one waits for L1 while the other works
attach() {
	xl block-attach l1 "$LOOP,raw,$VDEV,w,script=/tmp/plug-disk" > /tmp/plug.disk 2>&1 &
	xl network-attach l1 bridge=xenbr0 script=/tmp/plug-net > /tmp/plug.net 2>&1 && wait $!
}
detach() {
	xl block-detach l1 "$VDEV" > /tmp/plug.disk 2>&1 &
	xl network-detach l1 "$NETS" > /tmp/plug.net 2>&1 && wait $!
}
# lap I: the milliseconds since the last one are the I-th part of a round's
lap() { local t=${EPOCHREALTIME/./}; laps[$1]=$((laps[$1] + (t - T) / 1000)) T=$t; }
round() {
	T=${EPOCHREALTIME/./}
	attach || return 1
	lap 0
	heard "info in $1" || return 1
	lap 1
	detach || return 1
	lap 2
	heard "info out $1" || return 1
	lap 3
}
n=0 laps=(0 0 0 0)
while [ $n -lt "$ROUNDS" ] && round $((n + 1)); do
	n=$((n + 1))
	[ $n = 5 ] && { held > /tmp/held; info "held in L0 after $n: $(cat /tmp/held)"; }
	[ $((n % 25)) = 0 ] || continue
	info "rounds $n: $(held); ms of 25 attached, seen, detached, gone: ${laps[*]}"
	laps=(0 0 0 0)
done
[ $n = "$ROUNDS" ] || sed 's/^/xl: /' /tmp/plug.disk /tmp/plug.net >&3
check rounds test $n = "$ROUNDS"
info "held in L0 after $n: $(held)"
within 30 flat_now
check l0-flat flat_now
exit $XH_FAILED
