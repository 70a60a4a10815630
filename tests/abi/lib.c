// SPDX-License-Identifier: GPL-2.0
/* Hypercalls, printing and page mapping for the ABI tests. */
#include <stdarg.h>

#include "abi.h"
#include "io/console.h"

extern char hypercall_page[];

long hypercall(unsigned int nr, unsigned long a, unsigned long b,
	       unsigned long c, unsigned long d)
{
	register unsigned long r10 asm("r10") = d;
	long ret;

	asm volatile("call *%[f]"
		     : "=a" (ret), "+D" (a), "+S" (b), "+d" (c), "+r" (r10)
		     : [f] "0" (hypercall_page + 32 * nr)
		     : "memory", "rcx", "r8", "r9", "r11");
	return ret;
}

long nested_op(unsigned int op, void *arg, unsigned int count)
{
	return nested_cmd(XEN_NESTED_LEVEL_NEXT, op, arg, count);
}

long nested_cmd(unsigned int level, unsigned int op, void *arg,
		unsigned int count)
{
	return hypercall(__HYPERVISOR_nested_op, XEN_NESTED_CMD(level, op),
			 (unsigned long)arg, count, 0);
}

long memory_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_memory_op, cmd, (unsigned long)arg, 0, 0);
}

long evtchn_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_event_channel_op, cmd,
			 (unsigned long)arg, 0, 0);
}

long grant_op(unsigned int cmd, void *arg, unsigned int count)
{
	return hypercall(__HYPERVISOR_grant_table_op, cmd, (unsigned long)arg,
			 count, 0);
}

void *memset(void *s, int c, size_t n)
{
	char *p = s;

	while (n--)
		*p++ = c;
	return s;
}

void *memcpy(void *d, const void *s, size_t n)
{
	const char *from = s;
	char *to = d;

	while (n--)
		*to++ = *from++;
	return d;
}

const char *guest_name = "abi";
bool failed;

static char line[256];
static unsigned int line_len;

static void put(char c)
{
	if (line_len < sizeof(line))
		line[line_len++] = c;
}

/* The console of a domU: a ring that xenconsoled empties. */
static void ring_write(void)
{
	static char page[PAGE_SIZE] __page;
	static bool mapped;
	struct xencons_interface *ring = (void *)page;
	struct evtchn_send send = { start_info->console.domU.evtchn };

	if (!mapped)
		map_mfn(page, start_info->console.domU.mfn, true);
	mapped = true;
	for (unsigned int i = 0; i < line_len; ) {
		uint32_t prod = ring->out_prod;

		if (prod - *(volatile uint32_t *)&ring->out_cons ==
		    sizeof(ring->out)) {
			hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0,
				  0);
			continue;
		}
		ring->out[prod % sizeof(ring->out)] = line[i++];
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		*(volatile uint32_t *)&ring->out_prod = prod + 1;
		if (i == line_len || line[i] == '\n')
			evtchn_op(EVTCHNOP_send, &send);
	}
}

static void put_number(unsigned long v, unsigned int base)
{
	char digits[20];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (n--)
		put(digits[n]);
}

static void put_signed(long v)
{
	if (v < 0)
		put('-');
	put_number(v < 0 ? -(unsigned long)v : (unsigned long)v, 10);
}

/* A line for the harness; %s %d %u %x, each with one l or none */
void print(const char *fmt, ...)
{
	va_list ap;

	line_len = 0;
	for (const char *s = "@xh "; *s; s++)
		put(*s);
	for (const char *s = guest_name; *s && *s != ' '; s++)
		put(*s);
	put(' ');
	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		bool l;

		if (*fmt != '%') {
			put(*fmt);
			continue;
		}
		l = *++fmt == 'l';
		fmt += l;
		switch (*fmt) {
		case 's':
			for (const char *s = va_arg(ap, const char *); *s; s++)
				put(*s);
			break;
		case 'd':
			put_signed(l ? va_arg(ap, long) : va_arg(ap, int));
			break;
		case 'u':
		case 'x':
			put_number(l ? va_arg(ap, unsigned long) :
				       va_arg(ap, unsigned int),
				   *fmt == 'x' ? 16 : 10);
			break;
		}
	}
	va_end(ap);
	put('\n');
	if (is_dom0())
		hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, line_len,
			  (unsigned long)line, 0);
	else
		ring_write();
}

bool is_dom0(void)
{
	return start_info->flags & SIF_INITDOMAIN;
}

void expect(const char *name, long got, long want)
{
	if (got == want) {
		print("ok %s", name);
	} else {
		failed = true;
		print("nok %s: %ld, expected %ld", name, got, want);
	}
}

void skip(const char *name, const char *why)
{
	print("skip %s: %s", name, why);
}

/* Guest-physical is virtual here: PADDR_OFFSET and VIRT_BASE are 0. */
uint64_t virt_to_mfn(const void *va)
{
	const unsigned long *p2m = (const unsigned long *)start_info->mfn_list;

	return p2m[(unsigned long)va / PAGE_SIZE];
}

long map_mfn(void *va, uint64_t mfn, bool write)
{
	unsigned long pte = mfn * PAGE_SIZE | 0x1 | (write ? 0x2 : 0) | 0x20 |
			    0x4;

	return hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)va, pte,
			 UVMF_INVLPG | UVMF_LOCAL, 0);
}

long unmap_page(void *va)
{
	return hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)va, 0,
			 UVMF_INVLPG | UVMF_LOCAL, 0);
}

/* System time, from what Xen keeps for our first vcpu. */
static uint64_t now(void)
{
	const struct vcpu_time_info *t = &shared->vcpu_info[0].time;
	uint64_t delta;
	uint32_t version, lo, hi;

	do {
		version = *(volatile uint32_t *)&t->version;
		asm volatile("lfence; rdtsc" : "=a" (lo), "=d" (hi) : : "memory");
		delta = ((uint64_t)hi << 32 | lo) - t->tsc_timestamp;
		if (t->tsc_shift < 0)
			delta >>= -t->tsc_shift;
		else
			delta <<= t->tsc_shift;
		delta = (unsigned __int128)delta * t->tsc_to_system_mul >> 32;
		delta += t->system_time;
	} while (version & 1 || version != *(volatile uint32_t *)&t->version);
	return delta;
}

void sleep_10ms(void)
{
	struct sched_poll p = { .timeout = now() + 10000000 };

	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (unsigned long)&p, 0, 0);
}
