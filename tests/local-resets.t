#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: disks and interfaces of the loopback that close and connect again, with another number
# of queues each time, or in the middle of I/O, leave no memory, irq or event channel behind.
# Needs: setup. Takes: 4 minutes; full only.

. "$(dirname "$0")/lib.sh"
full_only

expected=()
for r in store-up {disk,busy,net}-{rounds,flat,irqs} net-added net-there net-removed net-gone nothing-left; do
	expected+=("l0/$r")
done
plan "$(results "${expected[@]}")"
QEMU_SMP=2 boot local-resets "${expected[@]}" -- -t 900
