// SPDX-License-Identifier: GPL-2.0
/*
 * A frontend that means harm, against the real blkback on the local host: each
 * malformed request must be refused and the next good one served.
 *
 * Run by local_front.c.  The disk is ram0.
 */
#include <kunit/test.h>

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include <xen/events.h>
#include <xen/interface/io/blkif.h>
#include <xen/interface/io/protocols.h>
#include <xen/page.h>

#include "local_front.h"

#define BE	"/local/domain/0/backend/vbd/0/99"
#define FE	"/local/domain/0/test/vbd/99"
#define RAM0	"1:0"

struct blk_front {
	struct front front;
	struct blkif_front_ring ring;
	void *ring_page;
	void *data;
	int ring_ref;
	int data_ref;
	int readonly_ref;
	u64 id;
};

static void setup(struct kunit *test, struct blk_front *f)
{
	struct front *front = &f->front;
	struct blkif_sring *sring;

	f->ring_page = (void *)get_zeroed_page(GFP_KERNEL);
	f->data = (void *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->ring_page);
	KUNIT_ASSERT_NOT_NULL(test, f->data);
	sring = f->ring_page;
	XEN_FRONT_RING_INIT(&f->ring, sring, XEN_PAGE_SIZE);
	f->ring_ref = front_share(front, f->ring_page, 0);
	f->data_ref = front_share(front, f->data, 0);
	f->readonly_ref = front_share(front, f->data, 1);
	KUNIT_ASSERT_GT(test, min3(f->ring_ref, f->data_ref, f->readonly_ref),
			0);

	front_set(test, front, BE, "mode", "w");
	front_set(test, front, BE, "dev", "xvda");
	front_set(test, front, BE, "physical-device", RAM0);
	front_setup(test, front);
	xenbus_printf(front->xbt, FE, "ring-ref", "%d", f->ring_ref);
	front_set(test, front, FE, "protocol", XEN_IO_PROTO_ABI_NATIVE);
	front_set(test, front, FE, "state", "3");
	KUNIT_ASSERT_TRUE(test, front_backend_is(front, XenbusStateConnected));
	front_set(test, front, FE, "state", "4");
}

/* A read of one page at the start of the disk. */
static struct blkif_request good(struct blk_front *f)
{
	return (struct blkif_request) {
		.operation = BLKIF_OP_READ,
		.u.rw = {
			.nr_segments = 1,
			.seg[0] = { .gref = f->data_ref, .last_sect = 7 },
		},
	};
}

/* The status of the response, or 1 when none came. */
static int ask(struct blk_front *f, struct blkif_request *req)
{
	struct blkif_response rsp;
	unsigned int i;

	req->u.rw.id = ++f->id;
	*RING_GET_REQUEST(&f->ring, f->ring.req_prod_pvt) = *req;
	f->ring.req_prod_pvt++;
	RING_PUSH_REQUESTS(&f->ring);
	notify_remote_via_evtchn(f->front.port.local);

	for (i = 0; i < FRONT_PATIENCE; i++) {
		if (XEN_RING_NR_UNCONSUMED_RESPONSES(&f->ring)) {
			RING_COPY_RESPONSE(&f->ring, f->ring.rsp_cons, &rsp);
			f->ring.rsp_cons++;
			return rsp.id == f->id ? rsp.status : 1;
		}
		msleep(20);
	}
	return 1;
}

static void expect_refused(struct kunit *test, struct blk_front *f,
			   const char *what, struct blkif_request req)
{
	struct blkif_request next = good(f);

	KUNIT_EXPECT_LT_MSG(test, ask(f, &req), 0, "%s", what);
	memset(f->data, 0x5a, PAGE_SIZE);
	KUNIT_EXPECT_EQ_MSG(test, ask(f, &next), BLKIF_RSP_OKAY, "after %s",
			    what);
	/* The disk is empty: the page was read into. */
	KUNIT_EXPECT_NULL_MSG(test, memchr_inv(f->data, 0, PAGE_SIZE),
			      "after %s", what);
}

