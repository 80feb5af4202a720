/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that read scripts: words of a line, mistakes in it. */
#ifndef SMN_NEST_SCRIPT_PARTS_H
#define SMN_NEST_SCRIPT_PARTS_H

#include "nest/script.h"
#include "nest/word.h"

/* A line that is being read. */
struct smn_script_reader {
	struct smn_script *s;
	const char *text;
	struct smn_text_error *error;
};

/* -EINVAL, and where in the line it is. */
__attribute__((format(printf, 3, 4)))
int smn_script_wrong(struct smn_script_reader *r, struct smn_word w,
		     const char *fmt, ...);

/* -EINVAL, and what is near enough behind what is wrong. */
int smn_script_suggest(struct smn_script_reader *r, const char *near);

/* Append a line, its text without blanks around it; NULL: no memory. */
struct smn_script_line *smn_script_new(struct smn_script *s, const char *text);

/* --- script-expect.c --- */

/* What is said behind "expect", of the request that comes next. */
int smn_expect_parse(struct smn_script_reader *r, struct smn_word w);

/*
 * Hand that over to @l, whose request is known now. A mistake is in the line
 * of the expectation.
 */
int smn_expect_take(struct smn_script *s, struct smn_script_line *l,
		    struct smn_text_error *error);

/* --- verb.c --- */

/*
 * A line that stands for several requests: 1 and they are appended, 0: it is
 * none of these, or -errno.
 */
int smn_verb_add(struct smn_script_reader *r);

/* Append @text, a request; what was expected is not its affair. */
int smn_script_request(struct smn_script *s, const char *text,
		       struct smn_text_error *error,
		       struct smn_script_line **l);

#endif
