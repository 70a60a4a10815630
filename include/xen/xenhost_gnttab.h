/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grant table of a given host. What its domains granted to this one is in
 * xenhost_gnttab_map.h.
 *
 * Each function here is the one of grant_table.h without "xenhost_" in its
 * name, for the host @xh of a device; contexts and results are the same.
 * References mean something only together with their host.
 *
 * Each leaves to the old function under a static key: a kernel with one Xen
 * below executes what it always did.
 *
 * On a host with XENHOST_F_GRANT_QUEUED a grant becomes valid for the other
 * side only with xenhost_gnttab_flush(), which a driver calls before it tells
 * the other side of the reference.
 */
#ifndef _XEN_XENHOST_GNTTAB_H
#define _XEN_XENHOST_GNTTAB_H

#include <linux/types.h>

#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xenhost.h>

int xenhost_gnttab_init(xenhost_t *xh);
unsigned int xenhost_gnttab_exit(xenhost_t *xh);
int xenhost_gnttab_resume(xenhost_t *xh);

/* Halves for other hosts than the default one; not to be called by drivers. */
void __xenhost_gnttab_grant_foreign_access_ref(xenhost_t *xh, grant_ref_t ref,
					       domid_t domid,
					       unsigned long frame,
					       int readonly);
int __xenhost_gnttab_grant_foreign_access(xenhost_t *xh, domid_t domid,
					  unsigned long frame, int readonly);
int __xenhost_gnttab_end_foreign_access_ref(xenhost_t *xh, grant_ref_t ref);
void __xenhost_gnttab_end_foreign_access_batch(xenhost_t *xh,
					       const grant_ref_t *refs,
					       bool *ended, unsigned int nr);
int __xenhost_gnttab_try_end_foreign_access(xenhost_t *xh, grant_ref_t ref);
void __xenhost_gnttab_try_end_foreign_access_batch(xenhost_t *xh,
						   const grant_ref_t *refs,
						   bool *ended, unsigned int nr);
void __xenhost_gnttab_end_foreign_access(xenhost_t *xh, grant_ref_t ref,
					 struct page *page);
void __xenhost_gnttab_flush(xenhost_t *xh);
int __xenhost_gnttab_alloc_grant_references(xenhost_t *xh, u16 count,
					    grant_ref_t *head);
int __xenhost_gnttab_alloc_grant_reference_seq(xenhost_t *xh,
					       unsigned int count,
					       grant_ref_t *first);
void __xenhost_gnttab_free_grant_reference(xenhost_t *xh, grant_ref_t ref);
void __xenhost_gnttab_free_grant_references(xenhost_t *xh, grant_ref_t head);
void __xenhost_gnttab_free_grant_reference_seq(xenhost_t *xh, grant_ref_t head,
					       unsigned int count);
int __xenhost_gnttab_claim_grant_reference(xenhost_t *xh,
					   grant_ref_t *private_head);
void __xenhost_gnttab_release_grant_reference(xenhost_t *xh,
					      grant_ref_t *private_head,
					      grant_ref_t release);
void __xenhost_gnttab_request_free_callback(xenhost_t *xh,
					    struct gnttab_free_callback *cb,
					    void (*fn)(void *), void *arg,
					    u16 count);
void __xenhost_gnttab_cancel_free_callback(xenhost_t *xh,
					   struct gnttab_free_callback *cb);

/**
 * xenhost_gnttab_queued - do grants on this host cost a request?
 * @xh: the host
 *
 * Any context. A driver that can choose keeps a grant rather than ending it
 * when this is true.
 *
 * Return: true when publishing and ending grants is asked of the host.
 */
static inline bool xenhost_gnttab_queued(xenhost_t *xh)
{
	return !xenhost_is_default(xh) &&
	       (xh->features & XENHOST_F_GRANT_QUEUED);
}

/**
 * xenhost_gnttab_grant_foreign_access_ref - offer a frame under a reference
 * @xh: the host
 * @ref: reference, allocated on @xh
 * @domid: domain of @xh that may map or copy the frame
 * @frame: the frame, a gfn
 * @readonly: non-zero when @domid may not write
 *
 * Any context. Valid for @domid after the next xenhost_gnttab_flush().
 */
static inline void
xenhost_gnttab_grant_foreign_access_ref(xenhost_t *xh, grant_ref_t ref,
					domid_t domid, unsigned long frame,
					int readonly)
{
	if (xenhost_is_default(xh))
		gnttab_grant_foreign_access_ref(ref, domid, frame, readonly);
	else
		__xenhost_gnttab_grant_foreign_access_ref(xh, ref, domid, frame,
							  readonly);
}

/**
 * xenhost_gnttab_page_grant_foreign_access_ref_one - the same for a page
 * @xh: the host
 * @ref: reference, allocated on @xh
 * @domid: domain of @xh that may map or copy the first 4K of the page
 * @page: the page
 * @readonly: non-zero when @domid may not write
 */
