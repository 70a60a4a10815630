#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: with L1-Xen an HVM guest of L0, L1-dom0 has each disk and NIC of L0 one way only:
# PV with the emulated one unplugged, or emulated with the PV one refused; either works.
# Needs: setup. Takes: 3 minutes.

. "$(dirname "$0")/lib.sh"

both=(pv-only-disk cdrom-refused disk-read disk-written pv-only-read ping net-read)
expected=(l0/tools-up l0/bridge l0/unplug-created unplug/pv-disk unplug/pv-second-disk unplug/pv-nic unplug/emulated-gone
	"${both[@]/#/unplug/}" l0/unplug-done l0/unplug-disk-write
	l0/never-created never/pv-disk-refused never/pv-second-disk-refused
	never/pv-nic-refused never/emulated-there
	"${both[@]/#/never/}" l0/never-done l0/never-disk-write)
[[ -e $BUILD/image/dom0/usr/libexec/xen-qemu-system-i386 ]] ||
	skip_all "the guests' root is an old one without Xen's device model: make fetch, with a network"
plan "$(results "${expected[@]}")"
boot nested-hvm "${expected[@]}" -- -t 900
