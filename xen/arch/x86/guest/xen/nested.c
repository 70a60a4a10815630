/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested.c
 *
 * The nested host: the Xen one level further out (L0), made reachable for one
 * domain of ours, the owner.  Here: command line, owner, the hypercall with
 * its checks, HVM params, and which frames of L0 the owner may map.
 *
 * Nothing of what a caller passes reaches L0 unchecked: arguments are copied
 * once, and L0 only ever gets pointers to our own copies.
 */
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/iocap.h>
#include <xen/nospec.h>
#include <xen/param.h>
#include <xen/rangeset.h>
#include <xen/sched.h>

#include <asm/guest.h>

#include <public/arch-x86/cpuid.h>
#include <public/hvm/params.h>
#include <public/version.h>

#include <xsm/xsm.h>

#include "nested.h"

#define MAX_BATCH 1024

bool __ro_after_init nested_host;

static bool __initdata opt_off;
static bool __ro_after_init opt_direct;

static uint32_t __ro_after_init features;
static uint32_t __ro_after_init l0_version;
static uint16_t __ro_after_init l0_domid;

/* Frames of L0 that the owner may map, or may have mapped, cacheable. */
static struct rangeset *__read_mostly memory_frames;

/*
 * Held for reading while an operation runs, so that the owner does not change
 * below it.  DOMID_INVALID stands for the hardware domain, DOMID_IDLE for
 * nobody.
 */
static DEFINE_RWLOCK(owner_lock);
static domid_t __read_mostly owner = DOMID_INVALID;

static int __init cf_check parse_nested_host(const char *s)
{
    const char *ss, *e;
    int val, rc = 0;

    do {
        ss = strchr(s, ',') ?: strchr(s, '\0');

        if ( (val = parse_bool(s, ss)) >= 0 )
            opt_off = !val;
        else if ( !cmdline_strcmp(s, "grants=mediated") )
            opt_direct = false;
        else if ( !cmdline_strcmp(s, "grants=direct") )
            opt_direct = true;
        else if ( !strncmp(s, "owner=", 6) )
        {
            unsigned long domid = simple_strtoul(s + 6, &e, 0);

            if ( e == ss && domid < DOMID_FIRST_RESERVED )
                owner = domid;
            else
                rc = -EINVAL;
        }
        else
            rc = -EINVAL;

        s = ss + 1;
    } while ( *ss );

    return rc;
}
custom_param("nested-host", parse_nested_host);

static bool is_owner(const struct domain *d)
{
    return owner == DOMID_INVALID ? is_hardware_domain(d)
                                  : d->domain_id == owner;
}

/* Let @d map @mfn, memory of L0 that is not memory of ours. */
int nested_frame_permit(struct domain *d, mfn_t mfn)
{
    int rc;

    /* A PVH domain would need it in its p2m; nobody asked for that yet. */
    if ( paging_mode_translate(d) )
        return -EOPNOTSUPP;

    /* If we took it for RAM at boot we may be using it ourselves. */
    if ( mfn_valid(mfn) && page_get_owner(mfn_to_page(mfn)) != dom_io )
        return -ENXIO;

    rc = rangeset_add_singleton(memory_frames, mfn_x(mfn));

    return rc ?: iomem_permit_access(d, mfn_x(mfn), mfn_x(mfn));
}

bool nested_frame_is_memory(mfn_t mfn)
{
    return nested_host &&
           rangeset_contains_singleton(memory_frames, mfn_x(mfn));
}

int nested_deny_frames(struct domain *d)
{
    return nested_host ? nested_grant_deny(d) : 0;
}

static int hvm_param(struct domain *d, struct xen_nested_hvm_param *op)
{
    evtchn_port_t port;
    uint64_t value;
    bool pfn = false;
    long rc;

    switch ( op->index )
    {
    case HVM_PARAM_CONSOLE_PFN:
    case HVM_PARAM_CONSOLE_EVTCHN:
        if ( !(features & XEN_NESTED_FEAT_console) )
            return -EOPNOTSUPP;
        pfn = op->index == HVM_PARAM_CONSOLE_PFN;
        break;

    case HVM_PARAM_STORE_PFN:
    case HVM_PARAM_STORE_EVTCHN:
        pfn = op->index == HVM_PARAM_STORE_PFN;
        break;

    default:
        return -EOPNOTSUPP;
    }

    rc = xen_hypercall_hvm_get_param(op->index, &value);
    if ( rc )
        return rc;

    op->l0_port = 0;
    if ( pfn )
    {
        op->value = value;

        return value && value == (uint32_t)value
               ? nested_frame_permit(d, _mfn(value)) : -ENXIO;
    }

    rc = nested_evtchn_special(d, value, &port);
    if ( rc )
        return rc;

    op->value = port;
    op->l0_port = value;

    return 0;
}

