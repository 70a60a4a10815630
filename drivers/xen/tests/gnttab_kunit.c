// SPDX-License-Identifier: GPL-2.0
/*
 * Grant tables of other hosts, against a host that writes down what it is
 * asked. No Xen is needed below.
 *
 * The host checks at each request what must hold at any time: a grant is
 * published once, and ended only after it was published.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

#include "../grant-table.h"
#include "recorder.h"

#define MAX_BATCH	4U
#define FIRST_REF	GNTTAB_NR_RESERVED_ENTRIES
#define REFS_PER_FRAME	(SZ_4K / sizeof(struct grant_entry_v1))
#define MAX_FRAMES	2U
#define MAX_REFS	(MAX_FRAMES * REFS_PER_FRAME)
#define NO_REF		UINT_MAX
#define PEER		3

/**
 * struct gnttab_host - a host and what it was asked
 * @r: the host
 * @max_frames: answer to max_frames
 * @published: references the host holds
 * @frames: their frames
 * @publishes: calls of publish
 * @last: references of the last call of publish
 * @nr_last: how many
 * @ends: calls of end
 * @fail: answer of publish as a whole
 * @refuse: reference that publish refuses
 * @busy: reference that end finds in use
 * @lost: reference that end does not know
 * @table: the table, for a host that maps it
 * @tables: frames of it that were asked for
 * @maps: calls of map
 * @paged: times that map is to answer GNTST_eagain
 * @real: page that map reports
 * @wrong: something was asked that must not be
 */
struct gnttab_host {
	struct recorder *r;
	int max_frames;
	bool published[MAX_REFS];
	unsigned long frames[MAX_REFS];
	unsigned int publishes;
	grant_ref_t last[MAX_BATCH];
	unsigned int nr_last;
	unsigned int ends;
	int fail;
	grant_ref_t refuse;
	grant_ref_t busy;
	grant_ref_t lost;
	struct grant_entry_v1 *table;
	unsigned int tables;
	unsigned int maps;
	unsigned int paged;
	struct page *real;
	bool wrong;
};

/* Members get the host only, and the deferred timer has no test. */
static struct gnttab_host *gh;

static int host_max_frames(xenhost_t *xh)
{
	return gh->max_frames;
}

static unsigned int host_max_batch(xenhost_t *xh)
{
	return MAX_BATCH;
}

static int host_publish(xenhost_t *xh, struct xenhost_grant *grants,
			unsigned int nr)
{
	unsigned int i;

	gh->publishes++;
	gh->nr_last = nr;
	if (!nr || nr > MAX_BATCH) {
		gh->wrong = true;
		return -E2BIG;
	}
	if (gh->fail)
		return gh->fail;

	for (i = 0; i < nr; i++) {
		grant_ref_t ref = grants[i].ref;

		gh->last[i] = ref;
		grants[i].status = ref == gh->refuse ? -EPERM : 0;
		if (grants[i].status)
			continue;
		if (ref < FIRST_REF || ref >= MAX_REFS || gh->published[ref] ||
		    grants[i].domid != PEER)
			gh->wrong = true;
		gh->published[ref] = true;
		gh->frames[ref] = grants[i].frame;
	}

	return 0;
}

static int host_end(xenhost_t *xh, struct xenhost_grant *grants,
		    unsigned int nr)
{
	unsigned int i;

	gh->ends++;
	if (!nr || nr > MAX_BATCH)
		gh->wrong = true;

	for (i = 0; i < nr; i++) {
		grant_ref_t ref = grants[i].ref;

		if (!gh->published[ref] && !gh->fail)
			gh->wrong = true;
		grants[i].status = ref == gh->busy ? -EBUSY :
				   ref == gh->lost || !gh->published[ref] ?
				   -ENOENT : 0;
		if (grants[i].status != -EBUSY)
			gh->published[ref] = false;
	}

	return 0;
}

static int host_map_table(xenhost_t *xh, unsigned int nr_frames, void **table)
{
	gh->tables = nr_frames;
	*table = gh->table;
	return 0;
}

static int host_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		    struct page **pages, struct page **real, unsigned int nr)
{
	unsigned int i;

	gh->maps++;
	for (i = 0; i < nr; i++) {
		if (ops[i].ref == gh->busy && gh->paged) {
			gh->paged--;
			ops[i].status = GNTST_eagain;
			continue;
		}
		if (ops[i].ref == gh->refuse) {
			ops[i].status = GNTST_bad_gntref;
			continue;
		}
		ops[i].status = GNTST_okay;
		real[i] = gh->real;
	}

	return 0;
}

static struct gnttab_host *host_alloc(struct kunit *test, unsigned long features)
{
	struct recorder *r = recorder_alloc(test, "kunit");

	gh = kunit_kzalloc(test, sizeof(*gh), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gh);
	gh->r = r;
	gh->max_frames = MAX_FRAMES;
	gh->refuse = NO_REF;
	gh->busy = NO_REF;
	gh->lost = NO_REF;
	gh->table = kunit_kzalloc(test, MAX_FRAMES * SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gh->table);

	r->xh.features = features;
	r->gnttab.max_frames = host_max_frames;
	r->gnttab.max_batch = host_max_batch;
	r->gnttab.publish = host_publish;
	r->gnttab.end = host_end;
	r->gnttab.map_table = host_map_table;
	r->gnttab.map = host_map;

	return gh;
}