static inline void
xenhost_gnttab_page_grant_foreign_access_ref_one(xenhost_t *xh, grant_ref_t ref,
						 domid_t domid,
						 struct page *page,
						 int readonly)
{
	xenhost_gnttab_grant_foreign_access_ref(xh, ref, domid,
						xen_page_to_gfn(page),
						readonly);
}

/**
 * xenhost_gnttab_grant_foreign_access - allocate a reference and offer a frame
 * @xh: the host
 * @domid: domain of @xh that may map or copy the frame
 * @frame: the frame, a gfn
 * @readonly: non-zero when @domid may not write
 *
 * Any context. Valid for @domid after the next xenhost_gnttab_flush().
 *
 * Return: the reference or -ENOSPC.
 */
static inline int xenhost_gnttab_grant_foreign_access(xenhost_t *xh,
						      domid_t domid,
						      unsigned long frame,
						      int readonly)
{
	if (xenhost_is_default(xh))
		return gnttab_grant_foreign_access(domid, frame, readonly);
	return __xenhost_gnttab_grant_foreign_access(xh, domid, frame,
						     readonly);
}

/**
 * xenhost_gnttab_end_foreign_access_ref - end a grant, keep the reference
 * @xh: the host
 * @ref: the reference
 *
 * Any context.
 *
 * Return: 1 when the grant was ended, 0 when the other side still uses it.
 */
static inline int xenhost_gnttab_end_foreign_access_ref(xenhost_t *xh,
							grant_ref_t ref)
{
	if (xenhost_is_default(xh))
		return gnttab_end_foreign_access_ref(ref);
	return __xenhost_gnttab_end_foreign_access_ref(xh, ref);
}

/**
 * xenhost_gnttab_end_foreign_access_batch - end grants, keep the references
 * @xh: the host
 * @refs: the references
 * @ended: result for each, or NULL
 * @nr: number of references
 *
 * Any context. Takes one request to the host where ending takes any. To end a
 * grant that is ended does nothing and succeeds, so a driver may also call
 * this for what is to be ended one by one directly afterwards.
 */
static inline void
xenhost_gnttab_end_foreign_access_batch(xenhost_t *xh, const grant_ref_t *refs,
					bool *ended, unsigned int nr)
{
	unsigned int i;

	if (!xenhost_is_default(xh)) {
		__xenhost_gnttab_end_foreign_access_batch(xh, refs, ended, nr);
		return;
	}

	for (i = 0; i < nr; i++) {
		bool res = gnttab_end_foreign_access_ref(refs[i]);

		if (ended)
			ended[i] = res;
	}
}

/**
 * xenhost_gnttab_try_end_foreign_access - end a grant and free the reference
 * @xh: the host
 * @ref: the reference
 *
 * Any context.
 *
 * Return: 1 when done, 0 when the other side still uses the grant.
 */
static inline int xenhost_gnttab_try_end_foreign_access(xenhost_t *xh,
							grant_ref_t ref)
{
	if (xenhost_is_default(xh))
		return gnttab_try_end_foreign_access(ref);
	return __xenhost_gnttab_try_end_foreign_access(xh, ref);
}

/**
 * xenhost_gnttab_try_end_foreign_access_batch - end grants, free the references
 * @xh: the host
 * @refs: the references, none of them twice
 * @ended: result for each; where it is true, the reference is free
 * @nr: number of references
 *
 * Any context. Takes one request to the host where ending takes any, and one
 * lock for all that is freed.
 */
static inline void
xenhost_gnttab_try_end_foreign_access_batch(xenhost_t *xh,
					    const grant_ref_t *refs,
					    bool *ended, unsigned int nr)
{
	unsigned int i;

	if (!xenhost_is_default(xh)) {
		__xenhost_gnttab_try_end_foreign_access_batch(xh, refs, ended,
							      nr);
		return;
	}

	for (i = 0; i < nr; i++)
		ended[i] = gnttab_try_end_foreign_access(refs[i]);
}

/**
 * xenhost_gnttab_end_foreign_access - end a grant, now or later
 * @xh: the host
 * @ref: the reference; it is freed when the grant has ended
 * @page: page to put when the grant has ended, or NULL
 *
 * Any context. See gnttab_end_foreign_access().
 */
static inline void xenhost_gnttab_end_foreign_access(xenhost_t *xh,
						     grant_ref_t ref,
						     struct page *page)
{
	if (xenhost_is_default(xh))
		gnttab_end_foreign_access(ref, page);
	else
		__xenhost_gnttab_end_foreign_access(xh, ref, page);
}

/**
 * xenhost_gnttab_flush - make the grants so far valid
 * @xh: the host
 *
 * Any context. Covers all grants this CPU made on @xh before, and those whose
 * making happened before in the sense of locks. Does nothing where the write
 * of the entry is all there is to it.
 */
