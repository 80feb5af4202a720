/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that read requests: where the reader is, and what of. */
#ifndef SMN_NEST_PARSE_H
#define SMN_NEST_PARSE_H

#include "nest/word.h"

struct smn_parse {
	struct smn_request *req;
	struct smn_names *names;
	struct smn_text_error *error;
	const struct smn_op *op;
	char *copy, *next;  /* of the line, cut as it is read */
	struct smn_word result; /* the name that is let; .len 0: none */
	bool has_size;
};

/* -EINVAL, for the place that @at is in the line. */
__attribute__((format(printf, 3, 4))) int
smn_parse_wrong(struct smn_parse *p, const char *at, const char *fmt, ...);

/* "; did you mean NAME?" behind the error of before, where one is near. */
int smn_parse_suggest(struct smn_parse *p, const char *near);

/* A number up to @max. */
int smn_parse_number(struct smn_parse *p, const char *at, uint64_t max,
		     uint64_t *v);

/*
 * The slot of a name that an earlier line made; "none", and an "x7" that no
 * line made, are slot 0.
 */
int smn_parse_slot(struct smn_parse *p, const char *name, size_t len,
		   uint16_t *slot);

/* A member's value. @text is cut up, as it is by all of these. */
int smn_parse_value(struct smn_parse *p, const struct smn_arg *a, char *text,
		    struct smn_req_value *v);

/* The payload, by words, an STE's fields, or commands. */
int smn_parse_words(struct smn_parse *p, char *text);
int smn_parse_ste(struct smn_parse *p, char *text);
int smn_parse_commands(struct smn_parse *p, char *text);

#endif
