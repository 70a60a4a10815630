// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: event channels, 2-level.
 *
 * A domain's ports change under its evtchn_lock; two ends of one channel change
 * under both domains' locks, the smaller id first.  While a port is
 * interdomain and its domain's lock is held, the other end can't go, nor its
 * domain: that is what a send rests on, which takes one lock only.
 *
 * The bitmaps are shared with the domain, which may write to them at will:
 * nothing is believed of them but what makes an upcall more or less.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include <asm/xen/interface.h>

#include "local.h"

int xlocal_evtchn_init(struct xlocal_domain *d)
{
	spin_lock_init(&d->evtchn_lock);
	mutex_init(&d->timer_lock);
	d->ports = kvcalloc(XLOCAL_NR_PORTS, sizeof(*d->ports), GFP_KERNEL);
	d->used = bitmap_zalloc(XLOCAL_NR_PORTS, GFP_KERNEL);
	d->vcpu_virqs = kcalloc(d->nr_vcpus, sizeof(*d->vcpu_virqs),
				GFP_KERNEL);
	if (!d->ports || !d->used || !d->vcpu_virqs) {
		xlocal_evtchn_free(d);
		return -ENOMEM;
	}

	/* There is no port 0. */
	__set_bit(0, d->used);
	return 0;
}

void xlocal_evtchn_free(struct xlocal_domain *d)
{
	kvfree(d->ports);
	bitmap_free(d->used);
	kfree(d->vcpu_virqs);
}

static struct xlocal_port *port_of(struct xlocal_domain *d, evtchn_port_t port)
{
	if (!port || port >= XLOCAL_NR_PORTS)
		return NULL;
	return &d->ports[array_index_nospec(port, XLOCAL_NR_PORTS)];
}

/* ---- delivery ---- */

static void raise_upcall(struct xlocal_domain *d, evtchn_port_t port, u32 vcpu)
{
	struct vcpu_info *v = READ_ONCE(d->vcpus[vcpu]);

	if (!v)
		return;
	if (test_and_set_bit(port / BITS_PER_LONG,
			     (unsigned long *)&v->evtchn_pending_sel))
		return;
	/* Pairs with xen_evtchn_do_upcall(), which looks again after it. */
	if (!xchg(&v->evtchn_upcall_pending, 1))
		d->ops->upcall(d, vcpu);
}

/* See struct xlocal_domain_ops. */
void xlocal_evtchn_deliver(struct xlocal_domain *d, evtchn_port_t port,
			   unsigned int vcpu)
{
	struct shared_info *s = READ_ONCE(d->shared);

	if (!s || test_and_set_bit(port, (unsigned long *)s->evtchn_pending))
		return;
	if (!test_bit(port, (unsigned long *)s->evtchn_mask))
		raise_upcall(d, port, vcpu);
}

/* Under the lock of a domain that keeps the port as it is. */
static void set_pending(struct xlocal_domain *d, evtchn_port_t port)
{
	d->ops->deliver(d, port, READ_ONCE(d->ports[port].vcpu));
}

static void clear_pending(struct xlocal_domain *d, evtchn_port_t port)
{
	struct shared_info *s = READ_ONCE(d->shared);

	if (s)
		clear_bit(port, (unsigned long *)s->evtchn_pending);
}

/* ---- making and closing ---- */

/* Under the lock.  Returns the port or a negative errno. */
int xlocal_evtchn_take_port(struct xlocal_domain *d, u8 state, bool hold)
{
	unsigned long port;

	if (d->dying)
		return -ESHUTDOWN;
	port = find_first_zero_bit(d->used, XLOCAL_NR_PORTS);
	if (port >= XLOCAL_NR_PORTS)
		return -ENOSPC;
	if (hold && !try_module_get(THIS_MODULE))
		return -ESHUTDOWN;
	if (hold)
		atomic_inc(&d->nr_held);

	__set_bit(port, d->used);
	d->ports[port] = (struct xlocal_port) { .state = state, .held = hold };
	clear_pending(d, port);
	atomic_inc(&d->nr_ports);
	return port;
}

/* Under the lock. */
static void free_port(struct xlocal_domain *d, evtchn_port_t port)
{
	bool held = d->ports[port].held;

	d->ports[port] = (struct xlocal_port) { .state = EVTCHNSTAT_closed };
	clear_pending(d, port);
	__clear_bit(port, d->used);
	atomic_dec(&d->nr_ports);
	if (held) {
		atomic_dec(&d->nr_held);
		module_put(THIS_MODULE);
	}
}

