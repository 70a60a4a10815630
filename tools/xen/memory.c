// SPDX-License-Identifier: GPL-2.0
/* xen-kvm-guest: the guest's memory, and pages of the kernel's that go into it. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "guest.h"

#define SLOT_LOW	0
#define SLOT_HIGH	1
#define SLOT_PAGES	2		/* one for each page of the kernel's */

static int set_slot(unsigned int slot, uint64_t addr, uint64_t size, void *at)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = addr,
		.memory_size = size,
		.userspace_addr = (uintptr_t)at,
	};

	return ioctl(guest.vm, KVM_SET_USER_MEMORY_REGION, &region);
}

void make_memory(void)
{
	uint64_t low = guest.mem < LOW_END ? guest.mem : LOW_END;

	guest.low = mmap(NULL, guest.mem, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (guest.low == MAP_FAILED)
		die("memory");
	guest.high = guest.low + low;

	check(set_slot(SLOT_LOW, 0, low, guest.low), "memory");
	if (guest.mem > low)
		check(set_slot(SLOT_HIGH, HIGH_START, guest.mem - low,
			       guest.high), "memory");
}

/* Where a piece of the guest's memory is, NULL when it is not all memory. */
void *guest_memory(uint64_t addr, size_t len)
{
	uint64_t low = guest.mem < LOW_END ? guest.mem : LOW_END;
	uint64_t high = guest.mem - low;

	if (addr < low)
		return len <= low - addr ? guest.low + addr : NULL;
	if (addr < HIGH_START)
		return NULL;
	addr -= HIGH_START;
	if (addr >= high)
		return NULL;
	return len <= high - addr ? guest.high + addr : NULL;
}

/* The same by virtual address: as far as the end of the page, at most *len. */
void *guest_virtual(struct vcpu *v, uint64_t addr, size_t *len)
{
	struct kvm_translation tr = { .linear_address = addr };

	if (*len > PAGE - addr % PAGE)
		*len = PAGE - addr % PAGE;
	if (ioctl(v->fd, KVM_TRANSLATE, &tr) < 0 || !tr.valid)
		return NULL;
	return guest_memory(tr.physical_address, *len);
}

static int copy(struct vcpu *v, uint64_t addr, void *data, size_t len, bool out)
{
	while (len) {
		size_t part = len;
		void *at = guest_virtual(v, addr, &part);

		if (!at)
			return -EFAULT;
		if (out)
			memcpy(at, data, part);
		else
			memcpy(data, at, part);
		addr += part;
		data = (char *)data + part;
		len -= part;
	}
	return 0;
}

int copy_from_guest(struct vcpu *v, void *to, uint64_t addr, size_t len)
{
	return copy(v, addr, to, len, false);
}

int copy_to_guest(struct vcpu *v, uint64_t addr, const void *from, size_t len)
{
	return copy(v, addr, (void *)from, len, true);
}

/*
 * Have page @offset of /dev/xen/local-kvm (0: shared info, then the grant table)
 * at frame @gfn.  In place of memory, it takes that one's place; elsewhere, it
 * gets a slot.
 */
int place_page(uint64_t gfn, unsigned int offset)
{
	void *own = offset ? guest.grants + (offset - 1) * PAGE : guest.shared;
	void *at;

	if (gfn >= 1UL << 40)
		return -EINVAL;
	at = guest_memory(gfn * PAGE, PAGE);
	if (at) {
		at = mmap(at, PAGE, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_FIXED, guest.local, offset * PAGE);
		return at == MAP_FAILED ? -errno : 0;
	}

	set_slot(SLOT_PAGES + offset, 0, 0, NULL);
	if (set_slot(SLOT_PAGES + offset, gfn * PAGE, PAGE, own) < 0)
		return -errno;
	return 0;
}
