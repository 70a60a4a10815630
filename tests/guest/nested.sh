# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested scenario: makes L1, a PVH guest whose kernel is L1-Xen, with two
# L0 PV disks and an L0 vif. L1-dom0 then runs SCRIPT (default nested-l1). The first disk
# holds known data, first MB megabytes; what is written behind them is compared at the
# end. The second has a root file system.
. /xh/l1.sh
. /xh/io.sh

SCRIPT=${1:-nested-l1} MB=${2:-8} LIMIT=${3:-800}
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 $L0
serve "$MB"
dd if=/tmp/net.out of="$SCRATCH" bs=1M conv=fsync 2>/dev/null
ours=$(sum /tmp/net.out "$MB")
check l1-created l1_guest "$SCRIPT" "$ours,$MB" \
	"disk=['phy:$SCRATCH,xvda,w','/xh/boot/root.ext4,raw,xvdb,w']" "vif=['bridge=xenbr0']"
[ "$XH_FAILED" = 0 ] || finish
(within 300 said l1 'ok ping' && report_links) &
check l1-done guest_done l1 "$LIMIT"
[ "$XH_FAILED" = 0 ] || { xl list; for v in 0 1; do xenctx "$(xl domid l1)" $v | head -n 12; done; }
within 30 gone l1
# what L1 and L2 say they wrote to the first disk
echo 3 > /proc/sys/vm/drop_caches
tr -d '\r' < /var/log/xen/console/guest-l1.log | sed -n 's/.*@xh l[0-9]* info wrote //p' > /tmp/wrote
while read -r who at mb s; do
	if [ "$(sum "$SCRATCH" "$mb" "$at")" = "$s" ]; then ok "$who-disk-write"; else nok "$who-disk-write: not $s"; fi
done < /tmp/wrote
report_hosts
finish
