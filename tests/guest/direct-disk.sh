# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The hard half of a guest's disk test: DISK of $1 megabytes, to be overwritten. Real fio, mke2fs and
# blkdiscard, from the read-only disk /dev/xvdb. Sourced after lib.sh, by a domU's script.
# The first half ends as a file system with a file, the second half discarded.

# by their whole path: busybox takes its own of that name otherwise
tool() { chroot /mnt "$@"; }
tools_up() {
	mount -t ext4 -o ro /dev/xvdb /mnt || return
	for _d in dev proc sys tmp; do mount --bind "/$_d" "/mnt/$_d" || return; done
}

# Two jobs, each on its half: writes that are read back on the way, and reads mixed with
# writes that are read back at the end; 512 bytes to 1 MiB, a flush every 16 writes
fio_verify() { # DISK MEGABYTES
	tool /usr/bin/fio --filename="$1" --direct=1 --ioengine=libaio --iodepth=8 --size="$(($2 / 2))m" \
		--bssplit=512/10:4k/25:20k/25:64k/20:256k/15:1m/5 --fsync=16 \
		--verify=crc32c --verify_fatal=1 --verify_state_save=0 --output=/tmp/fio.out \
		--name=backlog --rw=randwrite --verify_backlog=16 \
		--name=mixed --rw=randrw --offset="$(($2 / 2))m" --rwmixread=30
	_s=$?
	sed -n 's/^ *\(read\|write\): /\1 /p; s/^ *issued rwts: */issued /p' /tmp/fio.out | while read -r _l; do info "fio $_l"; done
	[ "$_s" = 0 ] || tail -n 3 /tmp/fio.out
	return "$_s"
}

filesystem() { # DISK MEGABYTES
	mkdir -p /tmp/fs
	tool /usr/sbin/mke2fs -q -F -t ext4 -E nodiscard,lazy_itable_init=0 "$1" "$2m" && mount -t ext4 "$1" /tmp/fs || return
	dd if=/tmp/rnd of=/tmp/file bs=1M count=2 && cp /tmp/file /tmp/fs/file && umount /tmp/fs && mount -t ext4 -o ro "$1" /tmp/fs || return
	cmp /tmp/file /tmp/fs/file && umount /tmp/fs && tool /usr/sbin/e2fsck -f -n "$1"
}

zeros() { [ "$(sum "$1" "$2" "$3")" = "$(sum /dev/zero "$2")" ]; }

hard_disk() { # DISK MEGABYTES
	check tools tools_up || return
	check fio-verify fio_verify "$1" "$2"
	check mkfs filesystem "$1" "$(($2 / 2))"
	_was=$(sum "$1" "$(($2 / 2))")
	check discard tool /usr/sbin/blkdiscard -o "$(($2 / 2))M" -l "$(($2 / 2))M" "$1"
	echo 3 > /proc/sys/vm/drop_caches
	check discard-reads-zero zeros "$1" "$(($2 / 2))" "$(($2 / 2))"
	check discard-spares-rest test "$_was" = "$(sum "$1" "$(($2 / 2))")"
}
