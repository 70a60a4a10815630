// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite for devices whose place in a store is another device's before this
 * kernel knows, or before their driver is through.  Runs in any kernel.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/jiffies.h>

#include <xen/interface/io/xenbus.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "fake_store.h"

#define FRONT	"device/kunit/0"
#define BACK	"/backend/kunit/7/0"

/* What the driver saw, in threads of xenbus. */
static struct {
	atomic_t probed;
	atomic_t removed;
	struct xenbus_device *last;
	/* Did the first removal write into the node of a new device? */
	bool wrote;
	/* Put a device in there while the driver removes its own. */
	bool put_in;
} seen;

static int replaced_probe(struct xenbus_device *dev,
			  const struct xenbus_device_id *id)
{
	WRITE_ONCE(seen.last, dev);
	atomic_inc(&seen.probed);
	return 0;
}

static void replaced_changed(struct xenbus_device *dev,
			     enum xenbus_state state)
{
}

/* As netfront, it tells its backend. */
static void replaced_remove(struct xenbus_device *dev)
{
	struct fake_store *fs = container_of(dev->xh, struct fake_store, xh);

	if (xchg(&seen.put_in, false))
		fake_store_device(fs, 0, XenbusStateInitialising);
	xenbus_switch_state(dev, XenbusStateClosing);
	xenbus_switch_state(dev, XenbusStateClosed);
	if (!atomic_read(&seen.removed))
		WRITE_ONCE(seen.wrote,
			   !fake_store_has(fs, FRONT "/state", "1"));
	atomic_inc(&seen.removed);
}

static const struct xenbus_device_id replaced_ids[] = {
	{ "kunit" },
	{ "" }
};

static struct xenbus_driver replaced = {
	.name = "xenbus_kunit_replaced",
	.ids = replaced_ids,
	.any_host = true,
	.not_essential = true,
	.probe = replaced_probe,
	.otherend_changed = replaced_changed,
	.remove = replaced_remove,
};

static bool soon(atomic_t *count, int value)
{
	unsigned long end = jiffies + 5 * HZ;

	while (atomic_read(count) != value && time_before(jiffies, end))
		msleep(20);
	return atomic_read(count) == value;
}

/* A host with a device that is connected, whose backend is to stay */
static struct fake_store *connected(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_write(fs, BACK "/online", "1");
	KUNIT_ASSERT_EQ(test, xenhost_register(&fs->xh), 0);
	KUNIT_ASSERT_TRUE(test, soon(&seen.probed, 1));
	KUNIT_ASSERT_EQ(test, xenbus_switch_state(seen.last,
						  XenbusStateConnected), 0);
	fake_store_write(fs, BACK "/state", "4");
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, FRONT "/state", "4"));
	/* The first call is for the watch itself. */
	msleep(100);
	return fs;
}

/* One that is new has a driver, and the one before left it alone. */
static void expect_new(struct kunit *test, struct fake_store *fs)
{
	KUNIT_EXPECT_TRUE(test, soon(&seen.probed, 2));
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 1);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(seen.wrote));
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, FRONT "/state", "1"));
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 2);
}

static void while_it_is_removed(struct kunit *test)
{
	struct fake_store *fs = connected(test);

	WRITE_ONCE(seen.put_in, true);
	fake_store_rm(fs, FRONT);
	expect_new(test, fs);
}

static void unseen_once_closed(struct kunit *test)
{
	struct fake_store *fs = connected(test);

	fake_store_write(fs, BACK "/state", "5");
	xenbus_frontend_closed(seen.last);
	fake_store_write(fs, FRONT "/state", "1");
	fake_store_write(fs, BACK "/state", "2");
	expect_new(test, fs);
}

static void unseen_by_force(struct kunit *test)
{
	struct fake_store *fs = connected(test);

	fake_store_write(fs, FRONT "/state", "1");
	fake_store_write(fs, BACK "/state", "2");
	expect_new(test, fs);
}

static int begin(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static int begin_suite(struct kunit_suite *suite)
{
	return xenbus_register_frontend(&replaced);
}

static void end_suite(struct kunit_suite *suite)
{
	xenbus_unregister_driver(&replaced);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(while_it_is_removed),
	KUNIT_CASE(unseen_once_closed),
	KUNIT_CASE(unseen_by_force),
	{}
};

static struct kunit_suite suite = {
	.name = "xenbus-replaced",
	.suite_init = begin_suite,
	.suite_exit = end_suite,
	.init = begin,
	.test_cases = cases,
};

kunit_test_suite(suite);
