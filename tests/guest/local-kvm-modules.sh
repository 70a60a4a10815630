# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The KVM guests' module of the local host: refused to be unloaded while a guest runs, unloaded
# as soon as the guest was killed with its I/O in flight, loaded again for another guest.
. /xh/local-kvm-lib.sh

DRIVERS='xen-evtchn xen-gntdev xen-privcmd xenfs bridge xen-blkback xen-netback'
load() { for _k; do insmod "/xh/$_k.ko" || return 1; done; }
users() { awk -v m="$1" '$1 == m { print $3 }' /proc/modules; }
refused() { ! rmmod "$1"; }
# new_guest NUMBER HOW
new_guest() {
	cp /xh/boot/root.ext4 "/tmp/root$1.img"
	truncate -s 32M "/tmp/disk$1.img"
	setup "g$1" guest_nodes "g$1" "$1"
	setup "g$1" guest_disks "$1" "$(loop_of "/tmp/root$1.img")" "$(loop_of "/tmp/disk$1.img")"
	setup "g$1" guest_net "$1" 0 "00:16:3e:00:00:0$1"
	run_guest "g$1" "$1" 128 1 "$(guest_line "g$1") xh.run=local-kvm-load xh.args=10.0.0.$(($1 + 1)),$2"
}

check too-early sh -c '! insmod /xh/xen-local-kvm.ko'
check load load xen-local llc stp
# shellcheck disable=SC2086 # a word each
check load-drivers load $DRIVERS
check load-kvm load xen-local-kvm
check device-there within 5 test -c /dev/xen/local-kvm
host_up
iperf3 -s -D
pinned=$(pins)

# killed with grants that stay mapped
echo Y > /sys/module/xen_blkback/parameters/feature_persistent
new_guest 1 kill
check g1-plugged within 100 net_plugged 1 0 xenbr0
check g1-loaded within 200 said g1 'info loaded'
busy() { n=$(in_flight) && [ "$n" -gt 0 ]; }
check in-flight within 60 busy
info "users $(users xen_local_kvm)"
check kvm-busy-refused refused xen_local_kvm
check host-busy-refused refused xen_local
check killed kill -9 "$(monitor_of 1)"
# as soon as it can be: a backend may have pages of the guest for a while
tries=0 end=$(($(now) + 30))
until rmmod xen_local_kvm 2>/dev/null || [ "$(now)" -ge $end ]; do tries=$((tries + 1)); done
info "killed with $n requests in flight, unloaded at try $tries"
check kvm-unloaded test ! -e /sys/module/xen_local_kvm
check kvm-device-gone within 5 test ! -e /dev/xen/local-kvm
check unpinned within 20 unpinned "$pinned"
check g1-gone within 20 not_a_domain 1
check g1-backends-gone remove_guest 1

echo N > /sys/module/xen_blkback/parameters/feature_persistent
check load-again load xen-local-kvm
new_guest 2 verify
check g2-plugged within 100 net_plugged 2 0 xenbr0
check g2-done guest_ended g2 400
check g2-gone within 20 not_a_domain 2
check g2-backends-gone remove_guest 2
check kvm-unloaded-again within 20 rmmod xen_local_kvm
check unpinned-again within 20 unpinned "$pinned"
kill "$(pidof xenconsoled)" "$(cat /run/xenstored.pid)"
umount /proc/xen
check drivers-unloaded within 20 rmmod xen_netback xen_blkback xenfs xen_privcmd xen_gntdev xen_evtchn
check host-unloaded within 20 rmmod xen_local
finish
