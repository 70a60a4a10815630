// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite for the devices of other hosts than the default one: hosts that
 * come late, what their devices are called and are told, backends that return,
 * and hosts that go.  Runs in any kernel; no Xen is needed below.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/string.h>

#include <xen/interface/io/xenbus.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "../xenbus/xenbus.h"
#include "fake_store.h"
#include "recorder.h"
#include "xenbus_front.h"

/* Is there a device of that name, on that host? */
static bool has_device(const char *name, xenhost_t *xh)
{
	struct device *dev = bus_find_device_by_name(front_driver.driver.bus, NULL,
						     name);
	bool ret = dev && to_xenbus_device(dev)->xh == xh;

	put_device(dev);
	return ret;
}

static void devices_of_a_late_host(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	char buf[16] = "";

	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_register(test, fs);
	EXPECT_SOON(test, has_device("kunit-kunit-0", &fs->xh));
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);
	KUNIT_ASSERT_NOT_NULL(test, front_seen.last);
	KUNIT_EXPECT_PTR_EQ(test, front_seen.last->xh, &fs->xh);
	KUNIT_EXPECT_EQ(test, front_seen.last->otherend_id, 3);
	KUNIT_EXPECT_STREQ(test, front_seen.last->nodename, "device/kunit/0");

	/* The other end moves on. */
	fake_store_write(fs, "/backend/kunit/7/0/state", "4");
	EXPECT_SOON(test, READ_ONCE(front_seen.state) == XenbusStateConnected);

	/* One comes, one goes. */
	fake_store_device(fs, 1, XenbusStateInitialising);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 2);
	KUNIT_EXPECT_TRUE(test, has_device("kunit-kunit-1", &fs->xh));
	fake_store_rm(fs, "device/kunit/0");
	EXPECT_SOON(test, atomic_read(&front_seen.removed) == 1);
	EXPECT_SOON(test, !has_device("kunit-kunit-0", &fs->xh));

	/* The state goes into the host's store. */
	KUNIT_EXPECT_EQ(test, xenbus_switch_state(front_seen.last,
						  XenbusStateConnected), 0);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "device/kunit/1/state",
					       "4"));
	KUNIT_EXPECT_EQ(test, xenbus_scanf(XBT_HOST(&fs->xh), "device/kunit/1",
					   "state", "%15s", buf), 1);

	fake_store_unregister(test, fs);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 2);
	KUNIT_EXPECT_FALSE(test, has_device("kunit-kunit-1", &fs->xh));
	KUNIT_EXPECT_EQ(test, xenbus_exists(XBT_HOST(&fs->xh), "device", ""),
			0);
}

/* On the default host, or what passes for it where there is none. */
static void release_device(struct device *dev)
{
}

static void equal_nodes(struct kunit *test)
{
	struct fake_store *nested = fake_store_alloc(test, "kunit");
	struct fake_store *local = fake_store_alloc(test, "other");
	struct xenbus_device *dev = kunit_kzalloc(test, sizeof(*dev),
						  GFP_KERNEL);
	struct recorder *direct = recorder_alloc(test, "direct");

	KUNIT_ASSERT_NOT_NULL(test, dev);
	local->xh.kind = XENHOST_LOCAL;
	dev->xh = xh_default ?: &direct->xh;
	dev->nodename = "device/kunit/0";
	dev->devicetype = "kunit-none";
	dev->dev.bus = front_driver.driver.bus;
	dev->dev.release = release_device;
	dev_set_name(&dev->dev, "kunit-0");
	KUNIT_ASSERT_EQ(test, device_register(&dev->dev), 0);

	fake_store_device(nested, 0, XenbusStateInitialising);
	fake_store_device(local, 0, XenbusStateInitialising);
	fake_store_register(test, nested);
	fake_store_register(test, local);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 2);
	KUNIT_EXPECT_TRUE(test, has_device("kunit-kunit-0", &nested->xh));
	KUNIT_EXPECT_TRUE(test, has_device("other-kunit-0", &local->xh));

	/* A node that goes takes the device of its own host only. */
	fake_store_rm(local, "device/kunit/0");
	EXPECT_SOON(test, !has_device("other-kunit-0", &local->xh));
	KUNIT_EXPECT_TRUE(test, has_device("kunit-kunit-0", &nested->xh));

	/* So does a host that goes. */
	fake_store_unregister(test, nested);
	fake_store_unregister(test, local);
	KUNIT_EXPECT_TRUE(test, has_device("kunit-0", dev->xh));
	device_unregister(&dev->dev);
}

