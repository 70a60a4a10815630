// SPDX-License-Identifier: GPL-2.0
/*
 * A KVM guest of the local host whose frontends mean harm: rings, requests and grants that
 * are wrong in every way towards blkback and netback.  It makes grants and ports, tells them,
 * and the host writes the nodes of its devices; then each wrong request must be refused and
 * the next good one served; at the end each ring gets an index that runs away.
 */
#define WHO		"hostile"

#include "guest.h"

#define PAGE		4096
#define ROUNDS		3000
#define GRANTED		1
#define READONLY	4

enum { BLK_RING = 8, TX_RING, RX_RING, DATA, DATA_RO, BIG };	/* grants */
#define NOT_GRANTED	400
#define BEYOND		0x7fffffff

#define paged __attribute__((aligned(PAGE)))

struct grant {
	uint16_t flags;
	uint16_t domid;
	uint32_t frame;
};

struct ring {
	uint32_t req_prod, req_event, rsp_prod, rsp_event;
	uint8_t pad[48];
	uint8_t entries[PAGE - 64];
};

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
	struct segment seg[11];
};

struct tx_request {
	uint32_t gref;
	uint16_t offset, flags, id, size;
};

static volatile struct grant grants[PAGE / sizeof(struct grant)] paged;
static uint8_t shared_info[PAGE] paged;
static volatile struct ring rings[3] paged;
static uint64_t data[512] paged;
static uint8_t big[11][PAGE] paged;
static uint32_t ports[3];
static uint32_t produced[3];

static void place(uint32_t space, const volatile void *at)
{
	struct {
		uint16_t domid, size;
		uint32_t space;
		uint64_t idx, gpfn;
	} a = { .domid = 0x7ff0, .space = space, .gpfn = (uintptr_t)at / PAGE };

	result(!hypercall(MEMORY_OP, 7, (uintptr_t)&a, 0, 0), "placed");
}

static void grant(unsigned int ref, const volatile void *at, uint16_t flags)
{
	grants[ref].domid = 0;
	grants[ref].frame = (uintptr_t)at / PAGE;
	__atomic_store_n(&grants[ref].flags, GRANTED | flags, __ATOMIC_SEQ_CST);
}

static void number(uint32_t n)
{
	char s[12], *p = s + 11;

	*p = 0;
	do {
		*--p = '0' + n % 10;
		n /= 10;
	} while (n);
	print(p);
	print(" ");
}

static void make(unsigned int i)
{
	struct {
		uint16_t dom, remote;
		uint32_t port;
	} a = { .dom = 0x7ff0 };

	hypercall(EVENT_CHANNEL_OP, 6, (uintptr_t)&a, 0, 0);
	ports[i] = a.port;
	rings[i].req_event = rings[i].rsp_event = 1;
	grant(BLK_RING + i, &rings[i], 0);
}

static void send(unsigned int i)
{
	__atomic_store_n(&rings[i].req_prod, produced[i], __ATOMIC_SEQ_CST);
	hypercall(EVENT_CHANNEL_OP, 4, (uintptr_t)&ports[i], 0, 0);
}

/* True when all that was asked is answered; yields, for the backend is on our processor. */
static bool answered(unsigned int i)
{
	unsigned int n;

	for (n = 0; n < 100000; n++) {
		if (__atomic_load_n(&rings[i].rsp_prod, __ATOMIC_SEQ_CST) == produced[i])
			return true;
		hypercall(SCHED_OP, 0, 0, 0, 0);
	}
	return false;
}

/* ---- the disk ---- */

#define NO_ANSWER	1

static int ask(const struct blk_request *req)
{
	static uint64_t id;
	volatile uint8_t *entry = rings[0].entries + produced[0] % 32 * sizeof(*req);
	unsigned int k;

	for (k = 0; k < sizeof(*req); k++)
		entry[k] = ((const uint8_t *)req)[k];
	*(volatile uint64_t *)(entry + 8) = ++id;	/* of the answer, at 0 */
	produced[0]++;
	send(0);
	if (!answered(0) || *(volatile uint64_t *)entry != id)
		return NO_ANSWER;
	return *(volatile int16_t *)(entry + 10);
}

