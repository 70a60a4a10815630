// SPDX-License-Identifier: GPL-2.0
/*
 * The stores of hosts other than the default one: connects to each when its
 * host registers, announces it, and undoes it all when the host goes.  The
 * devices found there are xenbus_host_bus.c's, the default store is
 * xenbus_probe.c's.
 *
 * What asks a store runs in the host's own work or xenwatch thread, because a
 * store may never answer and must not hold up another host's.
 *
 * Locking: hosts changes under suspend_lock and, inside it, hosts_lock; either
 * keeps it still.  suspend_lock is held from when the first store is suspended
 * until the last one is resumed, outside all locks of a connection: a host that
 * comes or goes waits.  A store that does not answer meanwhile is given up.  No
 * other lock is held when a store is asked.
 */
#define pr_fmt(fmt) "xenbus: " fmt

#include <linux/init.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <xen/interface/io/xs_wire.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "xenbus.h"

/* How long a store may be silent while its host goes, or a ring resets. */
#define XS_HOST_TIMEOUT	(5 * HZ)

/**
 * struct xs_host - a host's connection and what it takes to start and end it
 * @conn: the connection; @xs_host is freed with its last reference
 * @ring: what the host's connect() found
 * @list: entry of hosts
 * @probe_work: waits for the store and announces it
 * @watchdog: kills the connection if the store does not answer while the host
 *	goes, is suspended or resumed
 * @replies: messages read when @watchdog last looked
 * @busy: requests were under way then
 * @up: the store works and is, or will soon be, announced
 * @settled: the first announcement is over
 * @closing: the host goes
 * @connected: @ring is to be disconnected
 * @suspended: between xs_conn_suspend() and its undoing, under suspend_lock
 */
struct xs_host {
	struct xs_conn conn;
	struct xenhost_store_ring ring;
	struct list_head list;
	struct work_struct probe_work;
	struct delayed_work watchdog;
	unsigned long replies;
	bool busy;
	bool up;
	bool settled;
	bool closing;
	bool connected;
	bool suspended;
};

static LIST_HEAD(hosts);
static DEFINE_SPINLOCK(hosts_lock);
static DEFINE_MUTEX(suspend_lock);
static struct lock_class_key watch_key;
static DECLARE_WAIT_QUEUE_HEAD(settle_wq);
SRCU_NOTIFIER_HEAD_STATIC(store_chain);

static bool ring_connected(struct xs_host *host)
{
	return READ_ONCE(host->conn.intf->connection) == XENSTORE_CONNECTED;
}

/* An earlier kernel may have left anything in the ring; start afresh. */
static void reset_ring(struct xs_host *host)
{
	struct xenstore_domain_interface *intf = host->conn.intf;

	if (!(READ_ONCE(intf->server_features) &
	      XENSTORE_SERVER_FEATURE_RECONNECTION))
		return;

	WRITE_ONCE(intf->connection, XENSTORE_RECONNECT);
	xb_notify(&host->conn);
	if (!wait_event_timeout(host->conn.waitq,
				ring_connected(host) || host->closing,
				XS_HOST_TIMEOUT))
		pr_warn("%s: store does not reset its ring\n",
			host->conn.xh->name);
}

static void probe_host(struct work_struct *work)
{
	struct xs_host *host = container_of(work, struct xs_host, probe_work);
	xenhost_t *xh = host->conn.xh;

	if (!host->up) {
		wait_event(host->conn.waitq,
			   ring_connected(host) || host->closing);
		if (!host->closing)
			reset_ring(host);
		if (host->closing)
			return;

		/* From the first request on, a suspend has to stop them. */
		WRITE_ONCE(host->up, true);
		xs_conn_publish(xh, &host->conn);
		xs_conn_reset_watches(xh);
		if (xenbus_dev_add(&host->conn))
			pr_warn("%s: no device node\n", xh->name);
	}

	srcu_notifier_call_chain(&store_chain, XENHOST_STORE_UP, xh);

	WRITE_ONCE(host->settled, true);
	wake_up_all(&settle_wq);
}

/*
 * Runs while the host goes, is suspended or resumed: do not wait for a store
 * that is gone, too.
 */
static void watch_store(struct work_struct *work)
{
	struct xs_host *host = container_of(work, struct xs_host,
					    watchdog.work);
	unsigned long replies = READ_ONCE(host->conn.replies);
	bool busy = !xs_conn_idle(&host->conn);

	/* Busy at two looks in a row, and not one reply between them. */
	if (busy && host->busy && replies == host->replies) {
		pr_warn("%s: store does not answer, given up\n",
			host->conn.xh->name);
		xs_conn_kill(&host->conn);
		return;
	}
	host->busy = busy;
	host->replies = replies;
	schedule_delayed_work(&host->watchdog, XS_HOST_TIMEOUT);
}

