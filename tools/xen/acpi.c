// SPDX-License-Identifier: GPL-2.0
/*
 * xen-kvm-guest: ACPI tables, by which a PVH guest learns of its processors and
 * how to power off.  The hardware is "reduced": there are no registers but the
 * one for sleeping.
 */
#include <string.h>

#include <linux/bits.h>
#include <linux/compiler.h>

#include "guest.h"

struct header {
	char signature[4];
	uint32_t length;
	uint8_t revision;
	uint8_t checksum;
	char oem_id[6];
	char oem_table[8];
	uint32_t oem_revision;
	char creator[4];
	uint32_t creator_revision;
} __packed;

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t checksum_all;
	uint8_t reserved[3];
} __packed;

struct lapic {
	uint8_t type;
	uint8_t length;
	uint8_t id;
	uint8_t apic_id;
	uint32_t enabled;
} __packed;

#define LAPIC_ADDRESS	0xfee00000U

/* Of the FADT, revision 5: where in it, and what */
#define FADT_SIZE		268
#define FADT_BOOT_ARCH		109
#define BOOT_ARCH		(BIT(2) | BIT(5))	/* no VGA, no RTC */
#define FADT_FLAGS		112
#define FLAGS			(BIT(0) | BIT(20))	/* WBINVD, reduced hardware */
#define FADT_DSDT		140
#define FADT_SLEEP_CONTROL	244
#define FADT_SLEEP_STATUS	256

/* Name (_S5, Package () { 5, 5, 0, 0 }) */
static const uint8_t dsdt_code[] = {
	0x08, '_', 'S', '5', '_', 0x12, 0x08, 0x04, 0x0a, 5, 0x0a, 5, 0, 0,
};

static uint64_t next = ACPI_TABLES;

static uint8_t sum_of(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint8_t sum = 0;

	while (len--)
		sum -= *p++;
	return sum;
}

/* Returns the table, in the guest's memory; *addr is its address there. */
static void *begin(const char *signature, uint8_t revision, size_t len,
		   uint64_t *addr)
{
	struct header *h = guest_memory(next, len);

	*addr = next;
	next += (len + 15) & ~15UL;
	memset(h, 0, len);
	memcpy(h->signature, signature, 4);
	h->length = len;
	h->revision = revision;
	memcpy(h->oem_id, "XENKVM", 6);
	memcpy(h->oem_table, "GUEST   ", 8);
	memcpy(h->creator, "KVM ", 4);
	return h;
}

static void end(struct header *h)
{
	h->checksum = sum_of(h, h->length);
}

static void put32(void *table, size_t offset, uint32_t value)
{
	memcpy((char *)table + offset, &value, sizeof(value));
}

static void put64(void *table, size_t offset, uint64_t value)
{
	memcpy((char *)table + offset, &value, sizeof(value));
}

/* A byte-wide I/O port, as tables write it */
static void put_port(void *table, size_t offset, uint64_t port)
{
	const uint8_t head[] = { 1, 8, 0, 1 };

	memcpy((char *)table + offset, head, sizeof(head));
	put64(table, offset + sizeof(head), port);
}

static uint64_t write_dsdt(void)
{
	uint64_t addr;
	struct header *h = begin("DSDT", 2,
				 sizeof(*h) + sizeof(dsdt_code), &addr);

	memcpy(h + 1, dsdt_code, sizeof(dsdt_code));
	end(h);
	return addr;
}

static uint64_t write_fadt(uint64_t dsdt)
{
	uint64_t addr;
	void *h = begin("FACP", 5, FADT_SIZE, &addr);

	((uint8_t *)h)[FADT_BOOT_ARCH] = BOOT_ARCH;
	put32(h, FADT_FLAGS, FLAGS);
	put64(h, FADT_DSDT, dsdt);
	put_port(h, FADT_SLEEP_CONTROL, ACPI_SLEEP_PORT);
	put_port(h, FADT_SLEEP_STATUS, ACPI_SLEEP_PORT + 1);
	end(h);
	return addr;
}

static uint64_t write_madt(void)
{
	size_t head = sizeof(struct header) + 8;
	uint64_t addr;
	void *h = begin("APIC", 3, head + guest.nr_vcpus * sizeof(struct lapic),
			&addr);
	struct lapic *l = (void *)((char *)h + head);
	unsigned int i;

	put32(h, sizeof(struct header), LAPIC_ADDRESS);
	for (i = 0; i < guest.nr_vcpus; i++)
		l[i] = (struct lapic){ 0, sizeof(*l), i, i, 1 };
	end(h);
	return addr;
}

/* Returns the address of the root pointer. */
uint64_t write_acpi(void)
{
	uint64_t fadt = write_fadt(write_dsdt());
	uint64_t madt = write_madt();
	uint64_t xsdt, addr;
	struct header *h = begin("XSDT", 1, sizeof(*h) + 16, &xsdt);
	struct rsdp *r;

	put64(h, sizeof(*h), fadt);
	put64(h, sizeof(*h) + 8, madt);
	end(h);

	addr = next;
	r = guest_memory(addr, sizeof(*r));
	*r = (struct rsdp){ .revision = 2, .length = sizeof(*r), .xsdt = xsdt };
	memcpy(r->signature, "RSD PTR ", 8);
	memcpy(r->oem_id, "XENKVM", 6);
	r->checksum = sum_of(r, 20);
	r->checksum_all = sum_of(r, sizeof(*r));
	return addr;
}
