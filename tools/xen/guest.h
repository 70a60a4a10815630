/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xen-kvm-guest: a small virtual machine monitor for guests of the local host.
 * See Documentation/virt/xen/local.rst.
 *
 * Grants, event channels and HVM params are the kernel's business; here is what
 * remains: memory, processors and their Xen leaves, how a PVH kernel is started,
 * and the hypercalls about these.  What the guest says is not believed: every
 * address is looked up.
 */
#ifndef _XEN_KVM_GUEST_H
#define _XEN_KVM_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/compiler.h>
#include <linux/kvm.h>

#define PAGE		4096UL
#define MAX_VCPUS	32		/* those with a vcpu_info in shared_info */
#define GRANT_FRAMES	32
#define XEN_VERSION	(4 << 16 | 20)
#define XEN_MSR		0x40000000U
#define LOW_END		(3UL << 30)	/* memory from here on is above 4 GiB */
#define HIGH_START	(4UL << 30)
#define ACPI_SLEEP_PORT	0x600

/* What lies where in the memory that the guest is told to be reserved. */
#define RESERVED	0x80000UL
#define RESERVED_END	0xa0000UL
#define START_INFO	0x80000UL
#define CMDLINE		0x81000UL
#define ACPI_TABLES	0x90000UL
#define ACPI_END	0x9e000UL
#define STORE_PAGE	0x9e000UL
#define CONSOLE_PAGE	0x9f000UL

struct vcpu {
	int fd;
	unsigned int id;
	bool started;
	struct kvm_run *run;
};

struct guest {
	unsigned int domid;
	unsigned int nr_vcpus;
	uint64_t mem;			/* bytes */
	const char *kernel;
	const char *initrd;
	const char *cmdline;
	const char *setup;		/* command that writes nodes of the store */

	int kvm;
	int vm;
	int local;			/* /dev/xen/local-kvm */
	uint8_t *low;			/* memory, from 0 on */
	uint8_t *high;			/* that above 4 GiB */
	uint8_t *shared;		/* shared info page */
	uint8_t *grants;		/* grant table */
	size_t run_size;
	uint32_t store_port;
	uint32_t console_port;
	struct vcpu vcpus[MAX_VCPUS];
};

extern struct guest guest;

/* main.c */
void __noreturn die(const char *what);
int check(int ret, const char *what);
void start_vcpu(struct vcpu *v);
void __noreturn end_guest(int status);

/* memory.c */
void make_memory(void);
void *guest_memory(uint64_t addr, size_t len);
void *guest_virtual(struct vcpu *v, uint64_t addr, size_t *len);
int copy_from_guest(struct vcpu *v, void *to, uint64_t addr, size_t len);
int copy_to_guest(struct vcpu *v, uint64_t addr, const void *from, size_t len);
int place_page(uint64_t gfn, unsigned int offset);

/* boot.c */
uint32_t load_kernel(void);
void write_start_info(void);

/* acpi.c */
uint64_t write_acpi(void);

/* cpu.c */
void make_vcpus(void);
void set_entry(struct vcpu *v, uint32_t entry);
int set_vcpu_info(struct vcpu *v, uint64_t addr);
int set_runstate(struct vcpu *v, uint64_t addr);

/* call.c */
void hypercall(struct vcpu *v);

/* domain.c */
void make_domain(void);

/* store.c */
void introduce(void);

#endif
