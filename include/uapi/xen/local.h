/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR MIT) */
/*
 * /dev/xen/local-kvm: makes a KVM virtual machine a domain of the local host.
 * See Documentation/virt/xen/local.rst.
 *
 * An open file is one domain, which ends when the file is closed.  The domain's
 * pages are mapped by mmap(), shared: the shared info page at offset 0, the
 * frames of its grant table from the next page on.
 */
#ifndef _UAPI_XEN_LOCAL_H
#define _UAPI_XEN_LOCAL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define XEN_LOCAL_MAX_GRANT_FRAMES	64

/**
 * struct xen_local_create - make the domain, once
 * @vm: file descriptor of the virtual machine, which this process made; all its
 *	memory is there already
 * @domid: the domain's id, from 1 on
 * @pad: 0
 * @nr_vcpus: number of its processors; number n is the vCPU of id n
 * @nr_grant_frames: size of its grant table, in pages
 */
struct xen_local_create {
	__s32 vm;
	__u16 domid;
	__u16 pad;
	__u32 nr_vcpus;
	__u32 nr_grant_frames;
};

/**
 * struct xen_local_param - set an HVM param of the domain
 * @index: HVM_PARAM_*
 * @pad: 0
 * @value: new value
 */
struct xen_local_param {
	__u32 index;
	__u32 pad;
	__u64 value;
};

/**
 * struct xen_local_port - have an event channel for domain 0 to bind
 * @port: out: the domain's port
 */
struct xen_local_port {
	__u32 port;
};

#define XEN_LOCAL_CREATE	_IOW('X', 0x80, struct xen_local_create)
#define XEN_LOCAL_SET_PARAM	_IOW('X', 0x81, struct xen_local_param)
#define XEN_LOCAL_ALLOC_PORT	_IOR('X', 0x82, struct xen_local_port)

#endif /* _UAPI_XEN_LOCAL_H */
