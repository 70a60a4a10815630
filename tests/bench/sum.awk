# SPDX-License-Identifier: GPL-2.0
# Instructions per operation: counts of the plain and of the patched kernel to a table.
# Usage: awk -f sum.awk PV-FUNCTIONS PLAIN-COUNTS PATCHED-COUNTS
#   PV-FUNCTIONS  names of the functions of the PV drivers and the PV core, a line each
#   *-COUNTS      what count.c wrote: OP N RUN GUEST FUNCTION COUNT
# Output, tab-separated: operation, where, plain, patched, ratio. Each figure is the
# median over the windows of a boot, divided by N. Where is GUEST-pv (those functions
# alone), GUEST-kernel (all of the kernel), or xen.

FNR == 1 { file++ }
file == 1 { pv[$1]; next }
{
	w = $1 SUBSEP file
	nr[$1] = $2
	if ($3 > runs[w]) runs[w] = $3
	if (!($1 in seen)) { seen[$1]; order[++ops] = $1 }
}
$5 == "[xen]" { add("xen") }
$4 != "-" { add($4 "-kernel") }
$4 != "-" && $5 in pv { add($4 "-pv") }

function add(where) {
	if (!(where in places)) places[where]
	sum[$1, where, file, $3] += $6
}

function median(op, where, f,    i, j, n, t, v) {
	n = runs[op, f]
	for (i = 1; i <= n; i++) v[i] = sum[op, where, f, i] + 0
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
	return v[int((n + 1) / 2)] / nr[op]
}

END {
	n = split("domU-pv domU-kernel dom0-pv dom0-kernel xen", where)
	for (o = 1; o <= ops; o++)
		for (i = 1; i <= n; i++) {
			a = median(order[o], where[i], 2)
			b = median(order[o], where[i], 3)
			if (a > 0 && b > 0)
				printf "%s\t%s\t%.1f\t%.1f\t%.3f\n", order[o], where[i], a, b, b / a
		}
}
