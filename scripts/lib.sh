# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scripts share: places, progress lines, errors. Sourced, never run.
# A script's own head comment, from its third line to the first empty one, is its --help.

set -euo pipefail
export LC_ALL=C
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$ROOT/build}
XENHOST_CACHE=${XENHOST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/xenhost}
JOBS=${JOBS:-$(nproc)}
LOG=$BUILD/log
SELF=$(basename "$0")
case ${1:-} in
-h | --help)
	awk 'NR > 2 && !/^#/ { exit } NR > 2 { sub(/^# ?/, ""); print }' "$0"
	exit
	;;
esac
say() { printf '[%4ds] %s: %s\n' "$((SECONDS + ${XENHOST_ELAPSED:-0}))" "$SELF" "$*"; }
die() { printf '%s: error: %s\n' "$SELF" "$*" >&2; exit 1; }

mkdir -p "$LOG" "$XENHOST_CACHE" 2>/dev/null ||
	die "can't write to $LOG or $XENHOST_CACHE: run as root, or name others (BUILD=, XENHOST_CACHE=)"

# step LOG WHAT COMMAND...: a progress line; all output to build/log/LOG. On failure
# the end of the log and, from the variable HINT, what to do next.
step() {
	local log=$LOG/$1 what=$2 start=$SECONDS
	shift 2
	say "$what"
	# in the background, since only there "set -e" still counts inside the command
	if [[ ${V:-0} != 0 ]]; then
		("$@") > >(tee "$log") 2>&1 < /dev/null &
	else
		("$@") > "$log" 2>&1 < /dev/null &
	fi
	wait $! || failed "$what" "$log"
	((SECONDS - start < 5)) || say "$what: done in $((SECONDS - start)) s"
}
failed() {
	tail -n 20 "$2" >&2
	die "$1 failed; the whole log is $2${HINT:+; $HINT}"
}

# The compiler cache and fixed stamps, so that a second build of the same source is quick
build_env() {
	export CCACHE_DIR=$XENHOST_CACHE/ccache CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=/
	export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 2026'
	export KBUILD_BUILD_USER=xenhost KBUILD_BUILD_HOST=xenhost
	export XEN_BUILD_DATE=2026-01-01 XEN_BUILD_TIME=00:00:00 XEN_BUILD_HOST=xenhost
	export XEN_WHOAMI=xenhost XEN_DOMAIN=xenhost
	CCACHE=
	# shellcheck disable=SC2034 # for the caller
	! command -v ccache > /dev/null || CCACHE='ccache '
}

# newer FILE INPUT...: true when FILE is there and no input is newer
newer() {
	local f=$1 i
	shift
	[[ -e $f ]] || return 1
	for i; do [[ ! $i -nt $f ]] || return 1; done
}
