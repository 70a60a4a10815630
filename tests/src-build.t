#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the other configurations build: Xen drivers as modules, CONFIG_XEN=n, the arm64
# objects, all that depends on XEN with W=1; and every patch. Takes: an hour; full only.

. "$(dirname "$0")/lib.sh"
full_only

plan 6
for mode in modular noxen arm64 allxen; do
	try "$mode builds" scripts/kernel $mode
done
try "every patch of Linux builds" scripts/each linux
try "every patch of Xen builds" scripts/each xen
