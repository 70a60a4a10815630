#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the other configurations build: Xen drivers as modules, CONFIG_XEN=n, the arm64
# objects, all that depends on XEN, where W=1 says nothing that it does not say of the base;
# and every patch. Takes: an hour; full only.

. "$(dirname "$0")/lib.sh"
full_only

plan 8
for mode in modular noxen arm64 allxen; do
	try "$mode builds" scripts/kernel $mode
done
try "allxen of the base builds" scripts/kernel plain allxen
comm -13 "$BUILD"/linux{-plain,}/o-allxen/warnings > "$TMP/new" && [[ ! -s $TMP/new ]]
is "W=1 says nothing new" $? "$TMP/new"
try "every patch of Linux builds" scripts/each linux
try "every patch of Xen builds" scripts/each xen
