# SPDX-License-Identifier: GPL-2.0
# bench/nested.tsv as bars: gnuplot -e "tsv='...'; svg='...'" nested-plot.gp
set terminal svg size 960,440 font "sans,12"
set output svg
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.8 noborder
set grid ytics
set xtics rotate by -30 nomirror
set key outside top center horizontal samplen 2
set multiplot layout 1,3 title "L0's PV devices in L1-dom0 (instructions as clock; mediated grants)"
pick(op) = "< awk -F'\t' -v op=".op." 'BEGIN { split(\"l1-emulated l1 l2 domu\", w, \" \");".\
	" split(\"emulated,L1-dom0,L2,domU\", n, \",\") } $1 == \"mediated\" && $3 == op { split($2, f, /-(disk|net)$/);".\
	" if ($2 ~ /-(disk|net)$/) r[f[1]] = $4 } END { for (i = 1; i <= 4; i++) if (w[i] in r) print n[i] \"\t\" r[w[i]] }' ".tsv
unset key
set yrange [0:*]
set title "4 KiB random reads, per second"
plot pick("4k") using 2:xtic(1)
set title "128 KiB reads, per second"
plot pick("128k") using 2:xtic(1)
set title "TCP sent, Mbit/s"
plot pick("sent") using ($2/1000):xtic(1)
unset multiplot
