// SPDX-License-Identifier: GPL-2.0
/* What only the tools of a hardware domain may ask; their interface is its own. */
#undef __XEN_INTERFACE_VERSION__
#define __XEN_TOOLS__
#include "abi.h"
#include "sysctl.h"

void debug_key(char key)
{
	struct xen_sysctl op = {
		.cmd = XEN_SYSCTL_debug_keys,
		.interface_version = XEN_SYSCTL_INTERFACE_VERSION,
		.u.debug_keys.nr_keys = 1,
	};

	set_xen_guest_handle(op.u.debug_keys.keys, &key);
	expect("debug-key", hypercall(__HYPERVISOR_sysctl, (unsigned long)&op, 0,
				      0, 0), 0);
}
