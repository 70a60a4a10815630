# SPDX-License-Identifier: GPL-2.0
# bench/local.tsv as a text to read: awk -F'\t' -f local-table.awk -v date= ... TSV
# Exit status 1 if a goal is missed.

NR == 1 { next }
{
	k = $1 " " $2
	order[++n] = k
	for (i = 3; i <= 9; i++) v[k, i] = $i
}

# goal A B OPERATION WANTED: rate of A at least so many times that of B
function goal(a, b, op, wanted,    r, ok) {
	text = a " / " b ", " op
	if (v[a " " op, 3] + 0 == 0 || v[b " " op, 3] + 0 == 0) {
		printf "%-44s not measured\n", text
		missed = 1
		return
	}
	r = v[a " " op, 3] / v[b " " op, 3]
	ok = r >= wanted
	printf "%-44s %6.2f  >= %.2f  %s\n", text, r, wanted, ok ? "met" : "MISSED"
	if (!ok) missed = 1
}

# how often the data are copied
function copies(k,    f, bytes) {
	split(k, f, " ")
	bytes = f[2] ~ /^4k/ ? 4096 : f[2] ~ /^128k/ ? 131072 : 65536
	return v[k, 7] == "-" ? "-" : sprintf("%.2f", v[k, 7] / bytes)
}

function whole(x) { return x == "-" ? x : sprintf("%.0f", x) }

END {
	print "The local host: disk and network of a KVM guest, one run"
	print ""
	print "  date      " date
	print "  command   " command
	print "  machine   " qemu ", TCG with SVM, -icount shift=1,sleep=off, one processor"
	if (commit) print "  patches   commit " commit
	if (again) print "  stopped   boots that went no further, after which another did the rest: " again
	print ""
	print "The clock counts instructions, of all levels together: 500 million are a second. A rate"
	print "is thus instructions per request, and repeats; it says how much work is done, not how long"
	print "hardware would take. There an exit costs some thousand cycles beside."
	print ""
	print "  local     blkback and netback of the host kernel, in a guest of xen-kvm-guest"
	print "  local-persistent  the same with persistent grants: data are copied, pages stay mapped"
	print "  virtio    QEMU's virtio-blk-pci (cache=none, aio=native) and virtio-net-pci (tap), in user space"
	print "  vhost     virtio-net-pci by vhost-net, in the host kernel"
	print "  qemu-xen  QEMU's own Xen (xen-version=): xen-disk and xen-net-device, in user space"
	print ""
	print "One kernel image for host and guests; the guest has one vcpu and 256 MiB; disks are"
	print "memory of the host kernel (brd). fio, libaio, 32 requests at a time; 4k random, 128k in"
	print "order. Rates: requests a second, median of the runs; TCP (iperf3 to and from the host, by"
	print "a bridge) in kbit/s. Per request (for TCP: per 64 KiB, start of the program included):"
	print "exits of the guest (VMRUNs); instructions of all levels; of them those of the host, the"
	print "guest's left out, and those that are no part of copying; copies of the data by the two"
	print "kernels: bytes stored by memcpy(), memmove(), copy_page(), rep movsq, through"
	print "the bytes of the request. brd copies all data once, programs' sockets twice."
	print ""
	printf "%-16s %-11s %8s %7s %8s %8s %9s %7s\n", "what", "operation", "rate", "exits", "instr.", "of host",
		"not copy.", "copies"
	for (i = 1; i <= n; i++) {
		k = order[i]
		split(k, f, " ")
		printf "%-16s %-11s %8s %7s %8s %8s %9s %7s\n", f[1], f[2], v[k, 3], v[k, 4], whole(v[k, 6]),
			whole(v[k, 8]), whole(v[k, 9]), copies(k)
	}
	print ""
	split("4k 4k-write 128k 128k-write", ops, " ")
	for (j = 1; j <= 4; j++) goal("local", "virtio", ops[j], 2)
	for (j = 1; j <= 4; j++) goal("local", "qemu-xen", ops[j], 2)
	split("sent received", ops, " ")
	for (j = 1; j <= 2; j++) {
		goal("local", "virtio", ops[j], 2)
		goal("local", "qemu-xen", ops[j], 2)
		goal("local", "vhost", ops[j], 0.9)
	}
	print ""
	exit missed
}
