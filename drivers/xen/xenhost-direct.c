// SPDX-License-Identifier: GPL-2.0
/*
 * The direct host: the Xen this kernel runs on, asked by ordinary hypercalls.
 *
 * One file for all architectures and guest types, since the hypercalls are.
 * Registered by each guest type's early init.  The grant table, xenbus and the
 * balloon driver keep their own paths to this Xen, which do not pass through
 * these tables: a kernel with one Xen below pays nothing for them.
 */
#define pr_fmt(fmt) "xenhost: " fmt

#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm.h>
#include <xen/interface/memory.h>
#include <xen/interface/version.h>
#include <xen/mem-reservation.h>
#include <xen/xen.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include <asm/xen/hypercall.h>

static int xenhost_direct_xen_version(xenhost_t *xh, int cmd, void *arg)
{
	return HYPERVISOR_xen_version(cmd, arg);
}

static int xenhost_direct_hvm_get_param(xenhost_t *xh, u32 index, u64 *value)
{
	return hvm_get_parameter(index, value);
}

static long xenhost_direct_memory_op(xenhost_t *xh, unsigned int cmd, void *arg)
{
	return HYPERVISOR_memory_op(cmd, arg);
}

static long xenhost_direct_user_call(xenhost_t *xh, unsigned int op,
				     const u64 *args)
{
	return privcmd_call(op, args[0], args[1], args[2], args[3], args[4]);
}

static const struct xenhost_hypercall_ops direct_hypercall_ops = {
	.xen_version	= xenhost_direct_xen_version,
	.hvm_get_param	= xenhost_direct_hvm_get_param,
	.memory_op	= xenhost_direct_memory_op,
	.user_call	= xenhost_direct_user_call,
};

static int xenhost_direct_alloc_unbound(xenhost_t *xh, domid_t remote_dom,
					struct xenhost_port *port)
{
	struct evtchn_alloc_unbound op = {
		.dom = DOMID_SELF,
		.remote_dom = remote_dom,
	};
	int ret;

	ret = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &op);
	if (ret)
		return ret;

	port->local = op.port;
	port->remote_visible = op.port;
	atomic64_inc(&xh->stats.ports);
	return 0;
}

static int xenhost_direct_bind_interdomain(xenhost_t *xh, domid_t remote_dom,
					   evtchn_port_t remote_port,
					   struct xenhost_port *port)
{
	struct evtchn_bind_interdomain op = {
		.remote_dom = remote_dom,
		.remote_port = remote_port,
	};
	int ret;

	ret = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &op);
	if (ret)
		return ret;

	port->local = op.local_port;
	port->remote_visible = op.local_port;
	atomic64_inc(&xh->stats.ports);
	return 0;
}

static int xenhost_direct_close(xenhost_t *xh, evtchn_port_t port)
{
	struct evtchn_close op = { .port = port };

	return HYPERVISOR_event_channel_op(EVTCHNOP_close, &op);
}

static int xenhost_direct_status(xenhost_t *xh, evtchn_port_t port,
				 struct evtchn_status *status)
{
	status->dom = DOMID_SELF;
	status->port = port;
	return HYPERVISOR_event_channel_op(EVTCHNOP_status, status);
}

static int xenhost_direct_remote_port(xenhost_t *xh, evtchn_port_t port)
{
	return port;
}

static const struct xenhost_evtchn_ops direct_evtchn_ops = {
	.alloc_unbound	  = xenhost_direct_alloc_unbound,
	.bind_interdomain = xenhost_direct_bind_interdomain,
	.close		  = xenhost_direct_close,
	.status		  = xenhost_direct_status,
	.remote_port	  = xenhost_direct_remote_port,
};

static int xenhost_direct_max_frames(xenhost_t *xh)
{
	return gnttab_max_grant_frames();
}

static unsigned int xenhost_direct_max_batch(xenhost_t *xh)
{
	return UINT_MAX;
}

/* grant-table.c maps the direct host's table itself. */
static int xenhost_direct_map_table(xenhost_t *xh, unsigned int nr_frames,
				    void **table)
{
	return -EOPNOTSUPP;
}

static void xenhost_direct_unmap_table(xenhost_t *xh, unsigned int nr_frames,
				       void *table)
{
}

static int xenhost_direct_publish(xenhost_t *xh, struct xenhost_grant *grants,
				  unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		gnttab_grant_foreign_access_ref(grants[i].ref, grants[i].domid,
						grants[i].frame,
						grants[i].readonly);
		grants[i].status = 0;
	}
	return 0;
}

