// SPDX-License-Identifier: GPL-2.0
/*
 * Event channels through L0, and L0's store.  Our own domain on L0 is the
 * peer as well, so that both ends of a channel are in our hands.
 */
#include "abi.h"

struct shared_info *shared;
static char shared_page[PAGE_SIZE] __page;
static char store_page[PAGE_SIZE] __page;

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

static long send(unsigned int port)
{
	struct evtchn_send s = { .port = port };

	return evtchn_op(EVTCHNOP_send, &s);
}

static long close(unsigned int port)
{
	struct evtchn_close c = { .port = port };

	return evtchn_op(EVTCHNOP_close, &c);
}

static long alloc(struct xen_nested_evtchn_alloc_unbound *a, uint16_t dom)
{
	memset(a, 0, sizeof(*a));
	a->level = XEN_NESTED_LEVEL_NEXT;
	a->l0_remote_dom = dom;
	return nested_op(XEN_NESTEDOP_evtchn_alloc_unbound, a, 1);
}

static long bind(struct xen_nested_evtchn_bind_interdomain *b, uint16_t dom,
		 unsigned int port)
{
	memset(b, 0, sizeof(*b));
	b->level = XEN_NESTED_LEVEL_NEXT;
	b->l0_remote_dom = dom;
	b->l0_remote_port = port;
	return nested_op(XEN_NESTEDOP_evtchn_bind_interdomain, b, 1);
}

static long status(struct xen_nested_evtchn_status *s, unsigned int port)
{
	memset(s, 0, sizeof(*s));
	s->level = XEN_NESTED_LEVEL_NEXT;
	s->port = port;
	return nested_op(XEN_NESTEDOP_evtchn_status, s, 1);
}

static void test_pair(void)
{
	struct xen_nested_evtchn_alloc_unbound a;
	struct xen_nested_evtchn_bind_interdomain b;
	struct xen_nested_evtchn_bind_vcpu v = { .level = 1 };
	struct xen_nested_evtchn_status s;
	struct xen_nested_evtchn_close c = { .level = 1 };

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

	expect("send", send(b.port), 0);
	expect("send-arrives", event_wait(a.port), true);
	expect("send-back", send(a.port), 0);
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
		expect("other-vcpu-send", send(b.port), 0);
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
	expect("close-ordinary", close(b.port), 0);
	expect("send-closed", send(b.port), -EINVAL);
}

static void test_refused(void)
{
	struct xen_nested_evtchn_alloc_unbound a;
	struct xen_nested_evtchn_bind_interdomain b;
	struct xen_nested_evtchn_status s;
	struct evtchn_alloc_unbound own = {
		.dom = DOMID_SELF, .remote_dom = DOMID_SELF,
	};
	struct xen_nested_evtchn_close c = { .level = 1 };

	expect("alloc-unbound-self", alloc(&a, DOMID_SELF), -EINVAL);
	expect("alloc-unbound-reserved", alloc(&a, DOMID_IO), -EINVAL);
	a.level = 3;
	expect("alloc-unbound-level",
	       nested_op(XEN_NESTEDOP_evtchn_alloc_unbound, &a, 1),
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
	close(own.port);
}

/* L0 gives a domain some 1000 ports; none may be lost when they run out. */
void test_ports_exhausted(void)
{
	static unsigned int ports[5000];
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
			bad += close(ports[--n]) != 0;
	}
	expect("ports-given-back", rounds[1], rounds[0]);
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

static long hvm_param(struct xen_nested_hvm_param *p, uint32_t index)
{
	memset(p, 0, sizeof(*p));
	p->level = XEN_NESTED_LEVEL_NEXT;
	p->index = index;
	return nested_op(XEN_NESTEDOP_hvm_param, p, 1);
}

/* Ask L0's xenstored for our domid, byte by byte through the ring. */
static void test_store_ring(unsigned int port)
{
	struct {
		char req[1024], rsp[1024];
		uint32_t req_cons, req_prod, rsp_cons, rsp_prod;
	} *ring = (void *)store_page;
	struct {
		uint32_t type, req_id, tx_id, len;
		char path[6];
	} __attribute__((packed)) msg = {
		.type = 2 /* XS_READ */, .req_id = 77, .len = 6, .path = "domid",
	};
	char reply[32];
	unsigned int n = 0;

	for (unsigned int i = 0; i < sizeof(msg); i++)
		ring->req[(ring->req_prod + i) % 1024] = ((char *)&msg)[i];
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	ring->req_prod += sizeof(msg);
	expect("store-send", send(port), 0);

	memset(reply, 0, sizeof(reply));
	for (unsigned int i = 0; i < 200000 && n < 17; i++) {
		if (*(volatile uint32_t *)&ring->rsp_prod == ring->rsp_cons) {
			hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
			continue;
		}
		reply[n++] = ring->rsp[ring->rsp_cons % 1024];
		ring->rsp_cons++;
	}
	expect("store-reply", reply[4], 77);
	expect("store-domid", reply[16] - '0', host.l0_domid % 10);
	expect("store-event", event_wait(port), true);
}

void test_store(void)
{
	struct xen_nested_hvm_param p, again;

	if (!(host.features & XEN_NESTED_FEAT_store)) {
		skip("store", "not offered");
		return;
	}
	expect("store-page", hvm_param(&p, HVM_PARAM_STORE_PFN), 0);
	expect("store-page-mapped", map_mfn(store_page, p.value, true), 0);
	expect("store-port", hvm_param(&p, HVM_PARAM_STORE_EVTCHN), 0);
	expect("store-port-again", hvm_param(&again, HVM_PARAM_STORE_EVTCHN), 0);
	expect("store-port-same", again.value, p.value);
	test_store_ring(p.value);

	/* Closed here, it stays open there. */
	expect("store-port-closed", close(p.value), 0);
	expect("store-port-reopened", hvm_param(&p, HVM_PARAM_STORE_EVTCHN), 0);
	test_store_ring(p.value);

	expect("param-other", hvm_param(&p, HVM_PARAM_CALLBACK_IRQ),
	       -EOPNOTSUPP);
	expect("param-huge", hvm_param(&p, ~0U), -EOPNOTSUPP);
	if (!(host.features & XEN_NESTED_FEAT_console))
		expect("param-console-in-use",
		       hvm_param(&p, HVM_PARAM_CONSOLE_PFN), -EOPNOTSUPP);
}
