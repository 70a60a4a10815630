// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU plugin: count the instructions that the guests execute between two marks,
 * per guest and per function.  Each instruction started counts, NOPs too.
 *
 * Guests run the same kernel at the same addresses, so an instruction belongs to
 * the guest whose page of memory it lies in: each guest shows its pages (mark.h).
 * One CPU, and memory in one piece (below 3 GiB): what bench needs, no more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "qemu.h"

#define PAGE		4096ULL
#define NR_SLOTS	(1U << 20)
#define NR_PAGES	(1U << 20)
#define NR_GUESTS	16

#define KERNEL_START	0xffffffff80000000ULL
#define MODULES_START	0xffffffffa0000000ULL
#define MODULES_END	0xffffffffff000000ULL
#define XEN_START	0xffff82d000000000ULL
#define XEN_END		0xffff838000000000ULL

struct symbol {
	uint64_t addr;
	const char *name;
};

/* What is counted together: the instructions of a function that lie in a page. */
struct slot {
	uint64_t page;		/* QEMU's address */
	const char *name;	/* NULL: slot is free */
};

QEMU_EXPORT int qemu_plugin_version = 4;
QEMU_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
				    int argc, char **argv);

static struct symbol *symbols;
static size_t nr_symbols;
static struct slot slots[NR_SLOTS];
static struct qemu_plugin_scoreboard *score;

static char line[128], op[128];
static size_t len;

static char guests[NR_GUESTS][sizeof(line)];
static int nr_guests;			/* the last one is showing its pages */
static unsigned char owner[NR_PAGES];	/* by guest-physical page; 0: not shown */
static uint64_t ram;			/* QEMU's address of guest-physical 0 */

static FILE *out;
static unsigned int run;

static const char *name_of(uint64_t addr)
{
	size_t low = 0, high = nr_symbols;

	if (addr >= XEN_START && addr < XEN_END)
		return "[xen]";
	if (addr < KERNEL_START || addr >= MODULES_END)
		return "[other]";
	if (addr >= MODULES_START)
		return "[module]";
	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (symbols[mid].addr <= addr)
			low = mid;
		else
			high = mid;
	}
	return symbols[low].name;
}

/* Names are compared by address: each symbol has its own. */
static size_t find_slot(uint64_t page, const char *name)
{
	uint64_t hash = (page ^ (uintptr_t)name) * 0x9e3779b97f4a7c15ULL;
	size_t i;

	for (i = hash >> 44; slots[i].name; i = (i + 1) % NR_SLOTS)
		if (slots[i].page == page && slots[i].name == name)
			return i;
	slots[i].page = page;
	slots[i].name = name;
	return i;
}

static void close_window(void)
{
	uint64_t *count = qemu_plugin_scoreboard_find(score, 0);
	size_t i;

	run++;
	for (i = 0; i < NR_SLOTS; i++) {
		uint64_t page = (slots[i].page - ram) / PAGE;
		const char *who = "-";

		if (!slots[i].name || !count[i])
			continue;
		if (slots[i].page && page < NR_PAGES && owner[page])
			who = guests[owner[page]];
		fprintf(out, "%s %u %s %s %llu\n", op, run, who, slots[i].name,
			(unsigned long long)count[i]);
	}
	fflush(out);
}

static void told(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	unsigned char c = qemu_plugin_mem_get_value(info).u8;

	switch (c) {
	case MARK_OPEN:
		memset(qemu_plugin_scoreboard_find(score, 0), 0,
		       NR_SLOTS * sizeof(uint64_t));
		return;
	case MARK_CLOSE:
		close_window();
		return;
	case '\n':
		line[len] = 0;
		len = 0;
		if (!strncmp(line, "guest ", 6) && nr_guests < NR_GUESTS - 1)
			snprintf(guests[++nr_guests], sizeof(line), "%s", line + 6);
		else if (!strncmp(line, "op ", 3))
			snprintf(op, sizeof(op), "%s", line + 3);
		run = 0;
		return;
	default:
		if (len < sizeof(line) - 1)
			line[len++] = c;
	}
}

/*
 * The first page shown is the one the load itself lies in; that tells where
 * QEMU has the guests' memory.
 */
static void shown(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	struct qemu_plugin_hwaddr *addr = qemu_plugin_get_hwaddr(info, vaddr);
	uint64_t phys = qemu_plugin_hwaddr_phys_addr(addr);

	if (!ram)
		ram = ((uintptr_t)data & -PAGE) - (phys & -PAGE);
	if (phys / PAGE < NR_PAGES)
		owner[phys / PAGE] = nr_guests;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	static const unsigned char store[] = MARK_STORE, load[] = MARK_LOAD;
	size_t i, nr = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
		void *haddr = qemu_plugin_insn_haddr(insn);
		unsigned char code[sizeof(store)];
		struct qemu_u64 counter = { .score = score };
		uint64_t page = 0;

		if (vaddr >= KERNEL_START && vaddr < MODULES_END)
			page = (uintptr_t)haddr & -PAGE;
		counter.offset = find_slot(page, name_of(vaddr)) *
				 sizeof(uint64_t);
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn,
								    QEMU_INLINE_ADD_U64,
								    counter, 1);
		if (qemu_plugin_insn_data(insn, code, sizeof(code)) != sizeof(code))
			continue;
		if (!memcmp(code, store, sizeof(code)))
			qemu_plugin_register_vcpu_mem_cb(insn, told,
							 QEMU_CB_NO_REGS,
							 QEMU_MEM_W, NULL);
		if (!memcmp(code, load, sizeof(code)))
			qemu_plugin_register_vcpu_mem_cb(insn, shown,
							 QEMU_CB_NO_REGS,
							 QEMU_MEM_R, haddr);
	}
}

/* System.map, which is in the order of addresses */
static int read_symbols(const char *path)
{
	unsigned long long addr;
	char name[512], type;
	FILE *f = fopen(path, "r");

	if (!f)
		return -1;
	while (fscanf(f, "%llx %c %511s", &addr, &type, name) == 3) {
		if (addr < KERNEL_START || !strchr("tTwW", type))
			continue;
		if (!(nr_symbols & (nr_symbols - 1)))
			symbols = realloc(symbols, (nr_symbols * 2 + 1) *
					  sizeof(*symbols));
		if (!symbols)
			abort();
		symbols[nr_symbols].addr = addr;
		symbols[nr_symbols++].name = strdup(name);
	}
	fclose(f);
	return nr_symbols ? 0 : -1;
}

/* Arguments: map=System.map, out=FILE */
int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "map=", 4) && read_symbols(argv[i] + 4))
			return -1;
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
	}
	if (!nr_symbols || !out) {
		fprintf(stderr, "count: needs map= and out=\n");
		return -1;
	}
	score = qemu_plugin_scoreboard_new(NR_SLOTS * sizeof(uint64_t));
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
