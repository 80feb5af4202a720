/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine whose files are the fuzzer's bytes: entries of "NAME=CONTENT", each
 * ended by a form feed, so that seeds can be read. A path is answered by the
 * first entry whose NAME it ends in: a file and where a link points are its
 * content, a folder has a name a line, "!N" is an errno below EBUSY. Without an
 * entry there is no such file.
 */
#ifndef PRETEND_H
#define PRETEND_H

#include <errno.h>

#include "fuzz.h"

#define MAX_LISTS 200	/* no real sysfs has a loop, this one may */

struct pretend {
	struct input files;
	struct input open;	/* what is left to read */
	int nopen, nmapped, nlists;
	size_t chunk;		/* of a read */
};

static inline bool find(const struct pretend *p, const char *path,
			struct input *content)
{
	const uint8_t *at = p->files.data, *end = at + p->files.size;
	size_t len = strlen(path);

	while (at < end) {
		const uint8_t *stop = memchr(at, '\f', end - at);
		const uint8_t *is;
		size_t n;

		stop = stop ? stop : end;
		is = memchr(at, '=', stop - at);
		n = is ? (size_t)(is - at) : 0;
		if (n && n <= len && !memcmp(path + len - n, at, n)) {
			*content = (struct input){ is + 1, stop - is - 1 };
			return true;
		}
		at = stop + 1;
	}
	return false;
}

/* 0, or the errno that the entry is, or -ENOENT. */
static inline int look(const struct pretend *p, const char *path,
		       struct input *content)
{
	if (!find(p, path, content))
		return -ENOENT;
	if (content->size >= 2 && content->data[0] == '!')
		return -(1 + content->data[1] % (EBUSY - 1));
	return 0;
}

static inline int p_open(void *be, const char *path, int flags)
{
	struct pretend *p = be;
	int ret = look(p, path, &p->open);

	(void)flags;
	CHECK(path[0] == '/');
	p->nopen += !ret;
	return ret ? ret : 3;
}

static inline int p_close(void *be, int fd)
{
	struct pretend *p = be;

	CHECK(fd == 3 && p->nopen == 1);
	p->nopen--;
	return 0;
}

static inline ssize_t p_read(void *be, int fd, void *buf, size_t len)
{
	struct pretend *p = be;
	size_t n = len < p->chunk ? len : p->chunk;

	CHECK(fd == 3 && p->nopen == 1);
	n = n < p->open.size ? n : p->open.size;
	take(&p->open, buf, n);
	return n;
}

static inline ssize_t p_readlink(void *be, const char *path, char *buf,
				 size_t len)
{
	struct input content;
	int ret = look(be, path, &content);

	if (ret)
		return ret;
	len = len < content.size ? len : content.size;
	take(&content, buf, len);
	return len;
}

static inline int p_access(void *be, const char *path)
{
	struct input content;

	return look(be, path, &content);
}

static inline int p_list(void *be, const char *dir,
			 int (*each)(void *ctx, const char *name), void *ctx)
{
	struct pretend *p = be;
	struct input content;
	int ret = look(p, dir, &content);
	char name[256];		/* NAME_MAX and its end */

	if (++p->nlists > MAX_LISTS)
		return -EIO;
	while (!ret && content.size) {
		const uint8_t *nl = memchr(content.data, '\n', content.size);
		size_t n = nl ? (size_t)(nl - content.data) : content.size;

		memset(name, 0, sizeof(name));
		memcpy(name, content.data, n < 255 ? n : 255);
		content.data += n + (nl != NULL);
		content.size -= n + (nl != NULL);
		/* no folder has a name with a slash, or without a letter */
		if (name[0] && !strchr(name, '/'))
			ret = each(ctx, name);
	}
	return ret;
}

static inline void *p_map(void *be, size_t len)
{
	struct pretend *p = be;
	void *memory = calloc(1, len);

	p->nmapped += memory != NULL;
	return memory;
}

static inline int p_unmap(void *be, void *addr, size_t len)
{
	struct pretend *p = be;

	(void)len;
	p->nmapped--;
	free(addr);
	return 0;
}

/* Whatever the program is: its last argument's file is what it prints. */
static inline ssize_t p_run(void *be, const struct smn_program *p, void *buf,
			    size_t len)
{
	const char *const *argv = p->argv;
	struct input content;
	int n = 0, ret;

	while (argv[n + 1])
		n++;
	ret = look(be, argv[n], &content);
	if (ret || content.size > len)
		return ret ? ret : -EFBIG;
	len = content.size;
	take(&content, buf, len);
	return len;
}

static const struct smn_backend pretend_backend = {
	.name = "pretend", .open = p_open, .close = p_close, .read = p_read,
	.readlink = p_readlink, .access = p_access, .list = p_list,
	.map = p_map, .unmap = p_unmap, .run = p_run,
};

/* The machine of the rest of the input. Its first byte is a read's size. */
static inline struct pretend pretend(struct input *in)
{
	uint8_t chunk;

	take(in, &chunk, sizeof(chunk));
	return (struct pretend){ .files = *in, .chunk = chunk + 1 };
}

static inline void check_balance(const struct pretend *p)
{
	CHECK(!p->nopen && !p->nmapped);
}

#endif
