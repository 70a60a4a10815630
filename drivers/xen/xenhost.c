// SPDX-License-Identifier: GPL-2.0
/*
 * Registry of the Xens this kernel can reach (struct xenhost).
 *
 * Providers register here, the PV core (grant table, xenbus) listens on the
 * notifier chain and brings up its half of a host when it appears.  Nothing
 * here asks a Xen anything.
 *
 * Locking: hosts_lock protects the list; it is taken before any lock of a
 * subsystem and held over the notifier chain, so that adding and removing a
 * host are seen in order.  Callbacks must not register or unregister hosts.
 * list_lock is for those that ask for a host with locks held that a callback
 * takes, as misc_open() does; the list changes under both, hosts_lock outside.
 */
#define pr_fmt(fmt) "xenhost: " fmt

#include <linux/export.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <uapi/linux/sched/types.h>

#include <xen/xen.h>
#include <xen/xenhost.h>

static LIST_HEAD(hosts);
static DEFINE_MUTEX(hosts_lock);
static DEFINE_SPINLOCK(list_lock);
static BLOCKING_NOTIFIER_HEAD(hosts_chain);

/*
 * The host that interfaces without a host argument mean: the direct one in a
 * kernel that runs on Xen, NULL until it registers.
 */
xenhost_t *xh_default __read_mostly;
EXPORT_SYMBOL_GPL(xh_default);

DEFINE_STATIC_KEY_FALSE(xenhost_multi_key);
EXPORT_SYMBOL_GPL(xenhost_multi_key);

static const char * const kind_names[XENHOST_NR_KINDS] = {
	[XENHOST_DIRECT] = "direct",
	[XENHOST_NESTED] = "nested",
	[XENHOST_LOCAL] = "local",
};

/**
 * xenhost_kind_name - printable name of a kind of host
 * @kind: the kind
 *
 * Context: any.
 * Return: a constant string, "unknown" for a number that is no kind.
 */
const char *xenhost_kind_name(enum xenhost_kind kind)
{
	return (unsigned int)kind < XENHOST_NR_KINDS ? kind_names[kind] :
						       "unknown";
}
EXPORT_SYMBOL_GPL(xenhost_kind_name);

/* A table of pointers only: complete when no word of it is NULL. */
static bool table_complete(const void *table, size_t size)
{
	const unsigned long *word = table;
	size_t i;

	if (!table)
		return false;
	for (i = 0; i < size / sizeof(*word); i++)
		if (!word[i])
			return false;
	return true;
}

static bool ops_complete(const struct xenhost_ops *ops)
{
	return table_complete(ops, sizeof(*ops)) &&
	       table_complete(ops->hypercall, sizeof(*ops->hypercall)) &&
	       table_complete(ops->evtchn, sizeof(*ops->evtchn)) &&
	       table_complete(ops->gnttab, sizeof(*ops->gnttab)) &&
	       table_complete(ops->store, sizeof(*ops->store)) &&
	       table_complete(ops->balloon, sizeof(*ops->balloon)) &&
	       table_complete(ops->lifecycle, sizeof(*ops->lifecycle));
}

static int check(const xenhost_t *xh)
{
	if (!xh || !xh->name || !*xh->name) {
		pr_err("refused a host without a name\n");
		return -EINVAL;
	}
	if ((unsigned int)xh->kind >= XENHOST_NR_KINDS) {
		pr_err("%s: unknown kind %d\n", xh->name, xh->kind);
		return -EINVAL;
	}
	if (!ops_complete(xh->ops)) {
		pr_err("%s: incomplete table of operations\n", xh->name);
		return -EINVAL;
	}
	return 0;
}

/* Under hosts_lock. */
static int check_unique(const xenhost_t *xh)
{
	const xenhost_t *other;

	list_for_each_entry(other, &hosts, list) {
		if (other == xh || !strcmp(other->name, xh->name) ||
		    other->kind == xh->kind) {
			pr_err("%s: a %s host is registered already\n",
			       xh->name, xenhost_kind_name(other->kind));
			return -EEXIST;
		}
	}
	return 0;
}

