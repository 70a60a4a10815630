#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the demo's report draws each device under the one it comes from, lists what was
# equal, and fails with a result that failed. The QEMU is a fake that writes the consoles it
# is given. Needs: nothing. Takes: 5 seconds.

. "$(dirname "$0")/../lib.sh"

plan 4
BUILD=$TMP/build LOG=$TMP/build/log
export BUILD
mkdir -p "$TMP/bin" "$BUILD/image"
touch "$TMP/file" "$BUILD"/image/{dom0.ext4,domu.cpio.gz,l2.cpio.gz,l1dom0.cpio.gz,tools.ext4}
export KERNEL=$TMP/file L0_XEN=$TMP/file L1_XEN=$TMP/file
cat > "$TMP/bin/qemu-system-x86_64" <<'QEMU'
#!/bin/bash
out=()
for a; do case $a in file:*) out+=("${a#file:}") ;; esac; done
touch "${out[0]}"
printf '%s\n' "$FAKE_AUX" > "${out[1]}"
exec sleep 60
QEMU
chmod +x "$TMP/bin/qemu-system-x86_64"

AUX='@xh l0 info link back vbd-1-51712 sdc
@xh l0 info link back vif-1-0 vif1.0 xenbr0
l1| @xh l1 info link front nested-vbd-51712 nested-xvda
l1| @xh l1 info link front nested-vif-0 eth0
l1| @xh l1 info link back vbd-3-51728 nested-xvda
l1| @xh l1 info link back vif-3-0 vif3.0 xenbr1
l1| l2| @xh l2 info link front vbd-51728 xvdb
l1| l2| @xh l2 info link front vif-0 eth0
l1| l2| @xh l2 ok l2-net-read
l1| @xh l1 info rate L1 disk read 128k 20.1 MB/s, 160 IOPS
@xh l0 ok l2-disk-write'
# report AUX: what scripts/demo says; its last line is the exit status
report() { PATH=$TMP/bin:$PATH FAKE_AUX=$1 scripts/demo nested > "$TMP/report" 2>&1; echo "status $?" >> "$TMP/report"; }
# column WORD...: these are below each other in the picture, in this order
column() { sed '1,/^== the way/d' "$TMP/report" | awk -v w="$*" 'BEGIN { n = split(w, word, " "); i = 1 } { p = index($0, word[i]); if (p && (!at || p == at)) { at = p; i++ } } END { exit i <= n }'; }

report "$AUX
@xh l0 exit 0"
column /dev/sdc vbd-1-51712 nested-vbd-51712 /dev/nested-xvda vbd-3-51728 vbd-51728 /dev/xvdb
is "the way of a disk" $? "$TMP/report"
column vif-1-0 nested-vif-0 eth0 vif-3-0 vif-0 eth0
is "the way of a network" $? "$TMP/report"
grep -q 'l2 *network *read *equal' "$TMP/report" && grep -q 'l2 *disk *write *equal' "$TMP/report" &&
	grep -q 'L1 disk read 128k *20.1 MB/s' "$TMP/report" && grep -q '^status 0' "$TMP/report"
is "what was equal, and the rates" $? "$TMP/report"
report "$AUX
@xh l0 nok l1-disk-write: not abc
@xh l0 exit 1"
grep -q 'nok l1-disk-write' "$TMP/report" && grep -q FAILED "$TMP/report" && grep -q '^status 1' "$TMP/report"
is "a failed result" $? "$TMP/report"
