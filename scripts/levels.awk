# SPDX-License-Identifier: GPL-2.0
# The picture of the nested scenario: a column for each device of L1, from the backend in
# L0-dom0 down to the frontend of the L2. Reads lines of report_links (tests/guest/io.sh),
# the guest's name first; what was not reported is shown as "?".

$4 == "back" && $1 == "l0" { split($5, p, "-"); l0[p[1] p[3]] = $5; node0[p[1] p[3]] = $6; on0[p[1] p[3]] = $7 }
$4 == "front" && $1 == "l1" && $5 ~ /^nested-/ {
	split($5, p, "-"); key = p[2] p[3]
	if (!(key in l1)) { col[++n] = key }
	l1[key] = $5; node1[key] = $6
}
$4 == "back" && $1 == "l1" {
	split($5, p, "-")
	b = p[1] p[3]; back[b] = $5; over[b] = p[1] == "vbd" ? $6 : $7; vif[b] = $6
}
$4 == "front" && $1 == "l2" { split($5, p, "-"); l2[p[1] p[2]] = $5; node2[p[1] p[2]] = $6 }

function or_(s) { return s == "" ? "?" : s }
function row(label, a,    i, s) {
	s = sprintf("  %-18s", label)
	for (i = 1; i <= n; i++) s = s sprintf(" %-23s", a[i])
	sub(/ +$/, "", s)
	print s
}
function level(name,    i, s) {
	s = "  " name " "
	while (length(s) < 21) s = s "-"
	for (i = 1; i <= n; i++) {
		s = s "----|"
		while (length(s) < 21 + i * 24) s = s "-"
	}
	print substr(s, 1, 21 + n * 24 - 16)
}
function bar(    i) { for (i = 1; i <= n; i++) c[i] = "    |"; row("", c) }

END {
	if (!n) { print "  L1-dom0 reported no device of L0"; exit }
	# the L2 device behind each L0 device: by the disk that L1's backend serves, or the only vif
	for (b in back)
		for (i = 1; i <= n; i++)
			if (over[b] == node1[col[i]] || (col[i] ~ /^vif/ && b ~ /^vif/)) down[i] = b
	for (i = 1; i <= n; i++) c[i] = col[i] ~ /^vif/ ? "network" : "disk"
	row("", c)
	for (i = 1; i <= n; i++) c[i] = col[i] ~ /^vif/ ? "bridge " or_(on0[col[i]]) : "/dev/" or_(node0[col[i]])
	row("L0-dom0", c)
	for (i = 1; i <= n; i++) c[i] = or_(l0[col[i]]) (col[i] ~ /^vif/ ? " = " or_(node0[col[i]]) : "")
	row("  backend", c)
	bar(); level("L0: stock Xen"); bar()
	for (i = 1; i <= n; i++) c[i] = or_(l1[col[i]])
	row("L1-dom0  frontend", c)
	for (i = 1; i <= n; i++) c[i] = (col[i] ~ /^vif/ ? "" : "/dev/") or_(node1[col[i]])
	row("  (host nested)", c)
	bar()
	for (i = 1; i <= n; i++) c[i] = col[i] ~ /^vif/ ? "bridge " or_(over[down[i]]) : "the same disk"
	row("  backend", c)
	for (i = 1; i <= n; i++) c[i] = or_(back[down[i]]) (col[i] ~ /^vif/ ? " = " or_(vif[down[i]]) : "")
	row("  (host direct)", c)
	bar(); level("L1-Xen: ours"); bar()
	for (i = 1; i <= n; i++) c[i] = or_(l2[down[i] == "" ? "?" : key2(back[down[i]])])
	row("L2  frontend", c)
	for (i = 1; i <= n; i++) { k = key2(back[down[i]]); c[i] = (k ~ /^vif/ ? "" : "/dev/") or_(node2[k]) }
	row("  (host direct)", c)
}
function key2(dev,    p) { split(dev, p, "-"); return p[1] p[3] }
