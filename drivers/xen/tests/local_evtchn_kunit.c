// SPDX-License-Identifier: GPL-2.0
/*
 * The local Xen's event channels: two domains, every transition of a port, and
 * bitmaps that a domain has written anything to.
 */
#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/string.h>

#include "local_domains.h"

static bool pending(struct test_domain *t, evtchn_port_t port)
{
	return test_bit(port, (unsigned long *)t->shared->evtchn_pending);
}

static void mask(struct test_domain *t, evtchn_port_t port)
{
	set_bit(port, (unsigned long *)t->shared->evtchn_mask);
}

/* What the domain's upcall does: take all events. */
static void take_events(struct test_domain *t)
{
	unsigned int i;

	for (i = 0; i < TEST_VCPUS; i++) {
		t->vcpus[i].evtchn_upcall_pending = 0;
		t->vcpus[i].evtchn_pending_sel = 0;
		atomic_set(&t->upcalls[i], 0);
	}
	memset(t->shared->evtchn_pending, 0, sizeof(t->shared->evtchn_pending));
}

static u32 state(struct test_domain *t, evtchn_port_t port)
{
	struct evtchn_status status = {};

	return xlocal_evtchn_status(t->d, port, &status) ? U32_MAX :
							    status.status;
}

/* A channel from A's port to B's. */
static void connect(struct kunit *test, struct test_domains *doms,
		    evtchn_port_t *a, evtchn_port_t *b)
{
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_alloc_unbound(doms->a.d, TEST_DOM_B,
							  true, a), 0);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, *a, b),
			0);
	KUNIT_EXPECT_TRUE(test, pending(&doms->b, *b));
	take_events(&doms->b);
}

static void send_both_ways(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b;

	connect(test, doms, &a, &b);
	KUNIT_EXPECT_EQ(test, state(&doms->a, a), EVTCHNSTAT_interdomain);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
	KUNIT_EXPECT_TRUE(test, pending(&doms->b, b));
	KUNIT_EXPECT_FALSE(test, pending(&doms->a, a));
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 1);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 1);

	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->b.d, b), 0);
	KUNIT_EXPECT_TRUE(test, pending(&doms->a, a));
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.upcalls[0]), 1);
}

static void masked(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b;

	connect(test, doms, &a, &b);
	mask(&doms->b, b);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_unmask(doms->b.d, b), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 0);

	mask(&doms->b, b);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
	KUNIT_EXPECT_TRUE(test, pending(&doms->b, b));
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_unmask(doms->b.d, b), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 1);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_unmask(doms->b.d, b), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 1);
}

static void other_processor(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b;

	connect(test, doms, &a, &b);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_vcpu(doms->b.d, b, 1), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[1]), 1);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_vcpu(doms->b.d, b, TEST_VCPUS),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_vcpu(doms->b.d, b + 1, 0),
			-EINVAL);
}

static void bind_refused(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b, c;

	connect(test, doms, &a, &b);
	/* bound already, nobody's, not there, not for A */
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, a, &c),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, 0, &c),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, a + 1,
							     &c), -EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, U32_MAX,
							     &c), -EINVAL);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_alloc_unbound(doms->a.d, TEST_DOM_B,
							  true, &a), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->a.d,
							     doms->a.d, a, &c),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, state(&doms->a, a), EVTCHNSTAT_unbound);
}

static void wrong_ports(struct kunit *test)
{
	static const evtchn_port_t wrong[] = {
		0, 100, XLOCAL_NR_PORTS, XLOCAL_NR_PORTS + 1, U32_MAX
	};
	struct test_domains *doms = test->priv;
	struct evtchn_status status;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, wrong[i]),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->a.d, wrong[i]),
				-EINVAL);
		if (wrong[i] == 100)
			continue;
		KUNIT_EXPECT_EQ(test, xlocal_evtchn_unmask(doms->a.d, wrong[i]),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, xlocal_evtchn_status(doms->a.d, wrong[i],
							   &status), -EINVAL);
	}
}

static void close_and_bind_again(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b;

	connect(test, doms, &a, &b);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->b.d, b), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->b.d, b), -EINVAL);
	KUNIT_EXPECT_EQ(test, state(&doms->b, b), EVTCHNSTAT_closed);
	KUNIT_EXPECT_EQ(test, state(&doms->a, a), EVTCHNSTAT_unbound);
	/* Nobody listens: lost, and no error. */
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);

	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, a, &b),
			0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->a.d, a), 0);
	KUNIT_EXPECT_EQ(test, state(&doms->b, b), EVTCHNSTAT_unbound);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.d->nr_ports), 0);
}

