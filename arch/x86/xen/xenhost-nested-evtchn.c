// SPDX-License-Identifier: GPL-2.0
/*
 * The nested host's event channels.
 *
 * L1-Xen ties each port of L0 to an ordinary port of this kernel, so the irq
 * code knows nothing of them; what is special is making one, and knowing under
 * which number L0 knows it.
 */
#include "xenhost-nested.h"

/*
 * Both numbers of a port are known only when it is made.  An entry may outlive
 * its port, which the irq code closes by the local number; it is overwritten
 * when L1-Xen hands that number out again.
 */
int xenhost_nested_note_port(evtchn_port_t local, evtchn_port_t l0_port,
			     struct xenhost_port *port)
{
	void *old = xa_store(&xenhost_nested.ports, local, xa_mk_value(l0_port),
			     GFP_KERNEL);

	if (xa_is_err(old)) {
		struct xen_nested_evtchn_close op = { .port = local };

		xenhost_nested_request(XEN_NESTEDOP_evtchn_close, &op, 1);
		return xa_err(old);
	}
	port->local = local;
	port->remote_visible = l0_port;
	atomic64_inc(&xenhost_nested.host.stats.ports);
	return 0;
}

static int xenhost_nested_alloc_unbound(xenhost_t *xh, domid_t remote_dom,
					struct xenhost_port *port)
{
	struct xen_nested_evtchn_alloc_unbound op = {
		.l0_remote_dom = remote_dom,
	};
	int ret = xenhost_nested_request(XEN_NESTEDOP_evtchn_alloc_unbound, &op, 1);

	return ret ?: xenhost_nested_note_port(op.port, op.l0_port, port);
}

static int xenhost_nested_bind_interdomain(xenhost_t *xh, domid_t remote_dom,
					   evtchn_port_t remote_port,
					   struct xenhost_port *port)
{
	struct xen_nested_evtchn_bind_interdomain op = {
		.l0_remote_dom = remote_dom,
		.l0_remote_port = remote_port,
	};
	int ret = xenhost_nested_request(XEN_NESTEDOP_evtchn_bind_interdomain, &op, 1);

	return ret ?: xenhost_nested_note_port(op.port, op.l0_port, port);
}

static int xenhost_nested_close(xenhost_t *xh, evtchn_port_t port)
{
	struct xen_nested_evtchn_close op = { .port = port };

	xa_erase(&xenhost_nested.ports, port);
	return xenhost_nested_request(XEN_NESTEDOP_evtchn_close, &op, 1);
}

static int xenhost_nested_status(xenhost_t *xh, evtchn_port_t port,
				 struct evtchn_status *status)
{
	struct xen_nested_evtchn_status op = { .port = port };
	int ret = xenhost_nested_request(XEN_NESTEDOP_evtchn_status, &op, 1);

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
	void *entry = xa_load(&xenhost_nested.ports, port);

	return entry ? xa_to_value(entry) : -ENOENT;
}

const struct xenhost_evtchn_ops xenhost_nested_evtchn_ops = {
	.alloc_unbound	  = xenhost_nested_alloc_unbound,
	.bind_interdomain = xenhost_nested_bind_interdomain,
	.close		  = xenhost_nested_close,
	.status		  = xenhost_nested_status,
	.remote_port	  = xenhost_nested_remote_port,
};
