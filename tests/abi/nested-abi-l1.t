#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: a guest of L1 that does not own the connection to L0 is refused every
# operation; one that L1-dom0 hands it to may do all that a driver domain may, can't be
# deprived of it, and leaves nothing behind when it ends or is destroyed.
# Needs: setup. Takes: 4 minutes.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"

guest_scripts
expected=(l0/l1-created l1/tools-up l1/abi-guest-created abi-guest/guest-refused abi-guest/guest-take-over
	l1/abi-guest-done l1/abi-driver-handed-over abi-driver/query abi-driver/query-own-frames abi-driver/send-back-arrives
	abi-driver/store-reply abi-driver/publish abi-driver/publish-not-ours abi-driver/fuzz-accepted
	l1/abi-driver-done l1/abi-driver-nothing-left l1/abi-hold-ready abi-hold/hold
	l1/abi-hold-not-taken-away l1/abi-hold-nothing-left l0/l1-done)
plan "$(results "${expected[@]}")"
LOGDIR=$LOG/boot-abi-l1 L1_ARGS=xenhost_nested.enable=0 SCENARIO_ARGS="abi-l1 1" \
	boot nested "${expected[@]}" -- -t 900
