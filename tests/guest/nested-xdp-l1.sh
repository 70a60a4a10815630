# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-xdp scenario: CHECKSUM MEGABYTES of what L0 serves. Programs on the
# first interface of L0 let packets through, drop, answer and redirect them.  Then L1 asks for
# headroom without a program, and for more than a page.
. /xh/lib.sh
. /xh/io.sh

SUM=$1 MB=$2
front=/sys/bus/xen/devices/nested-vif
l0_read() { XENSTORED_PATH=/dev/xen/xenbus-nested xenstore-read "$1"; }
l0_write() { XENSTORED_PATH=/dev/xen/xenbus-nested xenstore-write "$@"; }
headroom_is() { [ "$(l0_read device/vif/0/xdp-headroom)" = "$1" ]; }
both_connected() { [ "$(l0_read device/vif/0/state) $(l0_read "$back/state")" = "4 4" ]; }
# ask_headroom BYTES: behind the driver's back
ask_headroom() {
	l0_write device/vif/0/xdp-headroom "$1"
	l0_write device/vif/0/state 7
	within 20 test "$(l0_read "$back/state")" = 8
	l0_write device/vif/0/state 4
	within 20 both_connected
}
sent() { cat "/sys/class/net/$1/statistics/tx_packets"; }
received() { cat "/sys/class/net/$1/statistics/rx_packets"; }
echos() { awk '/^Icmp:/ { for (i = 1; i <= NF; i++) if ($i == "InEchos") c = i; n = $c } END { print n }' /proc/net/snmp; }
free_kb() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
# xdp_on MODE DEVICE...; xdp_off: $n is then how many packets it took
xdp_on() {
	/xh/xdp "$@" > /tmp/xdp.out 2>&1 &
	xdp=$!
	within 20 grep -q attached /tmp/xdp.out
}
xdp_off() {
	kill $xdp
	wait $xdp
	n=$(sed -n 's/count //p' /tmp/xdp.out)
}
refuses_xdp() { ! /xh/xdp pass "$eth"; }
no_program() { [ "$(/xh/xdp loaded)" = "loaded 0" ]; }
# load: one file after the other until there is /tmp/enough
load() {
	while [ ! -e /tmp/enough ]; do
		busybox wget -q -T 60 -O - "http://$L0/net.out" | sha256sum | cut -d' ' -f1
	done > /tmp/load
}
# pings NAME COUNT SIZE OPTIONS WANT: sent by L0
pings() {
	a=$(ask "ping_$2_$3_$4")
	if [ "$a" = "$5 0" ]; then ok "$1"; else nok "$1: $a of $2 came back, wrong"; fi
}

report_hosts
within 20 test -e $front-0/net -a -e $front-1/net
eth=$(ls $front-0/net) eth1=$(ls $front-1/net)
ip addr add 10.0.0.2/24 dev "$eth"
ip link set "$eth" up
ip link set "$eth1" up
check ping within 30 ping -c 1 -W 1 $L0
back=$(l0_read device/vif/0/backend)
check headroom-offered test "$(l0_read "$back/feature-xdp-headroom")" = 1
check headroom-none headroom_is 0
pings stack-answers 200 1400 A 200

check pass-on xdp_on pass "$eth"
check headroom headroom_is 256
get pass "$SUM"
put pass "$MB"
pings pass-ping 200 1400 A 200
check pass-off xdp_off
check pass-counted test "$n" -ge $((MB * 1048576 / 1448))
check headroom-back headroom_is 0
check connected-again within 20 both_connected
get off "$SUM"

check drop-on xdp_on drop "$eth"
pings drop 5 56 i0.2 0
get drop "$SUM"
check drop-off xdp_off
check drop-counted test "$n" = 5

e=$(echos)
check tx-on xdp_on tx "$eth"
pings tx 1000 1400 A 1000
get tx "$SUM"
check tx-off xdp_off
check tx-counted test "$n" = 1000
check tx-not-by-the-stack test "$(echos)" = "$e"

p=$(sent "$eth1")
check redirect-on xdp_on redirect "$eth" "$eth1"
pings redirect 1000 1400 A 1000
get redirect "$SUM"
check redirect-off xdp_off
check redirect-counted test "$n" = 1000 -a $(($(sent "$eth1") - p)) -ge 1000

# many at once, more than the ring has entries; each has a page, which must come back
xdp_on tx "$eth"
ask ping_4000_1400_f_l300 > /dev/null
f=$(free_kb)
info "flood of 4000 with 300 at once: $(ask ping_4000_1400_f_l300)"
get flood "$SUM"
g=$(free_kb)
xdp_off
info "answered $n; available before $f, after $g KiB"
check flood-answered test "$n" -ge 4000
check pages-come-back test "$g" -ge $((f - 4096))
xdp_on redirect "$eth" "$eth1"
f=$(free_kb)
info "flood redirected: $(ask ping_4000_1400_f_l300)"
g=$(free_kb)
xdp_off
info "redirected $n; available before $f, after $g KiB"
check redirected-pages-come-back test "$g" -ge $((f - 4096))

# in and out under load
load &
load=$!
for i in 1 2 3 4 5; do
	sleep 0.5
	xdp_on pass "$eth" || nok "load-on-$i"
	sleep 0.5
	xdp_off
done
touch /tmp/enough
wait $load
info "$(wc -l < /tmp/load) files under load"
check load-equal test "$(sort -u /tmp/load)" = "$SUM"
e=$(echos)
pings stack-again 200 1400 A 200
check by-the-stack-again test $(($(echos) - e)) = 200
ip link set "$eth" mtu 3600
check large-mtu-refused refuses_xdp
ip link set "$eth" mtu 1500

# packets of many slots, each with headroom; what L0 would never fill
check many-slots-on test "$(ask tso_on)" = on
check asked-headroom ask_headroom 256
r=$(received "$eth")
get many-slots "$SUM"
r=$(($(received "$eth") - r))
info "$r packets of many slots"
# with such as are lost on the way, TCP would go on with packets of one slot
check many-slots-used test $r -lt $((MB * 1048576 / 1448 / 2))
ask tso_off > /dev/null
check asked-a-page ask_headroom 4096
pings page-of-headroom 200 1400 A 200
check asked-none ask_headroom 0

# a program on what is unplugged
check unplug-on xdp_on drop "$eth1"
ask unplug > /dev/null
# its entry in sysfs goes with the device, whatever becomes of the interface
check unplugged within 30 sh -c "! ip link show dev $eth1"
kill $xdp
wait $xdp
check no-program-left within 10 no_program
get last "$SUM"
finish
