// SPDX-License-Identifier: GPL-2.0
/* Grants: our pages published in the grant table that L1 has on L0. */
#include "abi.h"

static char page[PAGE_SIZE] __page;
static char other[PAGE_SIZE] __page;
static struct xen_nested_gnttab_publish batch[2048];

int publish(unsigned int ref, uint16_t dom, uint64_t frame,
		   uint16_t flags)
{
	struct xen_nested_gnttab_publish p = {
		.ref = ref, .l0_domid = dom, .frame = frame, .flags = flags,
		.status = 1,
	};
	long rc = nested_op(XEN_NESTEDOP_gnttab_publish, &p, 1);

	return rc ? rc : p.status;
}

int end(unsigned int ref)
{
	struct xen_nested_gnttab_end e = { .ref = ref, .status = 1 };
	long rc = nested_op(XEN_NESTEDOP_gnttab_end, &e, 1);

	return rc ? rc : e.status;
}

static void test_one(void)
{
	unsigned int ref = host.first_grant;
	uint64_t mfn = virt_to_mfn(page);

	expect("publish", publish(ref, 0, mfn, 0), 0);
	expect("publish-twice", publish(ref, 0, mfn, 0), -EEXIST);
	expect("end", end(ref), 0);
	expect("end-twice", end(ref), -ENOENT);
	expect("publish-readonly",
	       publish(ref, 0, mfn, XEN_NESTED_GRANT_readonly), 0);
	expect("end-readonly", end(ref), 0);
	expect("publish-last", publish(host.max_grants - 1, 0, mfn, 0), 0);
	expect("end-last", end(host.max_grants - 1), 0);
}

static void test_refused(void)
{
	unsigned int ref = host.first_grant;
	uint64_t mfn = virt_to_mfn(page);
	uint64_t shared = start_info->shared_info / PAGE_SIZE;
	uint64_t table = virt_to_mfn((void *)start_info->pt_base);
	struct xen_nested_gnttab_publish pad = {
		.ref = ref, .frame = mfn, .pad = 1,
	};

	expect("publish-reserved-ref", publish(ref - 1, 0, mfn, 0),
	       -EINVAL);
	expect("publish-ref-0", publish(0, 0, mfn, 0), -EINVAL);
	expect("publish-ref-max", publish(host.max_grants, 0, mfn, 0),
	       -EINVAL);
	expect("publish-ref-huge", publish(~0U, 0, mfn, 0), -EINVAL);
	expect("publish-domid", publish(ref, DOMID_SELF, mfn, 0), -EINVAL);
	expect("publish-flags", publish(ref, 0, mfn, 0x10), -EINVAL);
	expect("publish-shared-info", publish(ref, 0, shared, 0), -EACCES);
	expect("publish-page-table", publish(ref, 0, table, 0), -EACCES);
	expect("publish-xen-text", publish(ref, 0, 0x200, 0), -EPERM);
	expect("publish-bios", publish(ref, 0, 0xf0, 0), -EPERM);
	expect("publish-no-memory", publish(ref, 0, 0xfffffff0, 0), -EPERM);
	expect("publish-huge-frame", publish(ref, 0, ~0ULL, 0), -EINVAL);
	expect("end-reserved", end(0), -EINVAL);
	expect("end-huge", end(~0U), -EINVAL);
	expect("end-never", end(ref + 100), -ENOENT);
	expect("nothing-left", end(ref), -ENOENT);
	expect("setup-not-direct",
	       nested_op(XEN_NESTEDOP_gnttab_setup,
			 &(struct xen_nested_gnttab_setup){ .idx = 0 }, 1),
	       -EOPNOTSUPP);
	expect("publish-pad",
	       nested_op(XEN_NESTEDOP_gnttab_publish, &pad, 1) ?: pad.status,
	       -EINVAL);
	expect("publish-fault",
	       nested_op(XEN_NESTEDOP_gnttab_publish, (void *)0x7f0000000000, 1),
	       -EFAULT);
}

static bool ours(uint64_t mfn)
{
	const unsigned long *p2m = (const unsigned long *)start_info->mfn_list;

	for (unsigned long i = 0; i < start_info->nr_pages; i++)
		if (p2m[i] == mfn)
			return true;
	return false;
}

/* All over memory: what is not ours is refused, and no entry made. */
static void test_not_ours(void)
{
	unsigned int ref = host.first_grant, bad = 0, others = 0, refused = 0;

	for (uint64_t frame = 0; frame < 0x40000; frame += 37) {
		int rc = publish(ref, 0, frame, frame % 2);

		if (rc) {
			refused++;
			bad += rc != -EPERM && rc != -EACCES;
			bad += end(ref) != -ENOENT;
		} else {
			others += !ours(frame);
			bad += end(ref) != 0;
		}
	}
	expect("publish-not-ours", others, 0);
	expect("publish-not-ours-answers", bad, 0);
	expect("publish-not-ours-many", refused > 1000, true);
}

/* A frame given away is not ours to share. */
static void test_freed(void)
{
	xen_pfn_t mfn = virt_to_mfn(other);
	struct xen_memory_reservation r = {
		.nr_extents = 1, .domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, &mfn);
	unmap_page(other);
	expect("decrease-reservation",
	       memory_op(XENMEM_decrease_reservation, &r), 1);
	expect("publish-freed", publish(host.first_grant, 0, mfn, 0),
	       -EPERM);
}

