// SPDX-License-Identifier: GPL-2.0
/*
 * Grants on a host that is asked to publish and to end them. Asking is dear, so
 * grants wait in a queue until the driver is about to tell the other side of
 * them, or the queue is full.
 *
 * Lock order: lock of the driver, end_lock, lock of the queue. Interrupts are
 * off while the host is asked, and others who flush wait: when flush returns,
 * what was queued before has been published, by whomever.
 */

/* The same prefix for all of the table. */
#define pr_fmt(fmt) "xen:xenhost_gnttab: " fmt

#include <linux/gfp.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <xen/grant_table.h>
#include <xen/xenhost.h>

#include "grant-table.h"

/* Longest queue, whatever the host takes: it is sent with interrupts off. */
#define GNTTAB_MAX_BATCH	256

/**
 * enum gnttab_state - where a grant is
 * @GNTTAB_NONE: nowhere
 * @GNTTAB_QUEUED: in the queue only; the host has not heard of it
 * @GNTTAB_PUBLISHED: the host knows it, or may know it
 * @GNTTAB_REFUSED: the host would not have it
 */
enum gnttab_state {
	GNTTAB_NONE,
	GNTTAB_QUEUED,
	GNTTAB_PUBLISHED,
	GNTTAB_REFUSED
};

/**
 * struct gnttab_shadow - what the host was told, or will be
 * @frame: the frame
 * @state: an enum gnttab_state
 *
 * Belongs to the owner of the reference, except that GNTTAB_QUEUED becomes
 * GNTTAB_PUBLISHED or GNTTAB_REFUSED by whoever flushes, under the lock.
 */
struct gnttab_shadow {
	u64 frame : 62;
	u64 state : 2;
};

#define SHADOWS_PER_FRAME	(XEN_PAGE_SIZE / sizeof(struct grant_entry_v1))

/**
 * struct gnttab_queue - grants on their way to a host that is asked
 * @lock: protects @nr, @pending and the step from GNTTAB_QUEUED
 * @nr: grants in @pending
 * @max: room in @pending and in @ending
 * @pending: grants to publish
 * @end_lock: protects @ending
 * @ending: scratch to end grants in a batch
 * @shadow: by frame of the table, made as the table grows
 */
struct gnttab_queue {
	spinlock_t lock;		/* @nr, @pending */
	unsigned int nr;
	unsigned int max;
	struct xenhost_grant *pending;
	spinlock_t end_lock;		/* @ending */
	struct xenhost_grant *ending;
	struct gnttab_shadow **shadow;
};

static struct gnttab_shadow *queue_shadow(struct gnttab_queue *q,
					  grant_ref_t ref)
{
	return &q->shadow[ref / SHADOWS_PER_FRAME][ref % SHADOWS_PER_FRAME];
}

static struct gnttab_shadow *gnttab_shadow(struct gnttab *gt, grant_ref_t ref)
{
	return queue_shadow(gt->queue, ref);
}

static void gnttab_queue_flush_locked(struct gnttab *gt)
{
	struct gnttab_queue *q = gt->queue;
	const unsigned int nr = q->nr;
	struct xenhost_grant *grant;
	xenhost_t *xh = gt->xh;
	unsigned int granted = 0;
	int ret;

	if (!nr)
		return;

	ret = xh->ops->gnttab->publish(xh, q->pending, nr);
	atomic64_inc(&xh->stats.grant_calls);

	for (grant = q->pending; grant < q->pending + nr; grant++) {
		int status = ret ? ret : grant->status;

		if (likely(!status)) {
			queue_shadow(q, grant->ref)->state = GNTTAB_PUBLISHED;
			granted++;
			continue;
		}
		pr_warn_ratelimited("%s: grant %#x to domain %u refused: %d\n",
				    xh->name, grant->ref, grant->domid, status);

		/*
		 * The other side will fail to use a refused one and tell the
		 * driver so. If the request failed as a whole, nobody knows how
		 * far it got: have the end of the grant ask.
		 */
		queue_shadow(q, grant->ref)->state =
			ret ? GNTTAB_PUBLISHED : GNTTAB_REFUSED;
	}
	atomic64_add(granted, &xh->stats.grants);

	/* Pairs with __xenhost_gnttab_flush(), which looks without the lock. */
	smp_store_release(&q->nr, 0);
}

