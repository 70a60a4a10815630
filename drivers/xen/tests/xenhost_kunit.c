// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite for the registry of hosts. Runs in any kernel; no Xen is
 * needed below.
 */
#include <kunit/test.h>

#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenhost.h>

#include "recorder.h"

/* What a listener saw, in order. */
struct listener {
	struct notifier_block nb;
	xenhost_t *only;
	int refuse;
	unsigned int added, removed;
	bool was_multi;
};

static int listen(struct notifier_block *nb, unsigned long event, void *data)
{
	struct listener *l = container_of(nb, struct listener, nb);

	if (data != l->only)
		return NOTIFY_DONE;
	switch (event) {
	case XENHOST_ADDED:
		l->added++;
		l->was_multi = xenhost_multi();
		return notifier_from_errno(l->refuse);
	case XENHOST_REMOVED:
		l->removed++;
		break;
	}
	return NOTIFY_DONE;
}

static void register_and_forget(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");

	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), 0);
	KUNIT_EXPECT_PTR_EQ(test, xenhost_find(XENHOST_NESTED), &r->xh);
	KUNIT_EXPECT_TRUE(test, xenhost_multi());
	KUNIT_EXPECT_TRUE(test, xenhost_any());
	KUNIT_EXPECT_FALSE(test, xenhost_is_default(&r->xh));
	KUNIT_EXPECT_TRUE(test, xenhost_is_default(NULL));

	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), 0);
	KUNIT_EXPECT_NULL(test, xenhost_find(XENHOST_NESTED));
	KUNIT_EXPECT_FALSE(test, xenhost_multi());
}

static void register_twice(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	struct recorder *same_kind = recorder_alloc(test, "other");
	struct recorder *same_name = recorder_alloc(test, "kunit");

	same_name->xh.kind = XENHOST_LOCAL;
	KUNIT_ASSERT_EQ(test, xenhost_register(&r->xh), 0);
	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), -EEXIST);
	KUNIT_EXPECT_EQ(test, xenhost_register(&same_kind->xh), -EEXIST);
	KUNIT_EXPECT_EQ(test, xenhost_register(&same_name->xh), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, xenhost_find(XENHOST_NESTED), &r->xh);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), 0);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), -EINVAL);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(NULL), -EINVAL);
}

static void refuse_nonsense(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");

	KUNIT_EXPECT_EQ(test, xenhost_register(NULL), -EINVAL);
	r->xh.name = "";
	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), -EINVAL);
	r->xh.name = "kunit";
	r->xh.kind = XENHOST_NR_KINDS;
	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), -EINVAL);
	KUNIT_EXPECT_STREQ(test, xenhost_kind_name(XENHOST_NR_KINDS),
			   "unknown");
	r->xh.kind = XENHOST_NESTED;
	r->xh.ops = NULL;
	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), -EINVAL);
	KUNIT_EXPECT_FALSE(test, xenhost_multi());
}

/* Each member of each table, and each table, missing once. */
static void refuse_holes(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	unsigned int n = recorder_nr_members(r);
	unsigned int i;

	KUNIT_ASSERT_GT(test, n, 25);
	for (i = 0; i < n; i++) {
		void *old = recorder_swap_member(r, i, NULL);

		KUNIT_EXPECT_EQ_MSG(test, xenhost_register(&r->xh), -EINVAL,
				    "member %u of the tables missing", i);
		recorder_swap_member(r, i, old);
	}
	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), 0);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), 0);
}

static void tell_listeners(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	struct listener early = { .nb.notifier_call = listen, .only = &r->xh };
	struct listener late = { .nb.notifier_call = listen, .only = &r->xh };

	KUNIT_ASSERT_EQ(test, xenhost_register_notifier(&early.nb), 0);
	KUNIT_ASSERT_EQ(test, xenhost_register(&r->xh), 0);
	KUNIT_EXPECT_EQ(test, early.added, 1);
	KUNIT_EXPECT_TRUE(test, early.was_multi);

	KUNIT_ASSERT_EQ(test, xenhost_register_notifier(&late.nb), 0);
	KUNIT_EXPECT_EQ(test, late.added, 1);
	KUNIT_EXPECT_EQ(test, early.added, 1);

	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), 0);
	KUNIT_EXPECT_EQ(test, early.removed, 1);
	KUNIT_EXPECT_EQ(test, late.removed, 1);
	xenhost_unregister_notifier(&late.nb);
	xenhost_unregister_notifier(&early.nb);
	KUNIT_EXPECT_EQ(test, xenhost_unregister_notifier(&early.nb), -ENOENT);
}

