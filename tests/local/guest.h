/* SPDX-License-Identifier: GPL-2.0 */
/* What guests without an operating system have in common. */
#ifndef TESTS_LOCAL_GUEST_H
#define TESTS_LOCAL_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define MEMORY_OP	12
#define CONSOLE_IO	18
#define GRANT_TABLE_OP	20
#define SCHED_OP	29
#define EVENT_CHANNEL_OP 32
#define HVM_OP		34

#define ENOSYS		38

static uint64_t state = 88172645463325252;

static inline long hypercall(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	register uint64_t r10 asm("r10") = d;
	long ret;

	asm volatile("vmmcall"
		     : "=a" (ret), "+D" (a), "+S" (b), "+d" (c), "+r" (r10)
		     : "0" (nr) : "memory", "rcx", "r8", "r9", "r11");
	return ret;
}

static inline void print(const char *s)
{
	unsigned int n = 0;

	while (s[n])
		n++;
	hypercall(CONSOLE_IO, 0, n, (uintptr_t)s, 0);
}

/* WHO: the guest's name, a string */
#define result(ok, name) result_of(ok, "@xh " WHO, name)
static inline void result_of(bool ok, const char *mark, const char *name)
{
	print(mark);
	print(ok ? " ok " : " nok ");
	print(name);
	print("\n");
}

static inline uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static inline uint64_t word(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 17, 511, 512, 4095, 4096, 0x7ff0, 0x7ff4, 0xffff,
		0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff,
		0xffff800000000000, 0xfffffffffffffff8, ~0UL,
	};

	switch (next() % 4) {
	case 0:
		return next();
	case 1:
		return edges[next() % (sizeof(edges) / sizeof(edges[0]))];
	default:
		return next() % 64;
	}
}

#endif
