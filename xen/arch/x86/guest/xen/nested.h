/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested.h
 *
 * Private to the nested host: what nested.c calls in the files beside it.
 *
 * Handlers get a copy of the caller's structure, fill in its OUT fields and
 * return 0 or a negative errno.  nested.c has checked the caller, the level
 * and that the operation is offered, and keeps the owner from changing
 * meanwhile.  @d is always the owner.
 *
 * Lock order: owner lock (nested.c), event lock of @d, port table lock.
 */
#ifndef __X86_GUEST_XEN_NESTED_H__
#define __X86_GUEST_XEN_NESTED_H__

#include <xen/guest_access.h>

#include <public/nested.h>

/* Event channels: nested-evtchn.c */
int nested_evtchn_init(void);
unsigned int nested_evtchn_max(void);
int nested_evtchn_alloc_unbound(struct domain *d,
                                struct xen_nested_evtchn_alloc_unbound *op);
int nested_evtchn_bind_interdomain(
    struct domain *d, struct xen_nested_evtchn_bind_interdomain *op);
int nested_evtchn_close_op(struct domain *d,
                           const struct xen_nested_evtchn_close *op);
int nested_evtchn_status(struct domain *d, struct xen_nested_evtchn_status *op);
int nested_evtchn_bind_vcpu(struct domain *d,
                            const struct xen_nested_evtchn_bind_vcpu *op);

/*
 * The local port of an L0 port that L0 opened for us (store, console): made
 * when first asked for.  Closing it locally leaves it open on L0.
 */
int nested_evtchn_special(struct domain *d, uint64_t l0_port,
                          evtchn_port_t *port);

/* Grants: nested-grant.c */
int nested_grant_init(bool direct);
unsigned int nested_grant_first(void);
unsigned int nested_grant_max(void);
int nested_grant_query_size(struct xen_nested_gnttab_query_size *op);
int nested_grant_setup(struct domain *d, struct xen_nested_gnttab_setup *op);
int nested_grant_publish(struct domain *d,
                         const struct xen_nested_gnttab_publish *op);
int nested_grant_end(const struct xen_nested_gnttab_end *op);
int nested_grant_release(const struct domain *d);
int nested_grant_deny(struct domain *d);

/* Frames: nested.c */
int nested_frame_permit(struct domain *d, mfn_t mfn);

#endif /* __X86_GUEST_XEN_NESTED_H__ */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