static void start_watchdog(struct xs_host *host)
{
	host->replies = READ_ONCE(host->conn.replies);
	host->busy = false;
	schedule_delayed_work(&host->watchdog, XS_HOST_TIMEOUT);
}

/* For a host that has its own way to signal the ring. */
static void ring_event(struct xenhost_store_ring *ring)
{
	struct xs_host *host = container_of(ring, struct xs_host, ring);

	wake_up(&host->conn.waitq);
}

static int connect_ring(struct xs_host *host)
{
	xenhost_t *xh = host->conn.xh;
	int ret;

	memset(&host->ring, 0, sizeof(host->ring));
	host->ring.event = ring_event;
	ret = xh->ops->store->connect(xh, &host->ring);
	if (ret)
		return ret;

	host->connected = true;
	host->conn.ring = &host->ring;
	host->conn.intf = host->ring.intf;
	host->conn.port = host->ring.port.local;

	/* This is what xenfs and xenbus_backend tell an xenstored here. */
	if (host->conn.type == XS_LOCAL) {
		xen_store_interface = host->ring.intf;
		xen_store_evtchn = host->ring.port.remote_visible;
	}
	return 0;
}

static void disconnect_ring(struct xs_host *host)
{
	xenhost_t *xh = host->conn.xh;

	if (host->connected && host->conn.type == XS_LOCAL) {
		xen_store_interface = NULL;
		xen_store_evtchn = 0;
	}
	if (host->connected)
		xh->ops->store->disconnect(xh, &host->ring);
	host->connected = false;
}

static void release_host(struct xs_conn *conn)
{
	kfree(container_of(conn, struct xs_host, conn));
}

static int add_host(xenhost_t *xh)
{
	struct xs_host *host;
	int ret;

	if (xh == xh_default || !(xh->features & XENHOST_F_STORE))
		return 0;

	host = kzalloc(sizeof(*host), GFP_KERNEL);
	if (!host)
		return -ENOMEM;

	xs_conn_init(&host->conn);
	/* Held from suspend to resume, when the default store's is taken. */
	lockdep_set_class(&host->conn.watch_rwsem, &watch_key);
	host->conn.release = release_host;
	host->conn.xh = xh;
	host->conn.type = xh->kind == XENHOST_LOCAL ? XS_LOCAL : XS_HVM;
	INIT_WORK(&host->probe_work, probe_host);
	INIT_DELAYED_WORK(&host->watchdog, watch_store);

	ret = connect_ring(host);
	if (ret)
		goto put;
	ret = xs_conn_start(&host->conn);
	if (ret)
		goto stop;

	mutex_lock(&suspend_lock);
	spin_lock(&hosts_lock);
	list_add_tail(&host->list, &hosts);
	spin_unlock(&hosts_lock);
	mutex_unlock(&suspend_lock);

	queue_work(system_unbound_wq, &host->probe_work);
	return 0;

stop:
	xs_conn_kill(&host->conn);
	xs_conn_stop(&host->conn);
	disconnect_ring(host);
put:
	pr_err("%s: no connection to its store (%d)\n", xh->name, ret);
	xs_conn_put(&host->conn);
	return ret;
}

/* Takes the host off the list. */
static struct xs_host *take_host(xenhost_t *xh)
{
	struct xs_host *host, *found = NULL;

	spin_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, list)
		if (host->conn.xh == xh)
			found = host;
	if (found)
		list_del(&found->list);
	spin_unlock(&hosts_lock);

	return found;
}

static void remove_host(xenhost_t *xh)
{
	struct xs_host *host;

	mutex_lock(&suspend_lock);
	host = take_host(xh);
	mutex_unlock(&suspend_lock);
	if (!host)
		return;

	start_watchdog(host);

	WRITE_ONCE(host->closing, true);
	wake_up_all(&host->conn.waitq);
	cancel_work_sync(&host->probe_work);

	/* Devices close while the store can still tell their other ends. */
	if (host->up)
		srcu_notifier_call_chain(&store_chain, XENHOST_STORE_DOWN, xh);

	xs_conn_publish(xh, NULL);
	cancel_delayed_work_sync(&host->watchdog);
	xs_conn_kill(&host->conn);
	xenbus_dev_remove_node(&host->conn);
	xs_conn_stop(&host->conn);
	disconnect_ring(host);
	xs_conn_put(&host->conn);
}

static int host_changed(struct notifier_block *nb, unsigned long event,
			void *data)
{
	if (event == XENHOST_ADDED)
		return notifier_from_errno(add_host(data));
	if (event == XENHOST_REMOVED)
		remove_host(data);
	return NOTIFY_DONE;
}

