/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-evtchn.c
 *
 * Event channels of L0 for the owner of the nested host.  Each open L0 port
 * is tied to one local port in state ECS_NESTED; the owner sends on, masks and
 * binds the local one as it does any other port.
 *
 * An L0 port stays unmasked from the moment it is tied to a local port until
 * it is let go: xen_evtchn_upcall() clears what is pending below a mask.
 */
#include <xen/cpu.h>
#include <xen/event.h>
#include <xen/notifier.h>
#include <xen/sched.h>
#include <xen/xvmalloc.h>

#include <asm/guest.h>

#include "nested.h"

/* Who gets the events of an L0 port.  Indexed by it, protected by the lock. */
struct nested_port {
    struct domain *d;
    struct evtchn *chn;     /* NULL: nobody */
    unsigned int cpu;       /* where L0 delivers it */
    bool keep;              /* L0 opened it for us; never close it there */
};

static struct nested_port *__read_mostly ports;
/* Taken by the upcall, hence with interrupts off. */
static DEFINE_RWLOCK(ports_lock);

unsigned int nested_evtchn_max(void)
{
    return EVTCHN_2L_NR_CHANNELS - 1;
}

static bool l0_port_is_valid(uint64_t l0_port)
{
    return l0_port && l0_port < EVTCHN_2L_NR_CHANNELS;
}

/*
 * evtchn_port_set_pending() wants @chn to stay in its state.  The channel's
 * own lock would do, but can only be tried here, and an event would be lost
 * where that fails.  The port table does as well: @chn leaves the table before
 * it leaves ECS_NESTED.
 */
void nested_evtchn_upcall(unsigned int l0_port)
{
    struct nested_port *p;
    unsigned long flags;

    if ( l0_port >= EVTCHN_2L_NR_CHANNELS )
        return;

    p = &ports[l0_port];

    read_lock_irqsave(&ports_lock, flags);
    if ( p->chn )
    {
        evtchn_port_set_pending(p->d, p->chn->notify_vcpu_id, p->chn);
        this_cpu(nested_stat).upcalls++;
    }
    read_unlock_irqrestore(&ports_lock, flags);
}

int nested_evtchn_send(const struct evtchn *chn)
{
    this_cpu(nested_stat).sends++;

    return xen_hypercall_evtchn_send(chn->u.nested.l0_port);
}

int nested_evtchn_attach(struct domain *d, struct evtchn *chn)
{
    struct nested_port *p = &ports[chn->u.nested.l0_port];
    unsigned long flags;
    int rc = -EBUSY;

    write_lock_irqsave(&ports_lock, flags);
    if ( !p->chn )
    {
        p->d = d;
        p->chn = chn;
        p->cpu = 0;         /* As L0 does for a new port. */
        rc = 0;
    }
    write_unlock_irqrestore(&ports_lock, flags);

    return rc;
}

void nested_evtchn_detach(const struct evtchn *chn)
{
    struct nested_port *p = &ports[chn->u.nested.l0_port];
    unsigned long flags;

    write_lock_irqsave(&ports_lock, flags);
    if ( p->chn == chn )
    {
        set_bit(chn->u.nested.l0_port, XEN_shared_info->evtchn_mask);
        p->d = NULL;
        p->chn = NULL;
    }
    write_unlock_irqrestore(&ports_lock, flags);
}

static void close_l0(unsigned int l0_port)
{
    struct evtchn_close close = { .port = l0_port };
    int rc = xen_hypercall_event_channel_op(EVTCHNOP_close, &close);

    if ( rc )
        printk_once(XENLOG_WARNING
                    "nested-host: L0 does not close port %u: %d\n",
                    l0_port, rc);
}

void nested_evtchn_close(unsigned int l0_port)
{
    /* Its next owner is to find it open. */
    if ( !ports[l0_port].keep )
        close_l0(l0_port);
}

/* Have L0 deliver the events of @l0_port to @cpu. */
static void move_port(unsigned int l0_port, unsigned int cpu)
{
    struct evtchn_bind_vcpu bind = {
        .port = l0_port,
        .vcpu = per_cpu(vcpu_id, cpu),
    };

    /* It is for speed only: delivery works from anywhere. */
    if ( !xen_hypercall_event_channel_op(EVTCHNOP_bind_vcpu, &bind) )
        ACCESS_ONCE(ports[l0_port].cpu) = cpu;
}

