/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hostile frontends share.  A frontend is no device of the bus: its
 * nodes lie where the real drivers do not look.  The backend is the real one.
 * For the hostile backend it is the other way round.
 */
#ifndef _XEN_TESTS_LOCAL_FRONT_H
#define _XEN_TESTS_LOCAL_FRONT_H

#include <kunit/test.h>

#include <xen/xenbus.h>
#include <xen/xenhost.h>

/* How long a backend may take, in steps of 20 ms. */
#define FRONT_PATIENCE	500

struct front {
	xenhost_t *xh;
	struct xenbus_transaction xbt;
	const char *be;
	const char *fe;
	struct xenhost_port port;
};

extern struct kunit_suite local_back_suite;
extern struct kunit_suite local_blk_suite;
extern struct kunit_suite local_net_suite;

int front_init(struct kunit *test, struct front *f, const char *be,
	       const char *fe);
bool front_state_is(struct front *f, const char *dir, int state);
bool front_backend_is(struct front *f, int state);
void front_set(struct kunit *test, struct front *f, const char *dir,
	       const char *node, const char *value);
void front_setup(struct kunit *test, struct front *f);
void front_teardown(struct kunit *test, struct front *f);
int front_share(struct front *f, void *page, int readonly);
void front_end(struct kunit *test, struct front *f, int ref);

#endif /* _XEN_TESTS_LOCAL_FRONT_H */
