// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading scripts: what stands around requests. See script.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nest/script.h"

#define MAX_ERRNO 133	/* the largest that has a name */

int smn_script_init(struct smn_script *s)
{
	*s = (struct smn_script){ .names = smn_names_new() };
	return s->names ? 0 : -ENOMEM;
}

void smn_script_free(struct smn_script *s)
{
	for (unsigned int i = 0; i < s->n; i++) {
		free(s->lines[i].text);
		free(s->lines[i].want);
	}
	free(s->lines);
	smn_names_free(s->names);
	*s = (struct smn_script){ 0 };
}

__attribute__((format(printf, 3, 4)))
static int wrong(struct smn_text_error *error, unsigned int column,
		 const char *fmt, ...)
{
	va_list ap;

	error->column = column;
	va_start(ap, fmt);
	vsnprintf(error->why.text, sizeof(error->why.text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* --- words of a statement --- */

struct word {
	const char *at;
	int len;
};

static struct word word_at(const char *at)
{
	struct word w = { .at = at + strspn(at, " \t\r\n") };

	w.len = *w.at == '#' ? 0 : strcspn(w.at, " \t\r\n");
	return w;
}

static struct word word_after(struct word w)
{
	return word_at(w.at + w.len);
}

static bool is(struct word w, const char *text)
{
	return (size_t)w.len == strlen(text) && !memcmp(w.at, text, w.len);
}

/* --- expect ERRNO [ROW] [within N] [MEMBER=VALUE]... --- */

static const char *errno_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i <= MAX_ERRNO ? smn_errno_name(i) : NULL;
}

static int errno_of(struct word w)
{
	for (int err = 1; err <= MAX_ERRNO; err++)
		if (is(w, smn_errno_name(err)))
			return err;
	return 0;
}

#define USAGE "it is: expect ERRNO [ROW] [within N] [MEMBER=VALUE]..."

static int parse_errno(struct smn_script *s, const char *text, struct word w,
		       struct smn_text_error *error)
{
	const char *near;

	if (!w.len)
		return wrong(error, w.at - text + 1, "expect which errno?");
	s->expected = is(w, "ok") ? 0 : -errno_of(w);
	if (s->expected || is(w, "ok"))
		return 0;
	near = smn_nearest(w.at, w.len, errno_at, NULL);
	return wrong(error, w.at - text + 1, "'%.*s' is no errno%s%s%s", w.len,
		     w.at, near ? "; did you mean " : "", near ? near : "",
		     near ? "?" : "");
}

/* "within N", or nothing; *w is what comes next */
static int parse_within(struct smn_script *s, const char *text, struct word *w,
			struct smn_text_error *error)
{
	struct word n = word_after(*w);
	char number[12];
	uint64_t v = 1;

	s->within = 1;
	if (!is(*w, "within"))
		return 0;
	snprintf(number, sizeof(number), "%.*s", n.len, n.at);
	if (smn_number_parse(number, &v) || !v || v > UINT32_MAX)
		return wrong(error, w->at - text + 1, USAGE);
	s->within = v;
	*w = word_after(n);
	return 0;
}

static bool is_member(struct word w)
{
	return w.len && memchr(w.at, '=', w.len);
}

/* Kept as it is: whose members they are, the request tells. */
static int keep_wants(struct smn_script *s, const char *text, struct word first,
		      struct smn_text_error *error)
{
	struct word w = first;
	size_t have = 0;

	s->want_column = first.at - text + 1;
	s->want[0] = '\0';
	for (; is_member(w); w = word_after(w)) {
		have += snprintf(s->want + have, sizeof(s->want) - have,
				 " %.*s", w.len, w.at);
		if (have >= sizeof(s->want))
			return wrong(error, w.at - text + 1,
				     "that is too much to expect");
	}
	return w.len ? wrong(error, w.at - text + 1, USAGE) : 0;
}

static int parse_expect(struct smn_script *s, const char *text, struct word w,
			struct smn_text_error *error)
{
	struct word row = word_after(w);
	bool none = is(row, "within") || is_member(row);
	struct word more = none ? row : word_after(row);

	if (none)
		row.len = 0;

	if (s->expects)
		return wrong(error, 1, "the line before expects already");
	s->expects = true;
	if (parse_errno(s, text, w, error))
		return -EINVAL;
	if (row.len && (!s->expected || row.len >= (int)sizeof(s->row)))
		return wrong(error, row.at - text + 1, USAGE);
	snprintf(s->row, sizeof(s->row), "%.*s", row.len, row.at);
	s->row_column = row.at - text + 1;
	if (parse_within(s, text, &more, error))
		return -EINVAL;
	return keep_wants(s, text, more, error);
}

struct row_list {
	enum smn_op_id op;
	int err;
};

/* Ids of the op's rows with that errno; the gaps are the ones before again. */
static const char *row_id_at(const void *ctx, unsigned int i)
{
	const struct row_list *list = ctx;
	const struct smn_row *row;
	unsigned int n = 0;

	for (unsigned int at = 0; (row = smn_row_at(list->op, at)); at++)
		if (row->err == list->err && n++ == i)
			return row->id;
	return NULL;
}

/* A row that the op does not have would never be the cause. */
static int find_row(struct smn_script *s, struct smn_script_line *l,
		    struct smn_text_error *error)
{
	const struct row_list list = { l->req.op, -s->expected };
	const char *id, *near;

	for (unsigned int i = 0; (id = row_id_at(&list, i)); i++)
		if (!strcmp(id, s->row)) {
			l->row = id;
			return 0;
		}
	near = smn_nearest(s->row, strlen(s->row), row_id_at, &list);
	s->line--;
	return wrong(error, s->row_column,
		     "%s of %s has no row '%s'%s%s%s",
		     smn_errno_name(s->expected), smn_op(l->req.op)->name,
		     s->row, near ? "; did you mean " : "", near ? near : "",
		     near ? "?" : "");
}

/* They are read as a request of the same op that is never sent. */
static int find_wants(struct smn_script *s, struct smn_script_line *l,
		      struct smn_text_error *error)
{
	char line[SMN_OP_WORD + sizeof(s->want) + sizeof(" none")];
	char word[SMN_OP_WORD];
	int ret;

	l->want = malloc(sizeof(*l->want));
	if (!l->want)
		return -ENOMEM;
	snprintf(line, sizeof(line), "%s none%s",
		 smn_op_word(l->req.op, word), s->want);
	ret = smn_request_parse(l->want, s->names, line, error);
	if (ret == -EINVAL) {
		s->line--;
		error->column = s->want_column;
	}
	return ret;
}

/* --- sleep N[ms|s] --- */

static int parse_sleep(struct smn_script_line *l, const char *text,
		       struct word w, struct smn_text_error *error)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ms", 1000000 }, { "s", 1000000000 },
		      { "", 1000000000 } };
	int digits = strspn(w.at, "0123456789");
	struct word unit = { w.at + digits, w.len - digits };
	char number[12];

	snprintf(number, sizeof(number), "%.*s", digits, w.at);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(units) && digits < 8; i++)
		if (is(unit, units[i].name) &&
		    !smn_number_parse(number, &l->sleep_ns) &&
		    l->sleep_ns && !word_after(w).len) {
			l->sleep_ns *= units[i].ns;
			return 0;
		}
	return wrong(error, w.at - text + 1, "it is: sleep N, Ns, Nms");
}

