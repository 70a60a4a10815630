# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-many scenario: plugs DISKS disks and NETS networks into L1, one
# after the other, each with data of its own; then plugs a disk and a network in and out
# ROUNDS times. What L1-dom0, L1-Xen and this dom0 hold may not grow meanwhile.
. /xh/lib.sh
. /xh/io.sh
. /xh/count.sh
. /xh/vars

ROUNDS=${1:-${ROUNDS:-50}} DISKS=${2:-32} NETS=${3:-8} LIMIT=${4:-900}
# the number of the disk xvdX that comes last: beyond xvdp the kernel has another scheme
MORE=$((DISKS > 15 ? 1 << 28 | DISKS << 8 : 202 << 8 | DISKS << 4))
no_logger
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 $L0
serve 1
mkdir /tmp/d
check l1-created guest l1 pvh \
	'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
	"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=768M,max:768M noreboot cpuidle=0 bootscrub=0 $L1_XEN_ARGS\"" \
	'kernel="/xh/boot/l1"' 'ramdisk="/xh/boot/l1dom0.cpio.gz"' \
	'on_crash="preserve"' 'on_reboot="preserve"' 'memory=1280' "vcpus=$L1_VCPUS" 'tsc_mode="native"' \
	"vif=['bridge=xenbr0']" \
	"cmdline=\"console=hvc0 xen_blkfront.max_queues=1 xen_netfront.max_queues=1 xh.name=l1 xh.run=nested-many-l1 xh.args=$DISKS,$NETS,$MORE $L1_ARGS\""
[ "$XH_FAILED" = 0 ] || finish
within 300 said l1 'ok ping' || { nok l1-up: silent; finish; }

# letter N: a, b, ... z, aa, ...
letter() { awk -v n="$1" 'BEGIN { s = n > 25 ? "a" : ""; printf "%s%c", s, 97 + n % 26 }'; }
plug_l1() { plug l1 "$1,raw,xvd$2,w"; }
failed=0
for i in $(seq 0 $((DISKS - 1))); do
	fill "/tmp/d/$i" 1
	truncate -s 4M "/tmp/d/$i"
	plug_l1 "/tmp/d/$i" "$(letter "$i")" > /dev/null || failed=$((failed + 1))
done
check "disks-plugged" test $failed = 0
for i in $(seq 1 $((NETS - 1))); do
	ip addr add "10.0.$i.1/24" dev xenbr0
	xl network-attach l1 bridge=xenbr0 > /tmp/plug.out 2>&1 || failed=$((failed + 1))
done
check "nets-plugged" test $failed = 0
check l1-saw-all within 400 said l1 'info all-there'
tr -d '\r' < /var/log/xen/console/guest-l1.log | sed -n 's/.*@xh l1 info many //p' > /tmp/many
good=0
while read -r i read wrote; do
	[ "$(sum "/tmp/d/$i" 1)" = "$read" ] && [ "$(sum "/tmp/d/$i" 1 1)" = "$wrote" ] && good=$((good + 1))
done < /tmp/many
check disks-equal test "$good" = "$DISKS"

# in and out: the first rounds fill caches. A file of its own: the hotplug script compares
# one in use already with all others.
cp --sparse=always /tmp/d/0 /tmp/d/more
# ports, MiB of Xen's, vifs, loop devices, KiB of this dom0
held() { echo "$(ports) $(free_mb) $(vifs) $(loops) $(awk '/^SUnreclaim/ { print $2 }' /proc/meminfo)"; }
flat() {
	echo "$1 $2" | awk '{ print; exit NF != 10 || $6 > $1 || $7 < $2 || $8 > $3 || $9 > $4 || $10 > $5 + 2048 }'
}
flat_now() { flat "$(cat /tmp/held)" "$(held)"; }
round() {
	plug_l1 /tmp/d/more "$last" && xl network-attach l1 bridge=xenbr0 || return 1
	within 60 said l1 "info in $1" || return 1
	xl block-detach l1 "xvd$last" && xl network-detach l1 "$NETS" || return 1
	within 60 said l1 "info out $1"
}
last=$(letter "$DISKS") n=0
while [ $n -lt "$ROUNDS" ] && round $((n + 1)) > /tmp/plug.out 2>&1; do
	n=$((n + 1))
	[ $n = 5 ] && { held > /tmp/held; info "held in L0 after $n: $(cat /tmp/held)"; }
	[ $((n % 25)) = 0 ] && info "rounds $n: $(held)"
done
check rounds test $n = "$ROUNDS"
info "held in L0 after $n: $(held)"
within 30 flat_now
check l0-flat flat_now
xl block-detach l1 xvda
check l1-done guest_done l1 "$LIMIT"
finish
