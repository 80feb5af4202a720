/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of a tape share. */
#ifndef SMN_SYS_TAPE_PARTS_H
#define SMN_SYS_TAPE_PARTS_H

#include "sys/tape.h"

#define SMN_TAPE_BEHIND (4u << 20)	/* bytes behind an argument, at most */

/* The beginning of each call. */
#define EVENT(name, ...) \
	struct smn_tape *t = be; \
	struct smn_tape_event e = { .call = SMN_TAPE_##name, __VA_ARGS__ }

/* And its end: make @made, unless it is answered; its value is the event's. */
#define ANSWER(made) \
	do { \
		if (!smn_tape_ask(t, &e)) \
			e.ret = (made); \
		return smn_tape_told(t, &e); \
	} while (0)

/* True: the call is answered, and @e has what came of it. */
bool smn_tape_ask(struct smn_tape *t, struct smn_tape_event *e);

/* It is over; returns e->ret. */
int64_t smn_tape_told(struct smn_tape *t, struct smn_tape_event *e);

/*
 * What goes in, copied: free() it. The pointer is the caller's, and may lead
 * nowhere: then nothing goes in.
 */
struct smn_tape_bytes smn_tape_copy(const void *p, size_t n);

/* The calls of a tape. */
void smn_tape_files(struct smn_backend *be);
void smn_tape_calls(struct smn_backend *be);

/*
 * Memory comes, and may be moved to where it is at every replay: that is
 * returned. And it goes: its number, or 0: it has none.
 */
void *smn_tape_add_map(struct smn_tape *t, void *p, size_t n);
unsigned int smn_tape_drop_map(struct smn_tape *t, const void *p);

/* What is different from when it was looked at last: t->changes. */
void smn_tape_look(struct smn_tape *t);

#endif
