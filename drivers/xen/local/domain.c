// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: its domains.
 *
 * A domain is found by id under RCU and used with a reference.  Destroying it
 * closes its event channels and undoes its mappings; what others have mapped of
 * it stays pinned, and the domain in memory, until they let go.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/bug.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "local.h"

static DEFINE_XARRAY(domains);

/* What frees domains; flushed before the code that it runs goes. */
static struct workqueue_struct *free_queue;

int xlocal_domains_init(void)
{
	free_queue = alloc_workqueue("xen_local", WQ_UNBOUND, 0);
	return free_queue ? 0 : -ENOMEM;
}

/* Wait for the domains that nobody has any more to be freed. */
void xlocal_domains_drain(void)
{
	rcu_barrier();
	flush_workqueue(free_queue);
}

void xlocal_domains_exit(void)
{
	xlocal_domains_drain();
	destroy_workqueue(free_queue);
}

static void free_domain(struct work_struct *work)
{
	struct xlocal_domain *d = container_of(to_rcu_work(work),
					       struct xlocal_domain, free);
	struct module *owner = d->ops->owner;

	if (d->ops->release)
		d->ops->release(d);
	xlocal_grant_free(d);
	xlocal_evtchn_free(d);
	kfree(d->vcpus);
	kfree(d);
	module_put(owner);
}

static void release_domain(struct kref *ref)
{
	struct xlocal_domain *d = container_of(ref, struct xlocal_domain, ref);

	queue_rcu_work(free_queue, &d->free);
}

/**
 * xlocal_domain_put - drop a reference
 * @d: the domain, or NULL.  Any context.
 */
void xlocal_domain_put(struct xlocal_domain *d)
{
	if (d)
		kref_put(&d->ref, release_domain);
}
EXPORT_SYMBOL_NS_GPL(xlocal_domain_put, XEN_LOCAL);

/**
 * xlocal_domain_find - the domain that a request names
 * @caller: who asks
 * @domid: domain, DOMID_SELF for @caller
 *
 * Any context.
 *
 * Return: the domain, with a reference, or NULL.
 */
struct xlocal_domain *xlocal_domain_find(struct xlocal_domain *caller,
					 domid_t domid)
{
	struct xlocal_domain *d;

	if (domid == DOMID_SELF)
		domid = caller->domid;

	rcu_read_lock();
	d = xa_load(&domains, domid);
	if (d && !kref_get_unless_zero(&d->ref))
		d = NULL;
	rcu_read_unlock();
	return d;
}

/**
 * xlocal_domain_next - the first domain from an id on
 * @domid: lowest id to look at
 *
 * Return: the domain, with a reference, or NULL when there is none.
 */
struct xlocal_domain *xlocal_domain_next(domid_t domid)
{
	unsigned long index = domid;
	struct xlocal_domain *d;

	rcu_read_lock();
	d = xa_find(&domains, &index, DOMID_FIRST_RESERVED - 1, XA_PRESENT);
	/* One that is about to go is not the last one. */
	while (d && !kref_get_unless_zero(&d->ref))
		d = xa_find_after(&domains, &index, DOMID_FIRST_RESERVED - 1,
				  XA_PRESENT);
	rcu_read_unlock();
	return d;
}

/**
 * xlocal_domain_create - make a domain
 * @domid: its id
 * @nr_vcpus: number of processors
 * @nr_frames: size of its grant table
 * @nr_maps: mappings that it may have of other domains' grants
 * @ops: what it is; the caller holds their module, and the domain after him
 * @priv: for @ops
 *
 * Process context.
 *
 * Return: the domain, with the one reference that xlocal_domain_destroy()
 * drops, or an ERR_PTR(): -EINVAL, -ENOMEM, -EEXIST.
 */
struct xlocal_domain *xlocal_domain_create(domid_t domid, unsigned int nr_vcpus,
					   unsigned int nr_frames,
					   unsigned int nr_maps,
					   const struct xlocal_domain_ops *ops,
					   void *priv)
{
	struct xlocal_domain *d;
	int ret;

	if (domid >= DOMID_FIRST_RESERVED || !nr_vcpus || !nr_frames)
		return ERR_PTR(-EINVAL);

	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return ERR_PTR(-ENOMEM);
	kref_init(&d->ref);
	INIT_RCU_WORK(&d->free, free_domain);
	d->domid = domid;
	d->privileged = !domid;
	d->ops = ops;
	d->priv = priv;
	d->nr_vcpus = nr_vcpus;

	ret = -ENOMEM;
	d->vcpus = kcalloc(nr_vcpus, sizeof(*d->vcpus), GFP_KERNEL);
	if (!d->vcpus)
		goto free_d;
	ret = xlocal_evtchn_init(d);
	if (ret)
		goto free_vcpus;
	ret = xlocal_grant_init(d, nr_frames, nr_maps);
	if (ret)
		goto free_evtchn;

	ret = xa_insert(&domains, domid, d, GFP_KERNEL);
	if (ret) {
		ret = ret == -EBUSY ? -EEXIST : ret;
		goto free_grant;
	}
	__module_get(ops->owner);
	return d;

free_grant:
	xlocal_grant_free(d);
free_evtchn:
	xlocal_evtchn_free(d);
free_vcpus:
	kfree(d->vcpus);
free_d:
	kfree(d);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_NS_GPL(xlocal_domain_create, XEN_LOCAL);

/**
 * xlocal_domain_destroy - end a domain
 * @d: the domain; its processors don't run any more
 *
 * Process context.
 */
void xlocal_domain_destroy(struct xlocal_domain *d)
{
	struct xlocal_domain *dom0;

	/* Pairs with the reads under evtchn_lock and under a grant's lock. */
	spin_lock_irq(&d->evtchn_lock);
	WRITE_ONCE(d->dying, true);
	spin_unlock_irq(&d->evtchn_lock);

	xlocal_evtchn_close_all(d);
	xlocal_grant_unmap_all(d);
	xa_erase(&domains, d->domid);

	if (d->domid) {
		dom0 = xlocal_domain_find(d, 0);
		if (dom0)
			xlocal_evtchn_raise_virq(dom0, VIRQ_DOM_EXC);
		xlocal_domain_put(dom0);
	}
	xlocal_domain_put(d);
}
EXPORT_SYMBOL_NS_GPL(xlocal_domain_destroy, XEN_LOCAL);

/**
 * xlocal_domain_get_param - read an HVM param
 * @d: the domain
 * @index: HVM_PARAM_*
 * @value: out
 *
 * Return: 0 or -EINVAL.
 */
int xlocal_domain_get_param(struct xlocal_domain *d, u32 index, u64 *value)
{
	if (index >= HVM_NR_PARAMS)
		return -EINVAL;
	index = array_index_nospec(index, HVM_NR_PARAMS);
	*value = READ_ONCE(d->params[index]);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xlocal_domain_get_param, XEN_LOCAL);

/**
 * xlocal_domain_set_param - write an HVM param
 * @d: the domain
 * @index: HVM_PARAM_*
 * @value: new value
 *
 * Return: 0 or -EINVAL.
 */
int xlocal_domain_set_param(struct xlocal_domain *d, u32 index, u64 value)
{
	if (index >= HVM_NR_PARAMS)
		return -EINVAL;
	WRITE_ONCE(d->params[index], value);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xlocal_domain_set_param, XEN_LOCAL);