static inline void xenhost_gnttab_flush(xenhost_t *xh)
{
	if (!xenhost_is_default(xh))
		__xenhost_gnttab_flush(xh);
}

/**
 * xenhost_gnttab_alloc_grant_references - reserve a batch of references
 * @xh: the host
 * @count: how many
 * @head: list of them, for xenhost_gnttab_claim_grant_reference()
 *
 * Any context.
 *
 * Return: 0 or -ENOSPC.
 */
static inline int xenhost_gnttab_alloc_grant_references(xenhost_t *xh,
							u16 count,
							grant_ref_t *head)
{
	if (xenhost_is_default(xh))
		return gnttab_alloc_grant_references(count, head);
	return __xenhost_gnttab_alloc_grant_references(xh, count, head);
}

/**
 * xenhost_gnttab_alloc_grant_reference_seq - reserve consecutive references
 * @xh: the host
 * @count: how many
 * @first: the first of them
 *
 * Any context.
 *
 * Return: 0 or -ENOSPC.
 */
static inline int xenhost_gnttab_alloc_grant_reference_seq(xenhost_t *xh,
							   unsigned int count,
							   grant_ref_t *first)
{
	if (xenhost_is_default(xh))
		return gnttab_alloc_grant_reference_seq(count, first);
	return __xenhost_gnttab_alloc_grant_reference_seq(xh, count, first);
}

/**
 * xenhost_gnttab_free_grant_reference - free a reference
 * @xh: the host
 * @ref: the reference; it grants nothing
 */
static inline void xenhost_gnttab_free_grant_reference(xenhost_t *xh,
						       grant_ref_t ref)
{
	if (xenhost_is_default(xh))
		gnttab_free_grant_reference(ref);
	else
		__xenhost_gnttab_free_grant_reference(xh, ref);
}

/**
 * xenhost_gnttab_free_grant_references - free what is left of a batch
 * @xh: the host
 * @head: the batch
 */
static inline void xenhost_gnttab_free_grant_references(xenhost_t *xh,
							grant_ref_t head)
{
	if (xenhost_is_default(xh))
		gnttab_free_grant_references(head);
	else
		__xenhost_gnttab_free_grant_references(xh, head);
}

/**
 * xenhost_gnttab_free_grant_reference_seq - free consecutive references
 * @xh: the host
 * @head: the first
 * @count: how many
 */
static inline void xenhost_gnttab_free_grant_reference_seq(xenhost_t *xh,
							   grant_ref_t head,
							   unsigned int count)
{
	if (xenhost_is_default(xh))
		gnttab_free_grant_reference_seq(head, count);
	else
		__xenhost_gnttab_free_grant_reference_seq(xh, head, count);
}

/**
 * xenhost_gnttab_claim_grant_reference - take one reference of a batch
 * @xh: the host
 * @private_head: the batch
 *
 * Return: the reference, or -ENOSPC when the batch is empty.
 */
static inline int
xenhost_gnttab_claim_grant_reference(xenhost_t *xh, grant_ref_t *private_head)
{
	if (xenhost_is_default(xh))
		return gnttab_claim_grant_reference(private_head);
	return __xenhost_gnttab_claim_grant_reference(xh, private_head);
}

/**
 * xenhost_gnttab_release_grant_reference - put a reference back to a batch
 * @xh: the host
 * @private_head: the batch
 * @release: the reference; it grants nothing
 */
static inline void
xenhost_gnttab_release_grant_reference(xenhost_t *xh, grant_ref_t *private_head,
				       grant_ref_t release)
{
	if (xenhost_is_default(xh))
		gnttab_release_grant_reference(private_head, release);
	else
		__xenhost_gnttab_release_grant_reference(xh, private_head,
							 release);
}

/**
 * xenhost_gnttab_request_free_callback - be told of free references
 * @xh: the host
 * @cb: stays valid until it was called or cancelled
 * @fn: called once, with a spinlock held
 * @arg: its argument
 * @count: how many references it takes
 */
static inline void
xenhost_gnttab_request_free_callback(xenhost_t *xh,
				     struct gnttab_free_callback *cb,
				     void (*fn)(void *), void *arg, u16 count)
{
	if (xenhost_is_default(xh))
		gnttab_request_free_callback(cb, fn, arg, count);
	else
		__xenhost_gnttab_request_free_callback(xh, cb, fn, arg, count);
}

/**
 * xenhost_gnttab_cancel_free_callback - no longer be told
 * @xh: the host
 * @cb: what was given to xenhost_gnttab_request_free_callback(), or not
 */
static inline void
xenhost_gnttab_cancel_free_callback(xenhost_t *xh,
				    struct gnttab_free_callback *cb)
{
	if (xenhost_is_default(xh))
		gnttab_cancel_free_callback(cb);
	else
		__xenhost_gnttab_cancel_free_callback(xh, cb);
}

#endif /* _XEN_XENHOST_GNTTAB_H */
