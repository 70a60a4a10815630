// SPDX-License-Identifier: GPL-2.0
/*
 * The nested host: the Xen one level further out (L0), asked through the Xen
 * this kernel runs on (L1-Xen), which checks, translates and forwards.
 *
 * Asks L1-Xen late at boot, and again when told to (xenhost_nested.enable=1).
 * Frames of L0 that L1-Xen lends (store page, grant table) are mapped here;
 * L1-Xen owns them.  All answers that come from L0 were checked by L1-Xen;
 * here they are bounded once more before they index anything.
 *
 * Locking: batch buffers are per cpu and used with interrupts off; nothing
 * else is taken inside.  enable_lock serialises coming and going.
 */
#define pr_fmt(fmt) "xenhost: nested: " fmt

#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>

#include <xen/balloon.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/io/xs_wire.h>
#include <xen/interface/nested.h>
#include <xen/interface/version.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <xen/xenhost.h>

#include <asm/xen/hypercall.h>

#define BATCH_MAX	128U

/* What the transport to L0 has to offer; today only the forwarded operation. */
struct nested_transport {
	const char *name;
	int (*op)(unsigned int cmd, void *arg, unsigned int count);
};

union nested_batch {
	struct xen_nested_gnttab_publish publish[BATCH_MAX];
	struct xen_nested_gnttab_end end[BATCH_MAX];
};

static DEFINE_PER_CPU(union nested_batch, nested_batch);

static struct {
	const struct nested_transport *transport;
	struct xen_nested_query query;
	unsigned int max_batch;
	struct xarray ports;		/* local port -> xa_mk_value(L0 port) */
	struct vm_struct *grant_area;	/* direct mode: room for the table */
	unsigned int grant_area_frames;
	unsigned int grant_mapped;	/* frames mapped so far */
} nested;

static xenhost_t nested_host;

/* ---- transport ---- */

static int forwarded_op(unsigned int cmd, void *arg, unsigned int count)
{
	return _hypercall3(int, nested_op, cmd, arg, count);
}

static const struct nested_transport forwarded = {
	.name = "forwarded by the Xen below",
	.op = forwarded_op,
};

static int nested_op(unsigned int cmd, void *arg, unsigned int count)
{
	atomic64_inc(&nested_host.stats.hypercalls);
	return nested.transport->op(cmd, arg, count);
}

/* ---- frames of L0 that L1-Xen lends ---- */

static int alloc_pte(pte_t *pte, unsigned long addr, void *data)
{
	return 0;
}

/* Address space with page tables for @nr frames, nothing mapped. */
static struct vm_struct *alloc_area(unsigned int nr)
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
static int map_frame(void *addr, u64 mfn)
{
	return HYPERVISOR_update_va_mapping((unsigned long)addr,
					    mfn_pte(mfn, PAGE_KERNEL),
					    UVMF_INVLPG | UVMF_ALL);
}

static void unmap_frame(void *addr)
{
	WARN_ON(HYPERVISOR_update_va_mapping((unsigned long)addr, __pte(0),
					     UVMF_INVLPG | UVMF_ALL));
}

/* ---- hypercall ---- */

static int xenhost_nested_xen_version(xenhost_t *xh, int cmd, void *arg)
{
	return cmd == XENVER_version ? nested.query.l0_version : -EOPNOTSUPP;
}

