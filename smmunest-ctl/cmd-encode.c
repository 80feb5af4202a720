// SPDX-License-Identifier: GPL-2.0-or-later
/* encode: names to words, checked. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

struct encode_opts {
	const struct smn_layout *layout;
	bool cmd;
	struct json_object *records;
	uint64_t words[SMN_MAX_WORDS];
};

static void finish(struct encode_opts *o)
{
	struct smn_violations bad = { 0 };

	if (o->layout->kind == SMN_CMD)
		smn_rules_cmd(o->words, SMN_FEATS_ALL, &bad);
	else if (o->layout->kind == SMN_STE)
		smn_rules_vste(o->words, SMN_FEATS_ALL, &bad);
	json_object_array_add(o->records, doc_record(o->layout, o->layout->name,
						     o->words, &bad));
	memset(o->words, 0, sizeof(o->words));
}

static void start(struct encode_opts *o, struct argp_state *state,
		  const char *arg)
{
	if (!strcmp(arg, "cmd")) {
		o->cmd = true;
		return;
	}
	o->layout = smn_layout_by_name(arg);
	if (o->layout == &smn_ste)
		o->layout = &smn_vste;
	if (!o->layout ||
	    (o->layout->kind != SMN_STE && o->layout->kind != SMN_IDR))
		argp_error(state, "'%s' is no layout: ste, cmd, or a register "
			   "like IDR0", arg);
}

/* "tlbi-nh-asid:ASID=5", or "tlbi-nh-asid" with NAME=VALUE arguments behind */
static void command(struct encode_opts *o, struct argp_state *state,
		    const char *arg)
{
	struct smn_why why;

	if (o->layout)
		finish(o);
	if (smn_cmd_parse(arg, o->words, &why))
		argp_error(state, "%s", why.text);
	o->layout = smn_cmd_by_opcode(o->words[0] & SMN_CMD_OPCODE);
}

static void assignment(struct encode_opts *o, struct argp_state *state,
		       const char *arg)
{
	struct smn_why why;

	if (!o->layout)
		argp_error(state, "'%s': name the command first", arg);
	if (smn_layout_assign(o->layout, o->words, arg, &why))
		argp_error(state, "%s", why.text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct encode_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		o->records = json_object_new_array();
		return 0;
	case ARGP_KEY_ARG:
		if (!o->layout && !o->cmd)
			start(o, state, arg);
		else if (o->cmd && (strchr(arg, ':') || !strchr(arg, '=')))
			command(o, state, arg);
		else
			assignment(o, state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->layout)
			argp_error(state, o->cmd ? "which command?" :
				   "which layout? ste, cmd, or IDR0 ...");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static enum status run(struct ctl *ctl)
{
	struct encode_opts *o = ctl->opts;

	finish(o);
	doc_add(ctl->result, "records", o->records);
	return CTL_OK;
}

const struct cmd cmd_encode = {
	.name = "encode",
	.group = "look",
	.args = "ste|IDRn NAME=VALUE...\n"
		"cmd OPNAME[:NAME=VALUE,...]... [NAME=VALUE...]",
	.doc = "names to words; says whether the kernel would take them",
	.parse = parse,
	.run = run,
	.opts_size = sizeof(struct encode_opts),
};
