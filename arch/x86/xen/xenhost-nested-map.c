// SPDX-License-Identifier: GPL-2.0
/*
 * The nested host's other grants: those of domains of L0, mapped and copied for
 * the backends of this kernel.
 *
 * L1-Xen has L0 put a grant where L1 has no memory, and lends that frame.  It
 * is mapped like I/O memory, cacheable: no reference of L1-Xen's keeps it.
 *
 * Who has the page: the caller, from alloc_pages() to free_pages(); it has no
 * frame of its own.  While a grant is mapped onto it, its entry in the p2m is a
 * foreign frame, and the frame is L1-Xen's.  To unmap, the page's mapping goes
 * first and all TLBs are flushed; only then L0 is asked to take the grant back,
 * since the next grant may be put at the same place at once.  A page whose
 * mapping can't be removed keeps its grant and must not be used again.
 *
 * The batch buffers are per cpu and used with interrupts off; no lock is taken
 * inside.
 */
#define pr_fmt(fmt) "xenhost: nested: " fmt

#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/printk.h>

#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xenhost_gnttab_map.h>

#include <asm/xen/hypercall.h>

#include "xenhost-nested.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xenhost_nested."

#define BATCH_MAX	64U

/* Not a status that L1-Xen gives: it did not get as far as this one. */
#define NOT_TRIED	1

struct map_batch {
	union {
		struct xen_nested_gnttab_map map[BATCH_MAX];
		struct xen_nested_gnttab_unmap unmap[BATCH_MAX];
		struct xen_nested_gnttab_copy copy[BATCH_MAX];
	};
	/* Which operation of the caller's each of these belongs to */
	u8 index[BATCH_MAX];
	struct multicall_entry calls[BATCH_MAX + 1];
	struct mmuext_op flush;
};

static DEFINE_PER_CPU(struct map_batch, map_batch);

static bool backend = true;
module_param(backend, bool, 0444);
MODULE_PARM_DESC(backend, "let backends here serve domains of the nested host");

/* @bad_arg: what -EINVAL stands for. */
static s16 to_gntst(int status, s16 bad_arg)
{
	switch (status) {
	case 0:
		return GNTST_okay;
	case -ESRCH:
		return GNTST_bad_domain;
	case -ENOENT:
		return GNTST_bad_gntref;
	case -EPERM:
	case -EACCES:
		return GNTST_permission_denied;
	case -EAGAIN:
		return GNTST_eagain;
	case -ENOSPC:
		return GNTST_no_space;
	case -EINVAL:
		return bad_arg;
	}
	return GNTST_general_error;
}

static unsigned int batch_max(void)
{
	return min(xenhost_nested.max_batch, BATCH_MAX);
}

/* The page's entry in the p2m, with its marks. */
static unsigned long entry_of(struct page *page)
{
	return __pfn_to_mfn(page_to_pfn(page));
}

/* Half of xenhost_page_lent() */
bool __xenhost_page_lent(struct page *page)
{
	unsigned long entry = entry_of(page);

	/* Grants of domains of the Xen below are marked in the page as well. */
	return entry != INVALID_P2M_ENTRY && entry & FOREIGN_FRAME_BIT &&
	       !PageForeign(page);
}
EXPORT_SYMBOL_GPL(__xenhost_page_lent);

/* ---- map ---- */

/* Asks L1-Xen to unmap what nothing here has mapped (any more). */
static void give_back(u32 handle)
{
	struct xen_nested_gnttab_unmap op = {
		.handle = handle,
		.status = NOT_TRIED,
	};
	int ret = xenhost_nested_request(XEN_NESTEDOP_gnttab_unmap, &op, 1);

	if (ret || op.status)
		pr_warn_ratelimited("a grant stays mapped on L0 (%d)\n",
				    ret ?: op.status);
}

/* The caller's operations that can be asked for, put into the batch. */
static unsigned int gather_map(struct map_batch *b,
			       struct gnttab_map_grant_ref *ops,
			       struct page **pages, unsigned int nr)
{
	const u32 known = GNTMAP_host_map | GNTMAP_device_map | GNTMAP_readonly;
	unsigned int i, asked = 0;

	for (i = 0; i < nr; i++) {
		ops[i].handle = INVALID_GRANT_HANDLE;
		ops[i].dev_bus_addr = 0;
		ops[i].status = GNTST_general_error;
		if (ops[i].flags & ~known ||
		    WARN_ON_ONCE(entry_of(pages[i]) != INVALID_P2M_ENTRY))
			continue;
		b->index[asked] = i;
		b->map[asked++] = (struct xen_nested_gnttab_map) {
			.ref = ops[i].ref,
			.l0_domid = ops[i].dom,
			.flags = ops[i].flags & GNTMAP_readonly ?
				 XEN_NESTED_GRANT_readonly : 0,
			.status = NOT_TRIED,
		};
	}
	return asked;
}

