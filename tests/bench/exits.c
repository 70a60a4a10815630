// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU plugin: how often the outer Xen (L0) is entered from its HVM and PVH guests,
 * between two marks (mark.h). Each VMRUN is the way back from an exit; each VMMCALL is
 * a hypercall of such a guest to L0. All instructions are counted as well, those of L0 by
 * themselves (from an exit to the next VMRUN), the bytes that are copied: by rep movsq, and
 * by functions named by their addresses, and what instructions these take.
 *
 * It also mends what QEMU does wrong when an interrupt is injected: see forget_injected().
 *
 * One CPU. The marks come from programs (tell.c) of guests at any level.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "qemu.h"

QEMU_EXPORT int qemu_plugin_version = 4;
QEMU_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
				    int argc, char **argv);

enum { VMRUN, VMMCALL, INSNS, COPIED, COPYING, ENTERING, NR_COUNTERS };

#define NR_RANGES	8

static struct {
	unsigned long long start, end;
} copying[NR_RANGES];
static int nr_copying;

/* L0's VMRUN: the instruction behind it is the first one after an exit */
static uint64_t behind_vmrun;
static bool in_guest;
static uint64_t entered;	/* INSNS at the last VMRUN */
static uint64_t by_guests;

static struct qemu_plugin_scoreboard *score;
static char line[128];
static size_t len;
static FILE *out;

static uint64_t *counters(void)
{
	return qemu_plugin_scoreboard_find(score, 0);
}

static void told(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	unsigned char c = qemu_plugin_mem_get_value(info).u8;
	uint64_t *n = counters();

	switch (c) {
	case MARK_OPEN:
		memset(n, 0, NR_COUNTERS * sizeof(*n));
		entered = 0;
		by_guests = 0;
		return;
	case MARK_CLOSE:
		if (in_guest)
			by_guests += n[INSNS] - entered;
		entered = n[INSNS];
		fprintf(out, "%s %llu %llu %llu %llu %llu %llu\n", line,
			(unsigned long long)n[VMRUN], (unsigned long long)n[VMMCALL],
			(unsigned long long)n[INSNS],
			(unsigned long long)n[COPIED],
			(unsigned long long)(n[INSNS] - by_guests),
			(unsigned long long)(n[INSNS] - n[COPYING]));
		fflush(out);
		return;
	case '\n':
		line[len] = 0;
		len = 0;
		return;
	default:
		if (len < sizeof(line) - 1)
			line[len++] = c;
	}
}

/*
 * QEMU (10.0.2, helper_vmrun()) delivers an interrupt that VMRUN injects, but leaves its vector
 * behind as the CPU's exception. If its loop is then left before an exception or an exit puts
 * another in its place, and with -icount it is whenever a timer is due, the vector is delivered
 * once more, whatever the guest is doing and with its interrupts off: a guest that holds a lock
 * which the handler takes never gets on. So take the vector back as soon as the guest runs.
 *
 * No plugin is meant to do that. Debian's QEMU exports its symbols, for its modules; where the
 * member is, cpu_loop_exit_noexc() tells, which sets it to -1. Without them, nothing is mended.
 */
extern __thread char *current_cpu __attribute__((weak));
void cpu_loop_exit_noexc(void *cpu) __attribute__((weak));

static uint32_t exception_index;	/* offset in what current_cpu points to */

static void find_exception_index(void)
{
	static const unsigned char minus_one[] = { 0xff, 0xff, 0xff, 0xff };
	const unsigned char *code = (const unsigned char *)cpu_loop_exit_noexc;
	int i;

	/* movl $-1, offset(%rdi) */
	for (i = 0; code && i < 16; i++)
		if (code[i] == 0xc7 && code[i + 1] == 0x87 &&
		    !memcmp(code + i + 6, minus_one, sizeof(minus_one))) {
			memcpy(&exception_index, code + i + 2, sizeof(exception_index));
			return;
		}
	fprintf(stderr, "exits: QEMU's exception_index not found\n");
}

static void forget_injected(unsigned int cpu, void *data)
{
	int32_t *index = (int32_t *)(current_cpu + exception_index);

	counters()[ENTERING] = 0;
	if (*index >= 32 && *index < 256)
		*index = -1;
}

