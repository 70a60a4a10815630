#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: KASAN (wrong accesses to memory; with lockdep and kmemleak) and KCSAN (data races) have
# nothing to say of the local host, the Xen drivers and what our patches touch: in KUnit, with
# its grants mapped, unmapped and ended at once, and in the loopback, each on two processors.
# Needs: setup, and builds both kernels. Takes: 15 minutes, and 40 more with a cold cache; full only.

. "$(dirname "$0")/lib.sh"
full_only

# ours O: the functions of our files and of those that our patches touch, as far as compiled
ours() {
	{
		sed -n 's|^+++ [^/]*/\(.*\)\.c$|\1.o|p' patches/linux/*.patch
		git ls-files arch drivers | sed -n 's/\.c$/.o/p'
	} | sort -u | (cd "$1" && xargs ls 2> /dev/null | xargs nm 2> /dev/null) | awk '$2 ~ /^[tT]$/ { print $3 }' | sort -u
}

# reports FOLDER FUNCTIONS: what the logs there say, a report a block. Of KASAN all, of kmemleak
# those with one of the functions in the stack, of KCSAN those where it is one of the two that
# are nearest to an access; true if there is none, and the sanitizer was on
reports() {
	cat "$1"/*.log | tr -d '\r' | sed 's/^\[ *[0-9.]*\] \?//' | awk -v ours="$2" '
		function done() { if (hit) { printf "%s\n", text; bad = 1 } text = ""; inside = hit = 0 }
		BEGIN { while ((getline < ours) > 0) is_ours[$1] }
		/KernelAddressSanitizer initialized|kcsan: selftest: 3\/3 tests passed/ { on = 1 }
		/^BUG: K(A|C)SAN|^unreferenced object/ { done(); inside = 1; hit = /KASAN/; near = /KCSAN/ ? 2 : 99; depth = 0 }
		/ by (task|interrupt)/ { depth = 0 }
		/^==========|^@xh/ { done() }
		inside { text = text $0 "\n" }
		inside && match($0, /[A-Za-z0-9_.]+\+0x/) && ++depth <= near && substr($0, RSTART, RLENGTH - 3) in is_ours { hit = 1 }
		END { done(); if (!on) print "no sanitizer"; exit bad || !on }'
}

plan $((2 * (3 + 3 + 1)))
for mode in kasan kcsan; do
	try "$mode: the kernel builds" scripts/kernel $mode
	O=$BUILD/linux/o-$mode k=$O/arch/x86/boot/bzImage
	ours "$O" > "$TMP/ours"
	args=
	if [[ $mode == kcsan ]]; then
		# more accesses than by default are watched, and longer: a race that is there is seen
		args='kcsan.skip_watch=300 kcsan.udelay_task=300 kcsan.udelay_interrupt=60'
		# races of others' functions are for reports() to leave out
		export ALLOW_ALSO='BUG: KCSAN'
	fi
	export LOGDIR=$LOG/unit-kunit-$mode
	KERNEL=$k QEMU_SMP=2 QEMU_MEM=2048 LIMIT=1200 KUNIT_ARGS=$args tests/unit-kunit.t > "$TMP/kunit" 2>&1
	! grep -A 25 '^not ok' "$TMP/kunit" > "$TMP/bad" && grep -q '^ok .*map_unmap_end_at_once' "$TMP/kunit"
	is "$mode: KUnit" $? "$TMP/bad"
	reports "$LOGDIR" "$TMP/ours" > "$TMP/reports"
	is "$mode: no report of KUnit" $? "$TMP/reports"
	export LOGDIR=$LOG/boot-local-$mode
	L0_KERNEL=$k QEMU_SMP=2 L0_ARGS="xh.slow=10 $args" boot local l0/net-removed -- -t 1800
	reports "$LOGDIR" "$TMP/ours" > "$TMP/reports"
	is "$mode: no report of the loopback" $? "$TMP/reports"
	unset LOGDIR
done