/* While a frame is shared it can't leave us. */
static void test_held(void)
{
	static char held[PAGE_SIZE] __page;
	xen_pfn_t mfn = virt_to_mfn(held);
	struct mmuext_op pin = {
		.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = mfn,
	};

	memset(held, 0, sizeof(held));
	unmap_page(held);
	expect("publish-held", publish(host.first_grant, 0, mfn, 0), 0);
	expect("held-no-page-table",
	       hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&pin, 1, 0,
			 DOMID_SELF) < 0, true);
	expect("end-held", end(host.first_grant), 0);
	expect("page-table-after-end",
	       hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&pin, 1, 0,
			 DOMID_SELF), 0);
	expect("publish-now-page-table", publish(host.first_grant, 0, mfn, 0),
	       -EACCES);
	pin.cmd = MMUEXT_UNPIN_TABLE;
	expect("unpin", hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&pin,
				  1, 0, DOMID_SELF), 0);
}

static void test_batch(void)
{
	static struct xen_nested_gnttab_end ends[2048];
	uint64_t mfn = virt_to_mfn(page);
	unsigned int n = host.max_batch, bad = 0;

	if (n + 1 > ARRAY_SIZE(batch))
		n = ARRAY_SIZE(batch) - 1;
	for (unsigned int i = 0; i <= n; i++) {
		batch[i] = (struct xen_nested_gnttab_publish){
			.ref = host.first_grant + i, .frame = mfn, .status = 1,
		};
		ends[i] = (struct xen_nested_gnttab_end){
			.ref = host.first_grant + i, .status = 1,
		};
	}
	batch[7].frame = ~0ULL;

	expect("batch-0", nested_op(XEN_NESTEDOP_gnttab_publish, batch, 0), 0);
	expect("batch-publish",
	       nested_op(XEN_NESTEDOP_gnttab_publish, batch, n), 0);
	for (unsigned int i = 0; i < n; i++)
		bad += batch[i].status != (i == 7 ? -EINVAL : 0);
	expect("batch-publish-status", bad, 0);
	expect("batch-end", nested_op(XEN_NESTEDOP_gnttab_end, ends, n), 0);
	bad = 0;
	for (unsigned int i = 0; i < n; i++)
		bad += ends[i].status != (i == 7 ? -ENOENT : 0);
	expect("batch-end-status", bad, 0);
	expect("batch-too-long",
	       nested_op(XEN_NESTEDOP_gnttab_publish, batch,
			 host.max_batch + 1), -E2BIG);
}

/* Every reference there is, and all of them back. */
void test_grant_exhausted(void)
{
	uint64_t mfn = virt_to_mfn(page);
	unsigned int bad = 0;

	for (unsigned int r = host.first_grant; r < host.max_grants; r++)
		bad += publish(r, 0, mfn, 0) != 0;
	expect("publish-all", bad, 0);
	for (unsigned int r = host.first_grant; r < host.max_grants; r++)
		bad += end(r) != 0;
	expect("end-all", bad, 0);
}

/* The table itself is ours to write. */
static void test_direct(void)
{
	static struct grant_entry_v1 table[512] __page;
	struct xen_nested_gnttab_setup s = { .idx = 0 };
	uint64_t frame;

	expect("direct-publish", publish(8, 0, virt_to_mfn(page), 0),
	       -EOPNOTSUPP);
	expect("direct-setup", nested_op(XEN_NESTEDOP_gnttab_setup, &s, 1), 0);
	expect("direct-map", map_mfn(table, s.frame, true), 0);
	frame = s.frame;
	print("info direct entry 9: flags %x", table[9].flags);
	table[9].domid = 0;
	table[9].frame = virt_to_mfn(page);
	*(volatile uint16_t *)&table[9].flags = GTF_permit_access;
	expect("direct-entry", *(volatile uint16_t *)&table[9].flags,
	       GTF_permit_access);
	*(volatile uint16_t *)&table[9].flags = 0;
	s.pad = 1;
	expect("direct-setup-pad", nested_op(XEN_NESTEDOP_gnttab_setup, &s, 1),
	       -EINVAL);
	s = (struct xen_nested_gnttab_setup){ .idx = ~0U };
	expect("direct-setup-huge", nested_op(XEN_NESTEDOP_gnttab_setup, &s, 1),
	       -EINVAL);
	s.idx = 0;
	if (!is_dom0())
		return;
	test_handed_over(frame);
	expect("direct-setup-again", nested_op(XEN_NESTEDOP_gnttab_setup, &s, 1), 0);
	expect("direct-map-again", map_mfn(table, s.frame, true), 0);
}

void test_grant(void)
{
	struct xen_nested_gnttab_query_size size;

	expect("query-size", nested_op(XEN_NESTEDOP_gnttab_query_size, &size, 1),
	       0);
	expect("query-size-version", size.version, 1);
	if (!(host.features & XEN_NESTED_FEAT_grant_mediated)) {
		test_direct();
		return;
	}
	test_one();
	test_refused();
	test_not_ours();
	test_freed();
	test_held();
	test_batch();
	test_grant_exhausted();
}
