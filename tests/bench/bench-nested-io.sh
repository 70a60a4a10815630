# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Rates of a disk and a NIC in a guest at any level; sourced by the bench-nested scripts.
# Each run is told to the plugin that counts exits (exits.c), by a name WHAT/OP/REQUESTS/RUN,
# and its rate goes out as "info bench WHAT OP REQUESTS RATE". Short runs beside the long ones
# let the harness take off what starting the program costs.

COUNTERS=/sys/kernel/debug/xenhost/nested
RUNS="1 2 3"

# await SECONDS GUEST PATTERN: as "within SECONDS said GUEST PATTERN", but without looking
# again and again, which would be counted
await() {
	mkfifo "/tmp/await.$2"
	tail -n +1 -f "/var/log/xen/console/guest-$2.log" > "/tmp/await.$2" &
	timeout "$1" grep -q "@xh $2 $3" "/tmp/await.$2"
	_rc=$?
	kill $!
	rm "/tmp/await.$2"
	return $_rc
}
# done_ SECONDS GUEST: guest_done(), waited for in that way
done_() { await "$1" "$2" exit && guest_done "$2" 5; }

# tools DISK: the disk that fio and iperf3 are on, at /mnt; iperf3 keeps its streams in /tmp
tools() {
	mount -t ext4 -o ro "$1" /mnt && mount --bind /dev /mnt/dev && mount -t proc proc /mnt/proc &&
		mount -t tmpfs tmpfs /mnt/tmp
}

counters() { cat $COUNTERS/hypercalls $COUNTERS/grant_calls $COUNTERS/grants 2>/dev/null | tr '\n' ' '; }

# measured NAME: by a boot before this one, which stopped later on (scripts/bench-local)
measured() { grep -qsxF "$1" /xh/measured; }

# one WHAT DISK SIZE PATTERN REQUESTS RUN; the rate is requests a second. The operation is
# called by its size, that of a write also by that.
one() {
	case $4 in *write) _op=$3-write ;; *) _op=$3 ;; esac
	! measured "$1/$_op/$5/$6" || return
	_before=$(counters)
	/xh/tell open
	_out=$(chroot /mnt /usr/bin/fio --name=x --filename="$2" --direct=1 --ioengine=libaio \
		--iodepth=32 --rw="$4" --bs="$3" --size=32m --io_size="$(($5 * ${3%k}))k" \
		--randrepeat=1 --norandommap --disk_util=0 --thread --minimal 2>&1)
	/xh/tell close "$1/$_op/$5/$6"
	_rate=$(echo "$_out" | awk -F';' 'NF > 50 { print $8 + $49 }')
	[ "$_rate" ] || { nok "fio-$1-$_op: $(echo "$_out" | tail -n 1)"; return; }
	info "bench $1 $_op $5 $_rate"
	[ -z "$_before" ] || info "counters $1 $_op $5 $_before $(counters)"
}

# disk WHAT DISK [FEWER]: 4 KiB and 128 KiB; on a slow disk FEWER times fewer requests
disk() {
	_f=${3:-1}
	for _i in $RUNS; do one "$1" "$2" 4k randread "$((2048 / _f))" "$_i"; done
	for _i in $RUNS; do one "$1" "$2" 4k randread "$((6144 / _f))" "$_i"; done
	for _i in $RUNS; do one "$1" "$2" 128k read "$((256 / _f))" "$_i"; done
	for _i in $RUNS; do one "$1" "$2" 128k read "$((768 / _f))" "$_i"; done
}

# tcp WHAT ADDRESS DIRECTION: to or from L0, in kbit/s. An emulated NIC may stall.
tcp() {
	_r=
	[ "$3" = sent ] || _r=-R
	for _i in $RUNS; do
		! measured "$1/$3/0/$_i" || continue
		_before=$(counters)
		/xh/tell open
		# shellcheck disable=SC2086 # no word if empty
		timeout 10 chroot /mnt /usr/bin/iperf3 -c "$2" -t 2 $_r -f k > /tmp/tcp.out 2>&1
		/xh/tell close "$1/$3/0/$_i"
		_rate=$(awk '/receiver/ { print $(NF-2) }' /tmp/tcp.out)
		if [ "$_rate" ]; then
			info "bench $1 $3 0 $_rate"
			[ -z "$_before" ] || info "counters $1 $3 0 $_before $(counters)"
		else
			info "rate of $1 $3 not measured: $(tail -n 1 /tmp/tcp.out)"
		fi
	done
}
net() { tcp "$1" "$2" sent; tcp "$1" "$2" received; }
