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
 * L0 does not tell, so retired entries are looked at every now and then.
 */
#include <xen/event.h>
#include <xen/mm.h>
#include <xen/nospec.h>
#include <xen/sched.h>
#include <xen/timer.h>

#include <asm/guest.h>

#include "nested.h"

typedef nested_record_t record_t;
#define RECORD_BUSY    NESTED_RECORD_BUSY
#define RECORD_RETIRED NESTED_RECORD_RETIRED
#define ENTRIES        NESTED_ENTRIES_PER_FRAME

static bool __read_mostly direct_mode;

static struct timer sweep_timer;
#define SWEEP_PERIOD SECONDS(1)

/* How many frames of the table it looks at in one go, and how long it waits. */
#define SWEEP_FRAMES 16
#define SWEEP_PAUSE  MILLISECS(1)

/* Something may have been retired since the sweep under way began. */
static bool sweep_wanted;

static void cf_check sweep(void *unused);

int __init nested_grant_init(bool direct)
{
    int rc = nested_table_init();

    if ( rc )
        return rc;

    init_timer(&sweep_timer, sweep, NULL, 0);
    direct_mode = direct;

    return 0;
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
        return rec & RECORD_BUSY ? -EBUSY : -EEXIST;

    if ( cmpxchg(slot, rec, RECORD_BUSY) != rec )
        return -EBUSY;

    if ( !rec )
        return 0;

    if ( nested_entry_end(entry) )
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
    struct nested_frame *frame;
    unsigned int ref;
    grant_entry_v1_t *entry;
    record_t *slot;
    struct nested_share share;
    int rc;

    if ( op->ref < nested_grant_first() || op->ref >= nested_grant_max() ||
         op->l0_domid >= DOMID_FIRST_RESERVED || op->pad ||
         (op->flags & ~XEN_NESTED_GRANT_readonly) )
        return -EINVAL;

    ref = array_index_nospec(op->ref, nested_grant_max());
    rc = nested_table_setup(ref / ENTRIES, &frame);
    if ( rc )
        return rc;

    entry = &frame->entries[ref % ENTRIES];
    slot = &frame->records[ref % ENTRIES];

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

    if ( nested_entry_end(entry) )
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
    struct nested_frame *frame;
    unsigned int ref;

    if ( op->ref < nested_grant_first() || op->ref >= nested_grant_max() )
        return -EINVAL;

    ref = array_index_nospec(op->ref, nested_grant_max());
    frame = nested_table_frame(ref / ENTRIES);

    return frame ? end_record(&frame->records[ref % ENTRIES],
                              &frame->entries[ref % ENTRIES], false)
                 : -ENOENT;
}

/*
 * Direct mode: an entry that @d wrote and L0 uses is retired, with a
 * reference if the frame is @d's, lest it be reused under L0's hands.
 * Returns whether there was an entry.
 */
static bool retire_direct(const struct domain *d, record_t *slot,
                          grant_entry_v1_t *entry)
{
    mfn_t mfn = _mfn(read_atomic(&entry->frame));
    record_t rec = RECORD_RETIRED;

    /* sweep() on another CPU, which waits for nothing. */
    while ( ACCESS_ONCE(*slot) & RECORD_BUSY )
        cpu_relax();

    if ( *slot || !read_atomic(&entry->flags) )
        return false;

    if ( !nested_entry_end(entry) )
        return true;

    if ( mfn_valid(mfn) && page_get_owner(mfn_to_page(mfn)) == d &&
         get_page(mfn_to_page(mfn), d) )
        rec |= (record_t)mfn_to_page(mfn);

    ACCESS_ONCE(*slot) = rec; /* In one go: sweep() may look already. */

    return true;
}

/*
 * Does L0 use the frame of @rec no more?  In direct mode a new owner may have
 * the entry now: it takes only what L0 is done with, so that another frame
 * there says as much.
 */
static bool let_go(record_t rec, grant_entry_v1_t *entry)
{
    const struct page_info *page =
        nested_share_page((struct nested_share){ .raw = rec });

    if ( direct_mode && !page )
        return !(read_atomic(&entry->flags) & (GTF_reading | GTF_writing));

    if ( direct_mode &&
         read_atomic(&entry->frame) != mfn_x(page_to_mfn(page)) )
        return true;

    return !nested_entry_end(entry);
}

