// SPDX-License-Identifier: GPL-2.0
/* Start, what the hypercall as a whole must do, and query. */
#include "abi.h"

struct start_info *start_info;
struct xen_nested_query host;

static void __attribute__((noreturn)) stop(void)
{
	struct sched_shutdown s = { .reason = SHUTDOWN_poweroff };

	print("exit %u", failed);
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (unsigned long)&s,
		  0, 0);
	for (;;)
		hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0, 0);
}

static void test_query(void)
{
	struct xen_nested_query q;

	expect("query", nested_op(XEN_NESTEDOP_query, &q, 1), 0);
	host = q;
	print("info abi=%u depth=%u l0=%u.%u domid=%u features=%x",
	      q.abi_version, q.depth, q.l0_version >> 16,
	      q.l0_version & 0xffff, q.l0_domid, q.features);
	print("info max_batch=%u max_ports=%u grants=%u-%u",
	      q.max_batch, q.max_ports, q.first_grant, q.max_grants);
	expect("query-version", q.abi_version, XEN_NESTED_ABI_VERSION);
	expect("query-depth", q.depth >= 1, true);
	expect("query-own-frames",
	       !(q.features & XEN_NESTED_FEAT_own_frames), is_dom0());

	expect("query-own-level", nested_cmd(0, XEN_NESTEDOP_query, &q, 1),
	       -EOPNOTSUPP);
	expect("query-too-deep", nested_cmd(2, XEN_NESTEDOP_query, &q, 1),
	       -EOPNOTSUPP);
	expect("query-count-0", nested_op(XEN_NESTEDOP_query, &q, 0),
	       -EINVAL);
	expect("query-count-2", nested_op(XEN_NESTEDOP_query, &q, 2),
	       -EINVAL);
	expect("query-unmapped", nested_op(XEN_NESTEDOP_query, (void *)0x7f0000000000, 1),
	       -EFAULT);
	expect("query-bad-pointer",
	       nested_op(XEN_NESTEDOP_query, (void *)0x7ffffffff000, 1),
	       -EFAULT);
	expect("query-xen-pointer",
	       nested_op(XEN_NESTEDOP_query, (void *)0xffff82d040200000, 1),
	       -EFAULT);
}

static void test_unknown(void)
{
	char buf[256];
	unsigned int bad = 0;

	memset(buf, 0, sizeof(buf));
	for (unsigned int cmd = 64; cmd < 4096; cmd++)
		bad += nested_op(cmd, buf, 1) != -EOPNOTSUPP;
	expect("unknown-op", bad, 0);
	expect("unknown-op-huge", nested_cmd(~0U, ~0U, buf, 1), -EOPNOTSUPP);
}

/* Is @word among the words of our command line?  What follows it, or NULL. */
const char *option(const char *word)
{
	const char *s = (const char *)start_info->cmd_line;

	for (; *s; s++) {
		const char *w = word;
		const char *t = s;

		while (*w && *w == *t)
			w++, t++;
		if (!*w)
			return t;
	}
	return NULL;
}

static unsigned int number(const char *s)
{
	unsigned int n = 0;

	while (s && *s >= '0' && *s <= '9')
		n = n * 10 + *s++ - '0';
	return n;
}

static long set_owner(uint16_t domid)
{
	struct xen_nested_set_owner o = { .domid = domid };

	return nested_op(XEN_NESTEDOP_set_owner, &o, 1);
}

/* How many operations, known or not, of any level, do not answer @want */
static unsigned int other_answers(long want, bool set_owner, bool both_levels)
{
	char buf[256];
	unsigned int bad = 0;

	for (unsigned int op = 0; op < 100; op++) {
		if (op == XEN_NESTEDOP_set_owner && !set_owner)
			continue;
		memset(buf, 0, sizeof(buf));
		bad += nested_op(op, buf, 1) != want;
		bad += nested_op(op, NULL, 0) != want;
		if (both_levels)
			bad += nested_cmd(0, op, buf, 1) != want;
	}
	return bad;
}

/* Somebody else owns the connection: nothing is allowed, known or not. */
static void test_not_owner(void)
{
	expect("not-owner", other_answers(-EPERM, false, true), 0);
	expect("take-over", set_owner(DOMID_SELF), 0);
}

/* An ordinary guest, which may not even take over. */
static void test_guest(void)
{
	expect("guest-refused", other_answers(-EPERM, true, true), 0);
	expect("guest-take-over", set_owner(DOMID_SELF), -EPERM);
}

/* The owner by right, but Xen's policy forbids it. */
static void test_denied(void)
{
	expect("denied", other_answers(-EACCES, true, true), 0);
}

static void test_owner(void)
{
	expect("hand-over-nobody", set_owner(4711), -ESRCH);
	expect("hand-over-reserved", set_owner(DOMID_IO), -ESRCH);
	expect("hand-over-level", nested_cmd(0, XEN_NESTEDOP_set_owner, NULL, 1),
	       -EOPNOTSUPP);
	expect("hand-over-self", set_owner(DOMID_SELF), 0);
}

/* Have something of each kind open, until we are destroyed. */
static void __attribute__((noreturn)) hold(void)
{
	struct xen_nested_evtchn_alloc_unbound a = { .pad = 0 };
	static char page[PAGE_SIZE] __page;
	unsigned int bad = 0;

	for (unsigned int i = 0; i < 100; i++) {
		bad += nested_op(XEN_NESTEDOP_evtchn_alloc_unbound, &a, 1) != 0;
		bad += publish(host.first_grant + i, 0, virt_to_mfn(page),
			       i % 2) != 0;
	}
	expect("hold", bad, 0);
	print("ready");
	for (;;)
		sleep_10ms();
}

void start_c(struct start_info *si)
{
	struct xen_nested_query q;
	long rc;

	start_info = si;
	if (option("name="))
		guest_name = option("name=");
	print("start");

	map_shared_info();
	do {
		rc = nested_op(XEN_NESTEDOP_query, &q, 1);
		if (rc == -EPERM)
			sleep_10ms();
	} while (rc == -EPERM && option("wait"));

	if (option("expect=off")) {
		expect("off", rc, -ENOSYS);
		stop();
	}
	if (rc == -ENOSYS) {
		skip("all", "this Xen has no nested host");
		stop();
	}

	if (option("expect=guest")) {
		test_guest();
		stop();
	}
	if (option("expect=denied")) {
		test_denied();
		stop();
	}
	if (option("expect=refused"))
		test_not_owner();
	test_query();
	if (option("role=grant") || option("role=map")) {
		if (option("role=grant"))
			granter();
		else
			mapper();
		stop();
	}
	if (option("role=hold"))
		hold();
	test_unknown();
	if (option("meet"))
		meet("fresh");
	if (is_dom0())
		test_owner();
	test_evtchn();
	test_store();
	test_grant();
	test_memory();
	if (option("fuzz="))
		fuzz(number(option("fuzz=")), number(option("seed=")));
	give_back();
	if (option("meet"))
		meet("quiet");
	stop();
}
