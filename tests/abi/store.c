// SPDX-License-Identifier: GPL-2.0
/* L0's store, and meeting L0-dom0 there. */
#include "abi.h"

static char store_page[PAGE_SIZE] __page;

struct ring {
	char req[1024], rsp[1024];
	uint32_t req_cons, req_prod, rsp_cons, rsp_prod;
};

struct header {
	uint32_t type, req_id, tx_id, len;
};
#define XS_READ 2

static long hvm_param(struct xen_nested_hvm_param *p, uint32_t index)
{
	*p = (struct xen_nested_hvm_param){ .index = index, .value = ~0ULL };
	return nested_op(XEN_NESTEDOP_hvm_param, p, 1);
}

static void put(struct ring *ring, const void *data, unsigned int len)
{
	uint32_t prod = ring->req_prod;

	for (unsigned int i = 0; i < len; i++)
		ring->req[(prod + i) % 1024] = ((const char *)data)[i];
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*(volatile uint32_t *)&ring->req_prod = prod + len;
}

/* Up to @len bytes, as many as come in a few seconds. */
static unsigned int get(struct ring *ring, char *data, unsigned int len)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < 1000000 && n < len; ) {
		if (*(volatile uint32_t *)&ring->rsp_prod == ring->rsp_cons) {
			hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
			i++;
			continue;
		}
		data[n++] = ring->rsp[ring->rsp_cons % 1024];
		ring->rsp_cons++;
	}
	return n;
}

/* The first byte of what is at @path; -1: nothing, -2: no answer */
static int store_read(unsigned int port, const char *path)
{
	struct ring *ring = (void *)store_page;
	struct header h = { .type = XS_READ, .req_id = 77, .len = 1 };
	char value[256];

	for (const char *s = path; *s; s++)
		h.len++;
	put(ring, &h, sizeof(h));
	put(ring, path, h.len);
	if (evtchn_send(port) || get(ring, (char *)&h, sizeof(h)) != sizeof(h) ||
	    h.req_id != 77 || h.len > sizeof(value) ||
	    get(ring, value, h.len) != h.len)
		return -2;
	return h.type == XS_READ ? value[0] : -1;
}

/* The port to L0's store, whose page is mapped then; 0: none */
static unsigned int store_open(void)
{
	struct xen_nested_hvm_param p;

	if (hvm_param(&p, HVM_PARAM_STORE_PFN) ||
	    map_mfn(store_page, p.value, true) ||
	    hvm_param(&p, HVM_PARAM_STORE_EVTCHN))
		return 0;
	return p.value;
}

void test_store(void)
{
	struct xen_nested_hvm_param p;
	unsigned int port;

	if (!(host.features & XEN_NESTED_FEAT_store)) {
		skip("store", "not offered");
		return;
	}
	expect("store-page", hvm_param(&p, HVM_PARAM_STORE_PFN), 0);
	expect("store-page-l0-port", p.l0_port, 0);
	expect("store-page-mapped", map_mfn(store_page, p.value, true), 0);
	port = store_open();
	expect("store-port", port != 0, true);
	expect("store-port-same", store_open(), port);
	event_clear(port);
	expect("store-reply", store_read(port, "domid"),
	       '0' + (host.l0_domid < 10 ? host.l0_domid : host.l0_domid / 10));
	expect("store-event", event_wait(port), true);
	expect("store-nothing", store_read(port, "data/nothing"), -1);

	/* Closed here, it stays open there. */
	expect("store-port-closed", evtchn_close(port), 0);
	port = store_open();
	expect("store-port-reopened", port != 0, true);
	expect("store-reply-reopened", store_read(port, "data/nothing"), -1);
	evtchn_close(port);

	expect("param-other", hvm_param(&p, HVM_PARAM_CALLBACK_IRQ),
	       -EOPNOTSUPP);
	expect("param-huge", hvm_param(&p, ~0U), -EOPNOTSUPP);
	if (!(host.features & XEN_NESTED_FEAT_console))
		expect("param-console-in-use",
		       hvm_param(&p, HVM_PARAM_CONSOLE_PFN), -EOPNOTSUPP);
}

/*
 * Have Xen say what is open, on its console, and wait until L0-dom0 has looked,
 * too: it then writes data/@word into our part of its store.
 */
void meet(const char *word)
{
	char path[32] = "data/";
	unsigned int port;
	int rc = -2;

	for (unsigned int i = 0; word[i] && i < sizeof(path) - 6; i++)
		path[5 + i] = word[i];
	if (is_dom0())
		debug_key('X');
	port = store_open();
	print("ready %s", word);
	for (unsigned int i = 0; port && i < 12000; i++) {
		rc = store_read(port, path);
		if (rc != -1)
			break;
		sleep_10ms();
	}
	expect(word, rc, '1');
	evtchn_close(port);
}
