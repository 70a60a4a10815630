// SPDX-License-Identifier: GPL-2.0
/*
 * Hand the connection to L0 to a domain: nested-owner DOMID, in the hardware
 * domain of L1 as root.  Needs /dev/xen/privcmd.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define __HYPERVISOR_nested_op 43
#define XEN_NESTEDOP_set_owner 16
#define XEN_NESTED_LEVEL_NEXT 1

struct privcmd_hypercall {
	uint64_t op;
	uint64_t arg[5];
};
#define IOCTL_PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, \
				     sizeof(struct privcmd_hypercall))

struct set_owner {
	uint16_t domid;
	uint16_t pad;
};

int main(int argc, char **argv)
{
	struct privcmd_hypercall call = {
		.op = __HYPERVISOR_nested_op,
		.arg = { XEN_NESTED_LEVEL_NEXT << 16 | XEN_NESTEDOP_set_owner, 0, 1 },
	};
	struct set_owner *op;
	char *end;
	int fd;

	op = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (op == MAP_FAILED || argc != 2) {
		fprintf(stderr, "usage: nested-owner DOMID\n");
		return 2;
	}
	op->domid = strtoul(argv[1], &end, 10);
	if (*end || end == argv[1]) {
		fprintf(stderr, "nested-owner: %s is no domain id\n", argv[1]);
		return 2;
	}
	call.arg[1] = (uintptr_t)op;

	fd = open("/dev/xen/privcmd", O_RDWR);
	if (fd < 0 || ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call) < 0) {
		fprintf(stderr, "nested-owner: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
