/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that exist nowhere but here: folders, texts, links and device nodes by
 * path, so that what reads sysfs and procfs can read a machine that is made up.
 */
#ifndef SMN_SYS_TREE_H
#define SMN_SYS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SMN_TREE_PATH 512

enum smn_tree_kind {
	SMN_TREE_FOLDER,
	SMN_TREE_TEXT,
	SMN_TREE_LINK,		/* .text is where it points */
	SMN_TREE_DEVICE,	/* a device node */
};

struct smn_leaf {
	enum smn_tree_kind kind;
	char *path;		/* without links, "." and ".." */
	char *text;
	size_t len;		/* of the text */
};

/* All of them in order of path; zeroed is a tree with a root alone. */
struct smn_tree {
	struct smn_leaf **at;
	size_t n, room;
};

/*
 * What is at @path, links followed. NULL and *err: -ENOENT, -ENOTDIR, -ELOOP,
 * -ENAMETOOLONG. The root itself is no node: -EISDIR.
 */
struct smn_leaf *smn_tree_get(const struct smn_tree *t, const char *path,
			      int *err);

/* Make it where @path's folder exists. -EEXIST, -ENOMEM; as get. */
int smn_tree_add(struct smn_tree *t, enum smn_tree_kind kind,
		 const char *path, const char *text);

/*
 * Make it with the folders above it; what was there before is replaced, a
 * folder stays. -ENOTDIR; -ENOMEM; as get.
 */
int smn_tree_put(struct smn_tree *t, enum smn_tree_kind kind,
		 const char *path, const char *text);

/* The text becomes @text. 0 or -ENOMEM. */
int smn_leaf_set(struct smn_leaf *node, const char *text, size_t len);

/* With all that is below it; a link goes, not what it points to. As get. */
int smn_tree_remove(struct smn_tree *t, const char *path);

/* As readlink(2): no end of string. -EINVAL: it is no link; as get. */
ssize_t smn_tree_readlink(const struct smn_tree *t, const char *path,
			  char *buf, size_t len);

/*
 * Calls @each for every name in the folder until it returns non-zero, which
 * may change the tree. -ENOTDIR; as get.
 */
int smn_tree_list(const struct smn_tree *t, const char *folder,
		  int (*each)(void *ctx, const char *name), void *ctx);

void smn_tree_free(struct smn_tree *t);

#endif