static void lock_pair(struct xlocal_domain *a, struct xlocal_domain *b,
		      unsigned long *flags)
	__acquires(&a->evtchn_lock) __acquires(&b->evtchn_lock)
{
	if (a->domid > b->domid)
		swap(a, b);
	spin_lock_irqsave(&a->evtchn_lock, *flags);
	if (a != b)
		spin_lock_nested(&b->evtchn_lock, SINGLE_DEPTH_NESTING);
	else
		__acquire(&b->evtchn_lock);
}

static void unlock_pair(struct xlocal_domain *a, struct xlocal_domain *b,
			unsigned long flags)
	__releases(&a->evtchn_lock) __releases(&b->evtchn_lock)
{
	if (a->domid > b->domid)
		swap(a, b);
	if (a != b)
		spin_unlock(&b->evtchn_lock);
	else
		__release(&b->evtchn_lock);
	spin_unlock_irqrestore(&a->evtchn_lock, flags);
}

/**
 * xlocal_evtchn_alloc_unbound - EVTCHNOP_alloc_unbound
 * @d: domain that gets the port
 * @remote_dom: who may bind it; need not exist yet
 * @hold: the local host can't go while the port is open
 * @port: out
 *
 * Any context.
 *
 * Return: 0, -ENOSPC when there is no port left, -ESHUTDOWN.
 */