static void malformed_requests(struct kunit *test)
{
	struct blk_front *f = test->priv;
	struct blkif_request req;
	unsigned int i;

	setup(test, f);

	req = good(f);
	req.operation = 77;
	expect_refused(test, f, "unknown operation", req);
	req = good(f);
	req.u.rw.nr_segments = 0;
	expect_refused(test, f, "no segments", req);
	req.u.rw.nr_segments = BLKIF_MAX_SEGMENTS_PER_REQUEST + 1;
	expect_refused(test, f, "too many segments", req);
	req.u.rw.nr_segments = U8_MAX;
	expect_refused(test, f, "255 segments", req);
	req = good(f);
	req.u.rw.seg[0].last_sect = 8;
	expect_refused(test, f, "beyond the page", req);
	req.u.rw.seg[0].first_sect = U8_MAX;
	req.u.rw.seg[0].last_sect = U8_MAX;
	expect_refused(test, f, "far beyond the page", req);
	req.u.rw.seg[0].first_sect = 5;
	req.u.rw.seg[0].last_sect = 4;
	expect_refused(test, f, "end before beginning", req);
	req = good(f);
	req.u.rw.seg[0].gref = INT_MAX;
	expect_refused(test, f, "no such grant", req);
	req.u.rw.seg[0].gref = 0;
	expect_refused(test, f, "reserved grant", req);
	req.u.rw.seg[0].gref = U32_MAX;
	expect_refused(test, f, "grant -1", req);
	req.u.rw.seg[0].gref = f->readonly_ref;
	expect_refused(test, f, "reading into a read-only grant", req);
	req = good(f);
	req.u.rw.sector_number = 1ULL << 40;
	expect_refused(test, f, "beyond the disk", req);
	req.u.rw.sector_number = U64_MAX - 3;
	expect_refused(test, f, "sector that wraps", req);
	req = good(f);
	req.u.rw.nr_segments = 2;
	req.u.rw.seg[1] = (struct blkif_request_segment) {
		.gref = INT_MAX, .last_sect = 7,
	};
	expect_refused(test, f, "second grant bad", req);

	req = (struct blkif_request) { .operation = BLKIF_OP_INDIRECT };
	req.u.indirect.indirect_op = BLKIF_OP_READ;
	expect_refused(test, f, "indirect, no segments", req);
	req.u.indirect.nr_segments = U16_MAX;
	expect_refused(test, f, "indirect, 65535 segments", req);
	req.u.indirect.nr_segments = 1;
	req.u.indirect.indirect_grefs[0] = INT_MAX;
	expect_refused(test, f, "indirect, no such grant", req);
	req.u.indirect.indirect_op = BLKIF_OP_INDIRECT;
	req.u.indirect.indirect_grefs[0] = f->data_ref;
	expect_refused(test, f, "indirect of indirect", req);
	/* A page of 0xff for segments. */
	req.u.indirect.indirect_op = BLKIF_OP_READ;
	memset(f->data, 0xff, PAGE_SIZE);
	expect_refused(test, f, "indirect, segments of garbage", req);

	for (i = 0; i < 3; i++) {
		req = good(f);
		memset(&req, 0x11 << i, sizeof(req));
		expect_refused(test, f, "garbage", req);
	}
}

/* An index far ahead of what fits in the ring ends the ring, nothing else. */
static void index_that_runs_away(struct kunit *test)
{
	struct blk_front *f = test->priv;
	struct blkif_request req;

	setup(test, f);
	req = good(f);
	KUNIT_EXPECT_EQ(test, ask(f, &req), BLKIF_RSP_OKAY);
	f->ring.sring->req_prod += 100000;
	notify_remote_via_evtchn(f->front.port.local);
	msleep(200);
	KUNIT_EXPECT_EQ(test, XEN_RING_NR_UNCONSUMED_RESPONSES(&f->ring), 0);
}

static int blk_init(struct kunit *test)
{
	struct blk_front *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	return front_init(test, &f->front, BE, FE);
}

static void blk_exit(struct kunit *test)
{
	struct blk_front *f = test->priv;

	if (!f->front.xh)
		return;
	front_teardown(test, &f->front);
	front_end(test, &f->front, f->ring_ref);
	front_end(test, &f->front, f->data_ref);
	front_end(test, &f->front, f->readonly_ref);
	free_page((unsigned long)f->data);
	free_page((unsigned long)f->ring_page);
}

static struct kunit_case local_blk_cases[] = {
	KUNIT_CASE_SLOW(malformed_requests),
	KUNIT_CASE_SLOW(index_that_runs_away),
	{}
};

struct kunit_suite local_blk_suite = {
	.name = "xen_local_blk",
	.init = blk_init,
	.exit = blk_exit,
	.test_cases = local_blk_cases,
};

MODULE_DESCRIPTION("KUnit tests of blkback against a hostile frontend");
MODULE_LICENSE("GPL");