static void refused_by_a_listener(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	struct listener l = {
		.nb.notifier_call = listen,
		.only = &r->xh,
		.refuse = -ENOMEM,
	};

	KUNIT_ASSERT_EQ(test, xenhost_register_notifier(&l.nb), 0);
	KUNIT_EXPECT_EQ(test, xenhost_register(&r->xh), -ENOMEM);
	KUNIT_EXPECT_EQ(test, l.removed, 1);
	KUNIT_EXPECT_FALSE(test, r->xh.registered);
	KUNIT_EXPECT_NULL(test, xenhost_find(XENHOST_NESTED));
	KUNIT_EXPECT_FALSE(test, xenhost_multi());
	xenhost_unregister_notifier(&l.nb);
}

/* A device node's open() comes with a lock held that a callback takes. */
static int get_from_callback(struct notifier_block *nb, unsigned long event,
			     void *data)
{
	struct listener *l = container_of(nb, struct listener, nb);
	xenhost_t *xh = data;

	if (xh == l->only && xenhost_get(xh->kind))
		l->refuse = -EBUSY;
	return NOTIFY_DONE;
}

static void get_and_put(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	struct listener l = {
		.nb.notifier_call = get_from_callback,
		.only = &r->xh,
	};

	KUNIT_ASSERT_EQ(test, xenhost_register_notifier(&l.nb), 0);
	KUNIT_ASSERT_EQ(test, xenhost_register(&r->xh), 0);
	KUNIT_EXPECT_PTR_EQ(test, xenhost_get(XENHOST_NESTED), &r->xh);
	KUNIT_EXPECT_PTR_EQ(test, xenhost_get(XENHOST_NESTED), &r->xh);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), -EBUSY);
	xenhost_put(&r->xh);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), -EBUSY);
	xenhost_put(&r->xh);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), 0);
	KUNIT_EXPECT_NULL(test, xenhost_get(XENHOST_NESTED));
	/* Neither while it came nor while it went. */
	KUNIT_EXPECT_EQ(test, l.refuse, 0);
	xenhost_unregister_notifier(&l.nb);
}

static int count_host(xenhost_t *xh, void *data)
{
	(*(unsigned int *)data)++;
	return 0;
}

static int stop_at(xenhost_t *xh, void *data)
{
	return xh == data ? -EINTR : 0;
}

static void walk(struct kunit *test)
{
	struct recorder *r = recorder_alloc(test, "kunit");
	unsigned int before = 0, with = 0;

	KUNIT_EXPECT_EQ(test, xenhost_for_each(count_host, &before), 0);
	KUNIT_ASSERT_EQ(test, xenhost_register(&r->xh), 0);
	KUNIT_EXPECT_EQ(test, xenhost_for_each(count_host, &with), 0);
	KUNIT_EXPECT_EQ(test, with, before + 1);
	KUNIT_EXPECT_EQ(test, xenhost_for_each(stop_at, &r->xh), -EINTR);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&r->xh), 0);
}

/* A kernel that runs on Xen keeps its direct host. */
static void keep_the_direct_host(struct kunit *test)
{
	if (!xh_default)
		kunit_skip(test, "no Xen below");
	KUNIT_EXPECT_EQ(test, xenhost_unregister(xh_default), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, xenhost_find(XENHOST_DIRECT), xh_default);
}

static struct kunit_case xenhost_cases[] = {
	KUNIT_CASE(register_and_forget),
	KUNIT_CASE(register_twice),
	KUNIT_CASE(refuse_nonsense),
	KUNIT_CASE(refuse_holes),
	KUNIT_CASE(tell_listeners),
	KUNIT_CASE(refused_by_a_listener),
	KUNIT_CASE(get_and_put),
	KUNIT_CASE(walk),
	KUNIT_CASE(keep_the_direct_host),
	{}
};

/* The tests put a host of their own in the nested one's place. */
static int xenhost_suite_init(struct kunit_suite *suite)
{
	return xenhost_find(XENHOST_NESTED) ? -EBUSY : 0;
}

static struct kunit_suite xenhost_suite = {
	.name = "xenhost",
	.suite_init = xenhost_suite_init,
	.test_cases = xenhost_cases,
};

kunit_test_suite(xenhost_suite);

MODULE_DESCRIPTION("KUnit tests of the registry of Xen hosts");
MODULE_LICENSE("GPL");
