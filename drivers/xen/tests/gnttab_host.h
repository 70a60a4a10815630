/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host for tests of grant tables, which writes down what it is asked, and
 * checks at each request what must hold at any time: a grant is published once,
 * and ended only after it was published.
 */
#ifndef _XEN_TESTS_GNTTAB_HOST_H
#define _XEN_TESTS_GNTTAB_HOST_H

#include <kunit/test.h>

#include <linux/mm_types.h>
#include <linux/sizes.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

#define MAX_BATCH	4U
#define FIRST_REF	GNTTAB_NR_RESERVED_ENTRIES
#define REFS_PER_FRAME	(SZ_4K / sizeof(struct grant_entry_v1))
#define MAX_FRAMES	2U
#define MAX_REFS	(MAX_FRAMES * REFS_PER_FRAME)
#define NO_REF		UINT_MAX
#define PEER		3

/**
 * struct gnttab_host - a host and what it was asked
 * @xh: the host; its tables are a recorder's
 * @max_frames: answer to max_frames
 * @published: references the host holds
 * @frames: their frames
 * @publishes: calls of publish
 * @last: references of the last call of publish
 * @nr_last: how many
 * @ends: calls of end
 * @fail: answer of publish as a whole
 * @refuse: reference that publish refuses
 * @busy: reference that end finds in use
 * @lost: reference that end does not know
 * @table: the table, for a host that maps it
 * @tables: frames of it that were asked for
 * @maps: calls of map
 * @paged: times that map is to answer GNTST_eagain
 * @real: page that map reports
 * @wrong: something was asked that must not be
 */
struct gnttab_host {
	xenhost_t xh;
	int max_frames;
	bool published[MAX_REFS];
	unsigned long frames[MAX_REFS];
	unsigned int publishes;
	grant_ref_t last[MAX_BATCH];
	unsigned int nr_last;
	unsigned int ends;
	int fail;
	grant_ref_t refuse;
	grant_ref_t busy;
	grant_ref_t lost;
	struct grant_entry_v1 *table;
	unsigned int tables;
	unsigned int maps;
	unsigned int paged;
	struct page *real;
	bool wrong;
};

struct gnttab_host *gnttab_host_alloc(struct kunit *test,
				      unsigned long features);
struct gnttab_host *gnttab_host_start(struct kunit *test,
				      unsigned long features);
void gnttab_host_exit(struct kunit *test);
grant_ref_t gnttab_host_grant(struct kunit *test, struct gnttab_host *gh,
			      unsigned long frame);

#endif /* _XEN_TESTS_GNTTAB_HOST_H */
