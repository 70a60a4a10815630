#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: a disk and a network come and go under traffic, memory goes down and up, a guest
# destroyed during I/O leaves no device, port, loop or zombie behind; 2-level events work;
# each event wakes the program that waits for it.
# Needs: setup. Takes: 2 minutes.

. "$(dirname "$0")/lib.sh"

expected=()
for r in tools-up evtchn-wakes created traffic disk-plugged disk-unplugged net-plugged net-unplugged balloon-down \
	balloon-up destroyed nothing-left 2-level-created 2-level-traffic 2-level-nothing-left; do
	expected+=("l0/$r")
done
plan "$(results "${expected[@]}")"
boot life "${expected[@]}" -- -t 1200
