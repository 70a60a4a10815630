// SPDX-License-Identifier: GPL-2.0
/*
 * A frontend that means harm, against the real netback on the local host: what
 * is malformed is refused; what breaks the protocol ends this one interface.
 *
 * Run by local_front.c.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#include <net/net_namespace.h>

#include <xen/events.h>
#include <xen/interface/io/netif.h>
#include <xen/page.h>

#include "local_net_front.h"

#define VIF	"loc-vif0.99"

/* netback takes as many after the first. */
#define TOO_MANY_SLOTS	(1 + XEN_NETIF_NR_SLOTS_MIN + 1)

static void *share(struct kunit *test, struct net_front *f, int *ref,
		   int readonly)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	*ref = front_share(&f->front, page, readonly);
	KUNIT_ASSERT_GT(test, *ref, 0);
	return page;
}

void net_front_init_rings(struct net_front *f)
{
	struct xen_netif_ctrl_sring *ctrl = f->ctrl_page;
	struct xen_netif_tx_sring *tx = f->tx_page;
	struct xen_netif_rx_sring *rx = f->rx_page;

	XEN_FRONT_RING_INIT(&f->tx, tx, XEN_PAGE_SIZE);
	XEN_FRONT_RING_INIT(&f->ctrl, ctrl, XEN_PAGE_SIZE);
	SHARED_RING_INIT(rx);
}

void net_front_setup(struct kunit *test, struct net_front *f)
{
	struct front *front = &f->front;
	int ret;

	f->tx_page = share(test, f, &f->tx_ref, 0);
	f->rx_page = share(test, f, &f->rx_ref, 0);
	f->ctrl_page = share(test, f, &f->ctrl_ref, 0);
	f->data = share(test, f, &f->data_ref, 1);
	net_front_init_rings(f);

	front_set(test, front, NET_FRONT_BE, "handle", "99");
	front_set(test, front, NET_FRONT_BE, "mac", "00:16:3e:00:00:99");
	front_set(test, front, NET_FRONT_BE, "script", "none");
	front_set(test, front, NET_FRONT_BE, "hotplug-status", "connected");
	front_setup(test, front);
	xenbus_printf(front->xbt, NET_FRONT_FE, "tx-ring-ref", "%d", f->tx_ref);
	xenbus_printf(front->xbt, NET_FRONT_FE, "rx-ring-ref", "%d", f->rx_ref);
	front_set(test, front, NET_FRONT_FE, "request-rx-copy", "1");
	front_set(test, front, NET_FRONT_FE, "feature-rx-notify", "1");
	front_set(test, front, NET_FRONT_FE, "feature-sg", "1");
	front_set(test, front, NET_FRONT_FE, "state", "4");
	KUNIT_ASSERT_TRUE(test, front_backend_is(front, XenbusStateConnected));

	/* Rings are looked at while the interface is up. */
	rtnl_lock();
	f->dev = __dev_get_by_name(&init_net, VIF);
	ret = f->dev ? dev_open(f->dev, NULL) : -ENODEV;
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, ret, 0);
}

static struct xen_netif_tx_request good(struct net_front *f)
{
	return (struct xen_netif_tx_request) {
		.gref = f->data_ref,
		.size = ETH_ZLEN,
	};
}

static void put(struct net_front *f, struct xen_netif_tx_request req)
{
	req.id = ++f->id;
	*RING_GET_REQUEST(&f->tx, f->tx.req_prod_pvt) = req;
	f->tx.req_prod_pvt++;
}

static void push(struct net_front *f)
{
	RING_PUSH_REQUESTS(&f->tx);
	notify_remote_via_evtchn(f->front.port.local);
}

/* The status of the next response, or 1 when none comes. */
static int next_answer(struct net_front *f, unsigned int patience,
		       struct xen_netif_tx_response *rsp)
{
	unsigned int i;

