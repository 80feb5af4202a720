/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine that is a list of files, for what reads sysfs and the like. */
#ifndef FILES_H
#define FILES_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smmunest.h"

/* A file's content, where a link points, or a folder's names, a line each. */
struct file {
	const char *path;
	const void *content;
	size_t size;		/* 0: the length of the string */
	int err;		/* instead of it: -errno */
};

struct files {
	const struct file *file;	/* up to one without a path */
	const struct file *open;
	size_t at, chunk;		/* chunk: of a read */
	int nopen;
};

static inline const struct file *file_at(const struct files *fs,
					 const char *path)
{
	for (const struct file *f = fs->file; f->path; f++)
		if (!strcmp(f->path, path))
			return f;
	return NULL;
}

static inline size_t file_size(const struct file *f)
{
	return f->size ? f->size : strlen(f->content);
}

static inline int f_access(void *be, const char *path)
{
	const struct file *f = file_at(be, path);

	return f ? f->err : -ENOENT;
}

static inline int f_open(void *be, const char *path, int flags)
{
	struct files *fs = be;
	int ret = f_access(fs, path);

	(void)flags;
	if (ret)
		return ret;
	fs->open = file_at(fs, path);
	fs->at = 0;
	fs->nopen++;
	return 3;
}

static inline int f_close(void *be, int fd)
{
	struct files *fs = be;

	(void)fd;
	fs->nopen--;
	return 0;
}

static inline ssize_t f_read(void *be, int fd, void *buf, size_t len)
{
	struct files *fs = be;
	size_t left = file_size(fs->open) - fs->at;

	(void)fd;
	len = fs->chunk && len > fs->chunk ? fs->chunk : len;
	len = len < left ? len : left;
	memcpy(buf, (const char *)fs->open->content + fs->at, len);
	fs->at += len;
	return len;
}

static inline ssize_t f_readlink(void *be, const char *path, char *buf,
				 size_t len)
{
	const struct file *f = file_at(be, path);

	if (!f || f->err)
		return f ? f->err : -ENOENT;
	len = len < file_size(f) ? len : file_size(f);
	memcpy(buf, f->content, len);
	return len;
}

static inline int f_list(void *be, const char *dir,
			 int (*each)(void *ctx, const char *name), void *ctx)
{
	const struct file *f = file_at(be, dir);
	char text[512], *line, *rest = text;
	int ret = 0;

	if (!f || f->err)
		return f ? f->err : -ENOENT;
	snprintf(text, sizeof(text), "%s", (const char *)f->content);
	while (!ret && (line = strsep(&rest, "\n")))
		if (line[0])
			ret = each(ctx, line);
	return ret;
}

/* The one program there is: gzip -dc FILE, of files that are not packed. */
static inline ssize_t f_run(void *be, const struct smn_program *p, void *buf,
			    size_t len)
{
	const char *const *argv = p->argv;
	const struct file *f;

	if (strcmp(argv[0], "gzip") || strcmp(argv[1], "-dc") || argv[3])
		return -EINVAL;
	f = file_at(be, argv[2]);
	if (!file_at(be, "gzip"))
		return -ENOENT;
	if (!f || f->err)
		return -EIO;
	if (file_size(f) > len)
		return -EFBIG;
	memcpy(buf, f->content, file_size(f));
	return file_size(f);
}

static const struct smn_backend files_backend = {
	.name = "files", .open = f_open, .close = f_close, .read = f_read,
	.readlink = f_readlink, .access = f_access, .list = f_list,
	.run = f_run,
};

#endif
