# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What guests of the nested scenarios do to a disk and a network of L0, and how L0-dom0
# serves them; sourced after lib.sh. TOOLS is a folder with fio and the like, or "" when
# they are in the root file system.

L0=10.0.0.1
TOOLS=

# L0-dom0: MEGABYTES of known data to fetch at http://$L0/net.out; what comes to port 9000
# (a line with name and bytes, then data) is kept in /tmp/put.NAME, its checksum answered
serve() {
	fill /tmp/net.out "$1"
	mkdir -p /tmp/cgi-bin
	busybox httpd -p 80 -h /tmp
	printf 'read -r n b\nhead -c $b > "/tmp/put.$n"\nsha256sum < "/tmp/put.$n"\n' > /tmp/take
	busybox nc -ll -p 9000 -e /bin/sh /tmp/take > /dev/null 2>&1 &
	iperf3 -s -D
}

# ask QUESTION: have L0-dom0 (or HOST) answer, see cgi-bin/ask there
ask() { busybox wget -q -T 60 -O - "http://${2:-$L0}/cgi-bin/ask?$1"; }
# answer: the script for cgi-bin/ask from standard input
answer() {
	mkdir -p /tmp/cgi-bin
	{ printf '#!/bin/sh\necho\n'; cat; } > /tmp/cgi-bin/ask
	chmod 755 /tmp/cgi-bin/ask
}

# with_tools DISK: have the tools of that root file system
with_tools() {
	TOOLS=/mnt/tools
	mkdir -p $TOOLS
	mount -t ext4 -o ro "$1" $TOOLS || return 1
	for _d in dev proc sys tmp; do mount --bind /$_d $TOOLS/$_d || return 1; done
}
without_tools() {
	for _d in dev proc sys tmp .; do umount /mnt/tools/$_d || return 1; done
	TOOLS=
}
# tool NAME ARGUMENT...: by its path, since busybox would take its own
tool() {
	_t=$1; shift
	for _d in usr/bin usr/sbin; do
		[ ! -x "$TOOLS/$_d/$_t" ] || { chroot "${TOOLS:-/}" "/$_d/$_t" "$@"; return; }
	done
	echo "no $_t"
	return 1
}

# through GUEST VDEV: did the hotplug script of that disk do its work?
through() {
	_b=/local/domain/0/backend/vbd/$(xl domid "$1")
	for _d in $(xenstore-list "$_b" 2>/dev/null); do
		[ "$(xenstore-read "$_b/$_d/dev")" != "$2" ] ||
			{ [ "$(xenstore-read "$_b/$_d/hotplug-status" 2>/dev/null)" = connected ]; return; }
	done
	return 1
}

