# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-io scenario: lends L1 three disks without persistent grants (a
# disk, a root file system, a sparse file, which shows what is discarded) and a vif for
# jumbo frames, and answers what L1 and L2 ask. A fourth disk, with persistent grants, is
# plugged in when L1 asks for it.
. /xh/l1.sh
. /xh/io.sh

MB=8 LIMIT=${1:-1000}
report_hosts
check tools-up xen_up
check bridge bridge xenbr0 $L0
serve $MB
dd if=/tmp/net.out of="$SCRATCH" bs=1M conv=fsync 2>/dev/null
ours=$(sum /tmp/net.out $MB)
truncate -s 128M /tmp/hole.img
answer <<'EOF'
case $QUERY_STRING in
requests.*) cd /sys/bus/xen-backend/devices/vbd-1-"${QUERY_STRING#*.}"/statistics && cat rd_req wr_req f_req ds_req | xargs ;;
blocks) sync; stat -c %b /tmp/hole.img ;;
persistent)
	echo Y > /sys/module/xen_blkback/parameters/feature_persistent
	xl block-attach l1 phy:/dev/ram0,xvdd,w 2>&1
	;;
in) xl block-attach l1 phy:/dev/ram1,xvde,w 2>&1 ;;
out) xl block-detach l1 xvde 2>&1 ;;
esac
EOF
echo N > /sys/module/xen_blkback/parameters/feature_persistent
L1_CMDLINE=xen_blkfront.max_indirect_segments=256
check l1-created l1_guest nested-io-l1 "$ours,$MB" \
	"disk=['phy:$SCRATCH,xvda,w','/xh/boot/root.ext4,raw,xvdb,w','/tmp/hole.img,raw,xvdc,w']" \
	"vif=['bridge=xenbr0,mtu=9000']"
[ "$XH_FAILED" = 0 ] || finish
check l1-done guest_done l1 "$LIMIT"
finish
