/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two made-up domains of the local Xen: a few pages each, whose pins are
 * counted, two processors, and a count of the upcalls.
 */
#ifndef _XEN_TESTS_LOCAL_DOMAINS_H
#define _XEN_TESTS_LOCAL_DOMAINS_H

#include <kunit/test.h>

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include "../local/local.h"

#define TEST_DOM_A	5
#define TEST_DOM_B	6
#define TEST_VCPUS	2
#define TEST_PAGES	8
#define TEST_MAPS	16

struct test_domain {
	struct xlocal_domain *d;
	struct page *pages[TEST_PAGES];
	atomic_t pins[TEST_PAGES];
	atomic_t dirty[TEST_PAGES];
	atomic_t upcalls[TEST_VCPUS];
	struct vcpu_info vcpus[TEST_VCPUS];
	struct shared_info *shared;
	domid_t domid;
};

struct test_domains {
	struct test_domain a;
	struct test_domain b;
};

int test_domains_init(struct kunit *test);
void test_domains_exit(struct kunit *test);
void test_domain_destroy(struct test_domain *t);
int test_domain_pins(struct test_domain *t);

#endif /* _XEN_TESTS_LOCAL_DOMAINS_H */
