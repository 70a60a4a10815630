/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-host.c
 *
 * The nested host: the Xen one level further out (L0), made reachable for one
 * domain of ours, the owner.  Here: command line, what is offered, which frames
 * of L0 the owner may map, the debug key.
 */
#include <xen/event.h>
#include <xen/init.h>
#include <xen/iocap.h>
#include <xen/keyhandler.h>
#include <xen/param.h>
#include <xen/rangeset.h>
#include <xen/sched.h>

#include <asm/guest.h>

#include <public/arch-x86/cpuid.h>
#include <public/hvm/params.h>
#include <public/version.h>

#include "nested.h"

bool __ro_after_init nested_host;
uint32_t __ro_after_init nested_features;

static bool __initdata opt_given, opt_off;
static bool __ro_after_init opt_direct;

static uint32_t __ro_after_init l0_version;
uint16_t __ro_after_init nested_l0_domid;

/*
 * Frames of L0 that the owner may map, or may have mapped, cacheable.  None ever
 * leaves: each is a place that we took where there is no memory of ours, for a
 * frame of the table or for a grant, and use over and over, or a page that L0
 * put there for the store or the console.  So it is some seventy thousand at
 * most, next to each other, which makes few ranges.
 */
static struct rangeset *__read_mostly memory_frames;

