// SPDX-License-Identifier: GPL-2.0
/*
 * The memory target of a host other than the one below is followed: a host that
 * counts what it is given, whose store sets the target.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include <xen/xenhost.h>

#include "fake_store.h"
#include "recorder.h"
#include "xenbus_front.h"

#define PAGES(n)	((n) << (PAGE_SHIFT - 10))	/* in KiB */

/* What the host did; the balloon's work is the only caller of its members. */
static struct {
	struct page *has[256];
	unsigned int nr;
	unsigned int calls;
	unsigned int most;	/* how many it takes at once */
	bool refuse;
} host;

static int count_release(xenhost_t *xh, unsigned int nr, struct page **pages)
{
	unsigned int i, n = min(nr, host.most);

	host.calls++;
	if (host.refuse)
		return 0;
	/* The last ones, so that the front of the array changes. */
	for (i = 0; i < nr / 2; i++)
		swap(pages[i], pages[nr - 1 - i]);
	for (i = 0; i < n; i++) {
		if (host.nr < ARRAY_SIZE(host.has))
			host.has[host.nr] = pages[i];
		WRITE_ONCE(host.nr, host.nr + 1);
	}
	return n;
}

static int count_reclaim(xenhost_t *xh, unsigned int nr, struct page **pages)
{
	unsigned int n = min3(nr, host.most, host.nr);

	host.calls++;
	WRITE_ONCE(host.nr, host.nr - n);
	return n;
}

static bool soon_has(unsigned int nr)
{
	unsigned long end = jiffies + SOON;

	while (READ_ONCE(host.nr) != nr && time_before(jiffies, end))
		msleep(20);
	msleep(50);		/* and it stays so */
	return READ_ONCE(host.nr) == nr;
}

static void set_target(struct fake_store *fs, unsigned int pages)
{
	char kb[16];

	snprintf(kb, sizeof(kb), "%u", PAGES(pages));
	fake_store_write(fs, "memory/target", kb);
}

static struct fake_store *host_with_target(struct kunit *test,
					   unsigned int pages)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	memset(&host, 0, sizeof(host));
	host.most = UINT_MAX;
	fs->tables->balloon.release = count_release;
	fs->tables->balloon.reclaim = count_reclaim;
	fs->xh.features |= XENHOST_F_MEMORY;
	set_target(fs, pages);
	KUNIT_ASSERT_EQ(test, xenhost_register(&fs->xh), 0);
	/* What is written next must not be the first target it sees. */
	EXPECT_SOON(test, fake_store_was_read(fs, "memory/target"));
	KUNIT_EXPECT_TRUE(test, soon_has(0));
	return fs;
}

static void follow(struct kunit *test)
{
	struct fake_store *fs = host_with_target(test, 10000);
	long pages;

	pages = totalram_pages();
	set_target(fs, 9800);
	KUNIT_EXPECT_TRUE(test, soon_has(200));
	KUNIT_EXPECT_EQ(test, totalram_pages(), pages - 200);
	KUNIT_EXPECT_EQ(test, atomic64_read(&fs->xh.stats.released), 200);

	set_target(fs, 9900);
	KUNIT_EXPECT_TRUE(test, soon_has(100));

	/* Above the first value there is nothing to be had. */
	set_target(fs, 20000);
	KUNIT_EXPECT_TRUE(test, soon_has(0));
	KUNIT_EXPECT_EQ(test, totalram_pages(), pages);
	KUNIT_EXPECT_EQ(test, atomic64_read(&fs->xh.stats.reclaimed), 200);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
}

/* A host that takes and gives a few at a time, and refuses for a while. */
static void follow_slowly(struct kunit *test)
{
	struct fake_store *fs = host_with_target(test, 10000);
	unsigned int i, j, calls;

	host.most = 3;
	set_target(fs, 9990);
	KUNIT_EXPECT_TRUE(test, soon_has(10));
	KUNIT_EXPECT_EQ(test, host.calls, 4);
	for (i = 0; i < 10; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, host.has[i], host.has[j]);

	host.refuse = true;
	set_target(fs, 9980);
	KUNIT_EXPECT_FALSE(test, soon_has(20));
	calls = host.calls;
	host.refuse = false;
	KUNIT_EXPECT_TRUE(test, soon_has(20));
	KUNIT_EXPECT_GT(test, host.calls, calls);

	set_target(fs, 10000);
	KUNIT_EXPECT_TRUE(test, soon_has(0));
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
}

/* The pages are kept when the host goes, and are known when it returns. */
static void keep_over_absence(struct kunit *test)
{
	struct fake_store *fs = host_with_target(test, 10000);

	set_target(fs, 9950);
	KUNIT_EXPECT_TRUE(test, soon_has(50));
	KUNIT_ASSERT_EQ(test, xenhost_unregister(&fs->xh), 0);
	set_target(fs, 9960);
	KUNIT_EXPECT_TRUE(test, soon_has(50));

	KUNIT_ASSERT_EQ(test, xenhost_register(&fs->xh), 0);
	KUNIT_EXPECT_TRUE(test, soon_has(40));
	set_target(fs, 10000);
	KUNIT_EXPECT_TRUE(test, soon_has(0));
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(follow),
	KUNIT_CASE_SLOW(follow_slowly),
	KUNIT_CASE(keep_over_absence),
	{}
};

/* The tests put a host of their own in the nested one's place. */
static int begin_suite(struct kunit_suite *suite)
{
	return xenhost_find(XENHOST_NESTED) ? -EBUSY : 0;
}

static struct kunit_suite suite = {
	.name = "xenhost-balloon",
	.suite_init = begin_suite,
	.test_cases = cases,
};

kunit_test_suite(suite);
