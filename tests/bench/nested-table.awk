# SPDX-License-Identifier: GPL-2.0
# bench/nested.tsv as a text to read: awk -F'\t' -f nested-table.awk -v date= ... TSV
# Exit status 1 if a goal is missed.

NR == 1 { next }
{
	k = $1 " " $2 " " $3
	order[++n] = k
	for (i = 4; i <= 9; i++) v[k, i] = $i
}

function rate(mode, what, op) { return v[mode " " what " " op, 4] + 0 }
function exits(mode, what, op) { return v[mode " " what " " op, 5] + 0 }

# goal TEXT VALUE WANTED: at least; a negative WANTED: at most its amount
function goal(text, value, wanted,    ok) {
	ok = wanted < 0 ? value <= -wanted : value >= wanted
	printf "%-64s %8.2f  %s %.2f  %s\n", text, value, wanted < 0 ? "<=" : ">=",
		wanted < 0 ? -wanted : wanted, ok ? "met" : "MISSED"
	if (!ok) missed = 1
}

# What a grant costs beside one that is written directly: 32 of them a 128k read
function cost(mode, text,    w) {
	w = "l1-disk-mapped"
	if (!rate(mode, w, "128k") || !rate("direct", w, "128k")) return
	printf "%-64s %8.0f  instructions\n", text, (v[mode " " w " 128k", 7] - v["direct " w " 128k", 7]) / 32
}

function ratio(text, ma, a, mb, b, op, wanted,    d) {
	d = rate(mb, b, op)
	if (d && rate(ma, a, op)) goal(text ", " op, rate(ma, a, op) / d, wanted)
	else printf "%-64s not measured\n", text ", " op
}

END {
	print "The nested host: rates and exits, one run"
	print ""
	print "  date      " date
	print "  command   " command
	print "  machine   " qemu ", TCG, -icount shift=1,sleep=off, one processor"
	if (commit) print "  patches   commit " commit
	print ""
	print "The clock of the guests counts instructions, of all levels together: 500 million are a"
	print "second. A rate is thus instructions per request, and repeats; it says how much work is"
	print "done, not how long hardware would take. An exit to L0 is one VMRUN of L0; on hardware"
	print "it costs some thousand cycles."
	print ""
	print "  domu      an ordinary PVH guest of L0: the PV devices one level up"
	print "  l1        L1-dom0, PV, on L1-Xen, an HVM guest of L0"
	print "  l1-emulated   the IDE disk and the e1000 of L0's device model, in the same L1-dom0"
	print "  l2        a PV guest of L1-Xen, on that L1-dom0's nested disk and NIC"
	print "  mapped    without persistent grants: pages are granted and mapped, not copied"
	print "  no-tso    TCP cut into packets of 1500 bytes before the driver, not by the backend"
	print "  mode      how L1 grants to L0: mediated by L1-Xen, or direct"
	print ""
	print "Disks are memory of L0-dom0; fio, libaio, 32 requests at a time; 4k random, 128k in"
	print "order. Rates: requests a second, median of three runs; TCP in kbit/s. Per request (for"
	print "TCP: per 64 KiB, start of the program included): exits to L0, hypercalls to L0,"
	print "instructions of all levels, requests of L1-dom0 to L1-Xen for the nested host, grants."
	print ""
	printf "%-9s %-18s %-9s %10s %8s %8s %10s %8s %8s\n", "mode", "what", "operation", "rate",
		"exits", "hyperc.", "instr.", "asked", "grants"
	for (i = 1; i <= n; i++) {
		k = order[i]
		split(k, f, " ")
		printf "%-9s %-18s %-9s %10s %8s %8s %10.0f %8s %8s\n", f[1], f[2], f[3], v[k, 4], v[k, 5],
			v[k, 6], v[k, 7], v[k, 8], v[k, 9]
	}
	print ""
	m = "mediated"
	ratio("nested PV disk / emulated disk", m, "l1-disk", m, "l1-emulated-disk", "4k", 5)
	ratio("nested PV network / emulated NIC", m, "l1-net", m, "l1-emulated-net", "sent", 10)
	ratio("nested PV network / emulated NIC", m, "l1-net", m, "l1-emulated-net", "received", 10)
	for (i = 1; i <= 2; i++) {
		mode = i == 1 ? "mediated" : "direct"
		for (j = 1; j <= 2; j++) {
			d = j == 1 ? "disk" : "disk-mapped"
			ratio("L1-dom0 / domU one level up, " d ", " mode, mode, "l1-" d, m, "domu-" d, "4k", 0.5)
			ratio("L1-dom0 / domU one level up, " d ", " mode, mode, "l1-" d, m, "domu-" d, "128k", 0.8)
			ratio("L2 / L1-dom0, " d ", " mode, mode, "l2-" d, mode, "l1-" d, "128k", 0.8)
		}
	}
	for (j = 1; j <= 2; j++) {
		d = j == 1 ? "disk" : "disk-mapped"
		if (rate("direct", "l1-" d, "4k"))
			goal("exits a 4k request more than one level up, " d ", direct",
			     exits("direct", "l1-" d, "4k") - exits(m, "domu-" d, "4k"), -1)
	}
	print ""
	cost("mediated", "a grant, published and ended by a request for many")
	cost("unbatched", "the same with a request for each")
	exit missed
}
