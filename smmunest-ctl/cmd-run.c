// SPDX-License-Identifier: GPL-2.0-or-later
/* run: the conformance suite, each case in a process of its own. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

enum { OPT_REPEAT = 0x600, OPT_SHUFFLE, OPT_STOP, OPT_SLOW, OPT_FORMAT,
       OPT_CASE_TIMEOUT, OPT_BROKEN };
enum { MOST_PATTERNS = 64, CASE_SECONDS = 20, SLOW_SECONDS = 900 };

static const struct argp_option options[] = {
	{ "list", 'l', NULL, 0, "the names of the cases, nothing is run", 0 },
	{ "exclude", 'x', "PATTERN", 0, "leave these out", 0 },
	{ "repeat", OPT_REPEAT, "N", 0,
	  "each case N times, or until it does not pass", 0 },
	{ "shuffle", OPT_SHUFFLE, "SEED", 0,
	  "in an order that the number decides", 0 },
	{ "stop-on-fail", OPT_STOP, NULL, 0,
	  "the first case that does not pass is the last", 0 },
	{ "slow", OPT_SLOW, NULL, 0, "the slow ones, too", 0 },
	{ "case-timeout", OPT_CASE_TIMEOUT, "SECS", 0,
	  "how long a case may take (default: 20, slow ones 900)", 0 },
	{ "broken", OPT_BROKEN, NULL, 0,
	  "the broken models that --backend=model:NAME can be; nothing is run",
	  0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "ktap (default), json or junit",
	  0 },
	{ 0 },
};

static const struct report *const reports[] = {
	&report_ktap, &report_json, &report_junit,
};

struct run_opts {
	const char *pattern[MOST_PATTERNS], *exclude[MOST_PATTERNS];
	unsigned int npattern, nexclude, case_timeout;
	bool list, broken, stop, slow;
	const struct report *format;	/* NULL: none was given */
	struct run run;
};

static void add_pattern(struct argp_state *state, const char **list,
			unsigned int *n, const char *pattern)
{
	if (*n == MOST_PATTERNS)
		argp_error(state, "more than %d patterns", MOST_PATTERNS);
	list[(*n)++] = pattern;
}

static const struct report *report_named(struct argp_state *state,
					 const char *name)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(reports); i++)
		if (!strcmp(reports[i]->name, name))
			return reports[i];
	argp_error(state, "--format: '%s' is none of ktap, json, junit", name);
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct run_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		o->run.repeat = 1;
		return 0;
	case 'l':
		o->list = true;
		return 0;
	case OPT_BROKEN:
		o->broken = true;
		return 0;
	case 'x':
		add_pattern(state, o->exclude, &o->nexclude, arg);
		return 0;
	case OPT_REPEAT:
		o->run.repeat = ctl_number(state, "--repeat", arg, 1, 1000000);
		return 0;
	case OPT_SHUFFLE:
		o->run.seed = ctl_number(state, "--shuffle", arg, 0,
					 UINT64_MAX);
		o->run.shuffled = true;
		return 0;
	case OPT_STOP:
		o->stop = true;
		return 0;
	case OPT_SLOW:
		o->slow = true;
		return 0;
	case OPT_CASE_TIMEOUT:
		o->case_timeout = ctl_number(state, "--case-timeout", arg, 1,
					     1000000);
		return 0;
	case OPT_FORMAT:
		o->format = report_named(state, arg);
		ctl->json |= o->format == &report_json;
		return 0;
	case ARGP_KEY_ARG:
		if (!ctl_take_bdf(ctl, arg))
			add_pattern(state, o->pattern, &o->npattern, arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- which ones, and in which order --- */

/* "inval" means all of that topic. */
static bool matches(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);

	return !fnmatch(pattern, name, 0) ||
		(!strncmp(pattern, name, n) && name[n] == '.');
}

