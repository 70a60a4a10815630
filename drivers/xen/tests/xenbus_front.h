/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frontend drivers of the tests of xenbus, and what the first of them saw.
 */
#ifndef _XEN_TESTS_XENBUS_FRONT_H
#define _XEN_TESTS_XENBUS_FRONT_H

#include <kunit/test.h>

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/jiffies.h>

#include <xen/interface/io/xenbus.h>
#include <xen/xenbus.h>

#include "fake_store.h"

#define SOON	msecs_to_jiffies(5000)

/* Wait for what other threads bring about. */
#define EXPECT_SOON(test, cond) do {					\
	unsigned long end = jiffies + SOON;				\
	bool met;							\
									\
	while (!(met = (cond)) && time_before(jiffies, end))		\
		msleep(20);						\
	KUNIT_EXPECT_TRUE_MSG(test, met, "not in time: %s", #cond);	\
} while (0)

/* What front_driver saw; its callbacks run in threads of xenbus. */
struct front_seen {
	atomic_t probed;
	atomic_t removed;
	atomic_t changed;
	struct xenbus_device *last;
	enum xenbus_state state;
	/* The callback unregisters that one, which is told by the removal. */
	struct xenbus_device *useless;
	struct fake_store *tell;
};

extern struct front_seen front_seen;
extern struct xenbus_driver front_driver;
extern struct xenbus_driver front_unaware_driver;

int front_begin(struct kunit *test);
int front_begin_suite(struct kunit_suite *suite);
void front_end_suite(struct kunit_suite *suite);

#endif /* _XEN_TESTS_XENBUS_FRONT_H */
