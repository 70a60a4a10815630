# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-life scenario: with L1 under load on its L0 disk and vif, sets L1's
# memory target, restarts the backends, has them close and come back, and in the end
# kills xenstored. L1-dom0 runs nested-life-l1.sh and reads what to do from /tmp/step.
. /xh/l1.sh
. /xh/count.sh

MB=8
l0_up
fill /tmp/net.out 2
fill "$SCRATCH" "$MB"
echo none > /tmp/step
busybox httpd -p 80 -h /tmp
L1_IMAGE=domu L1_DOM0_MEM=512M L1_VCPUS=2
check l1-created l1_guest nested-life-l1 "$(sum "$SCRATCH" $MB),$MB" || finish
dom=$(xl domid l1)
be=/local/domain/0/backend
log=/var/log/xen/console/guest-l1.log

loops_of() { grep -c "@xh l1 info $1-loop" "$log"; }
# goes_on NAME disk|net: two more rounds are seen
goes_on() { check "$1" within 200 said_n l1 "info $2-loop" $(($(loops_of "$2") + 2)); }
memory() { xl list l1 | awk 'END { print $3 }'; }
near() { m=$(memory); [ "$m" -ge $(($1 - 1)) ] && [ "$m" -le $(($1 + 1)) ]; }

goes_on disk-load disk
goes_on net-load net
[ "$XH_FAILED" = 0 ] || finish

# Memory: down and up, then further down than L1-dom0 can give
mem=$(memory) free=$(free_mb)
info "l1 has $mem MB, L0 has $free MB free"
xl mem-set l1 $((mem - 100))
if within 120 near $((mem - 100)); then ok balloon-down; else nok "balloon-down: $(memory) of $((mem - 100)) MB"; fi
info "target $((mem - 100)): l1 has $(memory) MB, L0 has $(free_mb) MB free"
goes_on balloon-disk disk
xl mem-set l1 "$mem"
if within 120 near "$mem"; then ok balloon-up; else nok "balloon-up: $(memory) of $mem MB"; fi
info "target $mem: l1 has $(memory) MB, L0 has $(free_mb) MB free"
xl mem-set l1 $((mem - 500))
check balloon-floor within 120 grep -q 'floor of 64 MiB reached' "$log"
sleep 5
info "target $((mem - 500)): l1 has $(memory) MB, L0 has $(free_mb) MB free"
goes_on balloon-floor-disk disk
xl mem-set l1 "$mem"
if within 400 near "$mem"; then ok balloon-up-again; else nok "balloon-up-again: $(memory) of $mem MB"; fi

# The backend's driver restarts below its frontend, which must not notice
rebind() { # vbd-DOM-DEV
	echo "$1" > "/sys/bus/xen-backend/drivers/${1%%-*}/unbind" && sleep 2 &&
		echo "$1" > "/sys/bus/xen-backend/drivers/${1%%-*}/bind"
}
rewire() { # what the hotplug script does for a new vif
	within 20 test -e "/sys/class/net/vif$dom.0" || return
	brctl addif xenbr0 "vif$dom.0" && ip link set "vif$dom.0" up &&
		xenstore-write "$be/vif/$dom/0/hotplug-status" connected
}
check rebind-disk rebind "vbd-$dom-51712"
goes_on rebind-disk-goes-on disk
check rebind-net rebind "vif-$dom-0"
check rewire-net rewire
goes_on rebind-net-goes-on net

# The backend closes, which the toolstack did not ask for: the frontend starts again
xenstore-write "$be/vbd/$dom/51712/state" 5
check close-disk-seen within 60 grep -q 'nested-vbd-51712: backend stays online' "$log"
state_is() { [ "$(xenstore-read "$1/state")" = "$2" ]; }
check close-disk-back within 60 state_is "$be/vbd/$dom/51712" 4
goes_on close-disk-works disk
xenstore-write "$be/vif/$dom/0/state" 5
check close-net-seen within 60 grep -q 'nested-vif-0: backend stays online' "$log"
check close-net-back within 60 state_is "$be/vif/$dom/0" 4
goes_on close-net-works net
sleep 12
n=$(grep -c 'nested-vif-0: backend stays online' "$log")
[ "$n" = 1 ] && ok close-net-once || nok "close-net-once: $n times"

# Out, and another one in, while L1 is paused: it never sees that there was none
cat > /tmp/again <<-'EOF'
	#!/bin/busybox sh
	case $1 in
	offline) exec xl pause l1 ;; # its frontend has closed
	online) ip link set "$vif" master xenbr0 up && exec xenstore-write "$XENBUS_PATH/hotplug-status" connected ;;
	esac
EOF
chmod 755 /tmp/again
xenstore-write "$be/vif/$dom/0/script" /tmp/again
again() { xl network-detach l1 0 && xl network-attach l1 bridge=xenbr0 script=/tmp/again; }
# connected within two minutes, and never closed
straight_up() {
	for _ in $(seq 600); do
		case $(xenstore-read "$be/vif/$dom/0/state") in
		4) return 0 ;;
		5 | 6) break ;;
		esac
		sleep 0.2
	done
	return 1
}
check again-net again
info "L1 $(xl list l1 | awk 'END { print $5 }'), its new vif in state $(xenstore-read "$be/vif/$dom/0/state")"
xl unpause l1
check again-net-straight-up straight_up
goes_on again-net-goes-on net

# Nothing of the store survives a kill; what is connected goes on by design
kill -9 "$(pidof xenstored)"
goes_on kill-disk-goes-on disk
goes_on kill-net-goes-on net
check store-again xenstored --pid-file /run/xenstored.pid
check store-again-answers within 20 timeout 5 xenstore-read /
goes_on again-disk-goes-on disk
echo let-go > /tmp/step
check let-go-ends within 100 said l1 ok.let-go-ended
check l1-healthy within 60 said l1 ok.let-go-healthy
check l1-destroyed xl destroy "$dom"
info "after the kill: $(xl list | tail -n +2 | wc -l) domains, vifs $(vifs), ports $(ports)"
finish
