// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite for the stores of other hosts than the default one: watches and
 * transactions, a store that lies, is silent, is away for a while or never
 * there.  Runs in any kernel; no Xen is needed below.
 */
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/string.h>

#include <xen/interface/io/xenbus.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "../xenbus/xenbus.h"
#include "fake_store.h"
#include "recorder.h"
#include "xenbus_front.h"

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
	fake_store_register(test, fs);
	fake_store_register(test, other);
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

	fake_store_unregister(test, other);
	fake_store_unregister(test, fs);
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
	fake_store_register(test, fs);
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
	fake_store_unregister(test, fs);
	unregister_xenbus_watch(&w.watch);
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

/* Up, and what it has to say to that is said. */
static struct fake_store *store_at_rest(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fake_store_write(fs, "data/z", "7");
	fake_store_register(test, fs);
	wait_until_up(test, fs);
	msleep(100);
	return fs;
}

static void garbage_indexes(struct kunit *test)
{
	static const u32 lies[] = { 1025, 4096, 0x7fffffff, 0x80000000 };
	struct fake_store *fs = store_at_rest(test);
	unsigned int i;

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
	fake_store_unregister(test, fs);
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
	struct fake_store *fs = store_at_rest(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		u32 len = lies[i].msg.len;

		fake_store_send(fs, &lies[i].msg, sizeof(lies[i].msg));
		if (len <= sizeof(lies[i].body))
			fake_store_send(fs, lies[i].body, len);
		KUNIT_EXPECT_TRUE_MSG(test, answers(fs), "message %u", i);
	}
	fake_store_unregister(test, fs);
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
	fake_store_register(test, fs);
	fake_store_register(test, other);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);
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
	fake_store_unregister(test, fs);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 20 * HZ));
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&asker.done, SOON), 0);
	KUNIT_EXPECT_LT(test, asker.result, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 1);
	fake_store_unregister(test, other);
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
	fake_store_register(test, fs);
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

	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
}

static int watch_again(void *data)
{
	struct fake_store *fs = data;
	struct counted_watch w = {
		.watch.xh = &fs->xh,
		.watch.node = "data",
		.watch.callback = count_watch,
	};

	while (!kthread_should_stop() && !register_xenbus_watch(&w.watch))
		unregister_xenbus_watch(&w.watch);
	/* kthread_stop() comes for sure. */
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

/* A watch that is registered or not meanwhile is done or waits, no more. */
static void suspend_beside_watches(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct task_struct *task;
	unsigned int i;

	fake_store_register(test, fs);
	wait_until_up(test, fs);
	task = kthread_run(watch_again, fs, "watcher");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 50; i++) {
		xenbus_hosts_suspend();
		xenbus_hosts_resume(true);
		usleep_range(1000, 3000);
	}
	kthread_stop(task);
	fake_store_unregister(test, fs);
}

static int leave(void *data)
{
	struct asker *asker = data;

	asker->result = xenhost_unregister(&asker->fs->xh);
	complete(&asker->done);
	return 0;
}

/*
 * A host that goes waits until it is resumed, and is not held up by a store
 * that has become silent meanwhile.
 */
static void gone_while_suspended(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	struct asker leaver = { .fs = fs };

	init_completion(&leaver.done);
	fake_store_register(test, fs);
	wait_until_up(test, fs);

	xenbus_hosts_suspend();
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(leave, &leaver, "leaver")));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&leaver.done,
							  HZ / 5), 0);
	mutex_lock(&fs->lock);
	fs->silent = true;
	mutex_unlock(&fs->lock);
	xenbus_hosts_resume(false);
	wait_for_completion(&leaver.done);
	KUNIT_EXPECT_EQ(test, leaver.result, 0);
	KUNIT_EXPECT_EQ(test, fs->connects, 2);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 2);
}

/* A store that is gone after a suspend takes nothing with it. */
static void lost_over_suspend(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");

	fake_store_device(fs, 0, XenbusStateInitialising);
	fake_store_register(test, fs);
	EXPECT_SOON(test, atomic_read(&front_seen.probed) == 1);

	xenbus_hosts_suspend();
	fs->tables->store.connect = fail_connect;
	xenbus_hosts_resume(false);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
	KUNIT_EXPECT_EQ(test, xenbus_mkdir(XBT_HOST(&fs->xh), "data", "dir"),
			-ENODEV);
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&front_seen.removed), 1);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
}

/* A store that never comes up is no reason to wait when its host goes. */
static void absent_store(struct kunit *test)
{
	struct fake_store *fs = fake_store_alloc(test, "kunit");
	unsigned long start = jiffies;

	fs->intf.connection = XENSTORE_RECONNECT;
	fake_store_register(test, fs);
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

static struct kunit_case cases[] = {
	KUNIT_CASE(transactions),
	KUNIT_CASE(watches),
	KUNIT_CASE(garbage_indexes),
	KUNIT_CASE(garbage_messages),
	KUNIT_CASE(suspend_and_resume),
	KUNIT_CASE(suspend_beside_watches),
	KUNIT_CASE_SLOW(gone_while_suspended),
	KUNIT_CASE(lost_over_suspend),
	KUNIT_CASE(absent_store),
	KUNIT_CASE(refused_connection),
	KUNIT_CASE_SLOW(silent_store),
	{}
};

static struct kunit_suite suite = {
	.name = "xenbus-stores",
	.suite_init = front_begin_suite,
	.suite_exit = front_end_suite,
	.init = front_begin,
	.test_cases = cases,
};

kunit_test_suite(suite);