int xlocal_evtchn_alloc_unbound(struct xlocal_domain *d, domid_t remote_dom,
				bool hold, evtchn_port_t *port)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	ret = xlocal_evtchn_take_port(d, EVTCHNSTAT_unbound, hold);
	if (ret > 0) {
		d->ports[ret].remote_dom = remote_dom;
		*port = ret;
		ret = 0;
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(xlocal_evtchn_alloc_unbound, XEN_LOCAL);

/**
 * xlocal_evtchn_bind_interdomain - EVTCHNOP_bind_interdomain
 * @d: domain that gets the port
 * @rd: domain to connect to; may be @d
 * @remote_port: its port, unbound and allocated for @d
 * @port: out
 *
 * Any context.
 *
 * Return: 0, -EINVAL, -ENOSPC, -ESHUTDOWN.
 */
int xlocal_evtchn_bind_interdomain(struct xlocal_domain *d,
				   struct xlocal_domain *rd,
				   evtchn_port_t remote_port,
				   evtchn_port_t *port)
{
	struct xlocal_port *rp = port_of(rd, remote_port);
	unsigned long flags;
	int ret;

	if (!rp)
		return -EINVAL;

	lock_pair(d, rd, &flags);
	ret = -EINVAL;
	if (rp->state != EVTCHNSTAT_unbound || rp->remote_dom != d->domid ||
	    rd->dying)
		goto unlock;
	ret = xlocal_evtchn_take_port(d, EVTCHNSTAT_interdomain, true);
	if (ret < 0)
		goto unlock;

	*port = ret;
	d->ports[*port].peer = rd;
	d->ports[*port].peer_port = remote_port;
	rp->peer = d;
	rp->peer_port = *port;
	rp->state = EVTCHNSTAT_interdomain;
	/* What was sent before anyone listened is lost: have it looked for. */
	set_pending(d, *port);
	ret = 0;
unlock:
	unlock_pair(d, rd, flags);

	if (!ret)
		xlocal_port_bound(rd, remote_port, true);
	return ret;
}

/* The other end's domain, with a reference, or NULL. */
static struct xlocal_domain *get_peer(struct xlocal_domain *d,
				      struct xlocal_port *p)
{
	struct xlocal_domain *rd = NULL;
	unsigned long flags;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	if (p->state == EVTCHNSTAT_interdomain) {
		rd = p->peer;
		kref_get(&rd->ref);
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return rd;
}

/**
 * xlocal_evtchn_close - EVTCHNOP_close
 * @d: the domain
 * @port: its port
 *
 * The other end becomes unbound, for @d to bind again.  Any context; process
 * context for a domain that has timers.
 *
 * Return: 0, or -EINVAL when it is not open.
 */
int xlocal_evtchn_close(struct xlocal_domain *d, evtchn_port_t port)
{
	struct xlocal_port *p = port_of(d, port);
	evtchn_port_t peer_port = 0;
	bool same, timer = false;
	struct xlocal_domain *rd;
	unsigned long flags;
	u32 vcpu = 0;
	int ret;

	if (!p)
		return -EINVAL;

	for (;;) {
		rd = get_peer(d, p);
		lock_pair(d, rd ?: d, &flags);
		same = (p->state == EVTCHNSTAT_interdomain ? p->peer : NULL) == rd;
		if (same)
			break;
		unlock_pair(d, rd ?: d, flags);
		xlocal_domain_put(rd);
	}

	ret = p->state == EVTCHNSTAT_closed ? -EINVAL : 0;
	if (ret)
		goto unlock;
	if (rd) {
		struct xlocal_port *rp = &rd->ports[p->peer_port];

		peer_port = p->peer_port;
		rp->state = EVTCHNSTAT_unbound;
		rp->remote_dom = d->domid;
		rp->peer = NULL;
	}
	if (p->state == EVTCHNSTAT_virq) {
		timer = xlocal_evtchn_forget_virq(d, p);
		vcpu = p->vcpu;
	}
	free_port(d, port);
unlock:
	unlock_pair(d, rd ?: d, flags);

	if (timer)
		xlocal_evtchn_tell_timer(d, vcpu);
	if (peer_port)
		xlocal_port_bound(rd, peer_port, false);
	xlocal_domain_put(rd);
	return ret;
}

/* The domain is dying, so that no port is taken meanwhile. */
void xlocal_evtchn_close_all(struct xlocal_domain *d)
{
	evtchn_port_t port;

	for (port = 1; port < XLOCAL_NR_PORTS; port++)
		xlocal_evtchn_close(d, port);
}

/* ---- using ---- */

/**
 * xlocal_evtchn_send - EVTCHNOP_send
 * @d: the domain
 * @port: its port
 *
 * Any context.
 *
 * Return: 0, also when nobody listens; -EINVAL when it is no port to send on.
 */
int xlocal_evtchn_send(struct xlocal_domain *d, evtchn_port_t port)
{
	struct xlocal_port *p = port_of(d, port);
	unsigned long flags;
	int ret = 0;

	if (!p)
		return -EINVAL;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	switch (p->state) {
	case EVTCHNSTAT_interdomain:
		set_pending(p->peer, p->peer_port);
		break;
	case EVTCHNSTAT_ipi:
		set_pending(d, port);
		break;
	case EVTCHNSTAT_unbound:
		break;
	default:
		ret = -EINVAL;
		break;
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return ret;
}

/**
 * xlocal_evtchn_status - EVTCHNOP_status
 * @d: the domain
 * @port: its port
 * @status: out
 *
 * Any context.
 *
 * Return: 0 or -EINVAL.
 */
int xlocal_evtchn_status(struct xlocal_domain *d, evtchn_port_t port,
			 struct evtchn_status *status)
{
	struct xlocal_port *p = port_of(d, port);
	unsigned long flags;

	if (!p)
		return -EINVAL;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	status->status = p->state;
	status->vcpu = p->vcpu;
	switch (p->state) {
	case EVTCHNSTAT_unbound:
		status->u.unbound.dom = p->remote_dom;
		break;
	case EVTCHNSTAT_interdomain:
		status->u.interdomain.dom = p->peer->domid;
		status->u.interdomain.port = p->peer_port;
		break;
	case EVTCHNSTAT_virq:
		status->u.virq = p->virq;
		break;
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return 0;
}

/**
 * xlocal_evtchn_bind_vcpu - EVTCHNOP_bind_vcpu
 * @d: the domain
 * @port: its port
 * @vcpu: where its events are to be delivered
 *
 * Any context.
 *
 * Return: 0 or -EINVAL, also for what belongs to one processor.
 */
int xlocal_evtchn_bind_vcpu(struct xlocal_domain *d, evtchn_port_t port,
			    u32 vcpu)
{
	struct xlocal_port *p = port_of(d, port);
	unsigned long flags;
	int ret = -EINVAL;

	if (!p || vcpu >= d->nr_vcpus)
		return -EINVAL;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	if (p->state != EVTCHNSTAT_closed && p->state != EVTCHNSTAT_ipi &&
	    !(p->state == EVTCHNSTAT_virq && p->virq < XLOCAL_VCPU_VIRQS)) {
		WRITE_ONCE(p->vcpu, vcpu);
		ret = 0;
	}
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return ret;
}

/**
 * xlocal_evtchn_unmask - EVTCHNOP_unmask
 * @d: the domain
 * @port: its port
 *
 * Any context.
 *
 * Return: 0 or -EINVAL.
 */
int xlocal_evtchn_unmask(struct xlocal_domain *d, evtchn_port_t port)
{
	struct xlocal_port *p = port_of(d, port);
	struct shared_info *s = READ_ONCE(d->shared);
	unsigned long flags;

	if (!p || !s)
		return -EINVAL;

	spin_lock_irqsave(&d->evtchn_lock, flags);
	/*
	 * In this order: who sends sets pending and then looks at the mask, so
	 * that one of the two sees the other.  What is pending is delivered
	 * anew, now that it can be.
	 */
	if (test_and_clear_bit(port, (unsigned long *)s->evtchn_mask) &&
	    test_and_clear_bit(port, (unsigned long *)s->evtchn_pending))
		set_pending(d, port);
	spin_unlock_irqrestore(&d->evtchn_lock, flags);
	return 0;
}
