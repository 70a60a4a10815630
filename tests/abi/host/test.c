// SPDX-License-Identifier: GPL-2.0
/* The nested host's own files against mock.c; prints TAP. */
#include "mock.h"

#include "test.h"

static unsigned int number;

void expect(const char *name, long got, long want)
{
	printf("%sok %u - %s", got == want ? "" : "not ", ++number, name);
	printf(got == want ? "\n" : ": %ld, expected %ld\n", got, want);
}

int nested_frame_permit(struct domain *d, mfn_t mfn)
{
	(void)mfn;
	return d == &owner_dom ? 0 : -EPERM;
}

int publish(unsigned int ref, uint64_t frame, unsigned int flags)
{
	struct xen_nested_gnttab_publish op = {
		.ref = ref, .frame = frame, .flags = flags,
	};

	return nested_grant_publish(&owner_dom, &op);
}

int end(unsigned int ref)
{
	struct xen_nested_gnttab_end op = { .ref = ref };

	return nested_grant_end(&op);
}

int release(void)
{
	unsigned int next = 0;

	return nested_grant_release(&owner_dom, &next);
}

unsigned int revoked;
int nested_frames_revoke(struct domain *d)
{
	unsigned int published, retired;

	/* before the next owner comes, and when the last one has nothing left */
	nested_grant_count(NULL, &published, &retired);
	assert(d == &owner_dom && !owns(d) && !published);
	revoked++;
	return 0;
}

static void set_up(void)
{
	struct domain *const owners[] = {
		[OWN] = &owner_dom, [TABLE] = &owner_dom,
		[SPECIAL] = &owner_dom, [OTHERS] = &other_dom,
		[IO] = &io_dom, [XEN] = &xen_dom, [NOBODYS] = NULL,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(owners); i++)
		pages[i].owner = owners[i];
	pages[TABLE].page_table = true;
	pages[SPECIAL].special = true;
	other_dom.domain_id = 5;
	owner_dom.hardware = true;
	expect("evtchn-init", nested_evtchn_init(), 0);
	expect("map-init", nested_map_init(), 0);
	l0_table[8].flags = GTF_permit_access | GTF_reading; /* of a loader */
	l0_table[9].flags = GTF_permit_access;
	expect("grant-init", nested_grant_init(false), 0);
	expect("grant-max", nested_grant_max(), NR_FRAMES * 512);
}

