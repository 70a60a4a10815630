// SPDX-License-Identifier: GPL-2.0
/*
 * Emulated devices of L0 beside its PV ones.
 *
 * An L1-Xen that is an HVM guest of L0 passes the emulated disks and NICs on to
 * its dom0.  They show the same disks and networks as the PV devices of the
 * nested host, and one must never be in use both ways.  So, as a Linux that is
 * an HVM guest does: ask L0's device model to unplug the emulated ones, before
 * PCI is looked at; or leave them, and then the PV ones are refused.
 */
#define pr_fmt(fmt) "xenhost: nested: " fmt

#include <linux/init.h>
#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/string.h>

#include <xen/platform_pci.h>
#include <xen/xen.h>

#include "xenhost-nested.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xenhost_nested."

#define UNPLUG_DISKS	XEN_UNPLUG_ALL_IDE_DISKS
#define UNPLUG_NICS	XEN_UNPLUG_ALL_NICS

static unsigned int wanted =
	(IS_ENABLED(CONFIG_XEN_BLKDEV_FRONTEND) ? UNPLUG_DISKS : 0) |
	(IS_ENABLED(CONFIG_XEN_NETDEV_FRONTEND) ? UNPLUG_NICS : 0);
static unsigned int unplugged;

static const char *const names[] = { "never", "disks", "nics", "all" };

static int unplug_set(const char *val, const struct kernel_param *kp)
{
	int i = sysfs_match_string(names, val);

	if (i < 0)
		return i;
	BUILD_BUG_ON(UNPLUG_DISKS != 1 || UNPLUG_NICS != 2);
	wanted = i;
	return 0;
}

static int unplug_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", names[unplugged]);
}

static const struct kernel_param_ops unplug_ops = {
	.set = unplug_set,
	.get = unplug_get,
};

/* Read: what was done. */
module_param_cb(unplug, &unplug_ops, NULL, 0444);
MODULE_PARM_DESC(unplug, "emulated devices of L0 to unplug: all (default), disks, nics, never; PV devices instead of which others are there are refused");

/* Is L0's device model there, and does it let us? */
static bool __init protocol_spoken(void)
{
	if (inw(XEN_IOPORT_MAGIC) != XEN_IOPORT_MAGIC_VAL ||
	    inb(XEN_IOPORT_PROTOVER) != 1)
		return false;

	outw(XEN_IOPORT_LINUX_PRODNUM, XEN_IOPORT_PRODNUM);
	outl(XEN_IOPORT_LINUX_DRVVER, XEN_IOPORT_DRVVER);
	if (inw(XEN_IOPORT_MAGIC) == XEN_IOPORT_MAGIC_VAL)
		return true;

	pr_warn("L0 does not let this kernel unplug emulated devices\n");
	return false;
}

/*
 * Before PCI is looked at (subsys_initcall), let alone a driver binds.  Only the
 * hardware domain gets at the port, and only where L1-Xen offers the host: on
 * any other machine nobody knows what answers there.
 */
static int __init xenhost_nested_unplug(void)
{
	if (!wanted || !xen_pv_domain() || !xen_initial_domain() ||
	    !xenhost_nested_offered() || !protocol_spoken())
		return 0;

	outw(wanted, XEN_IOPORT_UNPLUG);
	unplugged = wanted;
	pr_info("unplugged L0's emulated %s (xenhost_nested.unplug); a disk of L0 is /dev/nested-xvda and such now\n",
		unplugged == UNPLUG_DISKS ? "disks" :
		unplugged == UNPLUG_NICS ? "NICs" : "disks and NICs");
	return 0;
}
arch_initcall(xenhost_nested_unplug);

/*
 * Which of L0's devices may be in use as emulated ones: XENHOST_F_EMUL_*.  A PVH
 * guest of L0 has none, and no PCI.  CD-ROMs are never unplugged.
 */
unsigned long xenhost_nested_emulated(void)
{
	unsigned long features = XENHOST_F_EMUL_CDROMS;

	if (!xen_initial_domain() || !pci_find_next_bus(NULL))
		return 0;

	if (!(unplugged & UNPLUG_DISKS))
		features |= XENHOST_F_EMUL_DISKS;
	if (!(unplugged & UNPLUG_NICS))
		features |= XENHOST_F_EMUL_NICS;
	return features;
}
