// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: grants, version 1.
 *
 * The table is shared with the granting domain, which may write to it at any
 * moment.  An entry's flags and domid are one word, checked and marked in use
 * by one compare-and-exchange, as a guest ends a grant; its frame is read once,
 * after that, and kept while the grant is in use, whatever the domain writes
 * there.  Frames are pinned by the domain's get_frame() while in use.
 *
 * Nothing is remapped: mapping hands out the domain's own page.  All users of
 * one grant are counted, and the marks in the table go with the last of them.
 *
 * Any context.  A handle belongs to the mapping domain; its slot changes hands
 * under maps_lock.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/atomic.h>
#include <linux/cpufeature.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <xen/grant_table.h>

#include "local.h"

#define NO_MAP	U32_MAX

int xlocal_grant_init(struct xlocal_domain *d, unsigned int nr_frames,
		      unsigned int nr_maps)
{
	unsigned int nr = nr_frames * XLOCAL_GRANTS_PER_FRAME, i;

	spin_lock_init(&d->maps_lock);
	d->nr_frames = nr_frames;
	d->nr_maps = nr_maps;
	d->free_map = nr_maps ? 0 : NO_MAP;
	/* Zeroed; a guest's monitor maps it. */
	d->table = vmalloc_user((size_t)nr_frames * PAGE_SIZE);
	d->grants = kvcalloc(nr, sizeof(*d->grants), GFP_KERNEL);
	d->maps = kvcalloc(nr_maps ?: 1, sizeof(*d->maps), GFP_KERNEL);
	if (!d->table || !d->grants || !d->maps) {
		xlocal_grant_free(d);
		return -ENOMEM;
	}

	for (i = 0; i < nr; i++)
		spin_lock_init(&d->grants[i].lock);
	for (i = 0; i < nr_maps; i++)
		d->maps[i].next = i + 1 < nr_maps ? i + 1 : NO_MAP;
	return 0;
}

void xlocal_grant_free(struct xlocal_domain *d)
{
	kvfree(d->maps);
	kvfree(d->grants);
	vfree(d->table);
}

/* ---- one grant ---- */

/* Flags and domid, which a guest and we both change as one word. */
union header {
	struct {
		u16 flags;
		domid_t domid;
	};
	u32 word;
};

static atomic_t *header_of(struct grant_entry_v1 *entry)
{
	BUILD_BUG_ON(offsetof(struct grant_entry_v1, domid) != 2);
	return (atomic_t *)&entry->flags;
}

/* Marks the entry in use, if it lets @domid do so.  Returns GNTST_*. */
static int mark(struct grant_entry_v1 *entry, domid_t domid, bool readonly)
{
	union header old, new;

	old.word = atomic_read(header_of(entry));
	do {
		if ((old.flags & GTF_type_mask) != GTF_permit_access ||
		    old.flags & GTF_sub_page)
			return GNTST_bad_gntref;
		if (old.domid != domid)
			return GNTST_bad_domain;
		if (!readonly && old.flags & GTF_readonly)
			return GNTST_permission_denied;
		new = old;
		new.flags |= GTF_reading | (readonly ? 0 : GTF_writing);
	} while (!atomic_try_cmpxchg(header_of(entry), (int *)&old.word,
				     new.word));

	return GNTST_okay;
}

static void unmark(struct grant_entry_v1 *entry, u16 flags)
{
	union header mask = { .flags = flags };

	/* Orders all we did with the page before the end of the grant. */
	smp_mb__before_atomic();
	atomic_andnot(mask.word, header_of(entry));
}

static struct xlocal_grant *grant_of(struct xlocal_domain *d, grant_ref_t ref)
{
	unsigned int nr = d->nr_frames * XLOCAL_GRANTS_PER_FRAME;

	return ref < nr ? &d->grants[array_index_nospec(ref, nr)] : NULL;
}

/*
 * Begin to use grant @ref of @rd for @domid.  On GNTST_okay, @page is its page
 * until put_grant().
 */
static int get_grant(struct xlocal_domain *rd, grant_ref_t ref, domid_t domid,
		     bool readonly, struct page **page)
{
	struct xlocal_grant *grant = grant_of(rd, ref);
	struct grant_entry_v1 *entry;
	unsigned long flags;
	int status;

	if (!grant)
		return GNTST_bad_gntref;
	entry = &rd->table[grant - rd->grants];

	spin_lock_irqsave(&grant->lock, flags);
	status = GNTST_bad_domain;
	if (READ_ONCE(rd->dying))
		goto unlock;
	status = GNTST_no_space;
	if (grant->readers == U32_MAX || grant->writers == U32_MAX)
		goto unlock;
	status = mark(entry, domid, readonly);
	if (status != GNTST_okay)
		goto unlock;

	if (!grant->readers && !grant->writers) {
		grant->gfn = READ_ONCE(entry->frame);
		grant->page = rd->ops->get_frame(rd, grant->gfn);
		grant->dirty = false;
		if (!grant->page) {
			unmark(entry, GTF_reading | GTF_writing);
			status = GNTST_general_error;
			goto unlock;
		}
	}
	if (readonly)
		grant->readers++;
	else
		grant->writers++;
	grant->dirty |= !readonly;
	*page = grant->page;
unlock:
	spin_unlock_irqrestore(&grant->lock, flags);
	return status;
}

