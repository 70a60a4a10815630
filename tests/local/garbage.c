// SPDX-License-Identifier: GPL-2.0
/*
 * A KVM guest of the local host that sends garbage on every hypercall: its
 * number, its parameters, and what they point to.  Then it checks that what it
 * is told of its own is still right, and that its answers were answers.
 */
#define WHO		"garbage"

#include "guest.h"

#define ROUNDS		200000
#define NR_CALLS	64

#define MAX_ERRNO	4095

static uint64_t scratch[512] __attribute__((aligned(4096)));

/* A parameter: often where we have something, at the end of what is mapped too. */
static uint64_t parameter(void)
{
	switch (next() % 4) {
	case 0:
		return word();
	case 1:
		return (1UL << 30) - next() % 64;
	default:
		return (uintptr_t)scratch + next() % 4096;
	}
}

/* Not the end, no sleep, and no page in the place of those we run on. */
static bool harmless(uint64_t nr, uint64_t cmd)
{
	return (uint32_t)nr != SCHED_OP && (uint32_t)nr != CONSOLE_IO &&
	       !((uint32_t)nr == MEMORY_OP && cmd == 7);
}

static bool garbage(void)
{
	uint64_t nr = next() % 16 ? next() % NR_CALLS : word();
	uint64_t cmd = next() % 8 ? next() % 32 : word();
	unsigned int i;
	long ret;

	if (next() % 2)
		nr = (const uint8_t[]){ GRANT_TABLE_OP, EVENT_CHANNEL_OP,
					HVM_OP, MEMORY_OP }[next() % 4];
	if (!harmless(nr, cmd))
		return true;
	for (i = 0; i < 8; i++)
		scratch[next() % 512] = next() % 2 ? word() << 32 | word() : word();
	ret = hypercall(nr, cmd, parameter(), next() % 4 ? 1 : word(),
			parameter());
	/* a value, or an error that there is */
	return ret >= -MAX_ERRNO && ret <= 1L << 32;
}

static bool is_ours(void)
{
	struct {
		uint16_t dom;
		uint32_t nr_frames;
		uint32_t max_frames;
		int16_t status;
	} size = { .dom = 0x7ff0 };

	return !hypercall(GRANT_TABLE_OP, 6, (uintptr_t)&size, 1, 0) &&
	       !size.status && size.nr_frames == 32 && size.max_frames == 32;
}

/* As many as there are, at most, whatever was opened before; then none. */
static bool ports_end(void)
{
	struct {
		uint16_t dom;
		uint16_t remote;
		uint32_t port;
	} alloc = { .dom = 0x7ff0, .remote = 0 };
	unsigned int n;

	for (n = 0; n < 5000; n++)
		if (hypercall(EVENT_CHANNEL_OP, 6, (uintptr_t)&alloc, 0, 0))
			break;
	return n < 4096;
}

void start_c(void)
{
	uint32_t reason = 0;
	bool good = true;
	unsigned int i;

	print("garbage begins\n");
	for (i = 0; i < ROUNDS; i++)
		good &= garbage();
	result(good, "answers");
	result(is_ours(), "grant-table-size");
	result(hypercall(63, 0, 0, 0, 0) == -ENOSYS, "unknown-call");
	result(hypercall(EVENT_CHANNEL_OP, 4, (uintptr_t)&(uint32_t){ 0 }, 0, 0) < 0,
	       "port-0");
	result(ports_end(), "ports-end");
	print("@xh garbage exit 0\n");
	hypercall(SCHED_OP, 2, (uintptr_t)&reason, 0, 0);
	for (;;)
		asm volatile("hlt");
}
