// SPDX-License-Identifier: GPL-2.0
/* xen-kvm-guest: processors, and what they say of a Xen below. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/bits.h>

#include "guest.h"

#define MAX_CPUID	128
#define XEN_LEAF	0x40000000U
#define XEN_LEAVES	5
#define VCPU_ID_PRESENT	BIT(3)
#define HYPERVISOR	BIT(31)

/* KVM's, less its own leaves, which are where Xen's are */
static struct kvm_cpuid2 *supported(void)
{
	struct kvm_cpuid2 *c = calloc(1, sizeof(*c) + (MAX_CPUID + XEN_LEAVES) *
					 sizeof(c->entries[0]));
	unsigned int i, n = 0;

	if (!c)
		die("memory");
	c->nent = MAX_CPUID;
	check(ioctl(guest.kvm, KVM_GET_SUPPORTED_CPUID, c),
	      "KVM_GET_SUPPORTED_CPUID");
	for (i = 0; i < c->nent; i++)
		if (c->entries[i].function >> 8 != XEN_LEAF >> 8)
			c->entries[n++] = c->entries[i];
	c->nent = n;
	return c;
}

static void add(struct kvm_cpuid2 *c, uint32_t leaf, uint32_t eax, uint32_t ebx,
		uint32_t ecx, uint32_t edx)
{
	c->entries[c->nent++] = (struct kvm_cpuid_entry2) {
		.function = XEN_LEAF + leaf,
		.eax = eax,
		.ebx = ebx,
		.ecx = ecx,
		.edx = edx,
	};
}

static void set_cpuid(struct vcpu *v)
{
	struct kvm_cpuid2 *c = supported();
	struct kvm_cpuid_entry2 *e;

	for (e = c->entries; e < c->entries + c->nent; e++) {
		switch (e->function) {
		case 1:
			e->ebx = (e->ebx & 0xff00) | v->id << 24 | 1 << 16;
			e->ecx |= HYPERVISOR;
			e->edx &= ~(uint32_t)BIT(28);		/* one thread a core */
			break;
		case 0xb:
			e->edx = v->id;
			break;
		}
	}
	add(c, 0, XEN_LEAF + XEN_LEAVES - 1, 0x566e6558, 0x65584d4d, 0x4d4d566e);
	add(c, 1, XEN_VERSION, 0, 0, 0);
	add(c, 2, 1, XEN_MSR, 0, 0);
	add(c, 3, 0, 0, 0, 0);
	add(c, 4, VCPU_ID_PRESENT, v->id, 0, 0);
	check(ioctl(v->fd, KVM_SET_CPUID2, c), "KVM_SET_CPUID2");
	free(c);
}

static int set_attr(struct vcpu *v, unsigned int type, uint64_t value)
{
	struct kvm_xen_vcpu_attr attr = { .type = type, .u.gpa = value };

	return ioctl(v->fd, KVM_XEN_VCPU_SET_ATTR, &attr) < 0 ? -errno : 0;
}

/* Those that the guest can see; KVM gets the address itself. */
int set_vcpu_info(struct vcpu *v, uint64_t addr)
{
	return set_attr(v, KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO, addr);
}

int set_runstate(struct vcpu *v, uint64_t addr)
{
	int ret = set_attr(v, KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR, addr);

	/* A kernel without scheduler statistics: the times stay 0. */
	return ret == -EOPNOTSUPP ? 0 : ret;
}

void make_vcpus(void)
{
	struct kvm_xen_hvm_config xen = {
		.flags = KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL |
			 KVM_XEN_HVM_CONFIG_EVTCHN_SEND,
		.msr = XEN_MSR,
	};
	int cap = ioctl(guest.vm, KVM_CHECK_EXTENSION, KVM_CAP_XEN_HVM);
	struct vcpu *v;
	unsigned int i;

	if (cap < 0 || (cap & xen.flags) != xen.flags ||
	    !(cap & KVM_XEN_HVM_CONFIG_SHARED_INFO_HVA))
		errx(2, "this kernel's KVM has no support for Xen guests");
	check(ioctl(guest.vm, KVM_XEN_HVM_CONFIG, &xen), "KVM_XEN_HVM_CONFIG");
	check(ioctl(guest.vm, KVM_CREATE_IRQCHIP), "KVM_CREATE_IRQCHIP");
	guest.run_size = check(ioctl(guest.kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
			       "KVM_GET_VCPU_MMAP_SIZE");

	for (i = 0; i < guest.nr_vcpus; i++) {
		v = &guest.vcpus[i];
		v->id = i;
		v->fd = check(ioctl(guest.vm, KVM_CREATE_VCPU, i),
			      "KVM_CREATE_VCPU");
		v->run = mmap(NULL, guest.run_size, PROT_READ | PROT_WRITE,
			      MAP_SHARED, v->fd, 0);
		if (v->run == MAP_FAILED)
			die("vcpu");
		set_cpuid(v);
	}
}

/* As PVH says: 32 bits, flat, no paging, the start info in ebx. */
void set_entry(struct vcpu *v, uint32_t entry)
{
	struct kvm_segment code = {
		.limit = 0xffffffff,
		.selector = 8,
		.type = 0xb,
		.present = 1,
		.db = 1,
		.s = 1,
		.g = 1,
	};
	struct kvm_segment data = code;
	struct kvm_regs regs = {
		.rip = entry,
		.rbx = START_INFO,
		.rflags = 2,
	};
	struct kvm_sregs s;

	data.selector = 16;
	data.type = 3;
	check(ioctl(v->fd, KVM_GET_SREGS, &s), "KVM_GET_SREGS");
	s.cs = code;
	s.ds = data;
	s.es = data;
	s.fs = data;
	s.gs = data;
	s.ss = data;
	s.tr = (struct kvm_segment){ .limit = 0x67, .type = 0xb, .present = 1 };
	s.cr0 = 0x11;
	check(ioctl(v->fd, KVM_SET_SREGS, &s), "KVM_SET_SREGS");
	check(ioctl(v->fd, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}
