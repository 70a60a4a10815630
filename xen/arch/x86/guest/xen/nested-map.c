/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-map.c
 *
 * Grants of domains of L0, mapped and copied for the owner of the nested host.
 *
 * A grant is mapped at a frame where we have no memory.  The owner maps that
 * frame as it would map I/O memory, so that no reference on a page of ours
 * depends on it, and L0 may take it away at any time.
 */
#include <xen/event.h>
#include <xen/mm.h>
#include <xen/nospec.h>
#include <xen/sched.h>
#include <xen/xvmalloc.h>

#include <asm/guest.h>

#include "nested.h"

/* Places are made a chunk at a time, when all there are have something. */
#define MAPS_PER_CHUNK 1024U
#define MAX_CHUNKS     64U
#define NONE           ~0U

/* A place for a grant, and what is there.  Its index is the owner's handle. */
struct map {
    unsigned int state;
#define MAP_FREE   0
#define MAP_BUSY   1    /* Whoever made it so may change the rest. */
#define MAP_MAPPED 2
    union {
        unsigned int l0_handle;
        unsigned int next;      /* While it is free */
    };
    mfn_t mfn;          /* 0: no place taken yet */
    domid_t l0_domid;   /* Whose grant it is */
};

/*
 * The lock is for all of these.  What was made stays, so that who has read
 * nr_chunks needs no lock for the chunks.
 */
static DEFINE_SPINLOCK(map_lock);
static struct map *chunks[MAX_CHUNKS];
static unsigned int nr_chunks;
static unsigned int first_free = NONE;
static unsigned int nr_taken;
static uint16_t *__read_mostly taken; /* By domain of L0 */

uint16_t __read_mostly nested_maps_of_domain = 16384;

int __init nested_map_init(void)
{
    taken = xvzalloc_array(uint16_t, DOMID_FIRST_RESERVED);

    return taken ? 0 : -ENOMEM;
}

unsigned int nested_map_count(void)
{
    return ACCESS_ONCE(nr_taken);
}

static unsigned int nr_places(void)
{
    unsigned int nr = ACCESS_ONCE(nr_chunks);

    smp_rmb(); /* Pairs with add_chunk(). */

    return nr * MAPS_PER_CHUNK;
}

static struct map *place(unsigned int handle)
{
    return &chunks[handle / MAPS_PER_CHUNK][handle % MAPS_PER_CHUNK];
}

static int add_chunk(void)
{
    struct map *chunk;
    unsigned int i, first = nr_chunks * MAPS_PER_CHUNK;

    if ( nr_chunks == MAX_CHUNKS )
        return -ENOSPC;

    chunk = xvzalloc_array(struct map, MAPS_PER_CHUNK);
    if ( !chunk )
        return -ENOMEM;

    for ( i = 0; i < MAPS_PER_CHUNK; i++ )
        chunk[i].next = i + 1 < MAPS_PER_CHUNK ? first + i + 1 : NONE;

    chunks[nr_chunks] = chunk;
    smp_wmb();
    ACCESS_ONCE(nr_chunks) = nr_chunks + 1;
    first_free = first;

    return 0;
}

/* A free place, made busy: *@handle. */
static int take(domid_t l0_domid, unsigned int *handle)
{
    struct map *map;
    int rc = 0;

    spin_lock(&map_lock);

    /* So that none takes the room of all others. */
    if ( taken[l0_domid] >= nested_maps_of_domain )
        rc = -ENOSPC;
    else if ( first_free == NONE )
        rc = add_chunk();

    if ( !rc )
    {
        *handle = first_free;
        map = place(*handle);
        first_free = map->next;
        map->l0_domid = l0_domid;
        ACCESS_ONCE(map->state) = MAP_BUSY;
        taken[l0_domid]++;
        nr_taken++;
    }

    spin_unlock(&map_lock);

    return rc;
}

/* The caller made it busy. */
static void give(unsigned int handle)
{
    struct map *map = place(handle);

    spin_lock(&map_lock);

    taken[map->l0_domid]--;
    nr_taken--;
    map->next = first_free;
    first_free = handle;
    ACCESS_ONCE(map->state) = MAP_FREE;

    spin_unlock(&map_lock);
}

static void set_mapped(struct map *map)
{
    smp_wmb();
    ACCESS_ONCE(map->state) = MAP_MAPPED;
}

static int status_to_errno(int16_t status)
{
    switch ( status )
    {
    case GNTST_okay:
        return 0;

    case GNTST_bad_domain:
        return -ESRCH;

    case GNTST_bad_gntref:
        return -ENOENT;

    case GNTST_permission_denied:
        return -EPERM;

    case GNTST_bad_copy_arg:
        return -EINVAL;

    case GNTST_eagain:
        return -EAGAIN;

    case GNTST_no_space:
        return -ENOSPC;
    }

    return -EIO;
}