static struct notifier_block host_nb = {
	.notifier_call = host_changed,
};

/**
 * xenhost_register_store_notifier - be told of the stores of other hosts
 * @nb: called with XENHOST_STORE_UP or XENHOST_STORE_DOWN and the host, for all
 *	hosts but the default one (register_xenstore_notifier() is for that)
 *
 * @nb is called in process context, one event of a host at a time, and may use
 * the host's store.  Stores that are up are announced to it soon after; then
 * XENHOST_STORE_UP comes again for all others on the chain, too, so they have
 * to take it more than once.  After XENHOST_STORE_DOWN the host may be gone.
 *
 * Return: 0 or a negative errno.
 */
int xenhost_register_store_notifier(struct notifier_block *nb)
{
	struct xs_host *host;
	int ret;

	ret = srcu_notifier_chain_register(&store_chain, nb);
	if (ret)
		return ret;

	spin_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, list)
		queue_work(system_unbound_wq, &host->probe_work);
	spin_unlock(&hosts_lock);

	return 0;
}
EXPORT_SYMBOL_GPL(xenhost_register_store_notifier);

/**
 * xenhost_unregister_store_notifier - no longer be told
 * @nb: what was registered
 *
 * Return: 0, or -ENOENT when it was not registered.
 */
int xenhost_unregister_store_notifier(struct notifier_block *nb)
{
	return srcu_notifier_chain_unregister(&store_chain, nb);
}
EXPORT_SYMBOL_GPL(xenhost_unregister_store_notifier);

static bool all_settled(void)
{
	struct xs_host *host;
	bool ret = true;

	spin_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, list)
		/* A local store is started by the programs that boot starts. */
		if (host->conn.type != XS_LOCAL && !READ_ONCE(host->settled))
			ret = false;
	spin_unlock(&hosts_lock);

	return ret;
}

/**
 * xenbus_hosts_settle - wait until the devices of all hosts are known
 * @timeout: longest time to wait, in jiffies
 */
void xenbus_hosts_settle(unsigned long timeout)
{
	wait_event_timeout(settle_wq, all_settled(), timeout);
}
EXPORT_SYMBOL_GPL(xenbus_hosts_settle);

/**
 * xenbus_hosts_suspend - xs_suspend() for the stores of other hosts
 *
 * The same task has to call xenbus_hosts_resume() after it.
 */
void xenbus_hosts_suspend(void)
{
	struct xs_host *host;

	mutex_lock(&suspend_lock);
	list_for_each_entry(host, &hosts, list) {
		/* Those in this kernel go on. */
		if (host->conn.type == XS_LOCAL || !READ_ONCE(host->up) ||
		    READ_ONCE(host->conn.dead))
			continue;
		start_watchdog(host);
		host->suspended = xs_conn_suspend(&host->conn);
		cancel_delayed_work_sync(&host->watchdog);
		if (!host->suspended)
			pr_warn("%s: store does not answer, given up\n",
				host->conn.xh->name);
	}
}

/* The ring may be another one after a suspend. */
static void resume_host(struct xs_host *host)
{
	int ret;

	disconnect_ring(host);
	ret = connect_ring(host);
	if (!ret) {
		start_watchdog(host);
		xs_conn_resume(&host->conn);
		cancel_delayed_work_sync(&host->watchdog);
		return;
	}

	pr_err("%s: store is gone after resume (%d)\n", host->conn.xh->name,
	       ret);
	xs_conn_kill(&host->conn);
	xb_stop_comms(&host->conn);
	xs_conn_suspend_cancel(&host->conn);
}

/**
 * xenbus_hosts_resume - xs_resume() or xs_suspend_cancel() for other hosts
 * @cancel: there was no suspend after all
 */
void xenbus_hosts_resume(bool cancel)
{
	struct xs_host *host;

	list_for_each_entry(host, &hosts, list) {
		if (!host->suspended)
			continue;
		host->suspended = false;
		if (cancel || READ_ONCE(host->conn.dead))
			xs_conn_suspend_cancel(&host->conn);
		else
			resume_host(host);
	}
	mutex_unlock(&suspend_lock);
}

/**
 * xenbus_hosts_wake - let requests look whether this kernel shuts down
 */
void xenbus_hosts_wake(void)
{
	struct xs_host *host;

	mutex_lock(&suspend_lock);
	list_for_each_entry(host, &hosts, list)
		xs_conn_wake(&host->conn);
	mutex_unlock(&suspend_lock);
}

static int __init xenbus_host_init(void)
{
	return xenhost_register_notifier(&host_nb);
}
subsys_initcall(xenbus_host_init);
