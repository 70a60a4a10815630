#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: KVM guests of the local host that send garbage get answers and harm nobody; misuse
# of the device is refused, by an unprivileged user in particular; of two guests under load one
# is killed with I/O in flight, the other verifies its own; the host can't go while they are
# there; when they are gone no page of theirs is pinned and nothing is left.
# Needs: setup. Takes: 3 minutes.

. "$(dirname "$0")/lib.sh"

expected=()
for r in store-up console-up garbage-ended garbage-gone garbage-unpinned g1-plugged g2-plugged persistent misuse \
	g1-loaded g2-loaded busy-refused busy-said in-flight killed g1-gone g1-backends-gone g2-done g2-gone g2-backends-gone \
	unpinned nothing-left; do
	expected+=("l0/$r")
done
expected+=(garbage/{answers,grant-table-size,unknown-call,port-0,ports-end} g1/ping g2/{ping,verify,still-there})
plan "$(results "${expected[@]}")"
boot local-kvm-many "${expected[@]}" -- -t 900