/*
 * Sets the p2m for what L1-Xen mapped, and says in the batch's calls what to
 * put into the page tables.  Returns how many these are.
 */
static unsigned int enter(struct map_batch *b, struct gnttab_map_grant_ref *ops,
			  struct page **pages, unsigned int asked)
{
	unsigned int i, entered = 0;

	for (i = 0; i < asked; i++) {
		const struct xen_nested_gnttab_map *map = &b->map[i];
		unsigned int which = b->index[i];
		struct gnttab_map_grant_ref *op = &ops[which];
		unsigned long pfn = page_to_pfn(pages[which]);
		pgprot_t prot = op->flags & GNTMAP_readonly ? PAGE_KERNEL_RO :
							      PAGE_KERNEL;

		op->status = to_gntst(map->status, GNTST_general_error);
		if (map->status)
			continue;
		if (!__set_phys_to_machine(pfn, FOREIGN_FRAME(map->frame))) {
			op->status = GNTST_general_error;
			give_back(map->handle);
			continue;
		}
		op->handle = map->handle;
		op->dev_bus_addr = PFN_PHYS(map->frame);
		/* What was not present is in no TLB. */
		MULTI_update_va_mapping(&b->calls[entered],
					(unsigned long)page_address(pages[which]),
					mfn_pte(map->frame, prot), 0);
		/* Of an element that was dealt with: entered <= i. */
		b->index[entered++] = which;
	}
	return entered;
}

static void map_some(struct gnttab_map_grant_ref *ops, struct page **pages,
		     unsigned int nr)
{
	unsigned int i, asked, entered = 0;
	struct map_batch *b;
	unsigned long flags;
	int failed = 0;

	local_irq_save(flags);
	b = this_cpu_ptr(&map_batch);
	asked = gather_map(b, ops, pages, nr);
	if (asked) {
		/* Each element tells how far it got, also if this fails. */
		xenhost_nested_request(XEN_NESTEDOP_gnttab_map, b->map, asked);
		entered = enter(b, ops, pages, asked);
	}
	if (entered)
		failed = HYPERVISOR_multicall(b->calls, entered);
	WARN_ON_ONCE(failed);

	for (i = 0; i < entered; i++) {
		struct gnttab_map_grant_ref *op = &ops[b->index[i]];
		long ret = failed ?: b->calls[i].result;

		if (!ret)
			continue;
		pr_warn_ratelimited("the Xen below lets no page table have a grant (%ld)\n",
				    ret);
		__set_phys_to_machine(page_to_pfn(pages[b->index[i]]),
				      INVALID_P2M_ENTRY);
		/* What may be mapped after all keeps its grant. */
		if (!failed)
			give_back(op->handle);
		op->handle = INVALID_GRANT_HANDLE;
		op->status = GNTST_general_error;
	}
	local_irq_restore(flags);
}

int xenhost_nested_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		       struct page **pages, struct page **real,
		       unsigned int nr)
{
	unsigned int i, some;

	if (!(xh->features & XENHOST_F_BACKEND))
		return -EOPNOTSUPP;

	if (real != pages)
		memcpy(real, pages, nr * sizeof(*real));
	for (i = 0; i < nr; i += some) {
		some = min(nr - i, batch_max());
		map_some(ops + i, pages + i, some);
	}
	return 0;
}

/* ---- unmap ---- */

/*
 * Removes the mappings of the batch's pages, and what TLBs know of them.
 * Returns how many are left in the batch: those to be asked for.
 */
static unsigned int remove_mappings(struct map_batch *b,
				    struct gnttab_unmap_grant_ref *ops,
				    struct page **pages, unsigned int nr)
{
	unsigned int i, gone = 0;
	bool flushed;

	b->flush = (struct mmuext_op) { .cmd = MMUEXT_TLB_FLUSH_ALL };
	MULTI_mmuext_op(&b->calls[nr], &b->flush, 1, NULL, DOMID_SELF);
	flushed = !WARN_ON_ONCE(HYPERVISOR_multicall(b->calls, nr + 1)) &&
		  !WARN_ON_ONCE(b->calls[nr].result);

