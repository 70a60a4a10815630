#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: every operation of HYPERVISOR_nested_op, from a guest of a few kilobytes that
# is dom0 of an L1-Xen: done, refused, exhausted, and 5,000 random ones (the test on the
# build host makes a million in seconds). Needs: setup, L1-Xen. Takes: 5 minutes; full only.

. "$(dirname "$0")/../lib.sh"
full_only

make -s -C tests/abi XEN_SRC="${XEN_SRC:-$BUILD/xen}" O="$BUILD/abi" > "$TMP/make" 2>&1 || {
	sed 's/^/# /' "$TMP/make"
	bail "the guest does not build"
}
mkdir -p "$BUILD/abi/guest"
cp tests/abi/abi.sh "$BUILD/abi/abi-test" "$BUILD/abi/guest/"

expected=(l0/tools-up l0/abi-done l0/abi-refused-done l0/abi-direct-done l0/abi-off-done
	l0/abi-map-done l0/abi-grant-done abi/query abi/send-back-arrives abi/store-reply
	abi/publish abi/release abi-refused/not-owner abi-refused/take-over
	abi-direct/direct-map abi-off/off abi-map/map-read abi-map/copy-from abi-grant/end-mapped)
plan "$(results "${expected[@]}")"
GUEST_SCRIPTS=$BUILD/abi/guest boot abi "${expected[@]}" -- -t 1800
