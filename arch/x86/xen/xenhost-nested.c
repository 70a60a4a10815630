// SPDX-License-Identifier: GPL-2.0
/*
 * The nested host: the Xen one level further out (L0), asked through the Xen
 * this kernel runs on (L1-Xen), which checks, translates and forwards.
 *
 * Asks L1-Xen late at boot, and again when told to (xenhost_nested.enable=1).
 * Frames of L0 that L1-Xen lends (store page, grant table) are mapped here;
 * L1-Xen owns them.
 *
 * Locking: enable_lock serialises coming and going.
 */
#define pr_fmt(fmt) "xenhost: nested: " fmt

#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/vmalloc.h>

#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/io/xs_wire.h>
#include <xen/interface/version.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <xen/xenhost.h>

#include <asm/xen/hypercall.h>

#include "xenhost-nested.h"

/* ---- transport ---- */

static int forwarded_op(unsigned int cmd, void *arg, unsigned int count)
{
	return _hypercall3(int, nested_op, cmd, arg, count);
}

static const struct nested_transport forwarded = {
	.name = "forwarded by the Xen below",
	.op = forwarded_op,
};

/* ---- frames of L0 that L1-Xen lends ---- */

static int alloc_pte(pte_t *pte, unsigned long addr, void *data)
{
	return 0;
}

/* Address space with page tables for @nr frames, nothing mapped. */
struct vm_struct *xenhost_nested_alloc_area(unsigned int nr)
{
	struct vm_struct *area = get_vm_area(nr * PAGE_SIZE, VM_IOREMAP);

	if (!area)
		return NULL;
	if (apply_to_page_range(&init_mm, (unsigned long)area->addr,
				nr * PAGE_SIZE, alloc_pte, NULL)) {
		free_vm_area(area);
		return NULL;
	}
	return area;
}

/*
 * By hypercall rather than set_pte(): L1-Xen may refuse the frame, and that is
 * an error to hand back, not a fault to die of.
 */
int xenhost_nested_map_frame(void *addr, u64 mfn)
{
	return HYPERVISOR_update_va_mapping((unsigned long)addr,
					    mfn_pte(mfn, PAGE_KERNEL),
					    UVMF_INVLPG | UVMF_ALL);
}

void xenhost_nested_unmap_frame(void *addr)
{
	WARN_ON(HYPERVISOR_update_va_mapping((unsigned long)addr, __pte(0),
					     UVMF_INVLPG | UVMF_ALL));
}

/* ---- hypercall ---- */

static int xenhost_nested_xen_version(xenhost_t *xh, int cmd, void *arg)
{
	return cmd == XENVER_version ? xenhost_nested.query.l0_version : -EOPNOTSUPP;
}

static int nested_param(u32 index, struct xen_nested_hvm_param *param)
{
	*param = (struct xen_nested_hvm_param) { .index = index };
	return xenhost_nested_request(XEN_NESTEDOP_hvm_param, param, 1);
}

static int xenhost_nested_hvm_get_param(xenhost_t *xh, u32 index, u64 *value)
{
	struct xen_nested_hvm_param param;
	int ret = nested_param(index, &param);

	if (!ret)
		*value = param.value;
	return ret;
}

static long xenhost_nested_memory_op(xenhost_t *xh, unsigned int cmd, void *arg)
{
	return -EOPNOTSUPP;
}

/* Programs manage the domains of the Xen below, not those next to it. */
static long xenhost_nested_user_call(xenhost_t *xh, unsigned int op,
				     const u64 *args)
{
	return -EOPNOTSUPP;
}

static const struct xenhost_hypercall_ops nested_hypercall_ops = {
	.xen_version	= xenhost_nested_xen_version,
	.hvm_get_param	= xenhost_nested_hvm_get_param,
	.memory_op	= xenhost_nested_memory_op,
	.user_call	= xenhost_nested_user_call,
};

/* ---- xenstore ---- */

static int xenhost_nested_connect(xenhost_t *xh,
				  struct xenhost_store_ring *ring)
{
	struct xen_nested_hvm_param pfn, port;
	struct vm_struct *area;
	int ret;

	ret = nested_param(HVM_PARAM_STORE_PFN, &pfn);
	if (ret)
		return ret;
	area = xenhost_nested_alloc_area(1);
	if (!area)
		return -ENOMEM;
	ret = xenhost_nested_map_frame(area->addr, pfn.value);
	if (ret) {
		pr_err("the Xen below does not let its store page be mapped (%d)\n",
		       ret);
		goto free_area;
	}
	ret = nested_param(HVM_PARAM_STORE_EVTCHN, &port);
	if (ret)
		goto unmap;
	ret = xenhost_nested_note_port(port.value, port.l0_port, &ring->port);
	if (ret)
		goto unmap;
	ring->intf = area->addr;
	return 0;

unmap:
	xenhost_nested_unmap_frame(area->addr);
free_area:
	free_vm_area(area);
	return ret;
}

