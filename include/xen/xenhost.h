/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xenhost: the Xen that a PV device lives on.
 *
 * A kernel can reach more than one Xen.  struct xenhost stands for one of
 * them, the ops tables below say how it is asked, and everything the PV core
 * keeps per Xen (grant table, xenstore connection) hangs off it.  The host
 * belongs to the device: struct xenbus_device carries it, and each number that
 * Xen hands out (domid, port, grant reference) means something only together
 * with its host.  See Documentation/virt/xen/xenhost.rst.
 */
#ifndef _XEN_XENHOST_H
#define _XEN_XENHOST_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/jump_label.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/notifier.h>
#include <linux/types.h>

#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>

struct dentry;
struct gnttab;
struct module;
struct page;
struct task_struct;
struct xenstore_domain_interface;
struct xs_conn;

struct xenhost;
typedef struct xenhost xenhost_t;

/**
 * enum xenhost_kind - the ways to reach a Xen
 * @XENHOST_DIRECT: the Xen directly below this kernel, asked by an ordinary
 *	hypercall (r1 of the 2019 RFC)
 * @XENHOST_NESTED: the Xen one level further out, asked through the one below
 *	(r2)
 * @XENHOST_LOCAL: a small Xen inside this kernel, asked by a function call (r0)
 * @XENHOST_NR_KINDS: number of kinds
 */
enum xenhost_kind {
	XENHOST_DIRECT,
	XENHOST_NESTED,
	XENHOST_LOCAL,
	XENHOST_NR_KINDS
};

/* What a host can do; a feature that is absent answers -EOPNOTSUPP. */
#define XENHOST_F_BACKEND	BIT(0)	/* grants of its domains can be mapped */
#define XENHOST_F_STORE		BIT(1)	/* there is a xenstore to talk to */
#define XENHOST_F_GRANT_QUEUED	BIT(2)	/* published grants need a flush */
#define XENHOST_F_MEMORY	BIT(3)	/* memory can be given and taken back */
#define XENHOST_F_OWN_FRAMES	BIT(4)	/* foreign frames can't be granted on */
#define XENHOST_F_CHEAP_MAP	BIT(5)	/* mapping costs less than copying */
#define XENHOST_F_CHEAP_COPY	BIT(6)	/* a grant copy is a copy, no more */
#define XENHOST_F_SYNC_EVENTS	BIT(7)	/* an event may interrupt its sender */

/*
 * Emulated devices stand beside the host's PV ones and may be in use: a PV
 * device that shows the same thing is refused.
 */
#define XENHOST_F_EMUL_DISKS	BIT(8)
#define XENHOST_F_EMUL_CDROMS	BIT(9)
#define XENHOST_F_EMUL_NICS	BIT(10)

/**
 * struct xenhost_port - an event channel as both ends see it
 * @local: port to bind, send on and close in this kernel
 * @remote_visible: number under which the host knows it; this is what goes
 *	into xenstore.  Equal to @local on the direct host only.
 */
struct xenhost_port {
	evtchn_port_t local;
	evtchn_port_t remote_visible;
};

/**
 * struct xenhost_grant - one grant to publish or to end
 * @frame: frame to share: a gfn as pfn_to_gfn() gives it
 * @ref: grant reference in this kernel's table on the host
 * @domid: domain of the host that may map or copy the frame
 * @readonly: true when @domid may not write
 * @status: out: 0 or a negative errno for this one grant
 */
struct xenhost_grant {
	unsigned long frame;
	grant_ref_t ref;
	domid_t domid;
	bool readonly;
	int status;
};

/**
 * struct xenhost_store_ring - where a host's xenstore ring is
 * @intf: the shared page, mapped
 * @port: event channel of the ring
 * @notify: optional, for a host whose ring has no event channel that the Xen
 *	below knows: tell the store that the ring changed.  @port is not used
 *	then.  Does not sleep.
 * @event: set by xenbus before connect(): to be called by a host with @notify
 *	when the store changed the ring; any context
 */
struct xenhost_store_ring {
	struct xenstore_domain_interface *intf;
	struct xenhost_port port;
	void (*notify)(struct xenhost_store_ring *ring);
	void (*event)(struct xenhost_store_ring *ring);
};