static int nested_param(u32 index, struct xen_nested_hvm_param *param)
{
	*param = (struct xen_nested_hvm_param) {
		.level = XEN_NESTED_LEVEL_NEXT,
		.index = index,
	};
	return nested_op(XEN_NESTEDOP_hvm_param, param, 1);
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

static const struct xenhost_hypercall_ops nested_hypercall_ops = {
	.xen_version	= xenhost_nested_xen_version,
	.hvm_get_param	= xenhost_nested_hvm_get_param,
	.memory_op	= xenhost_nested_memory_op,
};

/* ---- event channels ---- */

/*
 * Both numbers of a port are known only when it is made.  An entry may outlive
 * its port, which the irq code closes by the local number; it is overwritten
 * when L1-Xen hands that number out again.
 */
static int note_port(xenhost_t *xh, evtchn_port_t local, evtchn_port_t l0_port,
		     struct xenhost_port *port)
{
	void *old = xa_store(&nested.ports, local, xa_mk_value(l0_port),
			     GFP_KERNEL);

	if (xa_is_err(old)) {
		struct xen_nested_evtchn_close op = {
			.level = XEN_NESTED_LEVEL_NEXT,
			.port = local,
		};

		nested_op(XEN_NESTEDOP_evtchn_close, &op, 1);
		return xa_err(old);
	}
	port->local = local;
	port->remote_visible = l0_port;
	atomic64_inc(&xh->stats.ports);
	return 0;
}

static int xenhost_nested_alloc_unbound(xenhost_t *xh, domid_t remote_dom,
					struct xenhost_port *port)
{
	struct xen_nested_evtchn_alloc_unbound op = {
		.level = XEN_NESTED_LEVEL_NEXT,
		.l0_remote_dom = remote_dom,
	};
	int ret = nested_op(XEN_NESTEDOP_evtchn_alloc_unbound, &op, 1);

	return ret ?: note_port(xh, op.port, op.l0_port, port);
}

static int xenhost_nested_bind_interdomain(xenhost_t *xh, domid_t remote_dom,
					   evtchn_port_t remote_port,
					   struct xenhost_port *port)
{
	struct xen_nested_evtchn_bind_interdomain op = {
		.level = XEN_NESTED_LEVEL_NEXT,
		.l0_remote_dom = remote_dom,
		.l0_remote_port = remote_port,
	};
	int ret = nested_op(XEN_NESTEDOP_evtchn_bind_interdomain, &op, 1);

	return ret ?: note_port(xh, op.port, op.l0_port, port);
}

static int xenhost_nested_close(xenhost_t *xh, evtchn_port_t port)
{
	struct xen_nested_evtchn_close op = {
		.level = XEN_NESTED_LEVEL_NEXT,
		.port = port,
	};

	xa_erase(&nested.ports, port);
	return nested_op(XEN_NESTEDOP_evtchn_close, &op, 1);
}

static int xenhost_nested_status(xenhost_t *xh, evtchn_port_t port,
				 struct evtchn_status *status)
{
	struct xen_nested_evtchn_status op = {
		.level = XEN_NESTED_LEVEL_NEXT,
		.port = port,
	};
	int ret = nested_op(XEN_NESTEDOP_evtchn_status, &op, 1);

	if (ret)
		return ret;

	status->dom = DOMID_SELF;
	status->port = op.l0_port;
	status->status = op.status;
	status->vcpu = op.vcpu;
	switch (op.status) {
	case EVTCHNSTAT_unbound:
		status->u.unbound.dom = op.l0_remote_dom;
		break;
	case EVTCHNSTAT_interdomain:
		status->u.interdomain.dom = op.l0_remote_dom;
		status->u.interdomain.port = op.l0_remote_port;
		break;
	}
	return 0;
}

static int xenhost_nested_remote_port(xenhost_t *xh, evtchn_port_t port)
{
	void *entry = xa_load(&nested.ports, port);

	return entry ? xa_to_value(entry) : -ENOENT;
}

static const struct xenhost_evtchn_ops nested_evtchn_ops = {
	.alloc_unbound	  = xenhost_nested_alloc_unbound,
	.bind_interdomain = xenhost_nested_bind_interdomain,
	.close		  = xenhost_nested_close,
	.status		  = xenhost_nested_status,
	.remote_port	  = xenhost_nested_remote_port,
};

/* ---- grants ---- */

static int xenhost_nested_max_frames(xenhost_t *xh)
{
	struct xen_nested_gnttab_query_size op = {
		.level = XEN_NESTED_LEVEL_NEXT,
	};
	int ret = nested_op(XEN_NESTEDOP_gnttab_query_size, &op, 1);

	if (ret)
		return ret;
	if (op.version != 1 || !op.max_nr_frames)
		return -EOPNOTSUPP;
	return min_t(u32, op.max_nr_frames, INT_MAX);
}

static unsigned int xenhost_nested_max_batch(xenhost_t *xh)
{
	return nested.max_batch;
}

/* Direct mode.  Atomic: the area is there since the host was found. */
static int xenhost_nested_map_table(xenhost_t *xh, unsigned int nr_frames,
				    void **table)
{
	struct xen_nested_gnttab_setup op = { .level = XEN_NESTED_LEVEL_NEXT };
	int ret;

	if (!nested.grant_area)
		return -EOPNOTSUPP;
	if (nr_frames > nested.grant_area_frames)
		return -ENOSPC;

	while (nested.grant_mapped < nr_frames) {
		op.idx = nested.grant_mapped;
		ret = nested_op(XEN_NESTEDOP_gnttab_setup, &op, 1);
		if (!ret)
			ret = map_frame(nested.grant_area->addr +
					nested.grant_mapped * PAGE_SIZE,
					op.frame);
		if (ret)
			return ret;
		nested.grant_mapped++;
	}
	*table = nested.grant_area->addr;
	return 0;
}

static void xenhost_nested_unmap_table(xenhost_t *xh, unsigned int nr_frames,
				       void *table)
{
	while (nested.grant_mapped)
		unmap_frame(nested.grant_area->addr +
			    --nested.grant_mapped * PAGE_SIZE);
}

/* One chunk of a batch, at most max_batch long. */
static int publish_chunk(struct xenhost_grant *grants, unsigned int nr)
{
	struct xen_nested_gnttab_publish *op;
	unsigned long flags;
	unsigned int i;
	int ret;

	local_irq_save(flags);
	op = this_cpu_ptr(&nested_batch)->publish;
	for (i = 0; i < nr; i++)
		op[i] = (struct xen_nested_gnttab_publish) {
			.ref = grants[i].ref,
			.l0_domid = grants[i].domid,
			.flags = grants[i].readonly ?
				 XEN_NESTED_GRANT_readonly : 0,
			.frame = grants[i].frame,
		};
	ret = nested_op(XEN_NESTEDOP_gnttab_publish, op, nr);
	for (i = 0; i < nr; i++)
		grants[i].status = ret ?: op[i].status;
	local_irq_restore(flags);
	return ret;
}

static int end_chunk(struct xenhost_grant *grants, unsigned int nr)
{
	struct xen_nested_gnttab_end *op;
	unsigned long flags;
	unsigned int i;
	int ret;

	local_irq_save(flags);
	op = this_cpu_ptr(&nested_batch)->end;
	for (i = 0; i < nr; i++)
		op[i] = (struct xen_nested_gnttab_end) { .ref = grants[i].ref };
	ret = nested_op(XEN_NESTEDOP_gnttab_end, op, nr);
	for (i = 0; i < nr; i++)
		grants[i].status = ret ?: op[i].status;
	local_irq_restore(flags);
	return ret;
}

/* Every element gets a status, also behind a chunk that failed. */
static int in_chunks(xenhost_t *xh, struct xenhost_grant *grants,
		     unsigned int nr,
		     int (*chunk)(struct xenhost_grant *grants,
				  unsigned int nr))
{
	int ret = 0, err;

	while (nr) {
		unsigned int n = min(nr, nested.max_batch);

		atomic64_inc(&xh->stats.grant_calls);
		err = chunk(grants, n);
		ret = ret ?: err;
		grants += n;
		nr -= n;
	}
	return ret;
}

static int xenhost_nested_publish(xenhost_t *xh, struct xenhost_grant *grants,
				  unsigned int nr)
{
	atomic64_add(nr, &xh->stats.grants);
	return in_chunks(xh, grants, nr, publish_chunk);
}

static int xenhost_nested_end(xenhost_t *xh, struct xenhost_grant *grants,
			      unsigned int nr)
{
	return in_chunks(xh, grants, nr, end_chunk);
}

static const struct xenhost_gnttab_ops nested_gnttab_ops = {
	.max_frames	= xenhost_nested_max_frames,
	.max_batch	= xenhost_nested_max_batch,
	.map_table	= xenhost_nested_map_table,
	.unmap_table	= xenhost_nested_unmap_table,
	.publish	= xenhost_nested_publish,
	.end		= xenhost_nested_end,
	.map		= xenhost_no_map,
	.unmap		= xenhost_no_unmap,
	.copy		= xenhost_no_copy,
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
	area = alloc_area(1);
	if (!area)
		return -ENOMEM;
	ret = map_frame(area->addr, pfn.value);
	if (ret) {
		pr_err("the Xen below does not let its store page be mapped (%d)\n",
		       ret);
		goto free_area;
	}
	ret = nested_param(HVM_PARAM_STORE_EVTCHN, &port);
	if (ret)
		goto unmap;
	ret = note_port(xh, port.value, port.l0_port, &ring->port);
	if (ret)
		goto unmap;
	ring->intf = area->addr;
	return 0;

unmap:
	unmap_frame(area->addr);
free_area:
	free_vm_area(area);
	return ret;
}

/* The port was closed with its irq. */
static void xenhost_nested_disconnect(xenhost_t *xh,
				      struct xenhost_store_ring *ring)
{
	struct vm_struct *area = find_vm_area(ring->intf);

	xa_erase(&nested.ports, ring->port.local);
	unmap_frame(ring->intf);
	if (area)
		free_vm_area(area);
	ring->intf = NULL;
}

static const struct xenhost_store_ops nested_store_ops = {
	.connect	= xenhost_nested_connect,
	.disconnect	= xenhost_nested_disconnect,
};

/* ---- memory ---- */

static int xenhost_nested_alloc_pages(xenhost_t *xh, unsigned int nr,
				      struct page **pages)
{
	return xen_alloc_unpopulated_pages(nr, pages);
}

static void xenhost_nested_free_pages(xenhost_t *xh, unsigned int nr,
				      struct page **pages)
{
	xen_free_unpopulated_pages(nr, pages);
}

static const struct xenhost_balloon_ops nested_balloon_ops = {
	.alloc_pages	= xenhost_nested_alloc_pages,
	.free_pages	= xenhost_nested_free_pages,
	.release	= xenhost_no_memory,
	.reclaim	= xenhost_no_memory,
};

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
	.evtchn		= &nested_evtchn_ops,
	.gnttab		= &nested_gnttab_ops,
	.store		= &nested_store_ops,
	.balloon	= &nested_balloon_ops,
	.lifecycle	= &nested_lifecycle_ops,
};

