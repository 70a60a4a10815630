// SPDX-License-Identifier: GPL-2.0
/*
 * Follows memory/target in the store of a host other than the one below: this
 * kernel gives memory that it does not need to that host and takes it again.
 * The Xen below has its own balloon driver (balloon.c).
 *
 * The target is that of the whole guest of the host, of which this kernel may
 * have a part only.  So what counts is by how much it is below the first value
 * seen, and that much is given; more than the first value is never had.
 *
 * Locking: balloons_lock is held while a store comes or goes.  A balloon's work
 * is the only user of its pages and of @given; batch_lock is for the batch.
 */
#define pr_fmt(fmt) "xenhost: balloon: " fmt

#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <xen/mem-reservation.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

/* As in balloon.c: not so hard that something is killed for it. */
#define GFP_RELEASE \
	(GFP_HIGHUSER | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC)

#define BATCH		128
#define MAX_DELAY	(32 * HZ)

static unsigned int floor_mb = 64;
module_param(floor_mb, uint, 0644);
MODULE_PARM_DESC(floor_mb, "MiB that stay available here, whatever the target of another host");

/**
 * struct host_balloon - what a host has of this kernel's memory
 * @list: entry of balloons
 * @xh: the host
 * @watch: on its target
 * @work: gives or takes until @given is @wanted
 * @pages: pages without a frame
 * @given: how many
 * @first: first target seen, in pages; 0: none yet
 * @wanted: how many pages the host is to have
 * @delay: until the next try, in jiffies
 * @watching: @watch is registered
 * @told: it was said that the floor is reached for this target
 *
 * It stays when the host goes as long as there are pages.
 */
struct host_balloon {
	struct list_head list;
	xenhost_t *xh;
	struct xenbus_watch watch;
	struct delayed_work work;
	struct list_head pages;
	unsigned long given;
	unsigned long first;
	unsigned long wanted;
	unsigned long delay;
	bool watching;
	bool told;
};

static LIST_HEAD(balloons);
static DEFINE_MUTEX(balloons_lock);
static struct page *batch[BATCH];
static DEFINE_MUTEX(batch_lock);

/* How many of @nr pages may go? */
static unsigned long above_floor(struct host_balloon *b, unsigned long nr)
{
	long spare = si_mem_available() -
		     ((unsigned long)floor_mb << (20 - PAGE_SHIFT));

	if (spare >= (long)nr)
		return nr;
	if (!READ_ONCE(b->told))
		pr_warn("%s: floor of %u MiB reached, %lu of %lu MiB given\n",
			b->xh->name, floor_mb, b->given >> (20 - PAGE_SHIFT),
			READ_ONCE(b->wanted) >> (20 - PAGE_SHIFT));
	WRITE_ONCE(b->told, true);
	return max(spare, 0L);
}

static int give(struct host_balloon *b, unsigned long nr)
{
	unsigned int i, got;
	int done;

	nr = above_floor(b, min(nr, BATCH));
	for (got = 0; got < nr; got++) {
		batch[got] = alloc_page(GFP_RELEASE);
		if (!batch[got])
			break;
		xenmem_reservation_scrub_page(batch[got]);
	}
	if (!got)
		return 0;

	done = b->xh->ops->balloon->release(b->xh, got, batch);
	for (i = 0; i < got; i++) {
		if ((int)i >= done) {
			__free_page(batch[i]);
			continue;
		}
		adjust_managed_page_count(batch[i], -1);
		__SetPageOffline(batch[i]);
		list_add(&batch[i]->lru, &b->pages);
		b->given++;
	}
	if (done > 0)
		atomic64_add(done, &b->xh->stats.released);
	return done;
}

static int take(struct host_balloon *b, unsigned long nr)
{
	struct page *page;
	unsigned int i, asked = 0;
	int done;

	nr = min(nr, BATCH);
	list_for_each_entry(page, &b->pages, lru) {
		if (asked == nr)
			break;
		batch[asked++] = page;
	}

	done = b->xh->ops->balloon->reclaim(b->xh, asked, batch);
	for (i = 0; (int)i < done; i++) {
		list_del(&batch[i]->lru);
		__ClearPageOffline(batch[i]);
		/* It may hold what anybody left there. */
		clear_highpage(batch[i]);
		free_reserved_page(batch[i]);
		b->given--;
	}
	if (done > 0)
		atomic64_add(done, &b->xh->stats.reclaimed);
	return done;
}

