// SPDX-License-Identifier: GPL-2.0-or-later
/* decode: words to names. What no table describes is shown, never dropped. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { MAX_DECODE_WORDS = 4096 };

struct decode_opts {
	const struct kind *kind;
	unsigned int n;
	uint64_t words[MAX_DECODE_WORDS];
};

/* A command that no table knows still has an opcode. */
static const struct smn_layout unknown_cmd = {
	.name = "unknown", .kind = SMN_CMD, .words = 2, .bits = 64,
};

static const struct smn_layout *ste_layout(const uint64_t *words,
					   unsigned int i)
{
	(void)words;
	(void)i;
	return &smn_vste;
}

static const struct smn_layout *cmd_layout(const uint64_t *words,
					   unsigned int i)
{
	const struct smn_layout *l =
		smn_cmd_by_opcode(words[0] & SMN_CMD_OPCODE);

	(void)i;
	return l ? l : &unknown_cmd;
}

static const struct smn_layout *idr_layout(const uint64_t *words,
					   unsigned int i)
{
	(void)words;
	return i < SMN_NREGS ? &smn_idrs[i] : NULL;
}

static int no_rules(const uint64_t *words, smn_feats feats,
		    struct smn_violations *out)
{
	(void)words;
	(void)feats;
	out->n = 0;
	return 0;
}

static const struct kind {
	const char *name;
	unsigned int words;
	const struct smn_layout *(*layout)(const uint64_t *words,
					   unsigned int i);
	int (*rules)(const uint64_t *words, smn_feats feats,
		     struct smn_violations *out);
} kinds[] = {
	{ "ste", 2, ste_layout, smn_rules_vste },
	{ "cmd", 2, cmd_layout, smn_rules_cmd },
	{ "idr", 1, idr_layout, no_rules }, /* IDR0-5, IIDR, AIDR in order */
};

static const struct kind *find_kind(struct argp_state *state, const char *name)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	argp_error(state, "'%s' is no layout: ste, cmd or idr", name);
	return NULL;
}

/* Words may stand apart or be joined: W0 W1, W0,W1, W0:W1 */
static void add_words(struct decode_opts *o, struct argp_state *state,
		      const char *arg)
{
	unsigned int n = 1;

	for (const char *p = arg; *p; p++)
		n += *p == ',' || *p == ':';
	if (o->n + n > MAX_DECODE_WORDS)
		argp_error(state, "more than %d words", MAX_DECODE_WORDS);
	if (ctl_words(arg, o->words + o->n, n))
		argp_error(state, "'%s' is not a word", arg);
	for (unsigned int i = 0; o->kind->words == 1 && i < n; i++)
		if (o->words[o->n + i] > UINT32_MAX)
			argp_error(state, "'%s': a register has 32 bits", arg);
	o->n += n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct decode_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_ARG:
		if (!o->kind)
			o->kind = find_kind(state, arg);
		else
			add_words(o, state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->kind)
			argp_error(state, "which layout? ste, cmd or idr");
		if (!o->n || o->n % o->kind->words)
			argp_error(state,
				   "%s: a multiple of %u words is needed",
				   o->kind->name, o->kind->words);
		if (o->kind->words == 1 && o->n > SMN_NREGS)
			argp_error(state,
				   "idr: at most %d registers, IDR0-5, IIDR "
				   "and AIDR",
				   SMN_NREGS);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static enum status run(struct ctl *ctl)
{
	const struct decode_opts *o = ctl->opts;
	struct json_object *records = json_object_new_array();

	for (unsigned int i = 0; i < o->n; i += o->kind->words) {
		const uint64_t *w = o->words + i;
		const struct smn_layout *l = o->kind->layout(w, i);
		struct smn_violations bad;

		o->kind->rules(w, SMN_FEATS_ALL, &bad);
		json_object_array_add(records, doc_record(l, l->name, w, &bad));
	}
	doc_add(ctl->result, "records", records);
	return CTL_OK;
}

const struct cmd cmd_decode = {
	.name = "decode", .group = "look", .args = "ste|cmd|idr WORD...",
	.doc = "words to names; reserved and unknown bits are told",
	.parse = parse, .run = run, .opts_size = sizeof(struct decode_opts),
};
