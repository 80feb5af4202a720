// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading scripts a line at a time, and the order they are done in. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nest/script-parts.h"

int smn_script_init(struct smn_script *s)
{
	*s = (struct smn_script){ .names = smn_names_new() };
	return s->names ? 0 : -ENOMEM;
}

/* The lines from @n on are nobody's any more. */
static void drop_lines(struct smn_script *s, unsigned int n)
{
	for (unsigned int i = n; i < s->n; i++) {
		free(s->lines[i].text);
		free(s->lines[i].want);
	}
	s->n = n;
}

void smn_script_free(struct smn_script *s)
{
	drop_lines(s, 0);
	free(s->lines);
	smn_names_free(s->names);
	*s = (struct smn_script){ 0 };
}

int smn_script_wrong(struct smn_script_reader *r, struct smn_word w,
		     const char *fmt, ...)
{
	va_list ap;

	r->error->column = w.at - r->text + 1;
	va_start(ap, fmt);
	vsnprintf(r->error->why.text, sizeof(r->error->why.text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int smn_script_suggest(struct smn_script_reader *r, const char *near)
{
	smn_text_suggest(r->error, near);
	return -EINVAL;
}

struct smn_script_line *smn_script_new(struct smn_script *s, const char *text)
{
	struct smn_script_line *l;
	unsigned int room = s->room ? 2 * s->room : 16;
	size_t len;

	if (s->n == s->room) {
		l = realloc(s->lines, room * sizeof(*l));
		if (!l)
			return NULL;
		s->lines = l;
		s->room = room;
	}
	l = &s->lines[s->n];
	text = smn_word_at(text).at;
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	*l = (struct smn_script_line){ .line = s->line, .within = 1,
				       .text = strndup(text, len) };
	if (!l->text)
		return NULL;
	s->n++;
	return l;
}

/* A line that is no request, and about which nothing can be expected. */
static struct smn_script_line *new_plain(struct smn_script_reader *r,
					 enum smn_script_kind kind)
{
	struct smn_script_line *l = smn_script_new(r->s, r->text);

	if (l)
		l->kind = kind;
	return l;
}

/* --- sleep N[ms|s] --- */

static int parse_sleep(struct smn_script_reader *r, struct smn_word w)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ms", 1000000 }, { "s", 1000000000 },
		      { "", 1000000000 } };
	struct smn_script_line *l = new_plain(r, SMN_LINE_SLEEP);
	int digits = strspn(w.at, "0123456789");
	struct smn_word unit = { w.at + digits, w.len - digits };
	char number[12];

	if (!l)
		return -ENOMEM;
	snprintf(number, sizeof(number), "%.*s", digits, w.at);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(units) && digits < 8; i++)
		if (smn_word_is(unit, units[i].name) &&
		    !smn_number_parse(number, &l->sleep_ns) &&
		    l->sleep_ns && !smn_word_after(w).len) {
			l->sleep_ns *= units[i].ns;
			return 0;
		}
	return smn_script_wrong(r, w, "it is: sleep N, Ns, Nms");
}

/* --- repeat N { } --- */

static int parse_repeat(struct smn_script_reader *r, struct smn_word w)
{
	struct smn_word brace = smn_word_after(w);
	struct smn_script *s = r->s;
	struct smn_script_line *l;
	char number[12];
	uint64_t times;

	snprintf(number, sizeof(number), "%.*s", w.len, w.at);
	if (w.len >= (int)sizeof(number) || smn_number_parse(number, &times) ||
	    !times || times > UINT32_MAX || !smn_word_is(brace, "{") ||
	    smn_word_after(brace).len)
		return smn_script_wrong(r, w, "it is: repeat N {");
	if (s->depth == SMN_SCRIPT_DEPTH)
		return smn_script_wrong(r, smn_word_at(r->text),
					"more than %d within each other",
					SMN_SCRIPT_DEPTH);
	l = new_plain(r, SMN_LINE_REPEAT);
	if (!l)
		return -ENOMEM;
	l->times = times;
	s->open[s->depth++] = s->n - 1;
	return 0;
}

static int parse_end(struct smn_script_reader *r, struct smn_word w)
{
	struct smn_word more = smn_word_after(w);
	struct smn_script *s = r->s;
	struct smn_script_line *l;

	if (more.len)
		return smn_script_wrong(r, more, "nothing follows }");
	if (!s->depth)
		return smn_script_wrong(r, w, "there is no repeat to end");
	l = new_plain(r, SMN_LINE_END);
	if (!l)
		return -ENOMEM;
	l->other = s->open[--s->depth];
	s->lines[l->other].other = s->n - 1;
	return 0;
}

