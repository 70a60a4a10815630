// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite for the stores of other hosts than the default one: hosts that
 * come late, their devices, watches and transactions, a store that lies or is
 * silent, and hosts that go.  Runs in any kernel; no Xen is needed below.
 */
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/string.h>

#include <xen/interface/io/xenbus.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "../xenbus/xenbus.h"
#include "fake_store.h"
#include "recorder.h"

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

/* What the driver of the tests saw; its callbacks run in threads of xenbus. */
static struct {
	atomic_t probed;
	atomic_t removed;
	atomic_t changed;
	struct xenbus_device *last;
	enum xenbus_state state;
	/* The callback unregisters that one, which is told by the removal. */
	struct xenbus_device *useless;
	struct fake_store *tell;
} seen;

static int front_probe(struct xenbus_device *dev,
		       const struct xenbus_device_id *id)
{
	WRITE_ONCE(seen.last, dev);
	atomic_inc(&seen.probed);
	return 0;
}

static void front_changed(struct xenbus_device *dev, enum xenbus_state state)
{
	WRITE_ONCE(seen.state, state);
	atomic_inc(&seen.changed);
	if (READ_ONCE(seen.useless) == dev) {
		/* The host is to come first. */
		msleep(300);
		xenbus_unregister_device(dev);
	}
}

static void front_remove(struct xenbus_device *dev)
{
	struct fake_store *fs = xchg(&seen.tell, NULL);
	unsigned long end = jiffies + SOON;

	atomic_inc(&seen.removed);
	if (!fs)
		return;
	fake_store_write(fs, "/backend/kunit/7/1/state", "4");
	while (!atomic_read(&seen.changed) && time_before(jiffies, end))
		msleep(20);
}

static const struct xenbus_device_id front_ids[] = {
	{ "kunit" },
	{ "" }
};

static struct xenbus_driver front = {
	.name = "xenbus_kunit",
	.ids = front_ids,
	.any_host = true,
	.not_essential = true,
	.probe = front_probe,
	.otherend_changed = front_changed,
	.remove = front_remove,
};

static struct xenbus_driver unaware_front = {
	.name = "xenbus_kunit_unaware",
	.ids = front_ids,
	.not_essential = true,
	.probe = front_probe,
};

/* Is there a device of that name, on that host? */
static bool has_device(const char *name, xenhost_t *xh)
{
	struct device *dev = bus_find_device_by_name(front.driver.bus, NULL,
						     name);
	bool ret = dev && to_xenbus_device(dev)->xh == xh;

	put_device(dev);
	return ret;
}

static void register_host(struct kunit *test, struct fake_store *fs)
{
	KUNIT_ASSERT_EQ(test, xenhost_register(&fs->xh), 0);
}

static void unregister_host(struct kunit *test, struct fake_store *fs)
{
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	KUNIT_EXPECT_EQ(test, fs->connects, 1);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
	KUNIT_EXPECT_NULL(test, fs->xh.store);
}

