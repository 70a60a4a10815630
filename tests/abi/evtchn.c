// SPDX-License-Identifier: GPL-2.0
/*
 * Event channels through L0.  Our own domain on L0 is the peer as well, so that
 * both ends of a channel are in our hands.
 */
#include "abi.h"

struct shared_info *shared;
static char shared_page[PAGE_SIZE] __page;

void event_clear(unsigned int port)
{
	__atomic_and_fetch(&shared->evtchn_pending[port / 64],
			   ~(1UL << port % 64), __ATOMIC_SEQ_CST);
}

bool event_wait(unsigned int port)
{
	for (unsigned int i = 0; i < 1000; i++) {
		if (shared->evtchn_pending[port / 64] & 1UL << port % 64) {
			event_clear(port);
			return true;
		}
		hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
	}
	return false;
}

long evtchn_send(unsigned int port)
{
	struct evtchn_send s = { .port = port };

	return evtchn_op(EVTCHNOP_send, &s);
}

long evtchn_close(unsigned int port)
{
	struct evtchn_close c = { .port = port };

	return evtchn_op(EVTCHNOP_close, &c);
}

static long alloc(struct xen_nested_evtchn_alloc_unbound *a, uint16_t dom)
{
	memset(a, 0, sizeof(*a));
	a->l0_remote_dom = dom;
	return nested_op(XEN_NESTEDOP_evtchn_alloc_unbound, a, 1);
}

static long bind(struct xen_nested_evtchn_bind_interdomain *b, uint16_t dom,
		 unsigned int port)
{
	memset(b, 0, sizeof(*b));
	b->l0_remote_dom = dom;
	b->l0_remote_port = port;
	return nested_op(XEN_NESTEDOP_evtchn_bind_interdomain, b, 1);
}

static long status(struct xen_nested_evtchn_status *s, unsigned int port)
{
	memset(s, 0, sizeof(*s));
	s->port = port;
	return nested_op(XEN_NESTEDOP_evtchn_status, s, 1);
}

static void test_pair(void)
{
	struct xen_nested_evtchn_alloc_unbound a;
	struct xen_nested_evtchn_bind_interdomain b;
	struct xen_nested_evtchn_bind_vcpu v = { .vcpu = 0 };
	struct xen_nested_evtchn_status s;
	struct xen_nested_evtchn_close c;

	expect("alloc-unbound", alloc(&a, host.l0_domid), 0);
	expect("status-unbound", status(&s, a.port) ?: s.status,
	       EVTCHNSTAT_unbound);
	expect("status-unbound-l0-port", s.l0_port, a.l0_port);
	expect("bind-interdomain", bind(&b, host.l0_domid, a.l0_port), 0);
	expect("bind-interdomain-first-event", event_wait(b.port), true);
	expect("status-interdomain", status(&s, a.port) ?: s.status,
	       EVTCHNSTAT_interdomain);
	expect("status-interdomain-remote", s.l0_remote_port, b.l0_port);
	event_clear(a.port);

	expect("send", evtchn_send(b.port), 0);
	expect("send-arrives", event_wait(a.port), true);
	expect("send-back", evtchn_send(a.port), 0);
	expect("send-back-arrives", event_wait(b.port), true);
	expect("no-stray-event", event_wait(a.port), false);

	v.port = a.port;
	expect("bind-vcpu", nested_op(XEN_NESTEDOP_evtchn_bind_vcpu, &v, 1), 0);
	v.vcpu = 4000;
	expect("bind-vcpu-none",
	       nested_op(XEN_NESTEDOP_evtchn_bind_vcpu, &v, 1), -ENOENT);

	/* The second vcpu does not run, but L0 delivers where it would. */
	v.vcpu = 1;
	if (nested_op(XEN_NESTEDOP_evtchn_bind_vcpu, &v, 1)) {
		skip("other-vcpu", "there is but one");
	} else {
		expect("other-vcpu-send", evtchn_send(b.port), 0);
		expect("other-vcpu-arrives", event_wait(a.port), true);
		expect("other-vcpu-status", status(&s, a.port) ?: s.vcpu, 1);
	}

	c.port = a.port;
	expect("close", nested_op(XEN_NESTEDOP_evtchn_close, &c, 1), 0);
	expect("close-again", nested_op(XEN_NESTEDOP_evtchn_close, &c, 1),
	       -EINVAL);
	expect("status-closed", status(&s, a.port), -EINVAL);
	expect("status-peer-closed", status(&s, b.port) ?: s.status,
	       EVTCHNSTAT_unbound);
	expect("close-ordinary", evtchn_close(b.port), 0);
	/* FLASK denies what it has no rule for. */
	expect("send-closed", evtchn_send(b.port),
	       option("flask") ? -EPERM : -EINVAL);
}

static void test_refused(void)
{
	struct xen_nested_evtchn_alloc_unbound a;
	struct xen_nested_evtchn_bind_interdomain b;
	struct xen_nested_evtchn_status s;
	struct evtchn_alloc_unbound own = {
		.dom = DOMID_SELF, .remote_dom = DOMID_SELF,
	};
	struct xen_nested_evtchn_close c;

	expect("alloc-unbound-self", alloc(&a, DOMID_SELF), -EINVAL);
	expect("alloc-unbound-reserved", alloc(&a, DOMID_IO), -EINVAL);
	expect("alloc-unbound-level",
	       nested_cmd(3, XEN_NESTEDOP_evtchn_alloc_unbound, &a, 1),
	       -EOPNOTSUPP);
	expect("bind-interdomain-no-port",
	       bind(&b, host.l0_domid, 4000), -EINVAL);
	expect("bind-interdomain-no-domain", bind(&b, 32000, 1), -ESRCH);
	expect("bind-interdomain-self", bind(&b, DOMID_SELF, 1), -EINVAL);
	expect("status-no-port", status(&s, ~0U), -EINVAL);

	/* An ordinary port is none of ours. */
	expect("ordinary-port", evtchn_op(EVTCHNOP_alloc_unbound, &own), 0);
	expect("status-ordinary-port", status(&s, own.port), -EINVAL);
	c.port = own.port;
	expect("close-ordinary-port",
	       nested_op(XEN_NESTEDOP_evtchn_close, &c, 1), -EINVAL);
	evtchn_close(own.port);
}

/* L0 gives a domain some 1000 ports; none may be lost when they run out. */
void test_ports_exhausted(void)
{
	static unsigned int ports[5000], at_first;
	struct xen_nested_evtchn_alloc_unbound a;
	unsigned int rounds[2], bad = 0;

	for (unsigned int r = 0; r < 2; r++) {
		unsigned int n = 0;
		long rc;

		while (!(rc = alloc(&a, host.l0_domid)) &&
		       n < ARRAY_SIZE(ports))
			ports[n++] = a.port;
		if (!r) {
			expect("ports-exhausted", rc, -ENOSPC);
			print("info %u ports", n);
		}
		rounds[r] = n;
		while (n)
			bad += evtchn_close(ports[--n]) != 0;
	}
	expect("ports-given-back", rounds[1], rounds[0]);
	/* L0 counts them: as many as the first time? */
	if (!at_first)
		at_first = rounds[0];
	expect("ports-as-at-first", rounds[0], at_first);
	expect("ports-closed", bad, 0);
}

void map_shared_info(void)
{
	expect("shared-info",
	       map_mfn(shared_page, start_info->shared_info / PAGE_SIZE, true),
	       0);
	shared = (void *)shared_page;
}

void test_evtchn(void)
{
	test_pair();
	test_refused();
	test_ports_exhausted();
}
