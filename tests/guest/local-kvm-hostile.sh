# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest whose frontends mean harm (tests/local/hostile.c), against this kernel's blkback and
# netback; the nodes of its frontends are written here, since it has no xenbus.
. /xh/local-kvm-lib.sh

host_up
pinned=$(pins)
truncate -s 16M /tmp/disk.img
printf hostile- | dd of=/tmp/disk.img conv=notrunc 2>/dev/null
want=$(sum /tmp/disk.img 16)
setup hostile guest_nodes hostile 9
setup hostile guest_disks 9 "$(loop_of /tmp/disk.img)"
setup hostile guest_net 9 0 00:16:3e:00:00:09
timeout 400 /xh/boot/xen-kvm-guest -d 9 -m 64 -s "sh /tmp/hostile.setup" /xh/boot/hostile > /tmp/hostile.out 2>&1 &
monitor=$!
ports() { sed -n 's/.*info ports \([0-9 ]*\).*/\1/p' /tmp/hostile.out | grep .; }
check ports-told within 60 ports
# shellcheck disable=SC2046 # a word each
set -- $(ports)
f=/local/domain/9/device
check connected xenstore-write \
	"$f/vbd/51712/ring-ref" 8 "$f/vbd/51712/event-channel" "$1" "$f/vbd/51712/protocol" x86_64-abi "$f/vbd/51712/state" 3 \
	"$f/vif/0/tx-ring-ref" 9 "$f/vif/0/rx-ring-ref" 10 "$f/vif/0/event-channel-tx" "$2" "$f/vif/0/event-channel-rx" "$3" \
	"$f/vif/0/request-rx-copy" 1 "$f/vif/0/feature-rx-notify" 1 "$f/vif/0/state" 4
check net-plugged within 60 net_plugged 9 0 xenbr0
# something for the ring that has an index out of all bounds
timeout 400 sh -c 'while :; do busybox ping -c 1 -W 1 10.0.0.77; done' > /dev/null 2>&1 &
wait $monitor
check ended test $? = 0
grep '@xh' /tmp/hostile.out >&3 || tail -n 5 /tmp/hostile.out >&3
check disk-halted sh -c "dmesg | grep -i 'bogus ring requests\|Frontend provided bogus'"
check net-stopped sh -c "dmesg | grep -i 'vif9.0.*fatal'"
check gone within 20 not_a_domain 9
check removed remove_guest 9
check unpinned within 20 unpinned "$pinned"
check disk-unharmed test "$(sum /tmp/disk.img 16)" = "$want"

# ---- the host serves others as before ----
check disk-added add_disk 51712 "$(loop_of /tmp/disk.img)"
check disk-there within 20 disk_of 51712
check disk-read test "$(sum "/dev/$(disk_of 51712)" 16)" = "$want"
check disk-removed remove_device vbd 51712
host_down
finish