/* xenbus closed the port, which L1-Xen keeps open on L0 for whoever asks next. */
static void xenhost_nested_disconnect(xenhost_t *xh,
				      struct xenhost_store_ring *ring)
{
	struct vm_struct *area = find_vm_area(ring->intf);

	xenhost_nested_unmap_frame(ring->intf);
	if (area)
		free_vm_area(area);
	ring->intf = NULL;
}

static const struct xenhost_store_ops nested_store_ops = {
	.connect	= xenhost_nested_connect,
	.disconnect	= xenhost_nested_disconnect,
};

/* ---- the host ---- */

/* A PV dom0 is not migrated, so what L0 does with L1 passes it by. */
static int xenhost_nested_no_step(xenhost_t *xh)
{
	return -EOPNOTSUPP;
}

static const struct xenhost_lifecycle_ops nested_lifecycle_ops = {
	.suspend	= xenhost_nested_no_step,
	.resume		= xenhost_nested_no_step,
	.reset		= xenhost_nested_no_step,
};

static const struct xenhost_ops nested_ops = {
	.hypercall	= &nested_hypercall_ops,
	.evtchn		= &xenhost_nested_evtchn_ops,
	.gnttab		= &xenhost_nested_gnttab_ops,
	.store		= &nested_store_ops,
	.balloon	= &xenhost_nested_balloon_ops,
	.lifecycle	= &nested_lifecycle_ops,
};

struct xenhost_nested xenhost_nested = {
	.host = {
		.name = "nested",
		.kind = XENHOST_NESTED,
		.level = 2,
		.ops = &nested_ops,
	},
};

/* ---- coming and going ---- */

/* One clear line on why there is no nested host, 0 when there is one. */
static int ask(void)
{
	struct xen_nested_query *q = &xenhost_nested.query;
	int ret;

	xenhost_nested.transport = &forwarded;
	ret = xenhost_nested_request(XEN_NESTEDOP_query, q, 1);
	switch (ret) {
	case 0:
		break;
	case -ENOSYS:
		pr_info("none: the Xen below does not offer its own host\n");
		return -ENODEV;
	case -EPERM:
		pr_info("none: this domain does not own the connection\n");
		return -ENODEV;
	default:
		pr_info("none: the Xen below refused to tell (%d)\n", ret);
		return -ENODEV;
	}
	if (q->abi_version != XEN_NESTED_ABI_VERSION) {
		pr_warn("none: the Xen below speaks version %u, this kernel %u\n",
			q->abi_version, XEN_NESTED_ABI_VERSION);
		return -ENODEV;
	}
	if (!(q->features & XEN_NESTED_FEAT_evtchn) ||
	    !(q->features & (XEN_NESTED_FEAT_grant_mediated |
			     XEN_NESTED_FEAT_grant_direct)) ||
	    q->first_grant > GNTTAB_NR_RESERVED_ENTRIES) {
		pr_warn("none: too little on offer (features %#x, grants from %u)\n",
			q->features, q->first_grant);
		return -ENODEV;
	}
	return 0;
}

static int nested_start(void)
{
	int ret;

	if (!xen_domain())
		return -ENODEV;
	if (xenhost_nested.grants_left) {
		pr_warn("none: its domains still use %u grants of before; it needs a reboot\n",
			xenhost_nested.grants_left);
		return -EBUSY;
	}
	ret = ask();
	if (ret)
		return ret;
	if (!xen_pv_domain()) {
		pr_warn("none: only a PV domain can map what the Xen below lends\n");
		return -ENODEV;
	}

	/* What a kernel before this one, gone by kexec, left open */
	ret = xenhost_nested_request(XEN_NESTEDOP_reset, NULL, 0);
	if (ret) {
		pr_warn("none: the Xen below does not start anew (%d)\n", ret);
		return ret;
	}

	xa_init(&xenhost_nested.ports);
	xenhost_nested.host.version = xenhost_nested.query.l0_version;
	xenhost_nested.host.domid = xenhost_nested.query.l0_domid;
	xenhost_nested.host.features = xenhost_nested_emulated();
	if (xenhost_nested.query.features & XEN_NESTED_FEAT_store)
		xenhost_nested.host.features |= XENHOST_F_STORE;
	if (xenhost_nested.query.features & XEN_NESTED_FEAT_memory)
		xenhost_nested.host.features |= XENHOST_F_MEMORY;
	if (xenhost_nested.query.features & XEN_NESTED_FEAT_own_frames)
		xenhost_nested.host.features |= XENHOST_F_OWN_FRAMES;
	if (xenhost_nested_serves())
		xenhost_nested.host.features |= XENHOST_F_BACKEND;
	ret = xenhost_nested_setup_grants();
	if (ret)
		goto destroy_ports;
	ret = xenhost_gnttab_init(&xenhost_nested.host);
	if (ret)
		goto free_grants;
	ret = xenhost_register(&xenhost_nested.host);
	if (ret)
		goto exit_gnttab;
	pr_info("%s, grants %s\n", xenhost_nested.transport->name,
		xenhost_nested.host.features & XENHOST_F_GRANT_QUEUED ? "mediated" :
								"direct");
	return 0;

exit_gnttab:
	xenhost_gnttab_exit(&xenhost_nested.host);
free_grants:
	xenhost_nested_free_grants();
destroy_ports:
	xa_destroy(&xenhost_nested.ports);
	return ret;
}

