// SPDX-License-Identifier: GPL-2.0-or-later
/* alloc: ioas -> s2 -> viommu -> vdevice -> s1 [-> attach], step by step. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { OPT_UPTO = 0x200, OPT_ATTACH, OPT_HOLD, OPT_REPEAT };

static const struct argp_option options[] = {
	{ "upto", OPT_UPTO, "STAGE", 0,
	  "stop after ioas, s2, viommu, vdevice or "
	  "s1 (default: s1)",
	  0 },
	{ "attach", OPT_ATTACH, NULL, 0, "attach the device to what was built",
	  0 },
	{ "hold", OPT_HOLD, "SECS", OPTION_ARG_OPTIONAL,
	  "keep it until Ctrl-C, or "
	  "that long",
	  0 },
	{ "repeat", OPT_REPEAT, "N", 0,
	  "build and undo N times; min, p50, max of a "
	  "step",
	  0 },
	VDEVICE_OPTIONS,
	S1_OPTIONS,
	{ 0 },
};

struct alloc_opts {
	struct plan_opts plan;
	bool attach;
	uint64_t repeat;
};

static const char *const stages[] = {
	[SMN_UPTO_IOAS] = "ioas", [SMN_UPTO_S2] = "s2",
	[SMN_UPTO_VIOMMU] = "viommu", [SMN_UPTO_VDEVICE] = "vdevice",
	[SMN_UPTO_S1] = "s1",
};

static enum smn_stage parse_stage(struct argp_state *state, const char *arg)
{
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(stages); i++)
		if (stages[i] && !strcmp(stages[i], arg))
			return i;
	argp_error(state,
		   "--upto: '%s' is none of ioas, s2, viommu, vdevice, s1",
		   arg);
	return SMN_UPTO_S1;
}

/* What is asked for beyond the last stage would have no effect. */
static void check_stage(const struct plan_opts *p, struct argp_state *state)
{
	const struct {
		const char *what;
		bool asked;
		enum smn_stage stage;
	} rows[] = {
		{ "an STE", p->ste_named || p->ste_raw, SMN_UPTO_S1 },
		{ "--faultq", p->plan.faultq, SMN_UPTO_S1 },
		{ "--vsid", p->vsid_given, SMN_UPTO_VDEVICE },
		{ "--veventq", p->plan.veventq, SMN_UPTO_VIOMMU },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		if (rows[i].asked && p->plan.upto < rows[i].stage)
			argp_error(state, "%s has no effect with --upto=%s",
				   rows[i].what, stages[p->plan.upto]);
	if (p->plan.no_vdevice && p->plan.upto == SMN_UPTO_VDEVICE)
		argp_error(state, "--upto=vdevice and --vsid=none exclude each "
			   "other");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct alloc_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		plan_init(&o->plan);
		o->repeat = 1;
		return 0;
	case OPT_UPTO:
		o->plan.plan.upto = parse_stage(state, arg);
		return 0;
	case OPT_ATTACH:
		o->attach = true;
		return 0;
	case OPT_HOLD:
		ctl->hold = true;
		ctl->hold_s =
			arg ? ctl_number(state, "--hold", arg, 1, 1000000) : 0;
		return 0;
	case OPT_REPEAT:
		o->repeat = ctl_number(state, "--repeat", arg, 1, 10000000);
		return 0;
	case ARGP_KEY_ARG:
		if (ctl_take_bdf(ctl, arg))
			return 0;
		break;
	case ARGP_KEY_END:
		if (ctl->hold && o->repeat > 1)
			argp_error(state,
				   "--hold and --repeat exclude each other");
		check_stage(&o->plan, state);
		if (o->attach && o->plan.plan.upto != SMN_UPTO_S1)
			argp_error(state, "--attach needs the chain up to s1");
		if (o->attach)
			o->plan.plan.upto = SMN_UPTO_ATTACH;
		return 0;
	}
	return plan_parse(&o->plan, key, arg, state);
}

static void describe(struct ctl *ctl, const struct smn_plan *plan)
{
	struct json_object *memory = json_object_new_object();

	if (plan->upto >= SMN_UPTO_S1)
		doc_add(ctl->result, "ste", doc_ste(plan->ste));
	doc_add(memory, "ipa", doc_hex(plan->ipa, 16));
	doc_add_int(memory, "bytes", plan->bytes);
	doc_add(ctl->result, "memory", memory);
}

/* The times of each step over all repetitions, a row a step. */
static void add_stats(struct ctl *ctl, const struct smn_nest *nest,
		      uint64_t *samples[SMN_MAX_STEPS], size_t n)
{
	struct json_object *rows = json_object_new_array();

	for (unsigned int i = 0; n && i < nest->nsteps; i++) {
		struct smn_stat stat;
		struct json_object *o = json_object_new_object();

		smn_stat_of(samples[i], n, &stat);
		doc_add_str(o, "object", nest->steps[i].object);
		doc_add_stat(o, &stat);
		json_object_array_add(rows, o);
	}
	doc_add(ctl->result, "repeat", rows);
}

static enum status repeat(struct ctl *ctl, const struct alloc_opts *o)
{
	uint64_t *samples[SMN_MAX_STEPS] = { NULL };
	size_t mark = smn_session_mark(&ctl->session), done = 0;
	enum status status = CTL_OK;
	struct smn_nest nest;

	for (unsigned int i = 0; i < SMN_MAX_STEPS; i++) {
		samples[i] = calloc(o->repeat, sizeof(**samples));
		if (!samples[i])
			status = CTL_INTERNAL;
	}
	while (!status && done < o->repeat && !stop_signal()) {
		status = plan_build(ctl, &o->plan.plan, &nest);
		if (status)
			break;
		for (unsigned int i = 0; i < nest.nsteps; i++)
			samples[i][done] = nest.steps[i].ns;
		done++;
		if (smn_session_unwind(&ctl->session, mark))
			status = CTL_REFUSED;
	}
	if (status != CTL_INTERNAL)
		add_stats(ctl, &nest, samples, done);
	for (unsigned int i = 0; i < SMN_MAX_STEPS; i++)
		free(samples[i]);
	return status;
}

static enum status run(struct ctl *ctl)
{
	struct alloc_opts *o = ctl->opts;
	struct smn_nest nest;
	enum status status;
	struct smn_pci pci;

	status = ctl_open_device(ctl, &pci);
	if (status)
		return status;
	plan_for(&o->plan, &pci);
	if (o->repeat > 1)
		status = repeat(ctl, o);
	else
		status = plan_build(ctl, &o->plan.plan, &nest);
	describe(ctl, &o->plan.plan);
	return status;
}

const struct cmd cmd_alloc = {
	.name = "alloc", .group = "act", .args = "[BDF] [STE-FIELD=VALUE...]",
	.doc = "build ioas, S2 parent, vIOMMU, vDEVICE and nested HWPT",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct alloc_opts),
};
