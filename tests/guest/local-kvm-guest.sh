# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest of the local host, its root file system on the host's blkback: ADDRESS
# CHECKSUM MEGABYTES of what the host serves, and has in the first half of the second disk.
. /xh/lib.sh
. /xh/io.sh

SUM=$2 MB=$3
info "kernel $(dmesg | sed -n 's/.*Booting paravirtualized kernel on //p'), clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource), $(nproc) processors"
check on-xen grep -qx xen /sys/hypervisor/type
check root-on-xvda grep -q '^/dev/xvda / ext4\|^/dev/root / ext4' /proc/mounts
fill /root/file 4
info "root-sum $(sum /root/file 4)"

check disk-there within 20 test -b /dev/xvdb
if [ "$(sum /dev/xvdb "$MB")" = "$SUM" ]; then ok disk-read; else nok disk-read; fi
put_disk guest /dev/xvdb "$MB" "$MB"
fio_verify fio /dev/xvdc 16M
a_file_system guest /dev/xvdc
a_flush guest /dev/xvdc

check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 30 ping -c 1 -W 1 "$L0"
get guest "$SUM"
put guest "$MB"
iperf_rate 'guest->host'
iperf_rate 'guest<-host' -R
sync
finish