static void put_grant(struct xlocal_domain *rd, grant_ref_t ref, bool readonly)
{
	struct xlocal_grant *grant = grant_of(rd, ref);
	struct grant_entry_v1 *entry = &rd->table[grant - rd->grants];
	unsigned long flags;
	u16 gone = 0;

	spin_lock_irqsave(&grant->lock, flags);
	if (readonly)
		grant->readers--;
	else
		grant->writers--;
	if (!readonly && !grant->writers)
		gone |= GTF_writing;
	if (!grant->readers && !grant->writers) {
		gone |= GTF_reading;
		rd->ops->put_frame(rd, grant->gfn, grant->page, grant->dirty);
		grant->page = NULL;
	}
	if (gone)
		unmark(entry, gone);
	spin_unlock_irqrestore(&grant->lock, flags);
}

/* ---- handles ---- */

static u32 take_map(struct xlocal_domain *d)
{
	unsigned long flags;
	u32 handle;

	spin_lock_irqsave(&d->maps_lock, flags);
	handle = d->free_map;
	if (handle != NO_MAP)
		d->free_map = d->maps[handle].next;
	spin_unlock_irqrestore(&d->maps_lock, flags);
	return handle;
}

static void free_map(struct xlocal_domain *d, u32 handle)
{
	unsigned long flags;

	spin_lock_irqsave(&d->maps_lock, flags);
	d->maps[handle].next = d->free_map;
	d->free_map = handle;
	spin_unlock_irqrestore(&d->maps_lock, flags);
}

/* Takes the mapping out of its slot, so that it is undone once only. */
static bool claim_map(struct xlocal_domain *d, u32 handle,
		      struct xlocal_map *map)
{
	unsigned long flags;

	if (handle >= d->nr_maps)
		return false;
	handle = array_index_nospec(handle, d->nr_maps);

	spin_lock_irqsave(&d->maps_lock, flags);
	*map = d->maps[handle];
	d->maps[handle].from = NULL;
	spin_unlock_irqrestore(&d->maps_lock, flags);
	return map->from;
}

static bool undo_map(struct xlocal_domain *d, u32 handle)
{
	struct xlocal_map map;

	if (!claim_map(d, handle, &map))
		return false;
	put_grant(map.from, map.ref, map.readonly);
	xlocal_domain_put(map.from);
	free_map(d, handle);
	atomic_dec(&d->mapped);
	return true;
}

/**
 * xlocal_grant_map - GNTTABOP_map_grant_ref
 * @d: the mapping domain
 * @op: the operation; host_addr is not looked at
 * @real: out, when its status is GNTST_okay: the granting domain's page
 */
void xlocal_grant_map(struct xlocal_domain *d, struct gnttab_map_grant_ref *op,
		      struct page **real)
{
	struct xlocal_domain *rd;
	unsigned long flags;
	bool readonly = op->flags & GNTMAP_readonly;
	u32 handle;

	op->handle = INVALID_GRANT_HANDLE;
	op->dev_bus_addr = 0;
	if (!(op->flags & (GNTMAP_host_map | GNTMAP_device_map)) ||
	    op->flags & GNTMAP_contains_pte) {
		op->status = GNTST_bad_gntref;
		return;
	}
	rd = xlocal_domain_find(d, op->dom);
	if (!rd) {
		op->status = GNTST_bad_domain;
		return;
	}
	handle = take_map(d);
	if (handle == NO_MAP) {
		op->status = GNTST_no_space;
		goto put;
	}
	atomic_inc(&d->mapped);
	/* Counted before the look at dying: pairs with xlocal_quiesce(). */
	smp_mb__after_atomic();
	op->status = get_grant(rd, op->ref, d->domid, readonly, real);
	if (op->status != GNTST_okay)
		goto free;

	op->handle = handle;
	op->dev_bus_addr = page_to_phys(*real);
	spin_lock_irqsave(&d->maps_lock, flags);
	d->maps[handle] = (struct xlocal_map) {
		.from = rd,
		.ref = op->ref,
		.readonly = readonly,
	};
	spin_unlock_irqrestore(&d->maps_lock, flags);
	return;

free:
	atomic_dec(&d->mapped);
	free_map(d, handle);
put:
	xlocal_domain_put(rd);
}

/**
 * xlocal_grant_unmap - GNTTABOP_unmap_grant_ref
 * @d: the mapping domain
 * @op: the operation; only its handle counts
 */
void xlocal_grant_unmap(struct xlocal_domain *d,
			struct gnttab_unmap_grant_ref *op)
{
	op->status = undo_map(d, op->handle) ? GNTST_okay : GNTST_bad_handle;
}

/* The domain makes no more requests. */
void xlocal_grant_unmap_all(struct xlocal_domain *d)
{
	u32 handle;

	for (handle = 0; handle < d->nr_maps; handle++)
		undo_map(d, handle);
}