void nested_evtchn_move(const struct evtchn *chn, unsigned int cpu)
{
    unsigned int l0_port = chn->u.nested.l0_port;

    if ( cpu_online(cpu) && ACCESS_ONCE(ports[l0_port].cpu) != cpu )
        move_port(l0_port, cpu);
}

/*
 * What was to be delivered to a CPU that went may have got there and never
 * been looked at: L0 then takes it for pending still, and raises it no more.
 */
static void leave_cpu(unsigned int cpu)
{
    unsigned int l0_port;

    for ( l0_port = 1; l0_port < EVTCHN_2L_NR_CHANNELS; l0_port++ )
    {
        if ( !ACCESS_ONCE(ports[l0_port].chn) ||
             ACCESS_ONCE(ports[l0_port].cpu) != cpu )
            continue;

        move_port(l0_port, 0);
        clear_bit(l0_port, XEN_shared_info->evtchn_pending);
        nested_evtchn_upcall(l0_port);
    }
}

static int cf_check cpu_callback(
    struct notifier_block *nfb, unsigned long action, void *hcpu)
{
    if ( action == CPU_DEAD )
        leave_cpu((unsigned long)hcpu);

    return NOTIFY_DONE;
}

static struct notifier_block cpu_nfb = {
    .notifier_call = cpu_callback,
};

int __init nested_evtchn_init(void)
{
    ports = xvzalloc_array(struct nested_port, EVTCHN_2L_NR_CHANNELS);
    if ( !ports )
        return -ENOMEM;

    register_cpu_notifier(&cpu_nfb);

    return 0;
}

unsigned int nested_evtchn_count(void)
{
    unsigned int l0_port, nr = 0;

    for ( l0_port = 1; l0_port < EVTCHN_2L_NR_CHANNELS; l0_port++ )
        nr += !!ACCESS_ONCE(ports[l0_port].chn);

    return nr;
}

/* The port of @d that is tied to @l0_port, or 0; -EBUSY: another domain's. */
static int find_local(const struct domain *d, unsigned int l0_port)
{
    const struct nested_port *p = &ports[l0_port];
    unsigned long flags;
    int rc = 0;

    read_lock_irqsave(&ports_lock, flags);
    if ( p->chn )
        rc = p->d == d ? p->chn->port : -EBUSY;
    read_unlock_irqrestore(&ports_lock, flags);

    return rc;
}

int nested_evtchn_release(struct domain *d)
{
    unsigned int l0_port, closed = 0;

    for ( l0_port = 1; l0_port < EVTCHN_2L_NR_CHANNELS; l0_port++ )
    {
        int port = find_local(d, l0_port);

        if ( port <= 0 )
            continue;

        evtchn_close_nested(d, port);

        if ( !(++closed % 32) && hypercall_preempt_check() )
            return -ERESTART;
    }

    return 0;
}

/*
 * Tie a new local port of @d to @l0_port and open the latter's tap.  With
 * @notify an event that came before is made up for.  Returns the local port,
 * or negative errno, and then @l0_port is closed unless somebody else has it.
 */
static int open_local(struct domain *d, unsigned int l0_port, bool notify)
{
    int port, rc;

    if ( !l0_port_is_valid(l0_port) )
    {
        close_l0(l0_port);
        return -EIO;
    }

    port = evtchn_bind_nested(d, l0_port);
    if ( port < 0 )
    {
        if ( port != -EBUSY )
            nested_evtchn_close(l0_port);
        return port;
    }

    rc = xen_hypercall_evtchn_unmask(l0_port);
    if ( rc )
    {
        evtchn_close(d, port, false);
        return rc;
    }

    if ( notify )
        nested_evtchn_upcall(l0_port);

    return port;
}

int nested_evtchn_alloc_unbound(struct domain *d,
                                struct xen_nested_evtchn_alloc_unbound *op)
{
    struct evtchn_alloc_unbound alloc = {
        .dom = DOMID_SELF,
        .remote_dom = op->l0_remote_dom,
    };
    int rc;

