// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: hypercalls as such.
 *
 * The kernel's own come with kernel pointers, in any context, and are trusted as
 * far as the kernel is.  Those of its programs (user.c) and of guests
 * (kvm-call.c) are copied and checked before they come here.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/errno.h>
#include <linux/export.h>

#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/version.h>

#include "local.h"

static int alloc_unbound(struct xlocal_domain *d,
			 struct evtchn_alloc_unbound *op)
{
	domid_t remote = op->remote_dom == DOMID_SELF ? d->domid :
							op->remote_dom;
	struct xlocal_domain *owner;
	int ret;

	if (op->dom != DOMID_SELF && op->dom != d->domid && !d->privileged)
		return -EPERM;
	owner = xlocal_domain_find(d, op->dom);
	if (!owner)
		return -ESRCH;
	ret = xlocal_evtchn_alloc_unbound(owner, remote, true, &op->port);
	xlocal_domain_put(owner);
	return ret;
}

static int bind_interdomain(struct xlocal_domain *d,
			    struct evtchn_bind_interdomain *op)
{
	struct xlocal_domain *rd = xlocal_domain_find(d, op->remote_dom);
	int ret;

	if (!rd)
		return -ESRCH;
	ret = xlocal_evtchn_bind_interdomain(d, rd, op->remote_port,
					     &op->local_port);
	xlocal_domain_put(rd);
	return ret;
}

static int status(struct xlocal_domain *d, struct evtchn_status *op)
{
	struct xlocal_domain *owner;
	int ret;

	if (op->dom != DOMID_SELF && op->dom != d->domid && !d->privileged)
		return -EPERM;
	owner = xlocal_domain_find(d, op->dom);
	if (!owner)
		return -ESRCH;
	ret = xlocal_evtchn_status(owner, op->port, op);
	xlocal_domain_put(owner);
	return ret;
}

/**
 * xlocal_event_channel_op - an operation on event channels
 * @d: who asks
 * @cmd: EVTCHNOP_*
 * @arg: its argument, in memory that only the caller writes to
 *
 * Any context; process context for a domain that has timers.
 *
 * Return: 0, -ENOSYS for an operation that there is not, other errors.
 */
long xlocal_event_channel_op(struct xlocal_domain *d, unsigned int cmd,
			     void *arg)
{
	switch (cmd) {
	case EVTCHNOP_alloc_unbound:
		return alloc_unbound(d, arg);
	case EVTCHNOP_bind_interdomain:
		return bind_interdomain(d, arg);
	case EVTCHNOP_bind_virq: {
		struct evtchn_bind_virq *op = arg;

		return xlocal_evtchn_bind_virq(d, op->virq, op->vcpu,
					       &op->port);
	}
	case EVTCHNOP_bind_ipi: {
		struct evtchn_bind_ipi *op = arg;

		return xlocal_evtchn_bind_ipi(d, op->vcpu, &op->port);
	}
	case EVTCHNOP_close:
		return xlocal_evtchn_close(d, ((struct evtchn_close *)arg)->port);
	case EVTCHNOP_send:
		return xlocal_evtchn_send(d, ((struct evtchn_send *)arg)->port);
	case EVTCHNOP_status:
		return status(d, arg);
	case EVTCHNOP_bind_vcpu: {
		struct evtchn_bind_vcpu *op = arg;

		return xlocal_evtchn_bind_vcpu(d, op->port, op->vcpu);
	}
	case EVTCHNOP_unmask:
		return xlocal_evtchn_unmask(d, ((struct evtchn_unmask *)arg)->port);
	default:
		return -ENOSYS;
	}
}
EXPORT_SYMBOL_NS_GPL(xlocal_event_channel_op, XEN_LOCAL);

static long hvm_op(struct xlocal_domain *d, unsigned int cmd,
		   struct xen_hvm_param *op)
{
	if (op->domid != DOMID_SELF && op->domid != d->domid)
		return -EPERM;
	switch (cmd) {
	case HVMOP_get_param:
		return xlocal_domain_get_param(d, op->index, &op->value);
	case HVMOP_set_param:
		return xlocal_domain_set_param(d, op->index, op->value);
	default:
		return -ENOSYS;
	}
}

/* See xenhost_local_call_t. */
long xlocal_call(unsigned int op, const unsigned long *args)
{
	switch (op) {
	case __HYPERVISOR_event_channel_op:
		return xlocal_event_channel_op(xlocal_dom0, args[0], (void *)args[1]);
	case __HYPERVISOR_hvm_op:
		return hvm_op(xlocal_dom0, args[0], (void *)args[1]);
	case __HYPERVISOR_xen_version:
		return args[0] == XENVER_version ? XLOCAL_VERSION : -ENOSYS;
	default:
		return -ENOSYS;
	}
}
