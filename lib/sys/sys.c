// SPDX-License-Identifier: GPL-2.0-or-later
/* The funnel. See sys.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/sys.h"

void smn_call_question(const struct smn_call *call, struct smn_world *w,
		       struct smn_question *q)
{
	const struct iommu_hwpt_invalidate *inval = (const void *)call->out;

	*q = (struct smn_question){
		.op = call->op, .fd = call->fd, .in = call->in,
		.out = call->out, .given = ~0u, .w = w,
		.row = call->row, .because = &call->cause,
	};
	if (call->has_words) {
		q->words = call->words;
		q->nwords = 2;
	}
	if (call->has_words && call->op == SMN_IOMMU_HWPT_INVALIDATE)
		q->first = inval->entry_num;
	smn_question_resolve(q);
}

/* A real kernel's answer changes what is known to exist. */
static void keep_up(struct smn_sys *sys, struct smn_call *call)
{
	struct smn_world *w = sys->world;
	struct smn_question q;

	if (!w || w->answers)
		return;
	smn_call_question(call, w, &q);
	q.words = smn_op_payload(call->op, call->in, &q.nwords);
	if (smn_world_happened(&q, call->out, call->err))
		w->incomplete = true;
}

/* What is done with a call once it was answered; returns call->err. */
static int went(struct smn_sys *sys, struct smn_call *call)
{
	/* another errno may mean that the payload cannot be read */
	bool read = call->err ==
		(call->op == SMN_WRITE_FAULTQ ? -EINVAL : -EIO);

	if (call->err < 0) {
		sys->failed = *call;
		sys->failed.row = sys->be->refusal ?
			sys->be->refusal(sys->priv, &sys->failed.cause) : NULL;
		sys->failed.has_words = read &&
			smn_op_culprit(call->op, call->in, call->out,
				       sys->failed.words);
	}
	keep_up(sys, call);
	if (sys->trace)
		sys->trace(sys->trace_ctx, call);
	return call->err;
}

int smn_sys_ioctl(struct smn_sys *sys, enum smn_op_id op, int fd, void *arg)
{
	const struct smn_op *row = smn_op(op);
	const struct smn_arg *value = smn_op_value(row);
	struct smn_call *call = &sys->last;

	call->op = op;
	call->fd = fd;
	memcpy(call->in, arg, row->size);
	call->err =
		sys->be->ioctl(sys->priv, fd, row->request, arg, &call->span);
	if (value && call->err >= 0) {
		smn_arg_put(value, arg, call->err ? call->err : -1);
		call->err = 0;
	}
	memcpy(call->out, arg, row->size);
	return went(sys, call);
}

int smn_sys_check_extension(struct smn_sys *sys, int fd,
			    const struct smn_extension *extension)
{
	struct smn_span span;

	return sys->be->ioctl(sys->priv, fd, extension->request,
			      (void *)(uintptr_t)extension->number, &span);
}

static struct smn_call *begin(struct smn_sys *sys, enum smn_op_id op, int fd,
			      const void *buf, size_t len)
{
	const struct smn_file_arg arg = { .length = len,
					  .data = (uintptr_t)buf };
	struct smn_call *call = &sys->last;

	*call = (struct smn_call){ .op = op, .fd = fd };
	memcpy(call->in, &arg, sizeof(arg));
	call->span.start = sys->be->now(sys->priv);
	return call;
}

static ssize_t end(struct smn_sys *sys, struct smn_call *call, ssize_t n)
{
	struct smn_file_arg arg;

	call->span.ns = sys->be->now(sys->priv) - call->span.start;
	memcpy(&arg, call->in, sizeof(arg));
	arg.length = n < 0 ? 0 : n;
	memcpy(call->out, &arg, sizeof(arg));
	call->err = n < 0 ? n : 0;
	went(sys, call);
	return n;
}

ssize_t smn_sys_read_queue(struct smn_sys *sys, enum smn_op_id op, int fd,
			   void *buf, size_t len)
{
	struct smn_call *call = begin(sys, op, fd, buf, len);

	return end(sys, call, sys->be->read(sys->priv, fd, buf, len));
}

ssize_t smn_sys_write_queue(struct smn_sys *sys, int fd, const void *buf,
			    size_t len)
{
	struct smn_call *call = begin(sys, SMN_WRITE_FAULTQ, fd, buf, len);

	return end(sys, call, sys->be->write(sys->priv, fd, buf, len));
}

static void region_failed(struct smn_sys *sys, enum smn_op_id op, int fd,
			  const void *buf, size_t len, uint64_t offset, int err)
{
	const struct smn_file_arg arg = { .length = len, .offset = offset,
					  .data = (uintptr_t)buf };

	sys->failed = (struct smn_call){ .op = op, .fd = fd, .err = err };
	memcpy(sys->failed.in, &arg, sizeof(arg));
	if (sys->trace)
		sys->trace(sys->trace_ctx, &sys->failed);
}

ssize_t smn_sys_pread(struct smn_sys *sys, int fd, void *buf, size_t len,
		      uint64_t offset)
{
	ssize_t n = sys->be->pread ?
		sys->be->pread(sys->priv, fd, buf, len, offset) : -ENOTSUP;

	if (n < 0)
		region_failed(sys, SMN_READ_REGION, fd, buf, len, offset, n);
	return n;
}

