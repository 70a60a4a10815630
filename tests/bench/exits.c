// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU plugin: how often the outer Xen (L0) is entered from its HVM and PVH guests,
 * between two marks (mark.h). Each VMRUN is the way back from an exit; each VMMCALL is
 * a hypercall of such a guest to L0. All instructions are counted as well, and the bytes
 * that are copied: by rep movsq, and by functions named by their addresses.
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

enum { VMRUN, VMMCALL, INSNS, COPIED, NR_COUNTERS };

#define NR_RANGES	8

static struct {
	unsigned long long start, end;
} copying[NR_RANGES];
static int nr_copying;


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
		return;
	case MARK_CLOSE:
		fprintf(out, "%s %llu %llu %llu %llu\n", line,
			(unsigned long long)n[VMRUN], (unsigned long long)n[VMMCALL],
			(unsigned long long)n[INSNS],
			(unsigned long long)n[COPIED]);
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
static bool copies_8_bytes(uint64_t vaddr, const unsigned char *code, size_t size)
{
	static const unsigned char movsq[] = { 0xf3, 0x48, 0xa5 };
	int i;

	if (size == sizeof(movsq) && !memcmp(code, movsq, size))
		return true;
	if (size < 3 || (code[0] & 0xfb) != 0x48 || code[1] != 0x89)
		return false;
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

	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		unsigned char code[sizeof(store)];
		size_t size = qemu_plugin_insn_data(insn, code, sizeof(code));
		struct qemu_u64 copied = { score, COPIED * sizeof(uint64_t) };

		count(insn, INSNS);
		if (size == sizeof(vmrun) && !memcmp(code, vmrun, size))
			count(insn, VMRUN);
		else if (size == sizeof(vmmcall) && !memcmp(code, vmmcall, size))
			count(insn, VMMCALL);
		else if (size == sizeof(store) && !memcmp(code, store, size))
			qemu_plugin_register_vcpu_mem_cb(insn, told, QEMU_CB_NO_REGS,
							 QEMU_MEM_W, NULL);
		if (copies_8_bytes(qemu_plugin_insn_vaddr(insn), code, size))
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
	score = qemu_plugin_scoreboard_new(NR_COUNTERS * sizeof(uint64_t));
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
