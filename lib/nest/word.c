// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading lines: how they begin, and what near misses are told. */
#include <errno.h>
#include <stdio.h>

#include "nest/word.h"

int smn_line_head(const char *line, struct smn_line_head *h,
		  struct smn_text_error *error)
{
	struct smn_word first = smn_word_at(line), equals;
	bool let = smn_word_is(first, "let");

	*h = (struct smn_line_head){ .op = first };
	if (!let)
		return 0;
	h->name = smn_word_after(first);
	equals = smn_word_after(h->name);
	h->op = smn_word_after(equals);
	if (smn_word_is(equals, "=") && h->op.len)
		return 0;
	let = !smn_word_is(equals, "=");
	error->column = (let ? h->name.at : h->op.at) - line + 1;
	smn_why_set(&error->why, let ? "it is: let NAME = REQUEST" :
		    "a request is missing");
	return -EINVAL;
}

enum smn_op_id smn_line_op(const char *line)
{
	struct smn_text_error error;
	struct smn_line_head head;
	char word[SMN_OP_WORD];

	if (smn_line_head(line, &head, &error) ||
	    head.op.len >= (int)sizeof(word))
		return SMN_NOPS;
	snprintf(word, sizeof(word), "%.*s", head.op.len, head.op.at);
	return smn_op_of_word(word);
}

void smn_text_suggest(struct smn_text_error *error, const char *near)
{
	size_t at = strlen(error->why.text);

	if (near)
		snprintf(error->why.text + at, sizeof(error->why.text) - at,
			 "; did you mean %s?", near);
}

static const char *name_at(const void *ctx, unsigned int i)
{
	const struct smn_names *n = ctx;

	return i < smn_names_count(n) ? smn_names_of(n, i + 1, NULL) : NULL;
}

int smn_text_no_name(struct smn_text_error *error,
		     const struct smn_names *names, const char *name,
		     size_t len)
{
	smn_why_set(&error->why, "nothing is called '%.*s'",
		    (int)(len < 60 ? len : 60), name);
	smn_text_suggest(error, smn_nearest(name, len, name_at, names));
	return -EINVAL;
}
