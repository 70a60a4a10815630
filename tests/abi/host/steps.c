// SPDX-License-Identifier: GPL-2.0
/* Passing over the grant table in steps, with others in between. */
#include "test.h"

/* One grant in each frame, or the first and the last @n. */
static void publish_all(void)
{
	for (unsigned int f = 0; f < NR_FRAMES; f++)
		publish(f * 512 + 100, FIRST_MFN + OWN, 1);
}

static unsigned int begin(struct domain *d, unsigned int calls)
{
	struct xen_nested_set_owner op = { .domid = other_dom.domain_id };
	unsigned int interrupted = 0;

	while (calls--)
		interrupted += (d ? nested_domain_destroy(d) :
				nested_set_owner(&owner_dom, &op)) == -ERESTART;
	return interrupted;
}

static void destroy(struct domain *d)
{
	d->is_dying = DOMDYING_dying;
	for (unsigned int n = 0; n < 1000 && nested_domain_destroy(d); n++)
		;
	d->is_dying = 0;
}

static void test_release_steps(void)
{
	unsigned int next = 0, n = 0;

	preempt = false;
	publish_all();
	release();
	preempt_asked = 0;
	expect("steps-idle", release(), 0);
	expect("steps-idle-asked", preempt_asked >= NR_FRAMES - 1, true);
	preempt = true;
	while (nested_grant_release(&owner_dom, &next) == -ERESTART && n < 1000)
		n++;
	expect("steps-idle-get-on", n >= NR_FRAMES / 3 - 1 && n <= NR_FRAMES, true);
	expect("steps-next", next, 0);

	/* One that goes on where another reset was would miss the first. */
	publish_all();
	while (nested_reset(&owner_dom, &next) == -ERESTART && next < 1024)
		;
	publish(100, FIRST_MFN + OWN, 1);
	expect("steps-second-reset", reset(&owner_dom, 0), 0);
	expect("steps-second-reset-left", all_open(), 0);
	publish(100, FIRST_MFN + OWN, 1);
	publish(LAST, FIRST_MFN + OWN, 1);
	expect("steps-made-up", reset(&owner_dom, LAST - 100), 0);
	expect("steps-made-up-left", all_open(), 1);
	expect("steps-beyond", reset(&owner_dom, LAST + 2), -EINVAL);
	expect("steps-wild", reset(&owner_dom, 1UL << 32), -EINVAL);
	expect("steps-kept", end(100), 0);
}

/* Somebody was the owner between two hand-overs, and used what the first was through with. */
static void test_release_between(void)
{
	publish_all();
	expect("between-half", begin(NULL, 5), 5);
	expect("between-given-up", set_owner(&owner_dom, 4711), -ESRCH);
	publish(100, FIRST_MFN + OWN, 1);
	expect("between-again", set_owner(&owner_dom, other_dom.domain_id), 0);
	expect("between-left", all_open(), 0);
	destroy(&other_dom);

	publish_all();
	expect("between-half-dies", begin(NULL, 5), 5);
	destroy(&owner_dom);
	expect("between-dead-left", all_open(), 0);
	publish_all();
	owner_dom.is_dying = DOMDYING_dying;
	expect("between-dying", begin(&owner_dom, 5), 5);
	expect("between-dying-taken", set_owner(&owner_dom, other_dom.domain_id), -EBUSY);
	destroy(&owner_dom);
	expect("between-dying-left", all_open(), 0);
	expect("between-owner", owns(&owner_dom), true);
}

void test_steps(void)
{
	test_release_steps();
	test_release_between();
}