	for (i = 0; i < nr; i++) {
		unsigned int which = b->index[i];

		if (!flushed || WARN_ON_ONCE(b->calls[i].result))
			continue;
		__set_phys_to_machine(page_to_pfn(pages[which]),
				      INVALID_P2M_ENTRY);
		b->index[gone] = which;
		b->unmap[gone++] = (struct xen_nested_gnttab_unmap) {
			.handle = ops[which].handle,
			.status = NOT_TRIED,
		};
	}
	return gone;
}

/* False when a page could not be freed of its mapping. */
static bool unmap_some(struct gnttab_unmap_grant_ref *ops, struct page **pages,
		       unsigned int nr)
{
	unsigned int i, mapped = 0, gone = 0;
	struct map_batch *b;
	unsigned long flags;

	local_irq_save(flags);
	b = this_cpu_ptr(&map_batch);
	for (i = 0; i < nr; i++) {
		ops[i].status = GNTST_bad_virt_addr;
		if (!__xenhost_page_lent(pages[i]))
			continue;
		ops[i].status = GNTST_general_error;
		b->index[mapped] = i;
		MULTI_update_va_mapping(&b->calls[mapped++],
					(unsigned long)page_address(pages[i]),
					__pte_ma(0), 0);
	}
	if (mapped)
		gone = remove_mappings(b, ops, pages, mapped);
	if (gone)
		xenhost_nested_request(XEN_NESTEDOP_gnttab_unmap, b->unmap,
				       gone);
	for (i = 0; i < gone; i++) {
		int status = b->unmap[i].status;

		ops[b->index[i]].status = status == -ENOENT ? GNTST_bad_handle :
					  to_gntst(status, GNTST_bad_handle);
		if (status)
			pr_warn_ratelimited("a grant stays mapped on L0 (%d)\n",
					    status);
	}
	local_irq_restore(flags);

	return gone == mapped;
}

int xenhost_nested_unmap(xenhost_t *xh, struct gnttab_unmap_grant_ref *ops,
			 struct page **pages, unsigned int nr)
{
	unsigned int i, some;
	int ret = 0;

	for (i = 0; i < nr; i += some) {
		some = min(nr - i, batch_max());
		if (!unmap_some(ops + i, pages + i, some))
			ret = -EIO;
	}
	return ret;
}

/* ---- copy ---- */

/* One side is a frame of this kernel's, the other a grant; L1-Xen checks both. */
static bool copy_op(struct xen_nested_gnttab_copy *to,
		    const struct gnttab_copy *op)
{
	bool to_grant = op->flags & GNTCOPY_dest_gref;
	const struct gnttab_copy_ptr *grant, *frame;

	if (op->flags != GNTCOPY_dest_gref && op->flags != GNTCOPY_source_gref)
		return false;
	grant = to_grant ? &op->dest : &op->source;
	frame = to_grant ? &op->source : &op->dest;
	if (frame->domid != DOMID_SELF)
		return false;

	*to = (struct xen_nested_gnttab_copy) {
		.ref = grant->u.ref,
		.l0_domid = grant->domid,
		.flags = to_grant ? XEN_NESTED_COPY_to_grant : 0,
		.frame = frame->u.gmfn,
		.ref_offset = grant->offset,
		.frame_offset = frame->offset,
		.len = op->len,
		.status = NOT_TRIED,
	};
	return true;
}

static void copy_some(struct gnttab_copy *ops, unsigned int nr)
{
	unsigned int i, asked = 0;
	struct map_batch *b;
	unsigned long flags;

	local_irq_save(flags);
	b = this_cpu_ptr(&map_batch);
	for (i = 0; i < nr; i++) {
		ops[i].status = GNTST_bad_copy_arg;
		if (!copy_op(&b->copy[asked], &ops[i]))
			continue;
		b->index[asked++] = i;
	}
	if (asked)
		xenhost_nested_request(XEN_NESTEDOP_gnttab_copy, b->copy, asked);
	for (i = 0; i < asked; i++)
		ops[b->index[i]].status = to_gntst(b->copy[i].status,
						   GNTST_bad_copy_arg);
	local_irq_restore(flags);
}

int xenhost_nested_copy(xenhost_t *xh, struct gnttab_copy *ops, unsigned int nr)
{
	unsigned int i, some;

	if (!(xh->features & XENHOST_F_BACKEND))
		return -EOPNOTSUPP;

	for (i = 0; i < nr; i += some) {
		some = min(nr - i, batch_max());
		copy_some(ops + i, some);
	}
	return 0;
}

/* Can there be backends, by what L1-Xen offers and the user wants? */
bool xenhost_nested_serves(void)
{
	return backend &&
	       xenhost_nested.query.features & XEN_NESTED_FEAT_grant_map;
}
