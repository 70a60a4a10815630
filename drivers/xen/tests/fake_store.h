/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host for tests whose xenstore is served by a thread of the test: a real
 * ring, real messages, a list of nodes behind them.
 */
#ifndef _XEN_TESTS_FAKE_STORE_H
#define _XEN_TESTS_FAKE_STORE_H

#include <kunit/test.h>

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include <xen/interface/io/xs_wire.h>
#include <xen/xenhost.h>

/**
 * struct fake_store - a host and its store
 * @xh: the host; its tables are a recorder's, with a store added
 * @tables: those tables, for a test to change before it registers @xh
 * @intf: the ring
 * @ring: what xenbus was given; NULL before connect() and after disconnect()
 * @task: serves the ring
 * @wq: @task waits here
 * @lock: protects what follows
 * @nodes: paths and values
 * @watches: registered by xenbus
 * @events: to be sent to xenbus
 * @requests: number of requests seen
 * @in_transaction: how many of them in a transaction
 * @transactions: transactions committed
 * @connects: calls of connect()
 * @disconnects: calls of disconnect()
 * @silent: read requests, answer none
 * @backend_follows: a backend's state follows what its frontend writes
 */
struct fake_store {
	xenhost_t xh;
	struct recorder *tables;
	struct xenstore_domain_interface intf;
	struct xenhost_store_ring *ring;
	struct task_struct *task;
	wait_queue_head_t wq;

	struct mutex lock;	/* of all that follows */
	struct list_head nodes;
	struct list_head watches;
	struct list_head events;
	unsigned int requests;
	unsigned int in_transaction;
	unsigned int transactions;
	unsigned int connects;
	unsigned int disconnects;
	bool silent;
	bool backend_follows;
};

struct fake_store *fake_store_alloc(struct kunit *test, const char *name);
void fake_store_register(struct kunit *test, struct fake_store *fs);
void fake_store_unregister(struct kunit *test, struct fake_store *fs);
void fake_store_write(struct fake_store *fs, const char *path,
		      const char *value);
void fake_store_rm(struct fake_store *fs, const char *path);
bool fake_store_has(struct fake_store *fs, const char *path,
		    const char *value);
bool fake_store_was_read(struct fake_store *fs, const char *path);
void fake_store_device(struct fake_store *fs, unsigned int nr, int state);
void fake_store_send(struct fake_store *fs, const void *data, size_t len);

#endif /* _XEN_TESTS_FAKE_STORE_H */
