/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local Xen: what the kernel image does for drivers/xen/local/, which may be a
 * module: it has the kernel's own hypercalls answered by a function call.
 */
#ifndef _XEN_XENHOST_LOCAL_H
#define _XEN_XENHOST_LOCAL_H

struct shared_info;
struct vcpu_info;
struct xenstore_domain_interface;

/**
 * typedef xenhost_local_call_t - answer a hypercall of this kernel
 * @op: its number, __HYPERVISOR_*
 * @args: its five arguments; pointers are to kernel memory
 *
 * Called under rcu_read_lock(), any context; may not sleep.
 *
 * Return: as the hypercall does.
 */
typedef long (*xenhost_local_call_t)(unsigned int op, const unsigned long *args);

int xenhost_local_attach(xenhost_local_call_t call, struct shared_info **shared,
			 struct vcpu_info **vcpus);
void xenhost_local_detach(void);
void xenhost_local_upcall(unsigned int cpu);
struct xenstore_domain_interface *xenhost_local_store(void);

#endif /* _XEN_XENHOST_LOCAL_H */
