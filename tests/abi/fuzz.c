// SPDX-License-Identifier: GPL-2.0
/*
 * Random requests, mostly near what is right, in a fixed order for a seed.
 * What they opened is then closed, and as much as before must be available.
 */
#include "abi.h"

static char scratch[16][PAGE_SIZE] __page;
static uint64_t state;

static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

/* A frame: often one that we may share, never one that we run on. */
static uint64_t frame(void)
{
	switch (next() % 8) {
	case 0:
		return start_info->shared_info / PAGE_SIZE;
	case 1:
		return (uint64_t)next() << 32 | next();
	case 2:
		return next() | 0x40000000;	/* beyond our memory */
	case 3:
		return next() % 256;
	default:
		return virt_to_mfn(scratch[next() % ARRAY_SIZE(scratch)]);
	}
}

static uint32_t word(void)
{
	static const uint32_t edges[] = {
		0, 1, 2, 7, 8, 9, 16, 511, 512, 4095, 4096, 32767, 32768,
		0x7ff0, 0x7ff4, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, ~0U,
	};

	switch (next() % 4) {
	case 0:
		return next();
	case 1:
		return edges[next() % ARRAY_SIZE(edges)];
	case 2:
		return host.l0_domid;
	default:
		return next() % 64;
	}
}

static void make(unsigned int cmd, uint32_t *buf)
{
	for (unsigned int i = 0; i < 16; i++)
		buf[i] = word();
	switch (cmd) {
	case XEN_NESTEDOP_gnttab_copy:
	case XEN_NESTEDOP_gnttab_publish:
	case XEN_NESTEDOP_gnttab_map:
		if (next() % 8)
			buf[1] = host.l0_domid | (next() % 4 ? 0 : 1) << 16;
		memcpy(&buf[2], &(uint64_t){ frame() }, 8);
		break;
	case XEN_NESTEDOP_memory_release:
		memcpy(&buf[0], &(uint64_t){ frame() }, 8);
		break;
	case XEN_NESTEDOP_gnttab_end:
	case XEN_NESTEDOP_gnttab_unmap:
		break;
	}
}

/* Anywhere but where we are. */
static void *nowhere(void)
{
	unsigned long p = word();

	return (void *)(p < 0x1000000 ? p + 0x7f0000000000 : p << 12);
}

static char edge[2][PAGE_SIZE] __page;	/* the second is taken away */

/* Mostly @buf; or memory that ends, perhaps within a structure; or none. */
static void *pointer(uint32_t *buf, bool all)
{
	char *end = edge[1] - next() % 64 * 4;

	if (next() % 32)
		return buf;
	if (!all)
		return nowhere();
	memcpy(end, buf, edge[1] - end);
	return end;
}

void give_back(void)
{
	expect("reset", nested_op(XEN_NESTEDOP_reset, NULL, 0), 0);
	expect("reset-count", nested_op(XEN_NESTEDOP_reset, NULL, 1), -EINVAL);
}

/* Everything there is can still be had, and goes back again. */
static void test_all_left(void)
{
	struct xen_nested_memory m = { .pad = 0 };

	give_back();
	test_ports_exhausted();
	if (host.features & XEN_NESTED_FEAT_grant_mediated)
		test_grant_exhausted();
	while (!nested_op(XEN_NESTEDOP_memory_reclaim, &m, 1) && !m.status)
		;
	if (host.features & XEN_NESTED_FEAT_memory)
		test_memory();
	give_back();
}

static unsigned int request(uint32_t *buf)
{
	unsigned int cmd = next() % 20, count = 1, level = 1;

	/* Now and then only, or little would ever be open. */
	if (cmd == XEN_NESTEDOP_reset)
		cmd = next() % 64 ? XEN_NESTEDOP_gnttab_publish : cmd;
	make(cmd, buf);
	if (cmd == XEN_NESTEDOP_reset && next() % 4)
		count = 0;
	if (!(next() % 16))
		count = next() % 4;
	if (!(next() % 64))
		count = word();
	if (!(next() % 32))
		level = word();
	if (!(next() % 256))
		cmd = word();
	if (cmd == XEN_NESTEDOP_reset)	/* as if it had been interrupted */
		return !nested_cmd(level, cmd, (void *)(next() % 4 ? 0UL : word()), count);
	return !nested_cmd(level, cmd, pointer(buf, next() % 2), count);
}

void fuzz(unsigned int rounds, unsigned int seed)
{
	static uint32_t buf[16384];	/* holds the longest batch */
	unsigned int accepted = 0;

	state = 0x9e3779b97f4a7c15 ^ seed;
	unmap_page(edge[1]);
	for (unsigned int i = 0; i < ARRAY_SIZE(scratch); i++)
		unmap_page(scratch[i]);	/* so that it can be released, too */
	print("info fuzz rounds=%u seed=%u", rounds, seed);
	for (unsigned int i = 0; i < rounds; i++) {
		accepted += request(buf);
		if (i && !(i % 100000))
			print("info fuzz %u", i);
	}
	print("info fuzz accepted %u of %u", accepted, rounds);
	expect("fuzz-accepted", accepted > rounds / 20, true);
	test_all_left();
}