/* A registered host; exit() takes it down. */
static xenhost_t *host_start(struct kunit *test, unsigned long features)
{
	xenhost_t *xh = &host_alloc(test, features)->r->xh;

	KUNIT_ASSERT_EQ(test, xenhost_gnttab_init(xh), 0);
	KUNIT_ASSERT_EQ(test, xenhost_register(xh), 0);
	test->priv = xh;

	return xh;
}

static xenhost_t *queued_start(struct kunit *test)
{
	return host_start(test, XENHOST_F_GRANT_QUEUED);
}

static void gnttab_test_exit(struct kunit *test)
{
	xenhost_t *xh = test->priv;

	if (!xh)
		return;

	KUNIT_EXPECT_FALSE(test, gh->wrong);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(xh), 0);
	xenhost_gnttab_exit(xh);
	KUNIT_EXPECT_NULL(test, xh->gnttab);
	gh = NULL;
}

static grant_ref_t grant(struct kunit *test, xenhost_t *xh, unsigned long frame)
{
	int ref = xenhost_gnttab_grant_foreign_access(xh, PEER, frame, 0);

	KUNIT_ASSERT_GE(test, ref, (int)FIRST_REF);

	return ref;
}

/* Nothing is asked until flush, and then once, in order. */
static void test_flush(struct kunit *test)
{
	xenhost_t *xh = queued_start(test);
	grant_ref_t refs[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refs); i++)
		refs[i] = grant(test, xh, 0x1000 + i);
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
	xenhost_t *xh = queued_start(test);
	grant_ref_t refs[MAX_BATCH + 1];
	unsigned int i;

	for (i = 0; i < MAX_BATCH; i++)
		refs[i] = grant(test, xh, i);
	KUNIT_EXPECT_EQ(test, gh->publishes, 0);

	refs[i] = grant(test, xh, i);
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
	xenhost_t *xh = queued_start(test);
	grant_ref_t a = grant(test, xh, 1), b = grant(test, xh, 2);
	grant_ref_t c = grant(test, xh, 3);

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
	xenhost_t *xh = queued_start(test);
	grant_ref_t a = grant(test, xh, 1), b = grant(test, xh, 2);

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
	xenhost_t *xh = queued_start(test);
	grant_ref_t ref = grant(test, xh, 1);

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
	xenhost_t *xh = queued_start(test);
	struct page *page = alloc_page(GFP_KERNEL);
	grant_ref_t ref;
	unsigned long timeout;

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	ref = grant(test, xh, page_to_pfn(page));
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
	xenhost_t *xh = queued_start(test);
	grant_ref_t ref = grant(test, xh, 1);

	xenhost_gnttab_flush(xh);
	gh->lost = ref;
	KUNIT_EXPECT_TRUE(test, xenhost_gnttab_try_end_foreign_access(xh, ref));
}

/* A batch takes one request per MAX_BATCH grants that the host knows. */
static void test_end_batch(struct kunit *test)
{
	xenhost_t *xh = queued_start(test);
	grant_ref_t refs[2 * MAX_BATCH];
	bool ended[ARRAY_SIZE(refs)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refs) - 1; i++)
		refs[i] = grant(test, xh, i);
	gh->refuse = refs[1];
	xenhost_gnttab_flush(xh);
	refs[i] = grant(test, xh, i);
	gh->busy = refs[2];

	xenhost_gnttab_end_foreign_access_batch(xh, refs, ended, ARRAY_SIZE(refs));
	KUNIT_EXPECT_EQ(test, gh->ends, 2);
	for (i = 0; i < ARRAY_SIZE(refs); i++)
		KUNIT_EXPECT_EQ_MSG(test, ended[i], refs[i] != gh->busy,
				    "grant %u", i);

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
	xenhost_t *xh = queued_start(test);
	int free = xh->gnttab->free_count;
	grant_ref_t refs[2 * MAX_BATCH];
	bool ended[ARRAY_SIZE(refs)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refs) - 1; i++)
		refs[i] = grant(test, xh, i);
	gh->refuse = refs[1];
	xenhost_gnttab_flush(xh);
	refs[i] = grant(test, xh, i);
	gh->busy = refs[2];

	xenhost_gnttab_try_end_foreign_access_batch(xh, refs, ended,
						    ARRAY_SIZE(refs));
	KUNIT_EXPECT_EQ(test, gh->ends, 2);
	for (i = 0; i < ARRAY_SIZE(refs); i++)
		KUNIT_EXPECT_EQ_MSG(test, ended[i], refs[i] != gh->busy,
				    "grant %u", i);
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

/* The table grows to its limit, the reserved references are never given out. */
static void test_exhaustion(struct kunit *test)
{
	xenhost_t *xh = queued_start(test);
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
	xenhost_t *xh = queued_start(test);
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
	xenhost_t *xh = queued_start(test);
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
	xenhost_t *xh = host_start(test, 0);
	grant_ref_t ref = grant(test, xh, 0x1234), head;
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
	xenhost_t *xh = queued_start(test);
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
	xenhost_t *xh = &host_alloc(test, XENHOST_F_GRANT_QUEUED)->r->xh;

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
	KUNIT_CASE(test_flush),
	KUNIT_CASE(test_full),
	KUNIT_CASE(test_end_queued),
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_failed),
	KUNIT_CASE_SLOW(test_busy),
	KUNIT_CASE(test_lost),
	KUNIT_CASE(test_end_batch),
	KUNIT_CASE(test_try_end_batch),
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
	.exit = gnttab_test_exit,
	.test_cases = gnttab_cases,
};

kunit_test_suite(gnttab_suite);

MODULE_DESCRIPTION("Tests of grant tables of other hosts");
MODULE_LICENSE("GPL");
