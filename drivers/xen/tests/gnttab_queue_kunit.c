// SPDX-License-Identifier: GPL-2.0
/*
 * Grants on a host that is asked: what is published and ended when, and with
 * how many requests. No Xen is needed below.
 */
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

#include "../grant-table.h"
#include "gnttab_host.h"

/* Nothing is asked until flush, and then once, in order. */
static void test_flush(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t refs[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refs); i++)
		refs[i] = gnttab_host_grant(test, gh, 0x1000 + i);
	KUNIT_EXPECT_EQ(test, gh->publishes, 0);

	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_EQ(test, gh->publishes, 1);
	KUNIT_ASSERT_EQ(test, gh->nr_last, 3);
	for (i = 0; i < ARRAY_SIZE(refs); i++) {
		KUNIT_EXPECT_EQ(test, gh->last[i], refs[i]);
		KUNIT_EXPECT_TRUE(test, gh->published[refs[i]]);
		KUNIT_EXPECT_EQ(test, gh->frames[refs[i]], 0x1000 + i);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&xh->stats.grants), 3);

	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_EQ(test, gh->publishes, 1);

	for (i = 0; i < ARRAY_SIZE(refs); i++)
		KUNIT_EXPECT_TRUE(test,
				  xenhost_gnttab_try_end_foreign_access(xh, refs[i]));
	KUNIT_EXPECT_EQ(test, gh->ends, 3);
	KUNIT_EXPECT_EQ(test, atomic64_read(&xh->stats.grant_calls), 4);
}

/* A full queue is sent to make room. */
static void test_full(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t refs[MAX_BATCH + 1];
	unsigned int i;

	for (i = 0; i < MAX_BATCH; i++)
		refs[i] = gnttab_host_grant(test, gh, i);
	KUNIT_EXPECT_EQ(test, gh->publishes, 0);

	refs[i] = gnttab_host_grant(test, gh, i);
	KUNIT_EXPECT_EQ(test, gh->publishes, 1);
	KUNIT_EXPECT_EQ(test, gh->nr_last, MAX_BATCH);

	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_EQ(test, gh->publishes, 2);
	KUNIT_EXPECT_EQ(test, gh->nr_last, 1);

	for (i = 0; i < ARRAY_SIZE(refs); i++)
		xenhost_gnttab_end_foreign_access(xh, refs[i], NULL);
}

/* What was never published takes no request to end. */
static void test_end_queued(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t a = gnttab_host_grant(test, gh, 1);
	grant_ref_t b = gnttab_host_grant(test, gh, 2);
	grant_ref_t c = gnttab_host_grant(test, gh, 3);

	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_end_foreign_access_ref(xh, b));
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_end_foreign_access_ref(xh, b));
	KUNIT_EXPECT_EQ(test, gh->ends, 0);

	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_EQ(test, gh->nr_last, 2);
	KUNIT_EXPECT_TRUE(test, gh->published[a]);
	KUNIT_EXPECT_FALSE(test, gh->published[b]);
	KUNIT_EXPECT_TRUE(test, gh->published[c]);

	/* The reference can be granted on again. */
	xenhost_gnttab_grant_foreign_access_ref(xh, b, PEER, 4, 1);
	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_TRUE(test, gh->published[b]);
	KUNIT_EXPECT_EQ(test, gh->frames[b], 4);

	xenhost_gnttab_end_foreign_access(xh, a, NULL);
	xenhost_gnttab_end_foreign_access(xh, b, NULL);
	xenhost_gnttab_end_foreign_access(xh, c, NULL);
}

/* A refused grant ends without asking, and its neighbours are not hurt. */
static void test_refused(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t a = gnttab_host_grant(test, gh, 1);
	grant_ref_t b = gnttab_host_grant(test, gh, 2);

	gh->refuse = a;
	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_FALSE(test, gh->published[a]);
	KUNIT_EXPECT_TRUE(test, gh->published[b]);
	KUNIT_EXPECT_EQ(test, atomic64_read(&xh->stats.grants), 1);

	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, a));
	KUNIT_EXPECT_EQ(test, gh->ends, 0);
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, b));
	KUNIT_EXPECT_EQ(test, gh->ends, 1);
}

/* When publishing fails as a whole, the host is asked to end all the same. */
static void test_failed(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t ref = gnttab_host_grant(test, gh, 1);

	gh->fail = -EIO;
	xenhost_gnttab_flush(xh);
	KUNIT_EXPECT_EQ(test, gh->publishes, 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&xh->stats.grants), 0);
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, ref));
	KUNIT_EXPECT_EQ(test, gh->ends, 1);
}

