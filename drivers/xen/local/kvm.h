/* SPDX-License-Identifier: GPL-2.0 */
/* Local Xen: what the parts of its KVM guests share. */
#ifndef _XEN_LOCAL_KVM_H
#define _XEN_LOCAL_KVM_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include <asm/xen/kvm.h>

#include "local.h"

struct kvm;
struct kvm_vcpu;
struct mm_struct;

#define XLOCAL_MAX_REGIONS	16

/**
 * struct xlocal_region - a piece of a guest's memory
 * @gfn: its first frame
 * @nr: number of frames
 * @pages: they, pinned
 */
struct xlocal_region {
	unsigned long gfn;
	unsigned long nr;
	struct page **pages;
};

/**
 * struct xlocal_memory - a guest's memory
 * @mm: whose memory it is; a reference to the structure
 * @nr_regions: pieces
 * @regions: they, which don't change once they are there
 */
struct xlocal_memory {
	struct mm_struct *mm;
	unsigned int nr_regions;
	struct xlocal_region regions[XLOCAL_MAX_REGIONS];
};

/**
 * struct xlocal_guest - a KVM guest
 * @local: how KVM finds us, from attaching to detaching
 * @d: its domain, which owns this
 * @kvm: its virtual machine; a reference, until the domain is destroyed
 * @shared: its shared info page
 * @memory: its memory
 * @late: events that could not be delivered at once, by port
 * @late_work: delivers them
 */
struct xlocal_guest {
	struct kvm_xen_local local;
	struct xlocal_domain *d;
	struct kvm *kvm;
	struct shared_info *shared;
	struct xlocal_memory memory;
	DECLARE_BITMAP(late, XLOCAL_NR_PORTS);
	struct work_struct late_work;
};

/* kvm-memory.c */
int xlocal_memory_pin(struct xlocal_memory *memory, struct kvm *kvm);
void xlocal_memory_unpin(struct xlocal_memory *memory);
struct page *xlocal_memory_page(struct xlocal_memory *memory, unsigned long gfn);

/* kvm-call.c */
bool xlocal_guest_call(struct xlocal_guest *g, struct kvm_vcpu *vcpu, u64 nr,
		       const u64 *params, u64 *result);

#endif /* _XEN_LOCAL_KVM_H */
