// SPDX-License-Identifier: GPL-2.0
/* The connection to L0 is reset, handed over, taken back, however often interrupted. */
#include "test.h"

static long call_set_owner(struct domain *caller, unsigned int level, void *op,
			   unsigned int count)
{
	XEN_GUEST_HANDLE_PARAM(void) arg = { op };
	struct vcpu v = { .domain = caller };

	current = &v;
	return do_nested_op(XEN_NESTED_CMD(level, XEN_NESTEDOP_set_owner), arg,
			    count);
}

long set_owner(struct domain *caller, domid_t domid)
{
	struct xen_nested_set_owner *op = (void *)guest_memory;

	*op = (struct xen_nested_set_owner){ .domid = domid };
	return call_set_owner(caller, 1, op, 1);
}

long reset(struct domain *caller, unsigned long next)
{
	XEN_GUEST_HANDLE_PARAM(void) arg = { (void *)next };
	struct vcpu v = { .domain = caller };

	current = &v;
	return do_nested_op(XEN_NESTED_CMD(1, XEN_NESTEDOP_reset), arg, 0);
}

bool owns(const struct domain *d)
{
	if (!nested_owner_get(d))
		return false;
	nested_owner_put();
	return true;
}

static void open_many(void)
{
	struct xen_nested_evtchn_alloc_unbound a;

	for (unsigned int i = 0; i < 20; i++)
		alloc(&a);
	for (unsigned int i = 0; i < 900; i++)
		publish(100 + i, FIRST_MFN + OWN, i % 2);
}

unsigned int all_open(void)
{
	return open_ports() + l0_open_ports() + l0_open_maps() + page_refs();
}

/* A call that is interrupted, and has not been made again. */
static void half_through(void)
{
	struct xen_nested_set_owner to_other = { .domid = other_dom.domain_id };
	long rc;

	open_many();
	while ((rc = nested_set_owner(&owner_dom, &to_other)) != -ERESTART)
		expect("hand-over-half", rc, -ERESTART);
	expect("half-nobody", owns(&owner_dom) || owns(&other_dom), false);
}

/* Made again, the call is not what it was: it is refused, and somebody is owner. */
static void test_half_wrong(void)
{
	struct xen_nested_set_owner *op = (void *)guest_memory;
	const struct xen_nested_set_owner to_other = {
		.domid = other_dom.domain_id,
	};

	half_through();
	xsm_answer = -EACCES;
	expect("half-policy", set_owner(&owner_dom, to_other.domid), -EACCES);
	xsm_answer = 0;
	expect("half-policy-back", owns(&owner_dom), true);
	half_through();
	expect("half-unreadable", call_set_owner(&owner_dom, 1, NULL, 1), -EFAULT);
	expect("half-unreadable-back", owns(&owner_dom), true);
	half_through();
	*op = (struct xen_nested_set_owner){ .domid = to_other.domid, .pad = 1 };
	expect("half-pad", call_set_owner(&owner_dom, 1, op, 1), -EINVAL);
	expect("half-pad-back", owns(&owner_dom), true);
	half_through();
	*op = to_other;
	expect("half-count", call_set_owner(&owner_dom, 1, op, 2), -EINVAL);
	expect("half-count-back", owns(&owner_dom), true);
	half_through();
	expect("half-level", call_set_owner(&owner_dom, 2, op, 1), -EOPNOTSUPP);
	expect("half-level-back", owns(&owner_dom), true);
	/* Not by one that may not: it would be the owner's loss. */
	half_through();
	expect("half-others", call_set_owner(&other_dom, 1, NULL, 1), -EPERM);
	expect("half-others-kept", owns(&owner_dom) || owns(&other_dom), false);
	expect("half-gone-on", set_owner(&owner_dom, 0), 0);
	expect("half-gone-on-left", all_open(), 0);
	/* A wrong call when all is well takes it from nobody. */
	expect("wrong-unreadable", call_set_owner(&owner_dom, 1, NULL, 1), -EFAULT);
	expect("wrong-kept", owns(&owner_dom), true);
}

/* The connection goes from one to another, however often it is interrupted. */
void test_owner(void)
{
	unsigned int turns = 0;
	long rc;

	other_dom.hardware = false;
	preempt = true;
	open_many();
	continuations = 0;
	expect("reset", reset(&owner_dom, 0), 0);
	expect("reset-interrupted", continuations >= 2, true);
	expect("reset-left", all_open(), 0);
	expect("reset-owner", owns(&owner_dom), true);

	open_many();
	continuations = 0;
	expect("hand-over-not-revoked", revoked, 0);
	expect("hand-over", set_owner(&owner_dom, other_dom.domain_id), 0);
	expect("hand-over-revoked", revoked, 1);
	expect("hand-over-interrupted", continuations >= 2, true);
	expect("hand-over-left", all_open(), 0);
	expect("hand-over-other", owns(&other_dom), true);
	expect("hand-over-not-both", owns(&owner_dom), false);
	expect("hand-over-not-back", set_owner(&owner_dom, 0), -EBUSY);
	expect("hand-over-by-other", set_owner(&other_dom, 0), -EPERM);
	expect("hand-over-same", set_owner(&owner_dom, other_dom.domain_id), 0);

	other_dom.is_dying = DOMDYING_dying;
	while ((rc = nested_domain_destroy(&other_dom)) == -ERESTART)
		turns++;
	expect("owner-died", rc, 0);
	expect("owner-died-back", owns(&owner_dom), true);
	expect("hand-over-dying", set_owner(&owner_dom, other_dom.domain_id),
	       -ESRCH);
	expect("hand-over-dying-kept", owns(&owner_dom), true);
	other_dom.is_dying = 0;

	/* Half through, the other one vanishes, or somebody else is wanted. */
	half_through();
	expect("half-refused", reset(&owner_dom, 0), -EPERM);
	expect("half-vanished", set_owner(&owner_dom, 4711), -ESRCH);
	expect("half-vanished-back", owns(&owner_dom), true);
	half_through();
	expect("half-changed-mind", set_owner(&owner_dom, 0), 0);
	expect("half-changed-mind-left", all_open(), 0);
	expect("half-changed-mind-owner", owns(&owner_dom), true);
	test_half_wrong();
	preempt = false;
}