static void devices_of_a_late_host(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	char buf[16] = "";

	fake_store_device(fs, 0, XenbusStateInitialising);
	register_host(test, fs);
	EXPECT_SOON(test, has_device("kunit-kunit-0", &fs->xh));
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);
	KUNIT_ASSERT_NOT_NULL(test, seen.last);
	KUNIT_EXPECT_PTR_EQ(test, seen.last->xh, &fs->xh);
	KUNIT_EXPECT_EQ(test, seen.last->otherend_id, 3);
	KUNIT_EXPECT_STREQ(test, seen.last->nodename, "device/kunit/0");

	/* The other end moves on. */
	fake_store_write(fs, "/backend/kunit/7/0/state", "4");
	EXPECT_SOON(test, READ_ONCE(seen.state) == XenbusStateConnected);

	/* One comes, one goes. */
	fake_store_device(fs, 1, XenbusStateInitialising);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 2);
	KUNIT_EXPECT_TRUE(test, has_device("kunit-kunit-1", &fs->xh));
	fake_store_rm(fs, "device/kunit/0");
	EXPECT_SOON(test, atomic_read(&seen.removed) == 1);
	EXPECT_SOON(test, !has_device("kunit-kunit-0", &fs->xh));

	/* The state goes into the host's store. */
	KUNIT_EXPECT_EQ(test, xenbus_switch_state(seen.last,
						  XenbusStateConnected), 0);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "device/kunit/1/state",
					       "4"));
	KUNIT_EXPECT_EQ(test, xenbus_scanf(XBT_HOST(&fs->xh), "device/kunit/1",
					   "state", "%15s", buf), 1);

	unregister_host(test, fs);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 2);
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
	dev->dev.bus = front.driver.bus;
	dev->dev.release = release_device;
	dev_set_name(&dev->dev, "kunit-0");
	KUNIT_ASSERT_EQ(test, device_register(&dev->dev), 0);

	fake_store_device(nested, 0, XenbusStateInitialising);
	fake_store_device(local, 0, XenbusStateInitialising);
	register_host(test, nested);
	register_host(test, local);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 2);
	KUNIT_EXPECT_TRUE(test, has_device("kunit-kunit-0", &nested->xh));
	KUNIT_EXPECT_TRUE(test, has_device("other-kunit-0", &local->xh));

	/* A node that goes takes the device of its own host only. */
	fake_store_rm(local, "device/kunit/0");
	EXPECT_SOON(test, !has_device("other-kunit-0", &local->xh));
	KUNIT_EXPECT_TRUE(test, has_device("kunit-kunit-0", &nested->xh));

	/* So does a host that goes. */
	unregister_host(test, nested);
	unregister_host(test, local);
	KUNIT_EXPECT_TRUE(test, has_device("kunit-0", dev->xh));
	device_unregister(&dev->dev);
}

static void unaware_driver(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	xenbus_unregister_driver(&front);
	KUNIT_ASSERT_EQ(test, xenbus_register_frontend(&unaware_front), 0);

	fake_store_device(fs, 0, XenbusStateInitialising);
	register_host(test, fs);
	EXPECT_SOON(test, has_device("kunit-kunit-0", &fs->xh));
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.probed), 0);
	unregister_host(test, fs);

	xenbus_unregister_driver(&unaware_front);
	KUNIT_ASSERT_EQ(test, xenbus_register_frontend(&front), 0);
}

/* An earlier kernel on the same host left the device connected. */
static void reset_of_a_used_device(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fs->backend_follows = true;
	fake_store_device(fs, 0, XenbusStateConnected);
	register_host(test, fs);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "/backend/kunit/7/0/state",
					       "2"));
	unregister_host(test, fs);
}

static void wait_until_up(struct kunit *test, struct fake_store *fs)
{
	EXPECT_SOON(test, READ_ONCE(fs->xh.store));
	KUNIT_ASSERT_NOT_NULL(test, fs->xh.store);
}

static void transactions(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct fake_store *other = fake_store_alloc(test, "other");
	struct xenbus_transaction xbt;
	unsigned int before;

	other->xh.kind = XENHOST_LOCAL;
	register_host(test, fs);
	register_host(test, other);
	wait_until_up(test, fs);
	wait_until_up(test, other);
	msleep(100);
	before = other->requests;

	KUNIT_ASSERT_EQ(test, xenhost_transaction_start(&fs->xh, &xbt), 0);
	KUNIT_EXPECT_PTR_EQ(test, xbt.xh, &fs->xh);
	KUNIT_EXPECT_EQ(test, xenbus_printf(xbt, "data", "x", "%d", 42), 0);
	KUNIT_EXPECT_EQ(test, xenbus_transaction_end(xbt, 0), 0);
	KUNIT_EXPECT_EQ(test, fs->transactions, 1);
	KUNIT_EXPECT_EQ(test, fs->in_transaction, 2);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "data/x", "42"));
	KUNIT_EXPECT_EQ(test, xenhost_read_unsigned(&fs->xh, "data", "x", 1),
			42);

	KUNIT_EXPECT_EQ(test, xenbus_rm(XBT_HOST(&fs->xh), "data", "x"), 0);
	KUNIT_EXPECT_EQ(test, xenhost_read_unsigned(&fs->xh, "data", "x", 1),
			1);
	KUNIT_EXPECT_EQ(test, other->requests, before);

	unregister_host(test, other);
	unregister_host(test, fs);
	KUNIT_EXPECT_EQ(test, xenhost_transaction_start(&fs->xh, &xbt),
			-ENODEV);
}

