#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the patched kernel and the unpatched one serve each other: either as dom0, the
# other as domU. Needs: setup, and builds the unpatched kernel. Takes: 5 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=()
for g in pv-domu pvh-domu; do
	expected+=("l0/$g-done" "l0/$g-disk-read" "l0/$g-disk-write" "l0/$g-net-read" "l0/$g-net-write")
done
plan $((2 * $(results "${expected[@]}") + 1))
try "the unpatched kernel builds" scripts/kernel plain
plain=$BUILD/linux-plain/o-builtin/arch/x86/boot/bzImage
ours=$BUILD/linux/o-builtin/arch/x86/boot/bzImage
LOGDIR=$LOG/boot-plain-domu L0_KERNEL=$ours KERNEL=$plain boot direct "${expected[@]}" -- -t 900
LOGDIR=$LOG/boot-plain-dom0 L0_KERNEL=$plain KERNEL=$ours boot direct "${expected[@]}" -- -t 900
