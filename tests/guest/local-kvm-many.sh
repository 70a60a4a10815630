# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# KVM guests of the local host that mean harm, are misused, or killed: one that sends garbage
# on every hypercall; two at once under load, one of them killed with its I/O in flight while
# the other one verifies its own.
. /xh/local-kvm-lib.sh

host_up
iperf3 -s -D

# ---- garbage ----
pinned=$(pins)
setup garbage guest_nodes garbage 9
timeout 200 /xh/boot/xen-kvm-guest -d 9 -m 64 -s "sh /tmp/garbage.setup" /xh/boot/garbage > /tmp/garbage.out 2>&1
check garbage-ended test $? = 0
grep '@xh' /tmp/garbage.out >&3 || tail -n 5 /tmp/garbage.out >&3
check garbage-gone within 20 not_a_domain 9
check garbage-unpinned within 20 unpinned "$pinned"

# ---- two ----
# with persistent grants, which have to be asked for, but the one that is killed does not use them
echo Y > /sys/module/xen_blkback/parameters/feature_persistent
for g in 1 2; do
	cp /xh/boot/root.ext4 /tmp/root$g.img
	truncate -s 32M /tmp/disk$g.img
	setup g$g guest_nodes g$g $g
	setup g$g guest_disks $g "$(loop_of /tmp/root$g.img)" "$(loop_of /tmp/disk$g.img)"
	setup g$g guest_net $g 0 00:16:3e:00:00:0$g
done
run_guest g1 1 128 1 "$(guest_line g1) xh.run=local-kvm-load xh.args=10.0.0.2,kill xen_blkfront.feature_persistent=0"
run_guest g2 2 128 1 "$(guest_line g2) xh.run=local-kvm-load xh.args=10.0.0.3,verify"
check g1-plugged within 100 net_plugged 1 0 xenbr0
check g2-plugged within 100 net_plugged 2 0 xenbr0
check persistent within 60 persistent 2 51728 1
check misuse python3 /xh/local-kvm-misuse.py 1
check g1-loaded within 200 said g1 'info loaded'
check g2-loaded within 200 said g2 'info loaded'
enable=/sys/module/xen_local/parameters/enable
check busy-refused sh -c "! echo 0 > $enable"
check busy-said sh -c 'dmesg | grep "xen_local: in use: 2 guests"'
busy() { n=$(in_flight) && [ "$n" -gt 0 ]; }
check in-flight within 60 busy
check killed kill -9 "$(monitor_of 1)"
info "killed with $n requests in flight"
check g1-gone within 20 not_a_domain 1
check g1-backends-gone within 30 no_backend 1
check g2-done guest_ended g2 400
check g2-gone within 20 not_a_domain 2
check g2-backends-gone within 30 no_backend 2
check unpinned within 20 unpinned "$pinned"
for d in 1 2 9; do remove_guest $d; done
host_down
finish
