# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The loopback's devices, closed and connected again, each time with another number of queues,
# which must have data right each time and leave nothing behind.
. /xh/lib.sh
. /xh/local-lib.sh

WARM=8		# rounds until caches and pools have what they keep
WINDOW=16	# rounds, three times

# Into MEMORY what the kernel itself has, kilobytes: not what is free, in processors' lists too, or
# could be, and not that of programs. No program is started as it looks, since pages of those that
# have ended stay on lists for a while.
kernel_memory() {
	sync
	for _i in 1 2; do
		echo 3 > /proc/sys/vm/drop_caches
		sleep 1
	done
	echo 1 > /proc/sys/vm/compact_memory
	MEMORY=0
	while read -r _w _v _; do
		case $_w in
		MemTotal:) MEMORY=$((MEMORY + _v)) ;;
		MemFree: | Cached: | Buffers: | SReclaimable: | AnonPages: | PageTables:) MEMORY=$((MEMORY - _v)) ;;
		esac
	done < /proc/meminfo
	while read -r _w _v _; do [ "$_w" != count: ] || MEMORY=$((MEMORY - 4 * _v)); done < /proc/zoneinfo
}
set_queues() { echo "$2" > "/sys/module/$1/parameters/max_queues"; }
queues_of() { xenstore-read "$1/multi-queue-num-queues" 2>/dev/null || echo 1; }
# unbind DRIVER DEVICE, bind DRIVER DEVICE: as at the driver's unloading and loading
unbind() { echo "local-$2" > "/sys/bus/xen/drivers/$1/unbind"; }
bind() { echo "local-$2" > "/sys/bus/xen/drivers/$1/bind"; }
no_disk() { ! disk_of 51712; }
irqs() { grep -c 'xen-dyn' /proc/interrupts; }

# flat NAME ROUND-COMMAND KIB: many rounds of it, and then as many irqs as at first, and as much
# memory: it has grown by more than KIB a round neither in all, nor in two windows of three, which
# what comes and goes does not do. The rings that are left would be 4 KiB for each queue of a
# disk, 8 for each of a network, their buffers 1000.
flat() {
	_n=1 _grown='' _sum=0
	while [ $_n -le $((WARM + 3 * WINDOW)) ]; do
		if ! "$2" $_n > /tmp/round.out 2>&1; then
			nok "$1-rounds: $_n: $(tail -n 1 /tmp/round.out)"
			return
		fi
		case $((_n - WARM)) in
		0)
			_irqs=$(irqs)
			kernel_memory
			_m=$MEMORY
			;;
		"$WINDOW" | $((2 * WINDOW)) | $((3 * WINDOW)))
			kernel_memory
			_grown="$_grown $((MEMORY - _m))" _sum=$((_sum + MEMORY - _m)) _m=$MEMORY
			;;
		esac
		_n=$((_n + 1))
	done
	ok "$1-rounds"
	info "$1: $WINDOW rounds, KiB more:$_grown"
	# shellcheck disable=SC2086 # a word each
	check "$1-flat" test $_sum -le $((3 * WINDOW * $3)) -o "$(printf '%s\n' $_grown | sort -n | sed -n 2p)" -le $((WINDOW * $3))
	check "$1-irqs" test "$(irqs)" = "$_irqs"
}

disk_round() {
	_q=$(($1 % 2 + 1))
	set_queues xen_blkback $_q
	add_disk 51712 "$loop" && within 20 disk_of 51712 || { echo "no disk"; return 1; }
	[ "$(queues_of $FE/vbd/51712)" = $_q ] || { echo "not $_q queues"; return 1; }
	_dev=/dev/$(disk_of 51712)
	fill /tmp/in 1
	dd if=/tmp/in of="$_dev" bs=64k oflag=direct 2>/dev/null
	dd if="$_dev" of=/tmp/out bs=64k count=16 iflag=direct 2>/dev/null
	cmp /tmp/in /tmp/out || return 1
	remove_device vbd 51712 && within 20 no_disk
}

net_round() {
	_q=$(($1 % 4 + 1))
	set_queues xen_netfront $_q
	# the frontend's end of the namespace comes back with its device
	unbind vif vif-0 && bind vif vif-0 || return 1
	within 20 net_up 0 || { echo "no interface"; return 1; }
	[ "$(queues_of $FE/vif/0)" = $_q ] || { echo "not $_q queues"; return 1; }
	within 20 busybox ping -c 1 -W 1 10.9.0.2
}

# in the middle of I/O: the frontend finds its device gone, errors are its answers
busy_round() {
	add_disk 51712 "$loop" && within 20 disk_of 51712 || { echo "no disk"; return 1; }
	dd if="/dev/$(disk_of 51712)" of=/dev/null bs=4k iflag=direct 2>/dev/null &
	sleep 0.2
	unbind vbd vbd-51712 || return 1
	wait $!
	within 20 closed vbd 51712 || { echo "backend is $(xenstore-read $BE/vbd/0/51712/state)"; return 1; }
	xenstore-write "$BE/vbd/0/51712/online" 0
	xenstore-rm "$FE/vbd/51712" "$BE/vbd/0/51712" && within 20 no_disk
}

check store-up store_up
truncate -s 16M /tmp/disk.img
loop=$(/usr/sbin/losetup -f --show /tmp/disk.img)
flat disk disk_round 3
set_queues xen_blkback 2
flat busy busy_round 4
set_queues xen_netback 4
check net-added add_net 0 00:16:3e:00:00:01
check net-there within 20 net_up 0
flat net net_round 8
check net-removed remove_device vif 0
# without a store a frontend does not go
check net-gone within 20 sh -c '! /usr/sbin/ip netns exec fe ip link show dev fe0'
kill "$(cat /run/xenstored.pid)"
check nothing-left within 20 sh -c 'echo 0 > /sys/module/xen_local/parameters/enable'
finish