static int nested_stop(void)
{
	int ret = xenhost_unregister(&xenhost_nested.host);

	if (ret)
		return ret;
	xenhost_nested.grants_left = xenhost_gnttab_exit(&xenhost_nested.host);
	xenhost_nested_free_grants();
	xa_destroy(&xenhost_nested.ports);
	return 0;
}

static DEFINE_MUTEX(enable_lock);
static bool enable = true;
static bool booted;

static int enable_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret)
		return ret;

	mutex_lock(&enable_lock);
	if (booted && on && !xenhost_nested.host.registered)
		ret = nested_start();
	else if (booted && !on && xenhost_nested.host.registered)
		ret = nested_stop();
	if (!ret)
		enable = on;
	mutex_unlock(&enable_lock);
	return ret;
}

static const struct kernel_param_ops enable_ops = {
	.set = enable_set,
	.get = param_get_bool,
};

module_param_cb(enable, &enable_ops, &enable, 0644);
MODULE_PARM_DESC(enable, "use the Xen below the one this kernel runs on");

/* Will there be a nested host, as far as can be told early in boot? */
bool __init xenhost_nested_offered(void)
{
	struct xen_nested_query query = {};
	unsigned int cmd = XEN_NESTED_CMD(XEN_NESTED_LEVEL_NEXT,
					  XEN_NESTEDOP_query);

	return enable && !forwarded_op(cmd, &query, 1) &&
	       query.abi_version == XEN_NESTED_ABI_VERSION &&
	       (query.features & XEN_NESTED_FEAT_store) &&
	       (query.features & XEN_NESTED_FEAT_evtchn) &&
	       (query.features & (XEN_NESTED_FEAT_grant_mediated |
				  XEN_NESTED_FEAT_grant_direct)) &&
	       query.first_grant <= GNTTAB_NR_RESERVED_ENTRIES;
}

/*
 * Hand the connection to domain @val of the Xen below, which then finds the host
 * when it asks; or take it back by this domain's own number.
 */
static int owner_set(const char *val, const struct kernel_param *kp)
{
	struct xen_nested_set_owner op = {};
	int ret = kstrtou16(val, 0, &op.domid);

	if (ret)
		return ret;

	mutex_lock(&enable_lock);
	if (!booted || !xen_domain()) {
		ret = -ENODEV;
	} else if (xenhost_nested.host.registered) {
		ret = -EBUSY;	/* It would go away below its devices. */
	} else if (op.domid && xenhost_nested_emulated() &
		   (XENHOST_F_EMUL_DISKS | XENHOST_F_EMUL_NICS)) {
		ret = -EBUSY;	/* They may be in use here, emulated. */
	} else {
		xenhost_nested.transport = &forwarded;
		ret = xenhost_nested_request(XEN_NESTEDOP_set_owner, &op, 1);
	}
	mutex_unlock(&enable_lock);

	if (ret)
		pr_warn("not handed to domain %u (%d)\n", op.domid, ret);
	else
		pr_info("handed to domain %u\n", op.domid);
	return ret;
}

static const struct kernel_param_ops owner_ops = {
	.set = owner_set,
};

module_param_cb(owner, &owner_ops, NULL, 0200);
MODULE_PARM_DESC(owner, "write a domid to hand the nested host to that domain");

static int __init xenhost_nested_init(void)
{
	mutex_lock(&enable_lock);
	booted = true;
	if (enable)
		nested_start();
	else if (xen_domain())
		pr_info("none: turned off on the command line\n");
	mutex_unlock(&enable_lock);
	return 0;
}
device_initcall_sync(xenhost_nested_init);
