# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The test programs' one library: TAP lines, boots turned into TAP, the scan of
# consoles. A test starts with ". tests/lib.sh" and "plan N"; no result is never a pass.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 255
set -uo pipefail
BUILD=${BUILD:-$PWD/build}
LOG=$BUILD/log
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
export LC_ALL=C
T_N=0

plan() { echo "1..$1"; }
skip_all() { echo "1..0 # SKIP $*"; exit 0; }
full_only() { [[ ${XENHOST_FULL:-} ]] || skip_all "make test-full runs it"; }
bail() { echo "Bail out! $*"; exit 255; }

# is NAME STATUS [LOG]: a result line; a failure shows the end of the log
is() {
	T_N=$((T_N + 1))
	if [[ $2 == 0 ]]; then echo "ok $T_N - $1"; return; fi
	echo "not ok $T_N - $1"
	[[ ! ${3:-} || ! -e $3 ]] || tail -n 25 "$3" | sed 's/^/# /'
}
skip() { T_N=$((T_N + 1)); echo "ok $T_N - $1 # SKIP $2"; }

# try NAME COMMAND...
try() {
	local name=$1 log=$TMP/try.log
	shift
	"$@" > "$log" 2>&1
	is "$name" $? "$log"
}
# refuses NAME COMMAND...: the command must fail
refuses() {
	local name=$1
	shift
	"$@" > "$TMP/try.log" 2>&1
	is "$name" $(($? == 0)) "$TMP/try.log"
}

LINUX_TROUBLE='BUG:|WARNING:|Oops|Kernel panic|Call Trace:|rcu.*(stall|starved)|blocked for more than|general protection|unable to handle|UBSAN|KASAN|refcount_t:|list_(add|del) corruption|Out of memory|scheduling while atomic|sleeping function called|Bad page|nobody cared|soft lockup|segfault at|WARNING: possible'
XEN_TROUBLE='Xen BUG|Xen WARN|Assertion .* failed|FATAL |Panic on CPU|Xen call trace|domain_crash|GENERAL PROTECTION|Watchdog timer|Bad (grant|flags|count)|pagetable error|[Tt]riple fault'
# One extended expression a line; a comment says why the line is harmless
ALLOW=tests/trouble.allow

# trouble FOLDER: prints what looks like trouble in its console logs; true if nothing does.
# ALLOW_ALSO: one more expression, for a test that brings trouble on
trouble() {
	local allow
	allow=$(grep -v '^#' "$ALLOW" 2>/dev/null | paste -sd'|')
	! grep -aHE "$LINUX_TROUBLE|$XEN_TROUBLE" "$1"/*.log | grep -avE "${allow:-^$}${ALLOW_ALSO:+|$ALLOW_ALSO}"
}

# boot SCENARIO EXPECTED... [-- ARGUMENT OF scripts/boot...]: one result for each expected
# name (guest/name), one for the exit status, one for the scan. results N: how many.
# SCENARIO_ARGS: arguments of the scenario.
results() { echo $(($# + 2)); }
boot() {
	local scenario=$1 expected=() dir=${LOGDIR:-$LOG/boot-$1} status name line
	shift
	while [[ $# -gt 0 && $1 != -- ]]; do expected+=("$1"); shift; done
	[[ $# == 0 ]] || shift
	# shellcheck disable=SC2086 # words on purpose
	LOGDIR=$dir scripts/boot "$@" "$scenario" ${SCENARIO_ARGS:-} > "$TMP/boot.out" 2>&1
	status=$?
	judge "$scenario" "$dir" "$status" "${expected[@]}"
}

# judge SCENARIO FOLDER STATUS EXPECTED...: the verdict on a boot, from its logs alone
judge() {
	local scenario=$1 dir=$2 status=$3 name line
	shift 3
	tr -d '\r' < "$dir/aux.log" 2>/dev/null | sed -n 's/.*@xh \([^ ]*\) \(ok\|nok\|skip\) /\1 \2 /p' > "$TMP/marks"
	for name; do
		line=$(awk -v h="${name%%/*}" -v n="${name#*/}" '$1 == h { m = $3; sub(/:$/, "", m); if (m == n) { print; exit } }' "$TMP/marks")
		case $line in
		*' ok '*) is "$scenario: $name" 0 ;;
		*' skip '*) skip "$scenario: $name" "${line#* skip * }" ;;
		'') is "$scenario: $name (no result)" 1 ;;
		*) is "$scenario: ${line#* nok }" 1 ;;
		esac
	done
	is "$scenario: ended well" "$status" "$TMP/boot.out"
	trouble "$dir" > "$TMP/trouble"
	is "$scenario: consoles without trouble" $? "$TMP/trouble"
}

# ktap < CONSOLE: KUnit's lines to "ok|nok|skip SUITE/TEST", and an error for a short plan
ktap() {
	tr -d '\r' | sed 's/^\[ *[0-9.]*\] \?//' | awk '
		/^ *KTAP version/ { next }
		/^    # Subtest: / { suite = $3; n = 0; next }
		/^    1\.\./ { plan = substr($1, 4); next }
		/^    (not )?ok [0-9]+ / {
			n++; r = $1 == "ok" ? "ok" : "nok"; name = r == "ok" ? $3 : $4
			if (/# SKIP/) r = "skip"
			print r, suite "/" name; next
		}
		/^(not )?ok [0-9]+ / {
			if (n != plan) print "nok", suite "/plan-of-" plan "-has-" n + 0
			suite = ""; n = plan = 0
		}
		END { if (suite != "") print "nok", suite "/did-not-end" }'
}
