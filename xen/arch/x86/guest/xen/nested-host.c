/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-host.c
 *
 * The nested host: the Xen one level further out (L0), made reachable for one
 * domain of ours, the owner.  Here: command line, what is offered, who owns
 * it, which frames of L0 the owner may map.
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
static uint16_t __ro_after_init l0_domid;

/* Frames of L0 that the owner may map, or may have mapped, cacheable. */
static struct rangeset *__read_mostly memory_frames;

/* Instead of a domid: the hardware domain, whatever its number; nobody. */
#define OWNER_HARDWARE DOMID_INVALID
#define OWNER_NOBODY   DOMID_IDLE

/* Held for reading while an operation runs, lest the owner change below it. */
static DEFINE_RWLOCK(owner_lock);
static domid_t __read_mostly owner = OWNER_HARDWARE;

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
    return owner == OWNER_HARDWARE ? is_hardware_domain(d)
                                   : d->domain_id == owner;
}

static void print_owner(void)
{
    domid_t domid = ACCESS_ONCE(owner);

    if ( domid == OWNER_HARDWARE )
        printk("is the hardware domain\n");
    else if ( domid == OWNER_NOBODY )
        printk("changes\n");
    else
        printk("d%u\n", domid);
}

bool nested_owner_get(const struct domain *d)
{
    read_lock(&owner_lock);
    if ( is_owner(d) )
        return true;
    read_unlock(&owner_lock);

    return false;
}

void nested_owner_put(void)
{
    read_unlock(&owner_lock);
}

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

    if ( op->pad )
        return -EINVAL;

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
    op->l0_domid = l0_domid;
    op->pad = 0;
    op->max_batch = NESTED_MAX_BATCH;
    op->max_ports = nested_evtchn_max();
    op->max_grants = nested_grant_max();
    op->first_grant = nested_grant_first();

    return 0;
}

static void set_owner(domid_t domid)
{
    write_lock(&owner_lock);
    owner = domid;
    write_unlock(&owner_lock);
}

/*
 * The owner @d is to have nothing left on L0; there must be no owner by now.
 * -ERESTART: to be called again.
 */
static int release_all(struct domain *d)
{
    return nested_evtchn_release(d) ?:
           nested_map_release() ?:
           nested_grant_release(d);
}

int nested_domain_destroy(struct domain *d)
{
    static domid_t dying = DOMID_INVALID; /* An owner; below domctl_lock. */
    int rc;

    /* One that is half built has nothing; the next try is to be the owner. */
    if ( !nested_host || d->is_dying == DOMDYING_dead )
        return 0;

    write_lock(&owner_lock);
    if ( is_owner(d) )
    {
        dying = d->domain_id;
        owner = OWNER_NOBODY;
    }
    write_unlock(&owner_lock);

    if ( dying != d->domain_id )
        return 0;

    rc = release_all(d);
    if ( !rc )
    {
        dying = DOMID_INVALID;
        set_owner(OWNER_HARDWARE);
    }

    return rc;
}

/*
 * May the connection be taken from the present owner?  A guest that has frames
 * of L0 mapped keeps them mapped, so it has to be destroyed first.
 */
static bool owner_may_change(void)
{
    struct domain *d;

    if ( owner == OWNER_NOBODY )
        return false;

    if ( owner == OWNER_HARDWARE || owner == hardware_domain->domain_id )
        return true;

    d = rcu_lock_domain_by_id(owner);
    if ( d )
        rcu_unlock_domain(d);

    return !d;
}

int nested_set_owner(struct domain *caller,
                     const struct xen_nested_set_owner *op)
{
    struct domain *d;
    int rc = 0;
    bool change = false;

    if ( op->pad )
        return -EINVAL;

    d = rcu_lock_domain_by_any_id(op->domid);
    if ( !d )
        return -ESRCH;

    write_lock(&owner_lock);
    if ( !is_owner(d) )
    {
        change = owner_may_change();
        if ( change )
            owner = OWNER_NOBODY;
        else
            rc = -EBUSY;
    }
    write_unlock(&owner_lock);

    if ( change )
    {
        /* The size of our grant table bounds this. */
        while ( release_all(caller) )
            process_pending_softirqs();

        write_lock(&owner_lock);
        /* Pairs with nested_domain_destroy(), which runs once this is set. */
        if ( d->is_dying )
            rc = -ESRCH;
        owner = rc || is_hardware_domain(d) ? OWNER_HARDWARE : d->domain_id;
        write_unlock(&owner_lock);
    }

    rcu_unlock_domain(d);

    return rc;
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

static void cf_check dump(unsigned char key)
{
    unsigned int published, retired;

    nested_grant_count(&published, &retired);
    printk("nested-host: %u ports, %u grants, %u retired, %u maps, "
           "%u frames given back, owner ",
           nested_evtchn_count(), published, retired, nested_map_count(),
           nested_memory_count());
    print_owner();
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

    rc = nested_map_init();
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
    l0_domid = eax & XEN_HVM_CPUID_DOMID_PRESENT ? ecx : DOMID_INVALID;
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
           l0_version >> 16, l0_version & 0xffff, l0_domid,
           nested_features & XEN_NESTED_FEAT_grant_mediated
           ? ", mediated grants" : "",
           nested_features & XEN_NESTED_FEAT_grant_direct
           ? ", direct grants" : "",
           nested_features & XEN_NESTED_FEAT_grant_map
           ? ", foreign grants" : "",
           nested_features & XEN_NESTED_FEAT_memory ? ", memory" : "",
           nested_features & XEN_NESTED_FEAT_store ? ", store" : "",
           nested_features & XEN_NESTED_FEAT_console ? ", console" : "");
    print_owner();

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
