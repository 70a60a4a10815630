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

#define MAX_MAPS 4096

/* A place for a grant, and what is there.  Its index is the owner's handle. */
struct map {
    unsigned int state;
#define MAP_FREE   0
#define MAP_BUSY   1    /* Whoever made it so may change the rest. */
#define MAP_MAPPED 2
    unsigned int l0_handle;
    mfn_t mfn;          /* 0: no place taken yet */
};

static struct map *__read_mostly maps;
static unsigned int hint;   /* Where to look first; need not be right. */

int __init nested_map_init(void)
{
    maps = xvzalloc_array(struct map, MAX_MAPS);

    return maps ? 0 : -ENOMEM;
}

unsigned int nested_map_count(void)
{
    unsigned int i, nr = 0;

    for ( i = 0; i < MAX_MAPS; i++ )
        nr += ACCESS_ONCE(maps[i].state) != MAP_FREE;

    return nr;
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

static bool claim(struct map *map, unsigned int from)
{
    return cmpxchg(&map->state, from, MAP_BUSY) == from;
}

static void release(struct map *map, unsigned int to)
{
    smp_wmb();
    ACCESS_ONCE(map->state) = to;
}

/* A free place, made busy, or NULL. */
static struct map *find_free(void)
{
    unsigned int i, start = ACCESS_ONCE(hint);

    for ( i = 0; i < MAX_MAPS; i++ )
    {
        struct map *map = &maps[(start + i) % MAX_MAPS];

        if ( ACCESS_ONCE(map->state) == MAP_FREE && claim(map, MAP_FREE) )
        {
            ACCESS_ONCE(hint) = (start + i + 1) % MAX_MAPS;
            return map;
        }
    }

    return NULL;
}

int nested_grant_map(struct domain *d, struct xen_nested_gnttab_map *op)
{
    struct gnttab_map_grant_ref req = {
        .flags = GNTMAP_host_map,
        .ref = op->ref,
        .dom = op->l0_domid,
    };
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

    map = find_free();
    if ( !map )
        return -ENOSPC;

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
    op->handle = map - maps;
    release(map, MAP_MAPPED);

    return 0;

 fail:
    release(map, MAP_FREE);

    return rc;
}

static int unmap(struct map *map)
{
    struct gnttab_unmap_grant_ref req;
    int rc;

    if ( !claim(map, MAP_MAPPED) )
        return -ENOENT;

    req = (struct gnttab_unmap_grant_ref){
        .host_addr = mfn_to_maddr(map->mfn),
        .handle = map->l0_handle,
    };
    rc = xen_hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &req, 1);
    rc = rc ?: status_to_errno(req.status);
    release(map, rc ? MAP_MAPPED : MAP_FREE);

    return rc;
}

int nested_grant_unmap(const struct xen_nested_gnttab_unmap *op)
{
    return op->handle < MAX_MAPS
           ? unmap(&maps[array_index_nospec(op->handle, MAX_MAPS)]) : -EINVAL;
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
    unsigned int i, unmapped = 0;

    for ( i = 0; i < MAX_MAPS; i++ )
    {
        if ( ACCESS_ONCE(maps[i].state) != MAP_MAPPED )
            continue;

        if ( unmap(&maps[i]) )
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
