// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: hypercalls of KVM guests.
 *
 * Answered here is what concerns event channels, grants and HVM params.  The
 * rest is the monitor's, where pages and processors are concerned, or KVM's.
 *
 * An argument is copied once, and back if it has results.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/nospec.h>

#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/hvm/params.h>

#include "kvm.h"

/* ---- event channels ---- */

union evtchn_arg {
	struct evtchn_bind_interdomain bind_interdomain;
	struct evtchn_bind_virq bind_virq;
	struct evtchn_close close;
	struct evtchn_send send;
	struct evtchn_status status;
	struct evtchn_alloc_unbound alloc_unbound;
	struct evtchn_bind_ipi bind_ipi;
	struct evtchn_bind_vcpu bind_vcpu;
	struct evtchn_unmask unmask;
};

#define ARG(name, has_out) \
	[EVTCHNOP_##name] = { sizeof(struct evtchn_##name), has_out }

static const struct {
	u8 size;
	bool out;
} evtchn_args[] = {
	ARG(bind_interdomain, true),
	ARG(bind_virq, true),
	ARG(close, false),
	ARG(send, false),
	ARG(status, true),
	ARG(alloc_unbound, true),
	ARG(bind_ipi, true),
	ARG(bind_vcpu, false),
	ARG(unmask, false),
};

static long event_channel_op(struct xlocal_guest *g, struct kvm_vcpu *vcpu,
			     u64 cmd, u64 addr)
{
	union evtchn_arg arg;
	long ret;

	if (cmd >= ARRAY_SIZE(evtchn_args))
		return -ENOSYS;
	cmd = array_index_nospec(cmd, ARRAY_SIZE(evtchn_args));
	if (!evtchn_args[cmd].size)
		return -ENOSYS;

	ret = kvm_xen_local_read(vcpu, addr, &arg, evtchn_args[cmd].size);
	if (ret)
		return ret;
	ret = xlocal_event_channel_op(g->d, cmd, &arg);
	/* As with Xen, a port that can't be told stays the guest's. */
	if (!ret && evtchn_args[cmd].out)
		ret = kvm_xen_local_write(vcpu, addr, &arg,
					  evtchn_args[cmd].size);
	return ret;
}

/* ---- grants ---- */

static bool is_self(struct xlocal_guest *g, domid_t domid)
{
	return domid == DOMID_SELF || domid == g->d->domid;
}

static void query_size(struct xlocal_guest *g, struct gnttab_query_size *op)
{
	if (!is_self(g, op->dom)) {
		op->status = GNTST_permission_denied;
		return;
	}
	op->nr_frames = g->d->nr_frames;
	op->max_nr_frames = g->d->nr_frames;
	op->status = GNTST_okay;
}

/* A guest here is a frontend: it maps and copies nobody's grants. */
static long grant_table_op(struct xlocal_guest *g, struct kvm_vcpu *vcpu,
			   u64 cmd, u64 addr, u64 count)
{
	union {
		struct gnttab_query_size query_size;
		struct gnttab_set_version set_version;
		struct gnttab_get_version get_version;
	} arg;
	size_t size;
	long ret;

	switch (cmd) {
	case GNTTABOP_query_size:
		size = sizeof(arg.query_size);
		break;
	case GNTTABOP_set_version:
		size = sizeof(arg.set_version);
		break;
	case GNTTABOP_get_version:
		size = sizeof(arg.get_version);
		break;
	default:
		return -ENOSYS;
	}
	if (count != 1)
		return -EINVAL;

	ret = kvm_xen_local_read(vcpu, addr, &arg, size);
	if (ret)
		return ret;
	switch (cmd) {
	case GNTTABOP_query_size:
		query_size(g, &arg.query_size);
		break;
	case GNTTABOP_set_version:
		if (arg.set_version.version != 1)
			return -EINVAL;
		break;
	case GNTTABOP_get_version:
		if (!is_self(g, arg.get_version.dom))
			return -EPERM;
		arg.get_version.version = 1;
		break;
	}
	return kvm_xen_local_write(vcpu, addr, &arg, size);
}

/* ---- HVM params ---- */

/* True when it is answered.  How events reach a processor is the monitor's. */
static bool hvm_op(struct xlocal_guest *g, struct kvm_vcpu *vcpu, u64 cmd,
		   u64 addr, long *ret)
{
	struct xen_hvm_param op;

	if (cmd != HVMOP_get_param && cmd != HVMOP_set_param)
		return false;

	*ret = kvm_xen_local_read(vcpu, addr, &op, sizeof(op));
	if (*ret)
		return true;
	if (cmd == HVMOP_set_param && op.index == HVM_PARAM_CALLBACK_IRQ)
		return false;

	if (cmd == HVMOP_set_param || !is_self(g, op.domid))
		*ret = -EPERM;
	else
		*ret = xlocal_domain_get_param(g->d, op.index, &op.value);
	if (!*ret)
		*ret = kvm_xen_local_write(vcpu, addr, &op, sizeof(op));
	return true;
}

/* See struct kvm_xen_local_ops. */
bool xlocal_guest_call(struct xlocal_guest *g, struct kvm_vcpu *vcpu, u64 nr,
		       const u64 *params, u64 *result)
{
	long ret;

	switch (nr) {
	case __HYPERVISOR_event_channel_op:
		ret = event_channel_op(g, vcpu, params[0], params[1]);
		break;
	case __HYPERVISOR_grant_table_op:
		ret = grant_table_op(g, vcpu, params[0], params[1], params[2]);
		break;
	case __HYPERVISOR_hvm_op:
		if (!hvm_op(g, vcpu, params[0], params[1], &ret))
			return false;
		break;
	default:
		return false;
	}
	*result = ret;
	return true;
}