static void list_host(xenhost_t *xh)
{
	spin_lock(&list_lock);
	list_add_tail(&xh->list, &hosts);
	spin_unlock(&list_lock);
	xh->registered = true;
}

static void unlist_host(xenhost_t *xh)
{
	xh->registered = false;
	spin_lock(&list_lock);
	list_del(&xh->list);
	spin_unlock(&list_lock);
}

/* Who asks from now on gets it. */
static void make_available(xenhost_t *xh)
{
	spin_lock(&list_lock);
	xh->available = true;
	spin_unlock(&list_lock);
}

/* From now on nobody gets it, unless somebody has it. */
static bool make_unavailable(xenhost_t *xh)
{
	bool unused;

	spin_lock(&list_lock);
	unused = !atomic_read(&xh->users);
	if (unused)
		xh->available = false;
	spin_unlock(&list_lock);
	return unused;
}

/**
 * xenhost_register - make a host known and bring up what lives on it
 * @xh: the host; name to ops filled in by the provider, the rest zero.  It
 *	stays the provider's memory and must live until unregistered.
 *
 * The direct host may register before the scheduler runs; it becomes
 * xh_default.  Any other host switches the static key behind xenhost_multi()
 * on, and the subsystems on the notifier chain bring it up before this
 * returns.
 *
 * Context: process context, or early boot.
 * Return: 0; -EINVAL for an unnamed host, an unknown kind or an incomplete
 * table; -EEXIST when a host of that name or kind is there; or what a
 * subsystem answered, in which case the host is not registered.
 */
