/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a line, for all who read lines; and what they say is wrong. */
#ifndef SMN_NEST_WORD_H
#define SMN_NEST_WORD_H

#include <string.h>

#include "nest/request.h"

#define SMN_BLANKS " \t\r\n"

/* A word goes up to a blank; there is none at the end or at a comment. */
struct smn_word {
	const char *at;
	int len;
};

static inline struct smn_word smn_word_at(const char *at)
{
	struct smn_word w = { .at = at + strspn(at, SMN_BLANKS) };

	w.len = *w.at == '#' ? 0 : strcspn(w.at, SMN_BLANKS);
	return w;
}

static inline struct smn_word smn_word_after(struct smn_word w)
{
	return smn_word_at(w.at + w.len);
}

static inline bool smn_word_is(struct smn_word w, const char *text)
{
	return (size_t)w.len == strlen(text) && !memcmp(w.at, text, w.len);
}

/* What a line begins with: "OP", or "let NAME = OP". */
struct smn_line_head {
	struct smn_word name;	/* .len 0: it lets nothing */
	struct smn_word op;	/* .len 0: the line is empty */
};

/* -EINVAL and @error, of a line that begins at @line: it stops halfway. */
int smn_line_head(const char *line, struct smn_line_head *h,
		  struct smn_text_error *error);

/* "; did you mean NAME?" behind the error of before, where one is near. */
void smn_text_suggest(struct smn_text_error *error, const char *near);

/* -EINVAL, and @error says that nothing has that name. Not which column. */
int smn_text_no_name(struct smn_text_error *error,
		     const struct smn_names *names, const char *name,
		     size_t len);

#endif
