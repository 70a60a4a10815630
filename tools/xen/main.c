// SPDX-License-Identifier: GPL-2.0
/* xen-kvm-guest: command line, threads, what makes a processor come here. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "guest.h"

struct guest guest = {
	.domid = 1,
	.nr_vcpus = 1,
	.mem = 128UL << 20,
	.cmdline = "",
};

void die(const char *what)
{
	err(2, "%s", what);
}

int check(int ret, const char *what)
{
	if (ret < 0)
		die(what);
	return ret;
}

/* The kernel cleans up when the process ends. */
void end_guest(int status)
{
	fflush(stdout);
	_exit(status);
}

/* There are no devices: what is read there is all ones. */
static void port_io(struct vcpu *v)
{
	uint8_t *data = (uint8_t *)v->run + v->run->io.data_offset;
	size_t len = (size_t)v->run->io.size * v->run->io.count;

	if (v->run->io.direction == KVM_EXIT_IO_IN)
		memset(data, 0xff, len);
	else if (v->run->io.port == ACPI_SLEEP_PORT && *data & 0x20)
		end_guest(0);
}

static void *run_vcpu(void *arg)
{
	struct vcpu *v = arg;

	for (;;) {
		if (ioctl(v->fd, KVM_RUN, 0) < 0) {
			if (errno != EINTR && errno != EAGAIN)
				die("KVM_RUN");
			/* a signal, or it was woken by its SIPI */
			continue;
		}
		switch (v->run->exit_reason) {
		case KVM_EXIT_XEN:
			hypercall(v);
			break;
		case KVM_EXIT_IO:
			port_io(v);
			break;
		case KVM_EXIT_MMIO:
			if (!v->run->mmio.is_write)
				memset(v->run->mmio.data, 0xff,
				       sizeof(v->run->mmio.data));
			break;
		case KVM_EXIT_SHUTDOWN:
			warnx("domain %u: triple fault", guest.domid);
			end_guest(3);
		default:
			warnx("domain %u: vcpu %u stopped with %u (%llx)",
			      guest.domid, v->id, v->run->exit_reason,
			      (unsigned long long)
			      v->run->fail_entry.hardware_entry_failure_reason);
			end_guest(3);
		}
	}
}

/*
 * A processor other than the first is started when the guest says where its
 * vcpu_info is, which it does before the processor's INIT and SIPI: those wait in
 * the kernel.  Till then nobody is in KVM_RUN, and its state can be set.
 */
void start_vcpu(struct vcpu *v)
{
	pthread_t thread;

	if (__atomic_exchange_n(&v->started, true, __ATOMIC_SEQ_CST))
		return;
	errno = pthread_create(&thread, NULL, run_vcpu, v);
	if (errno)
		die("pthread_create");
}

static void print_help(void)
{
	fprintf(stderr,
		"usage: xen-kvm-guest [-d DOMID] [-m MEGABYTES] [-c CPUS] [-r INITRD] [-s COMMAND] VMLINUX [COMMAND LINE]\n"
		"  VMLINUX is an ELF file with a PVH entry. COMMAND is run once the domain is\n"
		"  there, to write its nodes; then it is introduced to the xenstored of this\n"
		"  machine. Status: 0 power off, 1 reboot, 3 crash, 2 an error here.\n");
	exit(2);
}

static void parse(int argc, char **argv)
{
	unsigned long val, domid = guest.domid;
	int c;

	while ((c = getopt(argc, argv, "d:m:c:r:s:")) != -1) {
		val = optarg ? strtoul(optarg, NULL, 0) : 0;
		switch (c) {
		case 'd':
			domid = val;
			break;
		case 'm':
			guest.mem = val << 20;
			break;
		case 'c':
			guest.nr_vcpus = val;
			break;
		case 'r':
			guest.initrd = optarg;
			break;
		case 's':
			guest.setup = optarg;
			break;
		default:
			print_help();
		}
	}
	if (optind >= argc || argc > optind + 2 || guest.mem < 32UL << 20 ||
	    guest.mem > 1UL << 40 || !guest.nr_vcpus ||
	    guest.nr_vcpus > MAX_VCPUS || !domid ||
	    domid >= 0x7ff0)
		print_help();
	guest.domid = domid;
	guest.kernel = argv[optind];
	if (argv[optind + 1])
		guest.cmdline = argv[optind + 1];
}

int main(int argc, char **argv)
{
	uint32_t entry;

	parse(argc, argv);
	guest.kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	guest.vm = check(ioctl(guest.kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	make_memory();
	make_vcpus();
	entry = load_kernel();
	write_start_info();
	make_domain();
	set_entry(&guest.vcpus[0], entry);
	if (guest.setup && system(guest.setup))
		errx(2, "failed: %s", guest.setup);
	introduce();

	guest.vcpus[0].started = true;
	run_vcpu(&guest.vcpus[0]);
}
