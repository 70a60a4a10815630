# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-life scenario: CHECKSUM MEGABYTES of its L0 disk. Reads and checks
# the disk and fetches over the network for ever, whatever happens to the backends.
. /xh/lib.sh
. /xh/count.sh

SUM=$1 MB=$2
disk=/dev/nested-xvda
check tools-up xen_up
released=/sys/hypervisor/xenhost/nested/released_kb

disk_load() {
	n=0
	while :; do
		until [ -b $disk ]; do sleep 0.2; done
		s=
		# a disk that is gone is one of size 0: reading it ends, without an error
		if dd if=$disk of=/tmp/disk bs=64k count=$((MB * 16)) iflag=direct 2>/dev/null &&
			[ "$(stat -c %s /tmp/disk)" = $((MB * 1048576)) ]; then
			s=$(sum /tmp/disk "$MB")
		fi
		case $s in
		"$SUM") n=$((n + 1)) && info "disk-loop $n, released $(cat $released) KiB" ;;
		'') [ "$failed" = "$n" ] || info "disk-error after $n"; failed=$n; sleep 0.5 ;;
		*) nok "disk: bad data after $n: $s" ;;
		esac
	done
}
net_load() {
	n=0
	while :; do
		for d in /sys/bus/xen/devices/nested-vif-0/net/*; do
			ip addr add 10.0.0.2/24 dev "${d##*/}" 2>/dev/null
			ip link set "${d##*/}" up 2>/dev/null
		done
		if timeout 30 busybox wget -q -T 10 -O /tmp/net http://10.0.0.1/net.out; then
			n=$((n + 1))
			info "net-loop $n $(sha256sum < /tmp/net | cut -c1-8)"
		fi
		sleep 0.2
	done
}
disk_load &
net_load &
pids=$!
until [ "$(busybox wget -q -T 5 -O - http://10.0.0.1/step)" = let-go ]; do sleep 1; done

# L0's store does not answer any more: letting go must not hang for ever
kill $pids
if timeout 10 env XENSTORED_PATH=/dev/xen/xenbus-nested xenstore-read domid; then
	info "the store of L0 answers"
else
	info "the store of L0 does not answer"
fi
echo 0 > /sys/module/xenhost_nested/parameters/enable
ok let-go-ended
info "$(key X | grep nested-host: | head -n 1)"
[ ! -e /sys/hypervisor/xenhost/nested ] && xl list > /dev/null && ok let-go-healthy
while sleep 1; do :; done