/*
 * All tables are complete: a host that can't do a thing has a function there
 * that answers -EOPNOTSUPP (xenhost_no_*() below), never NULL.  Unless a member
 * says otherwise it may sleep, is called without locks held, and returns 0 or
 * a negative errno.  Domids, ports and references are of the host's number
 * space unless called local.
 */

/**
 * struct xenhost_hypercall_ops - plain questions to the host
 * @xen_version: HYPERVISOR_xen_version(@cmd, @arg) as the host answers it; any
 *	context.  Returns the value (>= 0) or a negative errno.
 * @hvm_get_param: read HVM parameter @index of this domain into @value.
 * @memory_op: HYPERVISOR_memory_op(@cmd, @arg); returns its result.
 * @user_call: hypercall @op of a program with its five arguments @args, whose
 *	pointers are to user memory; returns its result.
 */
struct xenhost_hypercall_ops {
	int (*xen_version)(xenhost_t *xh, int cmd, void *arg);
	int (*hvm_get_param)(xenhost_t *xh, u32 index, u64 *value);
	long (*memory_op)(xenhost_t *xh, unsigned int cmd, void *arg);
	long (*user_call)(xenhost_t *xh, unsigned int op, const u64 *args);
};

/**
 * struct xenhost_evtchn_ops - creating and closing event channels
 * @alloc_unbound: allocate a port that domain @remote_dom may bind; both its
 *	numbers are returned in @port.  The caller owns the port.
 * @bind_interdomain: connect to @remote_port of domain @remote_dom.
 * @close: close the local port @port.  Any process context; -EINVAL when it is
 *	not open.
 * @status: describe the local port @port; domain and port numbers in @status
 *	are the host's.
 * @remote_port: the number under which the host knows the local port @port, or
 *	-ENOENT.  Any context, does not sleep.
 *
 * Sending on a local port and unmasking it are the same for all hosts whose
 * ports the Xen below maps (direct, nested): notify_remote_via_evtchn().
 */
struct xenhost_evtchn_ops {
	int (*alloc_unbound)(xenhost_t *xh, domid_t remote_dom,
			     struct xenhost_port *port);
	int (*bind_interdomain)(xenhost_t *xh, domid_t remote_dom,
				evtchn_port_t remote_port,
				struct xenhost_port *port);
	int (*close)(xenhost_t *xh, evtchn_port_t port);
	int (*status)(xenhost_t *xh, evtchn_port_t port,
		      struct evtchn_status *status);
	int (*remote_port)(xenhost_t *xh, evtchn_port_t port);
};

/**
 * struct xenhost_gnttab_ops - the grant table on the host
 * @max_frames: number of frames the table may grow to (> 0), or a negative
 *	errno.
 * @max_batch: largest @nr that the batch members below take (> 0).
 * @map_table: make frames 0 .. @nr_frames - 1 of the v1 table readable and
 *	writable at *@table, which stays where it is while the table grows.  May
 *	be called with a spinlock held.  Only for hosts without
 *	XENHOST_F_GRANT_QUEUED.
 * @unmap_table: undo @map_table.
 * @publish: publish @nr grants; each gets its own @status, the result is 0
 *	when all elements were looked at.  Atomic context.
 * @end: end @nr grants by their @ref; @status is -EBUSY while the other side
 *	has it mapped, -ENOENT or -ENODEV when the host has no such grant (any
 *	more), which counts as ended.  Atomic context.
 * @map: GNTTABOP_map_grant_ref for @nr operations; statuses are GNTST_*.
 *	@pages are those to map onto, got from xenhost_balloon_ops.alloc_pages();
 *	host_addr is to be ignored.  For each operation that succeeds, @real is
 *	set to the page through which the data is reached: that of @pages, or
 *	the granting domain's own.  @real may be the same array as @pages.
 *	Atomic context.
 * @unmap: GNTTABOP_unmap_grant_ref likewise; @pages are those that @map was
 *	given.  Atomic context.
 * @copy: GNTTABOP_copy likewise.  Atomic context.
 */
