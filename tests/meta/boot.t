#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: a boot that goes wrong is reported as a failure: an oops, trouble of a Xen, a
# failed result, a result that never comes, a bad exit, a hang, a QEMU that dies. The QEMU is
# a fake that writes the consoles it is given. Needs: nothing. Takes: 15 seconds.

. "$(dirname "$0")/../lib.sh"

plan 12
BUILD=$TMP/build LOG=$TMP/build/log
export BUILD
mkdir -p "$TMP/bin" "$BUILD/image"
touch "$TMP/file" "$BUILD"/image/{dom0.ext4,tools.ext4,domu.cpio.gz,l2.cpio.gz,l1dom0.cpio.gz}
export KERNEL=$TMP/file L0_XEN=$TMP/file L1_XEN=$TMP/file
cat > "$TMP/bin/qemu-system-x86_64" <<'QEMU'
#!/bin/bash
out=()
for a; do case $a in file:*) out+=("${a#file:}") ;; esac; done
printf '%s\n' "$FAKE_CONSOLE" > "${out[0]}"
printf '%s\n' "$FAKE_AUX" > "${out[1]}"
[[ $FAKE_DIES ]] || exec sleep 60
QEMU
chmod +x "$TMP/bin/qemu-system-x86_64"

GOOD=$'@xh l0 ok one\nl1| @xh l1 ok two\n@xh l0 exit 0'
# run CONSOLE AUX [DIES]: the TAP of a boot that says so
run() {
	(T_N=0 && PATH=$TMP/bin:$PATH FAKE_CONSOLE=$1 FAKE_AUX=$2 FAKE_DIES=${3:-} boot fake l0/one l1/two -- -t 3) > "$TMP/tap" 2>&1
}
# fails NAME PATTERN CONSOLE AUX [DIES]: that boot has a failure that says so
fails() {
	local name=$1 pattern=$2
	shift 2
	run "$@"
	grep -qE "^not ok .*$pattern" "$TMP/tap"
	is "$name" $? "$TMP/tap"
}

run 'Linux version 6.12' "$GOOD"
! grep -q '^not ok' "$TMP/tap" && [[ $(grep -c '^ok' "$TMP/tap") == 4 ]]
is "a good boot passes" $? "$TMP/tap"
fails "an oops of a kernel" trouble '[    9.1] BUG: kernel NULL pointer dereference' "$GOOD"
fails "a call trace one level in" trouble 'fine' $'l1| l2| [ 1.0] Call Trace:\n'"$GOOD"
fails "a panic of Xen" trouble '(XEN) Panic on CPU 0:' "$GOOD"
asked=$'l1| [ 1.0] Kernel panic - not syncing: as asked\n'"$GOOD"
ALLOW_ALSO='/(l1\.log:|aux\.log:l1\| ).*as asked' run fine "$asked"
! grep -q '^not ok' "$TMP/tap"
is "a panic that the test asks for passes" $? "$TMP/tap"
ALLOW_ALSO='/(l1\.log:|aux\.log:l1\| ).*as asked' fails "but not elsewhere" trouble 'Kernel panic - not syncing: as asked' "$asked"
fails "a failed result" 'l1/two|two: broke' fine "${GOOD/l1 ok two/l1 nok two: broke}"
fails "a failed result nobody expected" 'ended well' fine $'@xh l0 nok three\n'"$GOOD"
fails "a result that never comes" 'two \(no result\)' fine "${GOOD/@xh l1 ok two/}"
fails "a bad exit" 'ended well' fine "${GOOD/exit 0/exit 1}"
fails "a hang" 'ended well' fine "${GOOD/@xh l0 exit 0/}"
fails "a QEMU that dies" 'ended well' fine "${GOOD/@xh l0 exit 0/}" 1
