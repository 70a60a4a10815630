#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: every operation of HYPERVISOR_nested_op, from a guest of a few kilobytes that
# is dom0 of an L1-Xen with assertions and UBSAN: done, refused, exhausted, and 50,000
# random ones (1,000,000 in the full suite, split over four seeds), after which nothing is
# left, as L1-Xen and L0 count. Needs: setup, L1-Xen. Takes: 4 minutes.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"

l1_xen debug
guest_scripts
expected=(l0/tools-up l0/abi-l0-count l0/abi-nothing-left l0/abi-done
	l0/abi-refused-done l0/abi-direct-done l0/abi-off-done
	l0/abi-map-done l0/abi-grant-done abi/query abi/query-own-frames abi/send-back-arrives abi/store-reply
	abi/publish abi/publish-not-ours abi/publish-not-ours-answers abi/publish-freed abi/release abi/fuzz-accepted abi/ports-as-at-first
	abi-refused/not-owner abi-refused/take-over
	abi-direct/direct-map abi-direct/handed-over-map abi-direct/direct-map-again abi-off/off abi-map/map-read abi-map/copy-from abi-grant/end-mapped)
fuzzed=(l0/abi-l0-count l0/abi-nothing-left l0/abi-done abi/fuzz-accepted abi/ports-as-at-first)
seeds=()
[[ ! ${XENHOST_FULL:-} ]] || seeds=(2 3 4)
n=$(results "${expected[@]}")
for s in "${seeds[@]}"; do n=$((n + $(results "${fuzzed[@]}"))); done

plan "$n"
SCENARIO_ARGS="50000 1" boot abi "${expected[@]}" -- -t 1200
for s in "${seeds[@]}"; do
	LOGDIR=$LOG/boot-abi-seed-$s SCENARIO_ARGS="317000 $s main" \
		boot abi "${fuzzed[@]}" -- -t 3600
done
