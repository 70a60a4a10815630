# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-many scenario: DISKS NETS MORE. Reads and writes each disk, fetches over
# each network, then watches one more of each come and go (the disk has the number MORE),
# until the first disk goes.
. /xh/lib.sh
. /xh/io.sh
. /xh/count.sh

DISKS=$1 NETS=$2 MORE=$3
bus=/sys/bus/xen/devices
report_hosts
check tools-up xen_up
echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
ip_up() { ip addr add "10.0.$1.2/24" dev "$2" && ip link set "$2" up; }
within 20 test -e $bus/nested-vif-0/net
ip_up 0 "$(ls $bus/nested-vif-0/net)"
check ping within 30 ping -c 1 -W 1 $L0

ready() { [ "$(find /dev/ -maxdepth 1 -name 'nested-xvd*' | wc -l)" = "$DISKS" ] && [ "$(find $bus/nested-vif-*/net -mindepth 1 -maxdepth 1 | wc -l)" = "$NETS" ]; }
check all-seen within 600 ready
i=0
for v in $(find $bus/ -name 'nested-vbd-*' | sed 's/.*-//' | sort -n); do
	d=/dev/$(ls "$bus/nested-vbd-$v/block")
	fill /tmp/w 1
	dd if=/tmp/w of="$d" bs=1M seek=1 conv=fsync 2>/dev/null
	info "many $i $(sum "$d" 1) $(sum /tmp/w 1)"
	i=$((i + 1))
done
want=$(busybox wget -q -O - http://$L0/net.out | sha256sum)
good=1
for n in $(seq 1 $((NETS - 1))); do
	e=$(ls "$bus/nested-vif-$n/net")
	ip_up "$n" "$e"
	within 20 ping -c 1 -W 1 "10.0.$n.1"
	s=$(busybox wget -q -T 60 -O - "http://10.0.$n.1/net.out" | sha256sum)
	# and it came this way
	[ "$s" = "$want" ] && [ "$(cat "/sys/class/net/$e/statistics/rx_bytes")" -gt 1048576 ] && good=$((good + 1))
done
check nets-equal test "$good" = "$NETS"
info all-there

# ports of this dom0; ports and grants on L0, retired ones too; MiB of L1-Xen's; KiB of ours
held() {
	echo "$(ports) $(key X | sed -n 's/.*nested-host: \([0-9]*\) ports, \([0-9]*\) grants, \([0-9]*\) retired.*/\1 \2 \3/p')" \
		"$(free_mb) $(awk '/^MemAvailable/ { print $2 }' /proc/meminfo) $(awk '/^SUnreclaim/ { print $2 }' /proc/meminfo)"
}
# flat BEFORE AFTER: what may vary with the moment does by 4 MiB at most, the rest not at all
flat() {
	echo "$1 $2" | awk '{ print; exit NF != 14 || $8 > $1 || $9 > $2 || $10 > $3 || $11 > $4 || $12 < $5 || $13 < $6 - 4096 || $14 > $7 + 1024 }'
}
# without a program to start, which would keep the one processor from what is waited for
mkfifo /tmp/never
exec 5<> /tmp/never
# shellcheck disable=SC3045 # busybox has it
nap() { read -r -t 0.1 _ <&5; }
state() { read -r _s < "$bus/$1/state" && [ "$_s" = "$2" ]; } 2>/dev/null
more() { state "nested-vif-$NETS" Connected && set -- "$bus/nested-vbd-$MORE/block"/* && [ -e "$1" ]; }
# not by the bus, which they leave before their drivers do
less() { [ ! -e "/sys/devices/nested-vbd-$MORE" ] && [ ! -e "/sys/devices/nested-vif-$NETS" ]; }
first() { [ -e $bus/nested-vbd-51712 ]; }
dd if=/dev/nested-xvda of=/tmp/ref bs=1M count=1 2>/dev/null
n=0
while first; do
	more || { nap; continue; }
	n=$((n + 1))
	for d in "$bus/nested-vbd-$MORE/block"/*; do :; done
	cmp -n 1048576 "/dev/${d##*/}" /tmp/ref || nok "round-$n-data"
	info "in $n"
	until less; do nap; done
	[ $n = 5 ] && { held > /tmp/held; info "held in L1 after $n: $(cat /tmp/held)"; }
	[ $((n % 25)) = 0 ] && info "held in L1 after $n: $(held)"
	info "out $n"
done
[ -e /tmp/held ] || held > /tmp/held
info "held in L1 after $n: $(held)"
flat_now() { flat "$(cat /tmp/held)" "$(held)"; }
within 30 flat_now
check l1-flat flat_now
finish
