// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --backend=replay:FILE: what was recorded answers, as long as the same is
 * asked. The machine is not touched.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tape.h"

struct line {
	size_t at, len;
	unsigned int number;
};

struct stream {
	char name[TAPE_STREAM];
	struct line *lines;
	unsigned int n, room;
};

struct reel {
	char *text;
	size_t len;
	struct stream *streams;
	unsigned int n, room;
	unsigned int last;		/* that was looked for */
	struct json_object *head;
};

/* --- reading all of it --- */

static int read_all(const char *path, struct reel *r)
{
	FILE *f = fopen(path, "re");
	size_t room = 0;
	ssize_t n;

	if (!f)
		return -errno;
	n = getdelim(&r->text, &room, '\0', f);
	r->len = n > 0 ? n : 0;
	/* a byte 0 is nowhere in JSON */
	n = ferror(f) ? -errno : getc(f) == EOF ? 0 : -EINVAL;
	if (r->len && !r->text[r->len - 1])
		n = -EINVAL;
	fclose(f);
	return n;
}

/* The stream of that name; made when it is new. NULL: no memory. */
static struct stream *stream_of(struct reel *r, const char *name, bool make)
{
	unsigned int i = r->last;
	void *more;

	if (i < r->n && !strcmp(r->streams[i].name, name))
		return &r->streams[i];
	for (i = 0; i < r->n && strcmp(r->streams[i].name, name);)
		i++;
	if (i == r->n && !make)
		return NULL;
	if (i == r->room) {
		r->room = r->room ? 2 * r->room : 16;
		more = realloc(r->streams, r->room * sizeof(*r->streams));
		if (!more)
			return NULL;
		r->streams = more;
	}
	if (i == r->n) {
		r->streams[r->n] = (struct stream){ .name = "" };
		snprintf(r->streams[r->n++].name, TAPE_STREAM, "%s", name);
	}
	r->last = i;
	return &r->streams[i];
}

static bool add_line(struct stream *s, const struct line *l)
{
	unsigned int room = s->room ? 2 * s->room : 64;
	void *more;

	if (s->n == s->room) {
		more = realloc(s->lines, room * sizeof(*s->lines));
		if (!more)
			return false;
		s->lines = more;
		s->room = room;
	}
	s->lines[s->n++] = *l;
	return true;
}

static struct json_object *parse(const struct reel *r, const struct line *l)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;
	bool whole;

	if (!t)
		return NULL;
	/* its end is a blank, by which a number would end, too */
	o = json_tokener_parse_ex(t, r->text + l->at, l->len);
	whole = json_tokener_get_parse_end(t) == l->len;
	json_tokener_free(t);
	if (json_object_is_type(o, json_type_object) && whole)
		return o;
	json_object_put(o);
	return NULL;
}

static bool check_head(struct reel *r, struct json_object *head,
		       struct smn_why *why)
{
	int64_t version = doc_int(head, "recording");
	int64_t page = doc_int(head, "page");
	struct self self;

	self_learn(&self);
	if (version != TAPE_VERSION)
		smn_why_set(why, version ? "it is a recording of version %"
			    PRIi64 ", and this program knows version 1" :
			    "it is no recording", version);
	else if (page != (int64_t)self.page)
		smn_why_set(why, "pages of %" PRIi64 " bytes were recorded, "
			    "and this machine's have %" PRIu64, page,
			    self.page);
	else
		r->head = json_object_get(head);
	return r->head;
}

static bool keep_line(struct reel *r, struct json_object *o,
		      const struct line *l, struct smn_why *why)
{
	struct stream *s;

	if (!r->head)
		return check_head(r, o, why);
	if (!event_check(o, why))
		return false;
	s = stream_of(r, doc_text(o, "stream"), true);
	smn_why_set(why, "out of memory");
	return s && add_line(s, l);
}

/* Every line, before anything is done: 0, or the number of one that is bad. */
static unsigned int read_lines(struct reel *r, struct smn_why *why)
{
	struct line l = { 0 };

	while (l.at < r->len) {
		struct json_object *o;
		bool ok;

		l.len = strcspn(r->text + l.at, "\n");
		l.number++;
		o = parse(r, &l);
		smn_why_set(why, "it is no line of JSON");
		ok = o && keep_line(r, o, &l, why);
		json_object_put(o);
		if (!ok)
			return l.number;
		l.at += l.len + 1;
	}
	smn_why_set(why, "it is empty");
	return r->head ? 0 : 1;
}

static void forget(struct reel *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		free(r->streams[i].lines);
	free(r->streams);
	free(r->text);
	json_object_put(r->head);
	free(r);
}

/* --- answering --- */

static int depart(struct tape *t, const struct line *l,
		  struct json_object *line, struct json_object *asked)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *was = line ? event_question(line) : NULL;

	if (l)
		smn_why_set(&t->departed, "%.60s:%u: recorded is %.80s, and "
			    "asked is %.80s", t->path, l->number,
			    json_object_to_json_string_ext(was, flags),
			    json_object_to_json_string_ext(asked, flags));
	else
		smn_why_set(&t->departed, "%.60s: the recording%s%s ends, and "
			    "asked is %.80s", t->path, t->stream[0] ? " of " :
			    "", t->stream,
			    json_object_to_json_string_ext(asked, flags));
	json_object_put(was);
	return -EBADMSG;
}

