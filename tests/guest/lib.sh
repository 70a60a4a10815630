# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the in-guest scripts share: marked lines (file descriptor 3, opened by
# init; the harness reads only these), starting Xen's own tools, making a guest.
# POSIX sh: a domU has nothing but busybox.

# L0's third disk is free to use, its fourth holds programs for guests; disks are found by
# where they are plugged, since their names are given in any order
disk_at() {
	for _b in /sys/block/sd*; do
		case $(readlink "$_b/device") in */"$1") echo "/dev/${_b##*/}" ;; esac
	done
}
# shellcheck disable=SC2034 # for those that source this
SCRATCH=$(disk_at 1:0:0:0) TOOLS=$(disk_at 1:0:1:0)

XH_FAILED=0

mark() { printf '@xh %s %s\n' "$(hostname)" "$*" >&3; }
plan() { mark "plan $1"; }
info() { mark "info $*"; }
ok()   { mark "ok $1"; }
skip() { mark "skip $*"; }
nok()  { XH_FAILED=1; mark "nok $*"; }

# check NAME COMMAND...: a result line from the command's status, which it returns
check() {
	_name=$1; shift
	if "$@" > /tmp/check.out 2>&1; then
		ok "$_name"
	else
		nok "$_name: $(tail -n 1 /tmp/check.out | tr -d '\r')"
		sed 's/^/| /' /tmp/check.out
		return 1
	fi
}

# copied GUEST LOG: is its console copied to ours as far as it goes?
copied() { [ "$(cat "/tmp/$1.copied")" -ge "$(wc -l < "$2")" ]; }
# Of a kernel that watches itself: memory that nothing points to any more (only what is some
# seconds old counts), and how much was watched for races
watched() {
	[ ! -e /sys/kernel/debug/kcsan ] || sed 's/^/kcsan: /' /sys/kernel/debug/kcsan >&3
	[ -e /sys/kernel/debug/kmemleak ] || return 0
	sleep 6
	for _i in 1 2; do echo scan > /sys/kernel/debug/kmemleak; done
	cat /sys/kernel/debug/kmemleak >&3
}
# What the last guest said must be with us before the machine ends
finish() {
	watched
	for _g in /tmp/*.copied; do
		[ -e "$_g" ] || break
		_g=${_g##*/} _g=${_g%.copied}
		within 10 copied "$_g" "/var/log/xen/console/guest-$_g.log"
	done
	exit "$XH_FAILED"
}

now() { cut -d. -f1 /proc/uptime; }

# within SECONDS COMMAND...: wait for the command to succeed; xh.slow= times as long
SLOW=$(sed -n 's/.*xh\.slow=\([0-9]*\).*/\1/p' /proc/cmdline)
within() {
	_end=$(($(now) + $1 * ${SLOW:-1})); shift
	until "$@" > /dev/null 2>&1; do
		[ "$(now)" -lt "$_end" ] || return 1
		sleep 0.2
	done
}

# sum FILE MEGABYTES [SKIP]; fill FILE MEGABYTES
sum() { dd if="$1" bs=1M count="$2" skip="${3:-0}" 2>/dev/null | sha256sum | cut -d' ' -f1; }
fill() { dd if=/dev/urandom of="$1" bs=1M count="$2" 2>/dev/null; }

