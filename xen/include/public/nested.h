/* SPDX-License-Identifier: MIT */
/*
 * nested.h
 *
 * Operations on the Xen one level further out (L0), asked of the Xen directly
 * below the caller (L1-Xen).  Only the domain that owns the L0 connection may
 * call; see docs/misc/nested-host.pandoc for who may call what, and each errno.
 *
 * Number spaces: "port" is an event channel of the calling domain on L1-Xen,
 * "l0_port" one of the L1 guest on L0.  "frame" is a gfn of the calling
 * domain (an mfn for a PV caller); L0 sees the gfn of the L1 guest that backs
 * it.  "ref" is a grant reference in L1's grant table on L0, "l0_domid" a
 * domain of L0.
 */

#ifndef __XEN_PUBLIC_NESTED_H__
#define __XEN_PUBLIC_NESTED_H__

#include "xen.h"
#include "event_channel.h"

/*
 * ` long
 * ` HYPERVISOR_nested_op(unsigned int cmd, void *arg, unsigned int count)
 *
 * @cmd says which Xen is meant and what is wanted of it: XEN_NESTED_CMD().
 * @arg points to an array of @count of the structure that belongs to the
 * operation; @count is 1 unless it takes a batch, or none.  The result is 0 or
 * a negative errno.  A batch operation answers 0 when it looked at every
 * element; each element then has its own status.
 */
#define XEN_NESTED_CMD(level, op)              ((level) << 16 | (op))

/*
 * Levels count outwards from the caller: 1 is the Xen below the one that runs
 * the caller.  So an operation can be passed on as it is but for the level.
 * Others than 1, its own (0) included: -EOPNOTSUPP.
 */
#define XEN_NESTED_LEVEL_NEXT                  1

#define XEN_NESTED_ABI_VERSION                 1

/* ` enum xen_nestedop { // XEN_NESTEDOP_* => struct xen_nested_* */
#define XEN_NESTEDOP_query                     0
#define XEN_NESTEDOP_evtchn_alloc_unbound      1
#define XEN_NESTEDOP_evtchn_bind_interdomain   2
#define XEN_NESTEDOP_evtchn_close              3
#define XEN_NESTEDOP_evtchn_status             4
#define XEN_NESTEDOP_evtchn_bind_vcpu          5
#define XEN_NESTEDOP_gnttab_query_size         6
#define XEN_NESTEDOP_gnttab_setup              7
#define XEN_NESTEDOP_gnttab_publish            8 /* batch */
#define XEN_NESTEDOP_gnttab_end                9 /* batch */
#define XEN_NESTEDOP_gnttab_map               10 /* batch */
#define XEN_NESTEDOP_gnttab_unmap             11 /* batch */
#define XEN_NESTEDOP_gnttab_copy              12 /* batch */
#define XEN_NESTEDOP_memory_release           13 /* batch */
#define XEN_NESTEDOP_memory_reclaim           14 /* batch */
#define XEN_NESTEDOP_hvm_param                15
#define XEN_NESTEDOP_set_owner                16
#define XEN_NESTEDOP_reset                    17 /* @arg is NULL, @count 0 */
/* ` } */

/* XEN_NESTEDOP_query */
struct xen_nested_query {
    uint32_t abi_version;       /* OUT: XEN_NESTED_ABI_VERSION */
    uint32_t depth;             /* OUT: levels that can be asked, >= 1 */
    uint32_t l0_version;        /* OUT: major << 16 | minor of L0's Xen */
    uint32_t features;          /* OUT: XEN_NESTED_FEAT_* */
    uint16_t l0_domid;          /* OUT: the L1 guest's domid on L0, or
                                 *      DOMID_INVALID if L0 does not tell */
    uint16_t pad;
    uint32_t max_batch;         /* OUT: most elements of a batch */
    uint32_t max_ports;         /* OUT: most L0 ports the owner may hold */
    uint32_t max_grants;        /* OUT: first grant ref that may not be used */
    uint32_t first_grant;       /* OUT: first grant ref that may be used */
};
typedef struct xen_nested_query xen_nested_query_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_query_t);

