// SPDX-License-Identifier: GPL-2.0
/* The hypervisor and the L0 that mock.h declares. */
#include "mock.h"

struct page_info pages[NR_PAGES];
struct domain owner_dom, other_dom, io_dom, xen_dom, cow_dom;
struct notifier_block *cpu_notifier;
typeof(shinfo) shinfo;
unsigned int fail_at, calls, continuations, tlb_flushes;
struct timer *timer;
bool preempt;
unsigned int preempt_asked;
unsigned int unwritable;
int xsm_answer;
struct vcpu *current;
char guest_memory[1 << 16] __attribute__((aligned(4096)));
bool map_allowed, map_writable;
grant_entry_v1_t l0_table[NR_FRAMES * 512] __attribute__((aligned(4096)));

static bool l0_port[64], l0_map[70000];
static unsigned int l0_maps;
static unsigned long next_unused = 0x100000;

#include "private.h"
struct nested_stat nested_stat;

static bool fails(void)
{
	return ++calls == fail_at;
}

void *mock_zalloc(size_t size)
{
	return fails() ? NULL : calloc(1, size);
}

/* Now and then; always, it would be for tests of what gets on nevertheless. */
bool mock_preempt(void)
{
	return !(++preempt_asked % 3) && preempt;
}

unsigned long mock_copy(void *to, const void *from, size_t size,
			const void *guest)
{
	const char *p = guest, *end = guest_memory + sizeof(guest_memory);
	size_t done;

	if (to == guest)
		end -= unwritable;
	if (p < guest_memory || p >= end)
		return size;
	done = min(size, (size_t)(end - p));
	memcpy(to, from, done);
	return size - done;
}

struct domain *find_domain(domid_t domid)
{
	if (domid == owner_dom.domain_id || domid == DOMID_SELF)
		return &owner_dom;
	return domid == other_dom.domain_id ? &other_dom : NULL;
}

struct page_info *page_list_remove_head(struct page_list *l)
{
	struct page_info *page = l->head;

	if (page)
		l->head = page->next;
	return page;
}

int steal_page(struct domain *d, struct page_info *page, unsigned int flags)
{
	assert(!flags);
	if (page->owner != d || page->count || page->type_count ||
	    page->special || page->page_table)
		return -EBUSY;
	page->owner = NULL;
	return 0;
}

int assign_page(struct page_info *page, unsigned int order, struct domain *d,
		unsigned int flags)
{
	assert(!order && !flags && !page->owner && !page->count);
	if (fails())
		return -E2BIG;
	page->owner = d;
	return 0;
}

/* It goes to the heap, from which d may get it one day: do that at once. */
void free_domheap_page(struct page_info *page)
{
	assert(!page->owner && !page->count && tlb_flushes);
	tlb_flushes = 0;
	page->owner = &owner_dom;
}

bool mfn_valid(mfn_t mfn)
{
	return mfn.m >= FIRST_MFN && mfn.m < FIRST_MFN + NR_PAGES;
}

struct page_info *mfn_to_page(mfn_t mfn)
{
	assert(mfn_valid(mfn));
	return &pages[mfn.m - FIRST_MFN];
}

mfn_t page_to_mfn(const struct page_info *page)
{
	assert(page >= pages && page < pages + NR_PAGES);
	return _mfn(page - pages + FIRST_MFN);
}

bool get_page(struct page_info *page, const struct domain *d)
{
	if (page->owner != d)
		return false;
	page->count++;
	return true;
}

void put_page(struct page_info *page)
{
	assert(page->count);
	page->count--;
}

bool get_page_type(struct page_info *page, unsigned long type)
{
	assert(type == PGT_writable_page && page->count);
	if (page->page_table)
		return false;
	page->type_count++;
	return true;
}

void put_page_and_type(struct page_info *page)
{
	assert(page->type_count);
	page->type_count--;
	put_page(page);
}

struct page_info *gnttab_get_mapped_page(struct domain *d, mfn_t mfn,
					 bool readonly)
{
	(void)d;
	if (!map_allowed || (!readonly && !map_writable))
		return NULL;
	mfn_to_page(mfn)->count++;
	return mfn_to_page(mfn);
}

unsigned int page_refs(void)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < NR_PAGES; i++)
		nr += pages[i].count + pages[i].type_count;
	return nr;
}

int evtchn_bind_nested(struct domain *d, evtchn_port_t l0)
{
	if (fails())
		return -ENOSPC;
	for (unsigned int p = 1; p < NR_PORTS; p++)
		if (d->chn[p].state == ECS_FREE) {
			d->chn[p] = (struct evtchn){
				.state = ECS_NESTED, .port = p,
				.u.nested.l0_port = l0,
			};
			if (!nested_evtchn_attach(d, &d->chn[p]))
				return p;
			d->chn[p].state = ECS_FREE;
			return -EBUSY;
		}
	return -ENOSPC;
}

