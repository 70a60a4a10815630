#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the other configurations build: Xen drivers as modules, CONFIG_XEN=n, the arm64
# objects, all that depends on XEN (64-bit and 32-bit x86), where W=1 says nothing that it does
# not say of the base; and every patch. Takes: an hour; full only.

. "$(dirname "$0")/lib.sh"
full_only

plan 11
for mode in modular noxen arm64 allxen allxen32; do
	try "$mode builds" scripts/kernel $mode
done
for mode in allxen allxen32; do
	try "$mode of the base builds" scripts/kernel plain $mode
	comm -13 "$BUILD"/linux{-plain,}/o-$mode/warnings > "$TMP/new" && [[ ! -s $TMP/new ]]
	is "$mode: W=1 says nothing new" $? "$TMP/new"
done
try "every patch of Linux builds" scripts/each linux
try "every patch of Xen builds" scripts/each xen
