// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls on a tape: files, folders, other processes, messages. See tape.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "sys/tape-parts.h"

/* --- files --- */

static int tape_open(void *be, const char *path, int flags)
{
	EVENT(open, .path = path, .n = { flags });

	ANSWER(t->real->open(t->priv, path, flags));
}

static int tape_close(void *be, int fd)
{
	EVENT(close, .n = { fd });

	ANSWER(t->real->close(t->priv, fd));
}

static ssize_t tape_read(void *be, int fd, void *buf, size_t len)
{
	EVENT(read, .n = { fd, len }, .out = buf, .room = len);

	ANSWER(t->real->read(t->priv, fd, buf, len));
}

static ssize_t tape_write(void *be, int fd, const void *buf, size_t len)
{
	EVENT(write, .n = { fd, len }, .in = smn_tape_copy(buf, len));

	if (!smn_tape_ask(t, &e))
		e.ret = t->real->write(t->priv, fd, buf, len);
	smn_tape_told(t, &e);
	free((void *)e.in.p);
	return e.ret;
}

static ssize_t tape_pread(void *be, int fd, void *buf, size_t len,
			  uint64_t offset)
{
	EVENT(pread, .n = { fd, len, offset }, .out = buf, .room = len);

	ANSWER(t->real->pread(t->priv, fd, buf, len, offset));
}

static ssize_t tape_pwrite(void *be, int fd, const void *buf, size_t len,
			   uint64_t offset)
{
	EVENT(pwrite, .n = { fd, len, offset }, .in = { buf, len });

	ANSWER(t->real->pwrite(t->priv, fd, buf, len, offset));
}

static int tape_eventfd(void *be)
{
	EVENT(eventfd);

	ANSWER(t->real->eventfd(t->priv));
}

/* What came of it is in the same array as what was asked. */
static int tape_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	EVENT(poll, .n = { n, ms }, .out = fds, .room = n * sizeof(*fds));
	struct pollfd *asked = calloc(n + 1, sizeof(*asked));

	for (unsigned int i = 0; i < n; i++)
		fds[i].revents = 0;
	if (asked && n)
		e.in = (struct smn_tape_bytes){ memcpy(asked, fds, e.room),
						e.room };
	e.nout = e.room;
	if (!smn_tape_ask(t, &e))
		e.ret = t->real->poll(t->priv, fds, n, ms);
	smn_tape_told(t, &e);
	free(asked);
	return e.ret;
}

static int tape_seek_end(void *be, int fd)
{
	EVENT(seek_end, .n = { fd });

	ANSWER(t->real->seek_end(t->priv, fd));
}

static int tape_lock(void *be, int fd)
{
	EVENT(lock, .n = { fd });

	ANSWER(t->real->lock(t->priv, fd));
}

/* --- paths --- */

static ssize_t tape_readlink(void *be, const char *path, char *buf, size_t len)
{
	EVENT(readlink, .path = path, .n = { len }, .out = buf, .room = len);

	ANSWER(t->real->readlink(t->priv, path, buf, len));
}

static int tape_access(void *be, const char *path)
{
	EVENT(access, .path = path);

	ANSWER(t->real->access(t->priv, path));
}

static int tape_mkdir(void *be, const char *path)
{
	EVENT(mkdir, .path = path);

	ANSWER(t->real->mkdir(t->priv, path));
}

static int tape_unlink(void *be, const char *path)
{
	EVENT(unlink, .path = path);

	ANSWER(t->real->unlink(t->priv, path));
}

/* The names of a folder, one behind the other, each with its end. */
struct listing {
	char *names;
	size_t n, room;
};

static int collect(void *ctx, const char *name)
{
	struct listing *l = ctx;
	size_t len = strlen(name) + 1;
	char *more;

	if (l->n + len > l->room) {
		l->room = 2 * (l->n + len);
		more = realloc(l->names, l->room);
		if (!more)
			return -ENOMEM;
		l->names = more;
	}
	memcpy(l->names + l->n, name, len);
	l->n += len;
	return 0;
}

