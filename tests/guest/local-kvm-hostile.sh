# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A KVM guest whose frontends mean harm (tests/local/hostile.c), against this kernel's blkback and
# netback; the nodes of its frontends are written here, since it has no xenbus.
. /xh/local-kvm-lib.sh

host_up
pinned=$(pins)
truncate -s 16M /tmp/disk.img
printf hostile- | dd of=/tmp/disk.img conv=notrunc 2>/dev/null
want=$(sum /tmp/disk.img 16)
loop=$(loop_of /tmp/disk.img)
NETS='0 1 2 3 4 5 6'
setup hostile guest_nodes hostile 9
setup hostile guest_disks 9 "$loop"
for n in $NETS; do setup hostile guest_net 9 "$n" "00:16:3e:00:00:1$n"; done
timeout 800 /xh/boot/xen-kvm-guest -d 9 -m 64 -s "sh /tmp/hostile.setup" /xh/boot/hostile > /tmp/hostile.out 2>&1 &
monitor=$!
ports() { sed -n 's/.*info ports \([0-9 ]*\).*/\1/p' /tmp/hostile.out | grep .; }
check ports-told within 60 ports
# shellcheck disable=SC2046 # a word each
set -- $(ports)
port=$1 ref=8 control=${16} spare=${17}

# connect KIND NUMBER STATE NODE VALUE...: what the frontend would write
connect() {
	_f=/local/domain/9/device/$1/$2 _state=$3
	shift 3
	while [ $# -gt 0 ]; do xenstore-write "$_f/$1" "$2" && shift 2 || return 1; done
	xenstore-write "$_f/state" "$_state"
}
check disk-connected connect vbd 51712 3 ring-ref $ref event-channel "$port" protocol x86_64-abi
net_connected() { net_plugged 9 "$1" "$2" && [ "$(cat "/sys/class/net/$(net_of "vif-9-$1")/carrier")" = 1 ]; }
ip link add dead type bridge
ip link set dead up
connect vif 0 1 ctrl-ring-ref 23 event-channel-ctrl "$control"
for n in $NETS; do
	shift
	connect vif "$n" 4 tx-ring-ref $((ref + 1)) rx-ring-ref $((ref + 2)) event-channel-tx "$1" event-channel-rx "$2" \
		request-rx-copy 1 feature-rx-notify 1 || nok "net-$n"
	shift
	ref=$((ref + 2))
	# frames of the first one, which has buffers, go to the host and come from there
	check "net-plugged-$n" within 60 net_connected "$n" "$([ "$n" = 0 ] && echo xenbr0 || echo dead)"
done
ip neigh add 10.0.0.77 lladdr 00:16:3e:00:00:77 dev xenbr0
timeout 800 bash -c 'while sleep 0.05; do echo hostile > /dev/udp/10.0.0.77/9; done' &

# ---- nodes that are wrong, of other devices: the backend says so ----
error=/local/domain/0/error/backend
device_gone() { ! find /sys/bus/xen-backend/devices/ -name "*-$1-9-$2" | grep .; }
state_is() { [ "$(xenstore-read "$BE/$1/9/$2/state")" = "$3" ]; }
closing() { within 20 state_is "$1" "$2" 5 && sleep 0.2 && state_is "$1" "$2" 5; }
# refused KIND NUMBER STATE NODE VALUE...: there is an error, and the backend closes and stays so
refused() {
	_kind=$1 _nr=$2
	case $1 in vbd) guest_disk 9 "$2" "$loop" ;; vif) guest_net 9 "$2" 00:16:3e:00:00:99 ;; esac || return 1
	if ! { connect "$@" && within 20 xenstore-read "$error/$_kind/9/$_nr/error" && closing "$_kind" "$_nr"; }; then
		shift 3
		echo "not refused: $*"
		return 1
	fi
	xenstore-write "$BE/$_kind/9/$_nr/online" 0
	xenstore-rm "/local/domain/9/device/$_kind/$_nr" "$BE/$_kind/9/$_nr" "$error/$_kind/9/$_nr" && within 20 device_gone "$_kind" "$_nr"
}
bad_disk() { refused vbd 51728 3 ring-ref 24 event-channel "$spare" "$@"; }
bad_net() { refused vif 7 4 request-rx-copy 1 tx-ring-ref 24 rx-ring-ref 24 event-channel "$spare" "$@"; }
for b in "event-channel $port" 'event-channel 0' 'event-channel 4095' 'event-channel 4294967295' 'ring-ref 4' 'ring-ref 4294967295' \
	'ring-ref x' 'protocol none' 'multi-queue-num-queues 1000000' 'multi-queue-num-queues 0' 'ring-page-order 31'; do
	# shellcheck disable=SC2086 # words
	check "disk-${b% *}-refused" bad_disk $b
done
for b in 'event-channel 0' 'event-channel 4095' 'tx-ring-ref 4' 'rx-ring-ref 4294967295' 'multi-queue-num-queues 1000000' \
	"ctrl-ring-ref 4 event-channel-ctrl $spare" 'ctrl-ring-ref 24 event-channel-ctrl 4095' 'tx-ring-ref x'; do
	# shellcheck disable=SC2086 # words
	check "net-${b%% *}-refused" bad_net $b
done

check net-copied within 600 all_copied "$(net_of vif-9-0)"
wait $monitor
check ended test $? = 0
grep '@xh' /tmp/hostile.out >&3 || tail -n 5 /tmp/hostile.out >&3
check disk-halted sh -c "dmesg | grep 'Frontend provided bogus'"
# once, for it is not looked at again
refusals() { dmesg | grep -c 'vif9.0: Impossible number of control requests' | tee /tmp/refusals; grep -qx 1 /tmp/refusals; }
check control-refused refusals
# the limit of messages is the whole network's: not for a frontend to spend
check budget-kept sh -c '! dmesg | grep "net_ratelimit: .* callbacks suppressed"'
stopped() { for n in $NETS; do dmesg | grep -q "vif9.$n: fatal error" || { echo "vif9.$n is not"; return 1; }; done; }
check net-stopped stopped
check gone within 20 not_a_domain 9
check removed remove_guest 9
check unpinned within 20 unpinned "$pinned"
check disk-unharmed test "$(sum /tmp/disk.img 16)" = "$want"

# ---- the host serves others as before ----
check disk-added add_disk 51712 "$loop"
check disk-there within 20 disk_of 51712
check disk-read test "$(sum "/dev/$(disk_of 51712)" 16)" = "$want"
check disk-removed remove_device vbd 51712
host_down
finish
