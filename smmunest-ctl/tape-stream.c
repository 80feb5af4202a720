// SPDX-License-Identifier: GPL-2.0-or-later
/* Streams of a recording: a process's, a thread's. See tape.h. */
#include <stdlib.h>
#include <string.h>

#include "tape.h"

static void branch_name(char buf[TAPE_STREAM], const char *of,
			const char *name)
{
	snprintf(buf, TAPE_STREAM, "%.70s%s%.70s", of, of[0] ? "/" : "", name);
}

void tape_stream(struct ctl *ctl, const char *name)
{
	struct tape *t = ctl->tape;
	char before[TAPE_STREAM];

	if (!t)
		return;
	snprintf(before, sizeof(before), "%s", t->stream);
	branch_name(t->stream, before, name);
	t->at = 0;
}

void tape_below(struct ctl *ctl, struct smn_sys *sys)
{
	if (!ctl->tape || !ctl->record)
		return;
	sys->be = ctl->tape->tape.real;
	sys->priv = ctl->tape->tape.priv;
}

struct tape *tape_branch(struct ctl *ctl, struct smn_sys *sys,
			 const char *name)
{
	struct tape *t = ctl->tape ? calloc(1, sizeof(*t)) : NULL;
	uint32_t without = smn_tape_lacks(sys->be);

	if (!t)
		return NULL;
	t->ctl = ctl;
	t->fd = ctl->tape->fd;
	t->reel = ctl->tape->reel;
	t->path = ctl->tape->path;
	branch_name(t->stream, ctl->tape->stream, name);
	if (ctl->record)
		record_before(t, sys);
	else
		replay_before(t, sys);
	smn_tape_lack(&t->tape, without);
	return t;
}

void tape_join(struct tape *t)
{
	struct tape *trunk = t ? t->ctl->tape : NULL;

	if (!t)
		return;
	trunk->lost |= t->lost;
	if (!trunk->departed.text[0])
		trunk->departed = t->departed;
	smn_tape_end(&t->tape, t->sys);
	free(t);
}