static xenhost_t nested_host = {
	.name = "nested",
	.kind = XENHOST_NESTED,
	.level = 2,
	.ops = &nested_ops,
};

/* ---- coming and going ---- */

/* One clear line on why there is no nested host, 0 when there is one. */
static int ask(void)
{
	struct xen_nested_query *q = &nested.query;
	int ret;

	nested.transport = &forwarded;
	*q = (struct xen_nested_query) { .level = XEN_NESTED_LEVEL_NEXT };
	ret = nested_op(XEN_NESTEDOP_query, q, 1);
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
			     XEN_NESTED_FEAT_grant_direct))) {
		pr_warn("none: too little on offer (features %#x)\n",
			q->features);
		return -ENODEV;
	}
	return 0;
}

static int setup_grants(void)
{
	int max;

	nested.max_batch = clamp(nested.query.max_batch, 1U, BATCH_MAX);
	nested.grant_mapped = 0;
	if (!(nested.query.features & XEN_NESTED_FEAT_grant_direct)) {
		nested_host.features |= XENHOST_F_GRANT_QUEUED;
		return 0;
	}

	max = xenhost_nested_max_frames(&nested_host);
	if (max < 0)
		return max;
	nested.grant_area = alloc_area(max);
	if (!nested.grant_area)
		return -ENOMEM;
	nested.grant_area_frames = max;
	return 0;
}