#define XEN_NESTED_FEAT_evtchn        (1U << 0)
#define XEN_NESTED_FEAT_grant_mediated (1U << 1) /* gnttab_publish/end */
#define XEN_NESTED_FEAT_grant_direct  (1U << 2) /* gnttab_setup */
#define XEN_NESTED_FEAT_grant_map     (1U << 3) /* gnttab_map/unmap/copy */
#define XEN_NESTED_FEAT_memory        (1U << 4)
#define XEN_NESTED_FEAT_store         (1U << 5) /* HVM_PARAM_STORE_* */
#define XEN_NESTED_FEAT_console       (1U << 6) /* HVM_PARAM_CONSOLE_* */
#define XEN_NESTED_FEAT_own_frames    (1U << 7) /* No operation, a rule: the
                                                 * caller may publish and copy
                                                 * frames of its own only, not
                                                 * what it was granted */

/*
 * Event channels.  Send, unmask and bind_vcpu of the local port are the
 * ordinary EVTCHNOPs; EVTCHNOP_close on it is the same as evtchn_close here.
 */
struct xen_nested_evtchn_alloc_unbound {
    uint16_t l0_remote_dom;     /* IN: domain of L0 that may bind it */
    uint16_t pad;               /* IN: 0 */
    evtchn_port_t port;         /* OUT */
    evtchn_port_t l0_port;      /* OUT: what goes into L0's xenstore */
};
typedef struct xen_nested_evtchn_alloc_unbound
    xen_nested_evtchn_alloc_unbound_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_evtchn_alloc_unbound_t);

struct xen_nested_evtchn_bind_interdomain {
    uint16_t l0_remote_dom;     /* IN */
    uint16_t pad;               /* IN: 0 */
    evtchn_port_t l0_remote_port; /* IN: a port of l0_remote_dom */
    evtchn_port_t port;         /* OUT */
    evtchn_port_t l0_port;      /* OUT */
};
typedef struct xen_nested_evtchn_bind_interdomain
    xen_nested_evtchn_bind_interdomain_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_evtchn_bind_interdomain_t);

struct xen_nested_evtchn_close {
    evtchn_port_t port;         /* IN */
};
typedef struct xen_nested_evtchn_close xen_nested_evtchn_close_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_evtchn_close_t);

struct xen_nested_evtchn_status {
    evtchn_port_t port;         /* IN */
    evtchn_port_t l0_port;      /* OUT */
    uint32_t status;            /* OUT: EVTCHNSTAT_* as L0 says */
    uint32_t vcpu;              /* OUT: vcpu of the L1 domain notified */
    uint16_t l0_remote_dom;     /* OUT: unbound and interdomain */
    uint16_t pad;
    evtchn_port_t l0_remote_port; /* OUT: interdomain */
};
typedef struct xen_nested_evtchn_status xen_nested_evtchn_status_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_evtchn_status_t);

struct xen_nested_evtchn_bind_vcpu {
    evtchn_port_t port;         /* IN */
    uint32_t vcpu;              /* IN: vcpu of the calling domain */
};
typedef struct xen_nested_evtchn_bind_vcpu xen_nested_evtchn_bind_vcpu_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_evtchn_bind_vcpu_t);

/* Grants: XEN_NESTEDOP_gnttab_query_size */
struct xen_nested_gnttab_query_size {
    uint32_t version;           /* OUT: grant table version in use, 1 */
    uint32_t nr_frames;         /* OUT: frames set up on L0 now */
    uint32_t max_nr_frames;     /* OUT */
};
typedef struct xen_nested_gnttab_query_size xen_nested_gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_query_size_t);

/*
 * Direct mode only: frame @idx of L1's grant table on L0, to be mapped by the
 * caller.  -EOPNOTSUPP unless the administrator allowed it.
 */
struct xen_nested_gnttab_setup {
    uint32_t idx;               /* IN: 0 .. max_nr_frames - 1 */
    uint32_t pad;               /* IN: 0 */
    uint64_t frame;             /* OUT: mfn the caller may map */
};
typedef struct xen_nested_gnttab_setup xen_nested_gnttab_setup_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_setup_t);

/*
 * Mediated mode: L1-Xen checks that the caller owns @frame (or, if it is the
 * hardware domain, has it grant mapped with enough rights), takes a reference,
 * writes the entry.
 */
struct xen_nested_gnttab_publish {
    uint32_t ref;               /* IN: first_grant .. max_grants - 1 */
    uint16_t l0_domid;          /* IN: who may map or copy */
    uint16_t flags;             /* IN: XEN_NESTED_GRANT_* */
    uint64_t frame;             /* IN */
    int32_t status;             /* OUT: 0 or negative errno */
    uint32_t pad;               /* IN: 0 */
};
typedef struct xen_nested_gnttab_publish xen_nested_gnttab_publish_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_publish_t);

