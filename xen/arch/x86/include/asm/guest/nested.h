/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asm-x86/guest/nested.h
 *
 * What the rest of Xen sees of the nested host: the Xen one level further out
 * (L0), made reachable for one domain of ours, the owner.  Operations of the
 * owner itself arrive by hypercall, see public/nested.h.
 */
#ifndef __X86_GUEST_NESTED_H__
#define __X86_GUEST_NESTED_H__

#include <xen/stdbool.h>
#include <xen/mm-frame.h>

#include <public/event_channel.h>

struct domain;
struct evtchn;

#ifdef CONFIG_XEN_NESTED_HOST

/* Is L0 offered to a domain?  Settled before the first domain is built. */
extern bool nested_host;

/* L0 raised @l0_port.  Interrupts are off. */
void nested_evtchn_upcall(unsigned int l0_port);

/* Send on a local port in state ECS_NESTED.  0 or what L0 answered. */
int nested_evtchn_send(const struct evtchn *chn);

/*
 * Tie @chn, in state ECS_NESTED, to its port on L0, and cut it loose again.
 * Both are called with the event lock of @d held.  Attaching fails with -EBUSY
 * if another channel has the port.  Once nested_evtchn_detach() has returned no
 * event is delivered to @chn any more.
 */
int nested_evtchn_attach(struct domain *d, struct evtchn *chn);
void nested_evtchn_detach(const struct evtchn *chn);

/* The domain wants events of @chn on a vCPU that is on @cpu now. */
void nested_evtchn_move(const struct evtchn *chn, unsigned int cpu);

/* The local port that was tied to @l0_port is gone: let go of @l0_port. */
void nested_evtchn_close(unsigned int l0_port);

/* Is @mfn memory of L0 that the owner must map cacheable? */
bool nested_frame_is_memory(mfn_t mfn);

/* Frames that not even the hardware domain may map.  0 or negative errno. */
int nested_deny_frames(struct domain *d);

/*
 * @d is dying: if it is the owner, end what it shares with L0 and give up the
 * connection.  Frames of @d that another owner shares stay with @d until that
 * one ends it.  0, or -ERESTART to be called again.
 */
int nested_domain_destroy(struct domain *d);

#else /* !CONFIG_XEN_NESTED_HOST */

#define nested_host false

static inline void nested_evtchn_upcall(unsigned int l0_port) {}

static inline bool nested_frame_is_memory(mfn_t mfn)
{
    return false;
}

static inline int nested_deny_frames(struct domain *d)
{
    return 0;
}

#endif /* CONFIG_XEN_NESTED_HOST */

#endif /* __X86_GUEST_NESTED_H__ */

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