int xenhost_register(xenhost_t *xh)
{
	int ret;

	ret = check(xh);
	if (ret)
		return ret;

	mutex_lock(&hosts_lock);
	ret = check_unique(xh);
	if (ret)
		goto unlock;

	if (xh->kind == XENHOST_DIRECT)
		xh_default = xh;
	else
		static_branch_inc(&xenhost_multi_key);
	list_host(xh);

	ret = blocking_notifier_call_chain(&hosts_chain, XENHOST_ADDED, xh);
	ret = notifier_to_errno(ret);
	if (ret) {
		pr_err("%s: not brought up (%d)\n", xh->name, ret);
		goto remove;
	}
	make_available(xh);

	pr_info("%s: level %u, Xen %u.%u\n", xh->name, xh->level,
		xh->version >> 16, xh->version & 0xffff);
	mutex_unlock(&hosts_lock);
	return 0;

remove:
	blocking_notifier_call_chain(&hosts_chain, XENHOST_REMOVED, xh);
	unlist_host(xh);
	if (xh->kind != XENHOST_DIRECT)
		static_branch_dec(&xenhost_multi_key);
unlock:
	mutex_unlock(&hosts_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_register);

/**
 * xenhost_unregister - forget a host
 * @xh: the host
 *
 * Its devices are gone when this returns.  The direct host can't be
 * unregistered: the kernel runs on it.
 *
 * Context: process context.
 * Return: 0; -EINVAL when it is not registered; -EBUSY for the direct host, and
 * for one that somebody holds by xenhost_get().
 */
int xenhost_unregister(xenhost_t *xh)
{
	int ret = 0;

	mutex_lock(&hosts_lock);
	if (!xh || !xh->registered) {
		ret = -EINVAL;
		goto unlock;
	}
	if (xh->kind == XENHOST_DIRECT || !make_unavailable(xh)) {
		ret = -EBUSY;
		goto unlock;
	}
	blocking_notifier_call_chain(&hosts_chain, XENHOST_REMOVED, xh);
	unlist_host(xh);
	static_branch_dec(&xenhost_multi_key);
unlock:
	mutex_unlock(&hosts_lock);
	if (ret)
		pr_err("unregister refused (%d)\n", ret);
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_unregister);

/**
 * xenhost_find - look up the host of a kind
 * @kind: the kind
 *
 * Context: process context.
 * Return: the host, or NULL when none of that kind is registered.
 */
xenhost_t *xenhost_find(enum xenhost_kind kind)
{
	xenhost_t *xh, *found = NULL;

	mutex_lock(&hosts_lock);
	list_for_each_entry(xh, &hosts, list)
		if (xh->kind == kind)
			found = xh;
	mutex_unlock(&hosts_lock);
	return found;
}
EXPORT_SYMBOL_GPL(xenhost_find);

/**
 * xenhost_get - find the host of a kind and keep it
 * @kind: the kind
 *
 * For those that use a host without a device on it. It can't be unregistered
 * meanwhile, nor its module unloaded.
 *
 * Context: any but interrupts.
 * Return: the host, for xenhost_put(), or NULL, also while it comes or goes.
 */
xenhost_t *xenhost_get(enum xenhost_kind kind)
{
	xenhost_t *xh, *found = NULL;

	spin_lock(&list_lock);
	list_for_each_entry(xh, &hosts, list)
		if (xh->kind == kind && xh->available &&
		    try_module_get(xh->owner)) {
			atomic_inc(&xh->users);
			found = xh;
		}
	spin_unlock(&list_lock);
	return found;
}
EXPORT_SYMBOL_GPL(xenhost_get);

/**
 * xenhost_put - undo xenhost_get()
 * @xh: the host, or NULL
 *
 * Context: any.
 */
void xenhost_put(xenhost_t *xh)
{
	if (!xh)
		return;
	atomic_dec(&xh->users);
	module_put(xh->owner);
}
EXPORT_SYMBOL_GPL(xenhost_put);

/**
 * xenhost_any - is there a Xen at all, so that a PV driver may load?
 *
 * Context: any.
 * Return: true when any host is registered.
 */
bool xenhost_any(void)
{
	return !list_empty(&hosts);
}
EXPORT_SYMBOL_GPL(xenhost_any);

/**
 * xenhost_control_domain - do programs here manage a Xen's domains?
 *
 * Context: any.
 * Return: true in dom0 of the Xen below, and where there is a local host.
 */
bool xenhost_control_domain(void)
{
	return xen_initial_domain() || (!xen_domain() && xenhost_any());
}
EXPORT_SYMBOL_GPL(xenhost_control_domain);

/**
 * xenhost_serves - a thread serves domains of a host
 * @xh: the host
 * @thread: a backend's thread
 *
 * Where an event may interrupt its sender, a thread that is woken by it
 * contends with the domain for a processor.  If it preempts the domain each
 * time, it finds one request, answers and sleeps, and every request costs an
 * event, an exit and two switches.  Under SCHED_BATCH it runs at once on an
 * idle processor and when the domain waits; else the domain goes on for the
 * rest of its slice, and what it asks for is found together.
 *
 * Context: any that may take a runqueue's lock.
 */
void xenhost_serves(const xenhost_t *xh, struct task_struct *thread)
{
	static const struct sched_attr batch = {
		.size = sizeof(batch),
		.sched_policy = SCHED_BATCH,
	};

	if (xh->features & XENHOST_F_SYNC_EVENTS)
		WARN_ON_ONCE(sched_setattr_nocheck(thread, &batch));
}
EXPORT_SYMBOL_GPL(xenhost_serves);

/**
 * xenhost_user_call - a hypercall that a program makes through privcmd
 * @op: its number
 * @args: its five arguments; pointers are to user memory
 *
 * For a kernel without a Xen below, whose programs mean the local host.
 *
 * Context: process context.
 * Return: what the host answers, or -ENODEV when there is none.
 */
long xenhost_user_call(unsigned int op, const u64 *args)
{
	/* Not under the lock: user memory may take for ever to come. */
	xenhost_t *xh = xenhost_get(XENHOST_LOCAL);
	long ret;

	if (!xh)
		return -ENODEV;
	ret = xh->ops->hypercall->user_call(xh, op, args);
	xenhost_put(xh);
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_user_call);

/**
 * xenhost_for_each - call a function for every host
 * @fn: called with the host and @data; a result other than 0 ends the walk
 * @data: for @fn
 *
 * Hosts can't come or go meanwhile, so @fn must not register or unregister
 * one, nor call another function of the registry.
 *
 * Context: process context.
 * Return: 0, or the first other result of @fn.
 */
int xenhost_for_each(int (*fn)(xenhost_t *xh, void *data), void *data)
{
	xenhost_t *xh;
	int ret = 0;

	mutex_lock(&hosts_lock);
	list_for_each_entry(xh, &hosts, list) {
		ret = fn(xh, data);
		if (ret)
			break;
	}
	mutex_unlock(&hosts_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_for_each);

/**
 * xenhost_register_notifier - be told of hosts that come and go
 * @nb: called with XENHOST_ADDED or XENHOST_REMOVED and the host.  An error
 *	answered to XENHOST_ADDED refuses the host; XENHOST_REMOVED follows.
 *
 * Hosts that are there already are announced to @nb before this returns, so
 * that the order of initcalls does not matter.
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int xenhost_register_notifier(struct notifier_block *nb)
{
	xenhost_t *xh;
	int ret;

	mutex_lock(&hosts_lock);
	ret = blocking_notifier_chain_register(&hosts_chain, nb);
	if (!ret)
		list_for_each_entry(xh, &hosts, list)
			nb->notifier_call(nb, XENHOST_ADDED, xh);
	mutex_unlock(&hosts_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_register_notifier);

/**
 * xenhost_unregister_notifier - no longer be told
 * @nb: what was registered
 *
 * Context: process context.
 * Return: 0, or -ENOENT when it was not registered.
 */
int xenhost_unregister_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&hosts_chain, nb);
}
EXPORT_SYMBOL_GPL(xenhost_unregister_notifier);

