#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: with L1-dom0 reading its L0 disk and network all the time, L0 takes memory of it
# and gives it again, the backends are restarted, close and come back, a vif is replaced
# while L1 is paused, and xenstored dies for good. Needs: setup. Takes: 4 minutes.

. "$(dirname "$0")/lib.sh"

expected=()
for r in tools-up l1-created disk-load net-load balloon-down balloon-disk balloon-up balloon-floor balloon-floor-disk \
	balloon-up-again rebind-disk rebind-disk-goes-on rebind-net rewire-net rebind-net-goes-on close-disk-seen \
	close-disk-back close-disk-works close-net-seen close-net-back close-net-works close-net-once again-net again-net-straight-up \
	again-net-goes-on kill-disk-goes-on kill-net-goes-on store-again store-again-answers again-disk-goes-on let-go-ends l1-healthy l1-destroyed; do
	expected+=("l0/$r")
done
plan "$(results l1/tools-up "${expected[@]}")"
boot nested-life l1/tools-up "${expected[@]}" -- -t 1200
