// SPDX-License-Identifier: GPL-2.0
/* Requests at random, with an L0 that fails and interrupts now and then. */
#include "test.h"

static uint64_t random_state = 88172645463325252;

static uint32_t rnd(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 20;
}

static uint32_t word(void)
{
	static const uint32_t edges[] = {
		0, 1, 7, 8, 1023, 1024, 4095, 4096, 0x7ff0, 0x7fffffff, ~0U,
	};

	switch (rnd() % 4) {
	case 0:
		return rnd();
	case 1:
		return edges[rnd() % ARRAY_SIZE(edges)];
	case 2:
		return FIRST_MFN + rnd() % 8;
	default:
		return rnd() % 40;
	}
}

/* L0 begins or ceases to use some valid entry. */
static void l0_uses(void)
{
	grant_entry_v1_t *e = &l0_table[rnd() % 64];

	if (e->flags & GTF_permit_access)
		e->flags ^= GTF_reading;
}

static long request(unsigned int cmd, uint32_t *buf, unsigned int count)
{
	XEN_GUEST_HANDLE_PARAM(void) arg = { buf };

	if (cmd == XEN_NESTEDOP_reset)
		arg.p = (void *)(rnd() % 2 ? 0UL : word());

	for (unsigned int i = 0; i < 64; i++)
		buf[i] = word();
	if (rnd() % 8)
		switch (cmd) {
		case XEN_NESTEDOP_gnttab_publish:
		case XEN_NESTEDOP_gnttab_map:
		case XEN_NESTEDOP_gnttab_copy:
			buf[0] = rnd() % 64;
			buf[1] = rnd() % 2 << 16;
			buf[3] = 0;
			break;
		case XEN_NESTEDOP_memory_release:
			buf[1] = 0;
			break;
		case XEN_NESTEDOP_gnttab_end:
		case XEN_NESTEDOP_gnttab_unmap:
			buf[0] = rnd() % 64;
			break;
		}
	return do_nested_op(XEN_NESTED_CMD(rnd() % 32 ? 1 : word(), cmd), arg,
			    count);
}

static void give_back(void)
{
	other_dom.is_dying = DOMDYING_dying;
	while (nested_domain_destroy(&other_dom) == -ERESTART)
		;
	other_dom.is_dying = 0;
}

/* A million requests, right, nearly right and wrong, with failures of L0. */
void test_random(void)
{
	struct vcpu v = { .domain = &owner_dom };
	unsigned int accepted = 0, refused = 0, bad = 0;

	current = &v;
	preempt = true;
	for (unsigned int i = 0; i < 1000000; i++) {
		unsigned int cmd = rnd() % 20, count = 1;
		uint32_t *buf = (uint32_t *)guest_memory;
		long rc;

		if (!(rnd() % 64))	/* the last page: it runs out of memory */
			buf = (uint32_t *)(guest_memory + sizeof(guest_memory) -
					   256);
		if (!(rnd() % 8))
			count = rnd() % 30;
		if (!(rnd() % 64))
			count = word();
		if (!(rnd() % 4))
			l0_uses();
		map_allowed = rnd() % 2;
		map_writable = rnd() % 2;
		calls = 0;
		fail_at = rnd() % 4 ? 0 : 1 + rnd() % 4;
		v.domain = rnd() % 16 ? &owner_dom : &other_dom;
		rc = request(cmd, buf, count);
		if (v.domain != &owner_dom)
			bad += rc != -EPERM;
		else if (!owns(&owner_dom))	/* it gave it away: take it */
			give_back();
		rc ? refused++ : accepted++;
	}
	fail_at = 0;
	preempt = false;
	printf("# %u accepted, %u refused\n", accepted, refused);
	expect("random-others-refused", bad, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(l0_table); i++)
		l0_table[i].flags &= ~GTF_reading;
	nested_evtchn_release(&owner_dom);
	nested_map_release();
	expect("random-release", release(), 0);
	sweeps();
	for (unsigned int i = 8; i < ARRAY_SIZE(l0_table); i++)
		bad += l0_table[i].flags != 0;
	expect("random-entries-left", bad, 0);
	expect("random-refs-left", page_refs(), 0);
	expect("random-ports-left", open_ports() + l0_open_ports(), 0);
	expect("random-maps-left", l0_open_maps() + nested_map_count(), 0);
	bad = nested_memory_count();
	for (unsigned int i = 0; i < NR_PAGES; i++)
		bad -= i != NOBODYS && i < 7 && !pages[i].owner;
	expect("random-memory-accounted", bad, 0);
}