int nested_grant_map(struct domain *d, struct xen_nested_gnttab_map *op)
{
    struct gnttab_map_grant_ref req = {
        .flags = GNTMAP_host_map,
        .ref = op->ref,
        .dom = op->l0_domid,
    };
    unsigned int handle;
    struct map *map;
    int rc;

    /*
     * Were it a grant of our own, L0 would move our frame to the new place, and
     * one day we would use what is no memory any more.
     */
    if ( op->l0_domid >= DOMID_FIRST_RESERVED ||
         op->l0_domid == nested_l0_domid ||
         (op->flags & ~XEN_NESTED_GRANT_readonly) )
        return -EINVAL;

    rc = take(array_index_nospec(op->l0_domid, DOMID_FIRST_RESERVED), &handle);
    if ( rc )
        return rc;

    map = place(handle);
    rc = mfn_x(map->mfn) ? 0 : xg_alloc_unused_page(&map->mfn);
    rc = rc ?: nested_frame_permit(d, map->mfn);
    if ( rc )
        goto fail;

    req.host_addr = mfn_to_maddr(map->mfn);
    if ( op->flags & XEN_NESTED_GRANT_readonly )
        req.flags |= GNTMAP_readonly;

    rc = xen_hypercall_grant_table_op(GNTTABOP_map_grant_ref, &req, 1);
    rc = rc ?: status_to_errno(req.status);
    if ( rc )
        goto fail;

    map->l0_handle = req.handle;
    op->frame = mfn_x(map->mfn);
    op->handle = handle;
    set_mapped(map);

    return 0;

 fail:
    give(handle);

    return rc;
}

static int unmap(unsigned int handle)
{
    struct map *map = place(handle);
    struct gnttab_unmap_grant_ref req;
    int rc;

    if ( cmpxchg(&map->state, MAP_MAPPED, MAP_BUSY) != MAP_MAPPED )
        return -ENOENT;

    req = (struct gnttab_unmap_grant_ref){
        .host_addr = mfn_to_maddr(map->mfn),
        .handle = map->l0_handle,
    };
    rc = xen_hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &req, 1);
    rc = rc ?: status_to_errno(req.status);
    if ( rc )
        set_mapped(map);
    else
        give(handle);

    return rc;
}

int nested_grant_unmap(const struct xen_nested_gnttab_unmap *op)
{
    unsigned int nr = nr_places();

    return op->handle < nr ? unmap(array_index_nospec(op->handle, nr))
                           : -EINVAL;
}

int nested_grant_copy(struct domain *d,
                      const struct xen_nested_gnttab_copy *op)
{
    bool to_grant = op->flags & XEN_NESTED_COPY_to_grant;
    struct gnttab_copy req = { .len = op->len };
    struct gnttab_copy_ptr *local = to_grant ? &req.source : &req.dest;
    struct gnttab_copy_ptr *foreign = to_grant ? &req.dest : &req.source;
    struct nested_share share;
    int rc;

    if ( op->l0_domid >= DOMID_FIRST_RESERVED || op->pad || op->pad2 ||
         (op->flags & ~XEN_NESTED_COPY_to_grant) ||
         op->ref_offset + op->len > PAGE_SIZE ||
         op->frame_offset + op->len > PAGE_SIZE )
        return -EINVAL;

    rc = nested_share_get(d, op->frame, to_grant, &share);
    if ( rc )
        return rc;

    local->u.gmfn = mfn_x(page_to_mfn(nested_share_page(share)));
    local->domid = DOMID_SELF;
    local->offset = op->frame_offset;
    foreign->u.ref = op->ref;
    foreign->domid = op->l0_domid;
    foreign->offset = op->ref_offset;
    req.flags = to_grant ? GNTCOPY_dest_gref : GNTCOPY_source_gref;

    rc = xen_hypercall_grant_table_op(GNTTABOP_copy, &req, 1);
    rc = rc ?: status_to_errno(req.status);

    nested_share_put(share);

    return rc;
}

/* Unmap everything, for the next owner.  What L0 does not unmap stays. */
int nested_map_release(void)
{
    unsigned int i, nr = nr_places(), unmapped = 0;

    for ( i = 0; i < nr; i++ )
    {
        if ( ACCESS_ONCE(place(i)->state) != MAP_MAPPED )
            continue;

        if ( unmap(i) )
            printk_once(XENLOG_WARNING
                        "nested-host: L0 does not unmap a grant\n");
        else if ( !(++unmapped % 32) && hypercall_preempt_check() )
            return -ERESTART;
    }

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
