// SPDX-License-Identifier: GPL-2.0
/*
 * The local host: the small Xen of this folder as a host of PV devices.  All its
 * operations are function calls, made by domain 0, which is this kernel.
 *
 * Event channels of domain 0 become irqs as on any Xen: the irq code's
 * hypercalls come here too, to call.c.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <xen/interface/io/xs_wire.h>
#include <xen/interface/xen.h>
#include <xen/interface/version.h>
#include <xen/xenhost.h>
#include <xen/xenhost_local.h>

#include "local.h"

/* ---- hypercalls ---- */

static int xenhost_local_xen_version(xenhost_t *xh, int cmd, void *arg)
{
	return cmd == XENVER_version ? XLOCAL_VERSION : -EOPNOTSUPP;
}

static int xenhost_local_hvm_get_param(xenhost_t *xh, u32 index, u64 *value)
{
	return xlocal_domain_get_param(xlocal_dom0, index, value);
}

static long xenhost_local_memory_op(xenhost_t *xh, unsigned int cmd, void *arg)
{
	return -EOPNOTSUPP;
}

static long xenhost_local_user_call(xenhost_t *xh, unsigned int op,
				    const u64 *args)
{
	return xlocal_user_call(xlocal_dom0, op, args);
}

static const struct xenhost_hypercall_ops local_hypercall_ops = {
	.xen_version	= xenhost_local_xen_version,
	.hvm_get_param	= xenhost_local_hvm_get_param,
	.memory_op	= xenhost_local_memory_op,
	.user_call	= xenhost_local_user_call,
};

/* ---- event channels ---- */

static void note_port(xenhost_t *xh, struct xenhost_port *port,
		      evtchn_port_t number)
{
	port->local = number;
	port->remote_visible = number;
	atomic64_inc(&xh->stats.ports);
}

static int xenhost_local_alloc_unbound(xenhost_t *xh, domid_t remote_dom,
				       struct xenhost_port *port)
{
	evtchn_port_t number;
	int ret;

	ret = xlocal_evtchn_alloc_unbound(xlocal_dom0, remote_dom, true,
					  &number);
	if (!ret)
		note_port(xh, port, number);
	return ret;
}

static int xenhost_local_bind_interdomain(xenhost_t *xh, domid_t remote_dom,
					  evtchn_port_t remote_port,
					  struct xenhost_port *port)
{
	struct xlocal_domain *rd = xlocal_domain_find(xlocal_dom0, remote_dom);
	evtchn_port_t number;
	int ret;

	if (!rd)
		return -ESRCH;
	ret = xlocal_evtchn_bind_interdomain(xlocal_dom0, rd, remote_port,
					     &number);
	if (!ret)
		note_port(xh, port, number);
	xlocal_domain_put(rd);
	return ret;
}

static int xenhost_local_close(xenhost_t *xh, evtchn_port_t port)
{
	return xlocal_evtchn_close(xlocal_dom0, port);
}

static int xenhost_local_status(xenhost_t *xh, evtchn_port_t port,
				struct evtchn_status *status)
{
	status->dom = DOMID_SELF;
	status->port = port;
	return xlocal_evtchn_status(xlocal_dom0, port, status);
}

static int xenhost_local_remote_port(xenhost_t *xh, evtchn_port_t port)
{
	return port;
}

static const struct xenhost_evtchn_ops local_evtchn_ops = {
	.alloc_unbound	  = xenhost_local_alloc_unbound,
	.bind_interdomain = xenhost_local_bind_interdomain,
	.close		  = xenhost_local_close,
	.status		  = xenhost_local_status,
	.remote_port	  = xenhost_local_remote_port,
};

/* ---- grants ---- */

static int xenhost_local_max_frames(xenhost_t *xh)
{
	return xlocal_dom0->nr_frames;
}

static unsigned int xenhost_local_max_batch(xenhost_t *xh)
{
	return UINT_MAX;
}

/* The table is there in its full size from the beginning. */
static int xenhost_local_map_table(xenhost_t *xh, unsigned int nr_frames,
				   void **table)
{
	*table = xlocal_dom0->table;
	return 0;
}

static void xenhost_local_unmap_table(xenhost_t *xh, unsigned int nr_frames,
				      void *table)
{
}

/* Domain 0 writes its entries itself. */
static int xenhost_local_no_grants(xenhost_t *xh, struct xenhost_grant *grants,
				   unsigned int nr)
{
	return -EOPNOTSUPP;
}

static int xenhost_local_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
			     struct page **pages, struct page **real,
			     unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		xlocal_grant_map(xlocal_dom0, &ops[i], &real[i]);
	return 0;
}

