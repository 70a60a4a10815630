#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: a domU with blkback and netback under xl devd serves another domU, can be
# destroyed, and its successor serves the next. Needs: setup. Takes: 2 minutes.

. "$(dirname "$0")/lib.sh"

expected=(l0/tools-up)
for n in '' 2; do
	expected+=("l0/driver$n-created" "l0/driver$n-ready" "user$n/ping")
	for r in created disk-plugged net-plugged started "done" disk-read; do expected+=("l0/user$n-$r"); done
done
expected+=(l0/driver-destroyed l0/no-zombie)
plan "$(results "${expected[@]}")"
boot drvdom "${expected[@]}" -- -t 1200