# What each kernel found: the registry's sysfs where the kernel has it
report_hosts() {
	for _h in /sys/hypervisor/xenhost/*/; do
		[ -d "$_h" ] || { info "xenhost none"; return; }
		_t="xenhost $(basename "$_h")"
		for _f in kind level version domid state; do
			[ -r "$_h$_f" ] && _t="$_t $_f=$(cat "$_h$_f")"
		done
		info "$_t"
	done
	for _d in /sys/bus/xen/devices/* /sys/bus/xen-backend/devices/*; do
		[ -e "$_d" ] && info "device $(basename "$_d") $(basename "$(readlink "$_d/driver")")"
	done
}

# Xen's own daemons in a dom0
xen_up() {
	mount -t xenfs xenfs /proc/xen 2>/dev/null
	mkdir -p /run/xen /run/xenstored /run/lock /var/log/xen/console /var/lib/xen /var/lib/xenstored
	[ -e /var/lock ] || ln -s /run/lock /var/lock
	mount -t tmpfs tmp /var/lib/xenstored
	: > /etc/xen/xl.conf
	xenstored --pid-file /run/xenstored.pid || return 1
	within 20 xenstore-read / || return 1
	xen-init-dom0 || return 1
	xenconsoled --log=guest || return 1
	# a busy guest must not starve the hotplug scripts, which have 40 s
	xl sched-credit2 -d 0 -w 2048 > /dev/null 2>&1 || :
}

# bridge NAME ADDRESS. Its hardware address is made of that: one whose ports are vifs only
# would have theirs, which is the same at every level, and take the other level's frames.
bridge() {
	ip link add name "$1" type bridge stp_state 0 forward_delay 0 2>/dev/null || brctl addbr "$1"
	ip link set "$1" address "$(echo "$2" | awk -F. '{ printf "02:00:%02x:%02x:%02x:%02x", $1, $2, $3, $4 }')"
	ip addr add "$2/24" dev "$1"
	ip link set "$1" up
}

# copy_console GUEST: from now on, line by line, to ours with its name before it
copy_console() {
	_log=/var/log/xen/console/guest-$1.log
	: > "$_log"
	tail -n +1 -f "$_log" | {
		_c=0
		while IFS= read -r _l; do
			printf '%s| %s\n' "$1" "$_l" >&3
			_c=$((_c + 1))
			echo $_c > "/tmp/$1.copied"
		done
	} &
}

# guest NAME TYPE [LINE...]: make a guest; each LINE goes into its xl file, options of
# xl create into XL_CREATE. Its console is copied.
guest() {
	_n=$1 _f=/tmp/$1.cfg
	{
		echo "name=\"$1\""
		echo "type=\"$2\""
		shift 2
		for _l; do echo "$_l"; done
	} > "$_f"
	copy_console "$_n"
	# libxl gives a hotplug script 40 s, which a busy machine may not do: once more then
	for _try in 1 2 3; do
		# shellcheck disable=SC2086 # XL_CREATE: words for xl create
		xl create ${XL_CREATE:-} "$_f" > "/tmp/$_n.xl" 2>&1 && return
		grep -q 'killing execution of /etc/xen/scripts' "/tmp/$_n.xl" || break
		info "$_n: hotplug script out of time, try $_try"
	done
	sed "s/^/xl: /" "/tmp/$_n.xl" >&3
	grep error "/tmp/$_n.xl" | head -n 1
	tail -n 20 /var/log/xen/xen-hotplug.log 2>/dev/null | sed "s/^/hotplug: /" >&3
	return 1
}

# plugged KIND DRIVER USER: is the hotplug script of that device of USER's through in DRIVER?
# The scripts have 40 s, and a hundred programs to start: make the guest paused (XL_CREATE=-p)
# and start it then, so that its own start doesn't take their time.
plugged() {
	_b=/local/domain/$(xl domid "$2")/backend/$1/$(xl domid "$3")
	[ "$(xenstore-read "$_b/$(xenstore-list "$_b")/hotplug-status")" = connected ]
}

# No log daemon: without this program the hotplug scripts write to their own log, and start it
# in vain a dozen times less
no_logger() { rm -f /usr/bin/logger /usr/sbin/logger; }

# After a failure: what the device models of HVM guests had to say
device_models() {
	[ "$XH_FAILED" = 0 ] || tail -n 20 /var/log/xen/qemu-dm-*.log | sed 's/^/qemu: /' >&3
}

said() { grep -q "@xh $1 $2" "/var/log/xen/console/guest-$1.log"; }
# gone NAME: no such domain, or one that is kept after a crash
gone() {
	_l=$(xl list "$1" 2>/dev/null) || return 0
	echo "$_l" | awk 'END { exit $5 !~ /[sc]/ }'
}
ended() { said "$1" exit || gone "$1"; }
# guest_done NAME SECONDS: true when the guest's script ended with status 0
guest_done() {
	within "$2" ended "$1" || { echo "no end within $2 s"; return 1; }
	within 3 said "$1" 'exit 0' || { echo "died, or its script failed"; return 1; }
}