static void within_one_domain(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t one, two;

	KUNIT_ASSERT_EQ(test, xlocal_evtchn_alloc_unbound(doms->a.d, TEST_DOM_A,
							  true, &one), 0);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_interdomain(doms->a.d,
							     doms->a.d, one,
							     &two), 0);
	KUNIT_EXPECT_NE(test, one, two);
	take_events(&doms->a);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, one), 0);
	KUNIT_EXPECT_TRUE(test, pending(&doms->a, two));
	KUNIT_EXPECT_FALSE(test, pending(&doms->a, one));
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->a.d, one), 0);
	KUNIT_EXPECT_EQ(test, state(&doms->a, two), EVTCHNSTAT_unbound);
}

static void peer_dies(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b;

	connect(test, doms, &a, &b);
	test_domain_destroy(&doms->b);
	KUNIT_EXPECT_EQ(test, state(&doms->a, a), EVTCHNSTAT_unbound);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
}

static void ports_run_out(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t port;
	unsigned int i;

	for (i = 1; i < XLOCAL_NR_PORTS; i++)
		KUNIT_ASSERT_EQ(test, xlocal_evtchn_alloc_unbound(doms->a.d,
								  TEST_DOM_B,
								  true, &port),
				0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_alloc_unbound(doms->a.d, TEST_DOM_B,
							  true, &port), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->a.d, 17), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_alloc_unbound(doms->a.d, TEST_DOM_B,
							  true, &port), 0);
	KUNIT_EXPECT_EQ(test, port, 17);
}

static void virqs(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t port, again;

	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, VIRQ_DOM_EXC, 0,
						      &port), -EPERM);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, VIRQ_TIMER, 0,
						      &port), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, NR_VIRQS, 0,
						      &port), -EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, VIRQ_DOM_EXC,
						      TEST_VCPUS, &port),
			-EINVAL);

	doms->a.d->privileged = true;
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, VIRQ_DOM_EXC, 1,
						      &port), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, VIRQ_DOM_EXC, 0,
						      &again), -EEXIST);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, port), -EINVAL);
	xlocal_evtchn_raise_virq(doms->a.d, VIRQ_DOM_EXC);
	KUNIT_EXPECT_TRUE(test, pending(&doms->a, port));
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.upcalls[1]), 1);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->a.d, port), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(doms->a.d, VIRQ_DOM_EXC, 0,
						      &port), 0);
}

/* What processors of one domain send each other. */
static void ipis(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t port, again;

	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_ipi(doms->a.d, TEST_VCPUS,
						     &port), -EINVAL);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_ipi(doms->a.d, 1, &port), 0);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_ipi(doms->a.d, 1, &again), 0);
	KUNIT_EXPECT_NE(test, port, again);
	KUNIT_EXPECT_EQ(test, state(&doms->a, port), EVTCHNSTAT_ipi);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, port), 0);
	KUNIT_EXPECT_TRUE(test, pending(&doms->a, port));
	KUNIT_EXPECT_FALSE(test, pending(&doms->a, again));
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->a.upcalls[1]), 1);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_vcpu(doms->a.d, port, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_interdomain(doms->b.d,
							     doms->a.d, port,
							     &again), -EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(doms->a.d, port), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, port), -EINVAL);
}

static evtchn_port_t timers[TEST_VCPUS];

static void note_timer(struct xlocal_domain *d, unsigned int vcpu,
		       evtchn_port_t port)
{
	timers[vcpu] = port;
}

static void virqs_of_processors(struct kunit *test)
{
	static struct xlocal_domain_ops ops;
	struct test_domains *doms = test->priv;
	struct xlocal_domain *d = doms->a.d;
	evtchn_port_t port, debug, again;

	ops = *d->ops;
	ops.timer = note_timer;
	d->ops = &ops;
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_virq(d, VIRQ_TIMER, 1, &port),
			0);
	KUNIT_EXPECT_EQ(test, timers[1], port);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(d, VIRQ_TIMER, 1, &again),
			-EEXIST);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_virq(d, VIRQ_TIMER, 0, &again),
			0);
	KUNIT_EXPECT_EQ(test, timers[0], again);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_bind_virq(d, VIRQ_DEBUG, 1, &debug),
			0);
	KUNIT_EXPECT_EQ(test, timers[1], port);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(d, VIRQ_DOM_EXC, 0,
						      &again), -EPERM);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_vcpu(d, port, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(d, port), -EINVAL);

	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(d, debug), 0);
	KUNIT_EXPECT_EQ(test, timers[1], port);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_close(d, port), 0);
	KUNIT_EXPECT_EQ(test, timers[1], 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_bind_virq(d, VIRQ_TIMER, 1, &port),
			0);
	/* Those that are left stop with the domain. */
	test_domain_destroy(&doms->a);
	KUNIT_EXPECT_EQ(test, timers[0], 0);
	KUNIT_EXPECT_EQ(test, timers[1], 0);
}