/* ---- copy ---- */

/**
 * struct end - one side of a copy
 * @dom: whose page it is, with a reference
 * @page: the page; NULL when there is none
 * @nr: its grant or its frame
 * @by_ref: which of the two
 * @readonly: it is the source
 *
 * Kept for the next copy of a batch, which often has the same page in it, and
 * most often one of the same domain.
 */
struct end {
	struct xlocal_domain *dom;
	struct page *page;
	unsigned long nr;
	bool by_ref;
	const bool readonly;
};

static void put_end(struct end *end)
{
	if (!end->page)
		return;
	if (end->by_ref)
		put_grant(end->dom, end->nr, end->readonly);
	else
		end->dom->ops->put_frame(end->dom, end->nr, end->page,
					 !end->readonly);
	end->page = NULL;
}

/*
 * Another frame of the compound page that is kept, which is kept as a whole?
 * The rest of a compound page behind a guest's frame need not be the guest's.
 */
static bool move_end(struct end *end, unsigned long gfn)
{
	struct folio *folio = page_folio(end->page);
	unsigned long i = gfn - end->nr + folio_page_idx(folio, end->page);

	if (!end->dom->ops->linear || i >= folio_nr_pages(folio))
		return false;
	end->page = folio_page(folio, i);
	end->nr = gfn;
	return true;
}

/* The arguments are the caller's, copied before: they don't change any more. */
static int get_end(struct xlocal_domain *d, domid_t domid, bool by_ref,
		   unsigned long nr, struct end *end)
{
	struct page *page = NULL;
	int status;

	if (domid == DOMID_SELF)
		domid = d->domid;
	if (end->dom && end->dom->domid == domid) {
		if (end->page && end->by_ref == by_ref &&
		    (end->nr == nr || (!by_ref && move_end(end, nr))))
			return GNTST_okay;
		put_end(end);
	} else {
		put_end(end);
		xlocal_domain_put(end->dom);
		end->dom = xlocal_domain_find(d, domid);
		if (!end->dom)
			return GNTST_bad_domain;
	}

	if (by_ref) {
		status = get_grant(end->dom, nr, d->domid, end->readonly,
				   &page);
		if (status != GNTST_okay)
			return status;
	} else {
		if (end->dom != d)
			return GNTST_permission_denied;
		page = d->ops->get_frame(d, nr);
		if (!page)
			return GNTST_bad_page;
	}
	end->page = page;
	end->nr = nr;
	end->by_ref = by_ref;
	return GNTST_okay;
}

/*
 * Most copies are long, and packets' data is not aligned as the page it goes to.
 * There memmove() takes moves of 8 bytes on processors without ERMS; as copies to
 * users do, take string moves, which are good at any alignment.
 */
static void copy_data(void *to, const void *from, size_t len)
{
	size_t words = len / 8;

	if (!IS_ENABLED(CONFIG_KASAN) && len >= 64 &&
	    static_cpu_has(X86_FEATURE_REP_GOOD) &&
	    !static_cpu_has(X86_FEATURE_ERMS)) {
		asm volatile("rep movsq"
			     : "+D" (to), "+S" (from), "+c" (words)
			     : : "memory");
		len %= 8;
	}
	memmove(to, from, len);
}

static int copy(struct xlocal_domain *d, const struct gnttab_copy *op,
		struct end *src, struct end *dst)
{
	bool src_ref = op->flags & GNTCOPY_source_gref;
	bool dst_ref = op->flags & GNTCOPY_dest_gref;
	void *from, *to;
	int status;

	if (op->source.offset > PAGE_SIZE || op->dest.offset > PAGE_SIZE ||
	    op->len > PAGE_SIZE - op->source.offset ||
	    op->len > PAGE_SIZE - op->dest.offset)
		return GNTST_bad_copy_arg;

	status = get_end(d, op->source.domid, src_ref,
			 src_ref ? op->source.u.ref : op->source.u.gmfn, src);
	if (status != GNTST_okay)
		return status;
	status = get_end(d, op->dest.domid, dst_ref,
			 dst_ref ? op->dest.u.ref : op->dest.u.gmfn, dst);
	if (status != GNTST_okay)
		return status;

	from = kmap_local_page(src->page);
	to = kmap_local_page(dst->page);
	copy_data(to + op->dest.offset, from + op->source.offset, op->len);
	kunmap_local(to);
	kunmap_local(from);
	return GNTST_okay;
}

/**
 * xlocal_grant_copy - GNTTABOP_copy
 * @d: the domain that copies
 * @ops: the operations, in memory that only the caller writes to
 * @nr: how many
 */
void xlocal_grant_copy(struct xlocal_domain *d, struct gnttab_copy *ops,
		       unsigned int nr)
{
	struct end src = { .readonly = true }, dst = {};
	unsigned int i;

	for (i = 0; i < nr; i++)
		ops[i].status = copy(d, &ops[i], &src, &dst);
	put_end(&src);
	put_end(&dst);
	xlocal_domain_put(src.dom);
	xlocal_domain_put(dst.dom);
}
