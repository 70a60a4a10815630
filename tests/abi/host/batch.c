// SPDX-License-Identifier: GPL-2.0
/* Batches that the caller's memory holds only a part of. */
#include "test.h"

#define NR 40

/* Publish @nr grants of which @size bytes are in the caller's memory. */
static long batch(unsigned int nr, size_t size)
{
	char *start = guest_memory + sizeof(guest_memory) - size;
	struct xen_nested_gnttab_publish op = { .frame = FIRST_MFN };

	for (unsigned int i = 0; i < nr; i++) {
		size_t at = i * sizeof(op);

		op.ref = 8 + i;
		op.status = 1;
		if (at < size)
			memcpy(start + at, &op, min(sizeof(op), size - at));
	}
	return do_nested_op(XEN_NESTED_CMD(1, XEN_NESTEDOP_gnttab_publish),
			    (XEN_GUEST_HANDLE_PARAM(void)){ start }, nr);
}

/* How many of these are published; they are ended. */
static unsigned int ended(void)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < NR; i++)
		nr += !nested_grant_end(&(struct xen_nested_gnttab_end){ .ref = 8 + i });
	return nr;
}

/* By how much of the memory there is, element by element and within one */
void test_batch(void)
{
	const size_t size = sizeof(struct xen_nested_gnttab_publish);
	struct vcpu v = { .domain = &owner_dom };
	unsigned int bad = 0;

	current = &v;
	expect("batch-whole", batch(NR, NR * size), 0);
	expect("batch-whole-published", ended(), NR);

	for (size_t there = 1; there < NR * size; there += 5)
		bad += batch(NR, there) != -EFAULT || ended() != there / size;
	expect("batch-unreadable", bad, 0);

	for (unwritable = 1; unwritable <= NR * size; unwritable += 5)
		bad += batch(NR, NR * size) != -EFAULT ||
		       ended() != NR - DIV_ROUND_UP(unwritable, size);
	unwritable = 0;
	expect("batch-unwritable", bad, 0);
	expect("batch-refs", page_refs(), 0);
	current = NULL;
}
