// SPDX-License-Identifier: GPL-2.0
/*
 * A KVM guest of the local host that sends garbage on every hypercall: its
 * number, its parameters, and what they point to.  Then it checks that what it
 * is told of its own is still right, and that its answers were answers.
 */
#include <stdbool.h>
#include <stdint.h>

#define ROUNDS		200000
#define NR_CALLS	64

#define MEMORY_OP	12
#define CONSOLE_IO	18
#define GRANT_TABLE_OP	20
#define SCHED_OP	29
#define EVENT_CHANNEL_OP 32
#define HVM_OP		34

#define ENOSYS		38
#define MAX_ERRNO	4095

static uint64_t scratch[512] __attribute__((aligned(4096)));
static uint64_t state = 88172645463325252;

static long hypercall(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	register uint64_t r10 asm("r10") = d;
	long ret;

	asm volatile("vmmcall"
		     : "=a" (ret), "+D" (a), "+S" (b), "+d" (c), "+r" (r10)
		     : "0" (nr) : "memory", "rcx", "r8", "r9", "r11");
	return ret;
}

static void print(const char *s)
{
	unsigned int n = 0;

	while (s[n])
		n++;
	hypercall(CONSOLE_IO, 0, n, (uintptr_t)s, 0);
}

static void result(bool ok, const char *name)
{
	print(ok ? "@xh garbage ok " : "@xh garbage nok ");
	print(name);
	print("\n");
}

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t word(void)
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
