// SPDX-License-Identifier: GPL-2.0-or-later
/* explain: why a call can fail so, from the rows, without making it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

enum { OPT_COVERAGE = 0x200, OPT_FORMAT };

static const struct argp_option options[] = {
	{ "coverage", OPT_COVERAGE, NULL, 0,
	  "every row, and how tests reach it or why none does", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json, or man",
	  0 },
	{ 0 },
};

struct explain_opts {
	bool coverage, everything;
	const char *op, *err;
	char **words;			/* NAME=VALUE */
	unsigned int nwords;
	struct explained e;
	unsigned int at_op, at_row;	/* what next_row() comes to */
	bool own;			/* past the rows that ops share */
};

static void take_word(struct explain_opts *o, struct argp_state *state,
		      char *arg)
{
	if (!o->op && !strchr(arg, '=')) {
		o->op = arg;
	} else if (!o->err && !o->nwords && !strchr(arg, '=')) {
		o->err = arg;
	} else {
		o->words = realloc(o->words, (o->nwords + 1) * sizeof(char *));
		if (!o->words)
			argp_failure(state, CTL_INTERNAL, ENOMEM, "words");
		o->words[o->nwords++] = arg;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct explain_opts *o = ctl->opts;

	switch (key) {
	case OPT_COVERAGE:
		o->coverage = o->everything = true;
		return 0;
	case OPT_FORMAT:
		ctl->json |= !strcmp(arg, "json");
		o->everything |= !strcmp(arg, "man");
		if (!strcmp(arg, "man"))
			ctl->print = out_errors_man;
		else if (strcmp(arg, "text") && strcmp(arg, "json"))
			argp_error(state, "--format: '%s' is none of text, "
				   "json, man", arg);
		return 0;
	case ARGP_KEY_ARG:
		take_word(o, state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->op && !o->everything)
			argp_error(state, "which OP? For instance: "
				   "viommu-alloc EOPNOTSUPP");
		if (o->everything && (o->op || o->nwords))
			argp_error(state, "that is about every op");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- what is asked --- */

struct op_words {
	char word[SMN_NOPS][SMN_OP_WORD];
};

static const char *op_word_at(const void *ctx, unsigned int i)
{
	const struct op_words *words = ctx;

	return i < SMN_NOPS ? words->word[i] : NULL;
}

static const char *errno_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i <= SMN_MAX_ERRNO ? smn_errno_name(i) : NULL;
}

static enum status no_such(struct ctl *ctl, const char *what, const char *name,
			   const char *near)
{
	struct smn_why cause, remedy = { "smmunest-ctl explain --coverage" };

	smn_why_set(&cause, "there is no %s '%.60s'%s%s%s", what, name,
		    near ? "; did you mean " : "", near ? near : "",
		    near ? "?" : "");
	return ctl_no(ctl, CTL_USAGE, "explain.unknown", &cause, &remedy);
}

static enum status find_op(struct ctl *ctl, struct explain_opts *o)
{
	struct op_words words;

	o->e.op = smn_op_of_word(o->op);
	if (o->e.op != SMN_NOPS)
		return CTL_OK;
	for (unsigned int i = 0; i < SMN_NOPS; i++)
		smn_op_word(i, words.word[i]);
	return no_such(ctl, "op", o->op, smn_nearest(
			       o->op, strlen(o->op), op_word_at, &words));
}

static enum status find_errno(struct ctl *ctl, struct explain_opts *o)
{
	uint64_t number;

	if (!o->err)
		return CTL_OK;
	if (!smn_number_parse(o->err, &number) && number &&
	    number <= SMN_MAX_ERRNO)
		o->e.err = number;
	else
		o->e.err = smn_errno_by_name(o->err, strlen(o->err));
	return o->e.err ? CTL_OK :
		no_such(ctl, "errno", o->err, smn_nearest(
				o->err, strlen(o->err), errno_at, NULL));
}

/* The errnos that the op does have, for one that it has not. */
static enum status never_so(struct ctl *ctl, const struct explain_opts *o)
{
	const struct smn_row *row;
	struct smn_why cause, remedy;
	bool seen[SMN_MAX_ERRNO + 1] = { false };
	char word[SMN_OP_WORD];
	size_t at;

	smn_why_set(&cause, "%s is not known to answer %s; known are",
		    smn_op(o->e.op)->name, smn_errno_name(o->e.err));
	for (unsigned int i = 0; (row = smn_row_at(o->e.op, i)); i++) {
		at = strlen(cause.text);
		if (!seen[row->err])
			snprintf(cause.text + at, sizeof(cause.text) - at,
				 " %s", smn_errno_name(row->err));
		seen[row->err] = true;
	}
	smn_why_set(&remedy, "smmunest-ctl explain %s",
		    smn_op_word(o->e.op, word));
	return ctl_no(ctl, CTL_USAGE, "explain.never", &cause, &remedy);
}

static bool any_row(const struct explain_opts *o)
{
	const struct smn_row *row;

	for (unsigned int i = 0; (row = smn_row_at(o->e.op, i)); i++)
		if (!o->e.err || row->err == o->e.err)
			return true;
	return false;
}

/* --- rows, one after the other --- */

static void start_over(struct ctl *ctl)
{
	struct explain_opts *o = ctl->opts;

	o->at_op = o->everything ? 0 : o->e.op;
	o->at_row = 0;
	o->own = !o->everything;
}

/* Of everything: what all ioctls share once, then the rows of each op. */
static const struct smn_row *row_of_all(struct explain_opts *o)
{
	const struct smn_act *act = o->own ? smn_act(o->at_op) :
		&smn_act_common;

	while (o->at_row == act->nrows) {
		o->at_op += o->own;
		o->own = true;
		o->at_row = 0;
		if (o->at_op == SMN_NOPS)
			return NULL;
		act = smn_act(o->at_op);
	}
	return &act->rows[o->at_row++];
}

static const struct smn_row *row_of_op(struct explain_opts *o)
{
	const struct smn_row *row;

	while ((row = smn_row_at(o->e.op, o->at_row++)))
		if (!o->e.err || row->err == o->e.err)
			return row;
	return NULL;
}

static struct json_object *doc_row(const char *op, const struct smn_row *row,
				   const char *cause)
{
	struct json_object *o = json_object_new_object();
	char since[8];

	snprintf(since, sizeof(since), "%u.%u", row->since / 100 % 100,
		 row->since % 100);
	doc_add_str(o, "id", row->id);
	doc_add_str(o, "op", op);
	doc_add_int(o, "errno", row->err);
	doc_add_str(o, "name", smn_errno_name(row->err));
	doc_add_str(o, "cause", cause);
	doc_add_str(o, "remedy", row->remedy);
	doc_add(o, "since",
		row->since ? json_object_new_string(since) : NULL);
	return o;
}

static void add_coverage(struct json_object *o, const struct smn_row *row)
{
	doc_add(o, "reached", json_object_new_boolean(!row->unreached));
	doc_add(o, "why_not", row->unreached ?
		json_object_new_string(row->unreached) : NULL);
}

static struct json_object *next_row(struct ctl *ctl)
{
	static const char *const words[] = {
		[SMN_UNKNOWN] = "unknown", [SMN_NO] = "no", [SMN_YES] = "yes",
	};
	struct explain_opts *o = ctl->opts;
	const struct smn_row *row = o->everything ? row_of_all(o) :
		row_of_op(o);
	enum smn_truth holds = SMN_UNKNOWN;
	struct json_object *doc;
	struct smn_why cause;

	if (!row)
		return NULL;
	smn_why_set(&cause, "%s", row->cause);
	if (o->e.known)
		holds = smn_row_holds(&o->e.q, row, &cause);
	/* what a test found out is only true where it holds */
	doc = doc_row(o->own ? smn_op(o->at_op)->name : "any", row,
		      holds == SMN_YES ? cause.text : row->cause);
	if (!o->everything)
		doc_add_str(doc, "holds", words[holds]);
	add_coverage(doc, row);
	return doc;
}

/* --- as text --- */

static bool next_covered(struct ctl *ctl, char *buf, size_t len)
{
	struct json_object *o = next_row(ctl);

	if (!o)
		return false;
	snprintf(buf, len, "%-29s %-11s %-20s %s%s", doc_text(o, "op"),
		 doc_text(o, "name"), doc_text(o, "id"),
		 doc_text(o, "why_not")[0] ? "no: " : "tests",
		 doc_text(o, "why_not"));
	json_object_put(o);
	return true;
}

static bool next_explained(struct ctl *ctl, char *buf, size_t len)
{
	const struct explain_opts *o = ctl->opts;
	struct json_object *row = next_row(ctl);

	if (!row)
		return false;
	snprintf(buf, len, "%s%s%s  [%s%s%s]\n  %s\n  try: %s",
		 o->e.known ? doc_text(row, "holds") : "",
		 o->e.known ? ": " : "", doc_text(row, "name"),
		 doc_text(row, "id"),
		 doc_text(row, "since")[0] ? ", since " : "",
		 doc_text(row, "since"), doc_text(row, "cause"),
		 doc_text(row, "remedy"));
	json_object_put(row);
	return true;
}

/* A page of the manual is made of the whole list. */
static void list_all(struct ctl *ctl)
{
	struct json_object *rows = json_object_new_array(), *row;

	start_over(ctl);
	while ((row = next_row(ctl)))
		json_object_array_add(rows, row);
	doc_add(ctl->result, "rows", rows);
}

static enum status understand(struct ctl *ctl, struct explain_opts *o)
{
	struct smn_why why = { "" };
	enum status status = find_op(ctl, o);

	if (!status)
		status = find_errno(ctl, o);
	if (!status && !any_row(o))
		status = never_so(ctl, o);
	if (!status && explained_by(&o->e, o->words, o->nwords, &why))
		status = ctl_no(ctl, CTL_USAGE, "explain.word", &why,
				&(struct smn_why){ "smmunest-ctl explain "
						   "--help" });
	return status;
}

static enum status run(struct ctl *ctl)
{
	struct explain_opts *o = ctl->opts;
	enum status status = o->everything ? CTL_OK : understand(ctl, o);

	free(o->words);
	if (ctl->print) {
		list_all(ctl);
	} else if (!status) {
		ctl->stream = "rows";
		ctl->rewind = start_over;
		ctl->next = next_row;
		ctl->next_line = o->coverage ? next_covered : next_explained;
	}
	return status;
}

const struct cmd cmd_explain = {
	.name = "explain", .group = "look",
	.args = "OP [ERRNO] [NAME=VALUE]...",
	.doc = "why a call can fail, and what to do about it",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct explain_opts),
};
