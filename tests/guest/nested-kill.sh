# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-kill scenario: makes L1 with an L0 disk and an L0 vif, which then
# makes and kills L2s (nested-kill-l1.sh). With an L2 under load a second disk and vif of
# L0 come and go, in the way and by force, xenstored is replaced, and in the end L1 is
# destroyed; then nothing of it may be left here.
. /xh/l1.sh
. /xh/count.sh

MB=8
l0_up
bridge xenbr1 10.0.1.1
fill /tmp/net.out "$MB"
fill "$SCRATCH" "$((2 * MB))"
fill /tmp/extra.img "$MB"
extra=$(sum /tmp/extra.img "$MB")
busybox httpd -p 80 -h /tmp
before=$(counts) free=$(free_mb)
info "before: $before, free $free MB"

L1_IMAGE=domu L1_DOM0_MEM=512M L1_VCPUS=2
check l1-created l1_guest nested-kill-l1 "$(sum "$SCRATCH" $MB),$MB" || finish
ready() { said l1 ok.l2-under-load || said l1 exit; }
within 700 ready
check l1-ready said l1 ok.l2-under-load || finish

round=0
# plug NAME; unplug NAME COMMAND...: a disk and a vif come, get their traffic, and go
plug() {
	round=$((round + 1))
	with=$(counts)
	check "$1-plug" xl block-attach l1 format=raw,vdev=xvdb,access=w,target=/tmp/extra.img
	check "$1-plug-net" xl network-attach l1 bridge=xenbr1
	check "$1-disk-works" within 200 said_n l1 "info hot-disk $extra" "$round"
	check "$1-disk-busy" within 100 said_n l1 info.hot-disk-busy "$round"
	check "$1-net-busy" within 200 said_n l1 info.hot-net-busy "$round"
}
unplugged() {
	check "$1-disk-gone" within 100 said_n l1 info.hot-disk-gone "$round"
	check "$1-net-gone" within 100 said_n l1 info.hot-net-gone "$round"
	within 60 same_but_grants "$with" || nok "$1-l0-clean: $(counts), before $with"
	[ "$(loops)" = 0 ] && ok "$1-l0-clean"
	n=$(grep -c '@xh l1 info l2-loop' /var/log/xen/console/guest-l1.log)
	check "$1-l2-goes-on" within 100 said_n l1 'info l2-loop' "$((n + 2))"
}
same_but_grants() { c=$(counts); [ "${c% grants*}" = "${1% grants*}" ]; }

plug plain
check plain-unplug xl block-detach l1 xvdb
check plain-unplug-net xl network-detach l1 1
unplugged plain

pid=$(pidof xenstored)
check store-update xenstore-control live-update /usr/lib/xen-4.20/bin/xenstored
[ "$(pidof xenstored)" = "$pid" ] && check store-answers xenstore-read /local/domain/0/name

plug force
dom=$(xl domid l1)
check force-unplug xl block-detach --force l1 xvdb
# what the toolstack does by force, which xl has for disks only
xenstore-rm "/local/domain/0/backend/vif/$dom/1"
xenstore-rm "/local/domain/$dom/device/vif/1"
xenstore-rm "/libxl/$dom/device/vif/1"
unplugged force

check l1-healthy said l1 ok.healthy
check l1-destroyed xl destroy l1
nothing_left l1 "$before" "$free"
finish
