# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-many scenario: plugs DISKS disks and NETS networks into L1, one
# after the other, each with data of its own; then plugs a disk and a network in and out
# ROUNDS times. What L1-dom0, L1-Xen and this dom0 hold may not grow meanwhile.
. /xh/lib.sh
. /xh/io.sh
. /xh/count.sh
. /xh/vars

ROUNDS=${1:-${ROUNDS:-50}} DISKS=${2:-32} NETS=${3:-8} LIMIT=${4:-900}
# the number of the disk xvdX that comes last: beyond xvdp the kernel has another scheme
MORE=$((DISKS > 15 ? 1 << 28 | DISKS << 8 : 202 << 8 | DISKS << 4))
no_logger
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 $L0
serve 1
mkdir /tmp/d
check l1-created guest l1 pvh \
	'pvshim=1' 'pvshim_path="/xh/boot/xen"' \
	"pvshim_cmdline=\"console=pv,vga console_to_ring loglvl=all guest_loglvl=all dom0_mem=768M,max:768M noreboot cpuidle=0 bootscrub=0 $L1_XEN_ARGS\"" \
	'kernel="/xh/boot/l1"' 'ramdisk="/xh/boot/l1dom0.cpio.gz"' \
	'on_crash="preserve"' 'on_reboot="preserve"' 'memory=1280' "vcpus=$L1_VCPUS" 'tsc_mode="native"' \
	"vif=['bridge=xenbr0']" \
	"cmdline=\"console=hvc0 xen_blkfront.max_queues=1 xen_netfront.max_queues=1 xh.name=l1 xh.run=nested-many-l1 xh.args=$DISKS,$NETS,$MORE $L1_ARGS\""
[ "$XH_FAILED" = 0 ] || finish
within 300 said l1 'ok ping' || { nok l1-up: silent; finish; }

# letter N: a, b, ... z, aa, ...
letter() { awk -v n="$1" 'BEGIN { s = n > 25 ? "a" : ""; printf "%s%c", s, 97 + n % 26 }'; }
plug_l1() { plug l1 "$1,raw,xvd$2,w"; }
failed=0
for i in $(seq 0 $((DISKS - 1))); do
	fill "/tmp/d/$i" 1
	truncate -s 4M "/tmp/d/$i"
	plug_l1 "/tmp/d/$i" "$(letter "$i")" > /dev/null || failed=$((failed + 1))
done
check "disks-plugged" test $failed = 0
for i in $(seq 1 $((NETS - 1))); do
	ip addr add "10.0.$i.1/24" dev xenbr0
	xl network-attach l1 bridge=xenbr0 > /tmp/plug.out 2>&1 || failed=$((failed + 1))
done
check "nets-plugged" test $failed = 0
check l1-saw-all within 400 said l1 'info all-there'
tr -d '\r' < /var/log/xen/console/guest-l1.log | sed -n 's/.*@xh l1 info many //p' > /tmp/many
good=0
while read -r i read wrote; do
	[ "$(sum "/tmp/d/$i" 1)" = "$read" ] && [ "$(sum "/tmp/d/$i" 1 1)" = "$wrote" ] && good=$((good + 1))
done < /tmp/many
check disks-equal test "$good" = "$DISKS"

# in and out. The hotplug scripts of the devices so far were the stock ones, which start a
# hundred programs a round; these do only what is needed, on a loop device that is there.
cp /tmp/d/0 /tmp/d/more
loop=$(losetup -f)
check loop losetup "$loop" /tmp/d/more
cat > /tmp/plug-disk <<-EOF
	#!/bin/busybox sh
	[ "\$1" = remove ] ||
	exec xenstore-write "\$XENBUS_PATH/physical-device" $(stat -L -c %t:%T "$loop") "\$XENBUS_PATH/hotplug-status" connected
EOF
cat > /tmp/plug-net <<-'EOF'
	#!/bin/busybox sh
	[ "$1" = offline ] ||
	{ ip link set "$vif" master xenbr0 address fe:ff:ff:ff:ff:ff up && exec xenstore-write "$XENBUS_PATH/hotplug-status" connected; }
EOF
chmod 755 /tmp/plug-disk /tmp/plug-net
bash /xh/nested-many-plug.sh "$ROUNDS" "$loop" "xvd$(letter "$DISKS")" "$NETS" || XH_FAILED=1
xl block-detach l1 xvda
check l1-done guest_done l1 "$LIMIT"
finish
