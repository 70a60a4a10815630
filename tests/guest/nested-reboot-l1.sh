# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-reboot scenario: CHECKSUM MEGABYTES of its L0 disk, BOOTS. Each time it
# is started it checks the disk and the network, writes what the next one is to find, and has
# I/O in flight when it goes down: rebooted by L0's tools, by a panic, by a reset of L1-Xen, shut
# down by L0's tools.
. /xh/lib.sh
. /xh/io.sh

SUM=$1 MB=$2 BOOTS=$3
disk=/dev/nested-xvda bus=/sys/bus/xen/devices
report_hosts
check tools-up xen_up
check disk-there within 20 test -b $disk
within 20 test -e $bus/nested-vif-0/net
dev=$(ls $bus/nested-vif-0/net)
ip addr add 10.0.0.2/24 dev "$dev"
ip link set "$dev" up
check ping within 30 ping -c 1 -W 1 $L0
n=$(ask boot)
check "disk-read-$n" test "$(sum $disk "$MB")" = "$SUM"
# of the boot before: a line that says which, and it was flushed
if [ "$n" -gt 1 ]; then
	check "written-before-$n" test "$(dd if=$disk bs=1M skip=$((MB + 1)) count=1 2>/dev/null | head -n 1)" = "boot $((n - 1))"
fi
{ echo "boot $n"; cat /dev/zero; } | dd of=$disk bs=1M seek=$((MB + 1)) count=1 iflag=fullblock conv=fsync 2>/dev/null
get "boot-$n" "$SUM"
put "boot-$n" 2

while :; do
	dd if=$disk of=/tmp/read bs=64k count=$((MB * 16)) iflag=direct 2>/dev/null
	dd if=/tmp/read of=$disk bs=64k seek=$(((MB + 4) * 16)) oflag=direct 2>/dev/null
	info "loop $n"
done &
while :; do busybox wget -q -T 10 -O /dev/null http://$L0/net.out; done &
# what the kernel starts when L0's tools ask for it; our first process is no init
for c in reboot poweroff; do
	rm -f /sbin/$c
	printf '#!/bin/sh\necho "@xh l1 info asked for %s" > /dev/console\nexec busybox %s -f\n' $c $c > /sbin/$c
	chmod 755 /sbin/$c
done
info "ready $n"
case $n in 1 | "$BOOTS") sleep 1000 ;; esac
while [ "$(ask seen)" != "$n" ]; do sleep 1; done
case $n in
2) info "panics" && echo c > /proc/sysrq-trigger ;;
3) info "resets L1-Xen" && xl debug-keys R ;;
esac
sleep 1000
