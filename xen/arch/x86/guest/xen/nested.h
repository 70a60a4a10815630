/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested.h
 *
 * Private to the nested host: what nested.c calls in the files beside it.
 *
 * Handlers get a copy of the caller's structure, fill in its OUT fields and
 * return 0 or a negative errno.  nested.c has checked the caller, the level
 * and that the operation is offered, and keeps the owner from changing
 * meanwhile.  @d is always the owner, but where something is said of it.
 *
 * Lock order: owner lock (nested-host.c), event lock of @d, port table lock.
 * The lock of nested-map.c is taken last.
 */
#ifndef __X86_GUEST_XEN_NESTED_H__
#define __X86_GUEST_XEN_NESTED_H__

#include <xen/grant_table.h>
#include <xen/guest_access.h>
#include <xen/mm.h>
#include <xen/percpu.h>

#include <public/nested.h>

/* Event channels: nested-evtchn.c */
int nested_evtchn_init(void);
unsigned int nested_evtchn_max(void);
int nested_evtchn_alloc_unbound(struct domain *d,
                                struct xen_nested_evtchn_alloc_unbound *op);
int nested_evtchn_bind_interdomain(
    struct domain *d, struct xen_nested_evtchn_bind_interdomain *op);
int nested_evtchn_close_op(struct domain *d,
                           const struct xen_nested_evtchn_close *op);
int nested_evtchn_status(struct domain *d, struct xen_nested_evtchn_status *op);
int nested_evtchn_bind_vcpu(struct domain *d,
                            const struct xen_nested_evtchn_bind_vcpu *op);

unsigned int nested_evtchn_count(void);

/*
 * Close every port that @d has; nobody opens one for it meanwhile.  -ERESTART:
 * call again, as with the other two of this name.
 */
int nested_evtchn_release(struct domain *d);

/*
 * The local port of an L0 port that L0 opened for us (store, console): made
 * when first asked for.  Closing it locally leaves it open on L0.
 */
int nested_evtchn_special(struct domain *d, uint64_t l0_port,
                          evtchn_port_t *port);

/* Grants: nested-grant.c */
int nested_grant_init(bool direct);
int nested_grant_query_size(struct xen_nested_gnttab_query_size *op);
int nested_grant_setup(struct domain *d, struct xen_nested_gnttab_setup *op);
int nested_grant_publish(struct domain *d,
                         const struct xen_nested_gnttab_publish *op);
int nested_grant_end(const struct xen_nested_gnttab_end *op);
int nested_grant_deny(struct domain *d);

/*
 * End all that @d has published, from entry *@next on, which is 0 first.  On
 * -ERESTART it is where to go on, on 0 it is 0 again.  What is published below
 * *@next meanwhile is not ended.
 */
int nested_grant_release(const struct domain *d, unsigned int *next);

/*
 * Used entries, and those that L0 did not let go of when an owner went.  With
 * @d only those that hold a frame of this domain.
 */
void nested_grant_count(const struct domain *d, unsigned int *published,
                        unsigned int *retired);

/*
 * A frame of the owner's that is shared with L0: references on a page, and
 * in the low bits of the pointer what else is to be put.  Two more of these
 * are free for whoever keeps it.  nested-share.c
 */
struct nested_share {
    unsigned long raw;
#define NESTED_SHARE_USER1     1UL
#define NESTED_SHARE_USER2     2UL
#define NESTED_SHARE_TYPE      4UL /* A writable type reference is held. */
#define NESTED_SHARE_WRITABLE  8UL
#define NESTED_SHARE_FLAGS     15UL
};

static inline struct page_info *nested_share_page(struct nested_share share)
{
    BUILD_BUG_ON(sizeof(struct page_info) & NESTED_SHARE_FLAGS);

    return (struct page_info *)(share.raw & ~NESTED_SHARE_FLAGS);
}

/*
 * Take references on @frame (a gfn of @d, an mfn if it is PV) for sharing it.
 * -EINVAL: no frame number; -EPERM: @d neither owns it nor is the hardware
 * domain and has it grant mapped with enough rights; -EACCES: Xen's, or in use
 * as something like a page table.
 */
int nested_share_get(struct domain *d, uint64_t frame, bool readonly,
                     struct nested_share *share);
void nested_share_put(struct nested_share share);

/* Are the frames that @d owns the only ones that it may share? */
bool nested_share_own_only(const struct domain *d);

/* Our grant table on L0: nested-table.c */
#define NESTED_ENTRIES_PER_FRAME (PAGE_SIZE / sizeof(grant_entry_v1_t))

