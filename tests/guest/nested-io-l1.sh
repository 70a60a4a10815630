# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-io scenario: CHECKSUM MEGABYTES of what its first L0 disk holds. All
# that a disk and a network can do, done on those of L0; then an L2 does it through this
# dom0's own backends.
. /xh/lib.sh
. /xh/io.sh

SUM=$1 MB=$2
a=/dev/nested-xvda root=/dev/nested-xvdb hole=/dev/nested-xvdc persistent=/dev/nested-xvdd
count() { cat "/sys/kernel/debug/xenhost/nested/$1"; }
report_hosts
check tools-up xen_up
bridge xenbr0 10.0.0.2
within 20 test -e /sys/bus/xen/devices/nested-vif-0/net
eth=$(ls /sys/bus/xen/devices/nested-vif-0/net)
ip link set "$eth" master xenbr0
ip link set "$eth" up
check ping within 30 ping -c 1 -W 1 $L0
check tools with_tools $root

# disk
check disk-read test "$(sum $a "$MB")" = "$SUM"
a_file_system l1 $hole
fio_verify fio $a 24M --offset=256M
a_discard l1 $hole
a_flush l1 $hole 51744
n=$(requests 51712 1)
tool fio --name=r --filename=$a --offset=256M --rw=read --bs=1M --size=8M --direct=1 --ioengine=libaio --thread > /dev/null
check megabyte-in-one-request test $(($(requests 51712 1) - n)) = 8

# queues: one per vcpu, each with an interrupt of its own
irqs() { awk '/blkif/ { n = 0; for (i = 2; i <= '"$(nproc)"' + 1; i++) n += $i; print $1 n }' /proc/interrupts; }
check disk-queues test "$(find /sys/block/nested-xvda/mq -mindepth 1 -maxdepth 1 | wc -l)" = "$(nproc)"
check net-queues test "$(find "/sys/class/net/$eth/queues" -name 'tx-*' | wc -l)" = "$(nproc)"
irqs > /tmp/irqs
used=''
for c in $(seq 0 $(($(nproc) - 1))); do
	fio_verify "fio-vcpu$c" $a 4M --offset=256M --cpus_allowed="$c"
	irqs > /tmp/irqs.new
	used="$used $(grep -vxFf /tmp/irqs /tmp/irqs.new | cut -d: -f1 | xargs)"
	mv /tmp/irqs.new /tmp/irqs
done
info "interrupts used by vcpu:$used"
check disk-queues-used test "$(echo "$used" | xargs -n 1 | sort -u | wc -l)" -ge "$(nproc)"

# persistent grants off, as so far: data is shared where it is; on: it is copied
check not-persistent-no-copy test "$(count copied)" = 0
ask persistent
check persistent-plugged within 60 test -b $persistent
n=$(count copied)
fio_verify fio-persistent $persistent 8M
check persistent-copies test $(($(count copied) - n)) -ge 16777216
n=$(count grants)
fio_verify fio-persistent-again $persistent 8M
info "persistent: $(($(count grants) - n)) grants for 16 MiB moved"
check persistent-keeps-grants test $(($(count grants) - n)) -lt 1000

# in and out
ports() { lsevtchn 0 | wc -l; }
gone_() { [ ! -e /sys/bus/xen/devices/nested-vbd-51776 ]; }
before=$(ports)
for i in 1 2 3; do
	ask in
	check "plugged-$i" within 60 test -b /dev/nested-xvde
	sum /dev/nested-xvde 1 > /dev/null
	ask out
	check "unplugged-$i" within 60 gone_
done
check ports-as-before within 10 test "$(ports)" = "$before"

# a disk of L1's own with the same number as L0's
fill /dev/ram1 $MB
check same-number-plugged xl block-attach 0 phy:/dev/ram1,xvda,w
check same-number within 60 test -b /dev/xvda
check both-there test -e /sys/bus/xen/devices/vbd-51712 -a -e /sys/bus/xen/devices/nested-vbd-51712
sum /dev/xvda $MB > /tmp/own &
check both-read-l0 test "$(sum $a "$MB")" = "$SUM"
wait $!
check both-read-l1 test "$(cat /tmp/own)" = "$(sum /dev/ram1 $MB)"
check same-number-unplugged xl block-detach 0 xvda
check l0-stays test "$(sum $a "$MB")" = "$SUM"
check store env XENSTORED_PATH=/dev/xen/xenbus-nested xenstore-ls -f device/vbd/51712

# network
get l1 "$SUM"
put l1 "$MB"
iperf_rate 'L1->L0'
iperf_rate 'L1<-L0' -R
jumbo l1 "$eth" xenbr0
get l1-jumbo "$SUM"
put l1-jumbo "$MB"
check tools-left without_tools

answer <<'EOF'
case $QUERY_STRING in
copied) cat /sys/kernel/debug/xenhost/nested/copied ;;
packets) ethtool -S "$(ls /sys/class/net | grep vif)" | awk '/tx_zerocopy_(success|fail)/ { print $2 }' | xargs ;;
esac
EOF
busybox httpd -p 80 -h /tmp
check l2-created guest l2 pv 'kernel="/xh/boot/domu"' 'memory=160' 'vcpus=1' \
	"disk=['phy:$root,xvda,w']" "vif=['bridge=xenbr0,mtu=9000']" \
	"extra=\"console=hvc0 root=/dev/xvda rw init=/init xh.name=l2 xh.run=nested-io-l2 xh.args=10.0.0.3,$SUM,$MB\""
xl domid l2 > /dev/null || finish
# one after the other, and once it runs: the hotplug scripts have 40 s each
within 400 said l2 'ok ping'
check l2-disk plug l2 "phy:$hole,xvdc,w"
check l2-persistent-disk plug l2 "phy:$persistent,xvdd,w"
check l2-done guest_done l2 500
info "nested host: hypercalls $(count hypercalls) grants $(count grants) grant_calls $(count grant_calls) copied $(count copied)"
finish