# plug GUEST DISK: into a guest that runs; up to three times, see guest() in lib.sh. xl leaves
# a disk behind whose script took too long: it may work all the same, else it is taken out.
plug() {
	_v=${2#*,}
	_v=${_v%%,*}
	for _try in 1 2 3; do
		xl block-attach "$1" "$2" > /tmp/plug.out 2>&1 && return
		grep -q 'killing execution of /etc/xen/scripts' /tmp/plug.out || break
		info "$1: hotplug script out of time, try $_try"
		! within 10 through "$1" "$_v" || return 0
		xl block-detach "$1" "$_v" force >> /tmp/plug.out 2>&1
	done
	cat /tmp/plug.out
	return 1
}

# get NAME SUM, put NAME MEGABYTES: a file over the network, the answer of L0 compared
get() {
	s=$(busybox wget -q -T 60 -O - "http://$L0/net.out" | sha256sum | cut -d' ' -f1)
	if [ "$s" = "$2" ]; then ok "$1-net-read"; else nok "$1-net-read: $s, not $2"; fi
}
put() {
	fill /tmp/put "$2"
	s=$(sum /tmp/put "$2")
	# bash, since busybox's nc sends a kilobyte at a time
	# shellcheck disable=SC2016 # bash's own
	_a=$(timeout 300 bash -c 'exec 9<>/dev/tcp/$0/9000; echo "$1 $2" >&9; cat /tmp/put >&9; cat <&9' $L0 "$1" $(($2 << 20)) | cut -d' ' -f1)
	if [ "$_a" = "$s" ]; then ok "$1-net-write"; else nok "$1-net-write: L0 has '$_a', not $s"; fi
	rm -f /tmp/put
}

# put_disk NAME DISK OFFSET MEGABYTES: write random data; L0-dom0 compares it later
put_disk() {
	fill /tmp/put "$4"
	check "$1-disk-written" dd if=/tmp/put of="$2" bs=1M seek="$3" conv=fsync
	info "wrote $1 $3 $4 $(sum /tmp/put "$4")"
	rm -f /tmp/put
}

# fio_verify NAME DISK SIZE [ARGUMENT...]: random places and sizes, read back and compared
fio_verify() {
	_n=$1 _f=$2 _s=$3; shift 3
	check "$_n" tool fio --name=v --filename="$_f" --size="$_s" --rw=randwrite --bsrange=512-1M --verify=crc32c \
		--verify_fatal=1 --direct=1 --ioengine=libaio --iodepth=16 --thread "$@"
}

# a_file_system NAME DISK: made, filled, checked, read again
a_file_system() {
	check "$1-mkfs" tool mke2fs -q -F -t ext4 "$2"
	mkdir -p /mnt/fs
	check "$1-mounted" mount -t ext4 "$2" /mnt/fs
	fill /mnt/fs/file 8
	s=$(sum /mnt/fs/file 8)
	umount /mnt/fs
	check "$1-fsck" tool e2fsck -fn "$2"
	mount -t ext4 "$2" /mnt/fs
	check "$1-file" test "$(sum /mnt/fs/file 8)" = "$s"
	umount /mnt/fs
}

# a_discard NAME DISK: its backend in L0-dom0, a sparse file, gets smaller
a_discard() {
	fill /tmp/put 8
	dd if=/tmp/put of="$2" bs=1M conv=fsync 2>/dev/null
	_full=$(ask blocks)
	check "$1-discard" tool blkdiscard "$2"
	_left=$(ask blocks)
	info "$1 blocks of L0's file: $_full, after the discard $_left"
	check "$1-discard-reaches-L0" test "$_left" -lt $((_full - 16000))
	check "$1-discard-zeroes" test "$(sum "$2" 8)" = "$(dd if=/dev/zero bs=1M count=8 2>/dev/null | sha256sum | cut -d' ' -f1)"
	rm -f /tmp/put
}

# requests VDEV WHICH: how many read, write, flush (3) or discard requests L0's backend had
requests() { ask "requests.$1" | cut -d' ' -f"$2"; }

# a_flush NAME DISK VDEV
a_flush() {
	_f=$(requests "$3" 3)
	dd if=/dev/zero of="$2" bs=4k count=1 conv=fsync 2>/dev/null
	check "$1-flush-reaches-L0" test "$(requests "$3" 3)" -gt "$_f"
}

# jumbo NAME DEVICE...: the largest packet of 9000 bytes goes through unfragmented
jumbo() {
	_n=$1; shift
	for _d; do ip link set "$_d" mtu 9000; done
	check "$_n-jumbo" tool ping -c 3 -W 2 -M 'do' -s 8972 $L0
}

# A rate is no proof: on a machine too busy to measure it says so
# fio_rate NAME DISK HOW BLOCKSIZE
fio_rate() {
	tool fio --name=r --filename="$2" --offset=256M --size=32M --rw="$3" --bs="$4" --direct=1 --ioengine=libaio --iodepth=16 --thread \
		--time_based --runtime=2 --minimal > /tmp/fio.out 2>&1
	info "rate $1 $(awk -F';' 'NF > 49 { printf "%.1f MB/s, %d IOPS", ($7 + $48) / 1024, $8 + $49 }' /tmp/fio.out)"
}
# iperf_rate NAME [ARGUMENT...]: with a small window, or a slow way is still busy with what
# waits in the socket when the server gives up
iperf_rate() {
	_n=$1; shift
	if timeout 60 iperf3 -c $L0 -t 2 -w 64K -f m "$@" > /tmp/iperf.out 2>&1; then
		info "rate $_n $(awk '/receiver/ { r = $(NF-2) " " $(NF-1) } END { print r }' /tmp/iperf.out)"
	else
		info "rate $_n not measured: $(tail -n 1 /tmp/iperf.out)"
	fi
}

# The devices of this kernel and what stands for them, for the picture of scripts/demo
report_links() {
	for _d in /sys/bus/xen/devices/*; do
		for _n in "$_d"/block/* "$_d"/net/*; do
			[ -e "$_n" ] && info "link front $(basename "$_d") $(basename "$_n")"
		done
	done
	for _d in /sys/bus/xen-backend/devices/*; do
		for _n in "$_d"/net/*; do
			[ -e "$_n" ] && info "link back $(basename "$_d") $(basename "$_n") $(basename "$(readlink "$_n/brport/bridge")")"
		done
		[ -e "$_d/physical_device" ] || continue
		IFS=: read -r _a _b < "$_d/physical_device"
		info "link back $(basename "$_d") $(basename "$(readlink "/sys/dev/block/$((0x$_a)):$((0x$_b))")")"
	done
}
