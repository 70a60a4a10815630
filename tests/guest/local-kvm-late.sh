# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest of the local host whose monitor maps the shared info page anew all the time: an
# event finds it gone, must be delivered late, and none may be lost.
. /xh/local-kvm-lib.sh

late() { cat /sys/kernel/debug/xen-local-kvm/late_events; }

host_up
iperf3 -s -D
check none-late test "$(late)" = 0
truncate -s 32M /tmp/disk.img
setup g1 guest_nodes g1 1
setup g1 guest_disks 1 "$(loop_of /xh/boot/root.ext4)" "$(loop_of /tmp/disk.img)"
setup g1 guest_net 1 0 00:16:3e:00:00:01
MONITOR=/xh/boot/late/xen-kvm-guest
run_guest g1 1 128 1 "$(guest_line g1) xh.run=local-kvm-load xh.args=10.0.0.2,verify"
check net-plugged within 100 net_plugged 1 0 xenbr0
check g1-done guest_ended g1 400
info "$(late) events late"
check late test "$(late)" -gt 100
check gone within 20 not_a_domain 1
check removed remove_guest 1
host_down
finish
