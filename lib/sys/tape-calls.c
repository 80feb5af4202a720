// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls on a tape: ioctls, memory, the clock, reasons. See tape.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sys/tape-parts.h"
#include "sys/touch.h"

/* --- ioctl --- */

/* The first word of an argument without memory is a question's number. */
static int extension(struct smn_tape *t, int fd, unsigned long request,
		     void *arg, struct smn_span *span)
{
	struct smn_tape_event e = { .call = SMN_TAPE_extension,
				    .n = { fd, request, (uintptr_t)arg } };

	ANSWER(t->real->ioctl(t->priv, fd, request, arg, span));
}

/* What lies behind the memory that it begins in is not meant. */
static struct smn_tape_bytes payload_of(const struct smn_tape *t,
					enum smn_op_id op, const void *in)
{
	size_t words, n;
	const void *p = smn_op_payload(op, in, &words);
	unsigned int map;
	uint64_t at;

	n = words * sizeof(uint64_t);
	if (smn_tape_place(t, (uintptr_t)p, &map, &at) &&
	    n > t->maps[map - 1].n - at)
		n = t->maps[map - 1].n - at;
	return smn_tape_copy(p, n);
}

static void take_answer(struct smn_tape_event *e)
{
	size_t n;
	void *p = smn_op_answer(e->op, e->in.p, &n);

	if (!p || !n || n > SMN_TAPE_BEHIND || (e->ret && e->ret != -EMSGSIZE))
		return;
	e->answer = malloc(n);
	if (e->answer && !smn_touch(e->answer, (uintptr_t)p, n, false))
		e->nanswer = n;
}

static void give_answer(const struct smn_tape_event *e)
{
	size_t n;
	void *p = smn_op_answer(e->op, e->in.p, &n);

	if (p && e->nanswer && e->nanswer <= n)
		smn_touch(e->answer, (uintptr_t)p, e->nanswer, true);
}

static int tape_ioctl(void *be, int fd, unsigned long request, void *arg,
		      struct smn_span *span)
{
	enum smn_op_id op = smn_op_by_request(request);
	_Alignas(8) unsigned char in[SMN_ARG_MAX];
	EVENT(ioctl, .n = { fd }, .op = op);

	if (op == SMN_NOPS)
		return extension(t, fd, request, arg, span);
	memcpy(in, arg, smn_op(op)->size);
	e.in = (struct smn_tape_bytes){ in, smn_op(op)->size };
	e.behind = payload_of(t, op, in);
	e.out = arg;
	e.room = e.nout = smn_op(op)->size;
	if (!smn_tape_ask(t, &e)) {
		e.ret = t->real->ioctl(t->priv, fd, request, arg, &e.span);
		take_answer(&e);
	} else {
		give_answer(&e);
	}
	smn_tape_told(t, &e);
	t->watched |= !e.ret && op == SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT;
	free((void *)e.behind.p);
	free(e.answer);
	*span = e.span;
	return e.ret;
}

/* --- memory --- */

static void *anonymous(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void *tape_map(void *be, size_t len)
{
	EVENT(map, .n = { len });
	void *p = NULL;

	if (!smn_tape_ask(t, &e)) {
		p = t->real->map(t->priv, len);
		e.ret = p ? 0 : -ENOMEM;
	}
	smn_tape_told(t, &e);
	if (!t->real && !e.ret)
		p = anonymous(len);
	return p ? smn_tape_add_map(t, p, len) : NULL;
}

/* A device's registers are nothing to be compared; a replay has none. */
static void *tape_map_file(void *be, int fd, size_t len)
{
	EVENT(map_file, .n = { fd, len });
	bool memory = t->memory;
	void *p = NULL;

	if (!smn_tape_ask(t, &e)) {
		p = t->real->map_file(t->priv, fd, len);
		e.ret = p ? 0 : -ENODEV;
	}
	smn_tape_told(t, &e);
	if (!t->real && !e.ret)
		p = anonymous(len);
	t->memory = false;
	if (p)
		p = smn_tape_add_map(t, p, len);
	t->memory = memory;
	return p;
}

static int tape_unmap(void *be, void *addr, size_t len)
{
	EVENT(unmap, .n = { 0, len });
	bool answered = false;

	/* before it is gone */
	e.n[0] = smn_tape_drop_map(t, addr);
	answered = smn_tape_ask(t, &e);
	if (!answered)
		e.ret = t->real->unmap(t->priv, addr, len);
	else if (!e.ret && munmap(addr, len))
		e.ret = -errno;
	return smn_tape_told(t, &e);
}

/* --- time, reasons --- */

static uint64_t tape_now(void *be)
{
	EVENT(now);

	ANSWER((int64_t)t->real->now(t->priv));
}

static const struct smn_row *tape_refusal(void *be, struct smn_why *cause)
{
	EVENT(refusal, .why = cause);

	if (!smn_tape_ask(t, &e) && t->real->refusal)
		e.row = t->real->refusal(t->priv, cause);
	smn_tape_told(t, &e);
	return e.row;
}

void smn_tape_calls(struct smn_backend *be)
{
	be->ioctl = tape_ioctl;
	be->map = tape_map;
	be->map_file = tape_map_file;
	be->unmap = tape_unmap;
	be->now = tape_now;
	be->refusal = tape_refusal;
}
