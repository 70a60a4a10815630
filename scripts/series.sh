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

# The commits of a queue carry their patches' own authors and dates
git_() { git -C "$GIT_TREE" -c user.name=xenhost -c user.email=xenhost@localhost -c commit.gpgsign=false \
	-c core.autocrlf=false -c advice.mergeConflict=false "$@"; }

# as_commits WHAT BASE FOLDER: the queue as commits, new files in the patch that brings them,
# in a repository that holds only the files it touches; the base is tagged
as_commits() {
	local what=$1 base=$2 patch file mail=$BUILD/.mail.$$
	GIT_TREE=$3
	rm -rf "$GIT_TREE"
	mkdir -p "$GIT_TREE"
	git -c init.defaultBranch=main init -q "$GIT_TREE"
	for patch in $(series "$what"); do
		for file in $(touched "$ROOT/patches/$what/$patch"); do
			[[ ! -e $base/$file ]] || install -D -m "$(stat -c %a "$base/$file")" "$base/$file" "$GIT_TREE/$file"
		done
	done
	git_ add -A -f
	git_ commit -q --allow-empty -m base
	git_ tag base
	for patch in $(series "$what"); do
		file=$ROOT/patches/$what/$patch
		git_ mailinfo "$mail.msg" "$mail.diff" < "$file" > "$mail.info" || return 1
		[[ ! -s $mail.diff ]] || git_ apply --index --exclude='*.rej' "$mail.diff" 2>/dev/null ||
			{ (cd "$GIT_TREE" && patch -p1 -s -N -F2 --no-backup-if-mismatch < "$mail.diff") && git_ add -A -f; } || return 1
		for file in $(adds "$what" "$patch"); do
			install -D -m "$(stat -c %a "$ROOT/$file")" "$ROOT/$file" "$GIT_TREE/$file"
			git_ add -f "$file"
		done
		{ sed -n 's/^Subject: //p' "$mail.info"; echo; sed '/^---$/,$d' "$mail.msg"; } > "$mail.text"
		GIT_COMMITTER_DATE=$(sed -n 's/^Date: //p' "$mail.info") \
			git_ commit -q --allow-empty -F "$mail.text" --date "$(sed -n 's/^Date: //p' "$mail.info")" \
			--author "$(sed -n 's/^Author: //p' "$mail.info") <$(sed -n 's/^Email: //p' "$mail.info")>" || return 1
		git_ tag "patch/$patch"
	done
	rm -f "$mail".*
}
base_of() { case $1 in linux) echo "${LINUX_SRC:-$XENHOST_CACHE/src/linux}" ;; xen) echo "${XEN_SRC:-$XENHOST_CACHE/src/xen}" ;; esac; }
