# SPDX-License-Identifier: GPL-2.0
# What the nested bench printed, to a table.
# Usage: awk -v mode=MODE [-v copies=1] -f nested-sum.awk EXITS AUX-LOG
#   EXITS    what exits.c wrote: WHAT/OP/REQUESTS/RUN VMRUNS VMMCALLS INSTRUCTIONS COPIED HOST NOT-COPYING
#   AUX-LOG  marked lines: info bench WHAT OP REQUESTS RATE, info counters WHAT OP REQUESTS and
#            the nested host's counters (requests, those on grants, grants) before and after
# Output, tab-separated: mode, what, operation, rate (median of the longest runs), and per
# request what a long run has more than a short one: exits to L0, hypercalls to L0,
# instructions of all levels, requests to the nested host, grants; or, with copies=1, in place of
# the last two, bytes copied, instructions of the host, instructions that copy nothing.
# For TCP the rate is kbit/s, the rest per 64 KiB, with what starting the program costs.

FNR == 1 { file++ }
file == 1 {
	split($1, f, "/")
	for (i = 2; i <= (copies ? 7 : 4); i++) put(f[1] "\t" f[2], f[3], "c" i, $i)
	next
}
{
	sub(/\r$/, "")
	i = index($0, "@xh ")
	if (!i) next
	$0 = substr($0, i)
}
$3 == "info" && $4 == "bench" {
	k = $5 "\t" $6
	if (!(k in seen)) { seen[k]; order[++keys] = k }
	if ($7 > most[k]) most[k] = $7 + 0
	put(k, $7, "rate", $8)
}
$3 == "info" && $4 == "counters" {
	k = $5 "\t" $6
	put(k, $7, "c5", $11 - $8)
	put(k, $7, "c6", $13 - $10)
}

function put(k, n, what, value) { v[k, n, what, ++count[k, n, what]] = value + 0 }

function median(k, n, what,    c, i, j, t, a) {
	c = count[k, n, what]
	if (!c) return "-"
	for (i = 1; i <= c; i++) a[i] = v[k, n, what, i]
	for (i = 2; i <= c; i++)
		for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
	return a[int((c + 1) / 2)]
}

# What one more request costs
function each(k, n, what,    a, b) {
	if (!n) {
		a = median(k, 0, what)
		b = median(k, 0, "rate")
		return a == "-" || !b ? "-" : sprintf("%.2f", a / (b * 1000 / 8 * 2 / 65536))
	}
	a = median(k, n, what)
	b = median(k, n / 3, what)
	return a == "-" || b == "-" ? "-" : sprintf("%.2f", (a - b) / (n - n / 3))
}

END {
	for (i = 1; i <= keys; i++) {
		k = order[i]
		n = most[k] + 0
		printf "%s\t%s\t%s", mode, k, median(k, n, "rate")
		for (j = 2; j <= (copies ? 7 : 6); j++) printf "\t%s", each(k, n, "c" j)
		print ""
	}
}