static int xenhost_local_unmap(xenhost_t *xh, struct gnttab_unmap_grant_ref *ops,
			       struct page **pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		xlocal_grant_unmap(xlocal_dom0, &ops[i]);
	return 0;
}

static int xenhost_local_copy(xenhost_t *xh, struct gnttab_copy *ops,
			      unsigned int nr)
{
	xlocal_grant_copy(xlocal_dom0, ops, nr);
	return 0;
}

static const struct xenhost_gnttab_ops local_gnttab_ops = {
	.max_frames	= xenhost_local_max_frames,
	.max_batch	= xenhost_local_max_batch,
	.map_table	= xenhost_local_map_table,
	.unmap_table	= xenhost_local_unmap_table,
	.publish	= xenhost_local_no_grants,
	.end		= xenhost_local_no_grants,
	.map		= xenhost_local_map,
	.unmap		= xenhost_local_unmap,
	.copy		= xenhost_local_copy,
};

/* ---- store ---- */

static evtchn_port_t store_port;

/* xenstored binds the port when it starts, and the port is let go when it ends. */
void xlocal_port_bound(struct xlocal_domain *d, evtchn_port_t port, bool bound)
{
	if (d != xlocal_dom0 || !port || port != READ_ONCE(store_port))
		return;

	WRITE_ONCE(xenhost_local_store()->connection,
		   bound ? XENSTORE_CONNECTED : XENSTORE_RECONNECT);
	pr_info("xenstored %s\n", bound ? "is here" : "is gone");
}

static int xenhost_local_connect(xenhost_t *xh, struct xenhost_store_ring *ring)
{
	struct xenstore_domain_interface *intf = xenhost_local_store();
	evtchn_port_t port;
	int ret;

	memset(intf, 0, sizeof(*intf));
	intf->connection = XENSTORE_RECONNECT;
	ret = xlocal_evtchn_alloc_unbound(xlocal_dom0, xlocal_dom0->domid,
					  false, &port);
	if (ret)
		return ret;
	WRITE_ONCE(store_port, port);
	note_port(xh, &ring->port, port);
	ring->intf = intf;
	return 0;
}

/* The irq code closes the port with the irq. */
static void xenhost_local_disconnect(xenhost_t *xh,
				     struct xenhost_store_ring *ring)
{
	WRITE_ONCE(store_port, 0);
	ring->intf = NULL;
}

static const struct xenhost_store_ops local_store_ops = {
	.connect	= xenhost_local_connect,
	.disconnect	= xenhost_local_disconnect,
};

/* ---- memory ---- */

static void xenhost_local_free_pages(xenhost_t *xh, unsigned int nr,
				     struct page **pages)
{
	while (nr--) {
		if (pages[nr])
			__free_page(pages[nr]);
		pages[nr] = NULL;
	}
}

/* Nothing is ever mapped onto them; drivers want a page for each grant. */
static int xenhost_local_alloc_pages(xenhost_t *xh, unsigned int nr,
				     struct page **pages)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i]) {
			xenhost_local_free_pages(xh, i, pages);
			return -ENOMEM;
		}
	}
	return 0;
}

static const struct xenhost_balloon_ops local_balloon_ops = {
	.alloc_pages	= xenhost_local_alloc_pages,
	.free_pages	= xenhost_local_free_pages,
	.release	= xenhost_no_memory,
	.reclaim	= xenhost_no_memory,
};

/* It is suspended with this kernel and notices nothing. */
static int xenhost_local_no_step(xenhost_t *xh)
{
	return 0;
}

static const struct xenhost_lifecycle_ops local_lifecycle_ops = {
	.suspend	= xenhost_local_no_step,
	.resume		= xenhost_local_no_step,
	.reset		= xenhost_local_no_step,
};

static const struct xenhost_ops local_ops = {
	.hypercall	= &local_hypercall_ops,
	.evtchn		= &local_evtchn_ops,
	.gnttab		= &local_gnttab_ops,
	.store		= &local_store_ops,
	.balloon	= &local_balloon_ops,
	.lifecycle	= &local_lifecycle_ops,
};

xenhost_t xlocal_host = {
	.name = "local",
	.kind = XENHOST_LOCAL,
	.level = 0,
	.version = XLOCAL_VERSION,
	.features = XENHOST_F_BACKEND | XENHOST_F_STORE | XENHOST_F_CHEAP_MAP |
		    XENHOST_F_CHEAP_COPY | XENHOST_F_SYNC_EVENTS,
	.ops = &local_ops,
	.owner = THIS_MODULE,
};