/* Members for tables of hosts that can't do the thing. */

/**
 * xenhost_no_memory - release and reclaim of a host without memory operations
 * @xh: the host
 * @nr: ignored
 * @pages: ignored
 *
 * Return: -EOPNOTSUPP.
 */
int xenhost_no_memory(xenhost_t *xh, unsigned int nr, struct page **pages)
{
	return -EOPNOTSUPP;
}
EXPORT_SYMBOL_GPL(xenhost_no_memory);

/**
 * xenhost_no_map - map of a host whose domains' grants can't be mapped
 * @xh: the host
 * @ops: ignored
 * @pages: ignored
 * @real: ignored
 * @nr: ignored
 *
 * Return: -EOPNOTSUPP.
 */
int xenhost_no_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		   struct page **pages, struct page **real, unsigned int nr)
{
	return -EOPNOTSUPP;
}
EXPORT_SYMBOL_GPL(xenhost_no_map);

/**
 * xenhost_no_unmap - unmap of such a host
 * @xh: the host
 * @ops: ignored
 * @pages: ignored
 * @nr: ignored
 *
 * Return: -EOPNOTSUPP.
 */
int xenhost_no_unmap(xenhost_t *xh, struct gnttab_unmap_grant_ref *ops,
		     struct page **pages, unsigned int nr)
{
	return -EOPNOTSUPP;
}
EXPORT_SYMBOL_GPL(xenhost_no_unmap);

/**
 * xenhost_no_copy - grant copy of such a host
 * @xh: the host
 * @ops: ignored
 * @nr: ignored
 *
 * Return: -EOPNOTSUPP.
 */
int xenhost_no_copy(xenhost_t *xh, struct gnttab_copy *ops, unsigned int nr)
{
	return -EOPNOTSUPP;
}
EXPORT_SYMBOL_GPL(xenhost_no_copy);
