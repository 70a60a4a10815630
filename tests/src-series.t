#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the queues apply without fuzz, the mailing-list form gives the same tree byte for
# byte, git am takes it, and the stop rules stop. Needs: make fetch. Takes: half a minute.

. "$(dirname "$0")/lib.sh"

plan 9
cache=${XENHOST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xenhost}
export BUILD LOG
for what in linux xen; do
	src=${LINUX_SRC:-$cache/src/linux}
	[[ $what == linux ]] || src=${XEN_SRC:-$cache/src/xen}
	[[ -e $src/Makefile ]] || bail "no source in $src: make fetch"
	try "$what: the queue applies" scripts/tree "$what"
	! grep WARNING "$LOG/tree-$what.log" > "$TMP/fuzz"
	is "$what: without fuzz" $? "$TMP/fuzz"
	try "$what: the mailing-list form agrees, git am takes it" scripts/series "$what"
done

# The stop rules, on a copy of this repository
cp -a arch drivers include xen patches scripts "$TMP/"
mkdir -p "$TMP/build"
unset LOG
tree() { BUILD=$TMP/build OUT=$TMP/build/out "$TMP/scripts/tree" xen; }
touch "$TMP/patches/xen/stray.patch"
refuses "a patch without a line in series" tree
rm "$TMP/patches/xen/stray.patch"
touch "$TMP/xen/Makefile"
refuses "a new file that the base has" tree
rm "$TMP/xen/Makefile"
last=$(grep -v '^#' "$TMP/patches/xen/series" | grep . | tail -n 1)
sed -i 's/^ \(.*[a-z]\)/ \1 moved/' "$TMP/patches/xen/$last"
refuses "a patch that does not fit" tree
