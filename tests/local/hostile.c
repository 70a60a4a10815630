// SPDX-License-Identifier: GPL-2.0
/*
 * A KVM guest of the local host whose frontends mean harm: rings, requests and grants that
 * are wrong in every way towards blkback and netback.  It makes grants and ports, tells them,
 * and the host writes the nodes of its devices; then each wrong request must be refused and
 * the next good one served; at the end each ring gets an index that runs away.
 */
#define WHO		"hostile"

#include "front.h"

#define ROUNDS		3000

struct segment {
	uint32_t gref;
	uint8_t first, last;
	uint16_t pad;
};

struct blk_request {
	uint8_t op;
	uint8_t nr;		/* indirect: the operation */
	uint16_t handle;	/* indirect: the number of segments */
	uint32_t pad;
	uint64_t id;
	uint64_t sector;
	union {
		struct segment seg[11];
		struct {
			uint32_t device;
			uint32_t pages[8];	/* indirect: grants of segments */
		};
		uint64_t sectors;		/* to discard */
	};
};

_Static_assert(sizeof(struct blk_request) == 112, "as in the ring");

static struct segment indirect[PAGE / sizeof(struct segment)] paged;
static uint8_t big[11][PAGE] paged;

#define NO_ANSWER	1

static uint64_t id;

static volatile uint8_t *post(const struct blk_request *req)
{
	volatile uint8_t *entry = rings[0].entries + produced[0] % 32 * sizeof(*req);
	unsigned int k;

	for (k = 0; k < sizeof(*req); k++)
		entry[k] = ((const uint8_t *)req)[k];
	*(volatile uint64_t *)(entry + 8) = ++id;	/* of the answer, at 0 */
	produced[0]++;
	send(0);
	return entry;
}

static int ask(const struct blk_request *req)
{
	volatile uint8_t *entry = post(req);

	if (!answered(0) || *(volatile uint64_t *)entry != id)
		return NO_ANSWER;
	return *(volatile int16_t *)(entry + 10);
}

static struct blk_request good(void)
{
	return (struct blk_request){ .nr = 1, .seg[0] = { .gref = DATA, .last = 7 } };
}

/* To read, its segments in the page of the grant INDIRECT */
static struct blk_request indirect_of(unsigned int nr)
{
	return (struct blk_request){ .op = 6, .handle = nr, .pages[0] = INDIRECT };
}

static struct blk_request discard_of(uint64_t sector, uint64_t nr)
{
	return (struct blk_request){ .op = 5, .sector = sector, .sectors = nr };
}

/* "hostile-": the host has put that at the disk's beginning */
#define MARK		0x2d656c6974736f68UL

static bool good_one(void)
{
	struct blk_request req = good();

	data[0] = ~0UL;
	return !ask(&req) && data[0] == MARK;
}

static void refused(const char *what, struct blk_request req)
{
	int status = ask(&req);

	result(status < 0 && good_one(), what);
}

static void bad_requests(void)
{
	struct blk_request r;

#define BAD(name, change) do { r = good(); change; refused(name, r); } while (0)
	BAD("blk-not-granted", r.seg[0].gref = NOT_GRANTED);
	BAD("blk-grant-beyond", r.seg[0].gref = BEYOND);
	BAD("blk-readonly", r.seg[0].gref = DATA_RO);
	BAD("blk-sector-beyond-page", r.seg[0].last = 8);
	BAD("blk-sectors-reversed", r.seg[0].first = 7; r.seg[0].last = 3);
	BAD("blk-no-segment", r.nr = 0);
	BAD("blk-many-segments", r.nr = 12);
	BAD("blk-255-segments", r.nr = 255);
	BAD("blk-beyond-disk", r.sector = 1UL << 40);
	BAD("blk-sector-overflow", r.sector = ~0UL - 3);
	BAD("blk-unknown", r.op = 77);
	BAD("blk-indirect-none", r.op = 6; r.nr = 0; r.handle = 0);
	BAD("blk-indirect-many", r.op = 6; r.nr = 0; r.handle = 65535);
	BAD("blk-indirect-write", r.op = 6; r.nr = 6; r.handle = 1);
	BAD("blk-indirect-grant", r = indirect_of(16); r.pages[0] = BEYOND);
	BAD("blk-discard-beyond", r = discard_of(1UL << 40, 8));
	BAD("blk-discard-overflow", r = discard_of(~0UL - 3, 8));
	BAD("blk-discard-negative", r = discard_of(8, 1UL << 63));
}