static int query(struct xen_nested_query *op)
{
    op->abi_version = XEN_NESTED_ABI_VERSION;
    op->depth = 1;
    op->l0_version = l0_version;
    op->features = features;
    op->l0_domid = l0_domid;
    op->pad = 0;
    op->max_batch = MAX_BATCH;
    op->max_ports = nested_evtchn_max();
    op->max_grants = nested_grant_max();
    op->first_grant = nested_grant_first();

    return 0;
}

/* Operations on one structure; all begin with the level. */
union single_op {
    uint32_t level;
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
        return query(&op->query);

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
        return hvm_param(d, &op->hvm_param);
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

    if ( op.level != XEN_NESTED_LEVEL_NEXT )
        return -EOPNOTSUPP;

    rc = handle_single(d, cmd, &op);
    if ( rc )
        return rc;

    if ( copy_to_guest(bytes, (char *)&op, size) )
    {
        undo_single(d, cmd, &op);
        return -EFAULT;
    }

    return 0;
}

static long cf_check publish_one(struct domain *d,
                                 XEN_GUEST_HANDLE_PARAM(void) arg)
{
    XEN_GUEST_HANDLE_PARAM(xen_nested_gnttab_publish_t) hnd =
        guest_handle_cast(arg, xen_nested_gnttab_publish_t);
    struct xen_nested_gnttab_publish op;

    if ( copy_from_guest(&op, hnd, 1) )
        return -EFAULT;

    op.status = nested_grant_publish(d, &op);

    if ( copy_field_to_guest(hnd, &op, status) )
    {
        const struct xen_nested_gnttab_end end = { .ref = op.ref };

        if ( !op.status )
            nested_grant_end(&end);
        return -EFAULT;
    }

    return 0;
}

static long cf_check end_one(struct domain *d, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    XEN_GUEST_HANDLE_PARAM(xen_nested_gnttab_end_t) hnd =
        guest_handle_cast(arg, xen_nested_gnttab_end_t);
    struct xen_nested_gnttab_end op;

    if ( copy_from_guest(&op, hnd, 1) )
        return -EFAULT;

    op.status = nested_grant_end(&op);

    return copy_field_to_guest(hnd, &op, status) ? -EFAULT : 0;
}

/* Operations on an array, an element at a time. */
static const struct {
    unsigned int size;
    uint32_t feature;
    long (*one)(struct domain *d, XEN_GUEST_HANDLE_PARAM(void) arg);
} batch_ops[] = {
#define OP(name, feat, fn) \
    [XEN_NESTEDOP_ ## name] = { sizeof(struct xen_nested_ ## name), feat, fn }
    OP(gnttab_publish, XEN_NESTED_FEAT_grant_mediated, publish_one),
    OP(gnttab_end, XEN_NESTED_FEAT_grant_mediated, end_one),
#undef OP
};

static long do_batch(struct domain *d, unsigned int cmd,
                     XEN_GUEST_HANDLE_PARAM(void) arg, unsigned int count,
                     unsigned int *done)
{
    XEN_GUEST_HANDLE_PARAM(char) bytes = guest_handle_cast(arg, char);

    if ( count > MAX_BATCH )
        return -E2BIG;

    while ( *done < count )
    {
        long rc = batch_ops[cmd].one(d, guest_handle_cast(bytes, void));

        if ( rc )
            return rc;

        guest_handle_add_offset(bytes, batch_ops[cmd].size);

        if ( ++*done < count && hypercall_preempt_check() )
            return -ERESTART;
    }

    return 0;
}

static long do_op(struct domain *d, unsigned int cmd,
                  XEN_GUEST_HANDLE_PARAM(void) arg, unsigned int count,
                  unsigned int *done)
{
    unsigned int single = array_index_nospec(cmd, ARRAY_SIZE(single_ops));
    unsigned int batch = array_index_nospec(cmd, ARRAY_SIZE(batch_ops));

    if ( cmd < ARRAY_SIZE(single_ops) && single_ops[single].size )
    {
        if ( single_ops[single].feature &&
             !(single_ops[single].feature & features) )
            return -EOPNOTSUPP;

        return count == 1 ? do_single(d, single, arg) : -EINVAL;
    }

    if ( cmd < ARRAY_SIZE(batch_ops) && batch_ops[batch].size &&
         (batch_ops[batch].feature & features) )
        return do_batch(d, batch, arg, count, done);

    return -EOPNOTSUPP;
}

long do_nested_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) arg,
                  unsigned int count)
{
    struct domain *d = current->domain;
    unsigned int done = 0;
    long rc;

    if ( !nested_host )
        return -ENOSYS;

    read_lock(&owner_lock);

    rc = is_owner(d) ? xsm_nested_op(XSM_HOOK, d, cmd) : -EPERM;
    if ( !rc )
        rc = do_op(d, cmd, arg, count, &done);

    read_unlock(&owner_lock);

    if ( rc == -ERESTART )
    {
        XEN_GUEST_HANDLE_PARAM(char) rest = guest_handle_cast(arg, char);

        guest_handle_add_offset(rest, done * batch_ops[cmd].size);
        rc = hypercall_create_continuation(__HYPERVISOR_nested_op, "ihi", cmd,
                                           guest_handle_cast(rest, void),
                                           count - done);
    }

    return rc;
}

