// SPDX-License-Identifier: GPL-2.0-or-later
/* Made-up files. One sorted array: a folder is a run of it. See tree.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/tree.h"

#define MAX_LINKS 16

/* Where @path is, or would be. */
static size_t place(const struct smn_tree *t, const char *path)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(t->at[mid]->path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct smn_leaf *exact(const struct smn_tree *t, const char *path)
{
	size_t i = place(t, path);

	return i < t->n && !strcmp(t->at[i]->path, path) ? t->at[i] : NULL;
}

/* The first one behind it. */
static size_t behind(const struct smn_tree *t, const char *path)
{
	size_t i = place(t, path);

	return i + (i < t->n && !strcmp(t->at[i]->path, path));
}

/* --- paths --- */

/* What is resolved already, and what is left of the path. */
struct way {
	char at[SMN_TREE_PATH];		/* "" is the root */
	char rest[SMN_TREE_PATH];
	unsigned int links;
};

static void step_up(struct way *w)
{
	char *slash = strrchr(w->at, '/');

	if (slash)
		*slash = '\0';
}

static int step_down(struct way *w, const char *name, size_t len)
{
	size_t have = strlen(w->at);

	if (have + 1 + len >= sizeof(w->at))
		return -ENAMETOOLONG;
	w->at[have] = '/';
	memcpy(w->at + have + 1, name, len);
	w->at[have + 1 + len] = '\0';
	return 0;
}

/* The link's target goes before what is left. */
static int follow(struct way *w, const struct smn_leaf *link, const char *left)
{
	char rest[SMN_TREE_PATH];
	size_t n = snprintf(rest, sizeof(rest), "%s%s%s", link->text,
			    *left ? "/" : "", left);

	if (++w->links > MAX_LINKS)
		return -ELOOP;
	if (n >= sizeof(rest))
		return -ENAMETOOLONG;
	memcpy(w->rest, rest, n + 1);
	if (rest[0] == '/')
		w->at[0] = '\0';
	else
		step_up(w);
	return 0;
}

/*
 * Go down one name of what is left. @last: a link at the very end is followed,
 * too.
 */
static int step(const struct smn_tree *t, struct way *w, bool last)
{
	char *name = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(name, "/");
	char *left = name + len + strspn(name + len, "/");
	const struct smn_leaf *node;
	int ret;

	if (len == 2 && !memcmp(name, "..", 2))
		step_up(w);
	if (!len || (len <= 2 && !memcmp(name, "..", len))) {
		memmove(w->rest, left, strlen(left) + 1);
		return 0;
	}
	ret = step_down(w, name, len);
	if (ret)
		return ret;
	node = exact(t, w->at);
	if (node && node->kind == SMN_TREE_LINK && (*left || last))
		return follow(w, node, left);
	if (*left && (!node || node->kind != SMN_TREE_FOLDER))
		return node ? -ENOTDIR : -ENOENT;
	memmove(w->rest, left, strlen(left) + 1);
	return 0;
}

/* The path without links, "." and ".."; its end need not exist. */
static int resolve(const struct smn_tree *t, const char *path, bool last,
		   char at[SMN_TREE_PATH])
{
	struct way w = { .at = "" };
	int ret = 0;

	if (strlen(path) >= sizeof(w.rest))
		return -ENAMETOOLONG;
	strcpy(w.rest, path);
	while (!ret && w.rest[0])
		ret = step(t, &w, last);
	memcpy(at, w.at, sizeof(w.at));
	return ret;
}

static struct smn_leaf *get(const struct smn_tree *t, const char *path,
			    bool last, int *err)
{
	char at[SMN_TREE_PATH];
	struct smn_leaf *node;

	*err = resolve(t, path, last, at);
	if (*err)
		return NULL;
	node = exact(t, at);
	if (!node)
		*err = at[0] ? -ENOENT : -EISDIR;
	return node;
}

struct smn_leaf *smn_tree_get(const struct smn_tree *t, const char *path,
			      int *err)
{
	return get(t, path, true, err);
}

/* --- changing it --- */

int smn_leaf_set(struct smn_leaf *node, const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	free(node->text);
	node->text = copy;
	node->len = len;
	return 0;
}

static void free_node(struct smn_leaf *node)
{
	free(node->path);
	free(node->text);
	free(node);
}

static int make_room(struct smn_tree *t)
{
	size_t room = t->room ? 2 * t->room : 64;
	void *grown;

	if (t->n < t->room)
		return 0;
	grown = realloc(t->at, room * sizeof(struct smn_leaf *));
	if (!grown)
		return -ENOMEM;
	t->at = grown;
	t->room = room;
	return 0;
}

static int insert(struct smn_tree *t, enum smn_tree_kind kind,
		  const char *path, const char *text)
{
	struct smn_leaf *node = calloc(1, sizeof(*node));
	size_t i = place(t, path);

	if (!node || make_room(t) || smn_leaf_set(node, text, strlen(text))) {
		free(node);
		return -ENOMEM;
	}
	node->kind = kind;
	node->path = strdup(path);
	if (!node->path) {
		free_node(node);
		return -ENOMEM;
	}
	memmove(&t->at[i + 1], &t->at[i],
		(t->n - i) * sizeof(struct smn_leaf *));
	t->at[i] = node;
	t->n++;
	return 0;
}

int smn_tree_add(struct smn_tree *t, enum smn_tree_kind kind,
		 const char *path, const char *text)
{
	char at[SMN_TREE_PATH];
	int ret = resolve(t, path, false, at);

	if (ret)
		return ret;
	return !at[0] || exact(t, at) ? -EEXIST : insert(t, kind, at, text);
}

int smn_tree_put(struct smn_tree *t, enum smn_tree_kind kind,
		 const char *path, const char *text)
{
	char above[SMN_TREE_PATH];
	struct smn_leaf *node;
	int ret = 0, err;

	if (strlen(path) >= sizeof(above))
		return -ENAMETOOLONG;
	for (const char *p = path + strspn(path, "/");
	     !ret && (p = strchr(p, '/')); p++) {
		memcpy(above, path, p - path);
		above[p - path] = '\0';
		ret = smn_tree_add(t, SMN_TREE_FOLDER, above, "");
		ret = ret == -EEXIST ? 0 : ret;
	}
	if (!ret)
		ret = smn_tree_add(t, kind, path, text);
	if (ret != -EEXIST)
		return ret;
	node = get(t, path, false, &err);
	if (!node)
		return err;
	if ((node->kind == SMN_TREE_FOLDER) != (kind == SMN_TREE_FOLDER))
		return -ENOTDIR;
	node->kind = kind;
	return smn_leaf_set(node, text, strlen(text));
}

int smn_tree_remove(struct smn_tree *t, const char *path)
{
	char at[SMN_TREE_PATH];
	size_t len, kept = 0;
	int err;

	if (!get(t, path, false, &err))
		return err;
	resolve(t, path, false, at);
	len = strlen(at);
	for (size_t i = 0; i < t->n; i++) {
		struct smn_leaf *node = t->at[i];

		if (!strncmp(node->path, at, len) &&
		    (!node->path[len] || node->path[len] == '/'))
			free_node(node);
		else
			t->at[kept++] = node;
	}
	t->n = kept;
	return 0;
}

/* --- looking --- */

ssize_t smn_tree_readlink(const struct smn_tree *t, const char *path,
			  char *buf, size_t len)
{
	int err;
	const struct smn_leaf *node = get(t, path, false, &err);

	if (!node || node->kind != SMN_TREE_LINK)
		return node || err == -EISDIR ? -EINVAL : err;
	len = len < node->len ? len : node->len;
	memcpy(buf, node->text, len);
	return len;
}

int smn_tree_list(const struct smn_tree *t, const char *folder,
		  int (*each)(void *ctx, const char *name), void *ctx)
{
	char at[SMN_TREE_PATH], last[SMN_TREE_PATH];
	const struct smn_leaf *node;
	size_t len, i;
	int ret;

	node = smn_tree_get(t, folder, &ret);
	if (!node && ret != -EISDIR)
		return ret;
	if (node && node->kind != SMN_TREE_FOLDER)
		return -ENOTDIR;
	len = snprintf(at, sizeof(at), "%s/", node ? node->path : "");
	if (len >= sizeof(at))
		return -ENAMETOOLONG;
	/* found anew each time: @each may change what is there */
	for (i = behind(t, at); i < t->n; i = behind(t, last)) {
		if (strncmp(t->at[i]->path, at, len))
			break;
		strcpy(last, t->at[i]->path);
		ret = strchr(last + len, '/') ? 0 : each(ctx, last + len);
		if (ret)
			return ret;
	}
	return 0;
}

void smn_tree_free(struct smn_tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		free_node(t->at[i]);
	free(t->at);
	*t = (struct smn_tree){ 0 };
}
