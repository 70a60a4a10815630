# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The loopback domain: frontends and backends of one kernel, both of domain 0 of the
# local host, made with plain xenstore-write. Sourced after lib.sh.

BE=/local/domain/0/backend
FE=/local/domain/0/device

# busybox has an applet of that name, which knows no namespaces
ip() { /usr/sbin/ip "$@"; }

store_up() {
	mount -t xenfs xenfs /proc/xen || return 1
	mkdir -p /run/xen /run/xenstored /run/lock /var/lib/xenstored /var/log/xen
	mount -t tmpfs tmp /var/lib/xenstored
	/usr/lib/xen-4.20/bin/xenstored --pid-file /run/xenstored.pid || return 1
	within 20 xenstore-read / || return 1
	xenstore-write /local/domain/0/domid 0 /local/domain/0/name Domain-0
}

# add_disk NUMBER BLOCK-DEVICE
add_disk() {
	_b=$BE/vbd/0/$1 _f=$FE/vbd/$1
	xenstore-write \
		"$_b/frontend" "$_f" "$_b/frontend-id" 0 "$_b/online" 1 "$_b/type" phy "$_b/mode" w "$_b/dev" xvda \
		"$_b/params" "$2" "$_b/physical-device" "$(stat -c '%t:%T' "$2")" "$_b/state" 1 \
		"$_f/backend" "$_b" "$_f/backend-id" 0 "$_f/virtual-device" "$1" "$_f/device-type" disk "$_f/state" 1
}

# persistent DOMID NUMBER OFFERED: does blkback offer persistent grants for that disk?
persistent() { [ "$(xenstore-read "$BE/vbd/$1/$2/feature-persistent")" = "$3" ]; }

# The disk that blkfront made of device NUMBER
disk_of() {
	for _d in /sys/block/*; do
		case $(readlink "$_d/device") in *"vbd-$1") echo "${_d##*/}"; return ;; esac
	done
	return 1
}

# add_net HANDLE MAC
add_net() {
	_b=$BE/vif/0/$1 _f=$FE/vif/$1
	xenstore-write \
		"$_b/frontend" "$_f" "$_b/frontend-id" 0 "$_b/online" 1 "$_b/handle" "$1" "$_b/mac" "$2" \
		"$_b/script" none "$_b/hotplug-status" connected "$_b/state" 1 \
		"$_f/backend" "$_b" "$_f/backend-id" 0 "$_f/handle" "$1" "$_f/mac" "$2" "$_f/state" 1
}

# net_of DEVICE: the interface of that device of the bus
net_of() {
	for _i in /sys/class/net/*; do
		case $(readlink "$_i/device") in *"$1") echo "${_i##*/}"; return ;; esac
	done
	return 1
}

# net_up HANDLE: the frontend's end into a namespace of its own, named fe0
net_up() {
	_fi=$(net_of "vif-$1") && _bi=$(net_of "vif-0-$1") || return 1
	ip netns add fe 2>/dev/null
	ip link set "$_fi" netns fe name fe0 || return 1
	ip netns exec fe /usr/sbin/ip addr add 10.9.0.2/24 dev fe0
	ip netns exec fe /usr/sbin/ip link set fe0 up
	ip addr add 10.9.0.1/24 dev "$_bi"
	ip link set "$_bi" up
}

# all_copied INTERFACE: netback copied what that frontend sent, and mapped none of it
all_copied() { statistic "$1" tx_copied && ! statistic "$1" tx_zerocopy_sent; }
statistic() { /usr/sbin/ethtool -S "$1" | grep -w "$2: [1-9][0-9]*"; }

# remove_device KIND NUMBER: as a toolstack does, backend first
remove_device() {
	xenstore-write "$BE/$1/0/$2/online" 0 "$BE/$1/0/$2/state" 5 || return 1
	within 20 closed "$1" "$2" || return 1
	xenstore-rm "$FE/$1/$2" "$BE/$1/0/$2"
}
closed() { [ "$(xenstore-read "$BE/$1/0/$2/state")" = 6 ]; }
