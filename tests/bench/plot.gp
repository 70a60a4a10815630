# SPDX-License-Identifier: GPL-2.0
# The ratios of bench/direct.tsv as bars: gnuplot -e "tsv='...'; svg='...'; type='pv'" plot.gp
set terminal svg size 960,480 font "sans,12"
set output svg
set title "Instructions per operation, patched / plain kernel (direct host, ".type." domU)"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.8 noborder
set yrange [0.8:1.1]
set ylabel "ratio"
set grid ytics
set xtics rotate by -30 nomirror
set key outside top center horizontal samplen 2
set datafile separator "\t"
set datafile missing "-"
ops = "< awk -F'\t' -v t=".type." '$1 == t { if (!($2 in n)) { n[$2]; o[++c] = $2 }; r[$2, $3] = $6 }".\
	" function v(i, w) { return (o[i], w) in r ? r[o[i], w] : \"-\" }".\
	" END { for (i = 1; i <= c; i++) print o[i] \"\t\" v(i, \"domU-pv\") \"\t\" v(i, \"domU-kernel\")".\
	" \"\t\" v(i, \"dom0-pv\") \"\t\" v(i, \"dom0-kernel\") }' ".tsv
plot ops using 2:xtic(1) title "domU, PV code", "" using 3 title "domU, kernel", \
	"" using 4 title "dom0, PV code", "" using 5 title "dom0, kernel", \
	1 with lines linecolor "black" dashtype 2 notitle
