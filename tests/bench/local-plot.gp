# SPDX-License-Identifier: GPL-2.0
# bench/local.tsv as bars: gnuplot -e "tsv='...'; svg='...'" local-plot.gp
set terminal svg size 960,440 font "sans,12"
set output svg
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.8 noborder
set grid ytics
set xtics rotate by -30 nomirror
set key outside top center horizontal samplen 2
set multiplot layout 1,3 title "A KVM guest's disk and network, by the kernel and by user space (instructions as clock)"
# rows WHAT, of two operations A and B: a column each
pick(a, b) = "< awk -F'\t' 'BEGIN { m = split(\"qemu-xen virtio vhost local\", w, \" \") }".\
	" $2 == \"".a."\" || $2 == \"".b."\" { r[$1, $2] = $3 }".\
	" END { for (i = 1; i <= m; i++) if ((w[i], \"".a."\") in r) print w[i] \"\t\" r[w[i], \"".a."\"] \"\t\" r[w[i], \"".b."\"] }' ".tsv
set yrange [0:*]
set title "4 KiB random, per second"
plot pick("4k", "4k-write") using 2:xtic(1) title "read", "" using 3 title "write"
set title "128 KiB in order, per second"
plot pick("128k", "128k-write") using 2:xtic(1) title "read", "" using 3 title "write"
set title "TCP, Mbit/s"
plot pick("sent", "received") using ($2/1000):xtic(1) title "sent", "" using ($3/1000) title "received"
unset multiplot
