// SPDX-License-Identifier: GPL-2.0-or-later
/* compare: two machines or two kernels, side by side. */
#include "compare.h"

struct compare_opts {
	const char *file[2];
	unsigned int n;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct compare_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_ARG:
		if (o->n == SMN_ARRAY_SIZE(o->file))
			argp_error(state, "'%s': two files are compared, no "
				   "more", arg);
		o->file[o->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->n < SMN_ARRAY_SIZE(o->file))
			argp_error(state, "which two files? As `info --json`, "
				   "`run --json` and `bench --json` write "
				   "them");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static enum status run(struct ctl *ctl)
{
	const struct compare_opts *o = ctl->opts;
	struct json_object *machine[2] = { 0 }, *result = NULL;
	struct smn_why why;

	machine[0] = evidence_read(o->file[0], &why);
	if (machine[0])
		machine[1] = evidence_read(o->file[1], &why);
	if (machine[1])
		result = compare(machine[0], machine[1], &why);
	json_object_put(machine[0]);
	json_object_put(machine[1]);
	if (!result)
		return ctl_no(ctl, CTL_USAGE, "evidence", &why,
			      &(struct smn_why){ "smmunest-ctl info --json "
						 ">FILE.json; or run, bench" });
	json_object_put(ctl->result);
	ctl->result = result;
	return CTL_OK;
}

const struct cmd cmd_compare = {
	.name = "compare", .group = "glue", .args = "A.json B.json",
	.doc = "two machines or two kernels, side by side",
	.parse = parse, .run = run,
	.opts_size = sizeof(struct compare_opts),
};
