/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-grant.c
 *
 * Our grant table on L0, filled on behalf of the owner of the nested host.
 * Mediated mode: the owner names a frame, we check that it may share it and
 * write the entry, holding a reference on the frame for as long as the entry
 * is valid.  Direct mode: the owner has the frames of the table and writes
 * them itself; nothing is checked.
 *
 * An entry that L0 still uses when the owner goes is retired: the reference on
 * its frame stays, and the entry returns to use only once L0 is done with it.
 */
#include <xen/event.h>
#include <xen/iocap.h>
#include <xen/mm.h>
#include <xen/nospec.h>
#include <xen/sched.h>
#include <xen/vmap.h>
#include <xen/xvmalloc.h>

#include <asm/guest.h>

#include "nested.h"

#define ENTRIES_PER_FRAME  (PAGE_SIZE / sizeof(grant_entry_v1_t))
#define MAX_FRAMES         1024

/*
 * What an entry holds: 0, or the frame shared in it, which a retired one need
 * not have.  Whoever changes an entry first swaps its record for RECORD_BUSY.
 */
typedef unsigned long record_t;
#define RECORD_BUSY      NESTED_SHARE_USER1
#define RECORD_RETIRED   NESTED_SHARE_USER2 /* Not the owner's any more */

struct grant_frame {
    mfn_t mfn;                  /* Where L0 puts the frame, when set up. */
    grant_entry_v1_t *entries;  /* NULL: not set up yet */
    record_t *records;
};

static struct grant_frame *__read_mostly frames;
static unsigned int __read_mostly nr_frames;
static bool __read_mostly direct_mode;
static DEFINE_SPINLOCK(setup_lock);

int __init nested_grant_init(bool direct)
{
    struct gnttab_query_size size = { .dom = DOMID_SELF };
    struct gnttab_get_version version = { .dom = DOMID_SELF };
    unsigned int i;
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

    nr_frames = min(size.max_nr_frames, MAX_FRAMES + 0U);
    frames = xvzalloc_array(struct grant_frame, nr_frames);
    if ( !frames )
        return -ENOMEM;

    /* Now, as no domain can have mapped anything there yet. */
    for ( i = 0; i < nr_frames; i++ )
    {
        rc = xg_alloc_unused_page(&frames[i].mfn);
        if ( rc )
            break;
    }

    nr_frames = i;
    direct_mode = direct;

    return nr_frames ? 0 : rc;
}

unsigned int nested_grant_first(void)
{
    return GNTTAB_NR_RESERVED_ENTRIES;
}

unsigned int nested_grant_max(void)
{
    return nr_frames * ENTRIES_PER_FRAME;
}

/* Keep @d, which is allowed all I/O memory, from the frames of the table. */
int nested_grant_deny(struct domain *d)
{
    unsigned int i;
    int rc = 0;

    for ( i = 0; i < nr_frames; i++ )
        rc |= iomem_deny_access(d, mfn_x(frames[i].mfn), mfn_x(frames[i].mfn));

    return rc;
}

/* Invalidate @entry.  -EBUSY and no change if L0 uses it. */
static int end_entry(grant_entry_v1_t *entry)
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
    struct grant_frame *frame = &frames[idx];
    struct xen_add_to_physmap xatp = {
        .domid = DOMID_SELF,
        .idx = idx,
        .space = XENMAPSPACE_grant_table,
        .gpfn = mfn_x(frame->mfn),
    };
    grant_entry_v1_t *entries;
    unsigned int i;
    int rc;

    frame->records = xvzalloc_array(record_t, ENTRIES_PER_FRAME);
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
    for ( i = idx ? 0 : nested_grant_first(); i < ENTRIES_PER_FRAME; i++ )
        if ( end_entry(&entries[i]) )
            frame->records[i] = RECORD_RETIRED;

    smp_wmb();
    ACCESS_ONCE(frame->entries) = entries;

    return 0;

 free_records:
    XVFREE(frame->records);

    return rc;
}

/* Have frame @idx, which must be below nr_frames, set up. */
static int get_frame(unsigned int idx)
{
    int rc = 0;

    if ( likely(ACCESS_ONCE(frames[idx].entries)) )
    {
        smp_rmb();
        return 0;
    }

    spin_lock(&setup_lock);
    if ( !frames[idx].entries )
        rc = setup_frame(idx);
    spin_unlock(&setup_lock);

    return rc;
}

int nested_grant_query_size(struct xen_nested_gnttab_query_size *op)
{
    unsigned int i, nr = 0;

    for ( i = 0; i < nr_frames; i++ )
        nr += !!ACCESS_ONCE(frames[i].entries);

    op->version = 1;
    op->nr_frames = nr;
    op->max_nr_frames = nr_frames;

    return 0;
}

int nested_grant_setup(struct domain *d, struct xen_nested_gnttab_setup *op)
{
    unsigned int idx;
    int rc;

    if ( op->idx >= nr_frames )
        return -EINVAL;

    idx = array_index_nospec(op->idx, nr_frames);

    rc = get_frame(idx) ?: nested_frame_permit(d, frames[idx].mfn);
    if ( !rc )
        op->frame = mfn_x(frames[idx].mfn);

    return rc;
}

static void drop_frame(record_t rec)
{
    struct nested_share share = { .raw = rec };

    if ( nested_share_page(share) )
        nested_share_put(share);
}

