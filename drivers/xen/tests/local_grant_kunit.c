// SPDX-License-Identifier: GPL-2.0
/*
 * The local Xen's grants: domain A grants, domain B uses, and A may write what
 * it likes to its table at any moment.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/string.h>

#include <xen/grant_table.h>

#include "local_domains.h"

#define REF	8

static struct grant_entry_v1 *entry_of(struct test_domain *t, grant_ref_t ref)
{
	return &t->d->table[ref];
}

static void offer(struct test_domain *t, grant_ref_t ref, domid_t domid,
		  u32 frame, u16 flags)
{
	struct grant_entry_v1 *entry = entry_of(t, ref);

	entry->frame = frame;
	entry->domid = domid;
	/* The frame before what makes it valid, as a guest does it. */
	smp_wmb();
	WRITE_ONCE(entry->flags, flags);
}

static u16 flags_of(struct test_domain *t, grant_ref_t ref)
{
	return READ_ONCE(entry_of(t, ref)->flags);
}

static int map(struct test_domain *by, domid_t dom, grant_ref_t ref, u32 flags,
	       u32 *handle, struct page **page)
{
	struct gnttab_map_grant_ref op = {
		.flags = flags, .ref = ref, .dom = dom,
	};

	xlocal_grant_map(by->d, &op, page);
	*handle = op.handle;
	return op.status;
}

static int unmap(struct test_domain *by, u32 handle)
{
	struct gnttab_unmap_grant_ref op = { .handle = handle };

	xlocal_grant_unmap(by->d, &op);
	return op.status;
}

#define RW	GNTMAP_host_map
#define RO	(GNTMAP_host_map | GNTMAP_readonly)

static void map_for_reading(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct page *page = NULL;
	u32 handle;

	offer(&doms->a, REF, TEST_DOM_B, 3, GTF_permit_access | GTF_readonly);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RO, &handle, &page),
			GNTST_okay);
	KUNIT_EXPECT_PTR_EQ(test, page, doms->a.pages[3]);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.pins[3]), 1);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF),
			GTF_permit_access | GTF_readonly | GTF_reading);

	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle), GNTST_okay);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF),
			GTF_permit_access | GTF_readonly);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.dirty[3]), 0);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle), GNTST_bad_handle);
}

/* Readers and writers of one grant are counted, the marks go with the last. */
static void many_maps_of_one_grant(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct page *page[3];
	u32 handle[3];

	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RO, &handle[0],
				  &page[0]), GNTST_okay);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF) & GTF_writing, 0);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle[1],
				  &page[1]), GNTST_okay);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle[2],
				  &page[2]), GNTST_okay);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.pins[1]), 1);

	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle[1]), GNTST_okay);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF),
			GTF_permit_access | GTF_reading | GTF_writing);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle[2]), GNTST_okay);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF),
			GTF_permit_access | GTF_reading);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.dirty[1]), 0);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle[0]), GNTST_okay);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF), GTF_permit_access);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.dirty[1]), 1);
}

