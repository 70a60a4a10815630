/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bench module: does an operation many times between two marks that the
 * plugin (count.c) sees.  The same source is built for both kernels.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

/**
 * struct bench - a thing to measure
 * @name: how the command and the result call it
 * @nr: operations in a window
 * @quiet: interrupts are off while a window is open
 * @set_up: make ready; @arg is the rest of the command
 * @run: do it @nr times
 * @tear_down: undo @set_up
 */
struct bench {
	const char *name;
	unsigned int nr;
	bool quiet;
	int (*set_up)(const char *arg);
	int (*run)(unsigned int nr);
	void (*tear_down)(void);
};

extern const struct bench bench_core[], bench_io[];

#endif /* TESTS_BENCH_BENCH_H */
