// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: memory of a KVM guest.
 *
 * All of it is pinned when the domain is made and stays so until the last
 * reference to the domain is gone: backends map grants where nothing may sleep
 * (blkback's threads under locks, netback's NAPI), so a page can't be looked for
 * then, and a domain that died may still have pages under I/O.  It costs what it
 * costs to pass a device through: the memory can't be swapped, and counts against
 * RLIMIT_MEMLOCK.
 *
 * A frame leads to the page that was there when the domain was made.  A monitor
 * that changes its memory map later does so at its guest's expense: backends go
 * on with the old page, which is still its own.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/sched/mm.h>

#include "kvm.h"

/* Pages unpinned before others get their turn */
#define UNPIN_BATCH	32768UL

static void unpin_region(struct xlocal_memory *memory, struct xlocal_region *r,
			 unsigned long nr)
{
	unsigned long i, n;

	/* Whatever was written to it: backends did, or may have. */
	for (i = 0; i < nr; i += n) {
		n = min(nr - i, UNPIN_BATCH);
		unpin_user_pages_dirty_lock(r->pages + i, n, true);
		cond_resched();
	}
	account_locked_vm(memory->mm, r->nr, false);
	kvfree(r->pages);
}

static int pin_region(struct xlocal_memory *memory, struct xlocal_region *r,
		      unsigned long hva)
{
	unsigned long done = 0;
	int ret;

	r->pages = kvmalloc_array(r->nr, sizeof(*r->pages),
				  GFP_KERNEL_ACCOUNT);
	if (!r->pages)
		return -ENOMEM;
	ret = account_locked_vm(memory->mm, r->nr, true);
	if (ret) {
		kvfree(r->pages);
		return ret;
	}

	while (done < r->nr) {
		ret = pin_user_pages_fast(hva + done * PAGE_SIZE,
					  min(r->nr - done, INT_MAX),
					  FOLL_WRITE | FOLL_LONGTERM,
					  r->pages + done);
		if (ret <= 0) {
			ret = ret ?: -EFAULT;
			goto unpin;
		}
		done += ret;
		cond_resched();
	}
	return 0;

unpin:
	unpin_region(memory, r, done);
	return ret;
}

/* Where the monitor has put what; it may change as soon as we have looked. */
static int find_regions(struct xlocal_memory *memory, struct kvm *kvm,
			unsigned long *hvas)
{
	struct kvm_memory_slot *slot;
	struct xlocal_region *r;
	int bkt, idx, ret = 0;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (slot->id >= KVM_USER_MEM_SLOTS ||
		    slot->flags & KVM_MEM_READONLY)
			continue;
		if (memory->nr_regions == XLOCAL_MAX_REGIONS) {
			ret = -E2BIG;
			break;
		}
		r = &memory->regions[memory->nr_regions];
		r->gfn = slot->base_gfn;
		r->nr = slot->npages;
		hvas[memory->nr_regions++] = slot->userspace_addr;
	}
	srcu_read_unlock(&kvm->srcu, idx);
	return ret;
}

/**
 * xlocal_memory_pin - take hold of a guest's memory
 * @memory: out, zeroed
 * @kvm: its virtual machine, of the calling process
 *
 * Process context.
 *
 * Return: 0; -E2BIG for more than XLOCAL_MAX_REGIONS pieces; -EINVAL when there
 * is none; -ENOMEM, also when RLIMIT_MEMLOCK is too low; -EFAULT.
 */
int xlocal_memory_pin(struct xlocal_memory *memory, struct kvm *kvm)
{
	unsigned long hvas[XLOCAL_MAX_REGIONS];
	unsigned int i, nr;
	int ret;

	ret = find_regions(memory, kvm, hvas);
	if (ret)
		return ret;
	nr = memory->nr_regions;
	if (!nr)
		return -EINVAL;

	mmgrab(current->mm);
	memory->mm = current->mm;
	memory->nr_regions = 0;
	for (i = 0; i < nr; i++) {
		ret = pin_region(memory, &memory->regions[i], hvas[i]);
		if (ret) {
			xlocal_memory_unpin(memory);
			return ret;
		}
		memory->nr_regions++;
	}
	return 0;
}

/**
 * xlocal_memory_unpin - let go of it
 * @memory: the memory
 *
 * Process context.
 */
void xlocal_memory_unpin(struct xlocal_memory *memory)
{
	struct xlocal_region *r;

	while (memory->nr_regions) {
		r = &memory->regions[--memory->nr_regions];
		unpin_region(memory, r, r->nr);
	}
	mmdrop(memory->mm);
}

/**
 * xlocal_memory_page - the page behind a frame
 * @memory: the guest's memory
 * @gfn: frame, as the guest says
 *
 * Any context.
 *
 * Return: the page, or NULL.
 */
struct page *xlocal_memory_page(struct xlocal_memory *memory, unsigned long gfn)
{
	unsigned int i;

	for (i = 0; i < memory->nr_regions; i++) {
		struct xlocal_region *r = &memory->regions[i];

		if (gfn >= r->gfn && gfn - r->gfn < r->nr)
			return r->pages[array_index_nospec(gfn - r->gfn, r->nr)];
	}
	return NULL;
}
