/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host for tests: complete tables whose members do nothing and answer
 * 0.  A test may put its own function in any place, since each recorder has its
 * own copy of the tables.
 */
#ifndef _XEN_TESTS_RECORDER_H
#define _XEN_TESTS_RECORDER_H

#include <kunit/test.h>

#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenhost.h>

struct recorder {
	xenhost_t xh;
	struct xenhost_ops ops;
	struct xenhost_hypercall_ops hypercall;
	struct xenhost_evtchn_ops evtchn;
	struct xenhost_gnttab_ops gnttab;
	struct xenhost_store_ops store;
	struct xenhost_balloon_ops balloon;
	struct xenhost_lifecycle_ops lifecycle;
};

/* Answers for any member that is only called with a register's worth. */
static inline long recorder_nothing(void)
{
	return 0;
}

/* From ops on, a recorder is pointers only. */
static inline void **recorder_members(struct recorder *r)
{
	return (void **)&r->ops;
}

static inline unsigned int recorder_nr_members(struct recorder *r)
{
	return (sizeof(*r) - offsetof(struct recorder, ops)) / sizeof(void *);
}

static inline void *recorder_swap_member(struct recorder *r, unsigned int i,
					 void *member)
{
	void *old = recorder_members(r)[i];

	recorder_members(r)[i] = member;
	return old;
}

static inline struct recorder *recorder_alloc(struct kunit *test,
					      const char *name)
{
	struct recorder *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < recorder_nr_members(r); i++)
		recorder_members(r)[i] = recorder_nothing;
	r->ops = (struct xenhost_ops) {
		.hypercall = &r->hypercall,
		.evtchn = &r->evtchn,
		.gnttab = &r->gnttab,
		.store = &r->store,
		.balloon = &r->balloon,
		.lifecycle = &r->lifecycle,
	};
	r->xh.name = name;
	r->xh.kind = XENHOST_NESTED;
	r->xh.level = 2;
	r->xh.version = 4 << 16 | 20;
	r->xh.domid = 7;
	r->xh.ops = &r->ops;
	return r;
}

#endif /* _XEN_TESTS_RECORDER_H */
