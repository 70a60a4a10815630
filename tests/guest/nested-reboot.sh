# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-reboot scenario: an L1 that xl starts again whenever it reboots, with
# a disk and a network of L0. Under load it is rebooted from here, its dom0 panics, then resets
# its Xen (nested-reboot-l1.sh); each time the devices must come back, and L0 have as much
# open as before. In the end it is shut down from here.
. /xh/l1.sh
. /xh/io.sh
. /xh/count.sh

MB=8 BOOTS=4
l0_up
serve $MB
dd if=/tmp/net.out of="$SCRATCH" bs=1M conv=fsync 2>/dev/null
ours=$(sum /tmp/net.out $MB)
# L1-dom0 asks how often it was started, then waits until it may go on to the next boot
echo 0 > /tmp/boot
echo 0 > /tmp/seen
answer <<'EOF'
case $QUERY_STRING in
boot) echo $(($(cat /tmp/boot) + 1)) > /tmp/boot; cat /tmp/boot ;;
seen) cat /tmp/seen ;;
esac
EOF
before=$(counts) free=$(free_mb)
L1_REBOOT=reboot=xen L1_ON_REBOOT=restart
check l1-created l1_guest nested-reboot-l1 "$ours,$MB,$BOOTS"
[ "$XH_FAILED" = 0 ] || finish
# xl makes the next one in the background, under the same name
same_but_grants() { c=$(counts); [ "${c% grants*}" = "${1% grants*}" ]; }
for n in $(seq 1 $BOOTS); do
	check "boot-$n-ready" within 500 said l1 "info ready $n" || break
	check "boot-$n-loaded" within 60 said_n l1 "info loop $n" 5 || break
	info "boot $n: d$(xl domid l1), $(counts), free $(free_mb) MB"
	[ "$n" = 1 ] && first=$(counts)
	check "boot-$n-l0-as-before" within 20 same_but_grants "$first"
	case $n in
	1) check reboot-asked xl reboot l1 ;;
	"$BOOTS") ;;
	*) echo "$n" > /tmp/seen ;;
	esac
done
check last-is-the-fourth-domain test "$(xl domid l1)" = $BOOTS
check shutdown-asked xl shutdown l1
check l1-gone within 60 gone l1
nothing_left l1 "$before" "$free"
finish