/* What is written to configuration space may matter to later refusals. */
static void region_written(struct smn_sys *sys, int fd, const void *buf,
			   size_t len, uint64_t offset)
{
	const struct smn_file_arg arg = { .length = len, .offset = offset,
					  .data = (uintptr_t)buf };
	struct smn_file_arg out = arg;
	struct smn_question q = { .op = SMN_WRITE_REGION, .fd = fd,
				  .in = &arg, .out = &out, .given = ~0u,
				  .w = sys->world };

	if (!sys->world || sys->world->answers)
		return;
	smn_question_resolve(&q);
	smn_world_happened(&q, &out, 0);
}

ssize_t smn_sys_pwrite(struct smn_sys *sys, int fd, const void *buf,
		       size_t len, uint64_t offset)
{
	ssize_t n = sys->be->pwrite ?
		sys->be->pwrite(sys->priv, fd, buf, len, offset) : -ENOTSUP;

	if (n < 0)
		region_failed(sys, SMN_WRITE_REGION, fd, buf, len, offset, n);
	else
		region_written(sys, fd, buf, len, offset);
	return n;
}

int smn_sys_eventfd(struct smn_sys *sys)
{
	int fd = sys->be->eventfd ? sys->be->eventfd(sys->priv) : -ENOTSUP;

	if (fd >= 0 && sys->world && !sys->world->answers &&
	    !smn_world_add_file(sys->world, fd, SMN_FILE_EVENTFD))
		sys->world->incomplete = true;
	return fd;
}

int smn_sys_poll(struct smn_sys *sys, struct pollfd *fds, unsigned int n,
		 int ms)
{
	return sys->be->poll ? sys->be->poll(sys->priv, fds, n, ms) : -ENOTSUP;
}

int smn_sys_open(struct smn_sys *sys, const char *path, int flags)
{
	const struct smn_file_arg arg = { .node = smn_node_of(path) };
	int fd = sys->be->open(sys->priv, path, flags);

	if (fd < 0) {
		sys->failed = (struct smn_call){ .op = SMN_OPEN, .err = fd,
						 .fd = SMN_ANY_FD };
		sys->failed.row = sys->be->refusal ?
			sys->be->refusal(sys->priv, &sys->failed.cause) : NULL;
		memcpy(sys->failed.in, &arg, sizeof(arg));
		snprintf(sys->path, sizeof(sys->path), "%s", path);
	} else if (sys->world && !sys->world->answers &&
		   smn_world_opened(sys->world, path, fd)) {
		sys->world->incomplete = true;
	}
	return fd;
}

int smn_sys_close(struct smn_sys *sys, int fd)
{
	int ret;

	if (sys->world && !sys->world->answers)
		smn_world_closed(sys->world, fd);
	ret = sys->be->close(sys->priv, fd);
	if (ret)
		sys->failed = (struct smn_call){ .op = SMN_CLOSE, .fd = fd,
						 .err = ret };
	return ret;
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
	const struct smn_program p = { .argv = argv };

	return sys->be->run(sys->priv, &p, buf, len);
}

ssize_t smn_sys_run_program(struct smn_sys *sys, const struct smn_program *p,
			    void *buf, size_t len)
{
	return sys->be->run(sys->priv, p, buf, len);
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

int smn_sys_begin_write(struct smn_sys *sys, const char *path,
			const char *text, int keep, struct smn_writer *w)
{
	int fd = sys->be->begin_write ?
		sys->be->begin_write(sys->priv, path, text, keep, &w->pid) :
		-EOPNOTSUPP;

	w->fd = fd;
	return fd < 0 ? fd : 0;
}

int smn_sys_end_write(struct smn_sys *sys, const struct smn_writer *w,
		      uint32_t ms)
{
	return sys->be->end_write(sys->priv, w->fd, w->pid, ms);
}

int smn_sys_lock(struct smn_sys *sys, int fd)
{
	return sys->be->lock ? sys->be->lock(sys->priv, fd) : 0;
}

int smn_sys_netlink(struct smn_sys *sys, int protocol)
{
	return sys->be->netlink ? sys->be->netlink(sys->priv, protocol) :
		-EPROTONOSUPPORT;
}

int smn_sys_join(struct smn_sys *sys, int fd, unsigned int group)
{
	return sys->be->join(sys->priv, fd, group);
}

int smn_sys_send(struct smn_sys *sys, int fd, const void *buf, size_t len)
{
	ssize_t n = sys->be->write(sys->priv, fd, buf, len);

	if (n < 0)
		return n;
	return (size_t)n == len ? 0 : -EIO;
}

ssize_t smn_sys_receive(struct smn_sys *sys, int fd, void *buf, size_t len,
			uint32_t *from)
{
	return sys->be->receive(sys->priv, fd, buf, len, from);
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
	else if (sys->world && smn_world_memory(sys->world, p, len))
		sys->world->incomplete = true;
	return p;
}

void *smn_sys_map_file(struct smn_sys *sys, int fd, size_t len)
{
	return sys->be->map_file(sys->priv, fd, len);
}

int smn_sys_unmap(struct smn_sys *sys, void *addr, size_t len)
{
	if (sys->world)
		smn_world_forget_memory(sys->world, addr);
	return sys->be->unmap(sys->priv, addr, len);
}

const struct smn_row *smn_sys_refusal(struct smn_sys *sys)
{
	struct smn_why cause;

	return sys->be->refusal ? sys->be->refusal(sys->priv, &cause) : NULL;
}

uint64_t smn_sys_now(struct smn_sys *sys)
{
	return sys->be->now(sys->priv);
}