struct xenhost_gnttab_ops {
	int (*max_frames)(xenhost_t *xh);
	unsigned int (*max_batch)(xenhost_t *xh);
	int (*map_table)(xenhost_t *xh, unsigned int nr_frames, void **table);
	void (*unmap_table)(xenhost_t *xh, unsigned int nr_frames, void *table);
	int (*publish)(xenhost_t *xh, struct xenhost_grant *grants,
		       unsigned int nr);
	int (*end)(xenhost_t *xh, struct xenhost_grant *grants,
		   unsigned int nr);
	int (*map)(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		   struct page **pages, struct page **real, unsigned int nr);
	int (*unmap)(xenhost_t *xh, struct gnttab_unmap_grant_ref *ops,
		     struct page **pages, unsigned int nr);
	int (*copy)(xenhost_t *xh, struct gnttab_copy *ops, unsigned int nr);
};

/**
 * struct xenhost_store_ops - the way to the host's xenstore
 * @connect: find the ring; @ring is filled in and stays valid until
 *	@disconnect.
 * @disconnect: the ring found by @connect is no longer used.
 */
struct xenhost_store_ops {
	int (*connect)(xenhost_t *xh, struct xenhost_store_ring *ring);
	void (*disconnect)(xenhost_t *xh, struct xenhost_store_ring *ring);
};

/**
 * struct xenhost_balloon_ops - memory between this kernel and the host
 * @alloc_pages: get @nr pages onto which foreign grants can be mapped.
 * @free_pages: give them back.
 * @release: give the @nr frames behind @pages to the host; the caller owns the
 *	pages and no longer uses them.  Returns how many were given (>= 0) after
 *	moving their pages to the front of @pages; the others are as before.
 * @reclaim: have up to @nr frames put back behind @pages.  Returns how many
 *	(>= 0): the first of @pages; their contents are undefined.
 */
struct xenhost_balloon_ops {
	int (*alloc_pages)(xenhost_t *xh, unsigned int nr, struct page **pages);
	void (*free_pages)(xenhost_t *xh, unsigned int nr, struct page **pages);
	int (*release)(xenhost_t *xh, unsigned int nr, struct page **pages);
	int (*reclaim)(xenhost_t *xh, unsigned int nr, struct page **pages);
};

/**
 * struct xenhost_lifecycle_ops - what happens to the host as a whole
 * @suspend: this kernel is about to be suspended; interrupts may be off.
 * @resume: it runs again, maybe on another machine; interrupts may be off.
 * @reset: forget all ports and grants of this kernel (kexec, crash kernel).
 */
struct xenhost_lifecycle_ops {
	int (*suspend)(xenhost_t *xh);
	int (*resume)(xenhost_t *xh);
	int (*reset)(xenhost_t *xh);
};

/**
 * struct xenhost_ops - all a host can be asked
 * @hypercall: plain questions
 * @evtchn: event channels
 * @gnttab: grants
 * @store: xenstore
 * @balloon: memory
 * @lifecycle: suspend, resume, reset
 */
struct xenhost_ops {
	const struct xenhost_hypercall_ops *hypercall;
	const struct xenhost_evtchn_ops *evtchn;
	const struct xenhost_gnttab_ops *gnttab;
	const struct xenhost_store_ops *store;
	const struct xenhost_balloon_ops *balloon;
	const struct xenhost_lifecycle_ops *lifecycle;
};

/**
 * struct xenhost_stats - counters of a host, shown in debugfs
 * @hypercalls: requests forwarded to the host
 * @grants: grants published
 * @grant_calls: requests it took to publish and end them
 * @ports: event channels allocated or bound so far
 * @released: frames given back to the host
 * @reclaimed: frames taken from it again
 * @copied: bytes that frontends copied between pages of this kernel, where
 *	they did not share the page that holds the data
 *
 * All only ever grow.  A direct host counts ports only: its hot paths do not
 * pass here.  Its @copied counts while there is another host as well.
 */
struct xenhost_stats {
	atomic64_t hypercalls;
	atomic64_t grants;
	atomic64_t grant_calls;
	atomic64_t ports;
	atomic64_t released;
	atomic64_t reclaimed;
	atomic64_t copied;
};

