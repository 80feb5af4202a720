// SPDX-License-Identifier: GPL-2.0-or-later
/* fields: the tables themselves, as text, JSON, or the manual's page. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { OPT_FORMAT = 0x200 };

static const struct argp_option options[] = {
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json, or man",
	  0 },
	{ 0 },
};

struct fields_opts {
	const char *what;	/* "ste", "TLBI_NH_VA", "cmd.ASID", or NULL */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct fields_opts *o = ctl->opts;

	switch (key) {
	case OPT_FORMAT:
		ctl->print = NULL;
		ctl->json |= !strcmp(arg, "json");
		if (!strcmp(arg, "man"))
			ctl->print = out_man;
		else if (strcmp(arg, "text") && strcmp(arg, "json"))
			argp_error(state,
				   "--format: '%s' is none of text, json, "
				   "man",
				   arg);
		return 0;
	case ARGP_KEY_ARG:
		if (o->what)
			return ARGP_ERR_UNKNOWN;
		o->what = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- the document --- */

static struct json_object *values(const struct smn_field *f)
{
	struct json_object *o = json_object_new_object();
	char number[8];

	for (unsigned int v = 0; v < f->nvalues; v++) {
		if (!f->values[v])
			continue;
		snprintf(number, sizeof(number), "%u", v);
		doc_add_str(o, number, f->values[v]);
	}
	return o;
}

static struct json_object *doc_field(const struct smn_layout *l,
				     const struct smn_field *f)
{
	struct json_object *o = json_object_new_object();
	const char *feature = f->feat ? smn_feat_source(f->feat) :
		f->wide ? smn_feat_source(f->wide) : NULL;

	doc_add_str(o, "name", f->name);
	doc_add_int(o, "word", f->word);
	doc_add_int(o, "lo", f->lo);
	doc_add_int(o, "width", f->width);
	doc_add(o, "user", json_object_new_boolean(f->user == SMN_USER));
	doc_add(o, "feature", feature ? json_object_new_string(feature) : NULL);
	doc_add_str(o, "spec", f->spec ? f->spec : l->spec);
	doc_add_str(o, "doc", f->doc);
	doc_add(o, "values", values(f));
	return o;
}

static const char *const fates[] = {
	[SMN_REFUSED] = "kept by the kernel",
	[SMN_EMULATED] = "the VMM's own work",
	[SMN_FORWARDED] = "forwarded",
};

static struct json_object *doc_layout(const struct smn_layout *l,
				      const char *field)
{
	const struct smn_family *family = &smn_families[l->kind];
	struct json_object *o = json_object_new_object();
	struct json_object *rows = json_object_new_array();

	doc_add_str(o, "name", l->name);
	doc_add_str(o, "layout", family->name);
	doc_add_str(o, "spec", l->spec);
	if (l->doc)
		doc_add_str(o, "doc", l->doc);
	if (l->kind == SMN_CMD || l->kind == SMN_EVT) {
		doc_add(o, "opcode", doc_hex(l->opcode, 2));
		doc_add_str(o, "fate", fates[l->fate]);
	}
	for (unsigned int i = 0; i < l->nfields; i++)
		if (!field || smn_layout_field(l, field, strlen(field)) ==
		    &l->fields[i])
			json_object_array_add(rows,
					      doc_field(l, &l->fields[i]));
	doc_add(o, "fields", rows);
	return o;
}

static bool wanted(const struct smn_layout *l, const char *name,
		   const char *field)
{
	/* words 0 and 1 again: smn_ste has them */
	if (l == &smn_vste)
		return false;
	if (name && strcasecmp(smn_families[l->kind].name, name) &&
	    smn_layout_by_name(name) != l)
		return false;
	return !field || smn_layout_field(l, field, strlen(field));
}

static enum status unknown(struct ctl *ctl, const char *what)
{
	struct smn_why cause;

	smn_why_set(&cause, "no table or field is called '%.60s'", what);
	return ctl_no(ctl, CTL_USAGE, "fields.unknown", &cause,
		      &(struct smn_why){ "smmunest-ctl fields cmd" });
}

static enum status run(struct ctl *ctl)
{
	const struct fields_opts *o = ctl->opts;
	struct json_object *list = json_object_new_array();
	const struct smn_layout *l;
	char *name = o->what ? strdup(o->what) : NULL;
	char *field = name ? strchr(name, '.') : NULL;

	if (field)
		*field++ = '\0';
	for (unsigned int i = 0; (l = smn_layout_at(i)); i++)
		if (wanted(l, name, field))
			json_object_array_add(list, doc_layout(l, field));
	free(name);
	doc_add(ctl->result, "layouts", list);
	return json_object_array_length(list) ? CTL_OK : unknown(ctl, o->what);
}

const struct cmd cmd_fields = {
	.name = "fields",
	.group = "look",
	.args = "[LAYOUT[.FIELD]]",
	.doc = "the tables: every field of every SMMU word",
	.options = options,
	.parse = parse,
	.run = run,
	.opts_size = sizeof(struct fields_opts),
};
