/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the bench module (xhbench.c) talks to the QEMU plugin (count.c): by
 * instructions that do nothing else and that no compiler makes, at any level of
 * guests and without a hypervisor in between.
 *
 * A byte is told by storing it, with MARK_STORE; a page of the guest's text is
 * shown by loading from it, with MARK_LOAD.  The bytes make lines:
 *
 *	guest NAME	the pages shown from here on belong to NAME
 *	op NAME N	what the next windows measure, and the operations in each
 *
 * and two bytes that stand alone open and close a window.
 */
#ifndef TESTS_BENCH_MARK_H
#define TESTS_BENCH_MARK_H

#define MARK_DISP	0x58484201

/* mov %al, MARK_DISP(%rdi); mov MARK_DISP(%rdi), %al */
#define MARK_STORE	{ 0x88, 0x87, 0x01, 0x42, 0x48, 0x58 }
#define MARK_LOAD	{ 0x8a, 0x87, 0x01, 0x42, 0x48, 0x58 }

#define MARK_OPEN	1
#define MARK_CLOSE	2

#endif /* TESTS_BENCH_MARK_H */
