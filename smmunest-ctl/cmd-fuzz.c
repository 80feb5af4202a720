// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz: random requests to a kernel and to a model of it; who differs? */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { OPT_SEED = 0x200, OPT_AGAINST, OPT_LENGTH };
enum { LENGTH = 200, REPLAYS = 1500 };

static const struct argp_option options[] = {
	{ "seed", OPT_SEED, "N", 0,
	  "the same seed makes the same requests (default: 1)", 0 },
	{ "requests", 'n', "N", 0, "how many (default: 10000)", 0 },
	{ "length", OPT_LENGTH, "N", 0,
	  "requests until all is closed and begun afresh (default: 200)", 0 },
	{ "against", OPT_AGAINST, "model:PRESET", 0,
	  "compare with this model, not with one of this machine", 0 },
	{ 0 },
};

struct fuzz_opts {
	uint64_t seed, n;
	unsigned int length;
	const char *against;
	struct fuzz_machine machine;
	struct fuzz_tally tally;
	struct smn_fuzz fuzz;
	struct smn_request *reqs;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct fuzz_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		o->seed = 1;
		o->n = 10000;
		o->length = LENGTH;
		return 0;
	case OPT_SEED:
		o->seed = ctl_number(state, "--seed", arg, 0, UINT64_MAX);
		return 0;
	case 'n':
		o->n = ctl_number(state, "-n", arg, 1, UINT32_MAX);
		return 0;
	case OPT_LENGTH:
		o->length = ctl_number(state, "--length", arg, 1, SMN_FUZZ_MAX);
		return 0;
	case OPT_AGAINST:
		if (strncmp(arg, "model:", 6) || !arg[6])
			argp_error(state, "--against: '%s' is not model:PRESET",
				   arg);
		o->against = arg + 6;
		return 0;
	case ARGP_KEY_ARG:
		if (ctl_take_bdf(ctl, arg))
			return 0;
		argp_error(state, "'%s' is not a PCI address", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/*
 * One sequence from nothing open to everything closed; 1 and @diff at the first
 * difference, *n requests long. 0, or -ENOMEM.
 */
static int sequence(struct fuzz_opts *o, unsigned int *n,
		    struct smn_fuzz_diff *diff)
{
	struct smn_fuzz *f = &o->fuzz;
	struct smn_fuzz_pair pair;
	int ret = smn_fuzz_pair_begin(&pair, o->machine.side);

	smn_fuzz_begin(f, o->seed << 32 ^ o->tally.sequences++);
	for (*n = 0; !ret && *n < o->length && o->tally.requests < o->n;) {
		struct smn_request *req = &o->reqs[*n];

		diff->at = (*n)++;
		smn_fuzz_make(f, req);
		ret = smn_fuzz_send(&pair, req, diff);
		fuzz_count(&o->tally, req, diff);
		smn_fuzz_note(f, req, &diff->reply[0]);
	}
	smn_fuzz_pair_end(&pair);
	return ret;
}

/* Also when it cannot be shown again it is told, as it was met. */
static void examine(struct fuzz_opts *o, unsigned int n,
		    struct smn_fuzz_diff *diff)
{
	struct fuzz_tally *t = &o->tally;
	struct fuzz_finding *known = fuzz_known(t, o->reqs[n - 1].op, diff);
	int left;

	if (known) {
		known->times++;
		return;
	}
	left = smn_fuzz_shrink(o->machine.side, o->reqs, n, REPLAYS, diff);
	fuzz_found(t, &o->machine, o->reqs, left > 0 ? (unsigned int)left : n,
		   diff);
}

static enum status compare(struct ctl *ctl, struct fuzz_opts *o)
{
	struct fuzz_tally *t = &o->tally;
	struct smn_fuzz_diff diff;
	unsigned int n;
	int ret = 0;

	o->reqs = calloc(o->length, sizeof(*o->reqs));
	if (!o->reqs)
		return ctl_refused(ctl, -ENOMEM);
	t->start_ns = fuzz_now();
	while (ret >= 0 && t->requests < o->n && !stop_signal() &&
	       t->nfindings < FUZZ_DIFFS) {
		ret = sequence(o, &n, &diff);
		if (ret > 0)
			examine(o, n, &diff);
		fuzz_progress(ctl, t, o->n);
	}
	free(o->reqs);
	if (ret < 0)
		return ctl_refused(ctl, ret);
	return t->nfindings ? CTL_FAILED : CTL_OK;
}

static enum status run(struct ctl *ctl)
{
	struct fuzz_opts *o = ctl->opts;
	enum status status =
		fuzz_machine_open(ctl, &o->machine, o->against);

	if (!status) {
		o->fuzz.ndevs = o->machine.side[0].ncdevs;
		o->fuzz.feats = o->machine.feats;
		o->fuzz.page = ctl->sys.world->page;
		status = compare(ctl, o);
		fuzz_report(ctl, &o->tally, &o->machine, o->seed);
		ctl->print = fuzz_print;
	}
	fuzz_machine_close(&o->machine);
	return status;
}

const struct cmd cmd_fuzz = {
	.name = "fuzz", .group = "prove", .args = "[BDF]",
	.doc = "random requests to the kernel and to a model, compared",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct fuzz_opts),
};
