// SPDX-License-Identifier: GPL-2.0
/*
 * The store behind struct fake_store.  One thread reads the requests and
 * writes replies and watch events, as xenstored would; tests change the nodes
 * by the functions at the end.  The nodes themselves are in fake_nodes.c.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/interface/io/xenbus.h>

#include "fake_nodes.h"
#include "fake_store.h"
#include "recorder.h"

#define FAKE_TX_ID	17

/* What a backend does when its frontend closes and starts again. */
static void follow(struct fake_store *fs, const char *path, const char *value)
{
	char *be;
	unsigned int nr;

	if (!fs->backend_follows ||
	    sscanf(path, "device/kunit/%u/state", &nr) != 1 ||
	    !strstr(path, "/state"))
		return;
	be = kasprintf(GFP_KERNEL, "/backend/kunit/7/%u/state", nr);
	if (be)
		fake_node_set(fs, be, value[0] == '1' ? "2" : value);
	kfree(be);
}

static bool ring_pending(struct fake_store *fs)
{
	XENSTORE_RING_IDX n = READ_ONCE(fs->intf.req_prod) -
			      READ_ONCE(fs->intf.req_cons);

	return n && n <= XENSTORE_RING_SIZE;
}

/* Read from the ring; false when the thread is to end. */
static bool get(struct fake_store *fs, void *buf, size_t len)
{
	struct xenstore_domain_interface *intf = &fs->intf;
	char *to = buf;

	while (len) {
		XENSTORE_RING_IDX cons;

		wait_event(fs->wq, ring_pending(fs) || kthread_should_stop());
		if (kthread_should_stop())
			return false;
		cons = READ_ONCE(intf->req_cons);
		/* The byte was written before the index that told of it. */
		virt_rmb();
		*to++ = intf->req[MASK_XENSTORE_IDX(cons)];
		/* It may be overwritten only once it was read. */
		virt_mb();
		WRITE_ONCE(intf->req_cons, cons + 1);
		len--;
	}
	fs->ring->event(fs->ring);
	return true;
}

static bool ring_full(struct fake_store *fs)
{
	return READ_ONCE(fs->intf.rsp_prod) - READ_ONCE(fs->intf.rsp_cons) >=
	       XENSTORE_RING_SIZE;
}

static void put(struct fake_store *fs, const void *buf, size_t len)
{
	struct xenstore_domain_interface *intf = &fs->intf;
	const char *from = buf;

	while (len) {
		XENSTORE_RING_IDX prod;

		if (ring_full(fs)) {
			fs->ring->event(fs->ring);
			wait_event(fs->wq,
				   !ring_full(fs) || kthread_should_stop());
			if (kthread_should_stop())
				return;
		}
		prod = READ_ONCE(intf->rsp_prod);
		intf->rsp[MASK_XENSTORE_IDX(prod)] = *from++;
		/* Pairs with the reader's barrier between index and data. */
		virt_wmb();
		WRITE_ONCE(intf->rsp_prod, prod + 1);
		len--;
	}
	fs->ring->event(fs->ring);
}

static void reply(struct fake_store *fs, struct xsd_sockmsg *msg, u32 type,
		  const void *body, size_t len)
{
	msg->type = type;
	msg->len = len;
	put(fs, msg, sizeof(*msg));
	put(fs, body, len);
}

static void reply_str(struct fake_store *fs, struct xsd_sockmsg *msg, u32 type,
		      const char *str)
{
	reply(fs, msg, type, str, strlen(str) + 1);
}

/* Answer one request; @body ends with a NUL byte of ours. */
static void serve(struct fake_store *fs, struct xsd_sockmsg *msg, char *body,
		  char *out)
{
	const char *arg = body + strlen(body) + 1;
	struct fake_node *node;
	int len;

	switch (msg->type) {
	case XS_READ:
		node = fake_node_find(fs, body);
		if (node) {
			node->reads++;
			reply(fs, msg, XS_READ, node->value,
			      strlen(node->value));
		} else {
			reply_str(fs, msg, XS_ERROR, "ENOENT");
		}
		return;
	case XS_DIRECTORY:
		len = fake_node_list(fs, body, out, XENSTORE_PAYLOAD_MAX);
		if (len >= 0)
			reply(fs, msg, XS_DIRECTORY, out, len);
		else
			reply_str(fs, msg, XS_ERROR, "ENOENT");
		return;
	case XS_WRITE:
		fake_node_set(fs, body, arg);
		follow(fs, body, arg);
		break;
	case XS_RM:
		fake_node_rm(fs, body);
		break;
	case XS_WATCH:
		fake_watch_add(fs, body, arg);
		break;
	case XS_UNWATCH:
		fake_watch_rm(fs, body, arg);
		break;
	case XS_TRANSACTION_START:
		reply_str(fs, msg, XS_TRANSACTION_START,
			  __stringify(FAKE_TX_ID));
		return;
	case XS_TRANSACTION_END:
		if (!strcmp(body, "T"))
			fs->transactions++;
		break;
	default:
		reply_str(fs, msg, XS_ERROR, "EINVAL");
		return;
	}
	reply_str(fs, msg, msg->type, "OK");
}

