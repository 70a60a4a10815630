// SPDX-License-Identifier: GPL-2.0
/*
 * The nodes and watches of struct fake_store. A change of a node queues the
 * events of it; fake_store.c sends them, and sees to the lock.
 */
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fake_nodes.h"
#include "fake_store.h"

/* Is @path @dir itself or something below it? */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

struct fake_node *fake_node_find(struct fake_store *fs, const char *path)
{
	struct fake_node *node;

	list_for_each_entry(node, &fs->nodes, list)
		if (!strcmp(node->path, path))
			return node;
	return NULL;
}

static struct fake_watch *new_watch(const char *path, const char *token)
{
	struct fake_watch *w;

	w = kzalloc(struct_size(w, path, strlen(path) + 1), GFP_KERNEL);
	if (!w)
		return NULL;
	memcpy(w->path, path, strlen(path) + 1);
	w->token = kstrdup(token, GFP_KERNEL);
	return w;
}

void fake_watch_free(struct fake_watch *w)
{
	list_del(&w->list);
	kfree(w->token);
	kfree(w);
}

static void free_node(struct fake_node *node)
{
	list_del(&node->list);
	kfree(node->value);
	kfree(node);
}

static void queue_event(struct fake_store *fs, const char *path,
			const char *token)
{
	struct fake_watch *event = new_watch(path, token);

	if (event)
		list_add_tail(&event->list, &fs->events);
}

static void fire(struct fake_store *fs, const char *path)
{
	struct fake_watch *w;

	list_for_each_entry(w, &fs->watches, list)
		if (is_below(path, w->path))
			queue_event(fs, path, w->token);
}

void fake_node_set(struct fake_store *fs, const char *path,
		   const char *value)
{
	struct fake_node *node = fake_node_find(fs, path);

	if (!node) {
		node = kzalloc(struct_size(node, path, strlen(path) + 1),
			       GFP_KERNEL);
		if (!node)
			return;
		memcpy(node->path, path, strlen(path) + 1);
		list_add_tail(&node->list, &fs->nodes);
	}
	kfree(node->value);
	node->value = kstrdup(value, GFP_KERNEL);
	fire(fs, path);
}

void fake_node_rm(struct fake_store *fs, const char *path)
{
	struct fake_node *node, *tmp;

	list_for_each_entry_safe(node, tmp, &fs->nodes, list)
		if (is_below(node->path, path))
			free_node(node);
	fire(fs, path);
}

/* The names below @dir; returns the length or -ENOENT. */
int fake_node_list(struct fake_store *fs, const char *dir, char *out,
		   size_t size)
{
	struct fake_node *node;
	size_t len = 0, dirlen = strlen(dir);
	bool exists = false;

	list_for_each_entry(node, &fs->nodes, list) {
		const char *name = node->path + dirlen;
		size_t n, pos;

		if (!is_below(node->path, dir))
			continue;
		exists = true;
		if (*name++ != '/')
			continue;
		n = strcspn(name, "/");
		for (pos = 0; pos < len; pos += strlen(out + pos) + 1)
			if (strlen(out + pos) == n &&
			    !strncmp(out + pos, name, n))
				break;
		if (pos < len || len + n + 1 > size)
			continue;
		memcpy(out + len, name, n);
		out[len + n] = '\0';
		len += n + 1;
	}
	return exists ? len : -ENOENT;
}

void fake_watch_rm(struct fake_store *fs, const char *path,
		   const char *token)
{
	struct fake_watch *w, *tmp;

	list_for_each_entry_safe(w, tmp, &fs->watches, list)
		if (!strcmp(w->path, path) && !strcmp(w->token, token))
			fake_watch_free(w);
}

void fake_watch_add(struct fake_store *fs, const char *path,
		    const char *token)
{
	struct fake_watch *w = new_watch(path, token);

	if (!w)
		return;
	list_add_tail(&w->list, &fs->watches);
	queue_event(fs, path, token);
}

void fake_nodes_free(struct fake_store *fs)
{
	struct fake_node *node, *tmp_node;
	struct fake_watch *w, *tmp_w;

	list_for_each_entry_safe(node, tmp_node, &fs->nodes, list)
		free_node(node);
	list_splice_init(&fs->events, &fs->watches);
	list_for_each_entry_safe(w, tmp_w, &fs->watches, list)
		fake_watch_free(w);
}
