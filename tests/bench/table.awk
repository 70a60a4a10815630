# SPDX-License-Identifier: GPL-2.0
# bench/direct.tsv as a table to read: awk -F'\t' -f table.awk -v date= ... REASONS TSV
# REASONS: DOMU OPERATION WHERE, then why the ratio is above 1.01 (DOMU may be *).
# Exit status 1 if one is and there is no reason. What the whole kernel executes around
# packets moves too much from boot to boot to judge one boot by it.

BEGIN {
	print "Instructions per operation on the direct host, patched kernel against plain"
	print ""
	print "  date      " date
	print "  command   " command
	print "  machine   " qemu ", TCG, -icount shift=0, one processor"
	if (commit) print "  patches   commit " commit
	print "  kernel    Linux " linux ", scripts/config/base.config, gcc " gcc
	print ""
	print "PV code: drivers/xen, blkfront, blkback, netfront, netback, and grant-table.c, p2m.c,"
	print "the hypercall page and the hosts of arch/x86/xen. Kernel: all the guest's kernel"
	print "executes meanwhile, timers and scheduler too. Median of nine windows in one boot."
	print "Started instructions are counted, a static key's NOP as well. From boot to boot the"
	print "PV code's figures repeat within 1 %, most of them exactly; the kernel's for packets"
	print "move by some per cent, with timers, scheduler and page allocator, and are not judged."
	print ""
	print "  grant-end         gnttab_grant_foreign_access, try_end_foreign_access"
	print "  claim-grant-end   claim, grant_foreign_access_ref, end_foreign_access_ref, release"
	print "  send-evtchn, -irq notify_remote_via_evtchn, notify_remote_via_irq"
	print "  map-unmap-32      gnttab_map_refs, gnttab_unmap_refs of 32 grants"
	print "  read-4k           a read of 4 KiB, blkfront to blkback on a RAM disk, persistent grants"
	print "  read-4k-mapped    the same without persistent grants"
	print "  packet-sent       a frame of 1 KiB, netfront to netback (domU sends)"
	print "  packet-received   the same, netback to netfront (domU receives)"
	print ""
	printf "%-5s %-16s %-12s %10s %10s %7s\n", "domU", "operation", "where", "plain", "patched", "ratio"
	if (ARGC > 1) reasons = ARGV[1]
}
FILENAME == reasons {
	if (/^[^#]/) {
		split($0, r, " ")
		text = $0
		sub(/^[^ ]+ +[^ ]+ +[^ ]+ +/, "", text)
		why[r[1] " " r[2] " " r[3]] = text
	}
	next
}
FNR == 1 { next }
$3 == "xen" { next }
{
	note = ""
	if ($6 > 1.01 && $2 $3 !~ /^packet.*kernel$/) {
		k = $1 " " $2 " " $3
		if (!(k in why)) k = "* " $2 " " $3
		if (k in why) {
			if (!(why[k] in number)) { number[why[k]] = ++notes; list[notes] = why[k] }
			note = " [" number[why[k]] "]"
		} else {
			note = " NO REASON GIVEN"
			bad = 1
		}
	}
	place = $3
	sub(/-pv$/, " PV code", place)
	sub(/-kernel$/, " kernel", place)
	printf "%-5s %-16s %-12s %10.1f %10.1f %7.3f%s\n", $1, $2, place, $4, $5, $6, note
}
END {
	if (notes) print ""
	for (i = 1; i <= notes; i++) wrap("[" i "] " list[i])
	exit bad
}

function wrap(text,    n, i, words, l) {
	n = split(text, words, " ")
	l = words[1]
	for (i = 2; i <= n; i++) {
		if (length(l) + length(words[i]) > 86) {
			print l
			l = "   "
		}
		l = l " " words[i]
	}
	print l
}
