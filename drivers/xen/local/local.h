/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local Xen: what its parts share.  See Documentation/virt/xen/local.rst.
 *
 * All that comes from a domain (hypercall arguments, its grant table, its
 * event bitmaps) may be hostile and may change at any moment: it is read once,
 * checked, and bounded.
 *
 * Lock order: evtchn_lock of the domain with the smaller id, that of the other
 * one; and by themselves: lock of a grant, maps_lock.  None is held while
 * anything sleeps.
 */
#ifndef _XEN_LOCAL_H
#define _XEN_LOCAL_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/hvm/params.h>

struct module;
struct shared_info;
struct vcpu_info;
struct xenhost;
struct xlocal_domain;

#define XLOCAL_NR_PORTS		((unsigned int)EVTCHN_2L_NR_CHANNELS)
#define XLOCAL_GRANTS_PER_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))
#define XLOCAL_VERSION		(4 << 16 | 20)

/**
 * struct xlocal_domain_ops - what differs between this kernel and a guest
 * @get_frame: find the page behind frame @gfn of the domain and keep it from
 *	being freed, of a compound page all; NULL when there is none.  Any
 *	context.
 * @put_frame: the page is no longer used; @dirty when it may have been written
 *	to.  Any context.
 * @deliver: make @port pending, which is delivered to @vcpu; under the lock that
 *	keeps the port as it is, interrupts off.  xlocal_evtchn_deliver() for a
 *	domain whose vcpu_info is in @vcpus.
 * @upcall: the domain has events to look at on @vcpu; called by
 *	xlocal_evtchn_deliver().  Any context.
 * @timer: events of @vcpu's timer go to @port from now on, 0 for none.  Process
 *	context.  NULL for a domain that has no virqs of its processors.
 * @release: the last reference is gone, so that nobody has any of its pages;
 *	may be NULL.  Process context.
 * @owner: module of these, held until @release is through
 * @linear: frames are this kernel's: neighbours are so in memory as well
 */
struct xlocal_domain_ops {
	struct page *(*get_frame)(struct xlocal_domain *d, unsigned long gfn);
	void (*put_frame)(struct xlocal_domain *d, unsigned long gfn,
			  struct page *page, bool dirty);
	void (*deliver)(struct xlocal_domain *d, evtchn_port_t port,
			unsigned int vcpu);
	void (*upcall)(struct xlocal_domain *d, unsigned int vcpu);
	void (*timer)(struct xlocal_domain *d, unsigned int vcpu,
		      evtchn_port_t port);
	void (*release)(struct xlocal_domain *d);
	struct module *owner;
	bool linear;
};

/* Virqs that each processor has of its own: VIRQ_TIMER and VIRQ_DEBUG. */
#define XLOCAL_VCPU_VIRQS	2

/**
 * struct xlocal_port - one end of an event channel
 * @peer: other end's domain, valid while @state is EVTCHNSTAT_interdomain
 * @peer_port: its port there
 * @vcpu: where its events are delivered
 * @remote_dom: who may bind it, while EVTCHNSTAT_unbound
 * @virq: while EVTCHNSTAT_virq
 * @state: EVTCHNSTAT_*
 * @held: it keeps the local host from going
 */
struct xlocal_port {
	struct xlocal_domain *peer;
	evtchn_port_t peer_port;
	u32 vcpu;
	domid_t remote_dom;
	u16 virq;
	u8 state;
	bool held;
};

/**
 * struct xlocal_grant - a grant that is in use
 * @lock: protects it, and the use of its entry in the table
 * @readers: mappings and copies under way that only read
 * @writers: those that may write
 * @page: the page, pinned while @readers or @writers
 * @gfn: its frame as the domain knows it
 * @dirty: some writer was there since it was pinned
 */
struct xlocal_grant {
	spinlock_t lock;	/* this grant */
	u32 readers;
	u32 writers;
	bool dirty;
	unsigned long gfn;
	struct page *page;
};

/**
 * struct xlocal_map - a mapping that a domain has of another one's grant
 * @from: the granting domain, NULL when the slot is free; holds a reference
 * @ref: grant
 * @readonly: it was mapped for reading
 * @next: next free slot
 */
struct xlocal_map {
	struct xlocal_domain *from;
	grant_ref_t ref;
	u32 next;
	bool readonly;
};

/**
 * struct xlocal_domain - a domain of the local Xen
 * @domid: its id; 0 is this kernel
 * @privileged: it may name other domains in its requests
 * @dying: it gets no new ports and its grants can't be used any more; for
 *	domain 0 also while it is found out whether it may go
 * @ops: what differs between kinds of domains
 * @priv: for @ops
 * @ref: references
 * @free: to free it, after a grace period
 * @nr_vcpus: its number of processors
 * @shared: its shared info page, NULL until it has one
 * @vcpus: vcpu_info of each processor, NULL until set
 * @evtchn_lock: protects @ports, @used and @virqs
 * @ports: event channels, by port
 * @used: bitmap of @ports
 * @nr_ports: ports in use
 * @nr_held: those of them that keep the local host from going
 * @virqs: port of each global virq, 0 for none
 * @vcpu_virqs: port of each virq of each processor, 0 for none
 * @timer_lock: held while @ops->timer is told, so that the last one told is right
 * @table: grant table, version 1; shared with the domain
 * @nr_frames: its size
 * @grants: what is in use of it, an element per entry
 * @maps_lock: protects @maps but for slots in use, and @free_map
 * @maps: mappings by handle
 * @nr_maps: their size
 * @free_map: head of the list of free ones
 * @mapped: mappings in use
 * @params: HVM params
 */