struct counted_watch {
	struct xenbus_watch watch;
	atomic_t fired;
	char path[32];
};

static void count_watch(struct xenbus_watch *watch, const char *path,
			const char *token)
{
	struct counted_watch *w = container_of(watch, struct counted_watch,
					       watch);

	strscpy(w->path, path);
	atomic_inc(&w->fired);
}

static void watches(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct counted_watch w = {
		.watch.xh = &fs->xh,
		.watch.node = "data",
		.watch.callback = count_watch,
	};

	KUNIT_EXPECT_EQ(test, register_xenbus_watch(&w.watch), -ENODEV);
	register_host(test, fs);
	wait_until_up(test, fs);

	KUNIT_ASSERT_EQ(test, register_xenbus_watch(&w.watch), 0);
	EXPECT_SOON(test, atomic_read(&w.fired) == 1);
	fake_store_write(fs, "data/y", "1");
	EXPECT_SOON(test, atomic_read(&w.fired) == 2);
	KUNIT_EXPECT_STREQ(test, w.path, "data/y");
	unregister_xenbus_watch(&w.watch);
	fake_store_write(fs, "data/y", "2");
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.fired), 2);

	/* One that outlives the host does no harm. */
	KUNIT_ASSERT_EQ(test, register_xenbus_watch(&w.watch), 0);
	unregister_host(test, fs);
	unregister_xenbus_watch(&w.watch);
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
	register_host(test, fs);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);
	KUNIT_ASSERT_NOT_NULL(test, seen.last);

	KUNIT_EXPECT_EQ(test, xenbus_alloc_evtchn(seen.last, &port), 0);
	KUNIT_EXPECT_EQ(test, port, 5);
	KUNIT_EXPECT_EQ(test, xenbus_write_evtchn(XBT_NIL, seen.last,
						  seen.last->nodename,
						  "event-channel", port), 0);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "device/kunit/0/event-channel",
					       "99"));
	KUNIT_EXPECT_EQ(test, xenbus_write_evtchn(XBT_NIL, seen.last,
						  seen.last->nodename,
						  "event-channel", 6), -ENOENT);
	unregister_host(test, fs);
}

/* Does the store still answer, whatever was done to the ring? */
static bool answers(struct fake_store *fs)
{
	int i;

	for (i = 0; i < 3; i++)
		if (xenhost_read_unsigned(&fs->xh, "data", "z", 0) == 7)
			return true;
	return false;
}

static void garbage_indexes(struct kunit *test)
{
	static const u32 lies[] = { 1025, 4096, 0x7fffffff, 0x80000000 };
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	unsigned int i;

	fake_store_write(fs, "data/z", "7");
	register_host(test, fs);
	wait_until_up(test, fs);
	msleep(100);
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		/* Replies that are not there. */
		WRITE_ONCE(fs->intf.rsp_prod,
			   READ_ONCE(fs->intf.rsp_cons) + lies[i]);
		fs->ring->event(fs->ring);
		EXPECT_SOON(test, READ_ONCE(fs->intf.rsp_prod) ==
				  READ_ONCE(fs->intf.rsp_cons));
		KUNIT_EXPECT_TRUE(test, answers(fs));

		/* Requests read that were never written. */
		WRITE_ONCE(fs->intf.req_cons,
			   READ_ONCE(fs->intf.req_prod) + lies[i]);
		KUNIT_EXPECT_TRUE(test, answers(fs));
	}
	unregister_host(test, fs);
}

static void garbage_messages(struct kunit *test)
{
	static const struct {
		struct xsd_sockmsg msg;
		char body[8];
	} lies[] = {
		{ { XS_READ, 0xdead, 0, 4 }, "abcd" },
		{ { XS_WATCH_EVENT, 0, 0, 4 }, "abcd" },
		{ { XS_WATCH_EVENT, 0, 0, 0 }, "" },
		{ { XS_WATCH_EVENT, 0, 0, 8 }, "a\0b\0c\0d" },
		{ { XS_WATCH_EVENT, 0, 0, 4 }, "a\0b" },
		{ { 0xffff, 0xffff, 0xffff, 1 }, "x" },
		{ { XS_READ, 0, 0, 0xffffffff }, "" },
		{ { XS_READ, 0, 0, XENSTORE_PAYLOAD_MAX + 1 }, "" },
	};
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	unsigned int i;

	fake_store_write(fs, "data/z", "7");
	register_host(test, fs);
	wait_until_up(test, fs);
	msleep(100);
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		u32 len = lies[i].msg.len;

		fake_store_send(fs, &lies[i].msg, sizeof(lies[i].msg));
		if (len <= sizeof(lies[i].body))
			fake_store_send(fs, lies[i].body, len);
		KUNIT_EXPECT_TRUE_MSG(test, answers(fs), "message %u", i);
	}
	unregister_host(test, fs);
}

