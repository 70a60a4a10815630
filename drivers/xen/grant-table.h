/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grant table of one host: what grant-table.c shares with the tables that
 * are not written into frames of the Xen below (xenhost-gnttab*.c).
 */
#ifndef _XEN_GRANT_TABLE_INTERNAL_H
#define _XEN_GRANT_TABLE_INTERNAL_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>
#include <xen/interface/grant_table.h>

#define GNTTAB_LIST_END 0xffffffff

struct gnttab;

/*
 * How the entries of a table are written. The functions about entries are
 * called in atomic context, maybe with interrupts off; those about frames with
 * the table's lock held when the table grows.
 */
struct gnttab_ops {
	/*
	 * Version of the grant interface.
	 */
	unsigned int version;
	/*
	 * Grant refs per grant frame.
	 */
	unsigned int grefs_per_grant_frame;
	/*
	 * Mapping a list of frames for storing grant entries. Frames parameter
	 * is used to store grant table address when grant table being setup,
	 * nr_gframes is the number of frames to map grant table. Returning
	 * GNTST_okay means success and negative value means failure.
	 * Direct host only.
	 */
	int (*map_frames)(struct gnttab *gt, xen_pfn_t *frames,
			  unsigned int nr_gframes);
	/*
	 * Release a list of frames which are mapped in map_frames for grant
	 * entry status. Direct host only.
	 */
	void (*unmap_frames)(struct gnttab *gt);
	/*
	 * Number of frames the table may grow to.
	 */
	unsigned int (*max_frames)(struct gnttab *gt);
	/*
	 * Make the frames from start_idx to end_idx usable, all below being so
	 * already. Returns 0 or a negative errno.
	 */
	int (*map)(struct gnttab *gt, unsigned int start_idx,
		   unsigned int end_idx);
	/*
	 * Introducing a valid entry into the grant table, granting the frame of
	 * this grant entry to domain for accessing. Ref
	 * parameter is reference of this introduced grant entry, domid is id of
	 * granted domain, frame is the page frame to be granted, and flags is
	 * status of the grant entry to be updated.
	 */
	void (*update_entry)(struct gnttab *gt, grant_ref_t ref, domid_t domid,
			     unsigned long frame, unsigned int flags);
	/*
	 * Stop granting a grant entry to domain for accessing. Ref parameter is
	 * reference of a grant entry whose grant access will be stopped.
	 * If the grant entry is currently mapped for reading or writing, just
	 * return failure(==0) directly and don't tear down the grant access.
	 * Otherwise, stop grant access for this entry and return success(==1).
	 */
	int (*end_foreign_access_ref)(struct gnttab *gt, grant_ref_t ref);
	/*
	 * Read the frame number related to a given grant reference.
	 */
	unsigned long (*read_frame)(struct gnttab *gt, grant_ref_t ref);
};

struct gnttab {
	const struct gnttab_ops *ops;
	union {
		struct grant_entry_v1 *v1;
		union grant_entry_v2 *v2;
		void *addr;
	} shared;
	/* This reflects status of grant entries of version 2. */
	grant_status_t *status;
	grant_ref_t **list;
	unsigned int nr_frames;
	/*
	 * Handling of free grants:
	 *
	 * Free grants are in a simple list anchored in free_head. They are
	 * linked by grant ref, the last element contains GNTTAB_LIST_END. The
	 * number of free entries is stored in free_count.
	 * Additionally there is a bitmap of free entries anchored in
	 * free_bitmap. This is being used for simplifying allocation of
	 * multiple consecutive grants, which is needed e.g. for support of
	 * virtio.
	 * last_free is used to add free entries of new frames at the end of
	 * the free list.
	 * free_tail_ptr specifies the variable which references the start
	 * of consecutive free grants ending with last_free. This pointer is
	 * updated in a rather defensive way, in order to avoid performance
	 * hits in hot paths.
	 * All those variables are protected by lock, and so are the callbacks
	 * and the list of deferred entries.
	 */
	int free_count;
	unsigned int size;
	grant_ref_t free_head;
	grant_ref_t last_free;
	grant_ref_t *free_tail_ptr;
	unsigned long *free_bitmap;
	spinlock_t lock;	/* all of the above and below */
	struct gnttab_free_callback *free_callbacks;

	struct list_head deferred_list;
	struct timer_list deferred_timer;
	atomic64_t deferred_count;
	atomic64_t leaked_count;

	xenhost_t *xh;
	/* Tables of other hosts than the default one only. */
	unsigned int max_frames;
	struct gnttab_queue *queue;
};

extern const struct gnttab_ops gnttab_mapped_ops;
extern const struct gnttab_ops gnttab_queue_ops;

int gnttab_table_init(struct gnttab *gt);
unsigned int gnttab_table_exit(struct gnttab *gt);

int gnttab_queue_alloc(struct gnttab *gt);
void gnttab_queue_free(struct gnttab *gt);

#endif /* _XEN_GRANT_TABLE_INTERNAL_H */
