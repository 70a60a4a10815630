# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest with its disk and network under load until it is killed (HOW=kill) or told to
# stop by the host, and then verified (HOW=verify): ADDRESS HOW
. /xh/lib.sh
. /xh/io.sh

ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 60 ping -c 1 -W 1 "$L0"
timeout 600 iperf3 -c "$L0" -t 600 > /dev/null 2>&1 &
if [ "$2" = kill ]; then
	info loaded
	fio --name=w --filename=/dev/xvdb --size=32M --rw=randrw --bs=4k-64k --direct=1 --ioengine=libaio --iodepth=32 \
		--thread --time_based --runtime=600 > /dev/null 2>&1
	nok survived
	exit 1
fi
info loaded
fio_verify verify /dev/xvdb 32M --loops=3
check still-there ping -c 1 -W 5 "$L0"
finish