struct xlocal_domain {
	domid_t domid;
	bool privileged;
	bool dying;
	const struct xlocal_domain_ops *ops;
	void *priv;
	struct kref ref;
	struct rcu_work free;
	unsigned int nr_vcpus;
	struct shared_info *shared;
	struct vcpu_info **vcpus;

	spinlock_t evtchn_lock;		/* ports, used, virqs */
	struct mutex timer_lock;	/* ops->timer() */
	struct xlocal_port *ports;
	unsigned long *used;
	atomic_t nr_ports;
	atomic_t nr_held;
	evtchn_port_t virqs[NR_VIRQS];
	evtchn_port_t (*vcpu_virqs)[XLOCAL_VCPU_VIRQS];

	struct grant_entry_v1 *table;
	unsigned int nr_frames;
	struct xlocal_grant *grants;

	spinlock_t maps_lock;		/* maps, free_map */
	struct xlocal_map *maps;
	unsigned int nr_maps;
	u32 free_map;
	atomic_t mapped;

	u64 params[HVM_NR_PARAMS];
};

/* domain.c */
int xlocal_domains_init(void);
void xlocal_domains_exit(void);
void xlocal_domains_drain(void);
struct xlocal_domain *xlocal_domain_create(domid_t domid, unsigned int nr_vcpus,
					   unsigned int nr_frames,
					   unsigned int nr_maps,
					   const struct xlocal_domain_ops *ops,
					   void *priv);
void xlocal_domain_destroy(struct xlocal_domain *d);
struct xlocal_domain *xlocal_domain_find(struct xlocal_domain *caller,
					 domid_t domid);
struct xlocal_domain *xlocal_domain_next(domid_t domid);
void xlocal_domain_put(struct xlocal_domain *d);
int xlocal_domain_get_param(struct xlocal_domain *d, u32 index, u64 *value);
int xlocal_domain_set_param(struct xlocal_domain *d, u32 index, u64 value);

/* evtchn.c */
int xlocal_evtchn_init(struct xlocal_domain *d);
void xlocal_evtchn_close_all(struct xlocal_domain *d);
void xlocal_evtchn_free(struct xlocal_domain *d);
int xlocal_evtchn_alloc_unbound(struct xlocal_domain *d, domid_t remote_dom,
				bool hold, evtchn_port_t *port);
int xlocal_evtchn_bind_interdomain(struct xlocal_domain *d,
				   struct xlocal_domain *rd,
				   evtchn_port_t remote_port,
				   evtchn_port_t *port);
int xlocal_evtchn_take_port(struct xlocal_domain *d, u8 state, bool hold);
void xlocal_evtchn_deliver(struct xlocal_domain *d, evtchn_port_t port,
			   unsigned int vcpu);
int xlocal_evtchn_close(struct xlocal_domain *d, evtchn_port_t port);
int xlocal_evtchn_send(struct xlocal_domain *d, evtchn_port_t port);
int xlocal_evtchn_status(struct xlocal_domain *d, evtchn_port_t port,
			 struct evtchn_status *status);
int xlocal_evtchn_bind_vcpu(struct xlocal_domain *d, evtchn_port_t port,
			    u32 vcpu);
int xlocal_evtchn_unmask(struct xlocal_domain *d, evtchn_port_t port);

/* evtchn-own.c */
int xlocal_evtchn_bind_virq(struct xlocal_domain *d, u32 virq, u32 vcpu,
			    evtchn_port_t *port);
int xlocal_evtchn_bind_ipi(struct xlocal_domain *d, u32 vcpu,
			   evtchn_port_t *port);
bool xlocal_evtchn_forget_virq(struct xlocal_domain *d, struct xlocal_port *p);
void xlocal_evtchn_tell_timer(struct xlocal_domain *d, u32 vcpu);
void xlocal_evtchn_raise_virq(struct xlocal_domain *d, u32 virq);

/* grant.c */
int xlocal_grant_init(struct xlocal_domain *d, unsigned int nr_frames,
		      unsigned int nr_maps);
void xlocal_grant_unmap_all(struct xlocal_domain *d);
void xlocal_grant_free(struct xlocal_domain *d);
void xlocal_grant_map(struct xlocal_domain *d, struct gnttab_map_grant_ref *op,
		      struct page **real);
void xlocal_grant_unmap(struct xlocal_domain *d,
			struct gnttab_unmap_grant_ref *op);
void xlocal_grant_copy(struct xlocal_domain *d, struct gnttab_copy *ops,
		       unsigned int nr);

/* call.c */
long xlocal_call(unsigned int op, const unsigned long *args);
long xlocal_event_channel_op(struct xlocal_domain *d, unsigned int cmd,
			     void *arg);

/* user.c */
long xlocal_user_call(struct xlocal_domain *d, unsigned int op,
		      const u64 *args);

/* dom0.c */
extern struct xlocal_domain *xlocal_dom0;
int xlocal_guest_get(void);
void xlocal_guest_put(void);

/* host.c */
extern struct xenhost xlocal_host;
void xlocal_port_bound(struct xlocal_domain *d, evtchn_port_t port, bool bound);

#endif /* _XEN_LOCAL_H */
