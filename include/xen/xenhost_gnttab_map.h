/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What domains of a given host granted to this one: mapped, copied, and the
 * pages to map it onto.
 *
 * As in xenhost_gnttab.h, each function is the one of grant_table.h for the
 * host @xh, and leaves to it under a static key.
 */
#ifndef _XEN_XENHOST_GNTTAB_MAP_H
#define _XEN_XENHOST_GNTTAB_MAP_H

#include <linux/string.h>
#include <linux/types.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

/* Halves for other hosts than the default one; not to be called by drivers. */
int __xenhost_gnttab_map_pages(xenhost_t *xh,
			       struct gnttab_map_grant_ref *map_ops,
			       struct page **pages, struct page **real_pages,
			       unsigned int count);
int __xenhost_gnttab_unmap_refs(xenhost_t *xh,
				struct gnttab_unmap_grant_ref *unmap_ops,
				struct page **pages, unsigned int count);
void __xenhost_gnttab_batch_copy(xenhost_t *xh, struct gnttab_copy *batch,
				 unsigned int count);

/**
 * xenhost_gnttab_map_pages - map grants of the host's domains
 * @xh: the host
 * @map_ops: one operation per page, as for gnttab_map_refs(); each has its own
 *	status afterwards
 * @pages: pages to map onto, from xenhost_gnttab_alloc_pages() or a page cache
 *	of @xh; they are what xenhost_gnttab_unmap_refs() takes
 * @real_pages: out, for each success: the page through which the data is
 *	reached. On hosts that map, that is the one of @pages; the local host
 *	hands out the granting domain's own page. May be @pages itself.
 * @count: number of operations
 *
 * Any context. In process context it waits for a frame that the other side has
 * paged out.
 *
 * Return: 0 when all were tried, or a negative errno.
 */
static inline int
xenhost_gnttab_map_pages(xenhost_t *xh, struct gnttab_map_grant_ref *map_ops,
			 struct page **pages, struct page **real_pages,
			 unsigned int count)
{
	if (!xenhost_is_default(xh))
		return __xenhost_gnttab_map_pages(xh, map_ops, pages,
						  real_pages, count);

	if (real_pages != pages)
		memcpy(real_pages, pages, count * sizeof(*pages));
	return gnttab_map_refs(map_ops, NULL, pages, count);
}

/**
 * xenhost_gnttab_unmap_refs - undo xenhost_gnttab_map_pages()
 * @xh: the host
 * @unmap_ops: one operation per page
 * @kunmap_ops: as for gnttab_unmap_refs(); NULL on other hosts than the default
 * @pages: the pages that were mapped onto
 * @count: number of operations
 *
 * Return: 0 or a negative errno.
 */
static inline int
xenhost_gnttab_unmap_refs(xenhost_t *xh,
			  struct gnttab_unmap_grant_ref *unmap_ops,
			  struct gnttab_unmap_grant_ref *kunmap_ops,
			  struct page **pages, unsigned int count)
{
	if (xenhost_is_default(xh))
		return gnttab_unmap_refs(unmap_ops, kunmap_ops, pages, count);
	return __xenhost_gnttab_unmap_refs(xh, unmap_ops, pages, count);
}

/**
 * xenhost_gnttab_batch_copy - copy from and to grants of the host's domains
 * @xh: the host
 * @batch: the operations; no status is GNTST_eagain afterwards
 * @count: number of operations
 *
 * A frame given by number is this domain's own: a gfn.
 */
static inline void xenhost_gnttab_batch_copy(xenhost_t *xh,
					     struct gnttab_copy *batch,
					     unsigned int count)
{
	if (xenhost_is_default(xh))
		gnttab_batch_copy(batch, count);
	else
		__xenhost_gnttab_batch_copy(xh, batch, count);
}

/**
 * xenhost_gnttab_alloc_pages - pages to map grants of the host's domains onto
 * @xh: the host, or NULL for the default one
 * @nr: how many
 * @pages: the pages
 *
 * Process context, may sleep.
 *
 * Return: 0 or a negative errno.
 */
static inline int xenhost_gnttab_alloc_pages(xenhost_t *xh, int nr,
					     struct page **pages)
{
	if (xenhost_is_default(xh))
		return gnttab_alloc_pages(nr, pages);
	/* In parentheses, since there is a macro alloc_pages(). */
	return (xh->ops->balloon->alloc_pages)(xh, nr, pages);
}

/**
 * xenhost_gnttab_free_pages - give them back
 * @xh: the host, or NULL for the default one
 * @nr: how many
 * @pages: the pages; nothing is mapped onto them
 */
static inline void xenhost_gnttab_free_pages(xenhost_t *xh, int nr,
					     struct page **pages)
{
	if (xenhost_is_default(xh))
		gnttab_free_pages(nr, pages);
	else
		xh->ops->balloon->free_pages(xh, nr, pages);
}

/**
 * xenhost_page_foreign - is this a page of another domain of the host?
 * @xh: the host
 * @page: the page
 *
 * Marked are only pages granted by domains of the default host. Such a page is
 * nothing special to another host, which knows its frame as one of ours.
 *
 * Return: whose it is under which reference, or NULL.
 */
static inline struct xen_page_foreign *xenhost_page_foreign(xenhost_t *xh,
							    struct page *page)
{
	return xenhost_is_default(xh) ? xen_page_foreign(page) : NULL;
}

#ifdef CONFIG_XEN_XENHOST_NESTED
bool __xenhost_page_lent(struct page *page);
#else
static inline bool __xenhost_page_lent(struct page *page)
{
	return false;
}
#endif

/**
 * xenhost_page_lent - is a grant of a domain of the nested host mapped here?
 * @page: the page
 *
 * Its frame is none that the Xen below knows as memory: it can't be granted to
 * anyone, nor copied from by number, which both are refused. This kernel itself
 * may copy it. Any context.
 *
 * Return: true if so.
 */
static inline bool xenhost_page_lent(struct page *page)
{
	return xenhost_multi() && __xenhost_page_lent(page);
}

#endif /* _XEN_XENHOST_GNTTAB_MAP_H */
