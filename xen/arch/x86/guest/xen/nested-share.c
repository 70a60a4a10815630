/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-share.c
 *
 * May a domain share a frame with L0?  Used where a frame of the owner of the
 * nested host is granted to, or copied by, a domain of L0.
 */
#include <xen/grant_table.h>
#include <xen/mm.h>
#include <xen/paging.h>
#include <xen/sched.h>

#include <asm/guest.h>
#include <asm/p2m.h>

#include "nested.h"

/*
 * What another domain granted it is for the hardware domain only, which is
 * trusted with all memory anyhow: the other domain may see its grant end before
 * we do, and a PV domain can drop the references that its mapping has.
 */
bool nested_share_own_only(const struct domain *d)
{
    return paging_mode_translate(d) || !is_hardware_domain(d);
}

/*
 * A reference on the page at @frame that @d may share, or NULL: its own, or
 * one that another domain granted it.  *@own tells which.
 */
static struct page_info *get_sharable(struct domain *d, unsigned long frame,
                                      bool readonly, bool *own)
{
    struct page_info *page;

    if ( paging_mode_translate(d) )
    {
        p2m_type_t t;

        *own = true;
        if ( check_get_page_from_gfn(d, _gfn(frame), readonly, &t, &page) )
            return NULL;

        if ( page_get_owner(page) == d && !p2m_is_foreign(t) )
            return page;

        put_page(page);
        return NULL;
    }

    if ( !mfn_valid(_mfn(frame)) )
        return NULL;

    page = mfn_to_page(_mfn(frame));
    *own = page_get_owner(page) == d;
    if ( *own )
        return get_page(page, d) ? page : NULL;

    return nested_share_own_only(d)
           ? NULL : gnttab_get_mapped_page(d, _mfn(frame), readonly);
}

int nested_share_get(struct domain *d, uint64_t frame, bool readonly,
                     struct nested_share *share)
{
    bool own;
    struct page_info *page;
    const struct domain *owner;

    /* Our table on L0 has 32 bits for a frame. */
    if ( frame != (uint32_t)frame )
        return -EINVAL;

    page = get_sharable(d, frame, readonly, &own);
    if ( !page )
        return -EPERM;

    owner = page_get_owner(page);
    if ( !owner || owner == dom_io || owner == dom_xen || owner == dom_cow ||
         is_special_page(page) )
        goto refuse;

    share->raw = (unsigned long)page;
    if ( readonly )
        return 0;

    share->raw |= NESTED_SHARE_WRITABLE;

    /* Same rule as for mapping a grant locally. */
    if ( own || !paging_mode_external(owner) )
    {
        if ( !get_page_type(page, PGT_writable_page) )
            goto refuse;
        share->raw |= NESTED_SHARE_TYPE;
    }

    return 0;

 refuse:
    put_page(page);

    return -EACCES;
}

void nested_share_put(struct nested_share share)
{
    struct page_info *page = nested_share_page(share);
    struct domain *owner = page_get_owner(page);

    if ( (share.raw & NESTED_SHARE_WRITABLE) && paging_mode_log_dirty(owner) )
        paging_mark_dirty(owner, page_to_mfn(page));

    if ( share.raw & NESTED_SHARE_TYPE )
        put_page_and_type(page);
    else
        put_page(page);
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
