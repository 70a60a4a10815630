# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What a dom0, at either level, has open: counted before and after something is killed.
# Sourced after lib.sh.

ports() { lsevtchn 0 | wc -l; }
vifs() { find /sys/class/net/ -name 'vif*' | wc -l; }
loops() { losetup -a | wc -l; }
backends() { xenstore-ls /local/domain/0/backend 2>/dev/null | grep -c frontend-id; }
free_mb() { xl info | sed -n 's/^free_memory *: //p'; }
domains() { xl list | tail -n +2 | wc -l; }

# key KEY: what Xen prints for a debug key
key() {
	xl dmesg -c > /dev/null
	xl debug-keys "$1"
	xl dmesg -c
}
# entries of all grant tables that are mapped or pinned, by Xen's own count
grants() { key g | grep -c '(XEN) *\[0x'; }
# counts: all of it but the memory on one line; is COUNTS: is it the same now?
counts() { echo "vifs $(vifs) loops $(loops) backends $(backends) domains $(domains) ports $(ports) grants $(grants)"; }
same() { [ "$(counts)" = "$1" ]; }
# memory_is MB: free memory of the Xen below, but for a megabyte that pages in use split
memory_is() { _f=$(free_mb); [ "$_f" -ge $(($1 - 1)) ] && [ "$_f" -le $(($1 + 1)) ]; }

# nothing_left NAME COUNTS MB: two results, with the figures
nothing_left() {
	if within 100 same "$2"; then ok "$1-nothing-left"; else nok "$1-nothing-left: $(counts), before $2"; fi
	if within 60 memory_is "$3"; then ok "$1-memory-back"; else nok "$1-memory-back: $(free_mb) MB free, before $3"; fi
	info "$1: $(counts), free $(free_mb) MB; before $2, $3 MB"
}

# said_n NAME PATTERN N: at least N times
said_n() { [ "$(grep -c "@xh $1 $2" "/var/log/xen/console/guest-$1.log")" -ge "$3" ]; }
