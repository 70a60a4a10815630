// SPDX-License-Identifier: GPL-2.0
/*
 * A backend that means harm, against the real blkfront on the local host: it
 * answers a request while it still has one of its grants mapped, the last one,
 * so that blkfront has ended the others when it sees that.  The request fails,
 * and all that it had is freed, once.
 *
 * Run by local_front.c.
 */
#include <kunit/test.h>

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/interface/io/blkif.h>
#include <xen/page.h>
#include <xen/xenhost_gnttab_map.h>

#include "local_front.h"

#define FE	"/local/domain/0/device/vbd/51792"
#define BE	"/local/domain/0/test/vbd/51792"
#define DEVICE	"local-vbd-51792"

#define MAX_PAGES	16

/* How large blkfront's struct grant is, and how many of them are looked at. */
#define GRANT_SIZE	32
#define NR_OBJECTS	8192

struct mapping {
	struct gnttab_map_grant_ref map;
	struct page *page;	/* to map onto */
	struct page *real;
};

struct blk_back {
	struct front front;
	struct blkif_back_ring ring;
	struct mapping ring_map;
	struct mapping held;
	struct task_struct *task;
	struct file *disk;
	struct page *pages[MAX_PAGES];
	struct completion ended;
	unsigned int nr_pages;	/* of the request that is answered too early */
	bool hold;
	bool there;
};

/* A driver of nothing: what finds a device wants to know their bus. */
static const struct xenbus_device_id no_ids[] = {
	{ "" }
};

static struct xenbus_driver no_driver = {
	.name = "local_back_kunit",
	.ids = no_ids,
	.any_host = true,
	.not_essential = true,
};

static bool map(struct blk_back *b, struct mapping *m, grant_ref_t ref)
{
	xenhost_t *xh = b->front.xh;

	if (xenhost_gnttab_alloc_pages(xh, 1, &m->page))
		return false;
	gnttab_set_map_op(&m->map, 0, GNTMAP_host_map, ref, 0);
	xenhost_gnttab_map_pages(xh, &m->map, &m->page, &m->real, 1);
	return m->map.status == GNTST_okay;
}

static void unmap(struct blk_back *b, struct mapping *m)
{
	struct gnttab_unmap_grant_ref op = {};
	xenhost_t *xh = b->front.xh;

	if (!m->page)
		return;
	if (m->map.status == GNTST_okay) {
		op.handle = m->map.handle;
		xenhost_gnttab_unmap_refs(xh, &op, NULL, &m->page, 1);
	}
	xenhost_gnttab_free_pages(xh, 1, &m->page);
}

/* The grant that is looked at last: an indirect page, or the last one of data. */
static grant_ref_t last_grant(const struct blkif_request *req)
{
	return req->operation == BLKIF_OP_INDIRECT ?
	       req->u.indirect.indirect_grefs[0] :
	       req->u.rw.seg[req->u.rw.nr_segments - 1].gref;
}

static void answer(struct blk_back *b)
{
	struct blkif_response *rsp;
	struct blkif_request req;
	bool indirect;
	int notify;

	RING_COPY_REQUEST(&b->ring, b->ring.req_cons, &req);
	b->ring.req_cons++;
	indirect = req.operation == BLKIF_OP_INDIRECT;
	if (READ_ONCE(b->hold) && !b->held.page &&
	    b->nr_pages == (indirect ? req.u.indirect.nr_segments :
				       req.u.rw.nr_segments))
		map(b, &b->held, last_grant(&req));

	rsp = RING_GET_RESPONSE(&b->ring, b->ring.rsp_prod_pvt);
	rsp->id = indirect ? req.u.indirect.id : req.u.rw.id;
	rsp->operation = indirect ? req.u.indirect.indirect_op : req.operation;
	rsp->status = BLKIF_RSP_OKAY;
	b->ring.rsp_prod_pvt++;
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&b->ring, notify);
	if (notify)
		notify_remote_via_evtchn(b->front.port.local);
}

static int serve(void *data)
{
	struct blk_back *b = data;

	while (!kthread_should_stop()) {
		while (XEN_RING_NR_UNCONSUMED_REQUESTS(&b->ring))
			answer(b);
		msleep(20);
	}
	return 0;
}

