# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# domU of the direct scenario: ADDRESS MEGABYTES HARD. Reads the first half of its disk,
# writes the second, lets fio and others at the third disk of HARD megabytes, moves a file each way over
# the network, with small and with jumbo frames, measures both.
. /xh/lib.sh
. /xh/direct-disk.sh

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
type=$(cat /sys/hypervisor/guest_type)
info "guest-type $type"
emulated() { ls -d /dev/sd* /sys/bus/pci/drivers/e1000/0000:*; }
if [ "$type" = HVM ]; then
	if emulated; then nok "emulated-gone: $(emulated)"; else ok emulated-gone; fi
fi

rate disk-read dd if=/dev/xvda of=/tmp/disk.in bs=1M count="$MB" 2>/dev/null
info "disk-read $(sum /tmp/disk.in "$MB")"
rm /tmp/disk.in
fill /tmp/rnd "$MB"
info "disk-write $(sum /tmp/rnd "$MB")"
put() { dd if=/tmp/rnd of=/dev/xvda bs=1M seek="$MB" conv=fsync 2>/dev/null; }
rate disk-write put
hard_disk /dev/xvdc "$3"

get() { wget -q -O /tmp/net.in http://10.0.0.1/net.out; }
# iperf NAME [OPTION]: true when the bytes went over; on a busy machine a try may fail
iperf() {
	within 100 sh -c "iperf3 -c 10.0.0.1 -n ${MB}M -f m $2 > /tmp/iperf.out 2>&1" || { tail -n 1 /tmp/iperf.out; return 1; }
	info "rate $1 $(awk '/receiver/ { print $(NF-2), $(NF-1) }' /tmp/iperf.out)"
}
check ping within 30 ping -c 1 -W 1 10.0.0.1
rate net-read get
info "net-read $(sum /tmp/net.in "$MB")"
check iperf3-out iperf iperf3-out
check iperf3-in iperf iperf3-in -R

# dom0's bridge and vif have the size already
check jumbo-set ip link set eth0 mtu 9000
check jumbo-ping within 30 tool /usr/bin/ping -c 1 -W 1 -M 'do' -s 8900 10.0.0.1
rate jumbo-read get
info "jumbo-read $(sum /tmp/net.in "$MB")"
info "net-write $(sum /tmp/rnd "$MB")"
mkdir -p /tmp/cgi-bin
printf '#!/bin/sh\ntouch /tmp/fetched\necho\n' > /tmp/cgi-bin/fetched
chmod 755 /tmp/cgi-bin/fetched
check serving httpd -p 80 -h /tmp
check fetched within 300 test -e /tmp/fetched
finish