/* A grant in use is ended later, and its page kept until then. */
static void test_busy(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	struct page *page = alloc_page(GFP_KERNEL);
	grant_ref_t ref;
	unsigned long timeout;

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	ref = gnttab_host_grant(test, gh, page_to_pfn(page));
	xenhost_gnttab_flush(xh);

	gh->busy = ref;
	KUNIT_EXPECT_FALSE(test, xenhost_gnttab_end_foreign_access_ref(xh, ref));
	KUNIT_EXPECT_FALSE(test, xenhost_gnttab_try_end_foreign_access(xh, ref));
	KUNIT_EXPECT_EQ(test, gh->ends, 2);

	xenhost_gnttab_end_foreign_access(xh, ref, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	KUNIT_EXPECT_TRUE(test, gh->published[ref]);

	gh->busy = NO_REF;
	timeout = jiffies + 5 * HZ;
	while (page_count(page) > 1 && time_before(jiffies, timeout))
		msleep(20);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_FALSE(test, gh->published[ref]);
	__free_page(page);
}

/* A grant the host has no record of can't be used by anyone: ended. */
static void test_lost(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t ref = gnttab_host_grant(test, gh, 1);

	xenhost_gnttab_flush(xh);
	gh->lost = ref;
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, ref));
}

/* What two requests end. */
#define BATCH	(2 * MAX_BATCH)

/* A batch of all kinds: one refused, one in use, one not yet published. */
static void grant_batch(struct kunit *test, struct gnttab_host *gh,
			grant_ref_t *refs)
{
	unsigned int i;

	for (i = 0; i < BATCH - 1; i++)
		refs[i] = gnttab_host_grant(test, gh, i);
	gh->refuse = refs[1];
	xenhost_gnttab_flush(&gh->xh);
	refs[i] = gnttab_host_grant(test, gh, i);
	gh->busy = refs[2];
}

/* After two requests, all of them have ended but the one in use. */
static void expect_batch(struct kunit *test, struct gnttab_host *gh,
			 const grant_ref_t *refs, const bool *ended)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, gh->ends, 2);
	for (i = 0; i < BATCH; i++)
		KUNIT_EXPECT_EQ_MSG(test, ended[i], refs[i] != gh->busy,
				    "grant %u", i);
}

/* A batch takes one request per MAX_BATCH grants that the host knows. */
static void test_end_batch(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	grant_ref_t refs[BATCH];
	bool ended[ARRAY_SIZE(refs)];
	unsigned int i;

	grant_batch(test, gh, refs);
	xenhost_gnttab_end_foreign_access_batch(xh, refs, ended, ARRAY_SIZE(refs));
	expect_batch(test, gh, refs, ended);

	/* Each is found ended now, without a request. */
	for (i = 0; i < ARRAY_SIZE(refs); i++)
		if (refs[i] != gh->busy)
			KUNIT_EXPECT_TRUE(test,
					  xenhost_gnttab_try_end_foreign_access(xh, refs[i]));
	KUNIT_EXPECT_EQ(test, gh->ends, 2);

	/* The same without results. */
	ended[0] = false;
	refs[0] = gh->busy;
	gh->busy = NO_REF;
	xenhost_gnttab_end_foreign_access_batch(xh, refs, NULL, 1);
	KUNIT_EXPECT_EQ(test, gh->ends, 3);
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, refs[0]));
}

/* The same, and the references of those that ended are free, the others' not. */
static void test_try_end_batch(struct kunit *test)
{
	struct gnttab_host *gh = gnttab_host_start(test, XENHOST_F_GRANT_QUEUED);
	xenhost_t *xh = &gh->xh;
	int free = xh->gnttab->free_count;
	grant_ref_t refs[BATCH];
	bool ended[ARRAY_SIZE(refs)];
	unsigned int i;

	grant_batch(test, gh, refs);
	xenhost_gnttab_try_end_foreign_access_batch(xh, refs, ended,
						    ARRAY_SIZE(refs));
	expect_batch(test, gh, refs, ended);
	KUNIT_EXPECT_EQ(test, xh->gnttab->free_count, free - 1);
	for (i = 0; i < ARRAY_SIZE(refs); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    test_bit(refs[i], xh->gnttab->free_bitmap),
				    ended[i], "grant %u", i);

	refs[0] = gh->busy;
	gh->busy = NO_REF;
	xenhost_gnttab_try_end_foreign_access_batch(xh, refs, ended, 1);
	KUNIT_EXPECT_TRUE(test, ended[0]);
	KUNIT_EXPECT_EQ(test, xh->gnttab->free_count, free);
}

static struct kunit_case gnttab_queue_cases[] = {
	KUNIT_CASE(test_flush),
	KUNIT_CASE(test_full),
	KUNIT_CASE(test_end_queued),
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_failed),
	KUNIT_CASE_SLOW(test_busy),
	KUNIT_CASE(test_lost),
	KUNIT_CASE(test_end_batch),
	KUNIT_CASE(test_try_end_batch),
	{}
};

static struct kunit_suite gnttab_queue_suite = {
	.name = "gnttab-queue",
	.exit = gnttab_host_exit,
	.test_cases = gnttab_queue_cases,
};

kunit_test_suite(gnttab_queue_suite);