#define XEN_NESTED_GRANT_readonly     (1U << 0)

/*
 * End a published grant.  -EBUSY: still mapped on L0, the entry stays and the
 * call is to be repeated; else the reference on the frame is dropped.
 */
struct xen_nested_gnttab_end {
    uint32_t ref;               /* IN */
    int32_t status;             /* OUT */
};
typedef struct xen_nested_gnttab_end xen_nested_gnttab_end_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_end_t);

/*
 * Map a grant of a domain of L0: L1-Xen chooses @frame, which has no memory of
 * L1's behind it and is mapped by the caller as I/O memory is, cacheable.  At
 * most as many as L1-Xen has handles, and as it lets one domain have: -ENOSPC.
 */
struct xen_nested_gnttab_map {
    uint32_t ref;               /* IN: of l0_domid's grant table */
    uint16_t l0_domid;          /* IN: who granted it */
    uint16_t flags;             /* IN: XEN_NESTED_GRANT_* */
    uint64_t frame;             /* OUT: mfn the caller may map */
    uint32_t handle;            /* OUT: for gnttab_unmap */
    int32_t status;             /* OUT */
};
typedef struct xen_nested_gnttab_map xen_nested_gnttab_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_map_t);

/* The caller has no mapping of the frame left; what it had shows nothing. */
struct xen_nested_gnttab_unmap {
    uint32_t handle;            /* IN */
    int32_t status;             /* OUT */
};
typedef struct xen_nested_gnttab_unmap xen_nested_gnttab_unmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_unmap_t);

/* Copy between @frame, which the caller could publish, and a grant. */
struct xen_nested_gnttab_copy {
    uint32_t ref;               /* IN: of l0_domid's grant table */
    uint16_t l0_domid;          /* IN: who granted it */
    uint16_t flags;             /* IN: XEN_NESTED_COPY_* */
    uint64_t frame;             /* IN */
    uint16_t ref_offset;        /* IN: bytes; neither may cross a page */
    uint16_t frame_offset;      /* IN */
    uint16_t len;               /* IN: bytes */
    uint16_t pad;               /* IN: 0 */
    int32_t status;             /* OUT */
    uint32_t pad2;              /* IN: 0 */
};
typedef struct xen_nested_gnttab_copy xen_nested_gnttab_copy_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_gnttab_copy_t);

#define XEN_NESTED_COPY_to_grant      (1U << 0) /* else from it */

/*
 * Give frames that the caller owns and nobody refers to back to L0, and get
 * as many again: the same frames, in no particular order.  For a hardware
 * domain that is PV only.
 */
struct xen_nested_memory {
    uint64_t frame;             /* release: IN; reclaim: OUT */
    int32_t status;             /* OUT */
    uint32_t pad;               /* IN: 0 */
};
typedef struct xen_nested_memory xen_nested_memory_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_memory_t);

/*
 * XEN_NESTEDOP_reset: close and end all that the caller has open on L0, as if
 * it was only now given the connection.  A kernel that took over from another
 * by kexec starts with this.  If it is interrupted, L1-Xen goes on from what it
 * puts in @arg.
 */

/*
 * Hand the connection to L0 to another domain.  Whatever the present owner has
 * open there is closed.  Only the hardware domain may do so, owner or not;
 * @domid may be its own.  What it was given of L0's frames it may then map no
 * more, but what it has mapped stays so.
 */
struct xen_nested_set_owner {
    uint16_t domid;             /* IN */
    uint16_t pad;               /* IN: 0 */
};
typedef struct xen_nested_set_owner xen_nested_set_owner_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_set_owner_t);

/* XEN_NESTEDOP_hvm_param: HVM_PARAM_{STORE,CONSOLE}_{PFN,EVTCHN} only. */
struct xen_nested_hvm_param {
    uint32_t index;             /* IN */
    evtchn_port_t l0_port;      /* OUT: *_EVTCHN, else 0 */
    uint64_t value;             /* OUT: *_PFN: mfn the caller may map;
                                 *      *_EVTCHN: the local port tied to it */
};
typedef struct xen_nested_hvm_param xen_nested_hvm_param_t;
DEFINE_XEN_GUEST_HANDLE(xen_nested_hvm_param_t);

#endif /* __XEN_PUBLIC_NESTED_H__ */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
