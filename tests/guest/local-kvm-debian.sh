# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest of the local host with a kernel that knows nothing of it (KERNEL of
# scripts/boot, Debian's), its modules in an initrd.
. /xh/local-kvm-lib.sh

host_up
fill /tmp/data.img 4
setup g1 guest_nodes g1 1
setup g1 guest_disks 1 "$(loop_of /tmp/data.img)"
setup g1 guest_net 1 0 00:16:3e:00:00:01
INITRD=/xh/boot/domu.cpio.gz
run_guest g1 1 512 1 "earlyprintk=xen console=hvc0 panic=1 xh.name=g1 xh.run=nested-l2 xh.args=10.0.0.2,4"
check net-plugged within 200 net_plugged 1 0 xenbr0
check g1-done guest_ended g1 300
check disk-read test "$(told g1 disk-read 2)" = "$(sum /tmp/data.img 4)"
check gone within 20 not_a_domain 1
check removed remove_guest 1
finish