static void test_rights(void)
{
	static const struct {
		const char *name;
		unsigned int page;
		bool allowed, writable;
		int rw, ro;
	} t[] = {
		{ "own", OWN, false, false, 0, 0 },
		{ "page-table", TABLE, false, false, -EACCES, 0 },
		{ "special", SPECIAL, false, false, -EACCES, -EACCES },
		{ "others", OTHERS, false, false, -EPERM, -EPERM },
		{ "others-mapped-ro", OTHERS, true, false, -EPERM, 0 },
		{ "others-mapped-rw", OTHERS, true, true, 0, 0 },
		{ "io", IO, false, false, -EPERM, -EPERM },
		{ "io-mapped", IO, true, true, -EACCES, -EACCES },
		{ "xen", XEN, true, true, -EACCES, -EACCES },
		{ "nobodys", NOBODYS, true, true, -EACCES, -EACCES },
		{ "no-memory", NR_PAGES, false, false, -EPERM, -EPERM },
		{ "zero", -FIRST_MFN, false, false, -EPERM, -EPERM },
	};
	char name[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		for (unsigned int ro = 0; ro < 2; ro++) {
			int want = ro ? t[i].ro : t[i].rw;

			map_allowed = t[i].allowed;
			map_writable = t[i].writable;
			snprintf(name, sizeof(name), "share-%s-%s", t[i].name,
				 ro ? "ro" : "rw");
			expect(name, publish(20, FIRST_MFN + (int)t[i].page, ro),
			       want);
			snprintf(name, sizeof(name), "end-%s-%s", t[i].name,
				 ro ? "ro" : "rw");
			expect(name, end(20), want ? -ENOENT : 0);
		}
	/* A driver domain shares what it owns, and that only. */
	owner_dom.hardware = false;
	map_allowed = map_writable = true;
	expect("share-driver-domain-own", publish(20, FIRST_MFN + OWN, 0) ?:
	       end(20), 0);
	expect("share-driver-domain-mapped",
	       publish(20, FIRST_MFN + OTHERS, 1), -EPERM);
	expect("share-driver-domain-told", nested_share_own_only(&owner_dom),
	       true);
	owner_dom.hardware = true;
	expect("share-hardware-domain-told", nested_share_own_only(&owner_dom),
	       false);
	expect("share-refs", page_refs(), 0);
	expect("share-dirty", pages[OWN].dirty, true);
	expect("share-huge", publish(20, 1ULL << 32 | FIRST_MFN, 0), -EINVAL);
}

static void test_entry(void)
{
	grant_entry_v1_t *e = &l0_table[600];

	expect("entry-leftover", publish(8, FIRST_MFN, 0), -EBUSY);
	l0_table[8].flags = GTF_permit_access;
	expect("entry-leftover-let-go", publish(8, FIRST_MFN, 0), 0);
	expect("entry-leftover-end", end(8), 0);
	expect("entry-stale-cleared", publish(9, FIRST_MFN, 0) ?: end(9), 0);

	expect("entry-publish", publish(600, FIRST_MFN, 1), 0);
	expect("entry-flags", e->flags, GTF_permit_access | GTF_readonly);
	expect("entry-frame", e->frame, FIRST_MFN);
	expect("entry-twice", publish(600, FIRST_MFN, 0), -EEXIST);
	e->flags |= GTF_reading;
	expect("entry-busy", end(600), -EBUSY);
	expect("entry-busy-kept", page_refs(), 1);
	e->flags &= ~GTF_reading;
	expect("entry-end", end(600), 0);
	expect("entry-cleared", e->flags, 0);
	expect("entry-refs", page_refs(), 0);
	expect("entry-bounds-low", publish(7, FIRST_MFN, 0), -EINVAL);
	expect("entry-bounds-high", publish(NR_FRAMES * 512, FIRST_MFN, 0), -EINVAL);
	expect("entry-end-bounds", end(NR_FRAMES * 512), -EINVAL);
}

/* The owner goes while L0 uses one of two entries. */
static void test_retire(void)
{
	unsigned int published, retired;

	publish(30, FIRST_MFN, 0);
	publish(31, FIRST_MFN, 0);
	l0_table[31].flags |= GTF_writing;
	expect("release", release(), 0);
	nested_grant_count(NULL, &published, &retired);
	expect("release-published", published, 0);
	expect("release-retired", retired, 1);
	expect("release-kept", page_refs(), 2);
	expect("release-end-retired", end(31), -ENOENT);
	expect("release-reuse-free", publish(30, FIRST_MFN, 1) ?: end(30), 0);
	expect("release-reuse-retired", publish(31, FIRST_MFN, 1), -EBUSY);
	l0_table[31].flags &= ~GTF_writing;
	expect("release-let-go", publish(31, FIRST_MFN, 1), 0);
	expect("release-one-ref", page_refs(), 1);
	expect("release-end", end(31), 0);
	expect("release-refs", page_refs(), 0);
}

unsigned int retired_of(const struct domain *d)
{
	unsigned int published, retired;

	nested_grant_count(d, &published, &retired);
	return retired;
}

int alloc(struct xen_nested_evtchn_alloc_unbound *a)
{
	*a = (struct xen_nested_evtchn_alloc_unbound){ .pad = 0 };
	return nested_evtchn_alloc_unbound(&owner_dom, a);
}

static void test_events(void)
{
	struct xen_nested_evtchn_alloc_unbound a;
	struct xen_nested_evtchn_bind_interdomain b = { .pad = 0 };
	struct evtchn *chn;
	evtchn_port_t store, again;

	expect("alloc", alloc(&a), 0);
	chn = &owner_dom.chn[a.port];
	nested_evtchn_upcall(a.l0_port);
	expect("upcall", chn->pending, 1);
	nested_evtchn_upcall(a.l0_port + 1);
	nested_evtchn_upcall(~0U);
	expect("upcall-others", chn->pending, 1);
	expect("bind-vcpu", evtchn_bind_vcpu(a.port, 2), 0);
	shinfo.evtchn_pending[0] = ~0UL;
	cpu_notifier->notifier_call(cpu_notifier, CPU_DEAD, (void *)2L);
	expect("cpu-gone-made-up", chn->pending, 2);
	expect("cpu-gone-l0-clear",
	       shinfo.evtchn_pending[0] >> a.l0_port & 1, 0);
	evtchn_close(&owner_dom, a.port, true);
	expect("close-masked", shinfo.evtchn_mask[0] >> a.l0_port & 1, 1);
	expect("close-l0", l0_open_ports(), 0);
	nested_evtchn_upcall(a.l0_port);
	expect("upcall-closed", chn->pending, 2);

	expect("bind", nested_evtchn_bind_interdomain(&owner_dom, &b), 0);
	expect("bind-first-event", owner_dom.chn[b.port].pending, 1);
	evtchn_close(&owner_dom, b.port, true);

	/* Ports 1 and 2 are L0's own, for store and console. */
	expect("store", nested_evtchn_special(&owner_dom, 1, &store), 0);
	expect("store-again", nested_evtchn_special(&owner_dom, 1, &again), 0);
	expect("store-same", again, store);
	/* Nobody gets a second channel for it, nor takes it from the first. */
	expect("store-second", evtchn_bind_nested(&owner_dom, 1), -EBUSY);
	expect("store-other", nested_evtchn_special(&other_dom, 1, &again),
	       -EBUSY);
	owner_dom.chn[NR_PORTS - 1] = (struct evtchn){
		.port = NR_PORTS - 1, .u.nested.l0_port = 1,
	};
	nested_evtchn_detach(&owner_dom.chn[NR_PORTS - 1]);
	owner_dom.chn[store].pending = 0;
	nested_evtchn_upcall(1);
	expect("store-not-detached", owner_dom.chn[store].pending, 1);
	expect("store-not-masked", shinfo.evtchn_mask[0] >> 1 & 1, 0);
	evtchn_close(&owner_dom, store, true);	/* asserts if it went to L0 */
	expect("store-reopened", nested_evtchn_special(&owner_dom, 1, &store),
	       0);
	expect("store-none", nested_evtchn_special(&owner_dom, 0, &again),
	       -ENXIO);
	expect("store-wild",
	       nested_evtchn_special(&owner_dom, 1ULL << 40, &again), -ENXIO);

	alloc(&a);
	alloc(&a);
	nested_evtchn_release(&owner_dom);
	expect("release-ports", open_ports(), 0);
	expect("release-l0-ports", l0_open_ports(), 0);
}

static int map(struct xen_nested_gnttab_map *m, unsigned int ref)
{
	*m = (struct xen_nested_gnttab_map){ .ref = ref };
	return nested_grant_map(&owner_dom, m);
}

static int unmap(unsigned int handle)
{
	struct xen_nested_gnttab_unmap u = { .handle = handle };

	return nested_grant_unmap(&u);
}

static void test_maps(void)
{
	struct xen_nested_gnttab_map m, n, m2;
	struct xen_nested_gnttab_copy c = { .frame = FIRST_MFN, .len = 16 };

	expect("map", map(&m, 3), 0);
	expect("map-second", map(&n, 3), 0);
	expect("map-places", m.frame != n.frame, true);
	m2 = (struct xen_nested_gnttab_map){ .ref = 3, .l0_domid = 9 };
	expect("map-own", nested_grant_map(&owner_dom, &m2), -EINVAL);
	expect("map-own-l0", l0_open_maps(), 2);
	expect("map-bad-ref", map(&n, 99), -ENOENT);
	expect("unmap", unmap(m.handle), 0);
	expect("unmap-twice", unmap(m.handle), -ENOENT);
	expect("unmap-bounds", unmap(1 << 16), -EINVAL);
	expect("unmap-not-made", unmap(m.handle ^ (1 << 15)), -EINVAL);
	nested_map_release();
	expect("release-maps", l0_open_maps(), 0);
	expect("release-map-count", nested_map_count(), 0);

	expect("copy", nested_grant_copy(&owner_dom, &c), 0);
	c.len = 4096;
	c.ref_offset = 1;
	expect("copy-cross", nested_grant_copy(&owner_dom, &c), -EINVAL);
	c.len = 0xffff;
	c.ref_offset = 0xffff;
	expect("copy-wrap", nested_grant_copy(&owner_dom, &c), -EINVAL);
	expect("copy-refs", page_refs(), 0);
}

/* Let each step of each operation fail: nothing may stay behind. */
static void test_faults(void)
{
	struct xen_nested_evtchn_alloc_unbound a;
	struct xen_nested_evtchn_bind_interdomain b;
	struct xen_nested_gnttab_map m;
	struct xen_nested_gnttab_copy c = { .frame = FIRST_MFN, .len = 16 };
	unsigned int steps = 0, bad = 0;

	for (unsigned int op = 0; op < 4; op++)
		for (unsigned int at = 1; ; at++) {
			int rc = 0;

			calls = 0;
			fail_at = at;
			switch (op) {
			case 0:
				rc = alloc(&a);
				break;
			case 1:
				b = (typeof(b)){ .pad = 0 };
				rc = nested_evtchn_bind_interdomain(&owner_dom,
								    &b);
				break;
			case 2:
				rc = map(&m, 3);
				break;
			case 3:
				rc = nested_grant_copy(&owner_dom, &c);
				break;
			}
			fail_at = 0;
			if (!rc) {
				bad += calls >= at;	/* it hid a failure */
				nested_evtchn_release(&owner_dom);
				nested_map_release();
				break;
			}
			steps++;
			bad += open_ports() || l0_open_ports() ||
			       l0_open_maps() || nested_map_count() ||
			       page_refs();
		}
	printf("# %u failures injected\n", steps);
	expect("faults", bad, 0);
	expect("faults-injected", steps >= 7, true);
}

/* What nested-host.c does, as far as it matters here. */
uint32_t nested_features = XEN_NESTED_FEAT_evtchn | XEN_NESTED_FEAT_memory |
	XEN_NESTED_FEAT_grant_mediated | XEN_NESTED_FEAT_grant_map |
	XEN_NESTED_FEAT_store;
bool nested_host = true;
uint16_t nested_l0_domid = 9;

int nested_query(const struct domain *d, struct xen_nested_query *op)
{
	(void)d;
	op->abi_version = XEN_NESTED_ABI_VERSION;
	return 0;
}

int nested_hvm_param(struct domain *d, struct xen_nested_hvm_param *op)
{
	evtchn_port_t port;
	int rc = nested_evtchn_special(d, 1, &port);

	if (!rc)
		op->value = port;
	return rc;
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	set_up();
	test_rights();
	test_entry();
	test_retire();
	test_events();
	test_maps();
	test_quota();
	test_faults();
	test_batch();
	test_owner();
	test_steps();
	test_sweep();
	test_random();
	printf("1..%u\n", number);
	return 0;
}
