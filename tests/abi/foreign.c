// SPDX-License-Identifier: GPL-2.0
/*
 * Grants of another L0 domain, mapped and copied: two of us are booted, each in
 * an L1 of its own, one to grant and one to map.  (L0 moves the page when a
 * domain maps a grant of its own.)  And memory given back to L0 and taken again.
 */
#include "abi.h"

static char page[PAGE_SIZE] __page;
static char local[PAGE_SIZE] __page;
static char window[PAGE_SIZE] __page;
static char given[4][PAGE_SIZE] __page;

static int map(struct xen_nested_gnttab_map *m, unsigned int ref, uint16_t dom,
	       uint16_t flags)
{
	long rc;

	*m = (struct xen_nested_gnttab_map){
		.ref = ref, .l0_domid = dom, .flags = flags, .status = 1,
	};
	rc = nested_op(XEN_NESTEDOP_gnttab_map, m, 1);
	return rc ? rc : m->status;
}

static int unmap(unsigned int handle)
{
	struct xen_nested_gnttab_unmap u = { .handle = handle, .status = 1 };
	long rc = nested_op(XEN_NESTEDOP_gnttab_unmap, &u, 1);

	return rc ? rc : u.status;
}

static int copy(struct xen_nested_gnttab_copy *c)
{
	long rc = nested_op(XEN_NESTEDOP_gnttab_copy, c, 1);

	return rc ? rc : c->status;
}

/*
 * The granter's references, from its first: one page to write, one to read,
 * and many that all name a third.
 */
enum { REF_RW, REF_RO, REF_MANY };
/* Places in the first page */
enum { AT_PATTERN = 77, AT_MAPPER = 78, AT_MAPPED = 4000, AT_ENDED, AT_DONE };

static volatile char *byte(char *p, unsigned int at)
{
	return p + at;
}

/* Until the other end has written something there, five minutes at most. */
static bool wait_byte(char *p, unsigned int at)
{
	for (unsigned int i = 0; i < 30000 && !*byte(p, at); i++)
		sleep_10ms();
	return *byte(p, at);
}

/* The next domain of L0 gets grants from us: it is going to be the mapper. */
void granter(void)
{
	static char many[PAGE_SIZE] __page, readonly[PAGE_SIZE] __page;
	unsigned int first = host.first_grant, bad = 0;
	uint16_t peer = host.l0_domid + 1;

	memset(page, 0, sizeof(page));
	memset(readonly, 0x33, sizeof(readonly));
	*byte(page, AT_PATTERN) = 0x5a;
	expect("grant-rw", publish(first, peer, virt_to_mfn(page), 0), 0);
	expect("grant-ro", publish(first + 1, peer, virt_to_mfn(readonly),
				   XEN_NESTED_GRANT_readonly), 0);
	for (unsigned int r = first + REF_MANY; r < host.max_grants; r++)
		bad += publish(r, peer, virt_to_mfn(many), 0) != 0;
	expect("grant-many", bad, 0);
	print("ready");

	expect("grant-mapped", wait_byte(page, AT_MAPPED), true);
	expect("grant-written", *byte(page, AT_MAPPER), 0x11);
	expect("end-mapped", end(first), -EBUSY);
	*byte(page, AT_ENDED) = 1;
	expect("grant-done", wait_byte(page, AT_DONE), true);
	for (unsigned int i = 0; i < 500; i++)	/* it unmaps */
		sleep_10ms();
	for (unsigned int r = first; r < host.max_grants; r++)
		bad += end(r) != 0;
	expect("end-unmapped", bad, 0);
}

static void test_map(unsigned int first, uint16_t peer)
{
	struct xen_nested_gnttab_map m, again, ro;

	expect("map", map(&m, first, peer, 0), 0);
	expect("map-window", map_mfn(window, m.frame, true), 0);
	expect("map-read", *byte(window, AT_PATTERN), 0x5a);
	*byte(window, AT_MAPPER) = 0x11;
	*byte(window, AT_MAPPED) = 1;
	expect("map-again",
	       map(&again, first, peer, XEN_NESTED_GRANT_readonly), 0);
	expect("unmap-again", unmap(again.handle), 0);
	expect("end-was-refused", wait_byte(window, AT_ENDED), true);

	expect("map-readonly-to-write", map(&ro, first + REF_RO, peer, 0) < 0,
	       true);
	expect("map-readonly", map(&ro, first + REF_RO, peer,
				   XEN_NESTED_GRANT_readonly), 0);
	expect("unmap-readonly", unmap(ro.handle), 0);

	expect("map-no-ref", map(&ro, ~0U, peer, 0), -ENOENT);
	expect("map-no-domain", map(&ro, first, 32000, 0), -ESRCH);
	expect("map-self", map(&ro, first, DOMID_SELF, 0), -EINVAL);
	expect("map-own", map(&ro, first, host.l0_domid, 0), -EINVAL);
	expect("map-flags", map(&ro, first, peer, 2), -EINVAL);

	unmap_page(window);
	expect("unmap", unmap(m.handle), 0);
	expect("unmap-twice", unmap(m.handle), -ENOENT);
	expect("unmap-huge", unmap(~0U), -EINVAL);
}

