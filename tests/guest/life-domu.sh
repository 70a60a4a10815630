# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# domU of the life scenario: ADDRESS. Reads and writes its disk and fetches over the network
# until it is destroyed, and says what is plugged in and out meanwhile.
. /xh/lib.sh

within 30 test -b /dev/xvda
within 30 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up

disk() {
	while :; do
		dd if=/dev/xvda of=/tmp/d bs=64k count=64
		dd if=/tmp/d of=/dev/xvda bs=64k count=64 conv=fsync
		sleep 0.1	# let dom0 live on a slow machine
	done 2>/dev/null
}
net() {
	n=0
	while wget -q -T 60 -O /tmp/n http://10.0.0.1/net.out; do
		n=$((n + 1))
		info "loop $n $(sha256sum < /tmp/n | cut -c1-8)"
	done
	nok "net: loop $n broke"
}
hot() { # WHAT PATH [SIZE]
	while :; do
		until [ -e "$2" ]; do sleep 0.5; done
		[ ! "$3" ] || info "hot-$1 $(sum "$2" "$3")"
		info "hot-$1-there"
		while [ -e "$2" ]; do sleep 0.5; done
		info "hot-$1-gone"
	done
}
disk &
hot disk /dev/xvdb 8 &
hot net /sys/class/net/eth1 &
net
sleep 1000
