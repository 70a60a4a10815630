#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: events for a KVM guest whose shared info page KVM has to look for again are delivered
# late, by a worker, and none is lost: a guest with disk and network under load ends well.
# Needs: setup. Takes: 2 minutes.

. "$(dirname "$0")/lib.sh"

expected=(g1/{ping,verify,still-there})
for r in store-up console-up none-late net-plugged g1-done late gone removed nothing-left; do expected+=("l0/$r"); done
plan "$(results "${expected[@]}")"
boot local-kvm-late "${expected[@]}" -- -t 600
