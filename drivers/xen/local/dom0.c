// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: domain 0, which is this kernel, and the coming and going of the
 * whole.
 *
 * Domain 0's frames are pages of this kernel, and its processors this kernel's.
 *
 * The host can't go, nor the module be unloaded, while any event channel is open
 * but the kernel's own to the store, or any grant is mapped.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include <xen/xenhost.h>
#include <xen/xenhost_gnttab.h>
#include <xen/xenhost_local.h>

#include "local.h"

#define DOM0_FRAMES	64
#define DOM0_MAPS	65536

struct xlocal_domain *xlocal_dom0;

/* ---- domain 0: this kernel ---- */

static void dom0_upcall(struct xlocal_domain *d, unsigned int vcpu)
{
	xenhost_local_upcall(vcpu);
}

/*
 * Any page of memory that somebody holds a reference to.  A page that has none
 * of its own (the tail of an allocation that is not compound) is refused, since
 * nothing would keep it from being freed.
 */
static struct page *dom0_get_frame(struct xlocal_domain *d, unsigned long gfn)
{
	struct page *page = pfn_to_online_page(gfn);

	/* The zero page is counted as any other, and drivers do send it. */
	if (!page || (PageReserved(page) && !is_zero_pfn(gfn)) ||
	    !get_page_unless_zero(compound_head(page)))
		return NULL;
	return page;
}

/* What is in the page is for its owner to mark dirty, who is in this kernel. */
static void dom0_put_frame(struct xlocal_domain *d, unsigned long gfn,
			   struct page *page, bool dirty)
{
	put_page(page);
}

static const struct xlocal_domain_ops dom0_ops = {
	.get_frame	= dom0_get_frame,
	.put_frame	= dom0_put_frame,
	.deliver	= xlocal_evtchn_deliver,
	.upcall		= dom0_upcall,
	.linear		= true,
};

/* ---- coming and going ---- */

static DEFINE_MUTEX(enable_lock);	/* all below */
static bool enable = IS_MODULE(CONFIG_XEN_LOCAL);
static bool booted;
static atomic_t guests;			/* raised under the lock only */
static unsigned int grants_left;

static int xlocal_start(void)
{
	struct xlocal_domain *d;
	int ret;

	if (grants_left) {
		pr_warn("none: %u grants of before are still in use; it needs a reboot\n",
			grants_left);
		return -EBUSY;
	}
	d = xlocal_domain_create(0, nr_cpu_ids, DOM0_FRAMES, DOM0_MAPS,
				 &dom0_ops, NULL);
	if (IS_ERR(d))
		return PTR_ERR(d);

	xlocal_dom0 = d;
	ret = xenhost_local_attach(xlocal_call, &d->shared, d->vcpus);
	if (ret == -EBUSY)
		pr_info("none: this kernel runs on a Xen\n");
	if (ret)
		goto destroy;
	ret = xenhost_gnttab_init(&xlocal_host);
	if (ret)
		goto detach;
	ret = xenhost_register(&xlocal_host);
	if (ret)
		goto exit_gnttab;
	return 0;

exit_gnttab:
	xenhost_gnttab_exit(&xlocal_host);
detach:
	xenhost_local_detach();
destroy:
	xlocal_dom0 = NULL;
	xlocal_domain_destroy(d);
	xlocal_domains_drain();
	return ret;
}

/**
 * xlocal_guest_get - keep the host while there is a guest
 *
 * Process context.
 *
 * Return: 0, or -ENODEV when there is no host.
 */
int xlocal_guest_get(void)
{
	int ret = -ENODEV;

	mutex_lock(&enable_lock);
	if (xlocal_dom0) {
		atomic_inc(&guests);
		ret = 0;
	}
	mutex_unlock(&enable_lock);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(xlocal_guest_get, XEN_LOCAL);

/**
 * xlocal_guest_put - undo xlocal_guest_get()
 *
 * Any context.
 */
void xlocal_guest_put(void)
{
	atomic_dec(&guests);
}
EXPORT_SYMBOL_NS_GPL(xlocal_guest_put, XEN_LOCAL);

/* Nothing new is begun from here on; is anything left of before? */
static int xlocal_quiesce(struct xlocal_domain *d)
{
	int ports, maps;

	spin_lock_irq(&d->evtchn_lock);
	ports = atomic_read(&d->nr_held);
	maps = atomic_read(&d->mapped);
	if (!ports && !maps) {
		WRITE_ONCE(d->dying, true);
		/* Who maps counts and then looks whether we are dying. */
		smp_mb();
		maps = atomic_read(&d->mapped);
		if (maps)
			WRITE_ONCE(d->dying, false);
	}
	spin_unlock_irq(&d->evtchn_lock);
	if (!ports && !maps)
		return 0;

	pr_warn("in use: %d event channels are open, %d grants mapped\n", ports,
		maps);
	return -EBUSY;
}

static int xlocal_stop(void)
{
	struct xlocal_domain *d = xlocal_dom0;
	int ret;

	if (atomic_read(&guests)) {
		pr_warn("in use: %d guests are there, or have grants that are mapped\n",
			atomic_read(&guests));
		return -EBUSY;
	}
	ret = xlocal_quiesce(d);
	if (ret)
		return ret;
	ret = xenhost_unregister(&xlocal_host);
	if (ret) {
		pr_warn("in use: a program has gntdev open\n");
		WRITE_ONCE(d->dying, false);
		return ret;
	}
	grants_left = xenhost_gnttab_exit(&xlocal_host);
	xenhost_local_detach();
	xlocal_dom0 = NULL;
	xlocal_domain_destroy(d);
	xlocal_domains_drain();
	pr_info("gone\n");
	return 0;
}

static int enable_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret)
		return ret;

	mutex_lock(&enable_lock);
	if (booted && on && !xlocal_dom0)
		ret = xlocal_start();
	else if (booted && !on && xlocal_dom0)
		ret = xlocal_stop();
	if (!ret)
		enable = on;
	mutex_unlock(&enable_lock);
	return ret;
}

static const struct kernel_param_ops enable_ops = {
	.set = enable_set,
	.get = param_get_bool,
};

/* Loading the module is asking for it; built in, the command line does. */
module_param_cb(enable, &enable_ops, &enable, 0644);
MODULE_PARM_DESC(enable, "have a small Xen in this kernel");

static int __init xlocal_init(void)
{
	int ret = xlocal_domains_init();

	if (ret)
		return ret;
	mutex_lock(&enable_lock);
	booted = true;
	if (enable)
		ret = xlocal_start();
	mutex_unlock(&enable_lock);
	if (ret && IS_MODULE(CONFIG_XEN_LOCAL))
		xlocal_domains_exit();
	return ret;
}

static void __exit xlocal_exit(void)
{
	mutex_lock(&enable_lock);
	/*
	 * No port is held, or the module were in use.  But a backend closes its
	 * port before it unmaps: wait for that.
	 */
	while (xlocal_dom0 && xlocal_stop())
		msleep(100);
	booted = false;
	mutex_unlock(&enable_lock);
	xlocal_domains_exit();
}

module_init(xlocal_init);
module_exit(xlocal_exit);

MODULE_DESCRIPTION("Small Xen in the kernel, for PV devices without a hypervisor");
MODULE_LICENSE("GPL");
