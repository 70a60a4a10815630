/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the nested host share.
 */
#ifndef _X86_XEN_XENHOST_NESTED_H
#define _X86_XEN_XENHOST_NESTED_H

#include <linux/vmalloc.h>
#include <linux/xarray.h>

#include <xen/interface/nested.h>
#include <xen/xenhost.h>

/**
 * struct nested_transport - a way for a request to L0
 * @name: for people
 * @op: carries one operation of interface/nested.h, of the level in @cmd; any
 *	context
 */
struct nested_transport {
	const char *name;
	int (*op)(unsigned int cmd, void *arg, unsigned int count);
};

/**
 * struct xenhost_nested - state of the nested host; there is one
 * @host: the host as others see it
 * @transport: how L0 is asked
 * @query: what L1-Xen answered when asked what it offers
 * @max_batch: most elements of a batch, of L1-Xen's and our own limits
 * @ports: L0's number (an xa_value) of each local port
 * @grant_area: direct grants: room for the table
 * @grant_area_frames: how much of it
 * @grant_mapped: frames mapped so far
 * @grants_left: references that L0 still used when the host was let go
 */
struct xenhost_nested {
	xenhost_t host;
	const struct nested_transport *transport;
	struct xen_nested_query query;
	unsigned int max_batch;
	struct xarray ports;
	struct vm_struct *grant_area;
	unsigned int grant_area_frames;
	unsigned int grant_mapped;
	unsigned int grants_left;
};

extern struct xenhost_nested xenhost_nested;
extern const struct xenhost_evtchn_ops xenhost_nested_evtchn_ops;
extern const struct xenhost_gnttab_ops xenhost_nested_gnttab_ops;
extern const struct xenhost_balloon_ops xenhost_nested_balloon_ops;

static inline int xenhost_nested_request(unsigned int op, void *arg,
					 unsigned int count)
{
	atomic64_inc(&xenhost_nested.host.stats.hypercalls);
	return xenhost_nested.transport->op(XEN_NESTED_CMD(XEN_NESTED_LEVEL_NEXT, op),
					    arg, count);
}

struct vm_struct *xenhost_nested_alloc_area(unsigned int nr);
int xenhost_nested_map_frame(void *addr, u64 mfn);
void xenhost_nested_unmap_frame(void *addr);

int xenhost_nested_note_port(evtchn_port_t local, evtchn_port_t l0_port,
			     struct xenhost_port *port);

bool xenhost_nested_offered(void);
unsigned long xenhost_nested_emulated(void);

int xenhost_nested_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		       struct page **pages, struct page **real,
		       unsigned int nr);
int xenhost_nested_unmap(xenhost_t *xh, struct gnttab_unmap_grant_ref *ops,
			 struct page **pages, unsigned int nr);
int xenhost_nested_copy(xenhost_t *xh, struct gnttab_copy *ops,
			unsigned int nr);
bool xenhost_nested_serves(void);

int xenhost_nested_setup_grants(void);
void xenhost_nested_free_grants(void);

#endif /* _X86_XEN_XENHOST_NESTED_H */
