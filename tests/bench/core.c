// SPDX-License-Identifier: GPL-2.0
/*
 * What PV drivers ask of the core.  They ask for grants by the device's host
 * where there is such a thing, by the old names where there is not.
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/mm.h>

#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/page.h>

#include <asm/xen/hypercall.h>

#include "bench.h"

#ifdef HAVE_XENHOST
#include <xen/xenhost_gnttab.h>

static xenhost_t *host;

static void find_host(void)
{
	host = xh_default;
}

static inline int map_refs(struct gnttab_map_grant_ref *ops,
			   struct page **pages, unsigned int nr)
{
	return xenhost_gnttab_map_pages(host, ops, pages, pages, nr);
}

#define gnt(verb, ...)	xenhost_gnttab_##verb(host, ##__VA_ARGS__)
#else
static void find_host(void)
{
}

static inline int map_refs(struct gnttab_map_grant_ref *ops,
			   struct page **pages, unsigned int nr)
{
	return gnttab_map_refs(ops, NULL, pages, nr);
}

#define gnt(verb, ...)	gnttab_##verb(__VA_ARGS__)
#endif

#define BATCH	32

static struct page *page;

static int page_set_up(const char *arg)
{
	find_host();
	page = alloc_page(GFP_KERNEL);
	return page ? 0 : -ENOMEM;
}

static void page_tear_down(void)
{
	__free_page(page);
}

/* A grant with a reference of its own */

static int grant_run(unsigned int nr)
{
	unsigned long gfn = xen_page_to_gfn(page);

	while (nr--) {
		int ref = gnt(grant_foreign_access, 0, gfn, 0);

		if (ref < 0)
			return ref;
		if (!gnt(try_end_foreign_access, ref))
			return -EBUSY;
	}
	return 0;
}

/* A grant as blkfront and netfront make it, from a batch of references */

static grant_ref_t head;

static int claim_set_up(const char *arg)
{
	int err = page_set_up(arg);

	if (err)
		return err;
	err = gnt(alloc_grant_references, BATCH, &head);
	if (err)
		page_tear_down();
	return err;
}

static int claim_run(unsigned int nr)
{
	while (nr--) {
		int ref = gnt(claim_grant_reference, &head);

		if (ref < 0)
			return ref;
		gnt(grant_foreign_access_ref, ref, 0, xen_page_to_gfn(page), 0);
		if (!gnt(end_foreign_access_ref, ref))
			return -EBUSY;
		gnt(release_grant_reference, &head, ref);
	}
	return 0;
}

static void claim_tear_down(void)
{
	gnt(free_grant_references, head);
	page_tear_down();
}

/* An event, to a port nobody is bound to: nothing comes of it */

static evtchn_port_t port;
static int irq;

static int send_set_up(const char *arg)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF, .remote_dom = DOMID_SELF,
	};
	int err;

	err = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
	port = alloc.port;
	return err;
}

static int send_run(unsigned int nr)
{
	while (nr--)
		notify_remote_via_evtchn(port);
	return 0;
}

static void send_tear_down(void)
{
	struct evtchn_close close = { .port = port };

	HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
}

static irqreturn_t nothing(int nr, void *data)
{
	return IRQ_HANDLED;
}

static int send_irq_set_up(const char *arg)
{
	int err = send_set_up(arg);

	if (err)
		return err;
	irq = bind_evtchn_to_irqhandler(port, nothing, 0, "xhbench", &port);
	if (irq >= 0)
		return 0;
	send_tear_down();
	return irq;
}

static int send_irq_run(unsigned int nr)
{
	while (nr--)
		notify_remote_via_irq(irq);
	return 0;
}

static void send_irq_tear_down(void)
{
	unbind_from_irqhandler(irq, &port);
}

/* Mapping and unmapping a batch, of grants of this domain's own */

static struct page *granted[BATCH], *pages[BATCH];
static grant_ref_t refs[BATCH];
static domid_t self;

static void map_tear_down(void)
{
	unsigned int i;

	gnt(free_pages, BATCH, pages);
	for (i = 0; i < BATCH; i++) {
		if (refs[i])
			gnt(try_end_foreign_access, refs[i]);
		if (granted[i])
			__free_page(granted[i]);
	}
}

static int map_set_up(const char *arg)
{
	unsigned int i;
	int err;

	find_host();
	err = kstrtou16(arg, 0, &self) ?: gnt(alloc_pages, BATCH, pages);
	if (err)
		return err;
	for (i = 0; i < BATCH; i++) {
		int ref = -ENOMEM;

		refs[i] = 0;
		granted[i] = alloc_page(GFP_KERNEL);
		if (granted[i])
			ref = gnt(grant_foreign_access, self, xen_page_to_gfn(granted[i]), 0);
		if (ref < 0)
			err = ref;
		else
			refs[i] = ref;
	}
	if (err)
		map_tear_down();
	return err;
}

static int map_run(unsigned int nr)
{
	static struct gnttab_map_grant_ref map[BATCH];
	static struct gnttab_unmap_grant_ref unmap[BATCH];
	unsigned int i;
	int err;

	while (nr--) {
		for (i = 0; i < BATCH; i++)
			gnttab_set_map_op(&map[i], (unsigned long)page_address(pages[i]),
					  GNTMAP_host_map, refs[i], self);
		err = map_refs(map, pages, BATCH);
		if (err)
			return err;
		for (i = 0; i < BATCH; i++) {
			if (map[i].status)
				return -EIO;
			gnttab_set_unmap_op(&unmap[i], (unsigned long)page_address(pages[i]),
					    GNTMAP_host_map, map[i].handle);
		}
		err = gnt(unmap_refs, unmap, NULL, pages, BATCH);
		if (err)
			return err;
	}
	return 0;
}

/* What the loop itself costs is in all of these, and the same for both. */
const struct bench bench_core[] = {
	{ "grant-end", 1000, true, page_set_up, grant_run, page_tear_down },
	{ "claim-grant-end", 1000, true, claim_set_up, claim_run, claim_tear_down },
	{ "send-evtchn", 1000, true, send_set_up, send_run, send_tear_down },
	{ "send-irq", 1000, true, send_irq_set_up, send_irq_run, send_irq_tear_down },
	{ "map-unmap-32", 100, true, map_set_up, map_run, map_tear_down },
	{ }
};