	for (i = 0; i < patience; i++) {
		if (XEN_RING_NR_UNCONSUMED_RESPONSES(&f->tx)) {
			RING_COPY_RESPONSE(&f->tx, f->tx.rsp_cons, rsp);
			f->tx.rsp_cons++;
			return rsp->status;
		}
		msleep(20);
	}
	return 1;
}

static int answer(struct net_front *f, unsigned int patience)
{
	struct xen_netif_tx_response rsp;

	return next_answer(f, patience, &rsp);
}

static int ask(struct net_front *f, struct xen_netif_tx_request req)
{
	put(f, req);
	push(f);
	return answer(f, FRONT_PATIENCE);
}

int net_front_ask_good(struct net_front *f)
{
	return ask(f, good(f));
}

static void expect_refused(struct kunit *test, struct net_front *f,
			   const char *what, struct xen_netif_tx_request req)
{
	KUNIT_EXPECT_EQ_MSG(test, ask(f, req), XEN_NETIF_RSP_ERROR, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, ask(f, good(f)), XEN_NETIF_RSP_OKAY,
			    "after %s", what);
}

static void malformed_requests(struct kunit *test)
{
	struct net_front *f = test->priv;
	struct xen_netif_tx_request req;
	unsigned int i;

	net_front_setup(test, f);
	KUNIT_EXPECT_EQ(test, ask(f, good(f)), XEN_NETIF_RSP_OKAY);

	req = good(f);
	req.gref = INT_MAX;
	expect_refused(test, f, "no such grant", req);
	req.gref = U32_MAX;
	expect_refused(test, f, "grant -1", req);
	req.gref = 0;
	expect_refused(test, f, "reserved grant", req);
	req = good(f);
	req.size = 0;
	expect_refused(test, f, "no data", req);
	req.size = ETH_HLEN - 1;
	expect_refused(test, f, "less than a header", req);

	/* A packet whose second slot is larger than the whole. */
	req = good(f);
	req.flags = XEN_NETTXF_more_data;
	put(f, req);
	req.flags = 0;
	req.size = 1000;
	put(f, req);
	push(f);
	KUNIT_EXPECT_EQ(test, answer(f, FRONT_PATIENCE), XEN_NETIF_RSP_ERROR);
	KUNIT_EXPECT_EQ(test, answer(f, FRONT_PATIENCE), XEN_NETIF_RSP_ERROR);

	/* More slots than a packet may have, not so many as to be fatal. */
	for (i = 0; i < TOO_MANY_SLOTS; i++) {
		req = good(f);
		req.size = i ? 1 : 1000;
		if (i < TOO_MANY_SLOTS - 1)
			req.flags = XEN_NETTXF_more_data;
		put(f, req);
	}
	push(f);
	for (i = 0; i < TOO_MANY_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, answer(f, FRONT_PATIENCE),
				XEN_NETIF_RSP_ERROR);

	KUNIT_EXPECT_EQ(test, ask(f, good(f)), XEN_NETIF_RSP_OKAY);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(f->dev));
}

/* ---- packets of several slots ---- */

#define ETH_P_TEST	0x88b5		/* for local experiments */

struct piece {
	u16 offset, size;
};

/* As many slots as may be: within the head, over its end, none, whole pages. */
static const struct piece pieces[] = {
	{ 0, 30 }, { 5, 70 }, { 200, 1 }, { 0, 0 }, { 1000, 3096 },
	{ 0, 4096 }, { 0, 4096 }, { 0, 4096 }, { 0, 4096 }, { 0, 4096 },
	{ 0, 4096 }, { 0, 4096 }, { 0, 4096 }, { 0, 4096 }, { 0, 4096 },
	{ 0, 4096 }, { 0, 4096 }, { 4095, 1 }, { 7, 4000 },
};

/* The head ends in it.  If mapped, it is refused with each one before. */
#define HEAD_END	4

/* The network stack, looking whether a packet is as it was sent. */
struct taker {
	struct packet_type type;
	const void *want;
	unsigned int len;
	atomic_t same, other;
};

