// SPDX-License-Identifier: GPL-2.0
/*
 * xen-kvm-guest: hypercalls that neither KVM nor the local host answered: about
 * pages, processors, and the end.  All else is -ENOSYS, as on a Xen that was
 * built without.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/bits.h>

#include "guest.h"

#define HYPERVISOR_memory_op	12
#define HYPERVISOR_xen_version	17
#define HYPERVISOR_console_io	18
#define HYPERVISOR_vcpu_op	24
#define HYPERVISOR_sched_op	29
#define HYPERVISOR_hvm_op	34

#define DOMID_SELF		0x7ff0

/* ---- version ---- */

#define XENVER_extraversion	1
#define XENVER_get_features	6
/* auto-translated, kernel mode, callback by vector, clock */
#define FEATURES		(BIT(2) | BIT(3) | BIT(8) | BIT(9))

static long xen_version(struct vcpu *v, uint64_t cmd, uint64_t arg)
{
	char extra[16] = "-local";
	struct {
		uint32_t index;
		uint32_t map;
	} f;

	switch (cmd) {
	case XENVER_extraversion:
		return copy_to_guest(v, arg, extra, sizeof(extra));
	case XENVER_get_features:
		if (copy_from_guest(v, &f, arg, sizeof(f)))
			return -EFAULT;
		f.map = f.index ? 0 : FEATURES;
		return copy_to_guest(v, arg, &f, sizeof(f));
	default:
		return -ENOSYS;
	}
}

/* ---- memory ---- */

#define XENMEM_add_to_physmap	7
#define SPACE_shared_info	0
#define SPACE_grant_table	1

static long memory_op(struct vcpu *v, uint64_t cmd, uint64_t arg)
{
	struct {
		uint16_t domid;
		uint16_t size;
		uint32_t space;
		uint64_t idx;
		uint64_t gpfn;
	} a;

	if (cmd != XENMEM_add_to_physmap)
		return -ENOSYS;
	if (copy_from_guest(v, &a, arg, sizeof(a)))
		return -EFAULT;
	if (a.domid != DOMID_SELF && a.domid != guest.domid)
		return -EPERM;
	switch (a.space) {
	case SPACE_shared_info:
		return a.idx ? -EINVAL : place_page(a.gpfn, 0);
	case SPACE_grant_table:
		return a.idx >= GRANT_FRAMES ? -EINVAL :
					       place_page(a.gpfn, 1 + a.idx);
	default:
		return -EINVAL;
	}
}

/* ---- processors ---- */

#define VCPUOP_register_runstate	5
#define VCPUOP_stop_periodic_timer	7
#define VCPUOP_register_vcpu_info	10

static long register_vcpu_info(struct vcpu *v, struct vcpu *target, uint64_t arg)
{
	struct {
		uint64_t gfn;
		uint32_t offset;
		uint32_t reserved;
	} a;
	long ret;

	if (copy_from_guest(v, &a, arg, sizeof(a)))
		return -EFAULT;
	if (a.offset > PAGE - 64 || a.gfn >= 1UL << 40)
		return -EINVAL;
	/* Whose state can be set no more: see start_vcpu(). */
	if (target != v && target->started)
		return -EEXIST;
	ret = set_vcpu_info(target, a.gfn * PAGE + a.offset);
	if (!ret)
		start_vcpu(target);
	return ret;
}

static long register_runstate(struct vcpu *v, struct vcpu *target, uint64_t arg)
{
	struct kvm_translation tr;
	uint64_t addr;

	if (target != v)
		return -EINVAL;
	if (copy_from_guest(v, &addr, arg, sizeof(addr)))
		return -EFAULT;
	tr.linear_address = addr;
	if (ioctl(v->fd, KVM_TRANSLATE, &tr) < 0 || !tr.valid)
		return -EFAULT;
	return set_runstate(v, tr.physical_address);
}