static bool any_matches(const char *const *list, unsigned int n,
			const char *name)
{
	for (unsigned int i = 0; i < n; i++)
		if (matches(list[i], name))
			return true;
	return false;
}

static bool wanted(const struct run_opts *o, const struct test_case *c)
{
	return (o->slow || !c->slow) &&
		(!o->npattern || any_matches(o->pattern, o->npattern,
					     c->name)) &&
		!any_matches(o->exclude, o->nexclude, c->name);
}

static uint64_t next_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15;
	uint64_t x = *state;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static void shuffle(struct run *r)
{
	uint64_t state = r->seed;

	for (unsigned int i = r->nchosen; i > 1; i--) {
		unsigned int k = next_random(&state) % i;
		unsigned int last = r->chosen[i - 1];

		r->chosen[i - 1] = r->chosen[k];
		r->chosen[k] = last;
	}
}

/* A pattern that is no case's is a mistake, not an empty success. */
static enum status nothing_matches(struct ctl *ctl, const char *pattern)
{
	const struct run_opts *o = ctl->opts;
	struct smn_why cause;

	smn_why_set(&cause, "no case is called '%.80s'%s", pattern,
		    o->slow ? "" : ", or only slow ones are, which --slow "
		    "runs");
	return ctl_no(ctl, CTL_USAGE, "run.pattern", &cause,
		      &(struct smn_why){ "smmunest-ctl run -l" });
}

static enum status check_patterns(struct ctl *ctl, const struct run_opts *o)
{
	for (unsigned int p = 0; p < o->npattern; p++) {
		unsigned int i = 0;

		while (i < o->run.list.n &&
		       !((o->slow || !o->run.list.cases[i].slow) &&
			 matches(o->pattern[p], o->run.list.cases[i].name)))
			i++;
		if (i == o->run.list.n)
			return nothing_matches(ctl, o->pattern[p]);
	}
	if (o->run.nchosen)
		return CTL_OK;
	return ctl_no(ctl, CTL_USAGE, "run.pattern",
		      &(struct smn_why){ "-x leaves no case" },
		      &(struct smn_why){ "smmunest-ctl run -l" });
}

static enum status no_memory(struct ctl *ctl)
{
	return ctl_no(ctl, CTL_INTERNAL, "run.memory",
		      &(struct smn_why){ "no memory for the cases" },
		      &(struct smn_why){ "free -m" });
}

static enum status choose(struct ctl *ctl, struct run_opts *o)
{
	struct run *r = &o->run;

	if (case_list_make(&r->list))
		return no_memory(ctl);
	r->chosen = calloc(r->list.n, sizeof(*r->chosen));
	r->outcomes = calloc(r->list.n, sizeof(*r->outcomes));
	if (!r->chosen || !r->outcomes)
		return no_memory(ctl);
	for (unsigned int i = 0; i < r->list.n; i++)
		if (wanted(o, &r->list.cases[i]))
			r->chosen[r->nchosen++] = i;
	if (r->shuffled)
		shuffle(r);
	return check_patterns(ctl, o);
}

/* --- running them --- */

struct sink {
	const struct report *report;
	FILE *to;
};

/* On stdout, and in the file of --json=FILE. */
static unsigned int find_sinks(const struct ctl *ctl, struct sink sinks[2])
{
	const struct run_opts *o = ctl->opts;
	bool in_file = ctl->json && ctl->json_file;
	unsigned int n = 0;

	sinks[n].report = o->format ? o->format :
		ctl->json && !in_file ? &report_json : &report_ktap;
	sinks[n++].to = stdout;
	if (in_file)
		sinks[n++] = (struct sink){ &report_json, ctl->json_to };
	/* each line is out before the next process begins */
	for (unsigned int i = 0; i < n; i++)
		setvbuf(sinks[i].to, NULL, _IOLBF, 0);
	return n;
}

static bool bad(enum verdict v)
{
	return v != PASSED && v != SKIPPED;
}

