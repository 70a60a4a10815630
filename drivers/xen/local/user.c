// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: hypercalls of domain 0's programs, through privcmd.
 *
 * They come with user pointers.  Only a few that xenstored and xenconsoled need
 * are answered, none of which can hurt the kernel's own use of event channels and
 * grants.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <xen/interface/xen.h>
#include <xen/interface/version.h>

#include "local.h"

/*
 * The part of Xen's domctl.h and sysctl.h that is answered: programs are built
 * for one version of it, and those of Xen 4.18 to 4.20 lay this part out alike.
 */
#define DOMCTL_VERSION_FIRST	0x16
#define DOMCTL_VERSION_LAST	0x17
#define DOMCTL_getdomaininfo	5
#define SYSCTL_VERSION		0x15
#define SYSCTL_getdomaininfolist	6
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

struct sysctl_getdomaininfolist {
	domid_t first_domain;
	u16 pad1;
	u32 max_domains;
	u64 buffer;
	u32 num_domains;
	u32 pad2;
};

struct sysctl {
	u32 cmd;
	u32 interface_version;
	union {
		struct sysctl_getdomaininfolist list;
		u8 pad[128];
	} u;
};

static_assert(sizeof(struct domctl) == 144);
static_assert(sizeof(struct sysctl) == 136);
static_assert(sizeof(struct domctl_getdomaininfo) == 112);

static struct domctl_getdomaininfo info_of(struct xlocal_domain *d)
{
	return (struct domctl_getdomaininfo) {
		.domain = d->domid,
		.flags = DOMINF_running | (d->domid ? DOMINF_hvm_guest : 0),
		.nr_online_vcpus = d->nr_vcpus,
		.max_vcpu_id = d->nr_vcpus - 1,
	};
}

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
	op.u.info = info_of(d);
	xlocal_domain_put(d);

	return copy_to_user(arg, &op, sizeof(op)) ? -EFAULT : 0;
}

/* How xenconsoled learns of domains. */
static long sysctl(struct sysctl __user *arg)
{
	struct domctl_getdomaininfo __user *buffer;
	struct sysctl_getdomaininfolist *list;
	struct domctl_getdomaininfo info;
	struct xlocal_domain *d;
	struct sysctl op;
	domid_t domid;

	if (copy_from_user(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != SYSCTL_VERSION)
		return -EACCES;
	if (op.cmd != SYSCTL_getdomaininfolist)
		return -EOPNOTSUPP;

	list = &op.u.list;
	buffer = u64_to_user_ptr(list->buffer);
	domid = list->first_domain;
	for (list->num_domains = 0; list->num_domains < list->max_domains;
	     list->num_domains++) {
		d = xlocal_domain_next(domid);
		if (!d)
			break;
		info = info_of(d);
		domid = d->domid + 1;
		xlocal_domain_put(d);
		if (copy_to_user(&buffer[list->num_domains], &info,
				 sizeof(info)))
			return -EFAULT;
	}
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
	ret = xlocal_event_channel_op(d, cmd, &op);
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
	case __HYPERVISOR_sysctl:
		return sysctl((void __user *)args[0]);
	case __HYPERVISOR_event_channel_op:
		return user_event_channel_op(d, args[0],
					     (void __user *)args[1]);
	case __HYPERVISOR_xen_version:
		return args[0] == XENVER_version ? XLOCAL_VERSION : -EOPNOTSUPP;
	default:
		return -EOPNOTSUPP;
	}
}
