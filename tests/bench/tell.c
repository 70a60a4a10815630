// SPDX-License-Identifier: GPL-2.0
/*
 * Open or close a window of the plugin that counts exits (exits.c), from a program at
 * any level:
 *
 *	tell open
 *	tell close NAME
 */
#include <stdio.h>
#include <string.h>

#include "mark.h"

static char sink;

/* MARK_STORE, byte by byte, so that the encoding is this one */
static __attribute__((noinline)) void tell(char c)
{
	asm volatile(".byte 0x88, 0x87; .long %c2"
		     : : "a" (c), "D" ((unsigned long)&sink - MARK_DISP), "i" (MARK_DISP)
		     : "memory");
}

int main(int argc, char **argv)
{
	const char *p;

	if (argc == 2 && !strcmp(argv[1], "open")) {
		tell(MARK_OPEN);
		return 0;
	}
	if (argc != 3 || strcmp(argv[1], "close")) {
		fprintf(stderr, "usage: tell open, tell close NAME\n");
		return 1;
	}
	for (p = argv[2]; *p; p++)
		tell(*p);
	tell('\n');
	tell(MARK_CLOSE);
	return 0;
}
