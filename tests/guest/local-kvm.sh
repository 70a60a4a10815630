# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A kernel without a Xen below, with the local host, and guests of it under KVM: their root
# file systems and disks on this kernel's blkback, their network on its netback, store and
# console by an unmodified xenstored and xenconsoled. MEGABYTES to move.
. /xh/local-kvm-lib.sh
. /xh/io.sh

MB=${1:-8}

check kvm-there test -c /dev/kvm
check device-there test -c /dev/xen/local-kvm
host_up
serve "$MB"
# exits, or what else KVM counts for a guest
answer <<'QUESTION'
cat /sys/kernel/debug/kvm/[0-9]*/"$QUERY_STRING" | awk '{ n += $1 } END { print n }'
QUESTION
SUM=$(sum /tmp/net.out "$MB")

setup g1 guest_nodes g1 1
truncate -s "$((2 * MB))M" /tmp/data.img
dd if=/tmp/net.out of=/tmp/data.img conv=notrunc bs=1M 2>/dev/null
truncate -s 32M /tmp/work.img
root=$(loop_of /xh/boot/root.ext4) data=$(loop_of /tmp/data.img)
setup g1 guest_disks 1 "$root" "$data" "$(loop_of /tmp/work.img)"
setup g1 guest_net 1 0 00:16:3e:00:00:01
run_guest g1 1 192 2 "$(guest_line g1) xh.run=local-kvm-guest xh.args=10.0.0.2,$SUM,$MB"
check net-plugged within 60 net_plugged 1 0 xenbr0
check mapped within 60 persistent 1 51712 0
# the threads of its three disks, its queue's two and NAPI's: none preempts the guest at each event
batch() {
	# shellcheck disable=SC2046 # words
	cat $(grep -lE '^(local1[.]xvd|loc-vif1[.]|napi/loc-vif1[.])' /proc/[0-9]*/comm | sed 's/comm$/stat/') |
		awk '{ sub(/.*\) /, ""); n++; b += $39 == 3 } END { exit !(n >= 6 && n == b) }'
}
check batch within 20 batch
check net-copied within 200 all_copied "$(net_of vif-1-0)"
check g1-done guest_ended g1 300
grep . /sys/kernel/debug/xenhost/local/* 2>/dev/null

# ---- what it left ----
check gone within 20 not_a_domain 1
check removed remove_guest 1
# shellcheck disable=SC2046 # two words
wrote() { [ "$(sum /tmp/data.img $(told g1 wrote 4) $(told g1 wrote 3))" = "$(told g1 wrote 5)" ]; }
check disk-written wrote
mkdir -p /tmp/m
check root-mounts mount -o ro "$root" /tmp/m
check root-sum test "$(sum /tmp/m/data 4)" = "$(told g1 root-sum 2)"
umount /tmp/m
host_down
finish