/* Each refusal leaves the table and the pins as they were. */
static void refused(struct kunit *test)
{
	static const struct {
		domid_t dom;
		grant_ref_t ref;
		u32 frame;
		domid_t to;
		u16 flags;
		u32 map;
		int status;
	} cases[] = {
		{ TEST_DOM_A, REF, 0, TEST_DOM_A, GTF_permit_access, RO,
		  GNTST_bad_domain },
		{ TEST_DOM_A, REF, 0, TEST_DOM_B, GTF_invalid, RO,
		  GNTST_bad_gntref },
		{ TEST_DOM_A, REF, 0, TEST_DOM_B, GTF_accept_transfer, RO,
		  GNTST_bad_gntref },
		{ TEST_DOM_A, REF, 0, TEST_DOM_B, 3, RO, GNTST_bad_gntref },
		{ TEST_DOM_A, REF, 0, TEST_DOM_B,
		  GTF_permit_access | GTF_readonly, RW,
		  GNTST_permission_denied },
		{ TEST_DOM_A, REF, TEST_PAGES, TEST_DOM_B, GTF_permit_access,
		  RO, GNTST_general_error },
		{ TEST_DOM_A, REF, U32_MAX, TEST_DOM_B, GTF_permit_access, RW,
		  GNTST_general_error },
		{ TEST_DOM_A, XLOCAL_GRANTS_PER_FRAME, 0, TEST_DOM_B,
		  GTF_permit_access, RO, GNTST_bad_gntref },
		{ TEST_DOM_A, U32_MAX, 0, TEST_DOM_B, GTF_permit_access, RO,
		  GNTST_bad_gntref },
		{ 77, REF, 0, TEST_DOM_B, GTF_permit_access, RO,
		  GNTST_bad_domain },
		{ DOMID_INVALID, REF, 0, TEST_DOM_B, GTF_permit_access, RO,
		  GNTST_bad_domain },
		{ TEST_DOM_A, REF, 0, TEST_DOM_B, GTF_permit_access,
		  RO | GNTMAP_contains_pte, GNTST_bad_gntref },
		{ TEST_DOM_A, REF, 0, TEST_DOM_B, GTF_permit_access,
		  GNTMAP_readonly, GNTST_bad_gntref },
	};
	struct test_domains *doms = test->priv;
	struct page *page = NULL;
	unsigned int i;
	u32 handle;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		offer(&doms->a, REF, cases[i].to, cases[i].frame,
		      cases[i].flags);
		KUNIT_EXPECT_EQ_MSG(test, map(&doms->b, cases[i].dom,
					      cases[i].ref, cases[i].map,
					      &handle, &page),
				    cases[i].status, "case %u", i);
		KUNIT_EXPECT_EQ(test, handle, INVALID_GRANT_HANDLE);
		KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF), cases[i].flags);
		KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a), 0);
	}
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, U32_MAX), GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, TEST_MAPS), GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, 0), GNTST_bad_handle);
}

static void handles_run_out(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct page *page;
	u32 handle, i;

	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);
	for (i = 0; i < TEST_MAPS; i++)
		KUNIT_ASSERT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW,
					  &handle, &page), GNTST_okay);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle, &page),
			GNTST_no_space);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, 3), GNTST_okay);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle, &page),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, handle, 3);
}

/* What A does to its table behind B's back changes nothing for B's mapping. */
static void revoked_while_mapped(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct page *page, *other;
	u32 handle, second;

	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle, &page),
			GNTST_okay);

	entry_of(&doms->a, REF)->frame = 2;
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RO, &second,
				  &other), GNTST_okay);
	KUNIT_EXPECT_PTR_EQ(test, other, page);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, second), GNTST_okay);

	memset(entry_of(&doms->a, REF), 0, sizeof(struct grant_entry_v1));
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RO, &second,
				  &other), GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.pins[1]), 1);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle), GNTST_okay);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF), 0);
	KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a), 0);
}

static void granting_domain_dies(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct page *page;
	u32 handle, second;

	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle, &page),
			GNTST_okay);
	test_domain_destroy(&doms->a);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.pins[1]), 1);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &second, &page),
			GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, unmap(&doms->b, handle), GNTST_okay);
	KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a), 0);
}

static void mapping_domain_dies(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct page *page;
	u32 handle;

	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, map(&doms->b, TEST_DOM_A, REF, RW, &handle, &page),
			GNTST_okay);
	test_domain_destroy(&doms->b);
	KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a), 0);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF), GTF_permit_access);
}

static int copy(struct test_domain *by, struct gnttab_copy op)
{
	xlocal_grant_copy(by->d, &op, 1);
	return op.status;
}

static void copy_from_grant(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct gnttab_copy op = {
		.source = { .u.ref = REF, .domid = TEST_DOM_A, .offset = 100 },
		.dest = { .u.gmfn = 2, .domid = DOMID_SELF, .offset = 4000 },
		.len = 96,
		.flags = GNTCOPY_source_gref,
	};

	memset(page_address(doms->a.pages[1]), 0x5a, PAGE_SIZE);
	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access | GTF_readonly);
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_okay);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(doms->b.pages[2]) + 4000,
					   0x5a, 96));
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(doms->b.pages[2]), 0,
					   4000));
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF),
			GTF_permit_access | GTF_readonly);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.dirty[1]), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.dirty[2]), 1);
	KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a) +
			      test_domain_pins(&doms->b), 0);
}

