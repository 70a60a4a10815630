/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-table.c
 *
 * The grant table that we have on L0: its frames, set up one by one when first
 * needed.  Who may put what into the entries is not known here.
 */
#include <xen/iocap.h>
#include <xen/mm.h>
#include <xen/nospec.h>
#include <xen/sched.h>
#include <xen/vmap.h>
#include <xen/xvmalloc.h>

#include <asm/guest.h>

#include "nested.h"

#define MAX_FRAMES 1024

struct nested_frame *__read_mostly nested_frames;
unsigned int __read_mostly nested_nr_frames;
static DEFINE_SPINLOCK(setup_lock);

int __init nested_table_init(void)
{
    struct gnttab_query_size size = { .dom = DOMID_SELF };
    struct gnttab_get_version version = { .dom = DOMID_SELF };
    unsigned int i, nr;
    int rc;

    rc = xen_hypercall_grant_table_op(GNTTABOP_query_size, &size, 1);
    if ( rc || size.status != GNTST_okay || !size.max_nr_frames )
        return rc ?: -ENODEV;

    /* Whoever ran here before us may have left the table in version 2. */
    rc = xen_hypercall_grant_table_op(GNTTABOP_get_version, &version, 1);
    if ( !rc && version.version != 1 )
    {
        struct gnttab_set_version set = { .version = 1 };

        rc = xen_hypercall_grant_table_op(GNTTABOP_set_version, &set, 1);
    }
    if ( rc )
        return rc;

    nr = min(size.max_nr_frames, MAX_FRAMES + 0U);
    nested_frames = xvzalloc_array(struct nested_frame, nr);
    if ( !nested_frames )
        return -ENOMEM;

    /* Now, as no domain can have mapped anything there yet. */
    for ( i = 0; i < nr; i++ )
    {
        rc = xg_alloc_unused_page(&nested_frames[i].mfn);
        if ( rc )
            break;
    }

    if ( !i )
        return rc;

    nested_nr_frames = i;

    return 0;
}

/* Keep @d, which is allowed all I/O memory, from the frames of the table. */
int nested_grant_deny(struct domain *d)
{
    unsigned int i;
    int rc = 0;

    for ( i = 0; i < nested_nr_frames; i++ )
        rc |= iomem_deny_access(d, mfn_x(nested_frames[i].mfn),
                                mfn_x(nested_frames[i].mfn));

    return rc;
}

int nested_entry_end(grant_entry_v1_t *entry)
{
    uint16_t flags = read_atomic(&entry->flags), prev;

    do {
        if ( flags & (GTF_reading | GTF_writing) )
            return -EBUSY;

        prev = flags;
        flags = cmpxchg(&entry->flags, prev, 0);
    } while ( flags != prev );

    return 0;
}

static int setup_frame(unsigned int idx)
{
    struct nested_frame *frame = &nested_frames[idx];
    struct xen_add_to_physmap xatp = {
        .domid = DOMID_SELF,
        .idx = idx,
        .space = XENMAPSPACE_grant_table,
        .gpfn = mfn_x(frame->mfn),
    };
    grant_entry_v1_t *entries;
    unsigned int i;
    int rc;

    frame->records = xvzalloc_array(nested_record_t, NESTED_ENTRIES_PER_FRAME);
    if ( !frame->records )
        return -ENOMEM;

    rc = xen_hypercall_memory_op(XENMEM_add_to_physmap, &xatp);
    if ( rc )
        goto free_records;

    rc = -ENOMEM;
    entries = vmap(&frame->mfn, 1);
    if ( !entries )
        goto free_records; /* The next try puts it in the same place. */

    /* What a boot loader or firmware left behind is not for anyone to end. */
    i = idx ? 0 : nested_grant_first();
    for ( ; i < NESTED_ENTRIES_PER_FRAME; i++ )
        if ( nested_entry_end(&entries[i]) )
            frame->records[i] = NESTED_RECORD_RETIRED;

    smp_wmb();
    ACCESS_ONCE(frame->entries) = entries;

    return 0;

 free_records:
    XVFREE(frame->records);

    return rc;
}

int nested_table_make(unsigned int idx)
{
    int rc = 0;

    spin_lock(&setup_lock);
    if ( !nested_frames[idx].entries )
        rc = setup_frame(idx);
    spin_unlock(&setup_lock);

    return rc;
}

int nested_grant_query_size(struct xen_nested_gnttab_query_size *op)
{
    unsigned int i, nr = 0;

    for ( i = 0; i < nested_nr_frames; i++ )
        nr += !!ACCESS_ONCE(nested_frames[i].entries);

    op->version = 1;
    op->nr_frames = nr;
    op->max_nr_frames = nested_nr_frames;

    return 0;
}

int nested_grant_setup(struct domain *d, struct xen_nested_gnttab_setup *op)
{
    unsigned int idx = array_index_nospec(op->idx, nested_nr_frames);
    struct nested_frame *frame;
    int rc;

    if ( op->idx >= nested_nr_frames || op->pad )
        return -EINVAL;

    rc = nested_table_setup(idx, &frame) ?:
         nested_frame_permit(d, frame->mfn);
    if ( !rc )
        op->frame = mfn_x(frame->mfn);

    return rc;
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
