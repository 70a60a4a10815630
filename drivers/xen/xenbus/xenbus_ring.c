// SPDX-License-Identifier: GPL-2.0
/*
 * Rings granted by domains of other hosts than the default one, mapped for
 * backends.  Reached by xenbus_map_ring_valloc() and xenbus_unmap_ring_vfree(),
 * whose own ways know the Xen below only.
 */
#define pr_fmt(fmt) "xenbus: " fmt

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "xenbus.h"

/**
 * struct host_ring - a ring that is mapped
 * @list: entry of rings
 * @xh: host of the domain that granted it
 * @vaddr: where it is in virtual memory
 * @nr: number of its grants, and of pages: one each
 * @pages: what the grants are mapped onto
 * @real: through which pages the data is reached
 * @handles: of the mappings
 */
struct host_ring {
	struct list_head list;
	xenhost_t *xh;
	void *vaddr;
	unsigned int nr;
	struct page *pages[XENBUS_MAX_RING_GRANTS];
	struct page *real[XENBUS_MAX_RING_GRANTS];
	grant_handle_t handles[XENBUS_MAX_RING_GRANTS];
};

static LIST_HEAD(rings);
static DEFINE_SPINLOCK(rings_lock);

/* Returns the first status that is not GNTST_okay. */
static int unmap_grants(struct host_ring *ring)
{
	struct gnttab_unmap_grant_ref ops[XENBUS_MAX_RING_GRANTS];
	struct page *pages[XENBUS_MAX_RING_GRANTS];
	unsigned int i, nr = 0;

	for (i = 0; i < ring->nr; i++) {
		if (ring->handles[i] == INVALID_GRANT_HANDLE)
			continue;
		pages[nr] = ring->pages[i];
		gnttab_set_unmap_op(&ops[nr],
				    (unsigned long)page_address(pages[nr]),
				    GNTMAP_host_map, ring->handles[i]);
		nr++;
	}

	if (nr && xenhost_gnttab_unmap_refs(ring->xh, ops, NULL, pages, nr))
		return GNTST_general_error;
	for (i = 0; i < nr; i++)
		if (ops[i].status != GNTST_okay)
			return ops[i].status;
	return GNTST_okay;
}

static int map_grants(struct xenbus_device *dev, struct host_ring *ring,
		      const grant_ref_t *refs)
{
	struct gnttab_map_grant_ref ops[XENBUS_MAX_RING_GRANTS];
	unsigned int i;
	int ret;

	for (i = 0; i < ring->nr; i++) {
		gnttab_set_map_op(&ops[i],
				  (unsigned long)page_address(ring->pages[i]),
				  GNTMAP_host_map, refs[i], dev->otherend_id);
		ring->handles[i] = INVALID_GRANT_HANDLE;
	}

	ret = xenhost_gnttab_map_pages(ring->xh, ops, ring->pages, ring->real,
				       ring->nr);
	if (ret) {
		xenbus_dev_fatal(dev, ret, "mapping in a ring from domain %d",
				 dev->otherend_id);
		return ret;
	}

	for (i = 0; i < ring->nr; i++) {
		if (ops[i].status == GNTST_okay) {
			ring->handles[i] = ops[i].handle;
		} else if (!ret) {
			xenbus_dev_fatal(dev, ops[i].status,
					 "mapping in shared page %d from domain %d",
					 refs[i], dev->otherend_id);
			ret = -ENOENT;
		}
	}
	return ret;
}

/**
 * xenbus_map_host_ring - xenbus_map_ring_valloc() for other hosts
 * @dev: device on another host than the default one
 * @refs: grant references
 * @nr: number of them, at most XENBUS_MAX_RING_GRANTS
 * @vaddr: out: address of the ring
 *
 * Return: 0 or a negative errno.
 */
int xenbus_map_host_ring(struct xenbus_device *dev, const grant_ref_t *refs,
			 unsigned int nr, void **vaddr)
{
	struct host_ring *ring;
	int ret;

	/* One page takes one grant. */
	if (XEN_PFN_PER_PAGE != 1)
		return -EOPNOTSUPP;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return -ENOMEM;
	ring->xh = dev->xh;
	ring->nr = nr;

	ret = xenhost_gnttab_alloc_pages(ring->xh, nr, ring->pages);
	if (ret)
		goto free_ring;
	ret = map_grants(dev, ring, refs);
	if (ret)
		goto unmap;

	ring->vaddr = vmap(ring->real, nr, VM_MAP | VM_IOREMAP, PAGE_KERNEL);
	if (!ring->vaddr) {
		ret = -ENOMEM;
		goto unmap;
	}

	spin_lock(&rings_lock);
	list_add(&ring->list, &rings);
	spin_unlock(&rings_lock);

	*vaddr = ring->vaddr;
	return 0;

unmap:
	if (unmap_grants(ring) == GNTST_okay)
		xenhost_gnttab_free_pages(ring->xh, nr, ring->pages);
	else
		pr_alert("leaking %u page(s)\n", nr);
free_ring:
	kfree(ring);
	return ret;
}

static struct host_ring *take_ring(void *vaddr)
{
	struct host_ring *ring, *found = NULL;

	spin_lock(&rings_lock);
	list_for_each_entry(ring, &rings, list) {
		if (ring->vaddr == vaddr) {
			list_del(&ring->list);
			found = ring;
			break;
		}
	}
	spin_unlock(&rings_lock);

	return found;
}

/**
 * xenbus_unmap_host_ring - xenbus_unmap_ring_vfree() for other hosts
 * @dev: device on another host than the default one
 * @vaddr: address of the ring
 *
 * Return: 0 or GNTST_* on error.
 */
int xenbus_unmap_host_ring(struct xenbus_device *dev, void *vaddr)
{
	struct host_ring *ring = take_ring(vaddr);
	int status;

	if (!ring) {
		xenbus_dev_error(dev, -ENOENT,
				 "can't find mapped virtual address %p", vaddr);
		return GNTST_bad_virt_addr;
	}

	vunmap(vaddr);
	status = unmap_grants(ring);
	if (status == GNTST_okay) {
		xenhost_gnttab_free_pages(ring->xh, ring->nr, ring->pages);
	} else {
		xenbus_dev_error(dev, status, "unmapping a ring");
		pr_alert("leaking %u page(s)\n", ring->nr);
	}

	kfree(ring);
	return status;
}