/* Make a free record ours.  A retired one is given back if L0 is done. */
static int claim(record_t *slot, grant_entry_v1_t *entry)
{
    record_t rec = ACCESS_ONCE(*slot);

    if ( rec && !(rec & RECORD_RETIRED) )
        return -EEXIST;

    if ( cmpxchg(slot, rec, RECORD_BUSY) != rec )
        return -EEXIST;

    if ( !rec )
        return 0;

    if ( end_entry(entry) )
    {
        ACCESS_ONCE(*slot) = rec;
        return -EBUSY;
    }

    drop_frame(rec);

    return 0;
}

int nested_grant_publish(struct domain *d,
                         const struct xen_nested_gnttab_publish *op)
{
    bool readonly = op->flags & XEN_NESTED_GRANT_readonly;
    unsigned int ref, idx;
    grant_entry_v1_t *entry;
    record_t *slot;
    struct nested_share share;
    int rc;

    if ( op->ref < nested_grant_first() || op->ref >= nested_grant_max() ||
         op->l0_domid >= DOMID_FIRST_RESERVED || op->pad ||
         (op->flags & ~XEN_NESTED_GRANT_readonly) )
        return -EINVAL;

    ref = array_index_nospec(op->ref, nested_grant_max());
    idx = ref / ENTRIES_PER_FRAME;
    rc = get_frame(idx);
    if ( rc )
        return rc;

    entry = &frames[idx].entries[ref % ENTRIES_PER_FRAME];
    slot = &frames[idx].records[ref % ENTRIES_PER_FRAME];

    rc = claim(slot, entry);
    if ( rc )
        return rc;

    rc = nested_share_get(d, op->frame, readonly, &share);
    if ( rc )
    {
        ACCESS_ONCE(*slot) = 0;
        return rc;
    }

    /* To L0 our machine frame is a guest frame. */
    entry->frame = mfn_x(page_to_mfn(nested_share_page(share)));
    entry->domid = op->l0_domid;
    smp_wmb(); /* L0 reads the rest once it sees the flags. */
    write_atomic(&entry->flags,
                 GTF_permit_access | (readonly ? GTF_readonly : 0));

    ACCESS_ONCE(*slot) = share.raw;

    return 0;
}

/* End the entry of a record.  Without the owner, retire what is in use. */
static int end_record(record_t *slot, grant_entry_v1_t *entry, bool retire)
{
    record_t rec = ACCESS_ONCE(*slot);

    if ( !rec || (rec & RECORD_RETIRED) )
        return -ENOENT;

    if ( (rec & RECORD_BUSY) || cmpxchg(slot, rec, RECORD_BUSY) != rec )
        return -EBUSY;

    if ( end_entry(entry) )
    {
        ACCESS_ONCE(*slot) = rec | (retire ? RECORD_RETIRED : 0);
        return -EBUSY;
    }

    drop_frame(rec);
    smp_wmb();
    ACCESS_ONCE(*slot) = 0;

    return 0;
}

int nested_grant_end(const struct xen_nested_gnttab_end *op)
{
    unsigned int ref, idx;

    if ( op->ref < nested_grant_first() || op->ref >= nested_grant_max() )
        return -EINVAL;

    ref = array_index_nospec(op->ref, nested_grant_max());
    idx = ref / ENTRIES_PER_FRAME;
    if ( !ACCESS_ONCE(frames[idx].entries) )
        return -ENOENT;

    smp_rmb();

    return end_record(&frames[idx].records[ref % ENTRIES_PER_FRAME],
                      &frames[idx].entries[ref % ENTRIES_PER_FRAME], false);
}

/*
 * Direct mode: an entry that @d wrote and L0 uses is retired, with a
 * reference if the frame is @d's, lest it be reused under L0's hands.
 */
static void retire_direct(const struct domain *d, record_t *slot,
                          grant_entry_v1_t *entry)
{
    mfn_t mfn = _mfn(read_atomic(&entry->frame));

    if ( *slot || !end_entry(entry) )
        return;

    *slot = RECORD_RETIRED;
    if ( mfn_valid(mfn) && page_get_owner(mfn_to_page(mfn)) == d &&
         get_page(mfn_to_page(mfn), d) )
        *slot |= (record_t)mfn_to_page(mfn);
}

void nested_grant_count(unsigned int *published, unsigned int *retired)
{
    unsigned int idx, i;

    *published = *retired = 0;
    for ( idx = 0; idx < nr_frames; idx++ )
    {
        if ( !ACCESS_ONCE(frames[idx].entries) )
            continue;

        smp_rmb();
        for ( i = 0; i < ENTRIES_PER_FRAME; i++ )
        {
            record_t rec = ACCESS_ONCE(frames[idx].records[i]);

            if ( rec & RECORD_RETIRED )
                ++*retired;
            else if ( rec )
                ++*published;
        }
    }
}

/* End everything the owner @d, which runs no more, has published. */
int nested_grant_release(const struct domain *d)
{
    static unsigned int next;

    while ( next < nr_frames )
    {
        struct grant_frame *frame = &frames[next];
        unsigned int i = next++ ? 0 : nested_grant_first();

        if ( !frame->entries )
            continue;

        for ( ; i < ENTRIES_PER_FRAME; i++ )
            if ( direct_mode )
                retire_direct(d, &frame->records[i], &frame->entries[i]);
            else
                end_record(&frame->records[i], &frame->entries[i], true);

        if ( hypercall_preempt_check() )
            return -ERESTART;
    }

    next = 0;

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
