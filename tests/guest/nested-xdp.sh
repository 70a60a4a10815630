# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-xdp scenario: lends L1 two vifs on one bridge and sends pings when
# L1 asks for them; "wrong" are answers whose data is not what was sent.
. /xh/l1.sh
. /xh/io.sh

MB=8 LIMIT=${1:-900}
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 $L0
serve $MB
# ping_COUNT_SIZE_OPTIONS: how many came back, how many of them wrong
answer <<'EOT'
case $QUERY_STRING in
tso_*)
	v=vif$(xl domid l1).0
	# however slow this machine is: packets that take many slots
	echo 16 > /proc/sys/net/ipv4/tcp_min_tso_segs
	ethtool -K "$v" tso "${QUERY_STRING#tso_}" gso "${QUERY_STRING#tso_}" > /dev/null
	ethtool -k "$v" | awk '/^tcp-segmentation-offload/ { print $2 }'
	exit
	;;
unplug)
	xl network-detach l1 1
	exit
	;;
esac
IFS=_
set -- $QUERY_STRING
ping "-$4" -c "$2" -s "$3" ${5:+"-$5"} 10.0.0.2 > /tmp/ping.out
echo "$(sed -n 's/.* \([0-9]*\) received.*/\1/p' /tmp/ping.out) $(grep -c 'wrong data' /tmp/ping.out)"
EOT
L1_MEMORY=640 L1_DOM0_MEM=384M,max:384M
check l1-created l1_guest nested-xdp-l1 "$(sum /tmp/net.out $MB),$MB" "vif=['bridge=xenbr0','bridge=xenbr0']"
[ "$XH_FAILED" = 0 ] || finish
# XDP in netfront takes packets of one page
for v in 0 1; do check "no-tso-$v" within 60 ethtool -K "vif$(xl domid l1).$v" tso off gso off; done
check l1-done guest_done l1 "$LIMIT"
finish