/* --- lines --- */

static struct smn_script_line *new_line(struct smn_script *s, const char *text)
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
	text = word_at(text).at;
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	*l = (struct smn_script_line){ .line = s->line,
				       .text = strndup(text, len) };
	if (!l->text)
		return NULL;
	s->n++;
	return l;
}

static int parse_request(struct smn_script *s, struct smn_script_line *l,
			 const char *text, struct smn_text_error *error)
{
	int ret = smn_request_parse(&l->req, s->names, text, error);

	if (ret)
		return ret;
	l->expects = s->expects;
	l->expected = s->expected;
	l->within = s->expects ? s->within : 1;
	if (s->row[0] && find_row(s, l, error))
		return -EINVAL;
	if (s->want[0])
		ret = find_wants(s, l, error);
	if (ret)
		return ret;
	s->expects = false;
	s->row[0] = '\0';
	s->want[0] = '\0';
	if (l->req.kind == SMN_REQ_OPEN && l->req.device != SMN_REQ_PATH &&
	    l->req.device > s->devices)
		s->devices = l->req.device;
	return 0;
}

int smn_script_add(struct smn_script *s, const char *text,
		   struct smn_text_error *error)
{
	struct word w = word_at(text);
	struct smn_script_line *l;

	s->line++;
	if (!w.len)
		return 0;
	if (is(w, "expect"))
		return parse_expect(s, text, word_after(w), error);
	l = new_line(s, text);
	if (!l)
		return -ENOMEM;
	if (is(w, "sleep"))
		return parse_sleep(l, text, word_after(w), error);
	return parse_request(s, l, text, error);
}

int smn_script_end(struct smn_script *s, struct smn_text_error *error)
{
	return s->expects ? wrong(error, 1, "expect, and no request follows") :
		0;
}

/* --- what came of it --- */

static bool member_met(const struct smn_arg *a, const void *want,
		       const void *got, struct smn_why *why)
{
	uint64_t w = smn_arg_get(a, want), g = smn_arg_get(a, got);

	if (w != g)
		smn_why_set(why, a->format == SMN_ARG_DEC ?
			    "%s is %" PRIu64 ", and %" PRIu64 " is expected" :
			    "%s is 0x%" PRIx64 ", and 0x%" PRIx64
			    " is expected", a->name, g, w);
	return w == g;
}

static bool members_met(const struct smn_script_line *l,
			const struct smn_runner *r,
			const struct smn_reply *reply, struct smn_why *why)
{
	const struct smn_op *op = smn_op(l->req.op);
	_Alignas(8) unsigned char want[SMN_REQ_SIZE];

	if (l->req.kind != SMN_REQ_IOCTL) {
		if ((int)l->want->size != reply->err)
			smn_why_set(why, "%d bytes went through, and %u are "
				    "expected", reply->err, l->want->size);
		return (int)l->want->size == reply->err;
	}
	smn_request_arg(r, l->want, want);
	for (unsigned int i = 0; i < op->nargs; i++)
		if (l->want->given >> i & 1 &&
		    !member_met(&op->args[i], want, reply->out, why))
			return false;
	return true;
}

bool smn_script_met(const struct smn_script_line *l,
		    const struct smn_runner *r, const struct smn_reply *reply,
		    struct smn_why *why)
{
	int expected = l->expects ? l->expected : 0;
	int err = reply->err < 0 ? reply->err : 0;

	if (err != expected) {
		smn_why_set(why, "it is %s, and %s is expected",
			    err ? smn_errno_name(err) : "ok",
			    expected ? smn_errno_name(expected) : "ok");
		return false;
	}
	return !l->want || members_met(l, r, reply, why);
}