static void follow(struct work_struct *work)
{
	struct host_balloon *b = container_of(work, struct host_balloon,
					      work.work);
	unsigned long before = b->given, wanted;
	int done = 1;

	mutex_lock(&batch_lock);
	while (done > 0 && (wanted = READ_ONCE(b->wanted)) != b->given) {
		done = b->given < wanted ? give(b, wanted - b->given) :
					   take(b, b->given - wanted);
		cond_resched();
	}
	mutex_unlock(&batch_lock);

	if (b->given != before) {
		b->delay = HZ;
		pr_info("%s: has %lu of %lu MiB\n", b->xh->name,
			b->given >> (20 - PAGE_SHIFT),
			wanted >> (20 - PAGE_SHIFT));
	}
	if (b->given == wanted)
		return;
	schedule_delayed_work(&b->work, b->delay);
	b->delay = min(b->delay * 2, MAX_DELAY);
}

static void target_changed(struct xenbus_watch *watch, const char *path,
			   const char *token)
{
	struct host_balloon *b = container_of(watch, struct host_balloon,
					      watch);
	unsigned long long kb;
	unsigned long target;

	/* No target, no wish. */
	if (xenbus_scanf(XBT_HOST(b->xh), "memory", "target", "%llu",
			 &kb) != 1)
		return;

	target = kb >> (PAGE_SHIFT - 10);
	if (!b->first)
		b->first = target;
	WRITE_ONCE(b->wanted, target < b->first ? b->first - target : 0);
	WRITE_ONCE(b->told, false);
	b->delay = HZ;
	mod_delayed_work(system_wq, &b->work, 0);
}

static struct host_balloon *find_balloon(xenhost_t *xh, bool create)
{
	struct host_balloon *b;

	list_for_each_entry(b, &balloons, list)
		if (b->xh == xh)
			return b;

	b = create ? kzalloc(sizeof(*b), GFP_KERNEL) : NULL;
	if (!b)
		return NULL;
	b->xh = xh;
	INIT_LIST_HEAD(&b->pages);
	INIT_DELAYED_WORK(&b->work, follow);
	list_add(&b->list, &balloons);
	return b;
}

static void balloon_up(xenhost_t *xh)
{
	struct host_balloon *b = find_balloon(xh, true);
	int ret;

	if (!b || b->watching)
		return;
	b->watch = (struct xenbus_watch) {
		.node = "memory/target",
		.callback = target_changed,
		.xh = xh,
	};
	ret = register_xenbus_watch(&b->watch);
	if (ret)
		pr_warn("%s: its target is not followed (%d)\n", xh->name, ret);
	b->watching = !ret;
}

static void balloon_down(xenhost_t *xh)
{
	struct host_balloon *b = find_balloon(xh, false);

	if (!b || !b->watching)
		return;
	unregister_xenbus_watch(&b->watch);
	b->watching = false;
	cancel_delayed_work_sync(&b->work);

	/* The pages wait for the host to come back, and so must the rest. */
	if (!b->given) {
		list_del(&b->list);
		kfree(b);
	}
}

static int store_changed(struct notifier_block *nb, unsigned long event,
			 void *data)
{
	xenhost_t *xh = data;

	if (!(xh->features & XENHOST_F_MEMORY))
		return NOTIFY_DONE;
	mutex_lock(&balloons_lock);
	if (event == XENHOST_STORE_UP)
		balloon_up(xh);
	else
		balloon_down(xh);
	mutex_unlock(&balloons_lock);
	return NOTIFY_DONE;
}

static struct notifier_block store_nb = {
	.notifier_call = store_changed,
};

static int __init xenhost_balloon_init(void)
{
	return xenhost_register_store_notifier(&store_nb);
}
device_initcall(xenhost_balloon_init);
