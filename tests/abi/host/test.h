/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the test on the build host share. */
#ifndef TEST_H
#define TEST_H

#include "mock.h"

#include "private.h"

/* A result line: ok if @got is @want. */
void expect(const char *name, long got, long want);

#define LAST (NR_FRAMES * 512 - 1)	/* entry of the table */

/* One page of each kind, in this order */
enum { OWN, TABLE, SPECIAL, OTHERS, IO, XEN, NOBODYS };

/* As the owner: publish a frame, open a port. */
int publish(unsigned int ref, uint64_t frame, unsigned int flags);
int end(unsigned int ref);
int release(void);
int alloc(struct xen_nested_evtchn_alloc_unbound *a);

bool owns(const struct domain *d);

/* Ask for a change of the owner, or to be as if newly it; all of the owner's. */
long set_owner(struct domain *caller, domid_t domid);
long reset(struct domain *caller, unsigned long arg);
unsigned int all_open(void);
unsigned int retired_of(const struct domain *d);
unsigned int sweeps(void);	/* how often until it is not wanted any more */
extern unsigned int revoked;	/* how often an owner's rights were */

void test_batch(void);
void test_owner(void);
void test_quota(void);
void test_random(void);
void test_steps(void);
void test_sweep(void);

#endif
