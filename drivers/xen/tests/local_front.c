// SPDX-License-Identifier: GPL-2.0
/*
 * What the hostile frontends share, and their start: by hand, once a xenstored is
 * there, by a write to /sys/module/local_kunit/parameters/fronts, which fails if
 * a test does.
 */

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include <xen/page.h>
#include <xen/xenhost_gnttab.h>

#include "local_front.h"

int front_init(struct kunit *test, struct front *f, const char *be,
	       const char *fe)
{
	xenhost_t *xh = xenhost_find(XENHOST_LOCAL);

	KUNIT_ASSERT_NOT_NULL(test, xh);
	KUNIT_ASSERT_NOT_NULL(test, xh->store);
	f->xh = xh;
	f->xbt = XBT_HOST(xh);
	f->be = be;
	f->fe = fe;
	return 0;
}

/* Waits for an end to reach the state. */
bool front_state_is(struct front *f, const char *dir, int state)
{
	unsigned int i;
	int is;

	for (i = 0; i < FRONT_PATIENCE; i++) {
		if (xenbus_scanf(f->xbt, dir, "state", "%d", &is) == 1 &&
		    is == state)
			return true;
		msleep(20);
	}
	return false;
}

bool front_backend_is(struct front *f, int state)
{
	return front_state_is(f, f->be, state);
}

void front_set(struct kunit *test, struct front *f, const char *dir,
	       const char *node, const char *value)
{
	KUNIT_EXPECT_EQ(test, xenbus_printf(f->xbt, dir, node, "%s", value), 0);
}

/* Nodes that all devices have; those of its kind are there already. */
void front_setup(struct kunit *test, struct front *f)
{
	KUNIT_ASSERT_EQ(test, f->xh->ops->evtchn->alloc_unbound(f->xh, 0,
								&f->port), 0);
	front_set(test, f, f->fe, "backend", f->be);
	front_set(test, f, f->fe, "backend-id", "0");
	front_set(test, f, f->fe, "state", "1");
	front_set(test, f, f->be, "frontend", f->fe);
	front_set(test, f, f->be, "frontend-id", "0");
	front_set(test, f, f->be, "online", "1");
	front_set(test, f, f->be, "state", "1");
	KUNIT_ASSERT_TRUE(test, front_backend_is(f, XenbusStateInitWait));
	xenbus_printf(f->xbt, f->fe, "event-channel", "%u",
		      f->port.remote_visible);
}

/* The backend lets go of all it has. */
void front_teardown(struct kunit *test, struct front *f)
{
	front_set(test, f, f->be, "online", "0");
	front_set(test, f, f->fe, "state", "5");
	front_set(test, f, f->fe, "state", "6");
	KUNIT_EXPECT_TRUE(test, front_backend_is(f, XenbusStateClosed));
	xenbus_rm(f->xbt, f->be, "");
	xenbus_rm(f->xbt, f->fe, "");
	/* It unmaps the ring when the device goes. */
	msleep(500);
	if (f->port.local)
		KUNIT_EXPECT_EQ(test, f->xh->ops->evtchn->close(f->xh,
								f->port.local),
				0);
}

int front_share(struct front *f, void *page, int readonly)
{
	return xenhost_gnttab_grant_foreign_access(f->xh, 0, virt_to_gfn(page),
						   readonly);
}

/* The backend has unmapped it. */
void front_end(struct kunit *test, struct front *f, int ref)
{
	if (ref > 0)
		KUNIT_EXPECT_EQ(test,
				xenhost_gnttab_try_end_foreign_access(f->xh, ref),
				1);
}

static struct kunit_suite * const fronts[] = {
	&local_blk_suite,
	&local_back_suite,
#ifdef CONFIG_NET
	&local_net_suite,
#endif
};

static int run_fronts(const char *val, const struct kernel_param *kp)
{
	unsigned int i;
	int ret;

	if (!kunit_enabled())
		return -EPERM;
	ret = __kunit_test_suites_init(fronts, ARRAY_SIZE(fronts));
	for (i = 0; !ret && i < ARRAY_SIZE(fronts); i++)
		if (kunit_suite_has_succeeded(fronts[i]) != KUNIT_SUCCESS)
			ret = -EIO;
	return ret;
}

static const struct kernel_param_ops fronts_ops = {
	.set = run_fronts,
};

module_param_cb(fronts, &fronts_ops, NULL, 0200);