    if ( op->l0_remote_dom >= DOMID_FIRST_RESERVED || op->pad )
        return -EINVAL;

    rc = xen_hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
    if ( rc )
        return rc;

    /* Nobody can have sent yet: nobody was told the port. */
    rc = open_local(d, alloc.port, false);
    if ( rc < 0 )
        return rc;

    op->port = rc;
    op->l0_port = alloc.port;

    return 0;
}

int nested_evtchn_bind_interdomain(
    struct domain *d, struct xen_nested_evtchn_bind_interdomain *op)
{
    struct evtchn_bind_interdomain bind = {
        .remote_dom = op->l0_remote_dom,
        .remote_port = op->l0_remote_port,
    };
    int rc;

    if ( op->l0_remote_dom >= DOMID_FIRST_RESERVED || op->pad )
        return -EINVAL;

    rc = xen_hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &bind);
    if ( rc )
        return rc;

    rc = open_local(d, bind.local_port, true);
    if ( rc < 0 )
        return rc;

    op->port = rc;
    op->l0_port = bind.local_port;

    return 0;
}

int nested_evtchn_special(struct domain *d, uint64_t l0_port,
                          evtchn_port_t *port)
{
    int rc;

    if ( !l0_port_is_valid(l0_port) )
        return -ENXIO;

    rc = find_local(d, l0_port);
    if ( !rc )
    {
        ports[l0_port].keep = true;
        /* A former user may have had it delivered elsewhere. */
        move_port(l0_port, 0);
        rc = open_local(d, l0_port, true);
        /* Another vCPU may have come first. */
        if ( rc == -EBUSY )
            rc = find_local(d, l0_port) ?: rc;
    }

    if ( rc < 0 )
        return rc;

    *port = rc;

    return 0;
}

/* The L0 port of @port, or negative errno. */
static int get_l0_port(struct domain *d, evtchn_port_t port,
                       unsigned int *vcpu)
{
    int rc = -EINVAL;

    if ( !port_is_valid(d, port) )
        return rc;

    read_lock(&d->event_lock);
    if ( port_is_valid(d, port) )
    {
        const struct evtchn *chn = evtchn_from_port(d, port);

        if ( chn->state == ECS_NESTED )
        {
            rc = chn->u.nested.l0_port;
            *vcpu = chn->notify_vcpu_id;
        }
    }
    read_unlock(&d->event_lock);

    return rc;
}

int nested_evtchn_close_op(struct domain *d,
                           const struct xen_nested_evtchn_close *op)
{
    unsigned int vcpu;
    int rc = get_l0_port(d, op->port, &vcpu);

    return rc < 0 ? rc : evtchn_close(d, op->port, true);
}

int nested_evtchn_status(struct domain *d, struct xen_nested_evtchn_status *op)
{
    struct evtchn_status status = { .dom = DOMID_SELF };
    unsigned int vcpu;
    int rc = get_l0_port(d, op->port, &vcpu);

    if ( rc < 0 )
        return rc;

    status.port = rc;
    rc = xen_hypercall_event_channel_op(EVTCHNOP_status, &status);
    if ( rc )
        return rc;

    op->l0_port = status.port;
    op->status = status.status;
    op->vcpu = vcpu;
    op->l0_remote_dom = DOMID_INVALID;
    op->pad = 0;
    op->l0_remote_port = 0;

    switch ( status.status )
    {
    case EVTCHNSTAT_unbound:
        op->l0_remote_dom = status.u.unbound.dom;
        break;

    case EVTCHNSTAT_interdomain:
        op->l0_remote_dom = status.u.interdomain.dom;
        op->l0_remote_port = status.u.interdomain.port;
        break;
    }

    return 0;
}

int nested_evtchn_bind_vcpu(struct domain *d,
                            const struct xen_nested_evtchn_bind_vcpu *op)
{
    unsigned int vcpu;
    int rc = get_l0_port(d, op->port, &vcpu);

    return rc < 0 ? rc : evtchn_bind_vcpu(op->port, op->vcpu);
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
