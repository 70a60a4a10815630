// SPDX-License-Identifier: GPL-2.0
/*
 * The hostile frontend of netback connects again, with a control ring and
 * without, and with another number of queues.
 *
 * Cases of the suite in local_net_kunit.c.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include <xen/events.h>

#include "local_net_front.h"

static void new_port(struct kunit *test, struct net_front *f,
		     struct xenhost_port *port, const char *node)
{
	const struct xenhost_evtchn_ops *evtchn = f->front.xh->ops->evtchn;

	if (port->local)
		evtchn->close(f->front.xh, port->local);
	KUNIT_ASSERT_EQ(test, 0, evtchn->alloc_unbound(f->front.xh, 0, port));
	xenbus_printf(f->front.xbt, NET_FRONT_FE, node, "%u", port->remote_visible);
}

/* Both of two queues with the same rings, where nothing moves. */
static void two_queues(struct kunit *test, struct net_front *f)
{
	struct xenbus_transaction xbt = f->front.xbt;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		xenbus_printf(xbt, i ? NET_FRONT_FE "/queue-1" : NET_FRONT_FE "/queue-0",
			      "tx-ring-ref", "%d", f->tx_ref);
		xenbus_printf(xbt, i ? NET_FRONT_FE "/queue-1" : NET_FRONT_FE "/queue-0",
			      "rx-ring-ref", "%d", f->rx_ref);
	}
	new_port(test, f, &f->front.port, "queue-0/event-channel");
	new_port(test, f, &f->second_port, "queue-1/event-channel");
	xenbus_printf(xbt, NET_FRONT_FE, "multi-queue-num-queues", "2");
}

static void reconnect(struct kunit *test, struct net_front *f, bool control,
		      unsigned int nr_queues)
{
	struct front *front = &f->front;

	front_set(test, front, NET_FRONT_FE, "state", "5");
	front_set(test, front, NET_FRONT_FE, "state", "6");
	KUNIT_ASSERT_TRUE(test, front_backend_is(front, XenbusStateClosed));

	net_front_init_rings(f);
	new_port(test, f, &front->port, "event-channel");
	xenbus_rm(front->xbt, NET_FRONT_FE, "multi-queue-num-queues");
	if (nr_queues == 2)
		two_queues(test, f);
	if (control) {
		new_port(test, f, &f->ctrl_port, "event-channel-ctrl");
		xenbus_printf(front->xbt, NET_FRONT_FE, "ctrl-ring-ref", "%d",
			      f->ctrl_ref);
	} else {
		xenbus_rm(front->xbt, NET_FRONT_FE, "ctrl-ring-ref");
	}
	front_set(test, front, NET_FRONT_FE, "state", "1");
	KUNIT_ASSERT_TRUE(test, front_backend_is(front, XenbusStateInitWait));
	front_set(test, front, NET_FRONT_FE, "state", "4");
	KUNIT_ASSERT_TRUE(test, front_backend_is(front, XenbusStateConnected));
}

/* The status of the answer, or U32_MAX when none comes. */
static u32 control(struct net_front *f, u16 type, u32 data)
{
	struct xen_netif_ctrl_request req = {
		.id = ++f->id,
		.type = type,
		.data = { data },
	};
	struct xen_netif_ctrl_response rsp;
	unsigned int i;

	*RING_GET_REQUEST(&f->ctrl, f->ctrl.req_prod_pvt) = req;
	f->ctrl.req_prod_pvt++;
	RING_PUSH_REQUESTS(&f->ctrl);
	notify_remote_via_evtchn(f->ctrl_port.local);
	for (i = 0; i < FRONT_PATIENCE; i++) {
		if (XEN_RING_NR_UNCONSUMED_RESPONSES(&f->ctrl)) {
			RING_COPY_RESPONSE(&f->ctrl, f->ctrl.rsp_cons, &rsp);
			f->ctrl.rsp_cons++;
			return rsp.status;
		}
		msleep(20);
	}
	return U32_MAX;
}

/* To the frontend; all that counts is that netback chooses a queue for it. */
static void send_packet(struct kunit *test, struct net_front *f)
{
	struct sk_buff *skb = netdev_alloc_skb(f->dev, ETH_ZLEN);
	struct iphdr *ip;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->protocol = htons(ETH_P_IP);
	skb_reset_mac_header(skb);
	skb_put_zero(skb, ETH_HLEN);
	skb_set_network_header(skb, ETH_HLEN);
	ip = skb_put_zero(skb, ETH_ZLEN - ETH_HLEN);
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(ETH_ZLEN - ETH_HLEN);
	ip->saddr = htonl(0x0a090063);
	ip->daddr = htonl(0x0a090064);
	dev_queue_xmit(skb);
}

/* What was asked for on a control ring is forgotten with the ring. */
void local_net_hash_goes_with_the_ring(struct kunit *test)
{
	struct net_front *f = test->priv;
	unsigned int nr = 1;

	net_front_setup(test, f);
	/* With one, none is chosen: whoever starts this lets netback have two. */
	xenbus_scanf(f->front.xbt, NET_FRONT_BE, "multi-queue-max-queues", "%u", &nr);
	nr = min(nr, 2U);
	reconnect(test, f, true, nr);
	KUNIT_EXPECT_EQ(test, control(f, XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS, 0),
			XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test,
			control(f, XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM,
				XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ),
			XEN_NETIF_CTRL_STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test,
			control(f, XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS,
				XEN_NETIF_CTRL_HASH_TYPE_IPV4),
			XEN_NETIF_CTRL_STATUS_SUCCESS);
	send_packet(test, f);

	reconnect(test, f, false, nr);
	send_packet(test, f);

	reconnect(test, f, true, 1);
	KUNIT_EXPECT_EQ(test, control(f, XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS, 0),
			XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, net_front_ask_good(f), XEN_NETIF_RSP_OKAY);
}

/* As when a backend can't request it: nothing to free, which would warn. */
void local_net_irq_without_handler(struct kunit *test)
{
	struct net_front *f = test->priv;
	xenhost_t *xh = f->front.xh;
	struct xenbus_device *dev;
	struct xenhost_port port;
	int irq;

	net_front_setup(test, f);
	KUNIT_ASSERT_EQ(test, 0, xh->ops->evtchn->alloc_unbound(xh, 0, &port));
	dev = to_xenbus_device(f->dev->dev.parent);
	irq = bind_interdomain_evtchn_to_irq_lateeoi(dev, port.remote_visible);
	KUNIT_EXPECT_GT(test, irq, 0);
	if (irq > 0)
		unbind_from_irqhandler(irq, f);
	KUNIT_EXPECT_EQ(test, 0, xh->ops->evtchn->close(xh, port.local));
}