/**
 * struct xenhost - one Xen that this kernel can reach
 * @name: short name, the directory in sysfs and the prefix of device names
 * @kind: how it is reached
 * @level: 0 for a local host, 1 for the Xen below, 2 for the one below that
 * @domid: own domain id there, or DOMID_INVALID when the host does not tell
 * @version: Xen version, major << 16 | minor
 * @features: XENHOST_F_*
 * @ops: how it is asked; constant from registration on
 * @owner: module that provides it, or NULL
 * @gnttab: this kernel's grant table on the host; owned by grant-table.c
 * @store: connection to the host's xenstore; owned by xenbus
 * @stats: counters
 * @list: entry of the registry, protected by its lock
 * @kobj: directory in sysfs; owned by xenhost-sysfs.c
 * @debugfs: directory in debugfs, likewise
 * @users: who holds it by xenhost_get()
 * @registered: the registry holds it
 * @available: xenhost_get() finds it: it is brought up and does not go
 *
 * The provider allocates it (statically), fills in the first eight and
 * registers it.
 */
struct xenhost {
	const char *name;
	enum xenhost_kind kind;
	unsigned int level;
	domid_t domid;
	u32 version;
	unsigned long features;
	const struct xenhost_ops *ops;
	struct module *owner;

	struct gnttab *gnttab;
	struct xs_conn *store;
	struct xenhost_stats stats;

	struct list_head list;
	struct kobject *kobj;
	struct dentry *debugfs;
	atomic_t users;
	bool registered;
	bool available;
};

/* Events of the registry's notifier chain; the data is the xenhost_t. */
#define XENHOST_ADDED		1UL
#define XENHOST_REMOVED		2UL

extern xenhost_t *xh_default;
DECLARE_STATIC_KEY_FALSE(xenhost_multi_key);

/**
 * xenhost_multi - is there any host besides the direct one?
 *
 * Any context.  A NOP until the second host registers, so that a kernel with
 * one Xen below executes what it always did.
 *
 * Return: true when a device may sit on another host than the direct one.
 */
static inline bool xenhost_multi(void)
{
	return static_branch_unlikely(&xenhost_multi_key);
}

/**
 * xenhost_is_default - is this the host that old interfaces mean?
 * @xh: the host, or NULL, which means the default one
 *
 * Return: true if it is.
 */
static inline bool xenhost_is_default(const xenhost_t *xh)
{
	return !xenhost_multi() || !xh || xh == xh_default;
}

/**
 * xenhost_count_copied - a frontend copied data that it could have shared
 * @xh: host of the device
 * @bytes: how much
 *
 * Any context.  A NOP with one host only.
 */
static inline void xenhost_count_copied(xenhost_t *xh, unsigned int bytes)
{
	if (xenhost_multi())
		atomic64_add(bytes, &xh->stats.copied);
}

/**
 * xenhost_copies - does data have to be copied before it is granted?
 * @xh: the host
 *
 * Where this kernel is not trusted with frames that other domains granted it,
 * a frontend that passes on what a backend here received has to copy it.
 *
 * Return: true if so.
 */
static inline bool xenhost_copies(const xenhost_t *xh)
{
	return !xenhost_is_default(xh) && xh->features & XENHOST_F_OWN_FRAMES;
}

void xenhost_serves(const xenhost_t *xh, struct task_struct *thread);

int xenhost_register(xenhost_t *xh);
int xenhost_unregister(xenhost_t *xh);
xenhost_t *xenhost_find(enum xenhost_kind kind);
xenhost_t *xenhost_get(enum xenhost_kind kind);
void xenhost_put(xenhost_t *xh);
bool xenhost_any(void);
bool xenhost_control_domain(void);
long xenhost_user_call(unsigned int op, const u64 *args);
int xenhost_for_each(int (*fn)(xenhost_t *xh, void *data), void *data);
int xenhost_register_notifier(struct notifier_block *nb);
int xenhost_unregister_notifier(struct notifier_block *nb);
const char *xenhost_kind_name(enum xenhost_kind kind);

#ifdef CONFIG_XEN
int xenhost_direct_init(void);
#else
static inline int xenhost_direct_init(void)
{
	return -ENODEV;
}
#endif

/* Members for tables of hosts that can't do the thing: -EOPNOTSUPP. */
int xenhost_no_memory(xenhost_t *xh, unsigned int nr, struct page **pages);
int xenhost_no_map(xenhost_t *xh, struct gnttab_map_grant_ref *ops,
		   struct page **pages, struct page **real, unsigned int nr);
int xenhost_no_unmap(xenhost_t *xh, struct gnttab_unmap_grant_ref *ops,
		     struct page **pages, unsigned int nr);
int xenhost_no_copy(xenhost_t *xh, struct gnttab_copy *ops, unsigned int nr);

#endif /* _XEN_XENHOST_H */