static int take(struct sk_buff *skb, struct net_device *dev,
		struct packet_type *type, struct net_device *orig)
{
	struct taker *t = container_of(type, struct taker, type);
	void *got = kmalloc(t->len, GFP_ATOMIC);

	if (got && skb->len == t->len &&
	    !skb_copy_bits(skb, 0, got, t->len) && !memcmp(got, t->want, t->len))
		atomic_inc(&t->same);
	else
		atomic_inc(&t->other);
	kfree(got);
	consume_skb(skb);
	return 0;
}

/*
 * Sends a packet of @nr pieces.  If @bad, that one's grant is not there, and then
 * @also may be refused.
 */
static void send_pieces(struct kunit *test, struct net_front *f, unsigned int nr,
			unsigned int total, unsigned int bad, unsigned int also)
{
	u16 first = f->id + 1, answers[ARRAY_SIZE(pieces)] = {};
	struct xen_netif_tx_response rsp;
	struct xen_netif_tx_request req;
	unsigned int i, slot;

	for (i = 0; i < nr; i++) {
		req = good(f);
		req.offset = pieces[i].offset;
		req.size = i ? pieces[i].size : total;
		req.flags = i < nr - 1 ? XEN_NETTXF_more_data : 0;
		if (i && i == bad)
			req.gref = INT_MAX;
		put(f, req);
	}
	push(f);

	/* They may be answered in any order. */
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_NE(test, next_answer(f, FRONT_PATIENCE, &rsp),
				1);
		slot = (u16)(rsp.id - first);
		KUNIT_ASSERT_LT(test, slot, nr);
		answers[slot]++;
		if (bad && bad < also && slot == also)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, rsp.status,
				    bad && slot == bad ? XEN_NETIF_RSP_ERROR :
							 XEN_NETIF_RSP_OKAY,
				    "slot %u, %u bad", slot, bad);
	}
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, answers[i], 1, "answers to %u", i);
}

static u64 statistic(struct kunit *test, struct net_device *dev,
		     const char *name)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	int i, nr = ops->get_sset_count(dev, ETH_SS_STATS);
	char (*names)[ETH_GSTRING_LEN];
	u64 *values;

	names = kunit_kcalloc(test, nr, sizeof(*names), GFP_KERNEL);
	values = kunit_kcalloc(test, nr, sizeof(*values), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, names);
	KUNIT_ASSERT_NOT_NULL(test, values);
	ops->get_strings(dev, ETH_SS_STATS, (u8 *)names);
	ops->get_ethtool_stats(dev, NULL, values);
	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return values[i];
	KUNIT_FAIL(test, "%s is not counted", name);
	return 0;
}

/* Whether they are copied or mapped; all are of one page. */
static void packets_of_many_slots(struct kunit *test)
{
	struct net_front *f = test->priv;
	struct ethhdr *eth;
	unsigned int i, nr, total = 0, sent = 0;
	struct taker *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	void *want = kunit_kmalloc(test, ARRAY_SIZE(pieces) * PAGE_SIZE,
				   GFP_KERNEL);
	u64 copied;

	net_front_setup(test, f);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_NOT_NULL(test, want);
	get_random_bytes(f->data, PAGE_SIZE);
	eth = f->data;
	eth_broadcast_addr(eth->h_dest);
	eth->h_proto = htons(ETH_P_TEST);
	t->type.func = take;
	t->type.type = htons(ETH_P_TEST);
	t->type.dev = f->dev;
	t->want = want + ETH_HLEN;
	dev_add_pack(&t->type);
	/* Also when an assertion fails, or the interface can't go. */
	f->pack = &t->type;

	for (nr = 1; nr <= ARRAY_SIZE(pieces); nr++) {
		memcpy(want + total, f->data + pieces[nr - 1].offset,
		       pieces[nr - 1].size);
		total += pieces[nr - 1].size;
		t->len = total - ETH_HLEN;
		send_pieces(test, f, nr, total, 0, 0);
		sent++;
	}
	copied = statistic(test, f->dev, "tx_copied");
	for (i = 1; i < ARRAY_SIZE(pieces); i++)
		if (pieces[i].size)
			send_pieces(test, f, ARRAY_SIZE(pieces), total, i,
				    copied ? 0 : HEAD_END);
	KUNIT_EXPECT_EQ(test, ask(f, good(f)), XEN_NETIF_RSP_OKAY);

	dev_remove_pack(f->pack);
	f->pack = NULL;
	/* The last one is of another length. */
	KUNIT_EXPECT_EQ(test, atomic_read(&t->same), sent);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->other), 1);
	/* Either all or none. */
	KUNIT_EXPECT_EQ(test, statistic(test, f->dev, "tx_copied"),
			copied ? sent + 1 : 0);
	KUNIT_EXPECT_EQ(test, !copied,
			!!statistic(test, f->dev, "tx_zerocopy_sent"));
}

