# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is in the patch queue: the series, the new files, and which patch brings which.
# Sourced by the scripts that need it, after lib.sh.

# The patches of linux or xen, in order
series() { [[ ! -e $ROOT/patches/$1/series ]] || sed 's/[[:space:]]*#.*//; /^$/d' "$ROOT/patches/$1/series"; }

# The new files that enter with a patch: the "Adds:" lines below its "---"
adds() {
	awk '/^---$/ { b = 1; next } /^(diff |--- |Index: )/ { exit } b && $1 == "Adds:" { print $2 }' \
		"$ROOT/patches/$1/$2"
}

# The files a patch touches
touched() {
	awk '/^(---|\+\+\+) [^ ]/ && $2 != "/dev/null" { sub(/^[^\/]*\//, "", $2); print $2 }' "$1" | sort -u
}

# The new files in the repository, as paths in the tree
overlay() {
	local dirs=(arch drivers include tools Documentation)
	[[ $1 != xen ]] || dirs=(xen)
	(cd "$ROOT" && for d in "${dirs[@]}"; do [[ ! -d $d ]] || find "$d" -type f ! -name '.*.sw?' ! -name '*~'; done | sort)
}

# Stop rules that need no patch applied: WHAT, a tree of the base
check_series() {
	local what=$1 tree=$2 bad='' p f
	comm -3 <(series "$what" | sort) <(cd "$ROOT/patches/$what" 2>/dev/null && ls ./*.patch 2>/dev/null | sed 's|./||' | sort) > "$BUILD/.differ.$$"
	while read -r p; do
		echo "patches/$what/$p: a patch without a line in series, or the reverse"
		bad=1
	done < "$BUILD/.differ.$$"
	rm -f "$BUILD/.differ.$$"
	while read -r f; do
		[[ ! -e $tree/$f ]] || { echo "$f: the base has a file of that name"; bad=1; }
		if (cd "$ROOT/patches/$what" 2>/dev/null && grep -lE "^(---|\+\+\+) [ab]/$f(\s|$)" ./*.patch 2>/dev/null); then
			echo "$f: a new file, yet the patch above touches it"
			bad=1
		fi
	done < <(overlay "$what")
	[[ ! $bad ]]
}
