// SPDX-License-Identifier: GPL-2.0
/*
 * Grant tables of other hosts: their references, a table that is mapped into
 * this kernel, and what others granted. No Xen is needed below.
 */
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

#include "gnttab_host.h"

/* The table grows to its limit, the reserved references are never given out. */
static void test_exhaustion(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	unsigned int nr = MAX_REFS - FIRST_REF, i;
	grant_ref_t head, more;
	int ref;

	KUNIT_ASSERT_EQ(test, xenhost_gnttab_alloc_grant_references(xh, nr, &head), 0);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_alloc_grant_references(xh, 1, &more),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_grant_foreign_access(xh, PEER, 1, 0),
			-ENOSPC);

	for (i = 0; i < nr; i++) {
		ref = xenhost_gnttab_claim_grant_reference(xh, &head);
		KUNIT_ASSERT_GE(test, ref, (int)FIRST_REF);
		KUNIT_ASSERT_LT(test, ref, (int)MAX_REFS);
		KUNIT_ASSERT_FALSE(test, gh->published[ref]);
		gh->published[ref] = true;
	}
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_claim_grant_reference(xh, &head),
			-ENOSPC);

	memset(gh->published, 0, sizeof(gh->published));
	for (ref = FIRST_REF; ref < MAX_REFS; ref++)
		xenhost_gnttab_free_grant_reference(xh, ref);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_alloc_grant_references(xh, nr, &head), 0);
	xenhost_gnttab_free_grant_references(xh, head);
}

static void count_call(void *arg)
{
	(*(unsigned int *)arg)++;
}

static void test_free_callback(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	struct gnttab_free_callback cb = {}, cancelled = {};
	unsigned int calls = 0, others = 0;
	grant_ref_t head, spare;
	int ref;

	KUNIT_ASSERT_EQ(test,
			xenhost_gnttab_alloc_grant_references(xh,
							      MAX_REFS - FIRST_REF,
							      &head), 0);
	xenhost_gnttab_request_free_callback(xh, &cb, count_call, &calls, 2);
	xenhost_gnttab_request_free_callback(xh, &cancelled, count_call, &others, 1);
	xenhost_gnttab_cancel_free_callback(xh, &cancelled);

	ref = xenhost_gnttab_claim_grant_reference(xh, &head);
	xenhost_gnttab_free_grant_reference(xh, ref);
	KUNIT_EXPECT_EQ(test, calls, 0);

	ref = xenhost_gnttab_claim_grant_reference(xh, &head);
	xenhost_gnttab_free_grant_reference(xh, ref);
	KUNIT_EXPECT_EQ(test, calls, 1);

	/* Once only, and not after it was cancelled. */
	ref = xenhost_gnttab_claim_grant_reference(xh, &head);
	xenhost_gnttab_free_grant_reference(xh, ref);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, others, 0);

	/* What was claimed can go back to its batch. */
	spare = xenhost_gnttab_claim_grant_reference(xh, &head);
	xenhost_gnttab_release_grant_reference(xh, &head, spare);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_claim_grant_reference(xh, &head),
			(int)spare);
	xenhost_gnttab_release_grant_reference(xh, &head, spare);
	xenhost_gnttab_free_grant_references(xh, head);
}

/* Consecutive references, also out of a list that is in disorder. */
static void test_seq(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t first, second, one;

	KUNIT_ASSERT_EQ(test, xenhost_gnttab_alloc_grant_reference_seq(xh, 64, &first), 0);
	KUNIT_ASSERT_EQ(test, xenhost_gnttab_alloc_grant_reference_seq(xh, 1, &one), 0);
	KUNIT_ASSERT_EQ(test, xenhost_gnttab_alloc_grant_reference_seq(xh, 500, &second), 0);
	KUNIT_EXPECT_TRUE(test, second >= first + 64 || second + 500 <= first);

	xenhost_gnttab_free_grant_reference_seq(xh, first, 64);
	xenhost_gnttab_free_grant_reference_seq(xh, second, 500);
	xenhost_gnttab_free_grant_reference(xh, one);
	KUNIT_EXPECT_EQ(test,
			xenhost_gnttab_alloc_grant_reference_seq(xh, MAX_REFS - FIRST_REF,
								 &first), 0);
	KUNIT_EXPECT_EQ(test, first, FIRST_REF);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_alloc_grant_reference_seq(xh, 2, &second),
			-ENOSPC);
	xenhost_gnttab_free_grant_reference_seq(xh, first, MAX_REFS - FIRST_REF);
}

