// SPDX-License-Identifier: GPL-2.0
/*
 * Takes commands, opens and closes the windows:
 *
 *	echo NAME [ARGUMENT] > /sys/module/xhbench/parameters/run
 *
 * Not a driver: it does nothing by itself and can do harm to the devices it is
 * pointed at.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bench.h"
#include "mark.h"

#define NR_WINDOWS	9

static char sink;

/* MARK_STORE and MARK_LOAD, byte by byte, so that the encoding is this one */
static noinline void tell(char c)
{
	asm volatile(".byte 0x88, 0x87; .long %c2"
		     : : "a" (c), "D" (&sink - MARK_DISP), "i" (MARK_DISP)
		     : "memory");
}

static noinline void show(const void *p)
{
	char c;

	asm volatile(".byte 0x8a, 0x87; .long %c2"
		     : "=a" (c) : "D" (p - MARK_DISP), "i" (MARK_DISP)
		     : "memory");
}

static __printf(1, 2) void say(const char *fmt, ...)
{
	char buf[120], *p;
	va_list args;

	va_start(args, fmt);
	vscnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	for (p = buf; *p; p++)
		tell(*p);
}

static int measure(const struct bench *b, const char *arg)
{
	unsigned long flags = 0;
	unsigned int i;
	int err;

	err = b->set_up(arg);
	if (err)
		return err;

	/* Once for what only the first time costs, and for the caches. */
	err = b->run(b->nr);
	say("op %s %u\n", b->name, b->nr);
	for (i = 0; i < NR_WINDOWS && !err; i++) {
		if (b->quiet)
			local_irq_save(flags);
		tell(MARK_OPEN);
		err = b->run(b->nr);
		tell(MARK_CLOSE);
		if (b->quiet)
			local_irq_restore(flags);
	}
	b->tear_down();
	return err;
}

static int run_set(const char *val, const struct kernel_param *kp)
{
	static const struct bench *const lists[] = { bench_core, bench_io };
	char buf[64], *arg = buf, *name;
	const struct bench *b;
	unsigned int i;

	strscpy(buf, val, sizeof(buf));
	strim(buf);
	name = strsep(&arg, " ");
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (b = lists[i]; b->name; b++)
			if (!strcmp(b->name, name))
				return measure(b, arg ?: "");
	return -ENOENT;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);

static char *guest = "guest";
module_param(guest, charp, 0);
MODULE_PARM_DESC(guest, "name of this guest in the result");

static unsigned long text, etext;
module_param(text, ulong, 0);
MODULE_PARM_DESC(text, "where the kernel's text starts");
module_param(etext, ulong, 0);
MODULE_PARM_DESC(etext, "and where it ends");

static int __init xhbench_init(void)
{
	const struct module_memory *mem = &THIS_MODULE->mem[MOD_TEXT];
	unsigned long p;

	say("guest %s\n", guest);
	show(show);		/* the plugin wants this page first */
	for (p = (unsigned long)mem->base; p < (unsigned long)mem->base + mem->size; p += PAGE_SIZE)
		show((void *)p);
	for (p = text; p < etext; p += PAGE_SIZE)
		show((void *)p);
	return 0;
}
module_init(xhbench_init);

static void __exit xhbench_exit(void)
{
}
module_exit(xhbench_exit);

MODULE_DESCRIPTION("Counts what the PV interfaces cost");
MODULE_LICENSE("GPL");