void evtchn_close_nested(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn = &d->chn[port];

	if (chn->state != ECS_NESTED)
		return;
	nested_evtchn_detach(chn);
	chn->state = ECS_FREE;
	nested_evtchn_close(chn->u.nested.l0_port);
}

int evtchn_close(struct domain *d, int port, bool guest)
{
	(void)guest;
	evtchn_close_nested(d, port);
	return 0;
}

int evtchn_bind_vcpu(evtchn_port_t port, unsigned int vcpu)
{
	nested_evtchn_move(&owner_dom.chn[port], vcpu);
	return 0;
}

unsigned int open_ports(void)
{
	unsigned int nr = 0;

	for (unsigned int p = 0; p < NR_PORTS; p++)
		nr += owner_dom.chn[p].state != ECS_FREE;
	return nr;
}

unsigned int l0_open_ports(void)
{
	unsigned int nr = 0;

	for (unsigned int p = 0; p < ARRAY_SIZE(l0_port); p++)
		nr += l0_port[p];
	return nr;
}

unsigned int l0_open_maps(void)
{
	return l0_maps;
}

static int l0_new_port(void)
{
	for (unsigned int p = 3; p < ARRAY_SIZE(l0_port); p++)
		if (!l0_port[p]) {
			l0_port[p] = true;
			return p;
		}
	return -ENOSPC;
}

long xen_hypercall_event_channel_op(unsigned int cmd, void *arg)
{
	int rc;

	/* What is open can be closed: there is no cure if not. */
	if (cmd == EVTCHNOP_close) {
		struct evtchn_close *c = arg;

		assert(c->port < ARRAY_SIZE(l0_port) && l0_port[c->port]);
		l0_port[c->port] = false;
		return 0;
	}
	if (fails())
		return -EPERM;
	switch (cmd) {
	case EVTCHNOP_alloc_unbound:
		rc = l0_new_port();
		((struct evtchn_alloc_unbound *)arg)->port = rc;
		return rc < 0 ? rc : 0;
	case EVTCHNOP_bind_interdomain:
		rc = l0_new_port();
		((struct evtchn_bind_interdomain *)arg)->local_port = rc;
		return rc < 0 ? rc : 0;
	}
	return 0;
}

long xen_hypercall_evtchn_send(evtchn_port_t port)
{
	assert(l0_port[port]);
	return 0;
}

long xen_hypercall_evtchn_unmask(evtchn_port_t port)
{
	if (fails())
		return -EINVAL;
	clear_bit(port, shinfo.evtchn_mask);
	return 0;
}

long xen_hypercall_grant_table_op(unsigned int cmd, void *arg, unsigned int n)
{
	struct gnttab_map_grant_ref *map = arg;
	struct gnttab_unmap_grant_ref *unmap = arg;

	assert(n == 1);
	if (cmd == GNTTABOP_unmap_grant_ref) {
		assert(unmap->handle < ARRAY_SIZE(l0_map) &&
		       l0_map[unmap->handle] && unmap->host_addr);
		l0_map[unmap->handle] = false;
		l0_maps--;
		unmap->status = GNTST_okay;
		return 0;
	}
	if (fails())
		return -EFAULT;
	switch (cmd) {
	case GNTTABOP_query_size:
		((struct gnttab_query_size *)arg)->max_nr_frames =
			NR_FRAMES;
		((struct gnttab_query_size *)arg)->status = GNTST_okay;
		return 0;
	case GNTTABOP_get_version:
		((struct gnttab_get_version *)arg)->version = 2;
		return 0;
	case GNTTABOP_map_grant_ref:
		map->status = GNTST_bad_gntref;
		if (map->ref == 99)
			return 0;
		static unsigned int m;

		for (unsigned int i = 0; i < ARRAY_SIZE(l0_map); i++) {
			m = (m + 1) % ARRAY_SIZE(l0_map);
			if (!l0_map[m]) {
				l0_map[m] = true;
				l0_maps++;
				map->handle = m;
				map->status = GNTST_okay;
				return 0;
			}
		}
		map->status = GNTST_no_space;
		return 0;
	case GNTTABOP_copy:
		((struct gnttab_copy *)arg)->status = GNTST_okay;
		return 0;
	}
	return 0;
}

long xen_hypercall_memory_op(unsigned int cmd, void *arg)
{
	(void)arg;
	if (cmd == XENMEM_add_to_physmap)
		return fails() ? -ENOMEM : 0;
	assert(cmd == XENMEM_decrease_reservation ||
	       cmd == XENMEM_populate_physmap);
	return !fails();
}

int xg_alloc_unused_page(mfn_t *mfn)
{
	if (fails())
		return -ESRCH;
	*mfn = _mfn(next_unused++);
	return 0;
}

/* The frames were reserved in their order, so the table's come first. */
void *vmap(const mfn_t *mfn, unsigned int nr)
{
	assert(nr == 1);
	return fails() ? NULL : &l0_table[(mfn->m - 0x100000) % NR_FRAMES * 512];
}
