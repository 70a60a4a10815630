// SPDX-License-Identifier: GPL-2.0
/*
 * Network frontends that mean harm.  The first one has all that is refused and leaves the
 * device alone, then indices that run away; each other one has what ends a device.
 */
#define WHO		"hostile"

#include "front.h"

#define ROUNDS		3000
#define RX_ROUNDS	100
#define CHAINS		500
#define CONTROLS	1000

/* flags of a request to send */
#define CSUM_BLANK	1
#define VALIDATED	2
#define MORE		4
#define EXTRA		8

struct tx_request {
	uint32_t gref;
	uint16_t offset, flags, id, size;
};

/* In the place of a request */
struct tx_extra {
	uint8_t type, flags;
	uint16_t gso_size;
	uint8_t gso_type, pad[7];
};

struct rx_request {
	uint16_t id, pad;
	uint32_t gref;
};

/* Of hashes, by which the backend would choose a queue; the answer's status is at byte 4 */
struct control {
	uint16_t id, type;
	uint32_t data[3];
};

enum { GET_FLAGS = 1, SET_FLAGS, SET_KEY, GET_SIZE, SET_SIZE, SET_MAPPING, SET_ALGORITHM };
#define INVALID		2

static const struct tx_request good = { .gref = DATA, .size = 100 };
static uint8_t frame[PAGE] paged;

/* ---- sending ---- */

static volatile uint8_t *tx_entry(unsigned int n, uint32_t i)
{
	return rings[TX(n)].entries + i % 256 * sizeof(struct tx_request);
}

static void put(unsigned int n, struct tx_request r)
{
	*(volatile struct tx_request *)tx_entry(n, produced[TX(n)]++) = r;
}

static void put_extra(unsigned int n, struct tx_extra e)
{
	*(volatile struct tx_extra *)tx_entry(n, produced[TX(n)]++) = e;
}

static bool sent(unsigned int n)
{
	send(TX(n));
	return answered(TX(n));
}

static bool transmitted(unsigned int n, struct tx_request r, int status)
{
	volatile uint8_t *entry = tx_entry(n, produced[TX(n)]);

	put(n, r);
	return sent(n) && *(volatile int16_t *)(entry + 2) == status;
}

static void bad_frames(void)
{
	struct tx_request r;
	unsigned int i;
	bool ok = true;

#define BAD(name, change) do { r = good; change; result(transmitted(0, r, -1) && transmitted(0, good, 0), name); } while (0)
	BAD("net-not-granted", r.gref = NOT_GRANTED);
	BAD("net-grant-beyond", r.gref = BEYOND);
	BAD("net-short", r.size = 13);
	for (i = 0; i < ROUNDS; i++) {
		r.gref = some_grant();
		r.size = next() % 1500;
		r.offset = next() % 2000;
		r.flags = next() % 2 ? 0 : CSUM_BLANK | VALIDATED;
		put(0, r);
		ok &= sent(0);
	}
	result(ok && transmitted(0, good, 0), "net-random");
}

/* Frames of several pages, of which some are no grants, or none any more once it is sent. */
static void bad_chains(void)
{
	struct tx_request r[18];
	unsigned int i, k, nr;
	bool ok = true;

	for (i = 0; i < CHAINS && ok; i++) {
		nr = 2 + next() % 17;
		r[0] = good;
		for (k = 0; k < nr; k++) {
			r[k] = good;
			r[k].gref = next() % 8 ? BIG + next() % 11 : some_grant();
			r[k].size = k ? 1 + next() % 3000 : 20;
			r[k].offset = next() % 1000;
			r[k].flags = k < nr - 1 ? MORE : 0;
		}
		/* that of the first one is of all */
		for (k = 1; k < nr; k++)
			r[0].size += r[k].size;
		if (r[0].offset + 20 > PAGE || next() % 20 == 0)
			r[0].size = 20;
		for (k = 0; k < nr; k++)
			put(0, r[k]);
		send(TX(0));
		for (k = 0; k < 11; k++)
			if (next() % 4 == 0)
				grants[BIG + k].frame = word();
		ok = answered(TX(0));
		for (k = 0; k < 11; k++)
			grant(BIG + k, data, next() % 4 ? 0 : READONLY);
	}
	result(ok && transmitted(0, good, 0), "net-chains");
}

/* ---- receiving ---- */

/* What the backend says of a buffer for a frame: its length, or an error; 0 if nothing. */
static int received(uint32_t gref)
{
	volatile uint8_t *entry = rings[RX(0)].entries + produced[RX(0)] % 256 * sizeof(struct rx_request);

	*(volatile struct rx_request *)entry = (struct rx_request){ .gref = gref };
	produced[RX(0)]++;
	send(RX(0));
	return answered_in_time(RX(0)) ? *(volatile int16_t *)(entry + 6) : 0;
}

/* The host sends datagrams that say "hostile" all the time; there may be others. */
static bool frame_came(void)
{
	unsigned int i;

	for (i = 0; i < 10; i++) {
		((volatile uint8_t *)frame)[42] = 0;
		if (received(FRAME) > 0 && ((volatile uint8_t *)frame)[42] == 'h')
			return true;
	}
	return false;
}

