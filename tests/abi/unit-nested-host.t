#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the checks and the bookkeeping of L1-Xen's nested host, compiled for this
# machine, with each step failing in turn. Needs: the Xen source. Takes: 5 seconds.

. "$(dirname "$0")/../lib.sh"

make -s -C tests/abi/host XEN_SRC="${XEN_SRC:-$BUILD/xen}" O="$BUILD/abi" > "$TMP/make" 2>&1 || {
	sed 's/^/# /' "$TMP/make"
	bail "the test does not build"
}
"$BUILD/abi/nested-host-test"