static void free_grants(void)
{
	if (nested.grant_area)
		free_vm_area(nested.grant_area);
	nested.grant_area = NULL;
	nested.grant_area_frames = 0;
}

static int nested_start(void)
{
	int ret;

	if (!xen_domain())
		return -ENODEV;
	ret = ask();
	if (ret)
		return ret;
	if (!xen_pv_domain()) {
		pr_warn("none: only a PV domain can map what the Xen below lends\n");
		return -ENODEV;
	}

	xa_init(&nested.ports);
	nested_host.version = nested.query.l0_version;
	nested_host.domid = nested.query.l0_domid;
	nested_host.features = 0;
	if (nested.query.features & XEN_NESTED_FEAT_store)
		nested_host.features |= XENHOST_F_STORE;
	ret = setup_grants();
	if (ret)
		return ret;
	ret = xenhost_register(&nested_host);
	if (ret) {
		free_grants();
		xa_destroy(&nested.ports);
		return ret;
	}
	pr_info("%s, grants %s\n", nested.transport->name,
		nested_host.features & XENHOST_F_GRANT_QUEUED ? "mediated" :
								"direct");
	return 0;
}

static void nested_stop(void)
{
	if (xenhost_unregister(&nested_host))
		return;
	free_grants();
	xa_destroy(&nested.ports);
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
	if (booted && on && !nested_host.registered)
		ret = nested_start();
	else if (booted && !on && nested_host.registered)
		nested_stop();
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
