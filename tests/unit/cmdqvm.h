/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VM that only notes what a command queue asks of it, and can fail. */
#ifndef CMDQVM_H
#define CMDQVM_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nest/cmdq.h"
#include "tap.h"

enum { ROOM = 4096, MOST_STEPS = 64, SID = 0x10 };

#define ASID(a) { 0x11 | (uint64_t)(a) << 48, 0 }
#define SYNC { 0x46, 0 }
#define PREFETCH { 0x01 | (uint64_t)SID << 32, 0 }
#define CFGI_STE(sid) { 0x03 | (uint64_t)(sid) << 32, 1 }
#define CFGI_RANGE(sid, range) { 0x04 | (uint64_t)(sid) << 32, range }
#define CFGI_CD(sid) { 0x05 | (uint64_t)(sid) << 32, 1 }
#define ATC(sid) { 0x40 | (uint64_t)(sid) << 32, 0 }

/* The file, the kernel and the guest's memory of one test. */
struct test {
	uint8_t bytes[ROOM * 16];
	size_t size, at;
	int read_fails;

	uint32_t fail_call;		/* the invalidate() that fails */
	int fail_err, configure_err;
	uint32_t handled;
	uint32_t calls;
	uint64_t sent[ROOM];		/* words 0, in order */
	size_t nsent;
	unsigned int stop_after;	/* stop() calls, 0: never */

	unsigned int nsteps;
	struct smn_cmdq_step steps[MOST_STEPS];

	uint8_t memory[65536];
	struct smn_memory images;
	struct smn_strtab strtab;
	struct smn_rules rules;
	struct smn_cmdq q;
	uint64_t run[ROOM][2];
	uint32_t vsids[2];
};

static inline int read_file(void *ctx, void *buf, size_t len, size_t *got)
{
	struct test *x = ctx;
	size_t n = x->size - x->at;

	/* an odd piece, so that entries are torn */
	n = n < len ? n : len;
	n = n < 1003 ? n : 1003;
	memcpy(buf, x->bytes + x->at, n);
	x->at += n;
	*got = n;
	return n ? 0 : x->read_fails;
}

static inline int seek_file(void *ctx, uint64_t offset)
{
	struct test *x = ctx;

	x->at = offset < x->size ? offset : x->size;
	return 0;
}

static inline int read_memory(void *ctx, uint64_t offset, void *buf, size_t len)
{
	const struct test *x = ctx;

	memcpy(buf, x->memory + offset, len);
	return 0;
}

static inline int invalidate(void *ctx, const uint64_t (*cmds)[2], uint32_t n,
		      uint32_t *handled)
{
	struct test *x = ctx;

	*handled = n;
	for (uint32_t i = 0; i < n && x->nsent < ROOM; i++)
		x->sent[x->nsent++] = cmds[i][0];
	if (++x->calls != x->fail_call)
		return 0;
	*handled = x->handled;
	return x->fail_err;
}

static inline int configure(void *ctx, uint32_t vsid, const uint64_t ste[2])
{
	struct test *x = ctx;

	(void)vsid;
	(void)ste;
	return x->configure_err;
}

static inline void note(void *ctx, const struct smn_cmdq_step *step)
{
	struct test *x = ctx;

	if (x->nsteps < MOST_STEPS)
		x->steps[x->nsteps++] = *step;
}

static inline bool stop(void *ctx)
{
	struct test *x = ctx;

	return x->stop_after && !--x->stop_after;
}

static inline void reset(struct test *x)
{
	*x = (struct test){ .vsids = { SID, 0x22 } };
	smn_rules_init(&x->rules, SMN_FEATS_ALL);
	x->q = (struct smn_cmdq){
		.from = { .read = read_file, .ctx = x }, .seek = seek_file,
		.window = { .count = UINT64_MAX },
		.rules = &x->rules, .acc = { .strict = true },
		.vsids = x->vsids, .nvsids = 2, .memory = &x->images,
		.vm = { invalidate, configure, note, stop, x },
		.run = x->run, .room = ROOM,
	};
}

static inline void put(struct test *x, const uint64_t (*cmds)[2], size_t n)
{
	memcpy(x->bytes + x->size, cmds, n * 16);
	x->size += n * 16;
}

#define PUT(x, ...) \
	do { \
		const uint64_t cmds[][2] = { __VA_ARGS__ }; \
		put(x, cmds, SMN_ARRAY_SIZE(cmds)); \
	} while (0)

static inline void put_many(struct test *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		PUT(x, ASID(i));
}

static inline bool ended(const struct test *x, enum smn_cmdq_end end,
		  enum smn_cerror e, uint64_t cons)
{
	bool ok = x->q.end == end && x->q.cerror == e &&
		x->q.account.cons == cons;

	if (!ok)
		printf("# end %d cerror %s cons %d: %s\n", x->q.end,
		       smn_cerror_name(x->q.cerror), (int)x->q.account.cons,
		       x->q.why.text);
	return ok;
}

static inline bool issued(const struct test *x, uint64_t n, uint64_t again,
		   uint64_t unknown)
{
	const struct smn_cmdq_account *a = &x->q.account;
	bool ok = a->issued == n && a->again == again && a->unknown == unknown;

	if (!ok)
		printf("# issued %d again %d unknown %d\n", (int)a->issued,
		       (int)a->again, (int)a->unknown);
	return ok;
}

static inline bool step_is(const struct test *x, unsigned int i,
		    enum smn_cmdq_what what, uint64_t first, uint64_t last)
{
	const struct smn_cmdq_step *s = &x->steps[i];

	return i < x->nsteps && s->what == what && s->first == first &&
		s->last == last;
}

#endif
