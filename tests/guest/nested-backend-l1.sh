# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L1-dom0 of the nested-backend scenario: a backend for guests of L0, by blkback and netback
# and by xl devd on L0's store. MEGABYTES of its disk are known data; guests ask for the
# checksum of what they wrote.
. /xh/lib.sh
. /xh/count.sh
. /xh/io.sh

MB=$1
check tools-up xen_up
report_hosts
check backend-offered grep -qw backend /sys/hypervisor/xenhost/nested/features
check store within 30 test -e /dev/xen/xenbus-nested
serve "$MB"
dd if=/tmp/net.out of=/dev/ram0 bs=1M oflag=direct 2>/dev/null
info "disk-sum $(sum /tmp/net.out "$MB")"
bridge xenbr0 10.0.0.1
answer <<'END'
dd if=/dev/ram0 bs=1M skip="$QUERY_STRING" count=4 iflag=direct 2>/dev/null | sha256sum | cut -d' ' -f1
END

# Scripts for xl devd that take few programs: they have 40 s, on a busy machine
cat > /etc/xen/scripts/vif-nested <<'END'
#!/bin/sh
[ "$1" = online ] || exit 0
ip link set "nes-$vif" up
brctl addif "$(xenstore-read "$XENBUS_PATH/bridge")" "nes-$vif"
xenstore-write "$XENBUS_PATH/hotplug-status" connected
END
cat > /etc/xen/scripts/block-nested <<'END'
#!/bin/sh
[ "$1" = add ] || exit 0
dev=$(xenstore-read "$XENBUS_PATH/params")
xenstore-write "$XENBUS_PATH/physical-device" "$(stat -c %t:%T "$dev")" "$XENBUS_PATH/hotplug-status" connected
END
chmod 755 /etc/xen/scripts/vif-nested /etc/xen/scripts/block-nested

# L1-Xen's own count: grants/ports/retired/maps; before, and whenever the last guest is gone. No
# program in between, for the scripts' sake
state() { key X | sed -n 's|.*nested-host: \([0-9]*\) ports, \([0-9]*\) grants, \([0-9]*\) retired, \([0-9]*\) maps.*|\2/\1/\3/\4|p' | head -n 1; }
as_before() { [ "$(state)" = "$idle" ]; }
idle=$(state)
info "state $idle"
check devd env XENSTORED_PATH=/dev/xen/xenbus-nested xl devd -p /run/devd.pid
sleep 1
tail -n +1 -f /var/log/xen/xldevd.log >&3 &
n=0 busy=0
while sleep 1; do
	set -- /sys/bus/xen-backend/devices/nested-*
	if [ -e "$1" ]; then
		busy=$((busy + 1))
		[ $busy != 120 ] || info "grants/ports/retired/maps $(state)"
		continue
	fi
	[ $busy != 0 ] || continue
	busy=0
	n=$((n + 1))
	if within 30 as_before; then ok "idle-$n"; else nok "idle-$n: $(state), before $idle"; fi
	[ $n != 2 ] || check healthy xl list
done
