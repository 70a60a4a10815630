# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests beside it: the guest and the scripts that run it, as the boots take them.
# Sourced after tests/lib.sh.

# guest_scripts: build the guest (one test at a time); GUEST_SCRIPTS is then what
# scripts/boot wants, for this test alone
guest_scripts() {
	mkdir -p "$BUILD/abi"
	flock "$BUILD/abi" make -s -C tests/abi XEN_SRC="${XEN_SRC:-$BUILD/xen}" O="$BUILD/abi" all "$BUILD/abi/nested-owner" > "$TMP/make" 2>&1 || {
		sed 's/^/# /' "$TMP/make"
		bail "the guest does not build"
	}
	export GUEST_SCRIPTS=$TMP/guest
	mkdir -p "$GUEST_SCRIPTS"
	cp tests/abi/abi.sh tests/abi/abi-l1.sh "$BUILD"/abi/{abi-test,nested-owner} "$GUEST_SCRIPTS/"
}

# l1_xen MODE: have scripts/xen build it; L1_XEN is then that one
l1_xen() {
	scripts/xen "$1" > "$TMP/xen" 2>&1 || {
		sed 's/^/# /' "$TMP/xen"
		bail "no L1-Xen of the kind $1"
	}
	export L1_XEN=$BUILD/xen/o-$1/xen
}