/* A page of the copying domain's to one that domain A grants. */
static const struct gnttab_copy good = {
	.source = { .u.gmfn = 2, .domid = DOMID_SELF },
	.dest = { .u.ref = REF, .domid = TEST_DOM_A },
	.len = PAGE_SIZE,
	.flags = GNTCOPY_dest_gref,
};

static void copy_refused(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct gnttab_copy op;

	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, copy(&doms->b, good), GNTST_okay);

	op = good;
	op.source.offset = 1;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_copy_arg);
	op = good;
	op.dest.offset = 1;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_copy_arg);
	op = good;
	op.source.offset = U16_MAX;
	op.len = 2;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_copy_arg);
	op = good;
	op.len = U16_MAX;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_copy_arg);
	op = good;
	op.source.domid = TEST_DOM_A;	/* another domain's frame by number */
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_permission_denied);
	op = good;
	op.source.u.gmfn = TEST_PAGES;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_page);
	op = good;
	op.dest.u.ref = U32_MAX;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_gntref);
	op = good;
	op.dest.domid = 77;
	KUNIT_EXPECT_EQ(test, copy(&doms->b, op), GNTST_bad_domain);
	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access | GTF_readonly);
	KUNIT_EXPECT_EQ(test, copy(&doms->b, good), GNTST_permission_denied);
	KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a) +
			      test_domain_pins(&doms->b), 0);
}

/* What was found for one copy serves the next, unless it names another. */
static void copies_of_a_batch(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct gnttab_copy ops[] = {
		good, good, good, good, good, good, good, good, good
	};
	static const s16 want[] = {
		GNTST_okay, GNTST_bad_domain, GNTST_okay, GNTST_okay,
		GNTST_bad_page, GNTST_okay, GNTST_bad_gntref, GNTST_okay,
		GNTST_okay
	};
	unsigned int a = kref_read(&doms->a.d->ref);
	unsigned int b = kref_read(&doms->b.d->ref);
	int i;

	ops[1].dest.domid = 77;
	/* within the copying domain, and that by its number */
	ops[3].dest.u.gmfn = 3;
	ops[3].dest.domid = TEST_DOM_B;
	ops[3].flags = 0;
	ops[4].source.u.gmfn = TEST_PAGES;
	/* the page of before by another grant, that is not there */
	ops[6].dest.u.ref = REF + 1;
	memset(page_address(doms->b.pages[2]), 0xa5, PAGE_SIZE);
	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);

	xlocal_grant_copy(doms->b.d, ops, ARRAY_SIZE(ops));
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		KUNIT_EXPECT_EQ_MSG(test, ops[i].status, want[i], "copy %d", i);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(doms->a.pages[1]), 0xa5,
					   PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(doms->b.pages[3]), 0xa5,
					   PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, test_domain_pins(&doms->a) +
			      test_domain_pins(&doms->b), 0);
	KUNIT_EXPECT_EQ(test, flags_of(&doms->a, REF), GTF_permit_access);
	/* used by 0, 2, 5, and once by 7 and 8 */
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.dirty[1]), 4);
	KUNIT_EXPECT_EQ(test, kref_read(&doms->a.d->ref), a);
	KUNIT_EXPECT_EQ(test, kref_read(&doms->b.d->ref), b);
}

/* What lies behind a guest's page in memory need not be its next one. */
static void copies_beside_a_compound_page(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct gnttab_copy ops[] = { good, good };
	struct page *own = doms->b.pages[0];
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);

	KUNIT_ASSERT_NOT_NULL(test, pages);
	memset(page_address(pages), 0x11, 2 * PAGE_SIZE);
	memset(page_address(doms->b.pages[1]), 0x22, PAGE_SIZE);
	doms->b.pages[0] = pages;
	ops[0].source.u.gmfn = 0;
	ops[1].source.u.gmfn = 1;
	offer(&doms->a, REF, TEST_DOM_B, 1, GTF_permit_access);

	xlocal_grant_copy(doms->b.d, ops, ARRAY_SIZE(ops));
	KUNIT_EXPECT_EQ(test, ops[0].status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, ops[1].status, GNTST_okay);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(doms->a.pages[1]), 0x22,
					   PAGE_SIZE));
	doms->b.pages[0] = own;
	__free_pages(pages, 1);
}