static long vcpu_op(struct vcpu *v, uint64_t cmd, uint64_t id, uint64_t arg)
{
	if (id >= guest.nr_vcpus)
		return -ENOENT;
	switch (cmd) {
	case VCPUOP_register_runstate:
		return register_runstate(v, &guest.vcpus[id], arg);
	case VCPUOP_stop_periodic_timer:
		return 0;
	case VCPUOP_register_vcpu_info:
		return register_vcpu_info(v, &guest.vcpus[id], arg);
	default:
		return -ENOSYS;
	}
}

/* ---- events ---- */

#define HVMOP_set_param		0
#define HVMOP_set_upcall_vector	23
#define PARAM_CALLBACK_IRQ	0
#define CALLBACK_VECTOR		2

static long hvm_op(struct vcpu *v, uint64_t cmd, uint64_t arg)
{
	struct {
		uint16_t domid;
		uint32_t index;
		uint64_t value;
	} p;
	struct kvm_xen_hvm_attr attr = {
		.type = KVM_XEN_ATTR_TYPE_UPCALL_VECTOR,
	};

	if (cmd != HVMOP_set_param)
		return -ENOSYS;
	if (copy_from_guest(v, &p, arg, sizeof(p)))
		return -EFAULT;
	/* All other params are the kernel's: it changed in between. */
	if (p.index != PARAM_CALLBACK_IRQ)
		return -EAGAIN;
	if (p.value >> 56 != CALLBACK_VECTOR || (p.value & 0xff) < 0x20)
		return -EINVAL;
	attr.u.vector = p.value & 0xff;
	return ioctl(guest.vm, KVM_XEN_HVM_SET_ATTR, &attr) < 0 ? -errno : 0;
}

/* ---- the end ---- */

#define SCHEDOP_shutdown	2
#define SHUTDOWN_poweroff	0
#define SHUTDOWN_reboot		1

static long sched_op(struct vcpu *v, uint64_t cmd, uint64_t arg)
{
	uint32_t reason;

	if (cmd != SCHEDOP_shutdown)
		return -ENOSYS;
	if (copy_from_guest(v, &reason, arg, sizeof(reason)))
		return -EFAULT;
	switch (reason) {
	case SHUTDOWN_poweroff:
		end_guest(0);
	case SHUTDOWN_reboot:
		end_guest(1);
	default:
		end_guest(3);
	}
}

/* ---- early messages ---- */

#define CONSOLEIO_write		0
#define MAX_WRITE		4096

static long console_io(struct vcpu *v, uint64_t cmd, uint64_t count, uint64_t arg)
{
	char text[MAX_WRITE];

	if (cmd != CONSOLEIO_write)
		return -ENOSYS;
	if (count > sizeof(text))
		count = sizeof(text);
	if (copy_from_guest(v, text, arg, count))
		return -EFAULT;
	fwrite(text, 1, count, stdout);
	fflush(stdout);
	return count;
}

void hypercall(struct vcpu *v)
{
	uint64_t *p = (uint64_t *)v->run->xen.u.hcall.params;
	long ret = -ENOSYS;

	/* Programs of the guest make none. */
	if (v->run->xen.u.hcall.cpl) {
		v->run->xen.u.hcall.result = -EPERM;
		return;
	}
	if (v->run->xen.u.hcall.longmode) {
		switch (v->run->xen.u.hcall.input) {
		case HYPERVISOR_xen_version:
			ret = xen_version(v, p[0], p[1]);
			break;
		case HYPERVISOR_memory_op:
			ret = memory_op(v, p[0], p[1]);
			break;
		case HYPERVISOR_vcpu_op:
			ret = vcpu_op(v, p[0], p[1], p[2]);
			break;
		case HYPERVISOR_hvm_op:
			ret = hvm_op(v, p[0], p[1]);
			break;
		case HYPERVISOR_sched_op:
			ret = sched_op(v, p[0], p[1]);
			break;
		case HYPERVISOR_console_io:
			ret = console_io(v, p[0], p[1], p[2]);
			break;
		}
	}
	v->run->xen.u.hcall.result = ret;
}
