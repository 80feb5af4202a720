// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading scripts: what is expected of a request, and whether it was met. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nest/script-parts.h"

/* --- expect ERRNO [ROW] [within N] [MEMBER=VALUE]... --- */

static const char *errno_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i <= SMN_MAX_ERRNO ? smn_errno_name(i) : NULL;
}

#define USAGE "it is: expect ERRNO [ROW] [within N] [MEMBER=VALUE]..."

static int parse_errno(struct smn_script_reader *r, struct smn_word w)
{
	struct smn_script *s = r->s;

	if (!w.len)
		return smn_script_wrong(r, w, "expect which errno?");
	s->expected = smn_word_is(w, "ok") ? 0 :
		-smn_errno_by_name(w.at, w.len);
	if (s->expected || smn_word_is(w, "ok"))
		return 0;
	smn_script_wrong(r, w, "'%.*s' is no errno", w.len < 60 ? w.len : 60,
			 w.at);
	return smn_script_suggest(r, smn_nearest(w.at, w.len, errno_at, NULL));
}

/* "within N", or nothing; *w is what comes next */
static int parse_within(struct smn_script_reader *r, struct smn_word *w)
{
	struct smn_word n = smn_word_after(*w);
	char number[12];
	uint64_t v = 1;

	r->s->within = 1;
	if (!smn_word_is(*w, "within"))
		return 0;
	snprintf(number, sizeof(number), "%.*s", n.len, n.at);
	if (smn_number_parse(number, &v) || !v || v > UINT32_MAX)
		return smn_script_wrong(r, *w, USAGE);
	r->s->within = v;
	*w = smn_word_after(n);
	return 0;
}

static bool is_member(struct smn_word w)
{
	return w.len && memchr(w.at, '=', w.len);
}

/* Kept as it is: whose members they are, the request tells. */
static int keep_wants(struct smn_script_reader *r, struct smn_word w)
{
	struct smn_script *s = r->s;
	size_t have = 0;

	s->want_column = w.at - r->text + 1;
	s->want[0] = '\0';
	for (; is_member(w); w = smn_word_after(w)) {
		have += snprintf(s->want + have, sizeof(s->want) - have,
				 " %.*s", w.len, w.at);
		if (have >= sizeof(s->want))
			return smn_script_wrong(r, w,
						"that is too much to expect");
	}
	return w.len ? smn_script_wrong(r, w, USAGE) : 0;
}

static int parse(struct smn_script_reader *r, struct smn_word w)
{
	struct smn_script *s = r->s;
	struct smn_word row = smn_word_after(w);
	bool none = smn_word_is(row, "within") || is_member(row);
	struct smn_word more = none ? row : smn_word_after(row);

	if (none)
		row.len = 0;
	if (parse_errno(r, w))
		return -EINVAL;
	if (row.len && (!s->expected || row.len >= (int)sizeof(s->row)))
		return smn_script_wrong(r, row, USAGE);
	snprintf(s->row, sizeof(s->row), "%.*s", row.len, row.at);
	s->row_column = row.at - r->text + 1;
	if (parse_within(r, &more))
		return -EINVAL;
	return keep_wants(r, more);
}

static void forget(struct smn_script *s)
{
	s->expects = false;
	s->row[0] = '\0';
	s->want[0] = '\0';
}

int smn_expect_parse(struct smn_script_reader *r, struct smn_word w)
{
	struct smn_script *s = r->s;
	int ret;

	if (s->expects)
		return smn_script_wrong(r, smn_word_at(r->text),
					"line %u expects already",
					s->expect_line);
	s->expects = true;
	s->expect_line = s->line;
	ret = parse(r, w);
	if (ret)
		forget(s);
	return ret;
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
	const char *id;

	for (unsigned int i = 0; (id = row_id_at(&list, i)); i++)
		if (!strcmp(id, s->row)) {
			l->row = id;
			return 0;
		}
	error->column = s->row_column;
	smn_why_set(&error->why, "%s of %s has no row '%s'",
		    smn_errno_name(s->expected), smn_op(l->req.op)->name,
		    s->row);
	smn_text_suggest(error, smn_nearest(s->row, strlen(s->row), row_id_at,
					    &list));
	return -EINVAL;
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
	if (ret == -EINVAL)
		error->column = s->want_column;
	return ret;
}

int smn_expect_take(struct smn_script *s, struct smn_script_line *l,
		    struct smn_text_error *error)
{
	int ret = 0;

	if (!s->expects)
		return 0;
	l->expects = true;
	l->expected = s->expected;
	l->within = s->within;
	if (s->row[0])
		ret = find_row(s, l, error);
	if (!ret && s->want[0])
		ret = find_wants(s, l, error);
	if (ret == -EINVAL)
		s->wrong = s->expect_line;
	forget(s);
	return ret;
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

/* What a read gave is the words that are expected, as far as it went. */
static bool data_met(const struct smn_request *want,
		     const struct smn_reply *reply, struct smn_why *why)
{
	size_t n = want->nwords * sizeof(*want->words);
	uint64_t got = 0;

	n = n < (size_t)reply->err ? n : (size_t)reply->err;
	n = n < SMN_REQ_DATA ? n : SMN_REQ_DATA;
	if (!memcmp(reply->data, want->words, n))
		return true;
	memcpy(&got, reply->data, n < sizeof(got) ? n : sizeof(got));
	smn_why_set(why, "it begins with 0x%" PRIx64 ", and 0x%" PRIx64
		    " is expected", got, want->words[0]);
	return false;
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
		return (int)l->want->size == reply->err &&
		       data_met(l->want, reply, why);
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