static void gnttab_queue_update_entry(struct gnttab *gt, grant_ref_t ref,
				      domid_t domid, unsigned long frame,
				      unsigned int flags)
{
	struct gnttab_queue *q = gt->queue;
	unsigned long irqflags;

	spin_lock_irqsave(&q->lock, irqflags);
	if (q->nr == q->max)
		gnttab_queue_flush_locked(gt);

	q->pending[q->nr] = (struct xenhost_grant) {
		.frame		= frame,
		.ref		= ref,
		.domid		= domid,
		.readonly	= flags & GTF_readonly,
	};
	WRITE_ONCE(q->nr, q->nr + 1);
	*queue_shadow(q, ref) = (struct gnttab_shadow) {
		.frame	= frame,
		.state	= GNTTAB_QUEUED,
	};
	spin_unlock_irqrestore(&q->lock, irqflags);
}

/*
 * Ends the grant if that can be done without asking the host: it was never
 * published. The lock is held.
 */
static bool gnttab_queue_end_locked(struct gnttab *gt, grant_ref_t ref)
{
	struct gnttab_queue *q = gt->queue;
	struct gnttab_shadow *shadow = gnttab_shadow(gt, ref);
	unsigned int i;

	if (shadow->state == GNTTAB_PUBLISHED)
		return false;

	if (shadow->state == GNTTAB_QUEUED) {
		/* The newest are the most likely to be taken back. */
		for (i = q->nr; i-- > 0; ) {
			if (q->pending[i].ref != ref)
				continue;
			q->pending[i] = q->pending[q->nr - 1];
			WRITE_ONCE(q->nr, q->nr - 1);
			break;
		}
	}
	shadow->state = GNTTAB_NONE;

	return true;
}

/* Does this answer of the host mean that the other side can't use the grant? */
static noinline bool gnttab_queue_gone(struct gnttab *gt, grant_ref_t ref,
				       int status)
{
	if (status == -ENOENT || status == -ENODEV)
		return true;
	if (status != -EBUSY)
		pr_warn_ratelimited("%s: can't end grant %#x: %d\n",
				    gt->xh->name, ref, status);

	return false;
}

static inline bool gnttab_queue_ended(struct gnttab *gt, grant_ref_t ref,
				      int status)
{
	if (unlikely(status) && !gnttab_queue_gone(gt, ref, status))
		return false;
	gnttab_shadow(gt, ref)->state = GNTTAB_NONE;

	return true;
}

static noinline int gnttab_queue_end_one(struct gnttab *gt, grant_ref_t ref)
{
	struct gnttab_queue *q = gt->queue;
	struct xenhost_grant grant = { .ref = ref };
	xenhost_t *xh = gt->xh;
	unsigned long flags;
	bool ended;
	int ret;

	spin_lock_irqsave(&q->lock, flags);
	ended = gnttab_queue_end_locked(gt, ref);
	spin_unlock_irqrestore(&q->lock, flags);
	if (ended)
		return 1;

	ret = xh->ops->gnttab->end(xh, &grant, 1);
	atomic64_inc(&xh->stats.grant_calls);

	return gnttab_queue_ended(gt, ref, ret ? ret : grant.status);
}

static int gnttab_queue_end(struct gnttab *gt, grant_ref_t ref)
{
	/* It was in a batch before; only its owner takes it out of this state. */
	if (likely(gnttab_shadow(gt, ref)->state == GNTTAB_NONE))
		return 1;

	return gnttab_queue_end_one(gt, ref);
}

/* Ends up to q->max grants with one request. */
static void gnttab_queue_end_batch(struct gnttab *gt, const grant_ref_t *refs,
				   bool *ended, unsigned int nr)
{
	struct gnttab_queue *q = gt->queue;
	struct xenhost_grant *grant = q->ending;
	unsigned int i, asked = 0;
	xenhost_t *xh = gt->xh;
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&q->end_lock, flags);

	spin_lock(&q->lock);
	for (i = 0; i < nr; i++) {
		if (unlikely(queue_shadow(q, refs[i])->state !=
			     GNTTAB_PUBLISHED)) {
			gnttab_queue_end_locked(gt, refs[i]);
			continue;
		}
		grant[asked++] = (struct xenhost_grant) { .ref = refs[i] };
	}
	spin_unlock(&q->lock);

	if (asked) {
		ret = xh->ops->gnttab->end(xh, grant, asked);
		atomic64_inc(&xh->stats.grant_calls);
	}

	/* What was asked for is in the order of @refs. */
	for (i = 0; i < nr; i++) {
		bool res = true;

		if (likely(asked && grant->ref == refs[i])) {
			res = gnttab_queue_ended(gt, refs[i],
						 ret ? ret : grant->status);
			grant++;
			asked--;
		}
		if (ended)
			ended[i] = res;
	}

	spin_unlock_irqrestore(&q->end_lock, flags);
}