static int answer(struct tape *t, const struct line *l,
		  struct json_object *asked, struct smn_tape_event *e)
{
	struct json_object *line = parse(t->reel, l);
	struct smn_why why;
	int ret = 0, stop;

	if (!line || !event_is(line, asked)) {
		ret = depart(t, l, line, asked);
	} else if (!event_take(line, &t->tape, e, &why)) {
		smn_why_set(&t->departed, "%.60s:%u: %.160s", t->path,
			    l->number, why.text);
		ret = -EBADMSG;
	}
	stop = doc_int(line, "signal");
	if (!ret && stop > 0 && stop < NSIG)
		raise(stop);
	json_object_put(line);
	return ret;
}

static int get(void *ctx, struct smn_tape *tape, struct smn_tape_event *e)
{
	struct tape *t = ctx;
	struct stream *s = stream_of(t->reel, t->stream, false);
	struct json_object *asked;
	int ret;

	/* what comes after it was never recorded */
	if (t->departed.text[0])
		return -EBADMSG;
	asked = event_asked(tape, e);
	ret = s && t->at < s->n ? answer(t, &s->lines[t->at], asked, e) :
		depart(t, NULL, NULL, asked);
	t->at++;
	json_object_put(asked);
	return ret;
}

/* The calls that were not there to be made. */
static uint32_t lacking(const struct reel *r)
{
	struct json_object *names = doc_get(r->head, "without");
	uint32_t calls = 0;

	for (size_t i = 0; i < doc_length(names); i++) {
		const char *name = json_object_get_string(doc_at(names, i));

		for (unsigned int k = 0; name && k < SMN_TAPE_NCALLS; k++)
			if (!strcmp(smn_tape_call_name(k), name))
				calls |= 1u << k;
	}
	return calls;
}

void replay_before(struct tape *t, struct smn_sys *sys)
{
	const struct smn_tape_user user = { .ctx = t, .get = get };

	t->sys = sys;
	smn_tape_replay(&t->tape, sys, &user);
	smn_tape_lack(&t->tape, lacking(t->reel));
}

/* --- beginning and end --- */

static enum status refuse(struct ctl *ctl, const struct smn_why *why)
{
	return ctl_no(ctl, CTL_USAGE, "replay", why,
		      &(struct smn_why){ "smmunest-ctl --record=FILE COMMAND "
					 "makes one" });
}

/* The process that was recorded, and what it asked. */
static void become(struct ctl *ctl, struct json_object *head)
{
	const char *model = doc_text(head, "model");

	ctl->self.uid = doc_int(head, "uid");
	smn_number_parse(doc_text(head, "memlock"), &ctl->self.memlock);
	ctl->usual_device = doc_text(head, "bdf");
	/* a model knows all: there is nothing to be learned beside it */
	ctl->on_model = ctl->world.answers = model[0];
	snprintf(ctl->model_name, sizeof(ctl->model_name), "%s", model);
}

enum status replay_open(struct ctl *ctl, const char *path)
{
	struct tape *t = calloc(1, sizeof(*t));
	struct reel *r = calloc(1, sizeof(*r));
	struct smn_why why, reason = { "out of memory" };
	unsigned int line = 0;
	int ret = t && r ? read_all(path, r) : -ENOMEM;

	if (!path[0])
		smn_why_set(&why, "--backend=replay:FILE: which file?");
	else if (ret)
		smn_why_set(&why, "%.120s: %s", path, ret == -EINVAL ?
			    "it is no text" : strerror(-ret));
	else
		line = read_lines(r, &reason);
	if (line)
		smn_why_set(&why, "%.100s:%u: %.120s", path, line,
			    reason.text);
	if (!path[0] || ret || line) {
		if (r)
			forget(r);
		free(t);
		return refuse(ctl, &why);
	}
	t->ctl = ctl;
	t->reel = r;
	t->path = path;
	ctl->tape = t;
	ctl->replay = path;
	become(ctl, r->head);
	replay_before(t, &ctl->sys);
	return CTL_OK;
}

const char *replay_departed(const struct ctl *ctl)
{
	return ctl->replay && ctl->tape && ctl->tape->departed.text[0] ?
		ctl->tape->departed.text : NULL;
}

enum status replay_end(struct ctl *ctl, enum status status)
{
	const char *text = replay_departed(ctl);
	struct smn_why why;

	if (!text)
		return status;
	smn_why_set(&why, "%s", text);
	return ctl_no(ctl, CTL_INTERNAL, "replay", &why,
		      &(struct smn_why){ "the command and the version that "
					 "were recorded" });
}

void replay_close(struct ctl *ctl)
{
	if (!ctl->replay || !ctl->tape)
		return;
	smn_tape_end(&ctl->tape->tape, ctl->tape->sys);
	forget(ctl->tape->reel);
	free(ctl->tape);
	ctl->tape = NULL;
}
