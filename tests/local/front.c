// SPDX-License-Identifier: GPL-2.0
/* Grants, rings and event channels of frontends without an operating system. */
#define WHO		"hostile"

#include "front.h"

volatile struct grant grants[PAGE / sizeof(struct grant)] paged;
volatile struct ring rings[RINGS] paged;
uint64_t data[PAGE / 8] paged;
uint32_t produced[RINGS];
static uint8_t shared_info[PAGE] paged;
static uint32_t ports[RINGS];

static void place(uint32_t space, const volatile void *at)
{
	struct {
		uint16_t domid, size;
		uint32_t space;
		uint64_t idx, gpfn;
	} a = { .domid = 0x7ff0, .space = space, .gpfn = (uintptr_t)at / PAGE };

	result(!hypercall(MEMORY_OP, 7, (uintptr_t)&a, 0, 0), "placed");
}

void grant(unsigned int ref, const volatile void *at, uint16_t flags)
{
	grants[ref].domid = 0;
	grants[ref].frame = (uintptr_t)at / PAGE;
	__atomic_store_n(&grants[ref].flags, GRANTED | flags, __ATOMIC_SEQ_CST);
}

uint32_t some_grant(void)
{
	return next() % 2 ? DATA + next() % 4 : word();
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

static void make(unsigned int ring)
{
	struct {
		uint16_t dom, remote;
		uint32_t port;
	} a = { .dom = 0x7ff0 };

	hypercall(EVENT_CHANNEL_OP, 6, (uintptr_t)&a, 0, 0);
	ports[ring] = a.port;
	rings[ring].req_event = rings[ring].rsp_event = 1;
	grant(FIRST_RING + ring, &rings[ring], 0);
}

void send(unsigned int ring)
{
	__atomic_store_n(&rings[ring].req_prod, produced[ring], __ATOMIC_SEQ_CST);
	hypercall(EVENT_CHANNEL_OP, 4, (uintptr_t)&ports[ring], 0, 0);
}

static bool answered_after(unsigned int ring, unsigned int yields)
{
	while (yields--) {
		if (__atomic_load_n(&rings[ring].rsp_prod, __ATOMIC_SEQ_CST) == produced[ring])
			return true;
		hypercall(SCHED_OP, 0, 0, 0, 0);
	}
	return false;
}

/* True when all that was asked is answered; yields, for the backend is on our processor. */
bool answered(unsigned int ring)
{
	return answered_after(ring, 100000);
}

/* True when there is no answer, of a backend that would give one at once. */
bool unanswered(unsigned int ring)
{
	return !answered_after(ring, 10000);
}

/* The same where something else has to come first: the backend, or a frame from the host. */
bool answered_in_time(unsigned int ring)
{
	unsigned int n;

	for (n = 0; n < 50; n++) {
		if (answered(ring))
			return true;
		send(ring);
	}
	return false;
}

/* The table, which is none before it has its place, and in it the rings and the data. */
void front_init(void)
{
	unsigned int i;

	place(1, grants);
	place(0, shared_info);
	grant(DATA, data, 0);
	grant(DATA_RO, data, READONLY);
	for (i = 0; i < RINGS; i++)
		make(i);
}

/* Tell the host all ports: it will connect the devices. */
void front_tell(void)
{
	unsigned int i;

	print("@xh hostile info ports ");
	for (i = 0; i < RINGS; i++)
		number(ports[i]);
	print("\n");
}