/*
 * What an entry holds: 0, or the frame shared in it, which a retired one need
 * not have.  Whoever changes an entry first swaps its record for BUSY.
 */
typedef unsigned long nested_record_t;
#define NESTED_RECORD_BUSY     NESTED_SHARE_USER1
#define NESTED_RECORD_RETIRED  NESTED_SHARE_USER2 /* Not the owner's any more */

struct nested_frame {
    mfn_t mfn;                  /* Where L0 puts the frame, when set up. */
    grant_entry_v1_t *entries;  /* NULL: not set up yet */
    nested_record_t *records;
};

extern struct nested_frame *nested_frames;
extern unsigned int nested_nr_frames;

int nested_table_init(void);

static inline unsigned int nested_grant_first(void)
{
    return GNTTAB_NR_RESERVED_ENTRIES;
}

static inline unsigned int nested_grant_max(void)
{
    return nested_nr_frames * NESTED_ENTRIES_PER_FRAME;
}

/* Frame @idx, which must be below nested_nr_frames: NULL if not set up. */
static inline struct nested_frame *nested_table_frame(unsigned int idx)
{
    struct nested_frame *frame = &nested_frames[idx];

    if ( !ACCESS_ONCE(frame->entries) )
        return NULL;

    smp_rmb(); /* Pairs with setup_frame(). */

    return frame;
}

int nested_table_make(unsigned int idx);

/* The same, which sets it up if need be. */
static inline int nested_table_setup(unsigned int idx,
                                     struct nested_frame **frame)
{
    *frame = nested_table_frame(idx);
    if ( likely(*frame) )
        return 0;

    *frame = &nested_frames[idx];

    return nested_table_make(idx);
}

/* Invalidate @entry.  -EBUSY and no change if L0 uses it. */
int nested_entry_end(grant_entry_v1_t *entry);

/* Grants of domains of L0: nested-map.c */
extern uint16_t nested_maps_of_domain; /* Most that one of them may have */

int nested_map_init(void);
unsigned int nested_map_count(void);
int nested_grant_map(struct domain *d, struct xen_nested_gnttab_map *op);
int nested_grant_unmap(const struct xen_nested_gnttab_unmap *op);
int nested_grant_copy(struct domain *d,
                      const struct xen_nested_gnttab_copy *op);
int nested_map_release(void);

/* Memory: nested-memory.c */
int nested_memory_release(struct domain *d, const struct xen_nested_memory *op);
int nested_memory_reclaim(struct domain *d, struct xen_nested_memory *op);
unsigned int nested_memory_count(void);

/* The owner: nested-owner.c */
void nested_owner_init(domid_t domid);
void nested_owner_print(void);  /* Ends a line. */

/*
 * Does @d own the connection?  If so it does until nested_owner_put().  The
 * handlers are called in between, except for set_owner.
 */
bool nested_owner_get(const struct domain *d);
void nested_owner_put(void);

/* Both: -ERESTART: call again, with the same arguments. */
int nested_set_owner(struct domain *caller,
                     const struct xen_nested_set_owner *op);
int nested_reset(struct domain *d, unsigned int *next);

/*
 * @rc, for a set_owner of the hardware domain that goes no further.  It may be
 * one that was half through, and is now found to be wrong, or can't be read
 * any more: then nobody is the owner, so let the hardware domain be it again.
 * -ERESTART: call again.
 */
int nested_owner_refuse(int rc);

/* Features, frames and HVM params: nested-host.c */
extern uint32_t nested_features;
extern uint16_t nested_l0_domid;    /* Ours on L0; DOMID_INVALID: not told */

int nested_query(const struct domain *d, struct xen_nested_query *op);
int nested_hvm_param(struct domain *d, struct xen_nested_hvm_param *op);

/* Let @d map @mfn, memory of L0 that is not memory of ours. */
int nested_frame_permit(struct domain *d, mfn_t mfn);

/* Let @d map none of it any more; what it has mapped stays so. */
int nested_frames_revoke(struct domain *d);

/* What was asked of us, for the debug key; sums over CPUs. */
struct nested_stat {
    unsigned long calls[XEN_NESTEDOP_reset + 1];
    unsigned long elements[XEN_NESTEDOP_reset + 1];
    unsigned long sends;        /* Each is one request to L0. */
    unsigned long upcalls;      /* Events of L0 for the owner. */
};
DECLARE_PER_CPU(struct nested_stat, nested_stat);

/* Most elements of a batch. */
#define NESTED_MAX_BATCH 1024

#endif /* __X86_GUEST_XEN_NESTED_H__ */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
