// SPDX-License-Identifier: GPL-2.0
/* Made-up domains for the suites of the local Xen. */

#include <linux/err.h>
#include <linux/slab.h>

#include "local_domains.h"

static struct page *test_get_frame(struct xlocal_domain *d, unsigned long gfn)
{
	struct test_domain *t = d->priv;

	if (gfn >= TEST_PAGES)
		return NULL;
	atomic_inc(&t->pins[gfn]);
	return t->pages[gfn];
}

static void test_put_frame(struct xlocal_domain *d, unsigned long gfn,
			   struct page *page, bool dirty)
{
	struct test_domain *t = d->priv;

	if (dirty)
		atomic_inc(&t->dirty[gfn]);
	atomic_dec(&t->pins[gfn]);
}

static void test_upcall(struct xlocal_domain *d, unsigned int vcpu)
{
	struct test_domain *t = d->priv;

	atomic_inc(&t->upcalls[vcpu]);
}

static const struct xlocal_domain_ops test_ops = {
	.get_frame	= test_get_frame,
	.put_frame	= test_put_frame,
	.deliver	= xlocal_evtchn_deliver,
	.upcall		= test_upcall,
};

static void init_domain(struct kunit *test, struct test_domain *t, domid_t id)
{
	unsigned int i;

	t->domid = id;
	t->shared = (void *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->shared);
	for (i = 0; i < TEST_PAGES; i++) {
		t->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, t->pages[i]);
	}
	t->d = xlocal_domain_create(id, TEST_VCPUS, 1, TEST_MAPS, &test_ops, t);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->d));
	t->d->shared = t->shared;
	for (i = 0; i < TEST_VCPUS; i++)
		t->d->vcpus[i] = &t->vcpus[i];
}

int test_domains_init(struct kunit *test)
{
	struct test_domains *doms = kunit_kzalloc(test, sizeof(*doms),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, doms);
	test->priv = doms;
	init_domain(test, &doms->a, TEST_DOM_A);
	init_domain(test, &doms->b, TEST_DOM_B);
	return 0;
}

void test_domain_destroy(struct test_domain *t)
{
	if (!IS_ERR_OR_NULL(t->d))
		xlocal_domain_destroy(t->d);
	t->d = NULL;
}

int test_domain_pins(struct test_domain *t)
{
	unsigned int i;
	int pins = 0;

	for (i = 0; i < TEST_PAGES; i++)
		pins += atomic_read(&t->pins[i]);
	return pins;
}

void test_domains_exit(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	struct test_domain *all[] = { &doms->a, &doms->b };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		test_domain_destroy(all[i]);
	/* Nobody has anything of a domain that is gone. */
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		KUNIT_EXPECT_EQ(test, test_domain_pins(all[i]), 0);
		for (j = 0; j < TEST_PAGES; j++)
			if (all[i]->pages[j])
				__free_page(all[i]->pages[j]);
		free_page((unsigned long)all[i]->shared);
	}
	xlocal_domains_drain();
}
