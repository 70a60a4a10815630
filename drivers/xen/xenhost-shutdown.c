// SPDX-License-Identifier: GPL-2.0
/*
 * Heeds control/shutdown in the store of the nested host: "xl shutdown" and "xl
 * reboot" in L0 mean the whole of L1, and it is L1's dom0 that can bring it down
 * in order.  What the Xen below asks of this kernel is heeded by manage.c.
 *
 * A driver domain that owns the connection to L0 is not asked: it is but a part of
 * what the tools of L0 mean.
 */
#define pr_fmt(fmt) "xenhost: shutdown: " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/slab.h>

#include <xen/xen.h>
#include <xen/xenbus.h>
#include <xen/xenhost.h>

static void power_off(void)
{
	orderly_poweroff(false);
}

static const struct {
	const char *command;
	const char *feature;	/* what tells the tools that it is heeded */
	void (*act)(void);
} commands[] = {
	{ "poweroff", "feature-poweroff", power_off },
	{ "halt", NULL, power_off },
	{ "reboot", "feature-reboot", orderly_reboot },
};

/* What the tools ask for, acknowledged; -1: nothing, or nothing known. */
static int take_command(xenhost_t *xh)
{
	struct xenbus_transaction xbt;
	int i, err;
	char *str;

	do {
		if (xenhost_transaction_start(xh, &xbt))
			return -1;

		str = xenbus_read(xbt, "control", "shutdown", NULL);
		if (XENBUS_IS_ERR_READ(str)) {
			xenbus_transaction_end(xbt, 1);
			return -1;
		}

		for (i = ARRAY_SIZE(commands) - 1; i >= 0; i--)
			if (!strcmp(str, commands[i].command))
				break;
		if (i < 0)
			pr_info("%s: \"%s\" is not heeded\n", xh->name, str);
		else
			xenbus_write(xbt, "control", "shutdown", "");
		kfree(str);
		err = xenbus_transaction_end(xbt, i < 0);
	} while (err == -EAGAIN);

	return err ? -1 : i;
}

static void command_given(struct xenbus_watch *watch, const char *path,
			  const char *token)
{
	int i = take_command(watch->xh);

	/* Once is enough: it is on its way. */
	if (i < 0 || system_state > SYSTEM_RUNNING)
		return;
	pr_info("%s: %s\n", watch->xh->name, commands[i].command);
	commands[i].act();
}

static struct xenbus_watch watch = {
	.node = "control/shutdown",
	.callback = command_given,
};

static bool watching;
static DEFINE_MUTEX(watch_lock);

static void shutdown_up(xenhost_t *xh)
{
	int i, ret;

	if (watching)
		return;
	watch.xh = xh;
	ret = register_xenbus_watch(&watch);
	if (ret) {
		pr_warn("%s: not heeded (%d)\n", xh->name, ret);
		return;
	}
	watching = true;

	/* No harm if L0 did not make these nodes: the command is heeded. */
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].feature)
			xenbus_printf(XBT_HOST(xh), "control",
				      commands[i].feature, "%u", 1);
}

static void shutdown_down(xenhost_t *xh)
{
	if (!watching)
		return;
	unregister_xenbus_watch(&watch);
	watching = false;
}

static int store_changed(struct notifier_block *nb, unsigned long event,
			 void *data)
{
	xenhost_t *xh = data;

	if (xh->kind != XENHOST_NESTED || !xen_initial_domain())
		return NOTIFY_DONE;
	mutex_lock(&watch_lock);
	if (event == XENHOST_STORE_UP)
		shutdown_up(xh);
	else
		shutdown_down(xh);
	mutex_unlock(&watch_lock);
	return NOTIFY_DONE;
}

static struct notifier_block store_nb = {
	.notifier_call = store_changed,
};

static int __init xenhost_shutdown_init(void)
{
	return xenhost_register_store_notifier(&store_nb);
}
device_initcall(xenhost_shutdown_init);
