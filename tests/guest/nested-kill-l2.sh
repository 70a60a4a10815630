# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L2 of the nested-kill scenario: ADDRESS MEGABYTES. Reads and writes its disk past those
# MEGABYTES, which are known data, and fetches over the network until it is destroyed.
. /xh/lib.sh

check disk-there within 20 test -b /dev/xvda
check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
info "disk-read $(sum /dev/xvda "$2")"
check ping within 60 ping -c 1 -W 1 10.0.0.1
disk() {
	while :; do
		dd if=/dev/xvda of=/tmp/d bs=64k count=64 skip="$(($1 * 16))" iflag=direct
		dd if=/tmp/d of=/dev/xvda bs=64k count=64 seek="$(($1 * 16))" oflag=direct
	done 2>/dev/null
}
disk "$2" &
disk "$(($2 + 4))" &
n=0
while wget -q -T 60 -O /tmp/n http://10.0.0.1/net.out; do
	n=$((n + 1))
	info "loop $n $(sha256sum < /tmp/n | cut -c1-8)"
done
nok "net: loop $n broke"