static int match_block(struct device *dev, void *data)
{
	return dev->class && !strcmp(dev->class->name, "block");
}

/* NULL while the disk is not there. */
static struct file *open_disk(void)
{
	struct device *dev, *disk = NULL;
	struct file *file = NULL;

	dev = bus_find_device_by_name(no_driver.driver.bus, NULL, DEVICE);
	if (dev)
		disk = device_find_child(dev, NULL, match_block);
	if (disk)
		file = bdev_file_open_by_dev(disk->devt, BLK_OPEN_READ, NULL,
					     NULL);
	put_device(disk);
	put_device(dev);
	return IS_ERR(file) ? NULL : file;
}

static void setup(struct kunit *test, struct blk_back *b, const char *indirect)
{
	struct front *front = &b->front;
	xenhost_t *xh = front->xh;
	unsigned int ref, port, i;

	front_set(test, front, BE, "frontend", FE);
	front_set(test, front, BE, "frontend-id", "0");
	front_set(test, front, BE, "sectors", "2048");
	front_set(test, front, BE, "sector-size", "512");
	front_set(test, front, BE, "info", "0");
	front_set(test, front, BE, "feature-max-indirect-segments", indirect);
	front_set(test, front, BE, "state", "2");
	front_set(test, front, FE, "backend", BE);
	front_set(test, front, FE, "backend-id", "0");
	front_set(test, front, FE, "virtual-device", "51792");
	front_set(test, front, FE, "device-type", "disk");
	b->there = true;
	front_set(test, front, FE, "state", "1");
	KUNIT_ASSERT_TRUE(test, front_state_is(front, FE,
					       XenbusStateInitialised));

	KUNIT_ASSERT_EQ(test, xenbus_scanf(front->xbt, FE, "ring-ref", "%u",
					   &ref), 1);
	KUNIT_ASSERT_EQ(test, xenbus_scanf(front->xbt, FE, "event-channel",
					   "%u", &port), 1);
	KUNIT_ASSERT_TRUE(test, map(b, &b->ring_map, ref));
	BACK_RING_INIT(&b->ring,
		       (struct blkif_sring *)page_address(b->ring_map.real),
		       XEN_PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, 0,
			xh->ops->evtchn->bind_interdomain(xh, 0, port,
							  &front->port));
	b->task = kthread_run(serve, b, "local_back");
	KUNIT_ASSERT_FALSE(test, IS_ERR(b->task));

	front_set(test, front, BE, "state", "4");
	for (i = 0; i < FRONT_PATIENCE && !b->disk; i++) {
		b->disk = open_disk();
		msleep(20);
	}
	KUNIT_ASSERT_NOT_NULL(test, b->disk);
}

static void read_end(struct bio *bio)
{
	struct blk_back *b = bio->bi_private;

	complete(&b->ended);
}

static struct bio *start_read(struct blk_back *b)
{
	struct bio *bio;
	unsigned int i;

	bio = bio_alloc(file_bdev(b->disk), MAX_PAGES, REQ_OP_READ, GFP_KERNEL);
	for (i = 0; i < b->nr_pages; i++)
		__bio_add_page(bio, b->pages[i], PAGE_SIZE, 0);
	bio->bi_private = b;
	bio->bi_end_io = read_end;
	reinit_completion(&b->ended);
	submit_bio(bio);
	return bio;
}

static bool read_ended(struct blk_back *b)
{
	return wait_for_completion_timeout(&b->ended, 20 * HZ);
}

static void stop(struct blk_back *b)
{
	if (!IS_ERR_OR_NULL(b->task))
		kthread_stop(b->task);
	b->task = NULL;
	/* Before the frontend ends them, which would tell of each that is used. */
	unmap(b, &b->held);
	unmap(b, &b->ring_map);
}

/* As a toolstack does; the frontend lets go of all it has. */
static void take_away(struct kunit *test, struct blk_back *b)
{
	struct front *front = &b->front;
	struct device *dev;
	unsigned int i;

	front_set(test, front, BE, "state", "5");
	KUNIT_EXPECT_TRUE(test, front_state_is(front, FE, XenbusStateClosed));
	xenbus_rm(front->xbt, FE, "");
	xenbus_rm(front->xbt, BE, "");
	b->there = false;
	for (i = 0; i < FRONT_PATIENCE; i++) {
		dev = bus_find_device_by_name(no_driver.driver.bus, NULL,
					      DEVICE);
		put_device(dev);
		if (!dev)
			break;
		msleep(20);
	}
	KUNIT_EXPECT_LT(test, i, FRONT_PATIENCE);
}