/* ---- all at once ---- */

#define STRESS_THREADS	4
#define STRESS_ROUNDS	20000
#define STRESS_REFS	TEST_PAGES

struct stress {
	struct test_domains *doms;
	struct completion done;
	atomic_t ended;
	atomic_t bad;
};

/* Maps and unmaps, copies now and then; may be refused, if A is ending it. */
static int stress_map(void *data)
{
	struct stress *s = data;
	struct page *page;
	u32 i, handle;

	for (i = 0; i < STRESS_ROUNDS; i++) {
		grant_ref_t ref = REF + i * 7 % STRESS_REFS;

		if (map(&s->doms->b, TEST_DOM_A, ref, i & 1 ? RW : RO, &handle,
			&page) == GNTST_okay) {
			if (page != s->doms->a.pages[ref - REF])
				atomic_inc(&s->bad);
			if (unmap(&s->doms->b, handle) != GNTST_okay)
				atomic_inc(&s->bad);
		}
		if (!(i % 64))
			cond_resched();
	}
	complete(&s->done);
	return 0;
}

/* Ends grants as a guest does, and makes them anew. */
static int stress_end(void *data)
{
	struct stress *s = data;
	u32 i;

	for (i = 0; i < STRESS_ROUNDS; i++) {
		unsigned int frame = i % STRESS_REFS;
		u16 *flags = &entry_of(&s->doms->a, REF + frame)->flags;

		if (cmpxchg(flags, GTF_permit_access, 0) == GTF_permit_access) {
			/* Ended: nobody has it. */
			if (atomic_read(&s->doms->a.pins[frame]))
				atomic_inc(&s->bad);
			atomic_inc(&s->ended);
			offer(&s->doms->a, REF + frame, TEST_DOM_B, frame,
			      GTF_permit_access);
		}
		if (!(i % 64))
			cond_resched();
	}
	complete(&s->done);
	return 0;
}

static void map_unmap_end_at_once(struct kunit *test)
{
	struct stress s = { .doms = test->priv };
	struct task_struct *task;
	unsigned int i;

	init_completion(&s.done);
	for (i = 0; i < STRESS_REFS; i++)
		offer(&s.doms->a, REF + i, TEST_DOM_B, i, GTF_permit_access);
	for (i = 0; i < STRESS_THREADS + 1; i++) {
		task = kthread_run(i ? stress_map : stress_end, &s,
				   "xlocal-stress/%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	}
	for (i = 0; i < STRESS_THREADS + 1; i++)
		wait_for_completion(&s.done);

	KUNIT_EXPECT_EQ(test, atomic_read(&s.bad), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&s.ended), 0);
	KUNIT_EXPECT_EQ(test, test_domain_pins(&s.doms->a), 0);
	for (i = 0; i < STRESS_REFS; i++)
		KUNIT_EXPECT_EQ(test, flags_of(&s.doms->a, REF + i),
				GTF_permit_access);
	KUNIT_EXPECT_EQ(test, atomic_read(&s.doms->b.d->mapped), 0);
}

static struct kunit_case local_grant_cases[] = {
	KUNIT_CASE(map_for_reading),
	KUNIT_CASE(many_maps_of_one_grant),
	KUNIT_CASE(refused),
	KUNIT_CASE(handles_run_out),
	KUNIT_CASE(revoked_while_mapped),
	KUNIT_CASE(granting_domain_dies),
	KUNIT_CASE(mapping_domain_dies),
	KUNIT_CASE(copy_from_grant),
	KUNIT_CASE(copy_refused),
	KUNIT_CASE(copies_of_a_batch),
	KUNIT_CASE(copies_beside_a_compound_page),
	KUNIT_CASE_SLOW(map_unmap_end_at_once),
	{}
};

static struct kunit_suite local_grant_suite = {
	.name = "xen_local_grant",
	.init = test_domains_init,
	.exit = test_domains_exit,
	.test_cases = local_grant_cases,
};

kunit_test_suite(local_grant_suite);

MODULE_DESCRIPTION("KUnit tests of the local Xen's grants");
MODULE_LICENSE("GPL");
