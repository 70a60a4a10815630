#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the KUnit suites pass, in the patched kernel on bare QEMU, no Xen below.
# Needs: the built-in kernel. Takes: 20 seconds.
# Variables: KERNEL, LOGDIR, QEMU_SMP (1), QEMU_MEM (512), LIMIT (300 seconds), KUNIT_ARGS (more
# words for the command line)

. "$(dirname "$0")/lib.sh"

kernel=${KERNEL:-$BUILD/linux/o-builtin/arch/x86/boot/bzImage}
[[ -e $kernel ]] || bail "no kernel: make kernel"
dir=${LOGDIR:-$LOG/unit-kunit}
mkdir -p "$dir"
timeout "${LIMIT:-300}" qemu-system-x86_64 -machine pc,accel=tcg -cpu EPYC -smp "${QEMU_SMP:-1}" -m "${QEMU_MEM:-512}" -nodefaults -display none -no-reboot \
	-serial "file:$dir/console.log" -kernel "$kernel" \
	-append 'console=ttyS0 panic=-1 kunit.enable=1 kunit.autorun=1 '"${KUNIT_ARGS:-}" > "$dir/qemu.log" 2>&1
ktap < "$dir/console.log" > "$TMP/results"
plan $(($(wc -l < "$TMP/results") + 2))
while read -r result name; do
	case $result in
	ok) is "$name" 0 ;;
	skip) skip "$name" "the suite says so" ;;
	*)
		grep -a -B 6 "not ok .*${name#*/}" "$dir/console.log" > "$TMP/why"
		is "$name" 1 "$TMP/why"
		;;
	esac
done < "$TMP/results"
[[ -s $TMP/results ]]
is "some suite ran" $? "$dir/console.log"
# no root: it must end in this panic and in no other; a suite keeps a grant in use on purpose
trouble "$dir" | grep -avE 'Unable to mount root|Call Trace|g\.e\. 0x[0-9a-f]+ still in use' > "$TMP/trouble"
is "console without trouble" $((${PIPESTATUS[1]} == 0)) "$TMP/trouble"
