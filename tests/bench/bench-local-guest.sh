# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A guest of scripts/bench-local: WHAT DISK ADDRESS: how its results are called, the disk to
# measure ("-": none), its address ("-": no network). Its root file system has the tools.
. /xh/lib.sh
. /xh/bench-nested-io.sh
RUNS=$(seq "$(cat /xh/runs)")

info "clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
mount --bind / /mnt && mount --bind /dev /mnt/dev && mount -t proc proc /mnt/proc
if [ "$2" != - ]; then
	check disk-there within 20 test -b "$2"
	# what is done once, such as granting pages that stay mapped, is done before
	chroot /mnt /usr/bin/fio --name=x --filename="$2" --direct=1 --ioengine=libaio --iodepth=32 --rw=randread --bs=4k \
		--size=32m --io_size=16m --thread --stonewall --name=y --filename="$2" --direct=1 --ioengine=libaio \
		--iodepth=32 --rw=read --bs=128k --size=32m --thread --minimal > /dev/null 2>&1
	disk "$1" "$2"
	for op in '4k randwrite 2048' '4k randwrite 6144' '128k write 256' '128k write 768'; do
		# shellcheck disable=SC2086 # words
		for i in $RUNS; do one "$1" "$2" $op "$i"; done
	done
fi
if [ "$3" != - ]; then
	ip addr add "$3/24" dev eth0
	ip link set eth0 up
	check ping within 30 ping -c 1 -W 1 10.0.0.1
	net "$1" 10.0.0.1
fi
finish
