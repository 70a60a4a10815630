// SPDX-License-Identifier: GPL-2.0
/*
 * What a person sees of the hosts: /sys/hypervisor/xenhost/<name>/ with what
 * each host is, and debugfs xenhost/<name>/ with its counters.
 *
 * A listener of the registry like any other; a failure here never refuses a
 * host.
 */
#define pr_fmt(fmt) "xenhost: " fmt

#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <xen/xenhost.h>

static struct kobject *hosts_kobj;
static struct dentry *hosts_debugfs;

/* A host's directory; it may outlive the host's registration. */
struct host_dir {
	struct kobject kobj;
	xenhost_t *xh;
};

struct host_attr {
	struct attribute attr;
	ssize_t (*show)(xenhost_t *xh, char *buf);
};

#define HOST_ATTR(_name) \
static struct host_attr _name##_attr = { \
	.attr = { .name = #_name, .mode = 0444 }, \
	.show = _name##_show, \
}

static ssize_t kind_show(xenhost_t *xh, char *buf)
{
	return sysfs_emit(buf, "%s\n", xenhost_kind_name(xh->kind));
}
HOST_ATTR(kind);

static ssize_t level_show(xenhost_t *xh, char *buf)
{
	return sysfs_emit(buf, "%u\n", xh->level);
}
HOST_ATTR(level);

static ssize_t version_show(xenhost_t *xh, char *buf)
{
	return sysfs_emit(buf, "%u.%u\n", xh->version >> 16,
			  xh->version & 0xffff);
}
HOST_ATTR(version);

static ssize_t domid_show(xenhost_t *xh, char *buf)
{
	if (xh->domid >= DOMID_FIRST_RESERVED)
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "%u\n", xh->domid);
}
HOST_ATTR(domid);

static ssize_t features_show(xenhost_t *xh, char *buf)
{
	static const struct {
		unsigned long bit;
		const char *name;
	} names[] = {
		{ XENHOST_F_BACKEND, "backend" },
		{ XENHOST_F_STORE, "store" },
		{ XENHOST_F_GRANT_QUEUED, "grant-queued" },
		{ XENHOST_F_MEMORY, "memory" },
		{ XENHOST_F_EMUL_DISKS, "emulated-disks" },
		{ XENHOST_F_EMUL_CDROMS, "emulated-cdroms" },
		{ XENHOST_F_EMUL_NICS, "emulated-nics" },
		{ XENHOST_F_OWN_FRAMES, "own-frames" },
		{ XENHOST_F_CHEAP_MAP, "cheap-map" },
		{ XENHOST_F_CHEAP_COPY, "cheap-copy" },
		{ XENHOST_F_SYNC_EVENTS, "sync-events" },
	};
	int i, len = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (xh->features & names[i].bit)
			len += sysfs_emit_at(buf, len, "%s%s", len ? " " : "",
					     names[i].name);
	return len + sysfs_emit_at(buf, len, "\n");
}
HOST_ATTR(features);

static ssize_t state_show(xenhost_t *xh, char *buf)
{
	return sysfs_emit(buf, "%s\n", xh->registered ? "registered" : "gone");
}
HOST_ATTR(state);

/* What it has of this kernel's memory at present. */
static ssize_t released_kb_show(xenhost_t *xh, char *buf)
{
	s64 pages = atomic64_read(&xh->stats.released) -
		    atomic64_read(&xh->stats.reclaimed);

	return sysfs_emit(buf, "%lld\n", pages << (PAGE_SHIFT - 10));
}
HOST_ATTR(released_kb);

static struct attribute *host_attrs[] = {
	&kind_attr.attr,
	&level_attr.attr,
	&version_attr.attr,
	&domid_attr.attr,
	&features_attr.attr,
	&state_attr.attr,
	&released_kb_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(host);

static ssize_t host_attr_show(struct kobject *kobj, struct attribute *attr,
			      char *buf)
{
	struct host_dir *dir = container_of(kobj, struct host_dir, kobj);

	return container_of(attr, struct host_attr, attr)->show(dir->xh, buf);
}

static void host_dir_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct host_dir, kobj));
}

static const struct sysfs_ops host_sysfs_ops = {
	.show = host_attr_show,
};

static const struct kobj_type host_ktype = {
	.release = host_dir_release,
	.sysfs_ops = &host_sysfs_ops,
	.default_groups = host_groups,
};

static int counter_get(void *data, u64 *value)
{
	*value = atomic64_read((atomic64_t *)data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(counter_fops, counter_get, NULL, "%llu\n");

static void add_counters(xenhost_t *xh)
{
	struct dentry *dir = debugfs_create_dir(xh->name, hosts_debugfs);

	debugfs_create_file("hypercalls", 0444, dir, &xh->stats.hypercalls,
			    &counter_fops);
	debugfs_create_file("grants", 0444, dir, &xh->stats.grants,
			    &counter_fops);
	debugfs_create_file("grant_calls", 0444, dir, &xh->stats.grant_calls,
			    &counter_fops);
	debugfs_create_file("ports", 0444, dir, &xh->stats.ports,
			    &counter_fops);
	debugfs_create_file("released", 0444, dir, &xh->stats.released,
			    &counter_fops);
	debugfs_create_file("reclaimed", 0444, dir, &xh->stats.reclaimed,
			    &counter_fops);
	debugfs_create_file("copied", 0444, dir, &xh->stats.copied,
			    &counter_fops);
	xh->debugfs = dir;
}

static void add_dir(xenhost_t *xh)
{
	struct host_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int ret;

	if (!dir)
		return;
	dir->xh = xh;
	ret = kobject_init_and_add(&dir->kobj, &host_ktype, hosts_kobj, "%s",
				   xh->name);
	if (ret) {
		pr_warn("%s: no directory in sysfs (%d)\n", xh->name, ret);
		kobject_put(&dir->kobj);
		return;
	}
	xh->kobj = &dir->kobj;
}

static int host_event(struct notifier_block *nb, unsigned long event,
		      void *data)
{
	xenhost_t *xh = data;

	switch (event) {
	case XENHOST_ADDED:
		add_dir(xh);
		add_counters(xh);
		break;
	case XENHOST_REMOVED:
		debugfs_remove_recursive(xh->debugfs);
		xh->debugfs = NULL;
		/* Not with the last reference, which may be put much later. */
		kobject_del(xh->kobj);
		kobject_put(xh->kobj);
		xh->kobj = NULL;
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block host_nb = {
	.notifier_call = host_event,
};

/* After hypervisor_init() made /sys/hypervisor, before modules can register. */
static int __init xenhost_sysfs_init(void)
{
	hosts_kobj = kobject_create_and_add("xenhost", hypervisor_kobj);
	if (!hosts_kobj)
		return -ENOMEM;
	hosts_debugfs = debugfs_create_dir("xenhost", NULL);
	return xenhost_register_notifier(&host_nb);
}
device_initcall(xenhost_sysfs_init);
