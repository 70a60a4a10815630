// SPDX-License-Identifier: GPL-2.0
/* What the hardware domain keeps of L0 once another domain has the connection: nothing. */
/* domctl is for tools, and these speak the latest there is. */
#define __XEN_TOOLS__
#undef __XEN_INTERFACE_VERSION__
#include "abi.h"
#include "domctl.h"

static long domctl(struct xen_domctl *op)
{
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	return hypercall(__HYPERVISOR_domctl, (unsigned long)op, 0, 0, 0);
}

static long hand_to(uint16_t domid)
{
	struct xen_nested_set_owner op = { .domid = domid };

	return nested_op(XEN_NESTEDOP_set_owner, &op, 1);
}

/* @frame, memory of L0 that we may map: not any more, until it is ours again. */
void test_handed_over(uint64_t frame)
{
	static char place[PAGE_SIZE] __page;
	struct xen_nested_query q;
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_createdomain,
		.u.createdomain = {
			.handle = { 1 },
			.max_vcpus = 1,
			.max_evtchn_port = 127,
			.max_grant_frames = 1,
			.max_maptrack_frames = 1,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
		},
	};

	expect("handed-over-create", domctl(&op), 0);
	expect("handed-over-map-before", map_mfn(place, frame, true), 0);
	expect("handed-over-unmap", unmap_page(place), 0);
	expect("handed-over", hand_to(op.domain), 0);
	expect("handed-over-not-owner", nested_op(XEN_NESTEDOP_query, &q, 1), -EPERM);
	expect("handed-over-map", map_mfn(place, frame, true), -EPERM);
	op.cmd = XEN_DOMCTL_destroydomain;
	expect("handed-over-destroy", domctl(&op), 0);
	expect("handed-over-back", nested_op(XEN_NESTEDOP_query, &q, 1), 0);
	expect("handed-over-map-yet", map_mfn(place, frame, true), -EPERM);
}
