// SPDX-License-Identifier: GPL-2.0
/*
 * Local Xen: KVM guests.
 *
 * A monitor opens /dev/xen/local-kvm and names a virtual machine, which is a
 * domain from then on until the file is closed.  KVM asks here about hypercalls
 * (arch/x86/kvm/xen.c), and delivers events.
 *
 * Who owns what: the file owns the domain; the domain owns its grant table, the
 * shared info page and the pins of its memory, which go with the last reference
 * to the domain, thus after the last backend has let go of its grants.  The file
 * has the reference to the virtual machine, so that this can't go before the
 * domain.
 *
 * The end, in this order: no more hypercalls (detached from KVM), no more events
 * (the domain's channels closed, then what is late called off), the virtual
 * machine let go of; some time later, unmapped by all, the memory.
 *
 * Locks: that of the file, then those of local.h; kvm->srcu, under which
 * hypercalls come, then the latter.  mmap() is called under mmap_lock, which is
 * taken under the file's lock elsewhere: it takes none.
 */
#define pr_fmt(fmt) "xen_local: " fmt

#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <xen/xen.h>

#include <uapi/xen/local.h>

#include "kvm.h"

/**
 * struct guest_file - an open file
 * @lock: protects the making of @g
 * @g: the guest, NULL until it is made
 */
struct guest_file {
	struct mutex lock;		/* g, as long as it is NULL */
	struct xlocal_guest *g;
};

/* Events of all guests that took the slow way, see guest_deliver() */
static atomic_t late_events;
static struct dentry *debugfs;

/* ---- as a domain ---- */

static struct page *guest_get_frame(struct xlocal_domain *d, unsigned long gfn)
{
	struct xlocal_guest *g = d->priv;

	return xlocal_memory_page(&g->memory, gfn);
}

/* The page stays pinned as long as the domain; all are marked dirty then. */
static void guest_put_frame(struct xlocal_domain *d, unsigned long gfn,
			    struct page *page, bool dirty)
{
}

static void guest_late(struct work_struct *work)
{
	struct xlocal_guest *g = container_of(work, struct xlocal_guest,
					      late_work);
	unsigned long port;

	/* If the process is on its end there is nobody to hear of it. */
	if (!mmget_not_zero(g->kvm->mm))
		return;
	for_each_set_bit(port, g->late, XLOCAL_NR_PORTS) {
		clear_bit(port, g->late);
		kvm_xen_local_event(g->kvm, READ_ONCE(g->d->ports[port].vcpu),
				    port, false);
	}
	mmput_async(g->kvm->mm);
}

/* KVM may have to look for the shared info page, which takes sleeping. */
static void guest_deliver(struct xlocal_domain *d, evtchn_port_t port,
			  unsigned int vcpu)
{
	struct xlocal_guest *g = d->priv;

	if (kvm_xen_local_event(g->kvm, vcpu, port, true) != -EWOULDBLOCK)
		return;
	/* There may be events as soon as there is the domain. */
	WRITE_ONCE(g->d, d);
	atomic_inc(&late_events);
	set_bit(port, g->late);
	queue_work(system_unbound_wq, &g->late_work);
}

static void guest_timer(struct xlocal_domain *d, unsigned int vcpu,
			evtchn_port_t port)
{
	struct xlocal_guest *g = d->priv;

	kvm_xen_local_timer(g->kvm, vcpu, port);
}

/* Also of one that was never a domain. */
static void free_guest(struct xlocal_guest *g)
{
	xlocal_memory_unpin(&g->memory);
	vfree(g->shared);
	kfree(g);
	xlocal_guest_put();
}

static void guest_release(struct xlocal_domain *d)
{
	free_guest(d->priv);
}

static const struct xlocal_domain_ops guest_ops = {
	.get_frame	= guest_get_frame,
	.put_frame	= guest_put_frame,
	.deliver	= guest_deliver,
	.timer		= guest_timer,
	.release	= guest_release,
	.owner		= THIS_MODULE,
};

static bool guest_call(struct kvm_xen_local *local, struct kvm_vcpu *vcpu,
		       u64 nr, const u64 *params, u64 *result)
{
	return xlocal_guest_call(container_of(local, struct xlocal_guest, local),
				 vcpu, nr, params, result);
}

static const struct kvm_xen_local_ops local_ops = {
	.hypercall	= guest_call,
};

/* ---- making one ---- */

/* Once KVM asks no more; puts @kvm, and frees @g when its last page is let go of. */
static void end_domain(struct xlocal_guest *g, struct xlocal_domain *d)
{
	/* It has g, which is needed a little longer. */
	kref_get(&d->ref);
	xlocal_domain_destroy(d);
	cancel_work_sync(&g->late_work);
	kvm_put_kvm(g->kvm);
	xlocal_domain_put(d);
}

static void destroy_guest(struct xlocal_guest *g)
{
	kvm_xen_local_detach(g->kvm);
	end_domain(g, g->d);
}

static struct xlocal_guest *alloc_guest(struct kvm *kvm)
{
	struct xlocal_guest *g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!g)
		return ERR_PTR(-ENOMEM);
	g->local.ops = &local_ops;
	g->kvm = kvm;
	INIT_WORK(&g->late_work, guest_late);

	ret = xlocal_guest_get();
	if (ret)
		goto free;
	ret = -ENOMEM;
	g->shared = vmalloc_user(PAGE_SIZE);
	if (!g->shared)
		goto put;
	ret = xlocal_memory_pin(&g->memory, kvm);
	if (ret)
		goto free_shared;
	return g;

free_shared:
	vfree(g->shared);
put:
	xlocal_guest_put();