static void set_owner(domid_t domid)
{
    write_lock(&owner_lock);
    owner = domid;
    write_unlock(&owner_lock);
}

int nested_domain_destroy(const struct domain *d)
{
    int rc;

    if ( !nested_host || !is_owner(d) )
        return 0;

    rc = nested_grant_release(d);
    if ( !rc )
        set_owner(DOMID_INVALID);

    return rc;
}

static void __init init_features(void)
{
    uint64_t param;
    int rc = nested_evtchn_init();

    if ( rc )
    {
        printk(XENLOG_WARNING "nested-host: no event channels: %d\n", rc);
        return;
    }
    features |= XEN_NESTED_FEAT_evtchn;

    rc = nested_grant_init(opt_direct);
    if ( rc )
        printk(XENLOG_WARNING "nested-host: no grants: %d\n", rc);
    else
        features |= opt_direct ? XEN_NESTED_FEAT_grant_direct
                               : XEN_NESTED_FEAT_grant_mediated;

    if ( !xen_hypercall_hvm_get_param(HVM_PARAM_STORE_PFN, &param) && param )
        features |= XEN_NESTED_FEAT_store;

    /* Our own console comes first. */
    if ( !pv_console &&
         !xen_hypercall_hvm_get_param(HVM_PARAM_CONSOLE_PFN, &param) && param )
        features |= XEN_NESTED_FEAT_console;
}

static void __init query_l0(void)
{
    uint32_t eax, ebx, ecx, edx;
    long rc = _hypercall64_2(long, __HYPERVISOR_xen_version, XENVER_version,
                             NULL);

    l0_version = rc > 0 ? rc : 0;

    cpuid(xen_cpuid_base + 4, &eax, &ebx, &ecx, &edx);
    l0_domid = eax & XEN_HVM_CPUID_DOMID_PRESENT ? ecx : DOMID_INVALID;
}

static int __init cf_check nested_init(void)
{
    if ( !xen_guest || pv_shim )
        return 0;

    if ( opt_off )
    {
        printk("nested-host: off, as the command line says\n");
        return 0;
    }

    memory_frames = rangeset_new(NULL, "nested host memory",
                                 RANGESETF_prettyprint_hex);
    if ( !memory_frames )
    {
        printk(XENLOG_WARNING "nested-host: off, out of memory\n");
        return 0;
    }

    query_l0();
    init_features();
    nested_host = features;

    printk("nested-host: Xen %u.%u, d%u there; %s%s%s%s%s; owner ",
           l0_version >> 16, l0_version & 0xffff, l0_domid,
           features & XEN_NESTED_FEAT_evtchn ? "events" : "nothing",
           features & XEN_NESTED_FEAT_grant_mediated ? ", mediated grants" : "",
           features & XEN_NESTED_FEAT_grant_direct ? ", direct grants" : "",
           features & XEN_NESTED_FEAT_store ? ", store" : "",
           features & XEN_NESTED_FEAT_console ? ", console" : "");
    if ( owner == DOMID_INVALID )
        printk("is the hardware domain\n");
    else
        printk("d%u\n", owner);

    return 0;
}
__initcall(nested_init);

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
