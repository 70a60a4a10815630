// SPDX-License-Identifier: GPL-2.0
/* xen-kvm-guest: the kernel, its initrd, and what PVH tells it. */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/elf.h>

#include "guest.h"

#define NOTE_PHYS32_ENTRY	18
#define START_MAGIC		0x336ec578
#define INITRD_LIMIT		BIT(30)	/* mapped early on */

struct start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
	uint64_t memmap_paddr;
	uint32_t memmap_entries;
	uint32_t reserved;
};

struct module {
	uint64_t paddr;
	uint64_t size;
	uint64_t cmdline_paddr;
	uint64_t reserved;
};

struct memmap {
	uint64_t addr;
	uint64_t size;
	uint32_t type;			/* as E820 has them */
	uint32_t reserved;
};

enum { RAM = 1, NO_RAM = 2 };

static const uint8_t *map_file(const char *name, size_t *size)
{
	int fd = check(open(name, O_RDONLY | O_CLOEXEC), name);
	struct stat st;
	void *at;

	check(fstat(fd, &st), name);
	*size = st.st_size;
	at = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		die(name);
	close(fd);
	return at;
}

/* The entry that the note says, 0 when there is none among these. */
static uint32_t find_entry(const uint8_t *note, size_t len)
{
	const struct elf64_note *n;
	size_t name, desc;
	uint32_t entry;

	while (len >= sizeof(*n)) {
		n = (const void *)note;
		name = sizeof(*n);
		desc = name + ((n->n_namesz + 3UL) & ~3UL);
		if (desc + n->n_descsz > len)
			break;
		if (n->n_type == NOTE_PHYS32_ENTRY && n->n_namesz == 4 &&
		    n->n_descsz >= sizeof(entry) && !memcmp(note + name, "Xen", 4)) {
			memcpy(&entry, note + desc, sizeof(entry));
			return entry;
		}
		desc += (n->n_descsz + 3UL) & ~3UL;
		if (desc >= len)
			break;
		note += desc;
		len -= desc;
	}
	return 0;
}

/* Returns where to start. */
uint32_t load_kernel(void)
{
	size_t size;
	const uint8_t *file = map_file(guest.kernel, &size);
	const struct elf64_hdr *eh = (const void *)file;
	const struct elf64_phdr *ph;
	uint32_t entry = 0;
	unsigned int i;
	void *at;

	if (size < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_phoff > size ||
	    eh->e_phnum * sizeof(*ph) > size - eh->e_phoff)
		errx(2, "%s: no 64-bit ELF file", guest.kernel);

	ph = (const void *)(file + eh->e_phoff);
	for (i = 0; i < eh->e_phnum; i++, ph++) {
		if (ph->p_offset > size || ph->p_filesz > size - ph->p_offset)
			errx(2, "%s: cut short", guest.kernel);
		if (ph->p_type == PT_NOTE && !entry)
			entry = find_entry(file + ph->p_offset, ph->p_filesz);
		if (ph->p_type != PT_LOAD)
			continue;
		at = guest_memory(ph->p_paddr, ph->p_memsz);
		if (!at || ph->p_filesz > ph->p_memsz)
			errx(2, "%s: too big for the memory", guest.kernel);
		memcpy(at, file + ph->p_offset, ph->p_filesz);
	}
	if (!entry)
		errx(2, "%s: no PVH entry", guest.kernel);
	return entry;
}

static void load_initrd(struct module *mod)
{
	uint64_t end = guest.mem < INITRD_LIMIT ? guest.mem : INITRD_LIMIT;
	size_t size;
	const uint8_t *file = map_file(guest.initrd, &size);

	if (size > end / 2)
		errx(2, "%s: too big for the memory", guest.initrd);
	mod->paddr = (end - size) & ~(PAGE - 1);
	mod->size = size;
	memcpy(guest_memory(mod->paddr, size), file, size);
}

void write_start_info(void)
{
	struct start_info *si = guest_memory(START_INFO, PAGE);
	struct module *mod = (void *)(si + 1);
	struct memmap *map = (void *)(mod + 1);
	uint64_t low = guest.mem < LOW_END ? guest.mem : LOW_END;
	unsigned int n = 0;

	if (strlen(guest.cmdline) >= ACPI_TABLES - CMDLINE)
		errx(2, "the command line is too long");
	memcpy(guest_memory(CMDLINE, ACPI_TABLES - CMDLINE), guest.cmdline,
	       strlen(guest.cmdline) + 1);

	map[n++] = (struct memmap){ 0, RESERVED, RAM, 0 };
	map[n++] = (struct memmap){ RESERVED, 0x100000 - RESERVED, NO_RAM, 0 };
	map[n++] = (struct memmap){ 0x100000, low - 0x100000, RAM, 0 };
	if (guest.mem > low)
		map[n++] = (struct memmap){ HIGH_START, guest.mem - low, RAM, 0 };

	*si = (struct start_info) {
		.magic = START_MAGIC,
		.version = 1,
		.cmdline_paddr = CMDLINE,
		.rsdp_paddr = write_acpi(),
		.memmap_paddr = START_INFO + ((uint8_t *)map - (uint8_t *)si),
		.memmap_entries = n,
	};
	if (guest.initrd) {
		load_initrd(mod);
		si->nr_modules = 1;
		si->modlist_paddr = START_INFO + sizeof(*si);
	}
}
