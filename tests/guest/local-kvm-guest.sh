# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest of the local host, its root file system on the host's blkback: ADDRESS
# CHECKSUM MEGABYTES of what the host serves, and has in the first half of the second disk.
. /xh/lib.sh
. /xh/io.sh

SUM=$2 MB=$3
info "$(dmesg | sed -n 's/.*\(Booting .*kernel on .*\)/\1/p'), clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource), $(nproc) processors"
check processors test "$(nproc)" = 2
check on-xen grep -qx xen /sys/hypervisor/type
check root-on-xvda grep -q '^/dev/xvda / ext4\|^/dev/root / ext4' /proc/mounts
fill /data 4
info "root-sum $(sum /data 4)"

check disk-there within 20 test -b /dev/xvdb
if [ "$(sum /dev/xvdb "$MB")" = "$SUM" ]; then ok disk-read; else nok disk-read; fi
put_disk guest /dev/xvdb "$MB" "$MB"
fio_verify fio /dev/xvdc 16M
a_file_system guest /dev/xvdc

check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 30 ping -c 1 -W 1 "$L0"
get guest "$SUM"
put guest "$MB"
# exits NAME NUMBER ARGUMENT...: of the guest, for each of so many requests
exits() {
	_n=$1 _r=$2
	shift 2
	_b=$(ask exits) && _c=$(ask exits)
	tool fio --name=x --filename=/dev/xvdc --size=32M --direct=1 --ioengine=libaio --iodepth=32 --thread \
		--number_ios="$_r" --minimal "$@" > /tmp/fio.out 2>&1 || return 1
	_e=$(ask exits)
	info "exits per $_n: $(echo "$_b $_c $_e $_r" | awk '{ printf "%.2f", ($3 - $2 - ($2 - $1)) / $4 }'), $(awk -F';' '{ print $8 + $49 }' /tmp/fio.out) a second"
}
_w=$(ask irq_window_exits) _i=$(ask irq_injections)
check exits-read exits '4 KiB read' 4000 --rw=randread --bs=4k
check exits-write exits '4 KiB write' 4000 --rw=randwrite --bs=4k
_w=$(($(ask irq_window_exits) - _w)) _i=$(($(ask irq_injections) - _i))
info "interrupts injected $_i, windows for that $_w"
# a window is for an interrupt that has to wait: none that leads to nothing, as one behind each would
check windows test "$_i" -gt 1000 -a "$_w" -lt $((_i + _i / 10))
iperf_rate 'guest->host'
iperf_rate 'guest<-host' -R
sync
finish
