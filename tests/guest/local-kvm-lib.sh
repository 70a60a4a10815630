# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# KVM guests of the local host: what a toolstack writes for them, with plain xenstore-write,
# and their monitor. Sources what it takes.
. /xh/lib.sh
. /xh/local-lib.sh

CONSOLES=/var/log/xen/console

console_up() {
	mkdir -p $CONSOLES
	# not Debian's wrapper, which looks for a Xen below
	/usr/lib/xen-4.20/bin/xenconsoled --log=guest && within 10 pidof xenconsoled
}

# host_up: a store, a console and a network for guests
host_up() {
	check store-up store_up
	check console-up console_up
	bridge xenbr0 10.0.0.1
}

# host_down: once nobody serves them, the host can go
host_down() {
	kill "$(pidof xenconsoled)" "$(cat /run/xenstored.pid)"
	check nothing-left within 20 sh -c 'echo 0 > /sys/module/xen_local/parameters/enable'
}

loop_of() { /usr/sbin/losetup -f --show "$1"; }

# own NODE DOMID: the guest's, to be read by domain 0; offer NODE DOMID: the reverse
own() { xenstore-chmod -r "$1" "n$2" r0; }
offer() { xenstore-chmod -r "$1" n0 "r$2"; }

# setup NAME COMMAND...: one more thing to be done for a guest once it is a domain
setup() {
	_s=/tmp/$1.setup
	shift
	[ -e "$_s" ] || echo 'set -e; . /xh/local-kvm-lib.sh' > "$_s"
	echo "$*" >> "$_s"
}

# guest_nodes NAME DOMID
guest_nodes() {
	_d=/local/domain/$2
	xenstore-write "$_d/name" "$1" "$_d/domid" "$2" "$_d/console/type" xenconsoled "$_d/console/limit" 1048576 \
		"$_d/store/port" 0 "$_d/device" '' "$_d/control" '' "$_d/data" '' || return 1
	offer "$_d" "$2" && own "$_d/control" "$2" && own "$_d/data" "$2"
}

# guest_disk DOMID NUMBER BLOCK-DEVICE
guest_disk() {
	_b=$BE/vbd/$1/$2 _f=/local/domain/$1/device/vbd/$2
	xenstore-write \
		"$_b/frontend" "$_f" "$_b/frontend-id" "$1" "$_b/online" 1 "$_b/type" phy "$_b/mode" w "$_b/dev" xvd \
		"$_b/params" "$3" "$_b/physical-device" "$(stat -c '%t:%T' "$3")" "$_b/state" 1 \
		"$_f/backend" "$_b" "$_f/backend-id" 0 "$_f/virtual-device" "$2" "$_f/device-type" disk "$_f/state" 1 || return 1
	own "$_f" "$1" && offer "$_b" "$1"
}
# guest_disks DOMID BLOCK-DEVICE...: xvda, xvdb, ...
guest_disks() {
	_id=$1 _v=51712
	shift
	for _l; do
		guest_disk "$_id" $_v "$_l" || return 1
		_v=$((_v + 16))
	done
}

# guest_net DOMID HANDLE MAC
guest_net() {
	_b=$BE/vif/$1/$2 _f=/local/domain/$1/device/vif/$2
	xenstore-write \
		"$_b/frontend" "$_f" "$_b/frontend-id" "$1" "$_b/online" 1 "$_b/handle" "$2" "$_b/mac" "$3" \
		"$_b/script" none "$_b/hotplug-status" connected "$_b/state" 1 \
		"$_f/backend" "$_b" "$_f/backend-id" 0 "$_f/handle" "$2" "$_f/mac" "$3" "$_f/state" 1 || return 1
	own "$_f" "$1" && offer "$_b" "$1"
}

# net_plugged DOMID HANDLE BRIDGE
net_plugged() {
	_i=$(net_of "vif-$1-$2") && ip link set "$_i" master "$3" && ip link set "$_i" up
}

guest_line() { echo "root=/dev/xvda rw init=/init earlyprintk=xen console=hvc0 panic=1 xh.name=$1"; }

# run_guest NAME DOMID MEGABYTES CPUS COMMAND-LINE: in the background; its nodes are written
# by the functions of the file /tmp/NAME.setup, its initrd is INITRD and its monitor MONITOR if
# set; its console is copied, and what its monitor says in the same way
run_guest() {
	: > "/tmp/$1.monitor"
	tail -n +1 -f "/tmp/$1.monitor" | /usr/bin/sed -u "s/^/$1-monitor| /" >&3 &
	copy_console "$1"
	{
		"${MONITOR:-/xh/boot/xen-kvm-guest}" ${INITRD:+-r "$INITRD"} -d "$2" -m "$3" -c "$4" -s "sh /tmp/$1.setup" /xh/boot/vmlinux "$5"
		echo "status $?"
	} > "/tmp/$1.monitor" 2>&1 &
}

# guest_ended NAME SECONDS: true when its script ended with 0, and then its monitor
guest_ended() {
	within "$2" grep -q '^status' "/tmp/$1.monitor" || { echo "no end within $2 s"; return 1; }
	grep -qx 'status 0' "/tmp/$1.monitor" || { tail -n 3 "/tmp/$1.monitor"; return 1; }
	within 3 said "$1" 'exit 0' || { echo 'its script failed'; return 1; }
}

# told NAME KEY FIELD: what the guest said in an info line
told() { tr -d '\r' < "$CONSOLES/guest-$1.log" | sed -n "s/^@xh $1 info \($2 .*\)/\1/p" | head -n 1 | cut -d' ' -f"$3"; }

# not_a_domain DOMID: xenstored has let go of it, and removed what was its own
not_a_domain() { ! xenstore-exists "/local/domain/$1/control"; }

# remove_guest DOMID: its nodes, and with them its devices
remove_guest() {
	for _k in vbd vif; do
		for _n in $(xenstore-list "$BE/$_k/$1"); do
			xenstore-write "$BE/$_k/$1/$_n/online" 0 "$BE/$_k/$1/$_n/state" 5
			xenstore-rm "/local/domain/$1/device/$_k/$_n"
		done
	done
	within 20 no_backend "$1" || { echo "backends of $1 are left"; return 1; }
	xenstore-rm "/local/domain/$1" "$BE/vbd/$1" "$BE/vif/$1"
}
no_backend() { ! find /sys/bus/xen-backend/devices/ -name "*-$1-*" | grep .; }

# pins: pages that are pinned; unpinned NUMBER: as many as then, or less
pins() { awk '/^nr_foll_pin_acquired/ { n += $2 } /^nr_foll_pin_released/ { n -= $2 } END { print n }' /proc/vmstat; }
unpinned() { [ "$(pins)" -le "$1" ]; }

# monitor_of DOMID: its process
monitor_of() { pgrep -f "xen-kvm-guest -d $1 "; }

# in_flight: requests that the disks behind the guests' have under way
in_flight() { cat /sys/block/loop*/inflight | awk '{ n += $1 + $2 } END { print n + 0 }'; }