/* The segments are in a page of their own, which changes while the request is on its way. */
static void bad_indirect(void)
{
	struct blk_request r = indirect_of(1);
	unsigned int n, i, nr;
	bool ok = true;

	data[0] = ~0UL;
	indirect[0] = (struct segment){ .gref = DATA, .last = 7 };
	result(!ask(&r) && data[0] == MARK, "blk-indirect-good");
#define BAD_SEGMENT(name, ...) do { indirect[0] = (struct segment){ __VA_ARGS__ }; refused(name, r); } while (0)
	BAD_SEGMENT("blk-indirect-not-granted", .gref = NOT_GRANTED, .last = 7);
	BAD_SEGMENT("blk-indirect-beyond-page", .gref = DATA, .last = 8);
	BAD_SEGMENT("blk-indirect-reversed", .gref = DATA, .first = 5, .last = 2);
	for (n = 0; n < 500 && ok; n++) {
		nr = next() % 260;
		r = indirect_of(nr);
		r.sector = next() % 64;
		for (i = 0; i < nr; i++)
			indirect[i] = (struct segment){
				.gref = next() % 100 ? DATA : some_grant(),
				.first = next() % 3, .last = next() % 100 ? 3 + next() % 5 : word() };
		post(&r);
		for (i = 0; i < 20; i++)
			indirect[next() % 256].gref = word();
		ok = answered(0);
	}
	result(ok && good_one(), "blk-indirect-random");
}

/* Requests of many pages, whose grants are ended, made read-only or led elsewhere meanwhile. */
static bool ended_in_use(void)
{
	struct blk_request r = { .nr = 11 };
	unsigned int n, i;

	for (n = 0; n < 200; n++) {
		for (i = 0; i < 11; i++) {
			grant(BIG + i, big[i], 0);
			r.seg[i] = (struct segment){ .gref = BIG + i, .last = 7 };
		}
		post(&r);
		for (i = 0; i < 11; i++) {
			grants[BIG + i].flags = next() % 3 ? 0 : GRANTED | READONLY;
			grants[BIG + i].frame = word();
		}
		if (!answered(0))
			return false;
	}
	return good_one();
}

static bool random_requests(void)
{
	struct blk_request r;
	unsigned int n, i;

	for (n = 0; n < ROUNDS; n++) {
		r = good();
		r.op = next() % 4 ? (next() % 2 ? 0 : 6) : word();
		/* never what writes, if it is good: the disk is looked at */
		if (r.op == 1 || r.op == 2 || r.op == 3 || r.op == 5)
			r.op = 0;
		r.nr = next() % 2 ? next() % 13 : word();
		if (r.op == 6 && r.nr == 1)
			r.nr = 0;
		r.handle = word();
		r.sector = next() % 2 ? next() % 64 : word();
		for (i = 0; i < 11; i++)
			r.seg[i] = (struct segment){ .gref = some_grant(),
						     .first = next() % 10, .last = next() % 10 };
		if (ask(&r) == NO_ANSWER)
			return false;
	}
	return good_one();
}

void start_c(void)
{
	uint32_t reason = 0;

	front_init();
	grant(INDIRECT, indirect, 0);
	front_tell();

	/* the first one is answered once the backend is there */
	produced[0]++;
	send(0);
	answered_in_time(0);
	result(good_one(), "blk-good");
	bad_requests();
	bad_indirect();
	result(ended_in_use(), "blk-ended-in-use");
	result(random_requests(), "blk-random");
	net_start();
	/* the disk to the end */
	result(good_one(), "blk-still-good");
	net_end();
	produced[0] += 1000;
	send(0);
	result(unanswered(0), "blk-runaway");
	print("@xh hostile exit 0\n");
	hypercall(SCHED_OP, 2, (uintptr_t)&reason, 0, 0);
	for (;;)
		asm volatile("hlt");
}