static int tell_names(const struct smn_tape_event *e,
		      int (*each)(void *ctx, const char *name), void *ctx)
{
	const char *all_names = e->out;
	int ret = e->ret;

	for (size_t at = 0; !ret && at < e->nout;
	     at += strlen(all_names + at) + 1)
		ret = each(ctx, all_names + at);
	return ret;
}

/* All of it is listed, also when @each has seen enough after a few. */
static int tape_list(void *be, const char *dir,
		     int (*each)(void *ctx, const char *name), void *ctx)
{
	EVENT(list, .path = dir);
	struct listing l = { 0 };
	int ret;

	if (!smn_tape_ask(t, &e))
		e.ret = t->real->list(t->priv, dir, collect, &l);
	if (t->real) {
		e.out = l.names;
		e.nout = l.n;
	}
	smn_tape_told(t, &e);
	ret = tell_names(&e, each, ctx);
	free(e.out);
	return ret;
}

/* --- other processes, and the kernel's messages --- */

/* The words of a list, one behind the other. */
static char *joined(const char *const *words)
{
	struct listing l = { 0 };

	while (words && *words)
		if (collect(&l, *words++))
			break;
	for (size_t i = 0; i + 1 < l.n; i++)
		l.names[i] = l.names[i] ? l.names[i] : ' ';
	return l.names;
}

static ssize_t tape_run(void *be, const struct smn_program *p, void *buf,
			size_t len)
{
	struct smn_tape *t = be;
	char *argv = joined(p->argv), *env = joined(p->env);
	struct smn_tape_event e = { .call = SMN_TAPE_run, .path = argv,
				    .text = env, .n = { len, p->ms },
				    .out = buf, .room = len };

	if (!smn_tape_ask(t, &e))
		e.ret = t->real->run(t->priv, p, buf, len);
	smn_tape_told(t, &e);
	free(argv);
	free(env);
	return e.ret;
}

static int tape_begin_write(void *be, const char *path, const char *text,
			    int keep, int *pid)
{
	EVENT(begin_write, .path = path, .text = text, .n = { keep });

	if (!smn_tape_ask(t, &e)) {
		e.ret = t->real->begin_write(t->priv, path, text, keep, pid);
		e.more = *pid;
	}
	smn_tape_told(t, &e);
	*pid = e.more;
	return e.ret;
}

static int tape_end_write(void *be, int fd, int pid, uint32_t ms)
{
	EVENT(end_write, .n = { fd, pid, ms });

	ANSWER(t->real->end_write(t->priv, fd, pid, ms));
}

static int tape_netlink(void *be, int protocol)
{
	EVENT(netlink, .n = { protocol });

	ANSWER(t->real->netlink(t->priv, protocol));
}

static int tape_join(void *be, int fd, unsigned int group)
{
	EVENT(join, .n = { fd, group });

	ANSWER(t->real->join(t->priv, fd, group));
}

static ssize_t tape_receive(void *be, int fd, void *buf, size_t len,
			    uint32_t *from)
{
	EVENT(receive, .n = { fd, len }, .out = buf, .room = len);

	if (!smn_tape_ask(t, &e)) {
		e.ret = t->real->receive(t->priv, fd, buf, len, from);
		e.more = e.ret < 0 ? 0 : *from;
	}
	smn_tape_told(t, &e);
	*from = e.more;
	return e.ret;
}

void smn_tape_files(struct smn_backend *be)
{
	be->open = tape_open;
	be->close = tape_close;
	be->read = tape_read;
	be->write = tape_write;
	be->pread = tape_pread;
	be->pwrite = tape_pwrite;
	be->eventfd = tape_eventfd;
	be->poll = tape_poll;
	be->readlink = tape_readlink;
	be->access = tape_access;
	be->mkdir = tape_mkdir;
	be->unlink = tape_unlink;
	be->list = tape_list;
	be->seek_end = tape_seek_end;
	be->lock = tape_lock;
	be->run = tape_run;
	be->begin_write = tape_begin_write;
	be->end_write = tape_end_write;
	be->netlink = tape_netlink;
	be->join = tape_join;
	be->receive = tape_receive;
}
