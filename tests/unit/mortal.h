/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process on a model that dies before or after a chosen one of its calls, or
 * whose call fails.
 */
#ifndef MORTAL_H
#define MORTAL_H

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "sys/model.h"

enum { MAX_FDS = 64, NEVER = -1 };

enum fate { DIES_BEFORE, DIES_AFTER, FAILS };

struct mortal {
	struct smn_model *m;
	int calls, at;
	enum fate fate;
	jmp_buf death;
	char path[MAX_FDS][64];		/* of what is open, or "" */
	bool locked[MAX_FDS];
	int told;			/* what its child's write came to */
};

/* Is this the call? Those that fail do not happen. */
static bool fails(struct mortal *k)
{
	bool now = k->calls++ == k->at;

	if (now && k->fate == DIES_BEFORE)
		longjmp(k->death, 1);
	return now && k->fate == FAILS;
}

static void was(struct mortal *k)
{
	if (k->calls - 1 == k->at && k->fate == DIES_AFTER)
		longjmp(k->death, 1);
}

#define FORWARD(k, type, call) \
	({ \
		type ret_ = -EIO; \
		if (!fails(k)) { \
			ret_ = smn_backend_model.call; \
			was(k); \
		} \
		ret_; \
	})

static int k_open(void *be, const char *path, int flags)
{
	struct mortal *k = be;
	int fd;

	if (fails(k))
		return -EIO;
	fd = smn_backend_model.open(k->m, path, flags);
	if (fd >= 0 && fd < MAX_FDS)
		snprintf(k->path[fd], sizeof(k->path[fd]), "%.63s", path);
	was(k);
	return fd;
}

static int k_close(void *be, int fd)
{
	struct mortal *k = be;

	k->path[fd][0] = '\0';
	k->locked[fd] = false;
	return smn_backend_model.close(k->m, fd);
}

static ssize_t k_read(void *be, int fd, void *buf, size_t len)
{
	struct mortal *k = be;

	return FORWARD(k, ssize_t, read(k->m, fd, buf, len));
}

static ssize_t k_write(void *be, int fd, const void *buf, size_t len)
{
	struct mortal *k = be;

	return FORWARD(k, ssize_t, write(k->m, fd, buf, len));
}

static ssize_t k_readlink(void *be, const char *path, char *buf, size_t len)
{
	struct mortal *k = be;

	return FORWARD(k, ssize_t, readlink(k->m, path, buf, len));
}

static int k_access(void *be, const char *path)
{
	struct mortal *k = be;

	return FORWARD(k, int, access(k->m, path));
}

static int k_mkdir(void *be, const char *path)
{
	struct mortal *k = be;

	return FORWARD(k, int, mkdir(k->m, path));
}

static int k_unlink(void *be, const char *path)
{
	struct mortal *k = be;

	return FORWARD(k, int, unlink(k->m, path));
}

/* not counted: nobody dies with what he has gathered in his hands */
static int k_list(void *be, const char *dir,
		  int (*each)(void *ctx, const char *name), void *ctx)
{
	return smn_backend_model.list(((struct mortal *)be)->m, dir, each, ctx);
}

/* Time and waiting change nothing that anybody would have to undo. */
static uint64_t k_now(void *be)
{
	return smn_backend_model.now(((struct mortal *)be)->m);
}

static int k_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	return smn_backend_model.poll(((struct mortal *)be)->m, fds, n, ms);
}

static int k_lock(void *be, int fd)
{
	struct mortal *k = be;

	if (fails(k))
		return -EIO;
	for (int i = 0; i < MAX_FDS; i++)
		if (i != fd && k->locked[i] && !strcmp(k->path[i], k->path[fd]))
			return -EWOULDBLOCK;
	k->locked[fd] = true;
	was(k);
	return 0;
}

/* Its child writes at once, and dies with nobody. */
static int k_begin_write(void *be, const char *path, const char *text,
			 int keep, int *pid)
{
	struct mortal *k = be;
	struct smn_sys sys = { .be = &smn_backend_model, .priv = k->m };

	(void)keep;
	if (fails(k))
		return -EAGAIN;
	k->told = smn_sys_write_text(&sys, path, 0, text);
	*pid = 2;
	was(k);
	return MAX_FDS;
}

static int k_end_write(void *be, int fd, int pid, uint32_t ms)
{
	(void)fd;
	(void)pid;
	(void)ms;
	return ((struct mortal *)be)->told;
}

static const struct smn_backend mortal_backend = {
	.name = "mortal", .open = k_open, .close = k_close, .read = k_read,
	.write = k_write, .readlink = k_readlink, .access = k_access,
	.mkdir = k_mkdir, .unlink = k_unlink, .list = k_list, .lock = k_lock,
	.now = k_now, .poll = k_poll, .begin_write = k_begin_write,
	.end_write = k_end_write,
};

#endif
