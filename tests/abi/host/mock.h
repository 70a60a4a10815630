/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Enough of a hypervisor, and of an L0 below it, to compile the files of the
 * nested host for the build machine and look at every reference and port they
 * take.  Any request to L0, or any copy to the caller, can be made to fail.
 */
#ifndef MOCK_H
#define MOCK_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen.h"
#include "event_channel.h"
#include "grant_table.h"
#include "memory.h"
#include "hvm/params.h"
#include "nested.h"

#define XEN_ERRNO(name, value) name = (value),
enum {
#include "errno.h"
};
#define ERESTART 85

/* Words of the hypervisor's own headers */
#define __init
#define __read_mostly
#define cf_check
#define likely(x) (x)
#define unlikely(x) (x)
#define PAGE_SIZE 4096
#define XENLOG_WARNING ""
#define printk printf
#define printk_once(...) ((void)0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BUILD_BUG_ON(c) _Static_assert(!(c), #c)
#define ACCESS_ONCE(x) (*(volatile typeof(x) *)&(x))
#define read_atomic(p) ACCESS_ONCE(*(p))
#define write_atomic(p, v) (ACCESS_ONCE(*(p)) = (v))
#define smp_wmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() smp_wmb()
#define smp_mb() smp_wmb()
#define cmpxchg(p, o, n) __sync_val_compare_and_swap(p, o, n)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define array_index_nospec(i, n) (i)
#define evaluate_nospec(cond)  (cond)
#define cpu_relax()            ((void)0)
#define DEFINE_RWLOCK(l) int l
#define DEFINE_SPINLOCK(l) int l
#define read_lock_irqsave(l, f) ((f) = 0, lock(l))
#define read_unlock_irqrestore(l, f) ((void)(f), unlock(l))
#define write_lock_irqsave read_lock_irqsave
#define write_unlock_irqrestore read_unlock_irqrestore
#define read_lock lock
#define read_unlock unlock
#define write_lock lock
#define write_unlock unlock
#define spin_lock lock
#define spin_unlock unlock
#define xvzalloc_array(t, n) ((t *)mock_zalloc((n) * sizeof(t)))
#define XVFREE(p) (free(p), (p) = NULL)
#define BITS_PER_LONG 64

static inline void lock(int *l) { assert(!*l); *l = 1; }
static inline void unlock(int *l) { assert(*l); *l = 0; }
static inline bool spin_trylock(int *l) { return *l ? false : (*l = 1); }

/* One timer, which the test lets expire */
typedef uint64_t s_time_t;
struct timer { void (*fn)(void *data); bool set; };
extern struct timer *timer;
#define SECONDS(s) (s)
#define MILLISECS(ms) (ms)
#define NOW() 0
#define init_timer(t, f, d, cpu) ((t)->fn = (f), timer = (t))
#define timer_is_active(t) ((t)->set)
#define set_timer(t, when) ((void)(when), (t)->set = true)

/* Frames and pages */
typedef struct { unsigned long m; } mfn_t;
#define _mfn(n) ((mfn_t){ (n) })
#define mfn_x(m_) ((m_).m)
#define mfn_to_maddr(m_) ((m_).m * PAGE_SIZE)

struct domain;

struct page_info {
	struct domain *owner;
	struct page_info *next;
	unsigned int count, type_count;
	bool special, page_table, dirty;
} __attribute__((aligned(64)));

struct page_list { struct page_info *head; };
#define PAGE_LIST_HEAD(l) struct page_list l
#define page_list_add_tail(p, l) ((p)->next = (l)->head, (l)->head = (p))
struct page_info *page_list_remove_head(struct page_list *l);
int steal_page(struct domain *d, struct page_info *page, unsigned int flags);
int assign_page(struct page_info *page, unsigned int order, struct domain *d,
		unsigned int flags);
void free_domheap_page(struct page_info *page);
#define flush_tlb_mask(m) ((void)(m), tlb_flushes++)
extern unsigned int tlb_flushes;
#define INVALID_M2P_ENTRY ~0UL
#define set_gpfn_from_mfn(m, g) ((void)0)

#define FIRST_MFN 0x100
#define NR_PAGES 64
extern struct page_info pages[NR_PAGES];

bool mfn_valid(mfn_t mfn);
struct page_info *mfn_to_page(mfn_t mfn);
mfn_t page_to_mfn(const struct page_info *page);
#define page_get_owner(p) ((p)->owner)
bool get_page(struct page_info *page, const struct domain *d);
void put_page(struct page_info *page);
#define PGT_writable_page 1
bool get_page_type(struct page_info *page, unsigned long type);
void put_page_and_type(struct page_info *page);
#define is_special_page(p) ((p)->special)
#define paging_mode_log_dirty(d) ((d) != NULL)
#define paging_mark_dirty(d, mfn) (mfn_to_page(mfn)->dirty = true)
struct page_info *gnttab_get_mapped_page(struct domain *d, mfn_t mfn,
					 bool readonly);

/* The p2m is there for PVH owners, of whom there are none here. */
typedef int p2m_type_t;
#define _gfn(n) (n)
#define p2m_is_foreign(t) (t)
#define check_get_page_from_gfn(d, gfn, ro, t, p) \
	((void)(gfn), *(t) = 0, *(p) = NULL, -EINVAL)

