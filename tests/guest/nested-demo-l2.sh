# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# An L2 whose disks and network are L0's, through L1-dom0: ADDRESS CHECKSUM MEGABYTES of
# what the first disk holds. Its root file system is on the second.
. /xh/lib.sh
. /xh/io.sh

SUM=$2 MB=$3
disk=/dev/xvda
report_hosts
check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 30 ping -c 1 -W 1 $L0
check disk-there within 300 test -b $disk
report_links
s=$(sum $disk "$MB")
if [ "$s" = "$SUM" ]; then ok l2-disk-read; else nok "l2-disk-read: $s"; fi
put_disk l2 $disk $((2 * MB)) "$MB"
get l2 "$SUM"
put l2 "$MB"
fio_rate 'L2 disk read 128k' $disk read 128k
fio_rate 'L2 disk write 4k' $disk randwrite 4k
iperf_rate 'L2->L0 network'
iperf_rate 'L2<-L0 network' -R
finish