/* The interface is ended: no answer, no carrier. */
static void expect_fatal(struct kunit *test, struct net_front *f)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, answer(f, 10), 1);
	for (i = 0; i < FRONT_PATIENCE && netif_carrier_ok(f->dev); i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(f->dev));
}

static void beyond_the_page(struct kunit *test)
{
	struct net_front *f = test->priv;
	struct xen_netif_tx_request req;

	net_front_setup(test, f);
	req = good(f);
	req.offset = XEN_PAGE_SIZE - 10;
	put(f, req);
	push(f);
	expect_fatal(test, f);
}

static void packet_without_end(struct kunit *test)
{
	struct net_front *f = test->priv;
	struct xen_netif_tx_request req;

	net_front_setup(test, f);
	req = good(f);
	req.flags = XEN_NETTXF_more_data;
	put(f, req);
	push(f);
	expect_fatal(test, f);
}

static void index_that_runs_away(struct kunit *test)
{
	struct net_front *f = test->priv;

	net_front_setup(test, f);
	f->tx.sring->req_prod += 100000;
	notify_remote_via_evtchn(f->front.port.local);
	expect_fatal(test, f);
}

static int net_init(struct kunit *test)
{
	struct net_front *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	return front_init(test, &f->front, NET_FRONT_BE, NET_FRONT_FE);
}

static void net_exit(struct kunit *test)
{
	struct net_front *f = test->priv;
	xenhost_t *xh = f->front.xh;

	if (!xh)
		return;
	if (f->pack)
		dev_remove_pack(f->pack);
	front_teardown(test, &f->front);
	if (f->second_port.local)
		xh->ops->evtchn->close(xh, f->second_port.local);
	if (f->ctrl_port.local)
		xh->ops->evtchn->close(xh, f->ctrl_port.local);
	front_end(test, &f->front, f->tx_ref);
	front_end(test, &f->front, f->rx_ref);
	front_end(test, &f->front, f->ctrl_ref);
	front_end(test, &f->front, f->data_ref);
	free_page((unsigned long)f->data);
	free_page((unsigned long)f->ctrl_page);
	free_page((unsigned long)f->rx_page);
	free_page((unsigned long)f->tx_page);
}

static struct kunit_case local_net_cases[] = {
	KUNIT_CASE_SLOW(malformed_requests),
	KUNIT_CASE_SLOW(packets_of_many_slots),
	KUNIT_CASE_SLOW(beyond_the_page),
	KUNIT_CASE_SLOW(packet_without_end),
	KUNIT_CASE_SLOW(index_that_runs_away),
	KUNIT_CASE_SLOW(local_net_irq_without_handler),
	KUNIT_CASE_SLOW(local_net_hash_goes_with_the_ring),
	{}
};

struct kunit_suite local_net_suite = {
	.name = "xen_local_net",
	.init = net_init,
	.exit = net_exit,
	.test_cases = local_net_cases,
};

MODULE_DESCRIPTION("KUnit tests of netback against a hostile frontend");
MODULE_LICENSE("GPL");