static unsigned long gnttab_queue_read_frame(struct gnttab *gt, grant_ref_t ref)
{
	return gnttab_shadow(gt, ref)->frame;
}

static unsigned int gnttab_queue_max_frames(struct gnttab *gt)
{
	return gt->max_frames;
}

/* The host has the table; what grows here is the memory of what it was told. */
static int gnttab_queue_map(struct gnttab *gt, unsigned int start_idx,
			    unsigned int end_idx)
{
	struct gnttab_queue *q = gt->queue;
	unsigned int i;

	for (i = start_idx; i <= end_idx; i++) {
		if (q->shadow[i])
			continue;
		q->shadow[i] = kcalloc(SHADOWS_PER_FRAME, sizeof(**q->shadow),
				       GFP_ATOMIC);
		if (!q->shadow[i])
			return -ENOMEM;
	}

	return 0;
}

const struct gnttab_ops gnttab_queue_ops = {
	.version		= 1,
	.grefs_per_grant_frame	= SHADOWS_PER_FRAME,
	.max_frames		= gnttab_queue_max_frames,
	.map			= gnttab_queue_map,
	.update_entry		= gnttab_queue_update_entry,
	.end_foreign_access_ref	= gnttab_queue_end,
	.read_frame		= gnttab_queue_read_frame,
};

void gnttab_queue_free(struct gnttab *gt)
{
	struct gnttab_queue *q = gt->queue;
	unsigned int i;

	if (!q)
		return;

	for (i = 0; q->shadow && i < gt->max_frames; i++)
		kfree(q->shadow[i]);
	kfree(q->shadow);
	kfree(q->ending);
	kfree(q->pending);
	kfree(q);
	gt->queue = NULL;
}

int gnttab_queue_alloc(struct gnttab *gt)
{
	xenhost_t *xh = gt->xh;
	struct gnttab_queue *q;

	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q)
		return -ENOMEM;

	gt->queue = q;
	spin_lock_init(&q->lock);
	spin_lock_init(&q->end_lock);
	q->max = clamp(xh->ops->gnttab->max_batch(xh), 1U, GNTTAB_MAX_BATCH);
	q->pending = kcalloc(q->max, sizeof(*q->pending), GFP_KERNEL);
	q->ending = kcalloc(q->max, sizeof(*q->ending), GFP_KERNEL);
	q->shadow = kcalloc(gt->max_frames, sizeof(*q->shadow), GFP_KERNEL);
	if (!q->pending || !q->ending || !q->shadow) {
		gnttab_queue_free(gt);
		return -ENOMEM;
	}

	return 0;
}

void __xenhost_gnttab_flush(xenhost_t *xh)
{
	struct gnttab_queue *q = xh->gnttab->queue;
	unsigned long flags;

	/*
	 * Empty means that all queued so far are published: pairs with the end
	 * of gnttab_queue_flush_locked().
	 */
	if (!q || !smp_load_acquire(&q->nr))
		return;

	spin_lock_irqsave(&q->lock, flags);
	gnttab_queue_flush_locked(xh->gnttab);
	spin_unlock_irqrestore(&q->lock, flags);
}
EXPORT_SYMBOL_GPL(__xenhost_gnttab_flush);

void __xenhost_gnttab_end_foreign_access_batch(xenhost_t *xh,
					       const grant_ref_t *refs,
					       bool *ended, unsigned int nr)
{
	struct gnttab *gt = xh->gnttab;
	unsigned int i, batch;

	if (gt->queue) {
		for (i = 0; i < nr; i += batch) {
			batch = min(nr - i, gt->queue->max);
			gnttab_queue_end_batch(gt, refs + i,
					       ended ? ended + i : NULL, batch);
		}
		return;
	}

	for (i = 0; i < nr; i++) {
		bool res = gt->ops->end_foreign_access_ref(gt, refs[i]);

		if (ended)
			ended[i] = res;
	}
}
EXPORT_SYMBOL_GPL(__xenhost_gnttab_end_foreign_access_batch);