struct asker {
	struct fake_store *fs;
	struct completion done;
	int result;
};

static int ask(void *data)
{
	struct asker *asker = data;

	asker->result = xenbus_mkdir(XBT_HOST(&asker->fs->xh), "data", "dir");
	complete(&asker->done);
	return 0;
}

static void silent_store(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct fake_store *other = fake_store_alloc(test, "other");
	struct asker asker = { .fs = fs };
	struct counted_watch w = {
		.watch.xh = &other->xh,
		.watch.node = "data",
		.watch.callback = count_watch,
	};
	unsigned long start;

	init_completion(&asker.done);
	other->xh.kind = XENHOST_LOCAL;
	fake_store_device(fs, 0, XenbusStateInitialising);
	register_host(test, fs);
	register_host(test, other);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);
	wait_until_up(test, other);

	/* Its own callbacks wait now, those of another host do not. */
	mutex_lock(&fs->lock);
	fs->silent = true;
	mutex_unlock(&fs->lock);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(ask, &asker, "asker")));
	fake_store_write(fs, "/backend/kunit/7/0/state", "4");
	KUNIT_ASSERT_EQ(test, register_xenbus_watch(&w.watch), 0);
	EXPECT_SOON(test, atomic_read(&w.fired) == 1);
	unregister_xenbus_watch(&w.watch);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&asker.done, HZ), 0);

	/* Its removal ends, and so does the request. */
	start = jiffies;
	unregister_host(test, fs);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 20 * HZ));
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&asker.done, SOON), 0);
	KUNIT_EXPECT_LT(test, asker.result, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 1);
	unregister_host(test, other);
}

static int fail_connect(xenhost_t *xh, struct xenhost_store_ring *ring)
{
	return -ENXIO;
}

/* Requests wait while the host is suspended; its ring is another one then. */
static void suspend_and_resume(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct asker asker = { .fs = fs };
	struct counted_watch w = {
		.watch.xh = &fs->xh,
		.watch.node = "data",
		.watch.callback = count_watch,
	};

	init_completion(&asker.done);
	fake_store_write(fs, "data/z", "7");
	register_host(test, fs);
	wait_until_up(test, fs);
	KUNIT_ASSERT_EQ(test, register_xenbus_watch(&w.watch), 0);
	EXPECT_SOON(test, atomic_read(&w.fired) == 1);

	xenbus_hosts_suspend();
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(ask, &asker, "asker")));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&asker.done,
							  HZ / 5), 0);
	xenbus_hosts_resume(true);
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&asker.done, SOON),
			0);
	KUNIT_EXPECT_EQ(test, fs->connects, 1);

	/* The new store knows nothing of the watch until it is told. */
	xenbus_hosts_suspend();
	xenbus_hosts_resume(false);
	KUNIT_EXPECT_EQ(test, fs->connects, 2);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
	EXPECT_SOON(test, atomic_read(&w.fired) == 2);
	fake_store_write(fs, "data/z", "8");
	EXPECT_SOON(test, atomic_read(&w.fired) == 3);
	KUNIT_EXPECT_EQ(test, xenhost_read_unsigned(&fs->xh, "data", "z", 0),
			8);
	unregister_xenbus_watch(&w.watch);

	/* Suspended, it goes as well. */
	xenbus_hosts_suspend();
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	xenbus_hosts_resume(false);
	KUNIT_EXPECT_EQ(test, fs->connects, 2);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 2);
}

