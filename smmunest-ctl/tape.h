/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recordings: a line of JSON for each thing that was asked of the machine, with
 * what it was called with and what came of it. Processes and threads of their
 * own have streams of their own, so that each is in order.
 */
#ifndef TAPE_H
#define TAPE_H

#include "ctl.h"

#define TAPE_VERSION 1
#define TAPE_STREAM 160

/* One process's, or one thread's, part of a recording. */
struct tape {
	struct smn_tape tape;
	struct ctl *ctl;
	char stream[TAPE_STREAM];
	struct smn_sys *sys;		/* that it stands in the way of */

	int fd;				/* recording: the file */
	bool lost;			/* it could not be written */
	bool stopped;			/* a signal was written down */

	struct reel *reel;		/* replaying: all that was read */
	const char *path;
	unsigned int at;		/* the stream's next line */
	struct smn_why departed;	/* where the program went elsewhere */
};

/* It stands before what @sys has, and writes down; it answers instead. */
void record_before(struct tape *t, struct smn_sys *sys);
void replay_before(struct tape *t, struct smn_sys *sys);

/* --- an event as JSON: tape-event.c --- */

/* What the call was made with. */
struct json_object *event_asked(const struct smn_tape *t,
				const struct smn_tape_event *e);

/* What came of it, into the same line. */
void event_add(struct json_object *o, const struct smn_tape_event *e);
void event_add_changes(struct json_object *o, const struct smn_tape_change *c,
		       unsigned int n);

/* Is the line's call the same as @asked? */
bool event_is(struct json_object *line, struct json_object *asked);

/* What it asked, without what came of it. */
struct json_object *event_question(struct json_object *line);

/* What came of it, into @e, and into memory. False and @why: not a line. */
bool event_take(struct json_object *line, struct smn_tape *t,
		struct smn_tape_event *e, struct smn_why *why);

/* Could it be taken? For lines that nobody has asked for yet. */
bool event_check(struct json_object *line, struct smn_why *why);

#endif
