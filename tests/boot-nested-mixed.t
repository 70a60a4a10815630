#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the patched kernel on an unpatched L1-Xen, and the unpatched kernel on the patched
# one, are as today. Needs: setup, and builds the unpatched ones. Takes: 8 minutes; full
# only.

. "$(dirname "$0")/lib.sh"
full_only

expected=(l1/no-device-of-l0 l1/tools-up l1/l2-created l2/disk-there l2/ping l1/l2-done l1/l2-disk-read l0/l1-done)
plan $((2 * $(results "${expected[@]}") + 2 + 4))
try "the unpatched kernel builds" scripts/kernel plain
try "the unpatched L1-Xen builds" scripts/xen plain
LOGDIR=$LOG/boot-nested-plain-xen L1_XEN=$BUILD/xen-plain/o-plain/xen \
	boot nested-mixed "${expected[@]}" l1/one-line l1/says-why l1/only-direct -- -t 900
LOGDIR=$LOG/boot-nested-plain-kernel L1_KERNEL=$BUILD/linux-plain/o-builtin/arch/x86/boot/bzImage \
	boot nested-mixed "${expected[@]}" l1/unpatched -- -t 900