free:
	kfree(g);
	return ERR_PTR(ret);
}

/* Takes over the reference to @kvm. */
static struct xlocal_guest *make_guest(struct kvm *kvm,
				       const struct xen_local_create *arg)
{
	struct xlocal_guest *g = alloc_guest(kvm);
	struct xlocal_domain *d;
	int ret;

	if (IS_ERR(g)) {
		kvm_put_kvm(kvm);
		return g;
	}
	d = xlocal_domain_create(arg->domid, arg->nr_vcpus,
				 arg->nr_grant_frames, 0, &guest_ops, g);
	if (IS_ERR(d)) {
		free_guest(g);
		kvm_put_kvm(kvm);
		return ERR_CAST(d);
	}
	WRITE_ONCE(g->d, d);
	WRITE_ONCE(d->shared, g->shared);

	ret = kvm_xen_local_attach(kvm, &g->local);
	if (ret) {
		end_domain(g, d);
		return ERR_PTR(ret);
	}
	return g;
}

static int guest_create(struct guest_file *f, void __user *uarg)
{
	struct xen_local_create arg;
	struct xlocal_guest *g;
	struct file *vm;
	struct kvm *kvm;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.pad || !arg.domid || arg.domid >= DOMID_FIRST_RESERVED ||
	    !arg.nr_vcpus || arg.nr_vcpus > KVM_MAX_VCPUS ||
	    !arg.nr_grant_frames ||
	    arg.nr_grant_frames > XEN_LOCAL_MAX_GRANT_FRAMES)
		return -EINVAL;
	if (f->g)
		return -EEXIST;

	vm = fget(arg.vm);
	if (!vm)
		return -EBADF;
	ret = -EINVAL;
	if (!file_is_kvm(vm))
		goto put;
	kvm = vm->private_data;
	/* Its memory is looked for in this process. */
	ret = -EPERM;
	if (kvm->mm != current->mm)
		goto put;

	kvm_get_kvm(kvm);
	g = make_guest(kvm, &arg);
	ret = PTR_ERR_OR_ZERO(g);
	if (!ret)
		/* All of it, for guest_mmap(). */
		smp_store_release(&f->g, g);
put:
	fput(vm);
	return ret;
}

/* ---- the device ---- */

static int guest_set_param(struct xlocal_guest *g, void __user *uarg)
{
	struct xen_local_param arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.pad)
		return -EINVAL;
	return xlocal_domain_set_param(g->d, arg.index, arg.value);
}

static int guest_alloc_port(struct xlocal_guest *g, void __user *uarg)
{
	struct xen_local_port arg = {};
	int ret;

	ret = xlocal_evtchn_alloc_unbound(g->d, 0, true, &arg.port);
	if (ret)
		return ret;
	return copy_to_user(uarg, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long guest_ioctl(struct file *file, unsigned int cmd, unsigned long data)
{
	struct guest_file *f = file->private_data;
	void __user *uarg = (void __user *)data;
	long ret;

	mutex_lock(&f->lock);
	if (cmd == XEN_LOCAL_CREATE)
		ret = guest_create(f, uarg);
	else if (!f->g)
		ret = -ENXIO;
	else if (cmd == XEN_LOCAL_SET_PARAM)
		ret = guest_set_param(f->g, uarg);
	else if (cmd == XEN_LOCAL_ALLOC_PORT)
		ret = guest_alloc_port(f->g, uarg);
	else
		ret = -ENOTTY;
	mutex_unlock(&f->lock);
	return ret;
}

static int guest_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct guest_file *f = file->private_data;
	struct xlocal_guest *g;

	/* All of it: pairs with guest_create(). */
	g = smp_load_acquire(&f->g);
	if (!g)
		return -ENXIO;
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	vm_flags_set(vma, VM_DONTCOPY);
	/* Which looks that it does not go beyond the end. */
	if (!vma->vm_pgoff)
		return remap_vmalloc_range(vma, g->shared, 0);
	return remap_vmalloc_range(vma, g->d->table, vma->vm_pgoff - 1);
}

static int guest_open(struct inode *inode, struct file *file)
{
	struct guest_file *f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);

	if (!f)
		return -ENOMEM;
	mutex_init(&f->lock);
	file->private_data = f;
	return 0;
}

static int guest_close(struct inode *inode, struct file *file)
{
	struct guest_file *f = file->private_data;

	if (f->g)
		destroy_guest(f->g);
	kfree(f);
	return 0;
}

static const struct file_operations guest_fops = {
	.owner		= THIS_MODULE,
	.open		= guest_open,
	.release	= guest_close,
	.unlocked_ioctl	= guest_ioctl,
	.mmap		= guest_mmap,
};

static struct miscdevice guest_device = {
	.minor		= MISC_DYNAMIC_MINOR,
	.name		= "xen/local-kvm",
	.mode		= 0600,
	.fops		= &guest_fops,
};

static int __init xlocal_kvm_init(void)
{
	int ret;

	if (xen_domain())
		return -ENODEV;
	ret = misc_register(&guest_device);
	if (ret)
		return ret;
	debugfs = debugfs_create_dir("xen-local-kvm", NULL);
	debugfs_create_atomic_t("late_events", 0444, debugfs, &late_events);
	return 0;
}

static void __exit xlocal_kvm_exit(void)
{
	debugfs_remove(debugfs);
	misc_deregister(&guest_device);
}

module_init(xlocal_kvm_init);
module_exit(xlocal_kvm_exit);

MODULE_DESCRIPTION("KVM guests of the small Xen in the kernel");
MODULE_IMPORT_NS(XEN_LOCAL);
MODULE_LICENSE("GPL");
