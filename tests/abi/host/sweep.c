// SPDX-License-Identifier: GPL-2.0
/* The timer that looks at what L0 did not let go of when its owner went. */
#include "test.h"

unsigned int sweeps(void)
{
	unsigned int n = 0;

	do {
		timer->set = false;
		timer->fn(NULL);
	} while (++n < 100 && timer->set);
	return n;
}

/* One sweep of the whole table */
static void pass(void)
{
	for (unsigned int i = 0; i < DIV_ROUND_UP(NR_FRAMES, 16); i++) {
		timer->set = false;
		timer->fn(NULL);
	}
}

/* Retired entries are looked at until L0 has let go of all. */
static void test_all(void)
{
	preempt = false;
	timer->set = false;
	publish(40, FIRST_MFN + OWN, 0);
	publish(41, FIRST_MFN + OWN, 1);
	l0_table[40].flags |= GTF_writing;
	l0_table[41].flags |= GTF_reading;
	release();
	expect("sweep-set", timer->set, true);
	expect("sweep-whose", retired_of(&owner_dom), 2);
	expect("sweep-not-whose", retired_of(&other_dom), 0);
	timer->set = false;
	pass();
	expect("sweep-both-used", retired_of(NULL), 2);
	expect("sweep-again", timer->set, true);
	l0_table[40].flags &= ~GTF_writing;
	pass();
	expect("sweep-one", retired_of(NULL), 1);
	expect("sweep-one-cleared", l0_table[40].flags, 0);
	expect("sweep-one-refs", page_refs(), 1);
	l0_table[41].flags &= ~GTF_reading;
	timer->set = false;
	pass();
	expect("sweep-none", retired_of(NULL), 0);
	expect("sweep-refs", page_refs(), 0);
	expect("sweep-ends", timer->set, false);
}

static void retire(unsigned int ref)
{
	publish(ref, FIRST_MFN + OWN, 1);
	l0_table[ref].flags |= GTF_reading;
	release();
}

static void test_sweep_steps(void)
{
	sweeps();
	retire(LAST);
	l0_table[LAST].flags = 0;
	expect("sweep-steps", sweeps(), DIV_ROUND_UP(NR_FRAMES, 16));
	expect("sweep-steps-none", retired_of(NULL), 0);
	/* retired where the sweep under way has been */
	retire(LAST);
	l0_table[LAST].flags = 0;
	timer->fn(NULL);
	retire(100);
	l0_table[100].flags = 0;
	sweeps();
	expect("sweep-steps-behind", retired_of(NULL), 0);
	expect("sweep-steps-refs", page_refs(), 0);
}

void test_sweep(void)
{
	test_all();
	test_sweep_steps();
}