static int xenhost_direct_end(xenhost_t *xh, struct xenhost_grant *grants,
			      unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		grants[i].status =
			gnttab_end_foreign_access_ref(grants[i].ref) ? 0 :
								       -EBUSY;
	return 0;
}

/* Xen maps where host_addr says, which is what the caller made of @pages. */
static int xenhost_direct_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
			      struct page **pages, struct page **real,
			      unsigned int nr)
{
	if (real != pages)
		memcpy(real, pages, nr * sizeof(*real));
	return HYPERVISOR_grant_table_op(GNTTABOP_map_grant_ref, ops, nr);
}

static int xenhost_direct_unmap(xenhost_t *xh,
				struct gnttab_unmap_grant_ref *ops,
				struct page **pages, unsigned int nr)
{
	return HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref, ops, nr);
}

static int xenhost_direct_copy(xenhost_t *xh, struct gnttab_copy *ops,
			       unsigned int nr)
{
	return HYPERVISOR_grant_table_op(GNTTABOP_copy, ops, nr);
}

static const struct xenhost_gnttab_ops direct_gnttab_ops = {
	.max_frames	= xenhost_direct_max_frames,
	.max_batch	= xenhost_direct_max_batch,
	.map_table	= xenhost_direct_map_table,
	.unmap_table	= xenhost_direct_unmap_table,
	.publish	= xenhost_direct_publish,
	.end		= xenhost_direct_end,
	.map		= xenhost_direct_map,
	.unmap		= xenhost_direct_unmap,
	.copy		= xenhost_direct_copy,
};

/* xenbus finds the ring by itself, long before tables can be asked. */
static int xenhost_direct_connect(xenhost_t *xh, struct xenhost_store_ring *ring)
{
	if (!xen_store_interface)
		return -ENODEV;

	ring->intf = xen_store_interface;
	ring->port.local = xen_store_evtchn;
	ring->port.remote_visible = xen_store_evtchn;
	return 0;
}

static void xenhost_direct_disconnect(xenhost_t *xh,
				      struct xenhost_store_ring *ring)
{
}

static const struct xenhost_store_ops direct_store_ops = {
	.connect	= xenhost_direct_connect,
	.disconnect	= xenhost_direct_disconnect,
};

static int xenhost_direct_alloc_pages(xenhost_t *xh, unsigned int nr,
				      struct page **pages)
{
	return xen_alloc_unpopulated_pages(nr, pages);
}

static void xenhost_direct_free_pages(xenhost_t *xh, unsigned int nr,
				      struct page **pages)
{
	xen_free_unpopulated_pages(nr, pages);
}

/* The balloon driver owns this kernel's reservation on the direct host. */
static const struct xenhost_balloon_ops direct_balloon_ops = {
	.alloc_pages	= xenhost_direct_alloc_pages,
	.free_pages	= xenhost_direct_free_pages,
	.release	= xenhost_no_memory,
	.reclaim	= xenhost_no_memory,
};

/* manage.c suspends and resumes this kernel on the Xen it runs on. */
static int xenhost_direct_no_step(xenhost_t *xh)
{
	return 0;
}

static const struct xenhost_lifecycle_ops direct_lifecycle_ops = {
	.suspend	= xenhost_direct_no_step,
	.resume		= xenhost_direct_no_step,
	.reset		= xenhost_direct_no_step,
};

static const struct xenhost_ops direct_ops = {
	.hypercall	= &direct_hypercall_ops,
	.evtchn		= &direct_evtchn_ops,
	.gnttab		= &direct_gnttab_ops,
	.store		= &direct_store_ops,
	.balloon	= &direct_balloon_ops,
	.lifecycle	= &direct_lifecycle_ops,
};

static xenhost_t direct_host = {
	.name = "direct",
	.kind = XENHOST_DIRECT,
	.level = 1,
	.domid = DOMID_SELF,
	.features = XENHOST_F_BACKEND | XENHOST_F_STORE,
	.ops = &direct_ops,
};

/**
 * xenhost_direct_init - register the Xen below as the default host
 *
 * Context: early boot, once, as soon as hypercalls work.
 * Return: 0, or the registry's error; the kernel can go on without, but then
 * no PV driver loads.
 */
int __init xenhost_direct_init(void)
{
	direct_host.version = HYPERVISOR_xen_version(XENVER_version, NULL);
	return xenhost_register(&direct_host);
}
