// SPDX-License-Identifier: GPL-2.0
/*
 * How many grants of L0's domains are mapped at most: of one, and of all together.
 */
#include "test.h"

#define QUOTA	16384
#define ALL	65536

/* As many as can be of one domain's; @last is the last one's handle. */
static long map_all(domid_t domid, unsigned int *last)
{
	struct xen_nested_gnttab_map m;
	unsigned int nr = 0;

	for (;;) {
		m = (typeof(m)){ .ref = 3, .l0_domid = domid };
		int rc = nested_grant_map(&owner_dom, &m);

		if (rc)
			return rc == -ENOSPC ? (long)nr : rc;
		*last = m.handle;
		nr++;
	}
}

static int map_one(domid_t domid, unsigned int *handle)
{
	struct xen_nested_gnttab_map m = { .ref = 3, .l0_domid = domid };
	int rc = nested_grant_map(&owner_dom, &m);

	*handle = m.handle;
	return rc;
}

static int unmap(unsigned int handle)
{
	struct xen_nested_gnttab_unmap u = { .handle = handle };

	return nested_grant_unmap(&u);
}

static void release_all(void)
{
	while (nested_map_release() == -ERESTART)
		;
}

void test_quota(void)
{
	unsigned int handle, other, first;

	/* Of the highest number, too, which is the end of the counts. */
	expect("quota", map_all(DOMID_FIRST_RESERVED - 1, &handle), QUOTA);
	expect("quota-other", map_one(20, &other), 0);
	expect("quota-count", nested_map_count(), QUOTA + 1);
	expect("quota-unmap", unmap(handle), 0);
	expect("quota-room-again", map_one(DOMID_FIRST_RESERVED - 1, &first), 0);
	expect("quota-again", map_one(DOMID_FIRST_RESERVED - 1, &handle),
	       -ENOSPC);
	expect("quota-other-unmap", unmap(other), 0);
	expect("quota-not-by-others", map_one(DOMID_FIRST_RESERVED - 1, &handle),
	       -ENOSPC);

	/* The next place takes memory, which may not be there. */
	calls = 0;
	expect("grow-fill", map_all(21, &handle), QUOTA);
	expect("grow", nested_map_count(), 2 * QUOTA);
	calls = 0;
	fail_at = 1;
	expect("grow-no-memory", map_one(22, &handle), -ENOMEM);
	fail_at = 0;
	expect("grow-no-memory-count", nested_map_count(), 2 * QUOTA);
	expect("grow-no-memory-l0", l0_open_maps(), 2 * QUOTA);

	expect("all-third", map_all(22, &handle), QUOTA);
	expect("all-fourth", map_all(23, &handle), QUOTA);
	expect("all", nested_map_count(), ALL);
	expect("all-one-more", map_one(24, &other), -ENOSPC);
	expect("all-unmap", unmap(first), 0);
	expect("all-room-again", map_one(24, &other), 0);
	expect("all-same-place", other, first);
	expect("all-bounds", unmap(ALL), -EINVAL);

	preempt = true;
	release_all();
	preempt = false;
	expect("quota-release", nested_map_count(), 0);
	expect("quota-release-l0", l0_open_maps(), 0);

	/* What is refused counts for nobody. */
	for (unsigned int i = 0; i < QUOTA; i++) {
		struct xen_nested_gnttab_map m = { .ref = 99, .l0_domid = 23 };

		nested_grant_map(&owner_dom, &m);
	}
	expect("quota-after-refusals", map_all(23, &handle), QUOTA);
	release_all();

	nested_maps_of_domain = 3;
	expect("quota-knob", map_all(23, &handle), 3);
	nested_maps_of_domain = QUOTA;
	release_all();
}
