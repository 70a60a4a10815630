/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested.c
 *
 * The hypercall of the nested host: who calls, is it offered, copy in, hand to
 * the file that does it, copy out.
 *
 * Nothing of what a caller passes reaches L0 unchecked: arguments are copied
 * once, and L0 only ever gets pointers to our own copies.
 */
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/nospec.h>
#include <xen/sched.h>

#include <asm/guest.h>

#include <xsm/xsm.h>

#include "nested.h"

/* Callers of 32 and 64 bits share these: there must be no padding. */
static void __init __maybe_unused build_assertions(void)
{
    BUILD_BUG_ON(sizeof(struct xen_nested_query) != 36);
    BUILD_BUG_ON(sizeof(struct xen_nested_evtchn_alloc_unbound) != 12);
    BUILD_BUG_ON(sizeof(struct xen_nested_evtchn_bind_interdomain) != 16);
    BUILD_BUG_ON(sizeof(struct xen_nested_evtchn_close) != 4);
    BUILD_BUG_ON(sizeof(struct xen_nested_evtchn_status) != 24);
    BUILD_BUG_ON(sizeof(struct xen_nested_evtchn_bind_vcpu) != 8);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_query_size) != 12);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_setup) != 16);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_publish) != 24);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_end) != 8);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_map) != 24);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_unmap) != 8);
    BUILD_BUG_ON(sizeof(struct xen_nested_gnttab_copy) != 32);
    BUILD_BUG_ON(sizeof(struct xen_nested_memory) != 16);
    BUILD_BUG_ON(sizeof(struct xen_nested_set_owner) != 4);
    BUILD_BUG_ON(sizeof(struct xen_nested_hvm_param) != 16);
}

/* Operations on one structure. */
union single_op {
    struct xen_nested_query query;
    struct xen_nested_evtchn_alloc_unbound alloc_unbound;
    struct xen_nested_evtchn_bind_interdomain bind_interdomain;
    struct xen_nested_evtchn_close close;
    struct xen_nested_evtchn_status status;
    struct xen_nested_evtchn_bind_vcpu bind_vcpu;
    struct xen_nested_gnttab_query_size query_size;
    struct xen_nested_gnttab_setup setup;
    struct xen_nested_hvm_param hvm_param;
};

/* Size of the structure, and the feature without which there is no such op. */
static const struct {
    unsigned int size;
    uint32_t feature;
} single_ops[] = {
#define OP(name, feat) \
    [XEN_NESTEDOP_ ## name] = { sizeof(struct xen_nested_ ## name), feat }
    OP(query, 0),
    OP(evtchn_alloc_unbound, XEN_NESTED_FEAT_evtchn),
    OP(evtchn_bind_interdomain, XEN_NESTED_FEAT_evtchn),
    OP(evtchn_close, XEN_NESTED_FEAT_evtchn),
    OP(evtchn_status, XEN_NESTED_FEAT_evtchn),
    OP(evtchn_bind_vcpu, XEN_NESTED_FEAT_evtchn),
    OP(gnttab_query_size,
       XEN_NESTED_FEAT_grant_mediated | XEN_NESTED_FEAT_grant_direct),
    OP(gnttab_setup, XEN_NESTED_FEAT_grant_direct),
    OP(hvm_param, XEN_NESTED_FEAT_store | XEN_NESTED_FEAT_console),
#undef OP
};

static int handle_single(struct domain *d, unsigned int cmd,
                         union single_op *op)
{
    switch ( cmd )
    {
    case XEN_NESTEDOP_query:
        return nested_query(d, &op->query);

    case XEN_NESTEDOP_evtchn_alloc_unbound:
        return nested_evtchn_alloc_unbound(d, &op->alloc_unbound);

    case XEN_NESTEDOP_evtchn_bind_interdomain:
        return nested_evtchn_bind_interdomain(d, &op->bind_interdomain);

    case XEN_NESTEDOP_evtchn_close:
        return nested_evtchn_close_op(d, &op->close);

    case XEN_NESTEDOP_evtchn_status:
        return nested_evtchn_status(d, &op->status);

    case XEN_NESTEDOP_evtchn_bind_vcpu:
        return nested_evtchn_bind_vcpu(d, &op->bind_vcpu);

    case XEN_NESTEDOP_gnttab_query_size:
        return nested_grant_query_size(&op->query_size);

    case XEN_NESTEDOP_gnttab_setup:
        return nested_grant_setup(d, &op->setup);

    case XEN_NESTEDOP_hvm_param:
        return nested_hvm_param(d, &op->hvm_param);
    }

    return -EOPNOTSUPP;
}

/* The caller never learns the port: take it back. */
static void undo_single(struct domain *d, unsigned int cmd,
                        const union single_op *op)
{
    if ( cmd == XEN_NESTEDOP_evtchn_alloc_unbound )
        evtchn_close(d, op->alloc_unbound.port, true);
    else if ( cmd == XEN_NESTEDOP_evtchn_bind_interdomain )
        evtchn_close(d, op->bind_interdomain.port, true);
}

static long do_single(struct domain *d, unsigned int cmd,
                      XEN_GUEST_HANDLE_PARAM(void) arg)
{
    XEN_GUEST_HANDLE_PARAM(char) bytes = guest_handle_cast(arg, char);
    unsigned int size = single_ops[cmd].size;
    union single_op op;
    int rc;

    if ( copy_from_guest((char *)&op, bytes, size) )
        return -EFAULT;

    rc = handle_single(d, cmd, &op);
    if ( rc )
        /* It may be L0's answer, and this one has a meaning here. */
        return rc == -ERESTART ? -EIO : rc;

    if ( copy_to_guest(bytes, (char *)&op, size) )
    {
        undo_single(d, cmd, &op);
        return -EFAULT;
    }

    return 0;
}

/* Elements of an array that are copied in and out together. */
#define CHUNK 16

/*
 * Operations on an array, @nr elements of it at most CHUNK at a time.  Those
 * that the caller's memory can't take the answer of are undone, as nobody
 * would know of them.  Where the status is all that an element answers, as
 * @more says, nothing need be written if the caller's memory has it already,
 * which is so for one that set it to 0 and had no error.
 */
#define BATCH_OP(name, type, more, call, undo)                                \
static long cf_check name ## _some(struct domain *d,                          \
                                   XEN_GUEST_HANDLE_PARAM(void) arg,          \
                                   unsigned int nr)                           \
{                                                                             \
    XEN_GUEST_HANDLE_PARAM(type) hnd = guest_handle_cast(arg, type);          \
    type ops[CHUNK], *op;                                                     \
    unsigned long unread = copy_from_guest(ops, hnd, nr), unwritten = 0;      \
    type *end = ops + nr - DIV_ROUND_UP(unread, sizeof(*ops));                \
    bool changed = more;                                                      \
                                                                              \
    for ( op = ops; op < end; op++ )                                          \
    {                                                                         \
        int status = call;                                                    \
                                                                              \
        changed |= status != op->status;                                      \
        op->status = status;                                                  \
    }                                                                         \
                                                                              \
    if ( changed )                                                            \
        unwritten = copy_to_guest(hnd, ops, end - ops);                       \
    for ( op = end - DIV_ROUND_UP(unwritten, sizeof(*ops)); op < end; op++ )  \
        if ( !op->status )                                                    \
            undo;                                                             \
                                                                              \
    return unread || unwritten ? -EFAULT : 0;                                 \
}

