# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# An L2 on disks and a network of L0 through L1-dom0: ADDRESS CHECKSUM MEGABYTES of what L0
# serves. Its root file system is on an L0 disk as well. L1-dom0 tells what it copied.
. /xh/lib.sh
. /xh/io.sh

SUM=$2 MB=$3
hole=/dev/xvdc persistent=/dev/xvdd
report_hosts
check root-on-l0 grep -q '^/dev/[^ ]* / ext4' /proc/mounts
check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 30 ping -c 1 -W 1 $L0

check disks-there within 400 test -b $hole -a -b $persistent
n=$(ask copied 10.0.0.2)
fio_verify fio $hole 24M
a_file_system l2 $hole
m=$(ask copied 10.0.0.2)
info "copied in L1-dom0: $((m - n)) bytes of 48 MiB and a file system"
check no-copy-in-l1 test $((m - n)) = 0
fio_verify fio-persistent $persistent 8M
n=$(ask copied 10.0.0.2)
info "copied in L1-dom0 with persistent grants: $((n - m)) bytes of 16 MiB"
check persistent-copies-in-l1 test $((n - m)) -ge 16777216
a_discard l2 $hole
a_flush l2 $hole 51744

before=$(ask packets 10.0.0.2)
get l2 "$SUM"
put l2 "$MB"
iperf_rate 'L2->L0'
iperf_rate 'L2<-L0' -R
jumbo l2 eth0
get l2-jumbo "$SUM"
put l2-jumbo "$MB"
# what L1-dom0's netback passed on without a copy, and what was copied on the way: just this
# question, a packet for L1-dom0 itself
# shellcheck disable=SC2046,SC2086 # two words each
set -- $before $(ask packets 10.0.0.2)
info "packets of this guest in L1-dom0: $(($3 - $1)) passed on without a copy, $(($4 - $2 - 1)) copied"
check net-no-copy-in-l1 test $(($3 - $1)) -gt 100 -a $(($4 - $2)) = 1
finish