/* A guest's own VMRUN, which L0 answers for, is not one */
static void enters(unsigned int cpu, void *data)
{
	if (in_guest)
		return;
	in_guest = true;
	behind_vmrun = (uintptr_t)data;
	entered = counters()[INSNS];
}

static void left(unsigned int cpu, void *data)
{
	if (!in_guest || behind_vmrun != (uintptr_t)data)
		return;
	in_guest = false;
	by_guests += counters()[INSNS] - entered;
}

static void count(struct qemu_plugin_insn *insn, int which)
{
	struct qemu_u64 counter = { score, which * sizeof(uint64_t) };

	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_INLINE_ADD_U64,
							    counter, 1);
}

/*
 * rep movsq, wherever it is, since compilers put memcpy() in line; and in the
 * functions that are named mov %r64, mem.  These copy all but the last few bytes.
 */
static bool is_movsq(const unsigned char *code, size_t size)
{
	static const unsigned char movsq[] = { 0xf3, 0x48, 0xa5 };

	return size == sizeof(movsq) && !memcmp(code, movsq, size);
}

static bool stores_8_bytes(const unsigned char *code, size_t size)
{
	return size >= 3 && (code[0] & 0xfb) == 0x48 && code[1] == 0x89;
}

static bool of_function(uint64_t vaddr)
{
	int i;

	for (i = 0; i < nr_copying; i++)
		if (vaddr >= copying[i].start && vaddr < copying[i].end)
			return true;
	return false;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	static const unsigned char store[] = MARK_STORE;
	static const unsigned char vmrun[] = { 0x0f, 0x01, 0xd8 };
	static const unsigned char vmmcall[] = { 0x0f, 0x01, 0xd9 };
	size_t i, nr = qemu_plugin_tb_n_insns(tb);
	struct qemu_u64 entering = { score, ENTERING * sizeof(uint64_t) };
	uint64_t vaddr = nr ? qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)) : 0;

	if (vaddr == behind_vmrun)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, left, QEMU_CB_NO_REGS,
						     (void *)(uintptr_t)vaddr);
	else if (in_guest && exception_index)
		qemu_plugin_register_vcpu_tb_exec_cond_cb(tb, forget_injected, QEMU_CB_NO_REGS,
							  QEMU_COND_NE, entering, 0, NULL);
	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		unsigned char code[sizeof(store)];
		size_t size = qemu_plugin_insn_data(insn, code, sizeof(code));
		struct qemu_u64 copied = { score, COPIED * sizeof(uint64_t) };
		bool movsq = is_movsq(code, size), copies;

		vaddr = qemu_plugin_insn_vaddr(insn);
		copies = movsq || of_function(vaddr);
		count(insn, INSNS);
		if (copies)
			count(insn, COPYING);
		if (size == sizeof(vmrun) && !memcmp(code, vmrun, size)) {
			count(insn, VMRUN);
			vaddr += sizeof(vmrun);
			qemu_plugin_register_vcpu_insn_exec_cb(insn, enters, QEMU_CB_NO_REGS,
							       (void *)(uintptr_t)vaddr);
			qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn,
									    QEMU_INLINE_STORE_U64,
									    entering, 1);
		} else if (size == sizeof(vmmcall) && !memcmp(code, vmmcall, size)) {
			count(insn, VMMCALL);
		} else if (size == sizeof(store) && !memcmp(code, store, size)) {
			qemu_plugin_register_vcpu_mem_cb(insn, told, QEMU_CB_NO_REGS,
							 QEMU_MEM_W, NULL);
		}
		if (movsq || (copies && stores_8_bytes(code, size)))
			qemu_plugin_register_vcpu_mem_inline_per_vcpu(insn, QEMU_MEM_W,
								      QEMU_INLINE_ADD_U64,
								      copied, 8);
	}
}

/* Arguments: out=FILE, and copy=START-END (addresses in hexadecimal) as often as wanted */
int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
		else if (nr_copying < NR_RANGES &&
			 sscanf(argv[i], "copy=%llx-%llx", &copying[nr_copying].start,
				&copying[nr_copying].end) == 2)
			nr_copying++;
		else
			return -1;
	}
	if (!out) {
		fprintf(stderr, "exits: needs out=\n");
		return -1;
	}
	find_exception_index();
	score = qemu_plugin_scoreboard_new(NR_COUNTERS * sizeof(uint64_t));
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