static void unaware_driver(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	xenbus_unregister_driver(&front_driver);
	KUNIT_ASSERT_EQ(test, xenbus_register_frontend(&front_unaware_driver), 0);

	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_register(test, fs);
	EXPECT_SOON(test, has_device("kunit-kunit-0", &fs->xh));
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.probed), 0);
	fake_store_unregister(test, fs);

	xenbus_unregister_driver(&front_unaware_driver);
	KUNIT_ASSERT_EQ(test, xenbus_register_frontend(&front_driver), 0);
}

/* An earlier kernel on the same host left the device connected. */
static void reset_of_a_used_device(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fs->backend_follows = true;
	fake_store_device(fs, 0, XenbusStateConnected);
	fake_store_register(test, fs);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "/backend/kunit/7/0/state",
					       "2"));
	fake_store_unregister(test, fs);
}

static int alloc_unbound(xenhost_t *xh, domid_t remote_dom,
			 struct xenhost_port *port)
{
	port->local = 5;
	port->remote_visible = 99;
	return 0;
}

static int remote_port(xenhost_t *xh, evtchn_port_t port)
{
	return port == 5 ? 99 : -ENOENT;
}

static void event_channels(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	evtchn_port_t port = 0;

	fs->tables->evtchn.alloc_unbound = alloc_unbound;
	fs->tables->evtchn.remote_port = remote_port;
	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_register(test, fs);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);
	KUNIT_ASSERT_NOT_NULL(test, front_seen.last);

	KUNIT_EXPECT_EQ(test, xenbus_alloc_evtchn(front_seen.last, &port), 0);
	KUNIT_EXPECT_EQ(test, port, 5);
	KUNIT_EXPECT_EQ(test, xenbus_write_evtchn(XBT_NIL, front_seen.last,
						  front_seen.last->nodename,
						  "event-channel", port), 0);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "device/kunit/0/event-channel",
					       "99"));
	KUNIT_EXPECT_EQ(test, xenbus_write_evtchn(XBT_NIL, front_seen.last,
						  front_seen.last->nodename,
						  "event-channel", 6), -ENOENT);
	fake_store_unregister(test, fs);
}

/* A backend that closed and is to stay gets its frontend anew, once a while. */
static void backend_returns(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct xenbus_device *dev;

	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_register(test, fs);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);
	KUNIT_ASSERT_NOT_NULL(test, front_seen.last);

	/* One that is not online goes for good. */
	xenbus_frontend_closed(front_seen.last);
	fake_store_write(fs, "/backend/kunit/7/0/state", "6");
	EXPECT_SOON(test, READ_ONCE(front_seen.state) == XenbusStateClosed);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 0);

	fake_store_write(fs, "/backend/kunit/7/0/online", "1");
	fake_store_write(fs, "/backend/kunit/7/0/state", "2");
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 1);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "device/kunit/0/state", "1"));

	xenbus_frontend_closed(front_seen.last);
	fake_store_write(fs, "/backend/kunit/7/0/state", "6");
	msleep(200);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.probed), 2);

	/* A host that goes is not looked at by a restart that still waits. */
	dev = front_seen.last;
	get_device(&dev->dev);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&dev->restart));
	fake_store_unregister(test, fs);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 2);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&dev->restart));
	KUNIT_EXPECT_EQ(test, kref_read(&dev->dev.kobj.kref), 1);
	put_device(&dev->dev);
}

/*
 * A device is unregistered by its host that goes, and by its callback.  No
 * callback is running when the host begins, so it takes another device.
 */
static void unregistered_twice(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct xenbus_device *dev;

	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_register(test, fs);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);
	fake_store_device(fs, 1, XenbusStateInitialising);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 2);
	KUNIT_ASSERT_NOT_NULL(test, front_seen.last);
	dev = front_seen.last;
	get_device(&dev->dev);
	/* The first call is for the watch itself. */
	msleep(100);

	atomic_set(&front_seen.changed, 0);
	WRITE_ONCE(front_seen.useless, dev);
	WRITE_ONCE(front_seen.tell, fs);
	fake_store_unregister(test, fs);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.changed), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 2);
	KUNIT_EXPECT_FALSE(test, device_is_registered(&dev->dev));
	KUNIT_EXPECT_EQ(test, kref_read(&dev->dev.kobj.kref), 1);
	put_device(&dev->dev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(devices_of_a_late_host),
	KUNIT_CASE(equal_nodes),
	KUNIT_CASE(unaware_driver),
	KUNIT_CASE(reset_of_a_used_device),
	KUNIT_CASE(event_channels),
	KUNIT_CASE(backend_returns),
	KUNIT_CASE(unregistered_twice),
	{}
};

static struct kunit_suite suite = {
	.name = "xenbus-hosts",
	.suite_init = front_begin_suite,
	.suite_exit = front_end_suite,
	.init = front_begin,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit tests of the devices of other hosts");
MODULE_LICENSE("GPL");
