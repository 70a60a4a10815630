// SPDX-License-Identifier: GPL-2.0
/* xen-kvm-guest: making the virtual machine a domain of the local host. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "../../include/uapi/xen/local.h"
#include "guest.h"

#define PARAM_STORE_PFN		1
#define PARAM_STORE_EVTCHN	2
#define PARAM_CONSOLE_PFN	17
#define PARAM_CONSOLE_EVTCHN	18

/* Entries that all agree on, for domain 0 */
#define GRANT_CONSOLE		0
#define GRANT_STORE		1

struct grant_entry {
	uint16_t flags;
	uint16_t domid;
	uint32_t frame;
};

#define VCPU_INFO_SIZE		64

static void *map_page(unsigned int offset, unsigned int pages)
{
	void *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			guest.local, offset * PAGE);

	if (at == MAP_FAILED)
		die("/dev/xen/local-kvm: mmap");
	return at;
}

static uint32_t make_port(void)
{
	struct xen_local_port port;

	check(ioctl(guest.local, XEN_LOCAL_ALLOC_PORT, &port), "event channel");
	return port.port;
}

static void set_param(uint32_t index, uint64_t value)
{
	struct xen_local_param param = { .index = index, .value = value };

	check(ioctl(guest.local, XEN_LOCAL_SET_PARAM, &param), "HVM param");
}

/* What KVM does of Xen's work: the clock, timers, and the delivery of events. */
static void tell_kvm(void)
{
	struct kvm_xen_hvm_attr attr = {
		.type = KVM_XEN_ATTR_TYPE_LONG_MODE,
		.u.long_mode = 1,
	};
	struct kvm_xen_vcpu_attr info = {
		.type = KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO_HVA,
	};
	struct kvm_xen_vcpu_attr id = {
		.type = KVM_XEN_VCPU_ATTR_TYPE_VCPU_ID,
	};
	unsigned int i;

	check(ioctl(guest.vm, KVM_XEN_HVM_SET_ATTR, &attr), "long mode");
	attr.type = KVM_XEN_ATTR_TYPE_SHARED_INFO_HVA;
	attr.u.shared_info.hva = (uintptr_t)guest.shared;
	check(ioctl(guest.vm, KVM_XEN_HVM_SET_ATTR, &attr), "shared info");
	attr.type = KVM_XEN_ATTR_TYPE_XEN_VERSION;
	attr.u.xen_version = XEN_VERSION;
	check(ioctl(guest.vm, KVM_XEN_HVM_SET_ATTR, &attr), "version");

	for (i = 0; i < guest.nr_vcpus; i++) {
		info.u.hva = (uintptr_t)guest.shared + i * VCPU_INFO_SIZE;
		check(ioctl(guest.vcpus[i].fd, KVM_XEN_VCPU_SET_ATTR, &info),
		      "vcpu_info");
		/* KVM's default is 0, whichever it is. */
		id.u.vcpu_id = i;
		check(ioctl(guest.vcpus[i].fd, KVM_XEN_VCPU_SET_ATTR, &id),
		      "vcpu_id");
	}
}

void make_domain(void)
{
	struct xen_local_create create = {
		.vm = guest.vm,
		.domid = guest.domid,
		.nr_vcpus = guest.nr_vcpus,
		.nr_grant_frames = GRANT_FRAMES,
	};
	struct grant_entry *grants;

	guest.local = check(open("/dev/xen/local-kvm", O_RDWR | O_CLOEXEC),
			    "/dev/xen/local-kvm");
	check(ioctl(guest.local, XEN_LOCAL_CREATE, &create), "domain");
	guest.shared = map_page(0, 1);
	guest.grants = map_page(1, GRANT_FRAMES);
	tell_kvm();

	guest.store_port = make_port();
	guest.console_port = make_port();
	set_param(PARAM_STORE_PFN, STORE_PAGE / PAGE);
	set_param(PARAM_STORE_EVTCHN, guest.store_port);
	set_param(PARAM_CONSOLE_PFN, CONSOLE_PAGE / PAGE);
	set_param(PARAM_CONSOLE_EVTCHN, guest.console_port);

	grants = (void *)guest.grants;
	grants[GRANT_STORE] = (struct grant_entry){ 1, 0, STORE_PAGE / PAGE };
	grants[GRANT_CONSOLE] = (struct grant_entry){ 1, 0, CONSOLE_PAGE / PAGE };
}