/* A domain that writes nonsense to its bitmaps loses its own events only. */
static void hostile_bitmaps(struct kunit *test)
{
	struct test_domains *doms = test->priv;
	evtchn_port_t a, b;

	connect(test, doms, &a, &b);
	memset(doms->b.shared, 0xff, PAGE_SIZE);
	memset(doms->b.vcpus, 0xff, sizeof(doms->b.vcpus));
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_unmask(doms->b.d, b), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&doms->b.upcalls[0]), 0);
	WRITE_ONCE(doms->b.d->shared, NULL);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_send(doms->a.d, a), 0);
	KUNIT_EXPECT_EQ(test, xlocal_evtchn_unmask(doms->b.d, b), -EINVAL);
}

/* ---- all at once ---- */

#define STRESS_ROUNDS	20000

struct stress {
	struct test_domains *doms;
	evtchn_port_t a;
	struct completion done;
	atomic_t bad;
	bool stop;
};

/* B binds and closes again and again ... */
static int stress_bind(void *data)
{
	struct stress *s = data;
	evtchn_port_t b;
	u32 i;

	for (i = 0; i < STRESS_ROUNDS; i++) {
		if (xlocal_evtchn_bind_interdomain(s->doms->b.d, s->doms->a.d,
						   s->a, &b)) {
			atomic_inc(&s->bad);
			break;
		}
		xlocal_evtchn_send(s->doms->b.d, b);
		if (xlocal_evtchn_close(s->doms->b.d, b))
			atomic_inc(&s->bad);
		if (!(i % 64))
			cond_resched();
	}
	WRITE_ONCE(s->stop, true);
	complete(&s->done);
	return 0;
}

/* ... while A sends, masks and unmasks. */
static int stress_send(void *data)
{
	struct stress *s = data;

	while (!READ_ONCE(s->stop)) {
		if (xlocal_evtchn_send(s->doms->a.d, s->a))
			atomic_inc(&s->bad);
		mask(&s->doms->a, s->a);
		xlocal_evtchn_unmask(s->doms->a.d, s->a);
		cond_resched();
	}
	complete(&s->done);
	return 0;
}

static void bind_send_close_at_once(struct kunit *test)
{
	struct stress s = { .doms = test->priv };
	struct task_struct *task;
	unsigned int i;

	init_completion(&s.done);
	KUNIT_ASSERT_EQ(test, xlocal_evtchn_alloc_unbound(s.doms->a.d,
							  TEST_DOM_B, true,
							  &s.a), 0);
	for (i = 0; i < 3; i++) {
		task = kthread_run(i ? stress_send : stress_bind, &s,
				   "xlocal-stress/%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	}
	for (i = 0; i < 3; i++)
		wait_for_completion(&s.done);
	KUNIT_EXPECT_EQ(test, atomic_read(&s.bad), 0);
	KUNIT_EXPECT_EQ(test, state(&s.doms->a, s.a), EVTCHNSTAT_unbound);
	KUNIT_EXPECT_EQ(test, atomic_read(&s.doms->b.d->nr_ports), 0);
}

static struct kunit_case local_evtchn_cases[] = {
	KUNIT_CASE(send_both_ways),
	KUNIT_CASE(masked),
	KUNIT_CASE(other_processor),
	KUNIT_CASE(bind_refused),
	KUNIT_CASE(wrong_ports),
	KUNIT_CASE(close_and_bind_again),
	KUNIT_CASE(within_one_domain),
	KUNIT_CASE(peer_dies),
	KUNIT_CASE(ports_run_out),
	KUNIT_CASE(virqs),
	KUNIT_CASE(ipis),
	KUNIT_CASE(virqs_of_processors),
	KUNIT_CASE(hostile_bitmaps),
	KUNIT_CASE_SLOW(bind_send_close_at_once),
	{}
};

static struct kunit_suite local_evtchn_suite = {
	.name = "xen_local_evtchn",
	.init = test_domains_init,
	.exit = test_domains_exit,
	.test_cases = local_evtchn_cases,
};

kunit_test_suite(local_evtchn_suite);

MODULE_DESCRIPTION("KUnit tests of the local Xen's event channels");
MODULE_LICENSE("GPL");
