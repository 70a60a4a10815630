#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: Linux's copy of the nested host's ABI has the numbers, and the structures the
# layout, of Xen's public header. Needs: the Xen source. Takes: a second.

. "$(dirname "$0")/lib.sh"
plan 3

XEN=${XEN_SRC:-$BUILD/xen}/xen/include/public
[[ -e $XEN/xen.h ]] || bail "no Xen source: run make tree"

# What the kernel's header includes, as far as it matters here
mkdir -p "$TMP"/{linux,xen/interface}
echo '#define BIT(n) (1U << (n))' > "$TMP/linux/bits.h"
echo '#define static_assert(...) _Static_assert(__VA_ARGS__, "")' > "$TMP/linux/build_bug.h"
echo 'typedef uint64_t u64; typedef uint32_t u32; typedef int32_t s32; typedef uint16_t u16;' > "$TMP/linux/types.h"
: > "$TMP/xen/interface/xen.h"
echo 'typedef uint32_t evtchn_port_t;' > "$TMP/xen/interface/event_channel.h"

# ask NAME OPTION...: print each number and each field of the kernel's header
ask() {
	local name=$1
	shift
	{
		printf '#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include "%s"\nint main(void)\n{\n' "$HEADER"
		sed -nE 's/^#define (XEN_NESTED[A-Za-z0-9_]+)[[:space:]].*/	printf("\1 %lu\\n", (unsigned long)\1);/p' include/xen/interface/nested.h
		awk '/^struct xen_nested/ { s = $2; printf "\tprintf(\"%s %%zu\\n\", sizeof(struct %s));\n", s, s; next }
			/^}/ { s = "" }
			s && /;/ { f = $2; sub(/;.*/, "", f)
				printf "\tprintf(\"%s.%s %%zu+%%zu\\n\", offsetof(struct %s, %s), sizeof(((struct %s *)0)->%s));\n", s, f, s, f, s, f }' \
			include/xen/interface/nested.h
		printf '}\n'
	} > "$TMP/$name.c"
	gcc -Wall -Werror "$@" -o "$TMP/$name.bin" "$TMP/$name.c" && "$TMP/$name.bin" > "$TMP/$name.out"
}
HEADER=$PWD/include/xen/interface/nested.h try "Linux's header compiles" ask linux -iquote "$TMP" -I"$TMP"
HEADER=$PWD/xen/include/public/nested.h try "Xen's header has all that Linux's has" ask xen -iquote "$XEN" -D__XEN_INTERFACE_VERSION__=0x00041200
agree() { [[ $(wc -l < "$TMP/linux.out") -gt 60 ]] && diff "$TMP/linux.out" "$TMP/xen.out"; }
try "numbers and layouts agree" agree