/*
 * What was freed twice is handed out twice.  If so, it is not given back: that
 * would be once more.
 */
static bool handed_out_once(struct kunit *test)
{
	u64 **objects = kvcalloc(NR_OBJECTS, sizeof(*objects), GFP_KERNEL);
	bool ret = true;
	u64 i;

	KUNIT_ASSERT_NOT_NULL(test, objects);
	for (i = 0; i < NR_OBJECTS; i++) {
		objects[i] = kmalloc(GRANT_SIZE, GFP_KERNEL);
		if (objects[i])
			*objects[i] = i;
	}
	for (i = 0; i < NR_OBJECTS; i++)
		ret &= objects[i] && *objects[i] == i;
	for (i = 0; ret && i < NR_OBJECTS; i++)
		kfree(objects[i]);
	kvfree(objects);
	return ret;
}

static void answered_while_mapped(struct kunit *test, struct blk_back *b)
{
	struct bio *bio = start_read(b);
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, read_ended(b));
	KUNIT_EXPECT_TRUE(test, bio->bi_status == BLK_STS_OK);
	bio_put(bio);

	WRITE_ONCE(b->hold, true);
	bio = start_read(b);
	for (i = 0; i < FRONT_PATIENCE && !READ_ONCE(b->held.real); i++)
		msleep(20);
	KUNIT_EXPECT_LT(test, i, FRONT_PATIENCE);
	/* It is answered, but that is refused, which nothing tells of. */
	msleep(1000);
	KUNIT_EXPECT_FALSE(test, completion_done(&b->ended));
	stop(b);
	take_away(test, b);
	KUNIT_ASSERT_TRUE(test, read_ended(b));
	KUNIT_EXPECT_TRUE(test, bio->bi_status == BLK_STS_IOERR);
	bio_put(bio);
	KUNIT_EXPECT_TRUE(test, handed_out_once(test));
}

static void last_page_kept(struct kunit *test)
{
	struct blk_back *b = test->priv;

	b->nr_pages = BLKIF_MAX_SEGMENTS_PER_REQUEST;
	setup(test, b, "0");
	answered_while_mapped(test, b);
}

static void indirect_page_kept(struct kunit *test)
{
	struct blk_back *b = test->priv;

	b->nr_pages = MAX_PAGES;
	setup(test, b, "32");
	answered_while_mapped(test, b);
}

static int back_init(struct kunit *test)
{
	struct blk_back *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, b);
	test->priv = b;
	init_completion(&b->ended);
	for (i = 0; i < MAX_PAGES; i++) {
		b->pages[i] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, b->pages[i]);
	}
	KUNIT_ASSERT_EQ(test, xenbus_register_frontend(&no_driver), 0);
	return front_init(test, &b->front, BE, FE);
}

static void back_exit(struct kunit *test)
{
	struct blk_back *b = test->priv;
	xenhost_t *xh = b->front.xh;
	unsigned int i;

	stop(b);
	if (b->there)
		take_away(test, b);
	if (b->disk)
		fput(b->disk);
	if (b->front.port.local)
		KUNIT_EXPECT_EQ(test, 0,
				xh->ops->evtchn->close(xh, b->front.port.local));
	xenbus_unregister_driver(&no_driver);
	for (i = 0; i < MAX_PAGES; i++)
		__free_page(b->pages[i]);
}

static struct kunit_case local_back_cases[] = {
	KUNIT_CASE_SLOW(last_page_kept),
	KUNIT_CASE_SLOW(indirect_page_kept),
	{}
};

struct kunit_suite local_back_suite = {
	.name = "xen_local_back",
	.init = back_init,
	.exit = back_exit,
	.test_cases = local_back_cases,
};

MODULE_DESCRIPTION("KUnit tests of blkfront against a hostile backend");
MODULE_LICENSE("GPL");