/* A store that is gone after a suspend takes nothing with it. */
static void lost_over_suspend(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fake_store_device(fs, 0, XenbusStateInitialising);
	register_host(test, fs);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);

	xenbus_hosts_suspend();
	fs->tables->store.connect = fail_connect;
	xenbus_hosts_resume(false);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
	KUNIT_EXPECT_EQ(test, xenbus_mkdir(XBT_HOST(&fs->xh), "data", "dir"),
			-ENODEV);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 1);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
}

/* A backend that closed and is to stay gets its frontend anew, once a while. */
static void backend_returns(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct xenbus_device *dev;

	fake_store_device(fs, 0, XenbusStateInitialising);
	register_host(test, fs);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);
	KUNIT_ASSERT_NOT_NULL(test, seen.last);

	/* One that is not online goes for good. */
	xenbus_frontend_closed(seen.last);
	fake_store_write(fs, "/backend/kunit/7/0/state", "6");
	EXPECT_SOON(test, READ_ONCE(seen.state) == XenbusStateClosed);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 0);

	fake_store_write(fs, "/backend/kunit/7/0/online", "1");
	fake_store_write(fs, "/backend/kunit/7/0/state", "2");
	EXPECT_SOON(test, atomic_read(&seen.probed) == 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 1);
	KUNIT_EXPECT_TRUE(test, fake_store_has(fs, "device/kunit/0/state", "1"));

	xenbus_frontend_closed(seen.last);
	fake_store_write(fs, "/backend/kunit/7/0/state", "6");
	msleep(200);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.probed), 2);

	/* A host that goes is not looked at by a restart that still waits. */
	dev = seen.last;
	get_device(&dev->dev);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&dev->restart));
	unregister_host(test, fs);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 2);
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
	register_host(test, fs);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 1);
	fake_store_device(fs, 1, XenbusStateInitialising);
	EXPECT_SOON(test, atomic_read(&seen.probed) == 2);
	KUNIT_ASSERT_NOT_NULL(test, seen.last);
	dev = seen.last;
	get_device(&dev->dev);
	/* The first call is for the watch itself. */
	msleep(100);

	atomic_set(&seen.changed, 0);
	WRITE_ONCE(seen.useless, dev);
	WRITE_ONCE(seen.tell, fs);
	unregister_host(test, fs);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.changed), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.removed), 2);
	KUNIT_EXPECT_FALSE(test, device_is_registered(&dev->dev));
	KUNIT_EXPECT_EQ(test, kref_read(&dev->dev.kobj.kref), 1);
	put_device(&dev->dev);
}

/* A store that never comes up is no reason to wait when its host goes. */
static void absent_store(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	unsigned long start = jiffies;

	fs->intf.connection = XENSTORE_RECONNECT;
	register_host(test, fs);
	msleep(50);
	KUNIT_EXPECT_NULL(test, fs->xh.store);
	KUNIT_EXPECT_EQ(test, fs->requests, 0);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 2 * HZ));
}

static void refused_connection(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fs->tables->store.connect = fail_connect;
	KUNIT_EXPECT_EQ(test, xenhost_register(&fs->xh), -ENXIO);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 0);
}

static int begin(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static int begin_suite(struct kunit_suite *suite)
{
	return xenbus_register_frontend(&front);
}

static void end_suite(struct kunit_suite *suite)
{
	xenbus_unregister_driver(&front);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(devices_of_a_late_host),
	KUNIT_CASE(equal_nodes),
	KUNIT_CASE(unaware_driver),
	KUNIT_CASE(reset_of_a_used_device),
	KUNIT_CASE(transactions),
	KUNIT_CASE(watches),
	KUNIT_CASE(event_channels),
	KUNIT_CASE(garbage_indexes),
	KUNIT_CASE(garbage_messages),
	KUNIT_CASE(suspend_and_resume),
	KUNIT_CASE(lost_over_suspend),
	KUNIT_CASE(backend_returns),
	KUNIT_CASE(unregistered_twice),
	KUNIT_CASE(absent_store),
	KUNIT_CASE(refused_connection),
	KUNIT_CASE_SLOW(silent_store),
	{}
};

static struct kunit_suite suite = {
	.name = "xenbus-hosts",
	.suite_init = begin_suite,
	.suite_exit = end_suite,
	.init = begin,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit tests of the stores of other hosts");
MODULE_LICENSE("GPL");