static void bad_buffers(void)
{
	unsigned int i;
	bool ok = true;

	result(frame_came(), "net-rx-good");
	result(received(NOT_GRANTED) < 0 && frame_came(), "net-rx-not-granted");
	result(received(BEYOND) < 0 && frame_came(), "net-rx-grant-beyond");
	((volatile uint64_t *)data)[0] = 77;
	result(received(DATA_RO) < 0 && frame_came() && ((volatile uint64_t *)data)[0] == 77, "net-rx-readonly");
	for (i = 0; i < RX_ROUNDS; i++)
		ok &= received(some_grant()) != 0;
	result(ok && frame_came(), "net-rx-random");
}

/* ---- control ---- */

/* The status; -1 without an answer. */
static int control(uint16_t type, uint32_t a, uint32_t b, uint32_t c)
{
	volatile uint8_t *entry = rings[CONTROL].entries + produced[CONTROL] % 128 * sizeof(struct control);

	*(volatile struct control *)entry = (struct control){ .type = type, .data = { a, b, c } };
	produced[CONTROL]++;
	send(CONTROL);
	return answered(CONTROL) ? *(volatile int32_t *)(entry + 4) : -1;
}

static bool control_works(void)
{
	return !control(GET_SIZE, 0, 0, 0) && !control(SET_KEY, DATA, 40, 0);
}

static void bad_controls(void)
{
	unsigned int i;
	bool ok = true;

	result(control_works(), "net-control-good");
#define REFUSED(name, ...) result(control(__VA_ARGS__) == INVALID && control_works(), name)
	REFUSED("net-key-not-granted", SET_KEY, NOT_GRANTED, 40, 0);
	REFUSED("net-key-grant-beyond", SET_KEY, BEYOND, 40, 0);
	REFUSED("net-key-long", SET_KEY, DATA, 41, 0);
	REFUSED("net-key-endless", SET_KEY, DATA, ~0U, 0);
	REFUSED("net-mapping-large", SET_SIZE, 129, 0, 0);
	ok &= !control(SET_SIZE, 128, 0, 0);
	REFUSED("net-mapping-not-granted", SET_MAPPING, NOT_GRANTED, 128, 0);
	REFUSED("net-mapping-beyond", SET_MAPPING, DATA, 128, 1);
	REFUSED("net-mapping-wraps", SET_MAPPING, DATA, 2, ~0U);
	for (i = 0; i < 512; i++)
		((volatile uint64_t *)data)[i] = ~0UL;
	REFUSED("net-mapping-no-queue", SET_MAPPING, DATA, 128, 0);
	for (i = 0; i < CONTROLS; i++)
		ok &= control(next() % 9, some_grant(), word(), word()) >= 0;
	result(ok && control_works(), "net-control-random");
}

/* ---- what ends a device ---- */

static void crossing(unsigned int n)
{
	struct tx_request r = good;

	r.offset = 4000;
	put(n, r);
}

static void no_such_extra(unsigned int n)
{
	struct tx_request r = good;

	r.flags = EXTRA;
	put(n, r);
	put_extra(n, (struct tx_extra){ .type = 0x40 });
}

static void no_extra(unsigned int n)
{
	struct tx_request r = good;

	r.flags = EXTRA;
	put(n, r);
}

static void gso_of_nothing(unsigned int n)
{
	struct tx_request r = good;

	r.flags = EXTRA;
	put(n, r);
	put_extra(n, (struct tx_extra){ .type = 1, .gso_type = 1 });
}

static void no_more(unsigned int n)
{
	struct tx_request r = good;

	r.flags = MORE;
	put(n, r);
}

static void more_and_more(unsigned int n)
{
	struct tx_request r = good;
	unsigned int i;

	r.flags = MORE;
	for (i = 0; i < 40; i++) {
		r.size = i ? 20 : 2000;
		put(n, r);
	}
}

static const struct {
	const char *name;
	void (*put)(unsigned int n);
} ends[NETS - 1] = {
	{ "net-crossing", crossing },
	{ "net-no-such-extra", no_such_extra },
	{ "net-no-extra", no_extra },
	{ "net-gso-of-nothing", gso_of_nothing },
	{ "net-no-more", no_more },
	{ "net-more-and-more", more_and_more },
};

void net_start(void)
{
	unsigned int n;

	grant(FRAME, frame, 0);
	for (n = 0; n < 11; n++)
		grant(BIG + n, data, 0);
	put(0, good);
	send(TX(0));
	result(answered_in_time(TX(0)) && transmitted(0, good, 0), "net-good");
	bad_buffers();
	bad_frames();
	bad_chains();
	bad_controls();
	for (n = 1; n < NETS; n++) {
		bool ok;

		put(n, good);
		send(TX(n));
		ok = answered_in_time(TX(n));
		ends[n - 1].put(n);
		/* it is looked at by itself, and then nothing is any more */
		send(TX(n));
		ok &= unanswered(TX(n));
		put(n, good);
		send(TX(n));
		result(ok && unanswered(TX(n)), ends[n - 1].name);
	}
}

/* Indices that run away, and what they lead to. */
void net_end(void)
{
	unsigned int i;
	bool ok;

	produced[RX(0)] += 0x80000000;
	send(RX(0));
	result(transmitted(0, good, 0), "net-rx-runaway");
	/* one that is answered: the event of the next one has to wait for nothing */
	ok = control_works();
	produced[CONTROL] += 0x40000000;
	send(CONTROL);
	ok &= unanswered(CONTROL);
	/* the host counts how often it is looked at */
	for (i = 0; i < 20; i++) {
		send(CONTROL);
		ok &= transmitted(0, good, 0);
	}
	result(ok, "net-control-runaway");
	produced[TX(0)] += 100000;
	send(TX(0));
	result(unanswered(TX(0)), "net-runaway");
}