static void send_events(struct fake_store *fs)
{
	struct fake_watch *event, *tmp;
	struct xsd_sockmsg msg = {};
	char *body;

	list_for_each_entry_safe(event, tmp, &fs->events, list) {
		body = kasprintf(GFP_KERNEL, "%s%c%s", event->path, 0,
				 event->token);
		if (body)
			reply(fs, &msg, XS_WATCH_EVENT, body,
			      strlen(event->path) + strlen(event->token) + 2);
		kfree(body);
		fake_watch_free(event);
	}
}

static bool work_pending_for(struct fake_store *fs)
{
	return ring_pending(fs) || !list_empty(&fs->events) ||
	       kthread_should_stop();
}

static int fake_store_thread(void *data)
{
	struct fake_store *fs = data;
	char *body = kzalloc(XENSTORE_PAYLOAD_MAX + 2, GFP_KERNEL);
	char *out = kzalloc(XENSTORE_PAYLOAD_MAX, GFP_KERNEL);
	struct xsd_sockmsg msg;

	while (body && out) {
		wait_event(fs->wq, work_pending_for(fs));
		if (kthread_should_stop())
			break;
		mutex_lock(&fs->lock);
		send_events(fs);
		mutex_unlock(&fs->lock);
		if (!ring_pending(fs))
			continue;
		if (!get(fs, &msg, sizeof(msg)) ||
		    msg.len > XENSTORE_PAYLOAD_MAX ||
		    !get(fs, body, msg.len))
			break;
		/* A value comes without its end, a directory with one. */
		body[msg.len] = '\0';
		body[msg.len + 1] = '\0';

		mutex_lock(&fs->lock);
		fs->requests++;
		if (msg.tx_id == FAKE_TX_ID)
			fs->in_transaction++;
		if (!fs->silent)
			serve(fs, &msg, body, out);
		mutex_unlock(&fs->lock);
	}

	/* kthread_stop() comes for sure. */
	wait_event(fs->wq, kthread_should_stop());
	kfree(body);
	kfree(out);
	return 0;
}

static void fake_notify(struct xenhost_store_ring *ring)
{
	struct fake_store *fs = container_of(ring->intf, struct fake_store,
					     intf);

	wake_up_all(&fs->wq);
}

static int fake_connect(xenhost_t *xh, struct xenhost_store_ring *ring)
{
	struct fake_store *fs = container_of(xh, struct fake_store, xh);

	struct fake_watch *w, *tmp;

	/* A store that was restarted: the nodes are there, the watches not. */
	list_for_each_entry_safe(w, tmp, &fs->watches, list)
		fake_watch_free(w);
	memset(&fs->intf, 0, offsetof(struct xenstore_domain_interface,
				      server_features));
	ring->intf = &fs->intf;
	ring->notify = fake_notify;
	fs->ring = ring;
	fs->connects++;

	fs->task = kthread_run(fake_store_thread, fs, "fake_store");
	return PTR_ERR_OR_ZERO(fs->task);
}

static void fake_disconnect(xenhost_t *xh, struct xenhost_store_ring *ring)
{
	struct fake_store *fs = container_of(xh, struct fake_store, xh);

	fs->disconnects++;
	kthread_stop(fs->task);
	fs->ring = NULL;
}

static void fake_store_free(void *data)
{
	struct fake_store *fs = data;

	/* A test that failed may have left it registered. */
	if (fs->xh.registered)
		xenhost_unregister(&fs->xh);

	fake_nodes_free(fs);
}

/**
 * fake_store_alloc - make a host with a store
 * @test: the test; the host goes with it
 * @name: name of the host
 *
 * Return: the store, its host not registered.
 */
