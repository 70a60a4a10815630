// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: hypercalls as such.
 *
 * Two ways lead here.  The kernel's own come with kernel pointers, in any
 * context, and are trusted as far as the kernel is.  Those of programs, through
 * privcmd, come with user pointers; of them only a few that xenstored and
 * xenconsoled need are answered, none of which can hurt the kernel's own use of
 * event channels and grants.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/version.h>

#include "local.h"

/* ---- of this kernel ---- */

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

static long event_channel_op(struct xlocal_domain *d, unsigned int cmd,
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
		return event_channel_op(xlocal_dom0, args[0], (void *)args[1]);
	case __HYPERVISOR_hvm_op:
		return hvm_op(xlocal_dom0, args[0], (void *)args[1]);
	case __HYPERVISOR_xen_version:
		return args[0] == XENVER_version ? XLOCAL_VERSION : -ENOSYS;
	default:
		return -ENOSYS;
	}
}

/* ---- of its programs ---- */

/*
 * The part of Xen's domctl.h that is answered: programs are built for one
 * version of it, and those of Xen 4.18 to 4.20 lay this part out alike.
 */
#define DOMCTL_VERSION_FIRST	0x16
#define DOMCTL_VERSION_LAST	0x17
#define DOMCTL_getdomaininfo	5
#define DOMINF_hvm_guest	BIT(1)
#define DOMINF_running		BIT(5)

struct domctl_getdomaininfo {
	domid_t domain;
	u16 pad1;
	u32 flags;
	u64 tot_pages;
	u64 max_pages;
	u64 outstanding_pages;
	u64 shr_pages;
	u64 paged_pages;
	u64 shared_info_frame;
	u64 cpu_time;
	u32 nr_online_vcpus;
	u32 max_vcpu_id;
	u32 ssidref;
	u8 handle[16];
	u32 cpupool;
	u8 gpaddr_bits;
	u8 pad2[7];
	u32 arch_config[2];
} __aligned(8);

struct domctl {
	u32 cmd;
	u32 interface_version;
	domid_t domain;
	u16 pad[3];
	union {
		struct domctl_getdomaininfo info;
		u8 pad[128];
	} u;
};

static_assert(sizeof(struct domctl) == 144);
static_assert(sizeof(struct domctl_getdomaininfo) == 112);

static long domctl(struct xlocal_domain *caller, struct domctl __user *arg)
{
	struct domctl op;
	struct xlocal_domain *d;

	if (copy_from_user(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.interface_version < DOMCTL_VERSION_FIRST ||
	    op.interface_version > DOMCTL_VERSION_LAST)
		return -EACCES;
	if (op.cmd != DOMCTL_getdomaininfo)
		return -EOPNOTSUPP;

	d = xlocal_domain_find(caller, op.domain);
	if (!d)
		return -ESRCH;
	op.domain = d->domid;
	op.u.info = (struct domctl_getdomaininfo) {
		.domain = d->domid,
		.flags = DOMINF_running | (d->domid ? DOMINF_hvm_guest : 0),
		.nr_online_vcpus = d->nr_vcpus,
		.max_vcpu_id = d->nr_vcpus - 1,
	};
	xlocal_domain_put(d);

	return copy_to_user(arg, &op, sizeof(op)) ? -EFAULT : 0;
}

static long user_event_channel_op(struct xlocal_domain *d, unsigned int cmd,
				  void __user *arg)
{
	union {
		struct evtchn_alloc_unbound alloc_unbound;
		struct evtchn_status status;
	} op = {};
	size_t size;
	long ret;

	/* Others could take a port from the kernel that it holds. */
	switch (cmd) {
	case EVTCHNOP_alloc_unbound:
		size = sizeof(op.alloc_unbound);
		break;
	case EVTCHNOP_status:
		size = sizeof(op.status);
		break;
	default:
		return -EOPNOTSUPP;
	}

	if (copy_from_user(&op, arg, size))
		return -EFAULT;
	ret = event_channel_op(d, cmd, &op);
	if (!ret && copy_to_user(arg, &op, size))
		ret = -EFAULT;
	return ret;
}

/**
 * xlocal_user_call - a hypercall that a program makes through privcmd
 * @d: domain the program runs in
 * @op: number of the hypercall
 * @args: its five arguments; pointers are to user memory
 *
 * The device has checked that the program may.  Process context.
 *
 * Return: as the hypercall does; -EOPNOTSUPP for all but a few.
 */
long xlocal_user_call(struct xlocal_domain *d, unsigned int op,
		      const u64 *args)
{
	switch (op) {
	case __HYPERVISOR_domctl:
		return domctl(d, (void __user *)args[0]);
	case __HYPERVISOR_event_channel_op:
		return user_event_channel_op(d, args[0],
					     (void __user *)args[1]);
	case __HYPERVISOR_xen_version:
		return args[0] == XENVER_version ? XLOCAL_VERSION : -EOPNOTSUPP;
	default:
		return -EOPNOTSUPP;
	}
}