BATCH_OP(publish, xen_nested_gnttab_publish_t, false,
         nested_grant_publish(d, op),
         nested_grant_end(&(struct xen_nested_gnttab_end){ .ref = op->ref }))
BATCH_OP(end, xen_nested_gnttab_end_t, false, nested_grant_end(op), (void)0)
BATCH_OP(map, xen_nested_gnttab_map_t, true, nested_grant_map(d, op),
         nested_grant_unmap(&(struct xen_nested_gnttab_unmap){
             .handle = op->handle }))
BATCH_OP(unmap, xen_nested_gnttab_unmap_t, false,
         nested_grant_unmap(op), (void)0)
BATCH_OP(copy, xen_nested_gnttab_copy_t, false,
         nested_grant_copy(d, op), (void)0)
BATCH_OP(release, xen_nested_memory_t, false,
         nested_memory_release(d, op), (void)0)
BATCH_OP(reclaim, xen_nested_memory_t, true, nested_memory_reclaim(d, op),
         nested_memory_release(d, op))
#undef BATCH_OP

static const struct {
    unsigned int size;
    uint32_t feature;
    long (*some)(struct domain *d, XEN_GUEST_HANDLE_PARAM(void) arg,
                 unsigned int nr);
} batch_ops[] = {
#define OP(name, type, feat, fn) \
    [XEN_NESTEDOP_ ## name] = { \
        sizeof(struct type), XEN_NESTED_FEAT_ ## feat, fn ## _some }
    OP(gnttab_publish, xen_nested_gnttab_publish, grant_mediated, publish),
    OP(gnttab_end, xen_nested_gnttab_end, grant_mediated, end),
    OP(gnttab_map, xen_nested_gnttab_map, grant_map, map),
    OP(gnttab_unmap, xen_nested_gnttab_unmap, grant_map, unmap),
    OP(gnttab_copy, xen_nested_gnttab_copy, grant_map, copy),
    OP(memory_release, xen_nested_memory, memory, release),
    OP(memory_reclaim, xen_nested_memory, memory, reclaim),
#undef OP
};

static long do_batch(struct domain *d, unsigned int cmd,
                     XEN_GUEST_HANDLE_PARAM(void) arg, unsigned int count,
                     unsigned int *done)
{
    XEN_GUEST_HANDLE_PARAM(char) bytes = guest_handle_cast(arg, char);

    if ( count > NESTED_MAX_BATCH )
        return -E2BIG;

    while ( *done < count )
    {
        unsigned int nr = min(count - *done, CHUNK + 0U);
        long rc = batch_ops[cmd].some(d, guest_handle_cast(bytes, void), nr);

        if ( rc )
            return rc;

        guest_handle_add_offset(bytes, nr * batch_ops[cmd].size);
        this_cpu(nested_stat).elements[cmd] += nr;
        *done += nr;

        if ( *done < count && hypercall_preempt_check() )
            return -ERESTART;
    }

    return 0;
}

/*
 * Entries of the table that this call, before it was interrupted, is through
 * with are in @arg.  Who makes that up leaves them to itself.
 */
static long do_reset(struct domain *d, XEN_GUEST_HANDLE_PARAM(void) arg,
                     unsigned int count, unsigned int *done)
{
    unsigned long next = (unsigned long)arg.p;

    if ( count || next > nested_grant_max() )
        return -EINVAL;

    *done = array_index_nospec(next, nested_grant_max() + 1UL);

    return nested_reset(d, done);
}

static void count_call(unsigned int op)
{
    struct nested_stat *stat = &this_cpu(nested_stat);

    if ( op < ARRAY_SIZE(stat->calls) )
        stat->calls[array_index_nospec(op, ARRAY_SIZE(stat->calls))]++;
}

static long do_op(struct domain *d, unsigned int op,
                  XEN_GUEST_HANDLE_PARAM(void) arg, unsigned int count,
                  unsigned int *done)
{
    unsigned int single = array_index_nospec(op, ARRAY_SIZE(single_ops));
    unsigned int batch = array_index_nospec(op, ARRAY_SIZE(batch_ops));

    count_call(op);

    if ( op == XEN_NESTEDOP_reset )
        return do_reset(d, arg, count, done);

    if ( op < ARRAY_SIZE(single_ops) && single_ops[single].size )
    {
        if ( single_ops[single].feature &&
             !(single_ops[single].feature & nested_features) )
            return -EOPNOTSUPP;

        return count == 1 ? do_single(d, single, arg) : -EINVAL;
    }

    if ( op < ARRAY_SIZE(batch_ops) && batch_ops[batch].size &&
         (batch_ops[batch].feature & nested_features) )
        return do_batch(d, batch, arg, count, done);

    return -EOPNOTSUPP;
}

/*
 * The one operation that is not for the owner.  Each of the checks is done
 * again when it goes on after an interruption, and may turn out differently.
 */
static long set_owner(struct domain *d, unsigned int level,
                      XEN_GUEST_HANDLE_PARAM(void) arg, unsigned int count)
{
    XEN_GUEST_HANDLE_PARAM(xen_nested_set_owner_t) hnd =
        guest_handle_cast(arg, xen_nested_set_owner_t);
    struct xen_nested_set_owner op;
    int rc;

    if ( !is_hardware_domain(d) )
        return -EPERM;

    rc = xsm_nested_op(XSM_HOOK, d, XEN_NESTEDOP_set_owner);
    if ( rc )
        return nested_owner_refuse(rc);

    if ( level != XEN_NESTED_LEVEL_NEXT )
        return nested_owner_refuse(-EOPNOTSUPP);

    if ( count != 1 )
        return nested_owner_refuse(-EINVAL);

    if ( copy_from_guest(&op, hnd, 1) )
        return nested_owner_refuse(-EFAULT);

    count_call(XEN_NESTEDOP_set_owner);

    return nested_set_owner(d, &op);
}

static long owner_op(struct domain *d, unsigned int level, unsigned int op,
                     XEN_GUEST_HANDLE_PARAM(void) arg, unsigned int count,
                     unsigned int *done)
{
    long rc;

    if ( !nested_owner_get(d) )
        return -EPERM;

    rc = xsm_nested_op(XSM_HOOK, d, op);
    if ( !rc )
        rc = level == XEN_NESTED_LEVEL_NEXT
             ? do_op(d, op, arg, count, done) : -EOPNOTSUPP;

    nested_owner_put();

    return rc;
}

long do_nested_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) arg,
                  unsigned int count)
{
    XEN_GUEST_HANDLE_PARAM(char) rest = guest_handle_cast(arg, char);
    struct domain *d = current->domain;
    unsigned int level = cmd >> 16, op = cmd & 0xffff, done = 0;
    long rc;

    if ( !nested_host )
        return -ENOSYS;

    if ( op == XEN_NESTEDOP_set_owner )
        rc = set_owner(d, level, arg, count);
    else
        rc = owner_op(d, level, op, arg, count, &done);

    if ( rc != -ERESTART )
        return rc;

    if ( op == XEN_NESTEDOP_reset )
    {
        rest.p = (char *)(unsigned long)done;
        done = 0;
    }
    /* Of a batch something was done; set_owner looks at what is left to do. */
    else if ( done )
        guest_handle_add_offset(rest, done * batch_ops[op].size);

    return hypercall_create_continuation(__HYPERVISOR_nested_op, "ihi", cmd,
                                         guest_handle_cast(rest, void),
                                         count - done);
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
