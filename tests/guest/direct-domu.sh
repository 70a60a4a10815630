# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# domU of the direct scenario: ADDRESS MEGABYTES. Reads the first half of its disk,
# writes the second, moves a file each way over the network, measures both.
. /xh/lib.sh

rate() { # NAME COMMAND...: MB/s of moving $MB megabytes
	_n=$1; shift
	_s=$(cut -d' ' -f1 /proc/uptime)
	"$@"
	_e=$(cut -d' ' -f1 /proc/uptime)
	info "rate $_n $(echo "$_s $_e $MB" | awk '{ printf "%.1f", $3 / ($2 - $1 + 0.001) }') MB/s"
}

MB=$2
check disk-there within 20 test -b /dev/xvda
check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
report_hosts

rate disk-read dd if=/dev/xvda of=/tmp/disk.in bs=1M count="$MB" 2>/dev/null
info "disk-read $(sum /tmp/disk.in "$MB")"
rm /tmp/disk.in
fill /tmp/rnd "$MB"
info "disk-write $(sum /tmp/rnd "$MB")"
put() { dd if=/tmp/rnd of=/dev/xvda bs=1M seek="$MB" conv=fsync 2>/dev/null; }
rate disk-write put

check ping within 30 ping -c 1 -W 1 10.0.0.1
rate net-read wget -q -O /tmp/net.in http://10.0.0.1/net.out
info "net-read $(sum /tmp/net.in "$MB")"
rm /tmp/net.in
# a rate, no proof: on a machine too busy to measure it says so
if within 60 sh -c 'iperf3 -c 10.0.0.1 -t 2 -f m > /tmp/iperf.out 2>&1'; then
	info "rate iperf3 $(awk '/receiver/ { print $(NF-2), $(NF-1) }' /tmp/iperf.out)"
else
	info "rate iperf3 not measured: $(tail -n 1 /tmp/iperf.out)"
fi
info "net-write $(sum /tmp/rnd "$MB")"
mkdir -p /tmp/cgi-bin
printf '#!/bin/sh\ntouch /tmp/fetched\necho\n' > /tmp/cgi-bin/fetched
chmod 755 /tmp/cgi-bin/fetched
check serving httpd -p 80 -h /tmp
check fetched within 300 test -e /tmp/fetched
finish