/* Domains and ports */
#define ECS_FREE 0
#define ECS_NESTED 7
struct evtchn {
	unsigned int state, port, notify_vcpu_id, pending;
	union { struct { evtchn_port_t l0_port; } nested; } u;
};
#define NR_PORTS 32
struct domain {
	domid_t domain_id;
	int event_lock;
	int is_dying, dirty_cpumask;
	bool translated, external, hardware;
	struct evtchn chn[NR_PORTS];
};
extern struct domain owner_dom, other_dom, io_dom, xen_dom, cow_dom;
#define DOMDYING_dying 1
#define DOMDYING_dead 2
#define hardware_domain (&owner_dom)
struct domain *find_domain(domid_t domid);
#define rcu_lock_domain_by_id find_domain
#define rcu_lock_domain_by_any_id find_domain
#define rcu_unlock_domain(d) ((void)(d))
#define dom_io (&io_dom)
#define dom_xen (&xen_dom)
#define dom_cow (&cow_dom)
#define paging_mode_translate(d) ((d)->translated)
#define paging_mode_external(d) ((d)->external)
#define port_is_valid(d, p) ((p) < NR_PORTS)
#define evtchn_from_port(d, p) (&(d)->chn[p])
#define evtchn_port_set_pending(d, v, c) ((void)(d), (void)(v), (c)->pending++)
int evtchn_bind_nested(struct domain *d, evtchn_port_t l0_port);
int evtchn_close(struct domain *d, int port, bool guest);
void evtchn_close_nested(struct domain *d, evtchn_port_t port);
int evtchn_bind_vcpu(evtchn_port_t port, unsigned int vcpu);

/* CPUs */
#define DECLARE_PER_CPU(t, n) extern t n
#define this_cpu(n) n
struct notifier_block {
	int (*notifier_call)(struct notifier_block *n, unsigned long a, void *h);
};
#define CPU_DEAD 7
#define NOTIFY_DONE 0
extern struct notifier_block *cpu_notifier;
#define register_cpu_notifier(n) (cpu_notifier = (n))
#define cpu_online(c) ((c) < 4)
#define vcpu_id 0
#define per_cpu(var, cpu) (cpu)
#define hypercall_preempt_check() mock_preempt()

/*
 * The caller: its memory is one array, everything else can't be copied. Of the array
 * the last @unwritable bytes can't be written to.
 */
struct vcpu { struct domain *domain; };
extern struct vcpu *current;
extern char guest_memory[1 << 16];
extern unsigned int unwritable;
unsigned long mock_copy(void *to, const void *from, size_t size,
			const void *guest);
#define guest_handle_cast(h, t) ({ \
	t *p_ = (void *)(h).p; \
	(XEN_GUEST_HANDLE_PARAM(t)){ p_ }; \
})
#define guest_handle_add_offset(h, n) ((h).p += (n))
#define copy_from_guest(d, h, n) \
	mock_copy(d, (h).p, (n) * sizeof(*(h).p), (h).p)
#define copy_to_guest(h, s, n) \
	mock_copy((h).p, s, (n) * sizeof(*(h).p), (h).p)
long do_nested_op(unsigned int cmd, XEN_GUEST_HANDLE_PARAM(void) arg,
		  unsigned int count);
#define hypercall_create_continuation(nr, fmt, cmd, h, n) \
	(continuations++, do_nested_op(cmd, h, n))
#define __maybe_unused __attribute__((unused))
#define XSM_HOOK 0
extern int xsm_answer;
#define xsm_nested_op(a, d, cmd) ((void)(d), xsm_answer)
#define is_hardware_domain(d) ((d)->hardware)

/* L0 */
extern struct { unsigned long evtchn_mask[64], evtchn_pending[64]; } shinfo;
#define XEN_shared_info (&shinfo)
#define set_bit(n, a) ((a)[(n) / 64] |= 1UL << (n) % 64)
#define clear_bit(n, a) ((a)[(n) / 64] &= ~(1UL << (n) % 64))
long xen_hypercall_event_channel_op(unsigned int cmd, void *arg);
long xen_hypercall_evtchn_send(evtchn_port_t port);
long xen_hypercall_evtchn_unmask(evtchn_port_t port);
long xen_hypercall_grant_table_op(unsigned int cmd, void *arg,
				  unsigned int n);
long xen_hypercall_memory_op(unsigned int cmd, void *arg);
int xg_alloc_unused_page(mfn_t *mfn);
void *vmap(const mfn_t *mfn, unsigned int nr);
#define iomem_deny_access(d, s, e) ((void)(d), 0)
void *mock_zalloc(size_t size);
bool mock_preempt(void);

/* From asm/guest/nested.h */
extern bool nested_host;
int nested_domain_destroy(struct domain *d);
void nested_evtchn_upcall(unsigned int l0_port);
int nested_evtchn_send(const struct evtchn *chn);
int nested_evtchn_attach(struct domain *d, struct evtchn *chn);
void nested_evtchn_detach(const struct evtchn *chn);
void nested_evtchn_move(const struct evtchn *chn, unsigned int cpu);
void nested_evtchn_close(unsigned int l0_port);

/*
 * Handles of the test.  The @fail_at-th thing that can fail does so, counted
 * from 1; 0: none does.  @calls counts them.
 */
extern unsigned int fail_at, calls, continuations;
extern bool preempt;	/* hypercalls are, now and then */
extern unsigned int preempt_asked;
extern bool map_allowed, map_writable;	/* what gnttab_get_mapped_page says */
#define NR_FRAMES 40	/* of the table, more than are swept in one go */
extern grant_entry_v1_t l0_table[NR_FRAMES * 512];
unsigned int l0_open_ports(void);
unsigned int l0_open_maps(void);
unsigned int open_ports(void);
unsigned int page_refs(void);

#endif
