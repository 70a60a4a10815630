// SPDX-License-Identifier: GPL-2.0
/*
 * The nested host's grants: this kernel's frames offered to domains of L0.
 * Theirs are xenhost-nested-map.c's.
 *
 * Mediated: L1-Xen writes the entries, asked in batches.  Direct: L1-Xen lends
 * the frames of the table, and grant-table.c writes them.
 *
 * The batch buffers are per cpu and used with interrupts off; no lock is taken
 * inside.
 */
#define pr_fmt(fmt) "xenhost: nested: " fmt

#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/printk.h>

#include <xen/grant_table.h>

#include "xenhost-nested.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xenhost_nested."

#define BATCH_MAX	128U

union nested_batch {
	struct xen_nested_gnttab_publish publish[BATCH_MAX];
	struct xen_nested_gnttab_end end[BATCH_MAX];
};

static DEFINE_PER_CPU(union nested_batch, nested_batch);

/* To see what batches bring. */
static unsigned int max_batch = BATCH_MAX;
module_param(max_batch, uint, 0444);
MODULE_PARM_DESC(max_batch, "most grants in one request to the Xen below");

static int xenhost_nested_max_frames(xenhost_t *xh)
{
	struct xen_nested_gnttab_query_size op = {};
	int ret = xenhost_nested_request(XEN_NESTEDOP_gnttab_query_size, &op, 1);

	if (ret)
		return ret;
	if (op.version != 1 || !op.max_nr_frames)
		return -EOPNOTSUPP;
	return min_t(u32, op.max_nr_frames, INT_MAX);
}

static unsigned int xenhost_nested_max_batch(xenhost_t *xh)
{
	return xenhost_nested.max_batch;
}

/* Direct mode.  Atomic: the area is there since the host was found. */
static int xenhost_nested_map_table(xenhost_t *xh, unsigned int nr_frames,
				    void **table)
{
	struct xen_nested_gnttab_setup op = {};
	int ret;

	if (!xenhost_nested.grant_area)
		return -EOPNOTSUPP;
	if (nr_frames > xenhost_nested.grant_area_frames)
		return -ENOSPC;

	while (xenhost_nested.grant_mapped < nr_frames) {
		op.idx = xenhost_nested.grant_mapped;
		ret = xenhost_nested_request(XEN_NESTEDOP_gnttab_setup, &op, 1);
		if (!ret)
			ret = xenhost_nested_map_frame(xenhost_nested.grant_area->addr +
					xenhost_nested.grant_mapped * PAGE_SIZE,
					op.frame);
		if (ret)
			return ret;
		xenhost_nested.grant_mapped++;
	}
	*table = xenhost_nested.grant_area->addr;
	return 0;
}

static void xenhost_nested_unmap_table(xenhost_t *xh, unsigned int nr_frames,
				       void *table)
{
	while (xenhost_nested.grant_mapped)
		xenhost_nested_unmap_frame(xenhost_nested.grant_area->addr +
			    --xenhost_nested.grant_mapped * PAGE_SIZE);
}

/* A batch is at most max_batch long: xenhost-gnttab-queue.c sees to it. */
static int xenhost_nested_publish(xenhost_t *xh, struct xenhost_grant *grants,
				  unsigned int nr)
{
	struct xen_nested_gnttab_publish *op;
	unsigned long flags;
	unsigned int i;
	int ret;

	if (WARN_ON_ONCE(nr > xenhost_nested.max_batch))
		return -E2BIG;

	local_irq_save(flags);
	op = this_cpu_ptr(&nested_batch)->publish;
	for (i = 0; i < nr; i++)
		op[i] = (struct xen_nested_gnttab_publish) {
			.ref = grants[i].ref,
			.l0_domid = grants[i].domid,
			.flags = grants[i].readonly ?
				 XEN_NESTED_GRANT_readonly : 0,
			.frame = grants[i].frame,
		};
	ret = xenhost_nested_request(XEN_NESTEDOP_gnttab_publish, op, nr);
	for (i = 0; i < nr; i++)
		grants[i].status = ret ?: op[i].status;
	local_irq_restore(flags);
	return ret;
}

static int xenhost_nested_end(xenhost_t *xh, struct xenhost_grant *grants,
			      unsigned int nr)
{
	struct xen_nested_gnttab_end *op;
	unsigned long flags;
	unsigned int i;
	int ret;

	if (WARN_ON_ONCE(nr > xenhost_nested.max_batch))
		return -E2BIG;

	local_irq_save(flags);
	op = this_cpu_ptr(&nested_batch)->end;
	for (i = 0; i < nr; i++)
		op[i] = (struct xen_nested_gnttab_end) { .ref = grants[i].ref };
	ret = xenhost_nested_request(XEN_NESTEDOP_gnttab_end, op, nr);
	for (i = 0; i < nr; i++)
		grants[i].status = ret ?: op[i].status;
	local_irq_restore(flags);
	return ret;
}

const struct xenhost_gnttab_ops xenhost_nested_gnttab_ops = {
	.max_frames	= xenhost_nested_max_frames,
	.max_batch	= xenhost_nested_max_batch,
	.map_table	= xenhost_nested_map_table,
	.unmap_table	= xenhost_nested_unmap_table,
	.publish	= xenhost_nested_publish,
	.end		= xenhost_nested_end,
	.map		= xenhost_nested_map,
	.unmap		= xenhost_nested_unmap,
	.copy		= xenhost_nested_copy,
};

int xenhost_nested_setup_grants(void)
{
	int max;

	xenhost_nested.max_batch = clamp(min(xenhost_nested.query.max_batch,
					     max_batch), 1U, BATCH_MAX);
	xenhost_nested.grant_mapped = 0;
	if (!(xenhost_nested.query.features & XEN_NESTED_FEAT_grant_direct)) {
		xenhost_nested.host.features |= XENHOST_F_GRANT_QUEUED;
		return 0;
	}

	max = xenhost_nested_max_frames(&xenhost_nested.host);
	if (max < 0)
		return max;
	xenhost_nested.grant_area = xenhost_nested_alloc_area(max);
	if (!xenhost_nested.grant_area)
		return -ENOMEM;
	xenhost_nested.grant_area_frames = max;
	return 0;
}

void xenhost_nested_free_grants(void)
{
	if (xenhost_nested.grant_area)
		free_vm_area(xenhost_nested.grant_area);
	xenhost_nested.grant_area = NULL;
	xenhost_nested.grant_area_frames = 0;
}
