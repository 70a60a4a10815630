// SPDX-License-Identifier: GPL-2.0
/*
 * The host behind struct gnttab_host. Its requests come with the host only, so
 * what it notes is found from there.
 */
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/slab.h>

#include "gnttab_host.h"
#include "recorder.h"

static struct gnttab_host *host_of(xenhost_t *xh)
{
	return container_of(xh, struct gnttab_host, xh);
}

static int host_max_frames(xenhost_t *xh)
{
	return host_of(xh)->max_frames;
}

static unsigned int host_max_batch(xenhost_t *xh)
{
	return MAX_BATCH;
}

static int host_publish(xenhost_t *xh, struct xenhost_grant *grants,
			unsigned int nr)
{
	struct gnttab_host *gh = host_of(xh);
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
	struct gnttab_host *gh = host_of(xh);
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
	struct gnttab_host *gh = host_of(xh);

	gh->tables = nr_frames;
	*table = gh->table;
	return 0;
}

static int host_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		    struct page **pages, struct page **real, unsigned int nr)
{
	struct gnttab_host *gh = host_of(xh);
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

/**
 * gnttab_host_alloc - make a host
 * @test: the test; the host goes with it
 * @features: its features
 *
 * Return: the host, neither registered nor with a table.
 */
struct gnttab_host *gnttab_host_alloc(struct kunit *test,
				      unsigned long features)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	struct gnttab_host *gh;

	gh = kunit_kzalloc(test, sizeof(*gh), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gh);
	gh->max_frames = MAX_FRAMES;
	gh->refuse = NO_REF;
	gh->busy = NO_REF;
	gh->lost = NO_REF;
	gh->table = kunit_kzalloc(test, MAX_FRAMES * SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gh->table);

	r->gnttab.max_frames = host_max_frames;
	r->gnttab.max_batch = host_max_batch;
	r->gnttab.publish = host_publish;
	r->gnttab.end = host_end;
	r->gnttab.map_table = host_map_table;
	r->gnttab.map = host_map;
	gh->xh = r->xh;
	gh->xh.features = features;

	return gh;
}

/**
 * gnttab_host_start - make a host and register it
 * @test: the test, whose suite has gnttab_host_exit()
 * @features: its features
 *
 * Return: the host, with a table.
 */
struct gnttab_host *gnttab_host_start(struct kunit *test,
				      unsigned long features)
{
	struct gnttab_host *gh = gnttab_host_alloc(test, features);

	KUNIT_ASSERT_EQ(test, xenhost_gnttab_init(&gh->xh), 0);
	KUNIT_ASSERT_EQ(test, xenhost_register(&gh->xh), 0);
	test->priv = gh;

	return gh;
}

/**
 * gnttab_host_exit - take down what gnttab_host_start() made, if it did
 * @test: the test
 */
void gnttab_host_exit(struct kunit *test)
{
	struct gnttab_host *gh = test->priv;

	if (!gh)
		return;

	KUNIT_EXPECT_FALSE(test, gh->wrong);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&gh->xh), 0);
	xenhost_gnttab_exit(&gh->xh);
	KUNIT_EXPECT_NULL(test, gh->xh.gnttab);
}

/**
 * gnttab_host_grant - grant a frame to PEER
 * @test: the test
 * @gh: the host
 * @frame: the frame
 *
 * Return: the reference.
 */
grant_ref_t gnttab_host_grant(struct kunit *test, struct gnttab_host *gh,
			      unsigned long frame)
{
	int ref = xenhost_gnttab_grant_foreign_access(&gh->xh, PEER, frame, 0);

	KUNIT_ASSERT_GE(test, ref, (int)FIRST_REF);

	return ref;
}
