# SPDX-License-Identifier: GPL-2.0
# Where two kernels differ: awk -f diff.awk PLAIN-COUNTS PATCHED-COUNTS
# Output: operation, guest, function, instructions per operation of each; mean over the
# windows, only what differs by half an instruction or more.

FNR == 1 { file++ }
{
	k = $1 "\t" $4 "\t" $5
	sum[k, file] += $6
	keys[k]
	nr[k] = $2
	if ($3 > runs[$1, file]) runs[$1, file] = $3
}
END {
	for (k in keys) {
		split(k, f, "\t")
		for (i = 1; i <= 2; i++)
			v[i] = runs[f[1], i] ? sum[k, i] / runs[f[1], i] / nr[k] : 0
		d = v[2] - v[1]
		if (d >= 0.5 || d <= -0.5) printf "%s\t%.1f\t%.1f\t%+.1f\n", k, v[1], v[2], d
	}
}
