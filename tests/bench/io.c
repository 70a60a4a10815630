// SPDX-License-Identifier: GPL-2.0
/*
 * Requests and packets through a PV device, one at a time, so that each goes
 * the whole way: no two share a notification.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "bench.h"

#define FRAME	1024

static struct file *file;
static struct page *page;

static int read_set_up(const char *arg)
{
	page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	file = bdev_file_open_by_path(arg, BLK_OPEN_READ, NULL, NULL);
	if (!IS_ERR(file))
		return 0;
	__free_page(page);
	return PTR_ERR(file);
}

static int read_run(unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++) {
		struct bio_vec vec;
		struct bio bio;

		bio_init(&bio, file_bdev(file), &vec, 1, REQ_OP_READ);
		bio.bi_iter.bi_sector = i * 8;
		__bio_add_page(&bio, page, SZ_4K, 0);
		err = submit_bio_wait(&bio);
		bio_uninit(&bio);
	}
	return err;
}

static void read_tear_down(void)
{
	bdev_fput(file);
	__free_page(page);
}

/* A frame that nobody on the other side waits for */

static struct net_device *dev;

static int send_set_up(const char *arg)
{
	dev = dev_get_by_name(&init_net, arg);
	return dev ? 0 : -ENODEV;
}

static int send_run(unsigned int nr)
{
	while (nr--) {
		struct sk_buff *skb = alloc_skb(FRAME + LL_RESERVED_SPACE(dev), GFP_KERNEL);
		int err;

		if (!skb)
			return -ENOMEM;
		skb_reserve(skb, LL_RESERVED_SPACE(dev));
		skb_put_zero(skb, FRAME - ETH_HLEN);
		skb->dev = dev;
		skb->protocol = htons(ETH_P_802_EX1);
		skb_reset_network_header(skb);
		dev_hard_header(skb, dev, ETH_P_802_EX1, dev->broadcast, NULL, skb->len);
		err = dev_queue_xmit(skb);
		if (err)
			return -EIO;
		usleep_range(5000, 5100);
	}
	return 0;
}

static void send_tear_down(void)
{
	dev_put(dev);
}

const struct bench bench_io[] = {
	{ "read-4k", 200, false, read_set_up, read_run, read_tear_down },
	{ "read-4k-mapped", 200, false, read_set_up, read_run, read_tear_down },
	{ "packet-sent", 200, false, send_set_up, send_run, send_tear_down },
	{ "packet-received", 200, false, send_set_up, send_run, send_tear_down },
	{ }
};
