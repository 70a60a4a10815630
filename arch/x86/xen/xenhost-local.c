// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel image does for the local host (drivers/xen/local/), which may
 * be a module: the hypercalls of this kernel go to it by a function call, since
 * there is no Xen below that could answer them.  No hypercall instruction is
 * ever executed on its behalf.
 *
 * Once a local host has been there, the kernel's hypercalls never again become
 * instructions: while there is none, they fail.
 *
 * An upcall is an irq_work on the processor in question.
 *
 * The pages are this file's and are never freed: a program may have mapped the
 * store's, and an interrupt may still look at the shared info.
 */
#define pr_fmt(fmt) "xenhost: local: " fmt

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/irq_work.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include <xen/events.h>
#include <xen/interface/io/xs_wire.h>
#include <xen/xen.h>
#include <xen/xen-ops.h>
#include <xen/xenhost_local.h>

#include <asm/xen/hypercall.h>
#include <asm/xen/hypervisor.h>

#include "xen-ops.h"

/* Called under rcu_read_lock(), which is what its going waits for. */
static xenhost_local_call_t local_call;
static struct shared_info *shared_page;
static struct xenstore_domain_interface *store_page;

/* Called by xen_hypercall_local() */
long xenhost_local_dispatch(unsigned int op, unsigned long a1, unsigned long a2,
			    unsigned long a3, unsigned long a4,
			    unsigned long a5)
{
	unsigned long args[] = { a1, a2, a3, a4, a5 };
	xenhost_local_call_t call;
	long ret = -ENOSYS;

	rcu_read_lock();
	/* What it works on is set up: pairs with xenhost_local_attach(). */
	call = smp_load_acquire(&local_call);
	if (call)
		ret = call(op, args);
	rcu_read_unlock();
	return ret;
}

/**
 * xenhost_local_attach - answer this kernel's hypercalls from now on
 * @call: answers them
 * @shared: out: this kernel's shared info page
 * @vcpus: out: vcpu_info of each possible processor, nr_cpu_ids pointers
 *
 * The ports in @shared are masked.  Process context.
 *
 * Return: 0, -EBUSY when there is a Xen below that does, -EEXIST when somebody
 * does already, -ENOMEM.
 */
int xenhost_local_attach(xenhost_local_call_t call, struct shared_info **shared,
			 struct vcpu_info **vcpus)
{
	unsigned int cpu;
	int ret;

	if (xen_domain())
		return -EBUSY;
	if (READ_ONCE(local_call))
		return -EEXIST;

	if (!shared_page)
		shared_page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!store_page)
		store_page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!shared_page || !store_page)
		return -ENOMEM;

	memset(shared_page, 0, PAGE_SIZE);
	for_each_possible_cpu(cpu) {
		memset(&per_cpu(xen_vcpu_info, cpu), 0, sizeof(struct vcpu_info));
		vcpus[cpu] = &per_cpu(xen_vcpu_info, cpu);
		per_cpu(xen_vcpu, cpu) = vcpus[cpu];
		per_cpu(xen_vcpu_id, cpu) = cpu;
	}
	HYPERVISOR_shared_info = shared_page;
	*shared = shared_page;

	static_call_update(xen_hypercall, xen_hypercall_local);
	/* With all that was set up for it. */
	smp_store_release(&local_call, call);
	ret = xen_init_IRQ_local();
	if (ret)
		xenhost_local_detach();
	return ret;
}
EXPORT_SYMBOL_GPL(xenhost_local_attach);

static void do_upcall(struct irq_work *work)
{
	xen_evtchn_do_upcall();
}

static DEFINE_PER_CPU(struct irq_work, upcall_work) =
	IRQ_WORK_INIT_HARD(do_upcall);

/**
 * xenhost_local_upcall - have this kernel look for events
 * @cpu: processor whose vcpu_info says that there are some
 *
 * Any context but NMI.
 */
void xenhost_local_upcall(unsigned int cpu)
{
	struct vcpu_info *v = per_cpu(xen_vcpu, cpu);

	if (cpu_online(cpu)) {
		irq_work_queue_on(per_cpu_ptr(&upcall_work, cpu), cpu);
		return;
	}
	/*
	 * Its ports move to another one, which looks at them then; here nothing
	 * may stay behind that would keep back an upcall once it is online again.
	 */
	WRITE_ONCE(v->evtchn_pending_sel, 0);
	WRITE_ONCE(v->evtchn_upcall_pending, 0);
}
EXPORT_SYMBOL_GPL(xenhost_local_upcall);

/**
 * xenhost_local_detach - undo xenhost_local_attach()
 *
 * No event channel is bound any more.  No call is under way when this returns.
 * Process context.
 */
void xenhost_local_detach(void)
{
	unsigned int cpu;

	WRITE_ONCE(local_call, NULL);
	synchronize_rcu();
	for_each_possible_cpu(cpu)
		irq_work_sync(per_cpu_ptr(&upcall_work, cpu));
}
EXPORT_SYMBOL_GPL(xenhost_local_detach);

/**
 * xenhost_local_store - the page of this kernel's own connection to xenstored
 *
 * Return: the page, after xenhost_local_attach().
 */
struct xenstore_domain_interface *xenhost_local_store(void)
{
	return store_page;
}
EXPORT_SYMBOL_GPL(xenhost_local_store);
