# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Guest of L0 in the nested-backend scenario, its disk and vif served by L1: ADDRESS MEGABYTES
# CHECKSUM [PEER]. Data both ways over both, compared, and from the guest PEER; then reads,
# writes and fetches until it dies.
. /xh/lib.sh
. /xh/io.sh

MB=$2 SUM=$3
# a place of its own on the disk, which all have
AT=$((MB + 4 * (${1##*.} - 3)))
check disk-there within 20 test -b /dev/xvda
s=$(sum /dev/xvda "$MB")
[ "$s" = "$SUM" ] && ok disk-read || nok "disk-read: $s"
check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 60 ping -c 1 -W 1 $L0

fill /tmp/put 4
mine=$(sum /tmp/put 4)
dd if=/tmp/put of=/dev/xvda bs=1M seek="$AT" conv=fsync 2>/dev/null
check disk-write test "$(ask "$AT")" = "$mine"
get net "$SUM"
fill /tmp/put 2
s=$(sum /tmp/put 2)
# without bash, see put(); the other end closes once it has answered
{ echo "$(hostname) $((2 << 20))"; cat /tmp/put; sleep 100; } | busybox nc $L0 9000 > /tmp/answer &
within 100 test -s /tmp/answer
a=$(cut -d' ' -f1 /tmp/answer)
if [ "$a" = "$s" ]; then ok net-write; else nok "net-write: L1 has '$a', not $s"; fi

mkdir -p /tmp/www
busybox wget -q -T 60 -O /tmp/www/net.out http://$L0/net.out
busybox httpd -p 80 -h /tmp/www
if [ "${4:-}" ]; then
	s=$(busybox wget -q -T 60 -O - "http://$4/net.out" | sha256sum | cut -d' ' -f1)
	if [ "$s" = "$SUM" ]; then ok peer-read; else nok "peer-read: $s"; fi
fi

disk() {
	while dd if=/dev/xvda of=/tmp/d bs=64k count=64 skip="$(($1 * 16))" iflag=direct 2>/dev/null && [ -s /tmp/d ]; do
		dd if=/tmp/d of=/dev/xvda bs=64k count=64 seek="$(($1 * 16))" oflag=direct 2>/dev/null || break
	done
	info disk-gone
}
disk "$AT" &
n=0
while busybox wget -q -T 60 -O /tmp/n http://$L0/net.out; do
	n=$((n + 1))
	info "loop $n $(sha256sum < /tmp/n | cut -c1-8)"
done
info "net-gone after $n"
while sleep 1; do :; done
