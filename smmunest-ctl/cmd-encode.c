// SPDX-License-Identifier: GPL-2.0-or-later
/* encode: names to words, checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { OPT_FOR = 0x200, MAX_RECORDS = 4096 };

static const struct argp_option options[] = {
	FOR_OPTION,
	{ 0 },
};

struct record {
	const struct smn_layout *layout;
	uint64_t words[SMN_MAX_WORDS];
	uint64_t seen[SMN_MAX_WORDS];
};

struct encode_opts {
	const struct smn_family *family;
	const char *for_what;
	size_t n;
	struct record *records;
};

static struct record *add(struct encode_opts *o, struct argp_state *state,
			  const struct smn_layout *l)
{
	struct record *r;

	if (o->n == MAX_RECORDS)
		argp_error(state, "more than %d records", MAX_RECORDS);
	r = &o->records[o->n++];
	*r = (struct record){ .layout = l, .words = { l->opcode } };
	return r;
}

/* A family, or the one register or structure by its own name */
static void start(struct encode_opts *o, struct argp_state *state,
		  const char *arg)
{
	const struct smn_layout *l = smn_layout_by_name(arg);
	uint64_t none[SMN_MAX_WORDS] = { 0 };

	o->family = smn_family_by_name(arg);
	/* a command or event is named behind its family */
	if (!o->family && l && l->kind != SMN_CMD && l->kind != SMN_EVT)
		o->family = &smn_families[l->kind];
	if (!o->family)
		argp_error(state,
			   "'%s' is no layout: ste, l1std, cd, l1cd, cmd, "
			   "evt, or a register like IDR0",
			   arg);
	if (o->family->named && smn_family_by_name(arg))
		return;
	if (!l || !o->family->named)
		l = smn_family_layout(o->family, none, 0);
	/* what iommufd takes, until a field further on is named */
	add(o, state, l == &smn_ste ? &smn_vste : l);
}

/* "tlbi-nh-asid:ASID=5", or "tlbi-nh-asid" with NAME=VALUE arguments behind */
static void named(struct encode_opts *o, struct argp_state *state,
		  const char *arg)
{
	size_t len = strcspn(arg, ":");
	struct smn_why why;
	const struct smn_layout *l;
	struct record *r;
	char name[40];

	snprintf(name, sizeof(name), "%.*s", (int)len, arg);
	l = smn_layout_by_name(name);
	if (!l || &smn_families[l->kind] != o->family) {
		/* the command parser knows which name is nearest */
		smn_why_set(&why, "there is no %s called '%s'",
			    o->family->name, name);
		if (o->family == &smn_families[SMN_CMD])
			smn_cmd_parse(arg, (uint64_t[2]){ 0 }, &why);
		argp_error(state, "%s", why.text);
		return;
	}
	r = add(o, state, l);
	if (arg[len] && !arg[len + 1])
		argp_error(state, "'%s': NAME=VALUE is needed after ':'", arg);
	if (arg[len] && smn_layout_parse(l, r->words, arg + len + 1, &why))
		argp_error(state, "%s", why.text);
}

static void assignment(struct encode_opts *o, struct argp_state *state,
		       const char *arg)
{
	struct record *r = o->n ? &o->records[o->n - 1] : NULL;
	struct smn_why why;
	int ret;

	if (!r) {
		argp_error(state, "'%s': name the %s first", arg,
			   o->family->name);
		return;
	}
	ret = smn_layout_assign_once(r->layout, r->words, r->seen, arg, &why);
	if (ret == -ENOENT && r->layout == &smn_vste) {
		r->layout = &smn_ste;
		ret = smn_layout_assign_once(r->layout, r->words, r->seen, arg,
					     &why);
	}
	if (ret)
		argp_error(state, "%s", why.text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct encode_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		o->records = calloc(MAX_RECORDS, sizeof(*o->records));
		if (!o->records)
			argp_failure(state, CTL_INTERNAL, ENOMEM, "records");
		return 0;
	case OPT_FOR:
		o->for_what = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->family)
			start(o, state, arg);
		else if (o->family->named &&
			 (strchr(arg, ':') || !strchr(arg, '=')))
			named(o, state, arg);
		else
			assignment(o, state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->family)
			argp_error(state, "which layout? ste, cd, cmd, evt, "
				   "IDR0 ...");
		else if (!o->n)
			argp_error(state, "which %s?", o->family->name);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static enum status run(struct ctl *ctl)
{
	struct encode_opts *o = ctl->opts;
	struct json_object *list = json_object_new_array();
	uint32_t regs[SMN_NREGS];
	enum status status = CTL_OK;

	if (o->for_what)
		status = ctl_regs_for(ctl, o->for_what, regs);
	for (size_t i = 0; !status && i < o->n; i++)
		json_object_array_add(list, doc_record(o->records[i].layout,
						       o->records[i].words,
						       o->for_what ? regs :
						       NULL));
	doc_add(ctl->result, "records", list);
	free(o->records);
	return status;
}

const struct cmd cmd_encode = {
	.name = "encode",
	.group = "look",
	.args = "ste|l1std|cd|l1cd|IDRn NAME=VALUE...\n"
		"cmd|evt NAME[:NAME=VALUE,...]... [NAME=VALUE...]",
	.doc = "names to words; says whether the kernel would take them",
	.options = options,
	.parse = parse,
	.run = run,
	.opts_size = sizeof(struct encode_opts),
};
