// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: event channels that have no other end: virqs, and what processors
 * of one domain send each other.
 *
 * VIRQ_TIMER and VIRQ_DEBUG are of one processor each.  Nobody here raises
 * them: who runs the domain does the first, and nobody the second, which the
 * domain wants to bind all the same.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/nospec.h>

#include "local.h"

static evtchn_port_t *virq_slot(struct xlocal_domain *d, u32 virq, u32 vcpu)
{
	BUILD_BUG_ON(VIRQ_TIMER >= XLOCAL_VCPU_VIRQS);
	BUILD_BUG_ON(VIRQ_DEBUG >= XLOCAL_VCPU_VIRQS);

	if (virq < XLOCAL_VCPU_VIRQS)
		return &d->vcpu_virqs[vcpu][virq];
	return &d->virqs[virq];
}

/**
 * xlocal_evtchn_bind_virq - EVTCHNOP_bind_virq
 * @d: the domain
 * @virq: VIRQ_DOM_EXC, for the privileged domain; VIRQ_TIMER and VIRQ_DEBUG, for
 *	one that has timers
 * @vcpu: processor it is delivered to
 * @port: out
 *
 * Any context; process context for a domain that has timers.
 *
 * Return: 0, -EINVAL, -EPERM, -EOPNOTSUPP, -EEXIST when it is bound already,
 * -ENOSPC, -ESHUTDOWN.
 */
int xlocal_evtchn_bind_virq(struct xlocal_domain *d, u32 virq, u32 vcpu,
			    evtchn_port_t *port)
{
	evtchn_port_t *slot;
	unsigned long flags;
	int ret;

	if (virq >= NR_VIRQS || vcpu >= d->nr_vcpus)
		return -EINVAL;
	virq = array_index_nospec(virq, NR_VIRQS);
	vcpu = array_index_nospec(vcpu, d->nr_vcpus);
	if (virq < XLOCAL_VCPU_VIRQS ? !d->ops->timer : virq != VIRQ_DOM_EXC)
		return -EOPNOTSUPP;
	if (virq == VIRQ_DOM_EXC && !d->privileged)
		return -EPERM;

	slot = virq_slot(d, virq, vcpu);
	spin_lock_irqsave(&d->evtchn_lock, flags);
	ret = *slot ? -EEXIST :
		      xlocal_evtchn_take_port(d, EVTCHNSTAT_virq, true);
	if (ret > 0) {
		d->ports[ret].virq = virq;
		d->ports[ret].vcpu = vcpu;
		WRITE_ONCE(*slot, ret);
		*port = ret;
		ret = 0;
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);

	if (!ret && virq == VIRQ_TIMER)
		xlocal_evtchn_tell_timer(d, vcpu);
	return ret;
}

/*
 * Have who runs the domain know where the timer of @vcpu goes now.  Whoever is
 * the last to bind or close tells what there is then.  Process context.
 */
void xlocal_evtchn_tell_timer(struct xlocal_domain *d, u32 vcpu)
{
	mutex_lock(&d->timer_lock);
	d->ops->timer(d, vcpu, READ_ONCE(d->vcpu_virqs[vcpu][VIRQ_TIMER]));
	mutex_unlock(&d->timer_lock);
}

/* Under the lock, as the port is closed.  True when it was a timer's. */
bool xlocal_evtchn_forget_virq(struct xlocal_domain *d, struct xlocal_port *p)
{
	WRITE_ONCE(*virq_slot(d, p->virq, p->vcpu), 0);
	return p->virq == VIRQ_TIMER;
}

/**
 * xlocal_evtchn_bind_ipi - EVTCHNOP_bind_ipi
 * @d: the domain
 * @vcpu: processor it is delivered to
 * @port: out
 *
 * Any context.
 *
 * Return: 0, -EINVAL, -ENOSPC, -ESHUTDOWN.
 */
int xlocal_evtchn_bind_ipi(struct xlocal_domain *d, u32 vcpu,
			   evtchn_port_t *port)
{
	unsigned long flags;
	int ret;

	if (vcpu >= d->nr_vcpus)
		return -EINVAL;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	ret = xlocal_evtchn_take_port(d, EVTCHNSTAT_ipi, true);
	if (ret > 0) {
		d->ports[ret].vcpu = vcpu;
		*port = ret;
		ret = 0;
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return ret;
}

/**
 * xlocal_evtchn_raise_virq - tell a domain of a global event
 * @d: the domain
 * @virq: VIRQ_DOM_EXC
 *
 * Any context.
 */
void xlocal_evtchn_raise_virq(struct xlocal_domain *d, u32 virq)
{
	evtchn_port_t port;
	unsigned long flags;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	port = d->virqs[virq];
	if (port)
		d->ops->deliver(d, port, d->ports[port].vcpu);
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
}