/* A table that is mapped: entries of version 1, no requests. */
static void test_mapped(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, 0);
	xenhost_t *xh = &gh->xh;
	grant_ref_t ref = gnttab_host_grant(test, gh, 0x1234);
	grant_ref_t head;
	bool ended;

	KUNIT_EXPECT_EQ(test, gh->tables, 1);
	KUNIT_EXPECT_EQ(test, gh->table[ref].flags, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, gh->table[ref].domid, PEER);
	KUNIT_EXPECT_EQ(test, gh->table[ref].frame, 0x1234);

	gh->table[ref].flags |= GTF_reading;
	KUNIT_EXPECT_FALSE(test, xenhost_gnttab_end_foreign_access_ref(xh, ref));
	xenhost_gnttab_end_foreign_access_batch(xh, &ref, &ended, 1);
	KUNIT_EXPECT_FALSE(test, ended);

	gh->table[ref].flags &= ~GTF_reading;
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_end_foreign_access_ref(xh, ref));
	KUNIT_EXPECT_EQ(test, gh->table[ref].flags, 0);

	xenhost_gnttab_grant_foreign_access_ref(xh, ref, PEER, 5, 1);
	KUNIT_EXPECT_EQ(test, gh->table[ref].flags,
			GTF_permit_access | GTF_readonly);
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, ref));

	KUNIT_ASSERT_EQ(test,
			xenhost_gnttab_alloc_grant_references(xh, REFS_PER_FRAME,
							      &head), 0);
	KUNIT_EXPECT_EQ(test, gh->tables, 2);
	xenhost_gnttab_free_grant_references(xh, head);

	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_EQ(test, gh->publishes, 0);
	KUNIT_EXPECT_EQ(test, gh->ends, 0);
}

/* Mapping reports the real page, retries what is paged out, passes failures. */
static void test_map_pages(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	struct gnttab_map_grant_ref ops[3] = {};
	struct page *pages[3], *real[3] = {}, *ours = virt_to_page(gh->table);
	unsigned int i;

	gh->real = virt_to_page(gh);
	gh->busy = 11;
	gh->paged = 2;
	gh->refuse = 12;
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		ops[i].ref = 10 + i;
		ops[i].dom = PEER;
		pages[i] = ours;
	}

	KUNIT_EXPECT_EQ(test, xenhost_gnttab_map_pages(xh, ops, pages, real, 3), 0);
	KUNIT_EXPECT_EQ(test, gh->maps, 3);
	KUNIT_EXPECT_EQ(test, ops[0].status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, ops[1].status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, ops[2].status, GNTST_bad_gntref);
	KUNIT_EXPECT_PTR_EQ(test, real[0], gh->real);
	KUNIT_EXPECT_PTR_EQ(test, real[1], gh->real);
	KUNIT_EXPECT_NULL(test, real[2]);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], ours);

	/* Results over the arguments: a failure leaves the page as it was. */
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_map_pages(xh, ops, pages, pages, 3), 0);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], gh->real);
	KUNIT_EXPECT_PTR_EQ(test, pages[2], ours);

	/* The default host is never asked: no page here is another domain's. */
	KUNIT_EXPECT_NULL(test, xenhost_page_foreign(xh, pages[0]));
}

static void test_init_errors(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_alloc(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;

	gh->max_frames = 0;
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_init(xh), -ENOSPC);
	gh->max_frames = -EPERM;
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_init(xh), -EPERM);
	KUNIT_EXPECT_NULL(test, xh->gnttab);
	xenhost_gnttab_exit(xh);

	gh->max_frames = 1;
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_init(xh), 0);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_init(xh), -EBUSY);
	KUNIT_EXPECT_EQ(test, xenhost_gnttab_resume(xh), 0);
	xenhost_gnttab_exit(xh);
	KUNIT_EXPECT_NULL(test, xh->gnttab);
}

static struct kunit_case gnttab_cases[] = {
	KUNIT_CASE(test_exhaustion),
	KUNIT_CASE(test_free_callback),
	KUNIT_CASE(test_seq),
	KUNIT_CASE(test_mapped),
	KUNIT_CASE(test_map_pages),
	KUNIT_CASE(test_init_errors),
	{}
};

static struct kunit_suite gnttab_suite = {
	.name = "gnttab",
	.exit = gnttab_host_exit,
	.test_cases = gnttab_cases,
};

kunit_test_suite(gnttab_suite);

MODULE_DESCRIPTION("Tests of grant tables of other hosts");
MODULE_LICENSE("GPL");
