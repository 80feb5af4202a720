// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each call makes an event of what it was called with; a recording then makes
 * the call and tells of it, a replay is told. See tape.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/tape-parts.h"
#include "sys/touch.h"

static const char *const names[SMN_TAPE_NCALLS][4] = {
#define X(name, a, b, c) [SMN_TAPE_##name] = { #name, a, b, c },
	SMN_TAPE_CALLS(X)
#undef X
};

const char *smn_tape_call_name(enum smn_tape_call call)
{
	return names[call][0];
}

const char *smn_tape_number_name(enum smn_tape_call call, unsigned int i)
{
	return i < 3 ? names[call][1 + i] : NULL;
}

/* --- around each call --- */

bool smn_tape_ask(struct smn_tape *t, struct smn_tape_event *e)
{
	int ret;

	if (t->real)
		return false;
	ret = t->user.get(t->user.ctx, t, e);
	if (ret)
		e->ret = ret;
	return true;
}

/* Of most calls the value is how many bytes came. */
static void measure(struct smn_tape_event *e)
{
	if (e->room && !e->nout && e->ret > 0)
		e->nout = (size_t)e->ret < e->room ? (size_t)e->ret : e->room;
}

int64_t smn_tape_told(struct smn_tape *t, struct smn_tape_event *e)
{
	if (!t->real)
		return e->ret;
	measure(e);
	smn_tape_look(t);
	t->user.put(t->user.ctx, t, e, t->changes, t->nchanges);
	return e->ret;
}

struct smn_tape_bytes smn_tape_copy(const void *p, size_t n)
{
	void *copy = p && n && n <= SMN_TAPE_BEHIND ? malloc(n) : NULL;

	if (copy && !smn_touch(copy, (uintptr_t)p, n, false))
		return (struct smn_tape_bytes){ copy, n };
	free(copy);
	return (struct smn_tape_bytes){ 0 };
}

/* --- the tape --- */

#define OPTIONAL(X) \
	X(pread) X(pwrite) X(eventfd) X(poll) X(refusal) X(begin_write) \
	X(lock) X(netlink)

uint32_t smn_tape_lacks(const struct smn_backend *be)
{
	uint32_t calls = 0;

#define X(name) calls |= be->name ? 0 : 1u << SMN_TAPE_##name;
	OPTIONAL(X)
#undef X
	return calls;
}

void smn_tape_lack(struct smn_tape *t, uint32_t calls)
{
#define X(name) \
	if (calls >> SMN_TAPE_##name & 1) \
		t->be.name = NULL;
	OPTIONAL(X)
#undef X
}

static void begin_tape(struct smn_tape *t, struct smn_sys *sys,
		       const struct smn_tape_user *user, const char *name)
{
	t->user = *user;
	smn_tape_files(&t->be);
	smn_tape_calls(&t->be);
	t->be.name = name;
	sys->be = &t->be;
	sys->priv = t;
}

void smn_tape_record(struct smn_tape *t, struct smn_sys *sys,
		     const struct smn_tape_user *user)
{
	*t = (struct smn_tape){ .real = sys->be, .priv = sys->priv,
				.memory = true };
	begin_tape(t, sys, user, sys->be->name);
	smn_tape_lack(t, smn_tape_lacks(t->real));
}

void smn_tape_replay(struct smn_tape *t, struct smn_sys *sys,
		     const struct smn_tape_user *user)
{
	*t = (struct smn_tape){ 0 };
	begin_tape(t, sys, user, "replay");
}

void smn_tape_end(struct smn_tape *t, struct smn_sys *sys)
{
	if (t->real) {
		sys->be = t->real;
		sys->priv = t->priv;
	}
	for (unsigned int i = 0; i < t->nmaps; i++)
		free(t->maps[i].seen);
	free(t->changes);
	*t = (struct smn_tape){ 0 };
}
