/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the ABI tests share: hypercalls, result lines, events.  A result is one
 * of ok, nok, skip (this machine can't); a guest that says nothing more has
 * crashed.  Lines begin with "@xh" and the guest's name, as the harness reads.
 */
#ifndef ABI_H
#define ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen.h"
#include "event_channel.h"
#include "grant_table.h"
#include "memory.h"
#include "sched.h"
#include "hvm/params.h"
#include "nested.h"

#ifndef __HYPERVISOR_nested_op
#define __HYPERVISOR_nested_op 43
#endif

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_SIZE 4096UL

/* As hypervisor answers, negative. */
#define XEN_ERRNO(name, value) name = (value),
enum {
#include "errno.h"
};

#define __page __attribute__((aligned(4096)))

extern struct start_info *start_info;
extern struct xen_nested_query host;	/* what query said at the start */

long hypercall(unsigned int nr, unsigned long a, unsigned long b,
	       unsigned long c, unsigned long d);
long nested_op(unsigned int op, void *arg, unsigned int count);
long nested_cmd(unsigned int level, unsigned int op, void *arg,
		unsigned int count);
long memory_op(unsigned int cmd, void *arg);
long evtchn_op(unsigned int cmd, void *arg);
long grant_op(unsigned int cmd, void *arg, unsigned int count);

extern const char *guest_name;	/* up to a blank */
extern bool failed;
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool is_dom0(void);
const char *option(const char *word);
void *memset(void *s, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);

/* A result line: ok if @got is @want. */
void expect(const char *name, long got, long want);
void skip(const char *name, const char *why);

/* The machine frame of a page of ours; map a frame over a page of ours. */
uint64_t virt_to_mfn(const void *va);
long map_mfn(void *va, uint64_t mfn, bool write);
long unmap_page(void *va);

/* Ours, once it is mapped. */
extern struct shared_info *shared;
void map_shared_info(void);
void sleep_10ms(void);

long evtchn_send(unsigned int port);
long evtchn_close(unsigned int port);

/* Clear what is pending on @port; is there an event within a second? */
void event_clear(unsigned int port);
bool event_wait(unsigned int port);

/* One mediated grant: what the call or else the element says. */
int publish(unsigned int ref, uint16_t dom, uint64_t frame, uint16_t flags);
int end(unsigned int ref);

void test_evtchn(void);
void test_ports_exhausted(void);
void test_store(void);
/* Meet L0-dom0 after saying "ready @word"; have Xen handle a debug key. */
void meet(const char *word);
void debug_key(char key);
void test_grant(void);
void test_grant_exhausted(void);
void test_handed_over(uint64_t frame);
void granter(void);
void mapper(void);
void test_memory(void);

/* Everything open on L0 is closed and ended. */
void give_back(void);

/* @rounds of random requests from @seed, then everything is given back. */
void fuzz(unsigned int rounds, unsigned int seed);

#endif
