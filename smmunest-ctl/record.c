// SPDX-License-Identifier: GPL-2.0-or-later
/* --record=FILE: all that is asked of the machine, and what it answers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tape.h"

/* --- lines --- */

/* In one piece: other processes of ours write there, too. */
static void put_line(struct tape *t, struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t len = strlen(text);
	char *line = malloc(len + 1);

	if (line) {
		memcpy(line, text, len);
		line[len] = '\n';
	}
	if (!line || write(t->fd, line, len + 1) != (ssize_t)len + 1)
		t->lost = true;
	free(line);
	json_object_put(o);
}

static void put(void *ctx, struct smn_tape *tape,
		const struct smn_tape_event *e,
		const struct smn_tape_change *changes, unsigned int n)
{
	struct tape *t = ctx;
	struct json_object *o = event_asked(tape, e);

	if (t->stream[0])
		doc_add_str(o, "stream", t->stream);
	event_add(o, e);
	/* it came before the next call, and ends what is done */
	if (stop_signal() && !t->stopped)
		doc_add_int(o, "signal", stop_signal());
	t->stopped = stop_signal();
	if (n)
		event_add_changes(o, changes, n);
	put_line(t, o);
}

/* What whoever answers has not, so that nobody asked for it. */
static struct json_object *lacking(const struct tape *t)
{
	struct json_object *names = json_object_new_array();

	for (unsigned int i = 0; i < SMN_TAPE_NCALLS; i++)
		if (smn_tape_lacks(&t->tape.be) >> i & 1)
			json_object_array_add(names, json_object_new_string(
				smn_tape_call_name(i)));
	return names;
}

static void put_head(struct tape *t)
{
	struct json_object *o = json_object_new_object();
	const struct ctl *ctl = t->ctl;
	const char *device = ctl->bdf[0] || !ctl->usual_device ? ctl->bdf :
		ctl->usual_device;

	doc_add_int(o, "recording", TAPE_VERSION);
	doc_add_str(o, "tool", "smmunest-ctl");
	doc_add_str(o, "version", VERSION);
	doc_add_str(o, "command", ctl->cmd->name);
	doc_add_str(o, "bdf", device);
	doc_add_str(o, "backend", ctl->sys.be->name);
	if (ctl->on_model)
		doc_add_str(o, "model", ctl->model_name);
	doc_add_int(o, "uid", ctl->self.uid);
	doc_add(o, "memlock", doc_hex(ctl->self.memlock, 1));
	doc_add_int(o, "page", ctl->self.page);
	doc_add(o, "without", lacking(t));
	put_line(t, o);
}

/* --- beginning and end --- */

void record_before(struct tape *t, struct smn_sys *sys)
{
	const struct smn_tape_user user = { .ctx = t, .put = put };

	t->sys = sys;
	smn_tape_record(&t->tape, sys, &user);
}

enum status record_begin(struct ctl *ctl)
{
	struct tape *t;
	struct smn_why why;

	if (!ctl->record)
		return CTL_OK;
	t = calloc(1, sizeof(*t));
	if (!t)
		return CTL_INTERNAL;
	t->ctl = ctl;
	t->fd = open(ctl->record,
		     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (t->fd < 0) {
		smn_why_set(&why, "--record: %.120s: %s", ctl->record,
			    strerror(errno));
		free(t);
		return ctl_no(ctl, CTL_INTERNAL, "record", &why,
			      &(struct smn_why){ "--record=FILE in a folder "
						 "that can be written" });
	}
	ctl->tape = t;
	record_before(t, &ctl->sys);
	put_head(t);
	return CTL_OK;
}

/* What was not written down is told: a recording with holes is none. */
int record_end(struct ctl *ctl)
{
	struct tape *t = ctl->tape;
	bool whole;

	if (!t || ctl->replay)
		return CTL_OK;
	whole = !t->lost && !t->tape.full;
	smn_tape_end(&t->tape, t->sys);
	if (close(t->fd))
		whole = false;
	if (!whole)
		ctl_say(ctl, "--record: %s: not all could be written",
			ctl->record);
	free(t);
	ctl->tape = NULL;
	return whole ? CTL_OK : CTL_INTERNAL;
}
