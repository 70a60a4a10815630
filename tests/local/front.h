/* SPDX-License-Identifier: GPL-2.0 */
/* What frontends without an operating system have in common: grants, rings, event channels. */
#ifndef TESTS_LOCAL_FRONT_H
#define TESTS_LOCAL_FRONT_H

#include "guest.h"

#define PAGE		4096
#define GRANTED		1
#define READONLY	4

#define NETS		7	/* network devices */
/* rings: of the disk, then of each network device two, the first one's for control, none's */
#define TX(n)		(1 + 2 * (n))
#define RX(n)		(2 + 2 * (n))
#define CONTROL		(1 + 2 * NETS)
#define RINGS		(3 + 2 * NETS)

/* grants, of the rings one after the other */
enum { FIRST_RING = 8, DATA = 32, DATA_RO, FRAME, INDIRECT, BIG };
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

extern volatile struct grant grants[PAGE / sizeof(struct grant)];
extern volatile struct ring rings[RINGS];
extern uint32_t produced[RINGS];
extern uint64_t data[PAGE / 8];

void front_init(void);
void front_tell(void);
void grant(unsigned int ref, const volatile void *at, uint16_t flags);
void send(unsigned int ring);
bool answered(unsigned int ring);
bool unanswered(unsigned int ring);
bool answered_in_time(unsigned int ring);
uint32_t some_grant(void);

/* hostile-net.c */
void net_start(void);
void net_end(void);

#endif
