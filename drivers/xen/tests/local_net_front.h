/* SPDX-License-Identifier: GPL-2.0 */
/* A frontend that means harm, of netback: what the cases in two files share. */
#ifndef _XEN_TESTS_LOCAL_NET_FRONT_H
#define _XEN_TESTS_LOCAL_NET_FRONT_H

#include <xen/interface/io/netif.h>

#include "local_front.h"

#define NET_FRONT_BE	"/local/domain/0/backend/vif/0/99"
#define NET_FRONT_FE	"/local/domain/0/test/vif/99"

struct net_device;
struct packet_type;

struct net_front {
	struct front front;
	struct xen_netif_tx_front_ring tx;
	struct xen_netif_ctrl_front_ring ctrl;
	void *tx_page;
	void *rx_page;
	void *ctrl_page;
	void *data;
	int tx_ref;
	int rx_ref;
	int ctrl_ref;
	int data_ref;
	struct xenhost_port ctrl_port;
	struct xenhost_port second_port;
	u16 id;
	struct net_device *dev;
	struct packet_type *pack;	/* takes what comes, if any */
};

void net_front_init_rings(struct net_front *f);
void net_front_setup(struct kunit *test, struct net_front *f);
/* The status of the answer to a good packet, or 1 when none comes. */
int net_front_ask_good(struct net_front *f);

void local_net_hash_goes_with_the_ring(struct kunit *test);
void local_net_irq_without_handler(struct kunit *test);

#endif /* _XEN_TESTS_LOCAL_NET_FRONT_H */
