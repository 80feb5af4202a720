// SPDX-License-Identifier: GPL-2.0-or-later
/* The funnel. See sys.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/sys.h"

int smn_sys_ioctl(struct smn_sys *sys, enum smn_op_id op, int fd, void *arg)
{
	const struct smn_op *row = smn_op(op);
	struct smn_call *call = &sys->last;

	call->op = op;
	call->fd = fd;
	memcpy(call->in, arg, row->size);
	call->err =
		sys->be->ioctl(sys->priv, fd, row->request, arg, &call->span);
	memcpy(call->out, arg, row->size);

	if (call->err < 0) {
		sys->failed = *call;
		sys->failed.has_words = smn_op_culprit(op, call->in, call->out,
						       sys->failed.words);
	}
	if (sys->trace)
		sys->trace(sys->trace_ctx, call);
	return call->err;
}

int smn_sys_open(struct smn_sys *sys, const char *path, int flags)
{
	int fd = sys->be->open(sys->priv, path, flags);

	if (fd < 0) {
		sys->failed = (struct smn_call){ .op = SMN_OPEN, .err = fd };
		snprintf(sys->path, sizeof(sys->path), "%s", path);
	}
	return fd;
}

int smn_sys_close(struct smn_sys *sys, int fd)
{
	return sys->be->close(sys->priv, fd);
}

ssize_t smn_sys_read(struct smn_sys *sys, int fd, void *buf, size_t len)
{
	return sys->be->read(sys->priv, fd, buf, len);
}

int smn_sys_open_log(struct smn_sys *sys, const char *path, bool whole)
{
	int fd = sys->be->open(sys->priv, path, O_RDONLY | O_NONBLOCK);
	int ret = fd < 0 || whole ? 0 : sys->be->seek_end(sys->priv, fd);

	if (!ret)
		return fd;
	sys->be->close(sys->priv, fd);
	return ret;
}

ssize_t smn_sys_run(struct smn_sys *sys, const char *const argv[], void *buf,
		    size_t len)
{
	return sys->be->run(sys->priv, argv, buf, len);
}

/* Files are facts, not operations: their absence is not a failed call. */
ssize_t smn_sys_read_text(struct smn_sys *sys, const char *path, char *buf,
			  size_t len)
{
	int fd = sys->be->open(sys->priv, path, O_RDONLY);
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		n = sys->be->read(sys->priv, fd, buf + have, len - have);
		have += n > 0 ? n : 0;
	} while (n > 0 && have < len);
	sys->be->close(sys->priv, fd);

	if (n < 0)
		return n;
	if (have == len)
		return -EFBIG;
	if (have && buf[have - 1] == '\n')
		have--;
	buf[have] = '\0';
	return have;
}

/* Room for one byte more than @have, up to @most and that one. */
static int make_room(uint8_t **data, size_t *room, size_t have, size_t most)
{
	size_t wanted = *room ? 2 * *room : 4096;
	uint8_t *grown;

	if (have < *room)
		return 0;
	wanted = wanted > most ? most + 1 : wanted;
	grown = realloc(*data, wanted);
	if (!grown)
		return -ENOMEM;
	*data = grown;
	*room = wanted;
	return 0;
}

int smn_sys_read_file(struct smn_sys *sys, const char *path, size_t most,
		      uint8_t **data, size_t *size)
{
	int fd = sys->be->open(sys->priv, path, O_RDONLY);
	size_t have = 0, room = 0;
	uint8_t *read = NULL;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		n = make_room(&read, &room, have, most);
		if (!n)
			n = sys->be->read(sys->priv, fd, read + have,
					  room - have);
		have += n > 0 ? n : 0;
	} while (n > 0 && have <= most);
	sys->be->close(sys->priv, fd);

	if (n >= 0 && have <= most) {
		*data = read;
		*size = have;
		return 0;
	}
	free(read);
	return n < 0 ? n : -EFBIG;
}

int smn_sys_write_text(struct smn_sys *sys, const char *path, int flags,
		       const char *text)
{
	size_t len = strlen(text);
	int fd = sys->be->open(sys->priv, path, O_WRONLY | flags);
	ssize_t n;
	int ret;

	if (fd < 0)
		return fd;
	n = sys->be->write(sys->priv, fd, text, len);
	ret = sys->be->close(sys->priv, fd);
	if (n < 0)
		return n;
	return (size_t)n == len ? ret : -EIO;
}

int smn_sys_mkdir(struct smn_sys *sys, const char *path)
{
	return sys->be->mkdir(sys->priv, path);
}

int smn_sys_unlink(struct smn_sys *sys, const char *path)
{
	return sys->be->unlink(sys->priv, path);
}

ssize_t smn_sys_readlink(struct smn_sys *sys, const char *path, char *buf,
			 size_t len)
{
	ssize_t n = sys->be->readlink(sys->priv, path, buf, len);

	if (n >= 0 && (size_t)n == len)
		return -ENAMETOOLONG;
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

int smn_sys_link_name(struct smn_sys *sys, const char *path, char *buf,
		      size_t len)
{
	char target[512];
	ssize_t n = smn_sys_readlink(sys, path, target, sizeof(target));
	const char *name;

	if (n < 0)
		return n;
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	return snprintf(buf, len, "%s", name) < (int)len ? 0 : -ENAMETOOLONG;
}

int smn_sys_access(struct smn_sys *sys, const char *path)
{
	return sys->be->access(sys->priv, path);
}

bool smn_sys_exists(struct smn_sys *sys, const char *path)
{
	return !smn_sys_access(sys, path);
}

int smn_sys_list(struct smn_sys *sys, const char *dir,
		 int (*each)(void *ctx, const char *name), void *ctx)
{
	return sys->be->list(sys->priv, dir, each, ctx);
}

void *smn_sys_map(struct smn_sys *sys, size_t len)
{
	void *p = sys->be->map(sys->priv, len);

	if (!p)
		sys->failed =
			(struct smn_call){ .op = SMN_MMAP, .err = -ENOMEM };
	return p;
}

int smn_sys_unmap(struct smn_sys *sys, void *addr, size_t len)
{
	return sys->be->unmap(sys->priv, addr, len);
}

uint64_t smn_sys_now(struct smn_sys *sys)
{
	return sys->be->now(sys->priv);
}