struct fake_store *fake_store_alloc(struct kunit *test, const char *name)
{
	struct fake_store *fs = kunit_kzalloc(test, sizeof(*fs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fs);
	fs->tables = recorder_alloc(test, name);
	fs->tables->store.connect = fake_connect;
	fs->tables->store.disconnect = fake_disconnect;
	fs->xh = fs->tables->xh;
	fs->xh.features = XENHOST_F_STORE;
	init_waitqueue_head(&fs->wq);
	mutex_init(&fs->lock);
	INIT_LIST_HEAD(&fs->nodes);
	INIT_LIST_HEAD(&fs->watches);
	INIT_LIST_HEAD(&fs->events);

	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action(test, fake_store_free, fs));
	return fs;
}

/**
 * fake_store_register - register the host
 * @test: the test
 * @fs: the store
 */
void fake_store_register(struct kunit *test, struct fake_store *fs)
{
	KUNIT_ASSERT_EQ(test, xenhost_register(&fs->xh), 0);
}

/**
 * fake_store_unregister - unregister the host, whose store was connected once
 * @test: the test
 * @fs: the store
 */
void fake_store_unregister(struct kunit *test, struct fake_store *fs)
{
	KUNIT_EXPECT_EQ(test, xenhost_unregister(&fs->xh), 0);
	KUNIT_EXPECT_EQ(test, fs->connects, 1);
	KUNIT_EXPECT_EQ(test, fs->disconnects, 1);
	KUNIT_EXPECT_NULL(test, fs->xh.store);
}

/**
 * fake_store_write - change a node as another domain would
 * @fs: the store
 * @path: the node
 * @value: its new value
 */
void fake_store_write(struct fake_store *fs, const char *path,
		      const char *value)
{
	mutex_lock(&fs->lock);
	fake_node_set(fs, path, value);
	mutex_unlock(&fs->lock);
	wake_up_all(&fs->wq);
}

/**
 * fake_store_rm - remove a node and what is below as another domain would
 * @fs: the store
 * @path: the node
 */
void fake_store_rm(struct fake_store *fs, const char *path)
{
	mutex_lock(&fs->lock);
	fake_node_rm(fs, path);
	mutex_unlock(&fs->lock);
	wake_up_all(&fs->wq);
}

/**
 * fake_store_has - look at a node
 * @fs: the store
 * @path: the node
 * @value: what it should be
 *
 * Return: true if it is there and has that value.
 */
bool fake_store_has(struct fake_store *fs, const char *path,
		    const char *value)
{
	struct fake_node *node;
	bool ret;

	mutex_lock(&fs->lock);
	node = fake_node_find(fs, path);
	ret = node && !strcmp(node->value, value);
	mutex_unlock(&fs->lock);
	return ret;
}

/**
 * fake_store_was_read - look whether xenbus has read a node
 * @fs: the store
 * @path: the node
 *
 * Return: true if it is there and was read.
 */
bool fake_store_was_read(struct fake_store *fs, const char *path)
{
	struct fake_node *node;
	bool ret;

	mutex_lock(&fs->lock);
	node = fake_node_find(fs, path);
	ret = node && node->reads;
	mutex_unlock(&fs->lock);
	return ret;
}

/**
 * fake_store_device - do what a toolstack does to add a device "kunit"
 * @fs: the store
 * @nr: number of the device
 * @state: XenbusState of both ends; Initialising gets a backend in InitWait
 */
void fake_store_device(struct fake_store *fs, unsigned int nr, int state)
{
	char fe[32], be[32], path[48], value[12];

	snprintf(fe, sizeof(fe), "device/kunit/%u", nr);
	snprintf(be, sizeof(be), "/backend/kunit/7/%u", nr);

	snprintf(path, sizeof(path), "%s/state", be);
	snprintf(value, sizeof(value), "%d",
		 state == XenbusStateInitialising ? XenbusStateInitWait : state);
	fake_store_write(fs, path, value);

	snprintf(path, sizeof(path), "%s/backend", fe);
	fake_store_write(fs, path, be);
	snprintf(path, sizeof(path), "%s/backend-id", fe);
	fake_store_write(fs, path, "3");
	snprintf(path, sizeof(path), "%s/state", fe);
	snprintf(value, sizeof(value), "%d", state);
	fake_store_write(fs, path, value);
}

/**
 * fake_store_send - put any bytes into the ring
 * @fs: the store, idle
 * @data: the bytes
 * @len: how many
 */
void fake_store_send(struct fake_store *fs, const void *data, size_t len)
{
	mutex_lock(&fs->lock);
	put(fs, data, len);
	mutex_unlock(&fs->lock);
}
