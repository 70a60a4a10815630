#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: a domU with blkback and netback under xl devd serves another domU, can be
# destroyed, and its successor serves the next. Needs: setup, and a machine quick enough for
# the hotplug scripts to end within the 40 seconds of the toolstack. Full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=(l0/tools-up)
for n in '' 2; do
	expected+=("l0/driver$n-created" "l0/driver$n-ready" "l0/user$n-created" "user$n/ping" "l0/user$n-done" "l0/user$n-disk-read")
done
expected+=(l0/driver-destroyed l0/no-zombie)
plan "$(results "${expected[@]}")"
boot drvdom "${expected[@]}" -- -t 1200