/* Give retired entries back that L0 let go of.  Returns how many it has not. */
static unsigned int sweep_frame(struct nested_frame *frame)
{
    unsigned int i, left = 0;

    for ( i = 0; i < ENTRIES; i++ )
    {
        record_t *slot = &frame->records[i], rec = ACCESS_ONCE(*slot);

        if ( !(rec & (RECORD_RETIRED | RECORD_BUSY)) )
            continue;

        /* Somebody tries to have it, and may put it back. */
        if ( (rec & RECORD_BUSY) || cmpxchg(slot, rec, RECORD_BUSY) != rec )
        {
            left++;
            continue;
        }

        if ( let_go(rec, &frame->entries[i]) )
        {
            drop_frame(rec);
            smp_wmb();
            ACCESS_ONCE(*slot) = 0;
        }
        else
        {
            ACCESS_ONCE(*slot) = rec;
            left++;
        }
    }

    return left;
}

/* A part of the table at a time, as nothing else runs on this CPU meanwhile. */
static void cf_check sweep(void *unused)
{
    static unsigned int next, left;     /* Of the sweep under way */
    unsigned int looked = 0;

    if ( !next )
    {
        left = 0;
        ACCESS_ONCE(sweep_wanted) = false;
        smp_mb(); /* Before the records are looked at. */
    }

    for ( ; next < nested_nr_frames && looked < SWEEP_FRAMES; next++ )
    {
        struct nested_frame *frame = nested_table_frame(next);

        if ( !frame )
            continue;

        left += sweep_frame(frame);
        looked++;
    }

    if ( next < nested_nr_frames )
    {
        set_timer(&sweep_timer, NOW() + SWEEP_PAUSE);
        return;
    }

    next = 0;
    if ( left || ACCESS_ONCE(sweep_wanted) )
        set_timer(&sweep_timer, NOW() + SWEEP_PERIOD);
}

void nested_grant_count(const struct domain *d, unsigned int *published,
                        unsigned int *retired)
{
    unsigned int idx, i;

    *published = *retired = 0;
    for ( idx = 0; idx < nested_nr_frames; idx++ )
    {
        const struct nested_frame *frame = nested_table_frame(idx);

        for ( i = 0; frame && i < ENTRIES; i++ )
        {
            record_t rec = ACCESS_ONCE(frame->records[i]);
            const struct page_info *page =
                nested_share_page((struct nested_share){ .raw = rec });

            if ( !rec || (d && (!page || page_get_owner(page) != d)) )
                continue;

            if ( rec & RECORD_RETIRED )
                ++*retired;
            else
                ++*published;
        }
    }
}

/*
 * End what @d has published in @frame, from entry @i on, but not too much at
 * once.  Returns the entry after the last one that was looked at.
 */
static unsigned int release_some(const struct domain *d,
                                 struct nested_frame *frame, unsigned int i)
{
    unsigned int ended = 0;

    /* What is a new owner's by now is to be ended below. */
    if ( direct_mode )
        sweep_frame(frame);

    for ( ; i < ENTRIES && ended < 64; i++ )
    {
        record_t *slot = &frame->records[i];
        grant_entry_v1_t *entry = &frame->entries[i];

        if ( direct_mode )
            ended += retire_direct(d, slot, entry);
        else
            ended += end_record(slot, entry, true) != -ENOENT;
    }

    return i;
}

int nested_grant_release(const struct domain *d, unsigned int *next)
{
    unsigned int ref = max(*next, nested_grant_first());

    while ( ref < nested_grant_max() )
    {
        struct nested_frame *frame = nested_table_frame(ref / ENTRIES);
        unsigned int i = ref % ENTRIES;

        if ( !frame )
        {
            ref += ENTRIES - i;
            continue;
        }

        ref += release_some(d, frame, i) - i;
        if ( ref < nested_grant_max() && hypercall_preempt_check() )
        {
            *next = ref;
            return -ERESTART;
        }
    }

    *next = 0;
    ACCESS_ONCE(sweep_wanted) = true;
    smp_mb(); /* Either we see the timer stopped, or sweep() sees this. */

    /* Not later, however often somebody resets. */
    if ( nested_nr_frames && !timer_is_active(&sweep_timer) )
        set_timer(&sweep_timer, NOW() + SWEEP_PERIOD);

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
