// SPDX-License-Identifier: GPL-2.0
/*
 * Grant tables on other hosts than the default one, and what other domains of
 * such a host granted to this one.
 *
 * A host either maps its table into this kernel, and then entries are written
 * as ever (gnttab_mapped_ops in grant-table.c), or is asked to publish and to
 * end grants (xenhost-gnttab-queue.c).
 */

#include <linux/delay.h>
#include <linux/hardirq.h>
#include <linux/slab.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

#include "grant-table.h"

/* A frame that was paged out is waited for 1 + 2 + ... ms. */
#define GNTTAB_MAX_DELAY	256

/**
 * xenhost_gnttab_init - set up this kernel's grant table on a host
 * @xh: a host that is not the direct one, and not registered yet
 *
 * Called by the provider before it registers the host, since drivers may
 * grant from then on. Process context.
 *
 * Return: 0 or a negative errno.
 */
int xenhost_gnttab_init(xenhost_t *xh)
{
	bool queued = xh->features & XENHOST_F_GRANT_QUEUED;
	struct gnttab *gt;
	int max_frames, ret;

	if (xh->gnttab)
		return -EBUSY;

	max_frames = xh->ops->gnttab->max_frames(xh);
	if (max_frames <= 0)
		return max_frames ? max_frames : -ENOSPC;

	gt = kzalloc(sizeof(*gt), GFP_KERNEL);
	if (!gt)
		return -ENOMEM;

	gt->xh = xh;
	gt->max_frames = max_frames;
	gt->ops = queued ? &gnttab_queue_ops : &gnttab_mapped_ops;

	if (queued) {
		ret = gnttab_queue_alloc(gt);
		if (ret)
			goto err_free_table;
	}

	ret = gnttab_table_init(gt);
	if (ret)
		goto err_free_queue;

	xh->gnttab = gt;

	return 0;

err_free_queue:
	gnttab_queue_free(gt);
err_free_table:
	kfree(gt);
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_gnttab_init);

/**
 * xenhost_gnttab_exit - take down this kernel's grant table on a host
 * @xh: the host, no longer registered; no driver uses it any more
 *
 * Process context; waits some seconds for the other side to unmap.
 *
 * Return: the number of grants that the other side still uses. Their references
 * must not be handed out again, so the host must not come back.
 */
unsigned int xenhost_gnttab_exit(xenhost_t *xh)
{
	struct gnttab *gt = xh->gnttab;
	unsigned int used;

	if (!gt)
		return 0;

	used = gnttab_table_exit(gt);
	if (gt->ops == &gnttab_mapped_ops)
		xh->ops->gnttab->unmap_table(xh, gt->nr_frames,
					     gt->shared.addr);
	gnttab_queue_free(gt);
	kfree(gt);
	xh->gnttab = NULL;

	return used;
}
EXPORT_SYMBOL_GPL(xenhost_gnttab_exit);

/**
 * xenhost_gnttab_resume - find the table again after suspend or migration
 * @xh: the host, its connection being back
 *
 * The grants made before are gone. Drivers end them as they reconnect: a
 * mapped table says so by itself, a host that is asked by -ENOENT. Called with
 * interrupts off.
 *
 * Return: 0 or a negative errno.
 */
int xenhost_gnttab_resume(xenhost_t *xh)
{
	struct gnttab *gt = xh->gnttab;

	return gt ? gt->ops->map(gt, 0, gt->nr_frames - 1) : 0;
}
EXPORT_SYMBOL_GPL(xenhost_gnttab_resume);

/* Is it worth to try again after the @delay-th time? Waits if so. */
static bool gnttab_wait_paged(unsigned int delay)
{
	if (delay == GNTTAB_MAX_DELAY || in_interrupt() || irqs_disabled())
		return false;

	msleep(delay);

	return true;
}

int __xenhost_gnttab_map_pages(xenhost_t *xh,
			       struct gnttab_map_grant_ref *map_ops,
			       struct page **pages, struct page **real_pages,
			       unsigned int count)
{
	unsigned int i, delay;
	int ret;

	ret = xh->ops->gnttab->map(xh, map_ops, pages, real_pages, count);
	if (ret) {
		/* The callers look at each. */
		for (i = 0; i < count; i++)
			map_ops[i].status = GNTST_general_error;
		return ret;
	}

	for (i = 0; i < count; i++) {
		for (delay = 1; map_ops[i].status == GNTST_eagain; delay++) {
			if (!gnttab_wait_paged(delay)) {
				map_ops[i].status = GNTST_bad_page;
				break;
			}
			ret = xh->ops->gnttab->map(xh, &map_ops[i], &pages[i],
						   &real_pages[i], 1);
			if (ret)
				map_ops[i].status = GNTST_general_error;
		}
	}

	return 0;
}
EXPORT_SYMBOL_GPL(__xenhost_gnttab_map_pages);

int __xenhost_gnttab_unmap_refs(xenhost_t *xh,
				struct gnttab_unmap_grant_ref *unmap_ops,
				struct page **pages, unsigned int count)
{
	return xh->ops->gnttab->unmap(xh, unmap_ops, pages, count);
}
EXPORT_SYMBOL_GPL(__xenhost_gnttab_unmap_refs);

void __xenhost_gnttab_batch_copy(xenhost_t *xh, struct gnttab_copy *batch,
				 unsigned int count)
{
	unsigned int i, delay;
	int ret;

	ret = xh->ops->gnttab->copy(xh, batch, count);

	for (i = 0; i < count; i++) {
		if (ret)
			batch[i].status = GNTST_general_error;
		for (delay = 1; batch[i].status == GNTST_eagain; delay++) {
			if (!gnttab_wait_paged(delay)) {
				batch[i].status = GNTST_bad_page;
				break;
			}
			if (xh->ops->gnttab->copy(xh, &batch[i], 1))
				batch[i].status = GNTST_general_error;
		}
	}
}
EXPORT_SYMBOL_GPL(__xenhost_gnttab_batch_copy);
