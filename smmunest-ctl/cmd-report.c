// SPDX-License-Identifier: GPL-2.0-or-later
/* report: one page of what info, run and bench told of a machine, or of two. */
#include <errno.h>
#include <string.h>

#include "compare.h"
#include "page.h"

enum { MAX_FILES = 16, MAX_MACHINES = 2 };

static const struct argp_option options[] = {
	{ "output", 'o', "F", 0, "the page in this file, not on stdout", 0 },
	{ 0 },
};

struct report_opts {
	const char *file[MAX_FILES], *output;
	unsigned int n;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct report_opts *o = ctl->opts;

	switch (key) {
	case 'o':
		o->output = strcmp(arg, "-") ? arg : NULL;
		return 0;
	case ARGP_KEY_ARG:
		if (o->n == MAX_FILES)
			argp_error(state, "more than %d files", MAX_FILES);
		o->file[o->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->n)
			argp_error(state, "which files? As `info --json`, "
				   "`run --json` and `bench --json` write "
				   "them");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* A file that tells what is told already, or of another, begins a machine. */
static bool gather(const struct report_opts *o, struct json_object *machines,
		   struct smn_why *why)
{
	struct json_object *last = NULL;

	for (unsigned int i = 0; i < o->n; i++) {
		struct json_object *m = evidence_read(o->file[i], why);

		if (!m)
			return false;
		if (last && evidence_completes(last, m)) {
			evidence_join(last, m);
			json_object_put(m);
			continue;
		}
		json_object_array_add(machines, m);
		last = m;
		if (doc_length(machines) <= MAX_MACHINES)
			continue;
		smn_why_set(why, "%.100s is of a third machine: a page has two "
			    "at most", o->file[i]);
		return false;
	}
	return true;
}

static enum status wrong(struct ctl *ctl, const struct smn_why *why)
{
	return ctl_no(ctl, CTL_USAGE, "evidence", why,
		      &(struct smn_why){ "smmunest-ctl info --json "
					 ">FILE.json; or run, bench" });
}

/* Only when there is a page to write: what is there is not lost in vain. */
static enum status write_page(struct ctl *ctl, const char *path)
{
	FILE *to = fopen(path, "we");
	struct smn_why why;
	bool bad;

	if (to) {
		page_print(ctl, to);
		bad = ferror(to);
		bad |= fclose(to) != 0;
		if (!bad)
			return CTL_OK;
	}
	smn_why_set(&why, "-o: %.100s: %s", path, strerror(errno));
	return ctl_no(ctl, CTL_INTERNAL, "report.output", &why,
		      &(struct smn_why){ "df; ls -ld that folder" });
}

static void nothing(const struct ctl *ctl, FILE *to)
{
	(void)ctl;
	(void)to;
}

static enum status run(struct ctl *ctl)
{
	const struct report_opts *o = ctl->opts;
	struct json_object *machines = json_object_new_array();
	struct json_object *comparison = NULL;
	struct smn_why why;

	ctl->print = nothing;
	doc_add(ctl->result, "machines", machines);
	if (!gather(o, machines, &why))
		return wrong(ctl, &why);
	/* two that have nothing in common are shown side by side only */
	if (doc_length(machines) == MAX_MACHINES)
		comparison = compare(doc_at(machines, 0), doc_at(machines, 1),
				     &why);
	doc_add(ctl->result, "comparison", comparison);
	if (o->output)
		return write_page(ctl, o->output);
	ctl->print = page_print;
	return CTL_OK;
}

const struct cmd cmd_report = {
	.name = "report", .group = "glue", .args = "FILE.json...",
	.doc = "a page of what info, run and bench told: HTML",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct report_opts),
};
