# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# domU of the bench scenario: the operations that start here.
. /xh/lib.sh
. /xh/bench-vars

run() { echo "$*" > /sys/module/xhbench/parameters/run; }
check module insmod /xh/xhbench.ko guest=domU "text=$TEXT" "etext=$ETEXT"
check disk-there within 20 test -b /dev/xvda
check net-there within 20 test -d /sys/class/net/eth0
ip link set eth0 up
report_hosts
ok ready
check second-disk within 120 test -b /dev/xvdb
for op in grant-end claim-grant-end send-evtchn send-irq; do
	check "$op" run "$op"
done
check read-4k run read-4k /dev/xvda
check read-4k-mapped run read-4k-mapped /dev/xvdb
check packet-sent run packet-sent eth0
ok idle
sleep 100000
