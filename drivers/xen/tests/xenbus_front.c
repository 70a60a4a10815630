// SPDX-License-Identifier: GPL-2.0
/*
 * The drivers of xenbus_front.h; the first is on the bus while a suite runs that
 * needs it.
 */
#include <linux/string.h>

#include "xenbus_front.h"

struct front_seen front_seen;

static int front_probe(struct xenbus_device *dev,
		       const struct xenbus_device_id *id)
{
	WRITE_ONCE(front_seen.last, dev);
	atomic_inc(&front_seen.probed);
	return 0;
}

static void front_changed(struct xenbus_device *dev, enum xenbus_state state)
{
	WRITE_ONCE(front_seen.state, state);
	atomic_inc(&front_seen.changed);
	if (READ_ONCE(front_seen.useless) == dev) {
		/* The host is to come first. */
		msleep(300);
		xenbus_unregister_device(dev);
	}
}

static void front_remove(struct xenbus_device *dev)
{
	struct fake_store *fs = xchg(&front_seen.tell, NULL);
	unsigned long end = jiffies + SOON;

	atomic_inc(&front_seen.removed);
	if (!fs)
		return;
	fake_store_write(fs, "/backend/kunit/7/1/state", "4");
	while (!atomic_read(&front_seen.changed) && time_before(jiffies, end))
		msleep(20);
}

static const struct xenbus_device_id front_ids[] = {
	{ "kunit" },
	{ "" }
};

struct xenbus_driver front_driver = {
	.name = "xenbus_kunit",
	.ids = front_ids,
	.any_host = true,
	.not_essential = true,
	.probe = front_probe,
	.otherend_changed = front_changed,
	.remove = front_remove,
};

/* One that does not say that any host will do. */
struct xenbus_driver front_unaware_driver = {
	.name = "xenbus_kunit_unaware",
	.ids = front_ids,
	.not_essential = true,
	.probe = front_probe,
};

int front_begin(struct kunit *test)
{
	memset(&front_seen, 0, sizeof(front_seen));
	return 0;
}

int front_begin_suite(struct kunit_suite *suite)
{
	return xenbus_register_frontend(&front_driver);
}

void front_end_suite(struct kunit_suite *suite)
{
	xenbus_unregister_driver(&front_driver);
}