static void test_copy(unsigned int first, uint16_t peer)
{
	struct xen_nested_gnttab_copy c = {
		.ref = first + REF_RO, .l0_domid = peer,
		.frame = virt_to_mfn(local), .ref_offset = 8,
		.frame_offset = 16, .len = 32, .status = 1,
	}, bad;

	memset(local, 0x44, sizeof(local));
	expect("copy-from", copy(&c), 0);
	expect("copy-from-before", *byte(local, 15), 0x44);
	expect("copy-from-first", *byte(local, 16), 0x33);
	expect("copy-from-last", *byte(local, 47), 0x33);
	expect("copy-from-after", *byte(local, 48), 0x44);

	c.flags = XEN_NESTED_COPY_to_grant;
	expect("copy-to-readonly", copy(&c) < 0, true);
	c.ref = first + REF_MANY;
	memset(local, 0x55, sizeof(local));
	expect("copy-to", copy(&c), 0);
	c.flags = 0;
	c.frame_offset = 100;
	memset(local, 0, sizeof(local));
	expect("copy-back", copy(&c), 0);
	expect("copy-back-data", *byte(local, 131), 0x55);

	bad = c;
	bad.ref_offset = 4090;
	expect("copy-cross-ref", copy(&bad), -EINVAL);
	bad = c;
	bad.len = 4090;
	expect("copy-cross-frame", copy(&bad), -EINVAL);
	bad = c;
	bad.flags = 4;
	expect("copy-flags", copy(&bad), -EINVAL);
	bad = c;
	bad.frame = 0x200;
	expect("copy-not-ours", copy(&bad), -EPERM);
	bad.frame = virt_to_mfn((void *)start_info->pt_base);
	expect("copy-to-page-table", copy(&bad), -EACCES);
	bad = c;
	bad.ref = ~0U;
	expect("copy-no-grant", copy(&bad) < 0, true);
}

/* As many as there are handles, twice. */
static void test_exhausted(unsigned int first, uint16_t peer)
{
	static unsigned int handles[65536];
	struct xen_nested_gnttab_map m;
	unsigned int got[2], bad = 0;

	for (unsigned int round = 0; round < 2; round++) {
		unsigned int n = 0;
		int rc = 0;

		while (n < host.max_grants - first - REF_MANY) {
			rc = map(&m, first + REF_MANY + n, peer, 0);
			if (rc)
				break;
			handles[n++] = m.handle;
		}
		if (!round)
			expect("map-exhausted", rc, -ENOSPC);
		got[round] = n;
		while (n)
			bad += unmap(handles[--n]) != 0;
	}
	print("info %u maps", got[0]);
	expect("maps-given-back", got[1], got[0]);
	expect("maps-all-unmapped", bad, 0);
}

/* The domain before us on L0 is the granter. */
void mapper(void)
{
	unsigned int first = host.first_grant;
	uint16_t peer = host.l0_domid - 1;
	struct xen_nested_gnttab_map m;

	test_map(first, peer);
	test_copy(first, peer);
	test_exhausted(first, peer);

	expect("map-to-tell", map(&m, first, peer, 0), 0);
	map_mfn(window, m.frame, true);
	*byte(window, AT_DONE) = 1;
	unmap_page(window);
	expect("unmap-told", unmap(m.handle), 0);
}

static int memory(unsigned int cmd, struct xen_nested_memory *m)
{
	long rc;

	m->status = 1;
	rc = nested_op(cmd, m, 1);
	return rc ? rc : m->status;
}

void test_memory(void)
{
	struct xen_nested_memory m = { .pad = 0 }, all[4] = { { .pad = 0 } };
	unsigned int bad = 0;

	if (!(host.features & XEN_NESTED_FEAT_memory)) {
		skip("memory", "not offered");
		return;
	}

	expect("reclaim-nothing", memory(XEN_NESTEDOP_memory_reclaim, &m),
	       -ENOENT);
	m.frame = virt_to_mfn(given[0]);
	expect("release-mapped", memory(XEN_NESTEDOP_memory_release, &m),
	       -EBUSY);
	m.frame = start_info->shared_info / PAGE_SIZE;
	expect("release-shared-info", memory(XEN_NESTEDOP_memory_release, &m),
	       -EBUSY);
	m.frame = 0x200;
	expect("release-not-ours", memory(XEN_NESTEDOP_memory_release, &m),
	       -EPERM);
	m.frame = ~0ULL;
	expect("release-no-frame", memory(XEN_NESTEDOP_memory_release, &m),
	       -EINVAL);

	for (unsigned int i = 0; i < 4; i++) {
		all[i].frame = virt_to_mfn(given[i]);
		unmap_page(given[i]);
	}
	publish(host.first_grant, 0, all[0].frame, 0);
	m = all[0];
	if (host.features & XEN_NESTED_FEAT_grant_mediated)
		expect("release-published",
		       memory(XEN_NESTEDOP_memory_release, &m), -EBUSY);
	end(host.first_grant);

	expect("release", nested_op(XEN_NESTEDOP_memory_release, all, 4), 0);
	for (unsigned int i = 0; i < 4; i++)
		bad += all[i].status != 0;
	expect("release-status", bad, 0);
	m = all[0];
	expect("release-twice", memory(XEN_NESTEDOP_memory_release, &m),
	       -EPERM);
	expect("map-released", map_mfn(window, all[0].frame, true) < 0, true);

	expect("reclaim", nested_op(XEN_NESTEDOP_memory_reclaim, all, 4), 0);
	for (unsigned int i = 0; i < 4; i++) {
		bad += all[i].status != 0;
		bad += map_mfn(given[i], all[i].frame, true) != 0;
		memset(given[i], 0x70 + i, PAGE_SIZE);
	}
	for (unsigned int i = 0; i < 4; i++)
		bad += *(volatile char *)&given[i][99] != 0x70 + (int)i;
	expect("reclaim-status", bad, 0);
	expect("reclaim-all", memory(XEN_NESTEDOP_memory_reclaim, &m),
	       -ENOENT);
}
