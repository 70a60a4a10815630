// SPDX-License-Identifier: GPL-2.0
/*
 * Linked into a monitor of its own: where KVM was told that the shared info page is, it is
 * mapped anew a thousand times a second, as a monitor may at any time.  What KVM knows of the
 * place becomes invalid with each.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static struct {
	void *at;
	int fd;
} shared;

void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);

static void *again(void *unused)
{
	for (;;) {
		__real_mmap(shared.at, PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED, shared.fd, 0);
		usleep(1000);
	}
	return unused;
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *ret = __real_mmap(at, len, prot, flags, fd, offset);
	pthread_t thread;

	/* the first page of the device, by its size, which vCPUs' mappings don't have */
	if (ret == MAP_FAILED || fd < 0 || !(flags & MAP_SHARED) || offset || len != PAGE || shared.at)
		return ret;
	shared.at = ret;
	shared.fd = fd;
	pthread_create(&thread, NULL, again, NULL);
	return ret;
}
