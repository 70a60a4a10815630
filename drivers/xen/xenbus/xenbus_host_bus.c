// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of hosts other than the default one: each bus watches the root of
 * its devices in each store that is up, and probes what it finds there.  The
 * stores are xenbus_host.c's, those of the default host xenbus_probe.c's.
 *
 * Locking: watches_lock protects the list of each bus. What happens on a host
 * comes one after the other, so a watch stays while its host is up.
 */
#define pr_fmt(fmt) "xenbus: " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <xen/xenbus.h>
#include <xen/xenhost.h>

#include "xenbus.h"

/* A bus's watch on the root of its devices, one per host that is up. */
struct xenbus_host_watch {
	struct list_head list;
	struct xen_bus_type *bus;
	struct xenbus_watch watch;
};

static DEFINE_SPINLOCK(watches_lock);

static struct xenbus_host_watch *find_watch(struct xen_bus_type *bus,
					    xenhost_t *xh)
{
	struct xenbus_host_watch *hw, *found = NULL;

	spin_lock(&watches_lock);
	list_for_each_entry(hw, &bus->host_watches, list)
		if (hw->watch.xh == xh)
			found = hw;
	spin_unlock(&watches_lock);

	return found;
}

/* Probe what is in the store and not on the bus. */
static void probe_below(struct xen_bus_type *bus, xenhost_t *xh,
			const char *path, unsigned int levels)
{
	unsigned int i, n;
	char **names;

	if (!levels) {
		xenbus_dev_changed(path, bus, xh);
		return;
	}

	names = xenbus_directory(XBT_HOST(xh), path, "", &n);
	if (IS_ERR(names))
		return;
	for (i = 0; i < n; i++) {
		char *name = kasprintf(GFP_KERNEL, "%s/%s", path, names[i]);

		if (name)
			probe_below(bus, xh, name, levels - 1);
		kfree(name);
	}
	kfree(names);
}

/* Is this a device whose node has gone? */
static int is_stale(struct device *dev, const void *xh)
{
	struct xenbus_device *xdev = to_xenbus_device(dev);
	unsigned int n;
	char **names;

	if (xdev->xh != xh)
		return 0;

	names = xenbus_directory(XBT_HOST(xdev->xh), xdev->nodename, "", &n);
	if (IS_ERR(names))
		return PTR_ERR(names) == -ENOENT;
	kfree(names);
	return 0;
}

static void remove_stale(struct xen_bus_type *bus, xenhost_t *xh)
{
	struct device *dev;

	while ((dev = bus_find_device(&bus->bus, NULL, xh, is_stale))) {
		device_unregister(dev);
		put_device(dev);
	}
}

/*
 * A change below the root is one device's.  One of the root itself is told once
 * the watch is registered: look what changed since the devices were probed.
 */
static void root_changed(struct xenbus_watch *watch, const char *path,
			 const char *token)
{
	struct xenbus_host_watch *hw = container_of(watch,
						    struct xenbus_host_watch,
						    watch);

	if (strchr(path, '/')) {
		xenbus_dev_changed(path, hw->bus, watch->xh);
		return;
	}
	remove_stale(hw->bus, watch->xh);
	probe_below(hw->bus, watch->xh, hw->bus->root, hw->bus->levels);
}

static void bus_up(struct xen_bus_type *bus, xenhost_t *xh)
{
	struct xenbus_host_watch *hw;
	int err;

	if ((xh->features & bus->host_features) != bus->host_features ||
	    find_watch(bus, xh))
		return;

	hw = kzalloc(sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return;
	hw->bus = bus;
	hw->watch.xh = xh;
	hw->watch.node = bus->root;
	hw->watch.callback = root_changed;

	spin_lock(&watches_lock);
	list_add(&hw->list, &bus->host_watches);
	spin_unlock(&watches_lock);

	if (bus->reset)
		bus->reset(xh);
	xenbus_probe_devices(bus, xh);
	err = register_xenbus_watch(&hw->watch);
	if (err)
		pr_warn("%s: changes of %s are not seen (%d)\n", xh->name,
			bus->root, err);
}

static void bus_down(struct xen_bus_type *bus, xenhost_t *xh)
{
	struct xenbus_host_watch *hw = find_watch(bus, xh);

	if (!hw)
		return;

	spin_lock(&watches_lock);
	list_del(&hw->list);
	spin_unlock(&watches_lock);

	if (hw->watch.conn)
		unregister_xenbus_watch(&hw->watch);
	kfree(hw);

	if (bus->stop)
		bus->stop(xh);
	xenbus_cleanup_devices(xh, bus->root, &bus->bus);
}

static int bus_store_changed(struct notifier_block *nb, unsigned long event,
			     void *data)
{
	struct xen_bus_type *bus = container_of(nb, struct xen_bus_type,
						host_nb);

	if (event == XENHOST_STORE_UP)
		bus_up(bus, data);
	else
		bus_down(bus, data);
	return NOTIFY_DONE;
}

/**
 * xenbus_register_hosts - let a bus have devices of hosts other than the default
 * @bus: the bus
 *
 * Return: 0 or a negative errno.
 */
int xenbus_register_hosts(struct xen_bus_type *bus)
{
	bus->host_nb.notifier_call = bus_store_changed;
	return xenhost_register_store_notifier(&bus->host_nb);
}
EXPORT_SYMBOL_GPL(xenbus_register_hosts);
