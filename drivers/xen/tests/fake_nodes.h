/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the thread of fake_store.c asks of the nodes behind it.
 */
#ifndef _XEN_TESTS_FAKE_NODES_H
#define _XEN_TESTS_FAKE_NODES_H

#include <linux/types.h>

struct fake_store;

struct fake_node {
	struct list_head list;
	char *value;
	unsigned int reads;	/* by xenbus */
	char path[];
};

/* A watch xenbus has registered, or an event of one. */
struct fake_watch {
	struct list_head list;
	char *token;
	char path[];
};

struct fake_node *fake_node_find(struct fake_store *fs, const char *path);
void fake_watch_free(struct fake_watch *w);
void fake_node_set(struct fake_store *fs, const char *path,
		   const char *value);
void fake_node_rm(struct fake_store *fs, const char *path);
int fake_node_list(struct fake_store *fs, const char *dir, char *out,
		   size_t size);
void fake_watch_rm(struct fake_store *fs, const char *path,
		   const char *token);
void fake_watch_add(struct fake_store *fs, const char *path,
		    const char *token);
void fake_nodes_free(struct fake_store *fs);

#endif /* _XEN_TESTS_FAKE_NODES_H */