static int __init cf_check parse_nested_host(const char *s)
{
    const char *ss, *e;
    int val, rc = 0;

    opt_given = true;

    do {
        ss = strchr(s, ',') ?: strchr(s, '\0');

        if ( (val = parse_bool(s, ss)) >= 0 )
            opt_off = !val;
        else if ( !cmdline_strcmp(s, "grants=mediated") )
            opt_direct = false;
        else if ( !cmdline_strcmp(s, "grants=direct") )
            opt_direct = true;
        else if ( !strncmp(s, "maps=", 5) )
        {
            unsigned long maps = simple_strtoul(s + 5, &e, 0);

            if ( e == ss && maps && maps == (uint16_t)maps )
                nested_maps_of_domain = maps;
            else
                rc = -EINVAL;
        }
        else if ( !strncmp(s, "owner=", 6) )
        {
            unsigned long domid = simple_strtoul(s + 6, &e, 0);

            if ( e == ss && domid < DOMID_FIRST_RESERVED )
                nested_owner_init(domid);
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
    if ( rc )
        return rc;

    write_lock(&d->caps_lock);
    rc = iomem_permit_access(d, mfn_x(mfn), mfn_x(mfn));
    write_unlock(&d->caps_lock);

    return rc;
}

static int cf_check revoke(unsigned long s, unsigned long e, void *d)
{
    return iomem_deny_access(d, s, e);
}

int nested_frames_revoke(struct domain *d)
{
    int rc;

    write_lock(&d->caps_lock);
    rc = rangeset_report_ranges(memory_frames, 0, ~0UL, revoke, d);
    write_unlock(&d->caps_lock);

    return rc;
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

int nested_hvm_param(struct domain *d, struct xen_nested_hvm_param *op)
{
    evtchn_port_t port;
    uint64_t value;
    bool pfn = false;
    long rc;

    switch ( op->index )
    {
    case HVM_PARAM_CONSOLE_PFN:
    case HVM_PARAM_CONSOLE_EVTCHN:
        if ( !(nested_features & XEN_NESTED_FEAT_console) )
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

int nested_query(const struct domain *d, struct xen_nested_query *op)
{
    op->abi_version = XEN_NESTED_ABI_VERSION;
    op->depth = 1;
    op->l0_version = l0_version;
    op->features = nested_features;
    if ( !is_hardware_domain(d) )
        op->features &= ~XEN_NESTED_FEAT_memory;
    if ( nested_share_own_only(d) )
        op->features |= XEN_NESTED_FEAT_own_frames;
    op->l0_domid = nested_l0_domid;
    op->pad = 0;
    op->max_batch = NESTED_MAX_BATCH;
    op->max_ports = nested_evtchn_max();
    op->max_grants = nested_grant_max();
    op->first_grant = nested_grant_first();

    return 0;
}

DEFINE_PER_CPU(struct nested_stat, nested_stat);

static void dump_stat(void)
{
    struct nested_stat sum = {};
    unsigned int cpu, i;

    for_each_online_cpu ( cpu )
    {
        const struct nested_stat *s = &per_cpu(nested_stat, cpu);

        for ( i = 0; i < ARRAY_SIZE(sum.calls); i++ )
        {
            sum.calls[i] += s->calls[i];
            sum.elements[i] += s->elements[i];
        }
        sum.sends += s->sends;
        sum.upcalls += s->upcalls;
    }

    printk("nested-host: %lu sends, %lu upcalls; calls by operation:",
           sum.sends, sum.upcalls);
    for ( i = 0; i < ARRAY_SIZE(sum.calls); i++ )
        if ( sum.elements[i] )
            printk(" %u:%lu (%lu elements)", i, sum.calls[i], sum.elements[i]);
        else if ( sum.calls[i] )
            printk(" %u:%lu", i, sum.calls[i]);
    printk("\n");
}

/* Whose frames L0 may still reach: such a domain does not go away. */
static void dump_frames(void)
{
    unsigned int published, retired;
    const struct domain *d;

    rcu_read_lock(&domlist_read_lock);
    for_each_domain ( d )
    {
        nested_grant_count(d, &published, &retired);
        if ( published || retired )
            printk("nested-host: d%d: %u frames published, %u retired\n",
                   d->domain_id, published, retired);
        process_pending_softirqs();
    }
    rcu_read_unlock(&domlist_read_lock);
}

static void cf_check dump(unsigned char key)
{
    unsigned int published, retired;

    dump_frames();
    nested_grant_count(NULL, &published, &retired);
    printk("nested-host: %u ports, %u grants, %u retired, %u maps, "
           "%u frames given back, owner ",
           nested_evtchn_count(), published, retired, nested_map_count(),
           nested_memory_count());
    nested_owner_print();
    dump_stat();
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
    nested_features |= XEN_NESTED_FEAT_evtchn | XEN_NESTED_FEAT_memory;

    rc = nested_grant_init(opt_direct);
    if ( rc )
        printk(XENLOG_WARNING "nested-host: no grants: %d\n", rc);
    else
        nested_features |= opt_direct ? XEN_NESTED_FEAT_grant_direct
                                      : XEN_NESTED_FEAT_grant_mediated;

    /* See nested_grant_map(). */
    rc = nested_l0_domid == DOMID_INVALID ? -EOPNOTSUPP : nested_map_init();
    if ( rc )
        printk(XENLOG_WARNING "nested-host: no foreign grants: %d\n", rc);
    else
        nested_features |= XEN_NESTED_FEAT_grant_map;

    if ( !xen_hypercall_hvm_get_param(HVM_PARAM_STORE_PFN, &param) && param )
        nested_features |= XEN_NESTED_FEAT_store;

    /* Our own console comes first. */
    if ( !pv_console &&
         !xen_hypercall_hvm_get_param(HVM_PARAM_CONSOLE_PFN, &param) && param )
        nested_features |= XEN_NESTED_FEAT_console;
}

static void __init query_l0(void)
{
    uint32_t eax, ebx, ecx, edx;
    long rc = _hypercall64_2(long, __HYPERVISOR_xen_version, XENVER_version,
                             NULL);

    l0_version = rc > 0 ? rc : 0;

    cpuid(xen_cpuid_base + 4, &eax, &ebx, &ecx, &edx);
    nested_l0_domid = eax & XEN_HVM_CPUID_DOMID_PRESENT ? ecx : DOMID_INVALID;
}

static int __init cf_check nested_init(void)
{
    if ( !xen_guest || pv_shim )
    {
        if ( opt_given )
            printk("nested-host: off, %s\n",
                   pv_shim ? "this is a PV shim" : "not a guest of Xen");
        return 0;
    }

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
    nested_host = nested_features & XEN_NESTED_FEAT_evtchn;
    if ( !nested_host )
        return 0;

    register_keyhandler('X', dump, "dump nested host", 1);

    printk("nested-host: Xen %u.%u, d%u there; events%s%s%s%s%s%s; owner ",
           l0_version >> 16, l0_version & 0xffff, nested_l0_domid,
           nested_features & XEN_NESTED_FEAT_grant_mediated
           ? ", mediated grants" : "",
           nested_features & XEN_NESTED_FEAT_grant_direct
           ? ", direct grants" : "",
           nested_features & XEN_NESTED_FEAT_grant_map
           ? ", foreign grants" : "",
           nested_features & XEN_NESTED_FEAT_memory ? ", memory" : "",
           nested_features & XEN_NESTED_FEAT_store ? ", store" : "",
           nested_features & XEN_NESTED_FEAT_console ? ", console" : "");
    nested_owner_print();

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
