/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hypercalls of a KVM guest that believes it runs on Xen, answered by somebody
 * in the kernel who is neither KVM nor the virtual machine monitor: the local
 * host, drivers/xen/local/.
 */
#ifndef _ASM_X86_XEN_KVM_H
#define _ASM_X86_XEN_KVM_H

#include <linux/types.h>

struct kvm;
struct kvm_vcpu;
struct kvm_xen_local;

/**
 * struct kvm_xen_local_ops - what the one who answers can do
 * @hypercall: answer a hypercall that the guest's kernel made in 64-bit mode:
 *	number @nr, six parameters; true and *@result when it is answered, false
 *	to leave it to the monitor.  KVM's own answers come first.  Called by the
 *	thread of @vcpu, under kvm->srcu; may sleep.
 */
struct kvm_xen_local_ops {
	bool (*hypercall)(struct kvm_xen_local *local, struct kvm_vcpu *vcpu,
			  u64 nr, const u64 *params, u64 *result);
};

/**
 * struct kvm_xen_local - who answers; part of a structure of his own
 * @ops: what he can do
 */
struct kvm_xen_local {
	const struct kvm_xen_local_ops *ops;
};

int kvm_xen_local_attach(struct kvm *kvm, struct kvm_xen_local *local);
void kvm_xen_local_detach(struct kvm *kvm);
int kvm_xen_local_read(struct kvm_vcpu *vcpu, u64 addr, void *data,
		       unsigned int len);
int kvm_xen_local_write(struct kvm_vcpu *vcpu, u64 addr, void *data,
			unsigned int len);
int kvm_xen_local_event(struct kvm *kvm, u32 vcpu_id, u32 port, bool atomic);
int kvm_xen_local_timer(struct kvm *kvm, u32 vcpu_id, u32 port);

#endif /* _ASM_X86_XEN_KVM_H */
