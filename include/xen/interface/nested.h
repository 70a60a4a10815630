/* SPDX-License-Identifier: MIT */
/*
 * Operations on the Xen one level further out (L0), asked of the Xen below.
 *
 * Linux's copy of Xen's public/nested.h, where each operation is specified.
 *
 * Number spaces: "port" is an event channel of this domain on the Xen below,
 * "l0_port" one of the L1 guest on L0.  "frame" is a gfn of this domain (an
 * mfn for a PV domain).  "ref" is a grant reference in L1's grant table on L0,
 * "l0_domid" a domain of L0.
 */
#ifndef __XEN_PUBLIC_NESTED_H__
#define __XEN_PUBLIC_NESTED_H__

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>

/*
 * long HYPERVISOR_nested_op(unsigned int cmd, void *arg, unsigned int count)
 *
 * @cmd is XEN_NESTED_CMD(): which Xen, and what. @arg is an array of @count of
 * the structure that belongs to the operation; @count is 1 unless it takes a
 * batch, or none.  The result is 0 or a negative errno.  A batch operation
 * answers 0 when it looked at every element; each element then has its own
 * status.
 */
#define __HYPERVISOR_nested_op			43

#define XEN_NESTED_CMD(level, op)		((level) << 16 | (op))

/* Which Xen is meant: 1 is the one below L1-Xen.  0 and others: -EOPNOTSUPP. */
#define XEN_NESTED_LEVEL_NEXT			1

#define XEN_NESTED_ABI_VERSION			1

/* XEN_NESTEDOP_x takes struct xen_nested_x */
#define XEN_NESTEDOP_query			0
#define XEN_NESTEDOP_evtchn_alloc_unbound	1
#define XEN_NESTEDOP_evtchn_bind_interdomain	2
#define XEN_NESTEDOP_evtchn_close		3
#define XEN_NESTEDOP_evtchn_status		4
#define XEN_NESTEDOP_evtchn_bind_vcpu		5
#define XEN_NESTEDOP_gnttab_query_size		6
#define XEN_NESTEDOP_gnttab_setup		7
#define XEN_NESTEDOP_gnttab_publish		8 /* batch */
#define XEN_NESTEDOP_gnttab_end			9 /* batch */
#define XEN_NESTEDOP_gnttab_map			10 /* batch */
#define XEN_NESTEDOP_gnttab_unmap		11 /* batch */
#define XEN_NESTEDOP_gnttab_copy		12 /* batch */
#define XEN_NESTEDOP_memory_release		13 /* batch */
#define XEN_NESTEDOP_memory_reclaim		14 /* batch */
#define XEN_NESTEDOP_hvm_param			15
#define XEN_NESTEDOP_set_owner			16
#define XEN_NESTEDOP_reset			17 /* @arg is NULL, @count 0 */

/* XEN_NESTEDOP_query */
struct xen_nested_query {
	u32 abi_version;		/* OUT: XEN_NESTED_ABI_VERSION */
	u32 depth;			/* OUT: levels that can be asked, >= 1 */
	u32 l0_version;			/* OUT: major << 16 | minor of L0's Xen */
	u32 features;			/* OUT: XEN_NESTED_FEAT_* */
	u16 l0_domid;			/* OUT: L1's on L0, or DOMID_INVALID */
	u16 pad;
	u32 max_batch;			/* OUT: most elements of a batch */
	u32 max_ports;			/* OUT: most L0 ports the owner may hold */
	u32 max_grants;			/* OUT: first grant ref that may not be used */
	u32 first_grant;		/* OUT: first grant ref that may be used */
};

#define XEN_NESTED_FEAT_evtchn			BIT(0)
#define XEN_NESTED_FEAT_grant_mediated		BIT(1) /* gnttab_publish/end */
#define XEN_NESTED_FEAT_grant_direct		BIT(2) /* gnttab_setup */
#define XEN_NESTED_FEAT_grant_map		BIT(3) /* gnttab_map/unmap/copy */
#define XEN_NESTED_FEAT_memory			BIT(4)
#define XEN_NESTED_FEAT_store			BIT(5) /* HVM_PARAM_STORE_* */
#define XEN_NESTED_FEAT_console			BIT(6) /* HVM_PARAM_CONSOLE_* */
#define XEN_NESTED_FEAT_own_frames		BIT(7) /* no others can be published */

/*
 * Event channels.  Send, unmask and bind_vcpu of the local port are the
 * ordinary EVTCHNOPs; EVTCHNOP_close on it is the same as evtchn_close here.
 */
struct xen_nested_evtchn_alloc_unbound {
	u16 l0_remote_dom;		/* IN: domain of L0 that may bind it */
	u16 pad;
	evtchn_port_t port;		/* OUT */
	evtchn_port_t l0_port;		/* OUT: what goes into L0's xenstore */
};

struct xen_nested_evtchn_bind_interdomain {
	u16 l0_remote_dom;		/* IN */
	u16 pad;
	evtchn_port_t l0_remote_port;	/* IN: a port of l0_remote_dom */
	evtchn_port_t port;		/* OUT */
	evtchn_port_t l0_port;		/* OUT */
};

struct xen_nested_evtchn_close {
	evtchn_port_t port;		/* IN */
};

struct xen_nested_evtchn_status {
	evtchn_port_t port;		/* IN */
	evtchn_port_t l0_port;		/* OUT */
	u32 status;			/* OUT: EVTCHNSTAT_* as L0 says */
	u32 vcpu;			/* OUT: vcpu of the L1 domain notified */
	u16 l0_remote_dom;		/* OUT: unbound and interdomain */
	u16 pad;
	evtchn_port_t l0_remote_port;	/* OUT: interdomain */
};