/* --- lines --- */

int smn_script_request(struct smn_script *s, const char *text,
		       struct smn_text_error *error,
		       struct smn_script_line **made)
{
	struct smn_script_line *l = smn_script_new(s, text);
	int ret;

	if (!l)
		return -ENOMEM;
	ret = smn_request_parse(&l->req, s->names, text, error);
	if (ret)
		return ret;
	if (l->req.kind == SMN_REQ_OPEN && l->req.device != SMN_REQ_PATH &&
	    l->req.device > s->devices)
		s->devices = l->req.device;
	*made = l;
	return 0;
}

static int add_request(struct smn_script_reader *r)
{
	struct smn_script_line *l;
	int ret = smn_script_request(r->s, r->text, r->error, &l);

	return ret ? ret : smn_expect_take(r->s, l, r->error);
}

static const struct {
	const char *name;
	int (*parse)(struct smn_script_reader *r, struct smn_word w);
} plain[] = {
	{ "sleep", parse_sleep }, { "repeat", parse_repeat },
};

static int add(struct smn_script_reader *r, struct smn_word w)
{
	int ret;

	if (smn_word_is(w, "expect"))
		return smn_expect_parse(r, smn_word_after(w));
	for (size_t i = 0; i < SMN_ARRAY_SIZE(plain); i++)
		if (smn_word_is(w, plain[i].name))
			return plain[i].parse(r, smn_word_after(w));
	if (smn_word_is(w, "}"))
		return parse_end(r, w);
	ret = smn_verb_add(r);
	return ret ? ret < 0 ? ret : 0 : add_request(r);
}

int smn_script_add(struct smn_script *s, const char *text,
		   struct smn_text_error *error)
{
	struct smn_script_reader r = { s, text, error };
	struct smn_word w = smn_word_at(text);
	unsigned int n = s->n;
	int ret;

	s->wrong = ++s->line;
	if (!w.len)
		return 0;
	ret = add(&r, w);
	if (ret)
		drop_lines(s, n);
	return ret;
}

int smn_script_end(struct smn_script *s, struct smn_text_error *error)
{
	struct smn_script_reader r = { s, "", error };

	if (s->depth) {
		s->wrong = s->lines[s->open[s->depth - 1]].line;
		return smn_script_wrong(&r, smn_word_at(r.text),
					"repeat, and no } follows");
	}
	if (!s->expects)
		return 0;
	s->wrong = s->expect_line;
	return smn_script_wrong(&r, smn_word_at(r.text),
				"expect, and no request follows");
}

/* --- doing it --- */

static bool is_there(const struct smn_runner *r, unsigned int slot)
{
	return slot < r->nslots &&
		(r->slots[slot].id || r->slots[slot].fd >= 0);
}

/* Repeats begin and end between lines. */
static void follow(const struct smn_script_line *l, struct smn_script_run *run)
{
	if (l->kind == SMN_LINE_REPEAT)
		run->left[run->depth++] = l->times;
	else if (--run->left[run->depth - 1])
		run->at = l->other + 1;
	else
		run->depth--;
}

const struct smn_script_line *smn_script_next(const struct smn_script *s,
					      const struct smn_runner *r,
					      struct smn_script_run *run,
					      int (*stop)(void))
{
	while (run->at < s->n && !(stop && stop())) {
		const struct smn_script_line *l = &s->lines[run->at++];

		if (l->kind == SMN_LINE_REPEAT || l->kind == SMN_LINE_END) {
			follow(l, run);
			continue;
		}
		run->skipped = l->follows ? run->skipped :
			l->once && is_there(r, l->req.result);
		if (!run->skipped)
			return l;
	}
	return NULL;
}

int smn_script_call(struct smn_runner *r, const struct smn_script_line *l,
		    int (*stop)(void), struct smn_reply *reply)
{
	uint32_t left = l->within;

	while (smn_runner_call(r, &l->req, reply) >= 0 && --left &&
	       !(stop && stop()))
		;
	if (reply->err >= 0 && l->forgets && l->forgets < r->nslots)
		r->slots[l->forgets].id = 0;
	return reply->err;
}
