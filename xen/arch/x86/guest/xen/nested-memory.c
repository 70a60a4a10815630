/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-memory.c
 *
 * Memory that the hardware domain, while it owns the nested host, gives back to
 * L0 and takes again, following the target L0's tools set for us.  Meanwhile it
 * is nobody's: a page without an owner and without memory behind it, on a list
 * here.
 */
#include <xen/mm.h>
#include <xen/paging.h>
#include <xen/sched.h>

#include <asm/flushtlb.h>
#include <asm/guest.h>

#include "nested.h"

static PAGE_LIST_HEAD(given_back);
static unsigned int nr_given_back;
static DEFINE_SPINLOCK(memory_lock);

unsigned int nested_memory_count(void)
{
    return ACCESS_ONCE(nr_given_back);
}

/* How many of the one frame @page did L0 process?  0 or 1. */
static bool memory_op(unsigned int cmd, const struct page_info *page)
{
    xen_pfn_t gfn = mfn_x(page_to_mfn(page));
    struct xen_memory_reservation r = {
        .nr_extents = 1,
        .domid = DOMID_SELF,
    };

    set_xen_guest_handle(r.extent_start, &gfn);

    return xen_hypercall_memory_op(cmd, &r) == 1;
}

static void keep(struct page_info *page)
{
    spin_lock(&memory_lock);
    page_list_add_tail(page, &given_back);
    nr_given_back++;
    spin_unlock(&memory_lock);
}

/*
 * To our heap.  It is nobody's, so the heap does not know that a TLB may still
 * have what @d had mapped there.
 */
static void free_frame(const struct domain *d, struct page_info *page)
{
    flush_tlb_mask(d->dirty_cpumask);
    free_domheap_page(page);
}

/*
 * The frames are accounted to nobody meanwhile, so that a guest could empty
 * our heap: how much of us L0 has back is up to the hardware domain.
 */
static int check_caller(const struct domain *d,
                        const struct xen_nested_memory *op)
{
    if ( !is_hardware_domain(d) )
        return -EPERM;

    if ( paging_mode_translate(d) )
        return -EOPNOTSUPP;

    return op->pad ? -EINVAL : 0;
}

int nested_memory_release(struct domain *d, const struct xen_nested_memory *op)
{
    struct page_info *page;
    mfn_t mfn = _mfn(op->frame);
    int rc;

    rc = check_caller(d, op);
    if ( rc )
        return rc;

    if ( op->frame != (uint32_t)op->frame || !mfn_valid(mfn) )
        return -EINVAL;

    page = mfn_to_page(mfn);
    if ( page_get_owner(page) != d )
        return -EPERM;

    /* Only a frame that nothing refers to, in d or elsewhere. */
    if ( steal_page(d, page, 0) )
        return -EBUSY;

    set_gpfn_from_mfn(mfn_x(mfn), INVALID_M2P_ENTRY);

    if ( memory_op(XENMEM_decrease_reservation, page) )
    {
        keep(page);
        return 0;
    }

    /* L0 keeps it with us, so it is d's again, or free if d can't have it. */
    if ( assign_page(page, 0, d, 0) )
        free_frame(d, page);

    return -EIO;
}

int nested_memory_reclaim(struct domain *d, struct xen_nested_memory *op)
{
    struct page_info *page;
    int rc;

    rc = check_caller(d, op);
    if ( rc )
        return rc;

    spin_lock(&memory_lock);
    page = page_list_remove_head(&given_back);
    if ( page )
        nr_given_back--;
    spin_unlock(&memory_lock);

    if ( !page )
        return -ENOENT;

    if ( !memory_op(XENMEM_populate_physmap, page) )
    {
        keep(page);
        return -ENOMEM;
    }

    /* Over its limit?  The frame goes to our heap, where it can be had. */
    if ( assign_page(page, 0, d, 0) )
    {
        free_frame(d, page);
        return -E2BIG;
    }

    op->frame = mfn_x(page_to_mfn(page));

    return 0;
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
