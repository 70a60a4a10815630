# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A kernel without a Xen below and, one after the other, guests of it under KVM that differ in
# what serves their disk and network only: [WHAT]... (default: all). Run by scripts/bench-local,
# which has QEMU on a disk of its own.
. /xh/local-kvm-lib.sh

QEMU=/mnt
DISK=/dev/ram0
[ $# -gt 0 ] || set -- local virtio vhost qemu-xen local-persistent

# guest_args WHAT DISK NETWORK
guest_args() { echo "xh.run=bench-local-guest xh.args=$1,$2,$([ "$3" = - ] && echo - || echo 10.0.0.2)"; }

ID=0
# by_local WHAT: the backends of the kernel
by_local() {
	ID=$((ID + 1))
	setup "$1" guest_nodes "$1" $ID
	setup "$1" guest_disks $ID "$root" $DISK
	setup "$1" guest_net $ID 0 00:16:3e:00:00:01
	run_guest "$1" $ID 256 1 "$(guest_line "$1") $(guest_args "$1" /dev/xvdb "$2")"
	_g=$!
	check "$1-plugged" within 60 net_plugged $ID 0 xenbr0
	wait $_g
	check "$1-done" guest_ended "$1" 5
	check "$1-removed" remove_guest $ID
}

# by_qemu WHAT ARGUMENT...: as qemu() below. The guest's script counts: QEMU with its own Xen
# was seen to crash when all was done.
by_qemu() {
	qemu "$@"
	info "$1: QEMU ended with $?"
	check "$1-done" within 5 said "$1" 'exit 0' || sed "s/^/$1-monitor| /" "/tmp/$1.monitor" >&3
}

# qemu WHAT ACCELERATOR KERNEL ROOT DISK NETWORK ARGUMENT...: those of QEMU, as a PC
qemu() {
	_w=$1 _a=$2 _k=$3 _r=$4 _d=$5 _n=$6
	shift 6
	copy_console "$_w"
	LD_LIBRARY_PATH=$QEMU/usr/lib/x86_64-linux-gnu $QEMU/usr/bin/qemu-system-x86_64 -M pc -accel "$_a" -cpu host \
		-m 256 -smp 1 -nodefaults -no-user-config -display none -no-reboot -L /usr/share/qemu -L /usr/share/seabios \
		-chardev "file,id=c,path=$CONSOLES/guest-$_w.log,append=on" -serial chardev:c \
		-kernel "/xh/boot/$_k" -append "root=$_r rw init=/init console=ttyS0 panic=1 xh.name=$_w $(guest_args "$_w" "$_d" "$_n")" \
		-drive file=/xh/boot/root.ext4,format=raw,if=none,id=root -drive file=$DISK,format=raw,if=none,id=disk,cache=none,aio=native \
		"$@" > "/tmp/$_w.monitor" 2>&1
}
net='tap,id=net,ifname=tap0,script=no,downscript=no'

host_up
check qemu-there mount -o ro /dev/vda $QEMU
ip tuntap add tap0 mode tap vnet_hdr
ip link set tap0 master xenbr0 up
dd if=/dev/zero of=$DISK bs=1M count=32 2>/dev/null
iperf3 -s -D
root=$(loop_of /xh/boot/root.ext4)

for w; do
	case $w in
	local) by_local local net ;;
	local-persistent)
		echo Y > /sys/module/xen_blkback/parameters/feature_persistent
		by_local local-persistent -
		echo N > /sys/module/xen_blkback/parameters/feature_persistent
		;;
	virtio)
		by_qemu virtio kvm vmlinux /dev/vda /dev/vdb net -device virtio-blk-pci,drive=root -device virtio-blk-pci,drive=disk \
			-netdev $net,vhost=off -device virtio-net-pci,netdev=net
		;;
	vhost)
		by_qemu vhost kvm vmlinux /dev/vda - net -device virtio-blk-pci,drive=root -netdev $net,vhost=on -device virtio-net-pci,netdev=net
		;;
	qemu-xen)
		by_qemu qemu-xen kvm,xen-version=0x40011,kernel-irqchip=split domu /dev/xvda /dev/xvdb net \
			-device xen-disk,drive=root,vdev=xvda -device xen-disk,drive=disk,vdev=xvdb \
			-netdev $net,vhost=off -device xen-net-device,netdev=net,mac=00:16:3e:00:00:01
		;;
	*) nok "no such guest: $w" ;;
	esac
done
finish
