#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: L1 as Documentation/virt/xen/nested.rst has it installed on a disk of its own, an HVM
# guest of L0: SeaBIOS, GRUB and L1-Xen read that disk by emulation, L1-dom0 has its root
# file system on it as L0's PV disk. Needs: setup, grub-pc-bin. Takes: 4 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only
GRUB=/usr/lib/grub/i386-pc
[[ -e $GRUB/boot.img ]] || skip_all "no GRUB for a BIOS here: scripts/fetch debian"
KERNEL=${KERNEL:-$BUILD/linux/o-builtin/arch/x86/boot/bzImage}
fs=6d9a3c5e-2f0b-4f6e-9d3b-0a7c1f5e8b21 disk=5bd1e995 mb=8

# The root file system, with all that boots and nothing of it in an initrd
files() {
	cp -a "$BUILD/image/l1dom0" "$TMP/root"
	cp tests/guest/* "$TMP/root/xh/"
	mkdir -p "$TMP/root/boot/grub/i386-pc"
	cp "$GRUB"/*.mod "$GRUB"/*.lst "$TMP/root/boot/grub/i386-pc/"
	cp "$KERNEL" "$TMP/root/boot/vmlinuz-xenhost"
	cp "${L1_XEN:-$BUILD/xen/o-l1/xen}" "$TMP/root/boot/l1-xen"
	head -c ${mb}M /dev/urandom > "$TMP/root/data"
	cat > "$TMP/root/boot/grub/grub.cfg" <<-CFG
		set timeout=0
		menuentry "L1-Xen" {
			search --no-floppy --fs-uuid --set=root $fs
			multiboot2 /boot/l1-xen console=pv loglvl=all guest_loglvl=all dom0_mem=384M,max:384M noreboot cpuidle=0 bootscrub=0 ${L1_XEN_ARGS:-}
			module2 /boot/vmlinuz-xenhost root=PARTUUID=$disk-01 rootwait rw init=/init console=hvc0 xh.name=l1 xh.run=nested-grub-l1 xh.args=$(sha256sum < "$TMP/root/data" | cut -d' ' -f1),$mb ${L1_ARGS:-}
		}
	CFG
}
# A partition, and GRUB where grub-install puts it: in the boot sector and behind it
install_grub() {
	truncate -s 128M "$TMP/part"
	mke2fs -q -t ext4 -O ^has_journal,^metadata_csum_seed -U $fs -E root_owner=0:0 -d "$TMP/root" "$TMP/part" || return
	dd if="$TMP/part" of="$L1_DISK" bs=1M seek=1 conv=notrunc,sparse status=none
	grub-mkimage -O i386-pc -d "$GRUB" -o "$TMP/core.img" -p '(hd0,msdos1)/boot/grub' biosdisk part_msdos ext2 normal || return
	# 440 bytes of code, the disk's number, an active partition of Linux from sector 2048 on
	{
		head -c 440 "$GRUB/boot.img"
		printf '\x95\xe9\xd1\x5b\0\0\x80\xfe\xff\xff\x83\xfe\xff\xff\0\x08\0\0\0\0\x04\0'
		head -c 48 /dev/zero
		printf '\x55\xaa'
	} > "$TMP/mbr"
	dd if="$TMP/mbr" of="$L1_DISK" conv=notrunc status=none
	dd if="$TMP/core.img" of="$L1_DISK" bs=512 seek=1 conv=notrunc status=none
}

export L1_DISK=$TMP/l1.img
expected=(l0/l1-created l1/root-on-nested l1/emulated-gone l1/disk-read l1/tools-up l1/ping l1/fetched l0/l1-done l0/dumped
	l0/disk-write l0/net-read)
plan $(($(results "${expected[@]}") + 3))
try "a root file system" files
try "a disk with GRUB" install_grub
boot nested-grub "${expected[@]}" -- -t 900
try "GRUB loaded L1-Xen" grep -a 'Bootloader: GRUB' "$LOG/boot-nested-grub/l1.log"