static struct blk_request good(void)
{
	return (struct blk_request){ .nr = 1, .seg[0] = { .gref = DATA, .last = 7 } };
}

static bool good_one(void)
{
	struct blk_request req = good();

	data[0] = ~0UL;
	/* "hostile-": the host has put that at the disk's beginning */
	return !ask(&req) && data[0] == 0x2d656c6974736f68UL;
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
	BAD("blk-indirect-grant", r.op = 6; r.nr = 0; r.handle = 16; *(uint32_t *)((char *)&r + 28) = BEYOND);
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
		*(volatile struct blk_request *)(rings[0].entries + produced[0] % 32 * sizeof(r)) = r;
		produced[0]++;
		send(0);
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
		/* never a good write: the disk is looked at */
		if (r.op == 1 || r.op == 5)
			r.op = 0;
		r.nr = next() % 2 ? next() % 13 : word();
		if (r.op == 6 && r.nr == 1)
			r.nr = 0;
		r.handle = word();
		r.sector = next() % 2 ? next() % 64 : word();
		for (i = 0; i < 11; i++)
			r.seg[i] = (struct segment){ .gref = next() % 2 ? DATA + next() % 4 : word(),
						     .first = next() % 10, .last = next() % 10 };
		if (ask(&r) == NO_ANSWER)
			return false;
	}
	return good_one();
}

/* ---- the network ---- */

static bool transmit(struct tx_request r)
{
	*(volatile struct tx_request *)(rings[1].entries + produced[1] % 256 * sizeof(r)) = r;
	produced[1]++;
	send(1);
	return answered(1);
}

static bool transmitted(struct tx_request r, int status)
{
	volatile uint8_t *entry = rings[1].entries + produced[1] % 256 * sizeof(r);

	return transmit(r) && *(volatile int16_t *)(entry + 2) == status;
}

static void bad_frames(void)
{
	const struct tx_request ok = { .gref = DATA, .size = 100 };
	struct tx_request r;
	unsigned int n;
	bool good = true;

	result(transmitted(ok, 0), "net-good");
#define FRAME(name, change) do { r = ok; change; result(transmitted(r, -1) && transmitted(ok, 0), name); } while (0)
	FRAME("net-not-granted", r.gref = NOT_GRANTED);
	FRAME("net-grant-beyond", r.gref = BEYOND);
	FRAME("net-short", r.size = 13);
	for (n = 0; n < ROUNDS; n++) {
		r.gref = next() % 2 ? DATA + next() % 4 : word();
		r.size = next() % 1500;
		r.offset = next() % 2000;
		r.flags = next() % 2 ? 0 : 1 | 2;
		good &= transmit(r);
	}
	result(good && transmitted(ok, 0), "net-random");
	/* this ends it */
	r = ok;
	r.offset = 4000;
	transmit(r);
	transmit(ok);
}

void start_c(void)
{
	uint32_t reason = 0;
	unsigned int i;

	place(1, grants);
	place(0, shared_info);
	grant(DATA, data, 0);
	grant(DATA_RO, data, READONLY);
	for (i = 0; i < 3; i++)
		make(i);
	print("@xh hostile info ports ");
	for (i = 0; i < 3; i++)
		number(ports[i]);
	print("\n");

	/* the first one is answered once the backend is there */
	for (i = 0; i < 50 && !good_one(); i++)
		produced[0] = rings[0].rsp_prod;
	result(good_one(), "blk-good");
	bad_requests();
	result(ended_in_use(), "blk-ended-in-use");
	result(random_requests(), "blk-random");
	bad_frames();
	/* an index that runs away, and what it leads to */
	produced[0] += 1000;
	send(0);
	produced[1] += 100000;
	send(1);
	produced[2] += 0x80000000;
	send(2);
	print("@xh hostile exit 0\n");
	hypercall(SCHED_OP, 2, (uintptr_t)&reason, 0, 0);
	for (;;)
		asm volatile("hlt");
}
