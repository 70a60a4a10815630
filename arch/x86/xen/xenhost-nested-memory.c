// SPDX-License-Identifier: GPL-2.0
/*
 * The nested host's memory: frames of this kernel given back to L0 and taken
 * again.  Which and how many is up to drivers/xen/xenhost-balloon.c.
 *
 * L1-Xen takes a frame only if nothing refers to it, so this kernel's own
 * mapping goes first.  The frame that comes back is another one, of which
 * L1-Xen does not know at which pfn it is to be.
 *
 * Locking: memory_lock protects the batch.
 */
#define pr_fmt(fmt) "xenhost: nested: " fmt

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>

#include <xen/mem-reservation.h>
#include <xen/page.h>
#include <xen/xen.h>

#include <asm/tlbflush.h>
#include <asm/xen/hypercall.h>

#include "xenhost-nested.h"

#define BATCH_MAX	128U

/* Not a status that L1-Xen gives: it did not get as far as this one. */
#define NOT_TRIED	1

static DEFINE_MUTEX(memory_lock);
static struct xen_nested_memory batch[BATCH_MAX];

static int xenhost_nested_alloc_pages(xenhost_t *xh, unsigned int nr,
				      struct page **pages)
{
	return xen_alloc_unpopulated_pages(nr, pages);
}

static void xenhost_nested_free_pages(xenhost_t *xh, unsigned int nr,
				      struct page **pages)
{
	xen_free_unpopulated_pages(nr, pages);
}

/* Put @mfn behind @page: both tables of frames, and the kernel's mapping. */
static int populate(struct page *page, unsigned long mfn)
{
	unsigned long pfn = page_to_pfn(page);
	struct mmu_update update = {
		.ptr = ((u64)mfn << PAGE_SHIFT) | MMU_MACHPHYS_UPDATE,
		.val = pfn,
	};
	int ret;

	ret = HYPERVISOR_mmu_update(&update, 1, NULL, DOMID_SELF);
	if (ret)
		return ret;
	if (!set_phys_to_machine(pfn, mfn))
		return -ENOMEM;
	ret = HYPERVISOR_update_va_mapping((unsigned long)__va(pfn << PAGE_SHIFT),
					   mfn_pte(mfn, PAGE_KERNEL), 0);
	if (ret)
		__set_phys_to_machine(pfn, INVALID_P2M_ENTRY);
	return ret;
}

static int xenhost_nested_release(xenhost_t *xh, unsigned int nr,
				  struct page **pages)
{
	unsigned int i, given = 0;

	nr = min3(nr, BATCH_MAX, xenhost_nested.query.max_batch);
	/* Mappings that vunmap() left for later would be references. */
	vm_unmap_aliases();

	mutex_lock(&memory_lock);
	for (i = 0; i < nr; i++)
		batch[i] = (struct xen_nested_memory) {
			.frame = pfn_to_mfn(page_to_pfn(pages[i])),
			.status = NOT_TRIED,
		};
	xenmem_reservation_va_mapping_reset(nr, pages);
	flush_tlb_all();

	xenhost_nested_request(XEN_NESTEDOP_memory_release, batch, nr);

	for (i = 0; i < nr; i++) {
		/*
		 * One that neither L0 took nor L1-Xen lets us have is as good
		 * as given: we have no frame there, and may ask for one.
		 */
		if (batch[i].status && !populate(pages[i], batch[i].frame))
			continue;
		if (batch[i].status)
			pr_warn_ratelimited("lost frame %#llx (%d)\n",
					    batch[i].frame, batch[i].status);
		swap(pages[given], pages[i]);
		given++;
	}
	mutex_unlock(&memory_lock);

	return given;
}

static int xenhost_nested_reclaim(xenhost_t *xh, unsigned int nr,
				  struct page **pages)
{
	unsigned int i, taken = 0;

	nr = min3(nr, BATCH_MAX, xenhost_nested.query.max_batch);

	mutex_lock(&memory_lock);
	for (i = 0; i < nr; i++)
		batch[i] = (struct xen_nested_memory) { .status = NOT_TRIED };

	xenhost_nested_request(XEN_NESTEDOP_memory_reclaim, batch, nr);

	for (i = 0; i < nr; i++) {
		if (batch[i].status)
			continue;
		if (populate(pages[taken], batch[i].frame)) {
			pr_warn_ratelimited("can't use frame %#llx\n",
					    batch[i].frame);
			continue;
		}
		taken++;
	}
	mutex_unlock(&memory_lock);

	return taken;
}

const struct xenhost_balloon_ops xenhost_nested_balloon_ops = {
	.alloc_pages	= xenhost_nested_alloc_pages,
	.free_pages	= xenhost_nested_free_pages,
	.release	= xenhost_nested_release,
	.reclaim	= xenhost_nested_reclaim,
};