struct xen_nested_evtchn_bind_vcpu {
	evtchn_port_t port;		/* IN */
	u32 vcpu;			/* IN: vcpu of the calling domain */
};

/* Grants: XEN_NESTEDOP_gnttab_query_size */
struct xen_nested_gnttab_query_size {
	u32 version;			/* OUT: grant table version in use, 1 */
	u32 nr_frames;			/* OUT: frames set up on L0 now */
	u32 max_nr_frames;		/* OUT */
};

/*
 * Direct mode only: frame @idx of L1's grant table on L0, to be mapped by the
 * caller.  -EOPNOTSUPP unless the administrator allowed it.
 */
struct xen_nested_gnttab_setup {
	u32 idx;			/* IN: 0 .. max_nr_frames - 1 */
	u32 pad;
	u64 frame;			/* OUT: mfn the caller may map */
};

/*
 * Mediated mode: L1-Xen checks that the caller owns @frame (or has it grant
 * mapped with enough rights), takes a reference, writes the entry.
 */
struct xen_nested_gnttab_publish {
	u32 ref;			/* IN: first_grant .. max_grants - 1 */
	u16 l0_domid;			/* IN: who may map or copy */
	u16 flags;			/* IN: XEN_NESTED_GRANT_* */
	u64 frame;			/* IN */
	s32 status;			/* OUT: 0 or negative errno */
	u32 pad;
};

#define XEN_NESTED_GRANT_readonly		BIT(0)

/*
 * End a published grant.  -EBUSY: still mapped on L0, the entry stays and the
 * call is to be repeated; else the reference on the frame is dropped.
 */
struct xen_nested_gnttab_end {
	u32 ref;			/* IN */
	s32 status;			/* OUT */
};

/*
 * Map a grant of a domain of L0: L1-Xen chooses @frame, which has no memory of
 * L1's behind it and is mapped by the caller as I/O memory is, cacheable.  At
 * most as many as L1-Xen has handles: -ENOSPC.
 */
struct xen_nested_gnttab_map {
	u32 ref;			/* IN: of l0_domid's grant table */
	u16 l0_domid;			/* IN: who granted it */
	u16 flags;			/* IN: XEN_NESTED_GRANT_* */
	u64 frame;			/* OUT: mfn the caller may map */
	u32 handle;			/* OUT: for gnttab_unmap */
	s32 status;			/* OUT */
};

/* The caller has no mapping of the frame left; what it had shows nothing. */
struct xen_nested_gnttab_unmap {
	u32 handle;			/* IN */
	s32 status;			/* OUT */
};

/* Copy between @frame, which the caller could publish, and a grant. */
struct xen_nested_gnttab_copy {
	u32 ref;			/* IN: of l0_domid's grant table */
	u16 l0_domid;			/* IN: who granted it */
	u16 flags;			/* IN: XEN_NESTED_COPY_* */
	u64 frame;			/* IN */
	u16 ref_offset;			/* IN: bytes; neither may cross a page */
	u16 frame_offset;		/* IN */
	u16 len;			/* IN: bytes */
	u16 pad;			/* IN: 0 */
	s32 status;			/* OUT */
	u32 pad2;			/* IN: 0 */
};

#define XEN_NESTED_COPY_to_grant		BIT(0)	/* else from it */

/*
 * Give frames that the caller owns and nobody refers to back to L0, and get
 * as many again: the same frames, in no particular order.  For a hardware
 * domain that is PV only.
 */
struct xen_nested_memory {
	u64 frame;			/* release: IN; reclaim: OUT */
	s32 status;			/* OUT */
	u32 pad;			/* IN: 0 */
};

/*
 * Hand the connection to L0 to another domain.  Whatever the present owner has
 * open there is closed.  Only the hardware domain may do so, owner or not;
 * @domid may be its own.
 */
struct xen_nested_set_owner {
	u16 domid;			/* IN */
	u16 pad;			/* IN: 0 */
};

/* XEN_NESTEDOP_hvm_param: HVM_PARAM_{STORE,CONSOLE}_{PFN,EVTCHN} only. */
struct xen_nested_hvm_param {
	u32 index;			/* IN */
	evtchn_port_t l0_port;		/* OUT: *_EVTCHN, else 0 */
	u64 value;			/* OUT: mfn to map, or local port */
};

/* The layout is the hypervisor's; tests/src-nested-abi.t compares the two. */
static_assert(sizeof(struct xen_nested_query) == 36);
static_assert(sizeof(struct xen_nested_evtchn_alloc_unbound) == 12);
static_assert(sizeof(struct xen_nested_evtchn_bind_interdomain) == 16);
static_assert(sizeof(struct xen_nested_evtchn_close) == 4);
static_assert(sizeof(struct xen_nested_evtchn_status) == 24);
static_assert(sizeof(struct xen_nested_evtchn_bind_vcpu) == 8);
static_assert(sizeof(struct xen_nested_gnttab_query_size) == 12);
static_assert(sizeof(struct xen_nested_gnttab_setup) == 16);
static_assert(sizeof(struct xen_nested_gnttab_publish) == 24);
static_assert(sizeof(struct xen_nested_gnttab_end) == 8);
static_assert(sizeof(struct xen_nested_gnttab_map) == 24);
static_assert(sizeof(struct xen_nested_gnttab_unmap) == 8);
static_assert(sizeof(struct xen_nested_gnttab_copy) == 32);
static_assert(sizeof(struct xen_nested_memory) == 16);
static_assert(sizeof(struct xen_nested_set_owner) == 4);
static_assert(sizeof(struct xen_nested_hvm_param) == 16);

#endif /* __XEN_PUBLIC_NESTED_H__ */