static enum status sum_up(const struct run *r)
{
	if (run_count(r, PASSED) + run_count(r, SKIPPED) != r->ndone)
		return CTL_FAILED;
	return r->ndone && run_count(r, SKIPPED) == r->ndone ? CTL_SKIPPED :
		CTL_OK;
}

static enum status run_all(struct ctl *ctl, struct run_opts *o)
{
	struct run *r = &o->run;
	struct sink sinks[2];
	unsigned int n = find_sinks(ctl, sinks), s;
	enum status status;

	ctl->streamed = true;
	for (s = 0; s < n; s++)
		sinks[s].report->begin(r, sinks[s].to);
	for (unsigned int i = 0; i < r->nchosen && !r->stuck; i++) {
		const struct test_case *c = &r->list.cases[r->chosen[i]];

		r->timeout_s = o->case_timeout ? o->case_timeout :
			c->slow ? SLOW_SECONDS : CASE_SECONDS;
		run_progress(r, i);
		process_run(r, c, &r->outcomes[i]);
		run_progress(r, r->nchosen);
		r->ndone++;
		for (s = 0; s < n; s++)
			sinks[s].report->one(r, sinks[s].to, i);
		if (stop_signal() || (o->stop && bad(r->outcomes[i].verdict)))
			break;
	}
	status = sum_up(r);
	for (s = 0; s < n; s++)
		sinks[s].report->end(r, sinks[s].to, ctl_exit(status));
	return status;
}

/* Where nothing can be tried: a plan of nothing, and why. */
static void tell_skip(struct ctl *ctl)
{
	const struct run_opts *o = ctl->opts;
	const char *why = doc_text(ctl_cause(ctl, 0), "text");
	struct sink sinks[2];
	unsigned int n = find_sinks(ctl, sinks);

	ctl->streamed = true;
	for (unsigned int i = 0; i < n; i++)
		sinks[i].report->skipped(&o->run, why, sinks[i].to);
}

static void list(const struct ctl *ctl, FILE *to)
{
	run_list(json_object_object_get(ctl->result, "cases"), to);
}

static void list_json(struct ctl *ctl, const struct run *r)
{
	struct json_object *names = json_object_new_array();

	for (unsigned int i = 0; i < r->nchosen; i++)
		json_object_array_add(names, json_object_new_string(
				      r->list.cases[r->chosen[i]].name));
	doc_add(ctl->result, "cases", names);
}

static enum status list_broken(struct ctl *ctl)
{
	struct json_object *rows = json_object_new_array();

	for (unsigned int i = 0; smn_broken_name(i); i++) {
		struct json_object *o = json_object_new_object();

		doc_add_str(o, "name", smn_broken_name(i));
		doc_add_str(o, "wrong", smn_broken_doc(i));
		json_object_array_add(rows, o);
	}
	doc_add(ctl->result, "broken", rows);
	return CTL_OK;
}

static void forget(struct run *r)
{
	process_end(r);
	for (unsigned int i = 0; i < r->ndone; i++)
		free(r->outcomes[i].diag);
	free(r->outcomes);
	free(r->chosen);
	free(r->list.cases);
}

static enum status run(struct ctl *ctl)
{
	struct run_opts *o = ctl->opts;
	struct run *r = &o->run;
	enum status status;

	r->ctl = ctl;
	if (o->broken)
		return list_broken(ctl);
	status = choose(ctl, o);
	if (!status && o->list) {
		list_json(ctl, r);
		ctl->print = list;
	} else if (!status) {
		status = rig_find(r);
		if (!status)
			status = process_begin(r) ? no_memory(ctl) :
				run_all(ctl, o);
		else if (status == CTL_SKIPPED)
			tell_skip(ctl);
	}
	forget(r);
	return status;
}

const struct cmd cmd_run = {
	.name = "run", .group = "prove", .args = "[BDF] [PATTERN]...",
	.doc = "the conformance suite: is nesting right on this machine?",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct run_opts),
};
