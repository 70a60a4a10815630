# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The local host as a module, and all that lives on it: loaded, used, refused to be
# unloaded while used, unloaded, loaded again.
. /xh/lib.sh
. /xh/local-lib.sh

DRIVERS='xen-evtchn xen-gntdev xen-privcmd xenfs xen-blkback xen-blkfront xen-netback xen-netfront'
load() { for _k; do insmod "/xh/$_k.ko" || return 1; done; }
unload() { for _k; do rmmod "$_k" || return 1; done; }
users() { awk '$1 == "xen_local" { print $3 }' /proc/modules; }

check driver-alone sh -c '! insmod /xh/xen-evtchn.ko'
check load load xen-local
check host-there grep -qx local /sys/hypervisor/xenhost/local/kind
# shellcheck disable=SC2086 # a word each
check load-drivers load $DRIVERS
check unused test "$(users)" = 0
check store-up store_up
truncate -s 32M /tmp/disk.img
loop=$(/usr/sbin/losetup -f --show /tmp/disk.img)
check disk-added add_disk 51712 "$loop"
check disk-there within 20 disk_of 51712
disk=/dev/$(disk_of 51712)
check disk-fio fio --name=verify --filename="$disk" --rw=randwrite --bs=4k --size=8m \
	--ioengine=libaio --direct=1 --iodepth=16 --verify=crc32c --do_verify=1 --verify_fatal=1 --randseed=7
info "users $(users)"
check busy test "$(users)" -gt 2
check busy-refused sh -c '! rmmod xen_local'
check disk-fio-after fio --name=verify --filename="$disk" --rw=randread --bs=4k --size=8m \
	--ioengine=libaio --direct=1 --iodepth=16
check disk-removed remove_device vbd 51712
check store-busy-refused sh -c '! rmmod xen_local'
kill "$(cat /run/xenstored.pid)"
umount /proc/xen
check idle within 10 sh -c "test \$(awk '\$1 == \"xen_local\" { print \$3 }' /proc/modules) = 0"
check unload-drivers unload xen_netfront xen_netback xen_blkfront xen_blkback xenfs xen_privcmd xen_gntdev xen_evtchn
check unload unload xen_local
check host-gone sh -c '! test -e /sys/hypervisor/xenhost/local'
check load-again load xen-local
check host-there-again grep -qx local /sys/hypervisor/xenhost/local/kind
check unload-again unload xen_local
finish
