#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: L1-dom0 hands L0's connection to a driver domain, which serves an L2 from an L0
# disk and an L0 network; it is destroyed under load, nothing is left, L1-dom0 has the
# connection again and hands it to a second one. Needs: setup. Takes: 7 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=(l0/tools-up l0/l1-created)
for r in first-disk-read first-ping owner-refused let-go driver-created handed-over not-ours driver-ready user-created \
	user-disk-plugged user-net-plugged \
	user-disk-read user-load driver-destroyed user-destroyed l1-healthy again-disk-read \
	again-ping let-go-again driver-nothing-left driver-memory-back second-created second-handed-over second-ready \
	second-at-boot second-user-created user2-disk-plugged user2-net-plugged second-user-load; do
	expected+=("l1/$r")
done
for r in driver second; do expected+=("$r/disk-read" "$r/ping"); done
expected+=(user/ping l0/l1-done l0/l1-destroyed l0/l1-nothing-left l0/l1-memory-back)
plan "$(results "${expected[@]}")"
boot nested-drvdom "${expected[@]}" -- -t 2000
