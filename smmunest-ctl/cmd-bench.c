// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench: how long the calls of nesting take. Everything a sample needs is there
 * before the first one; between two of them nothing is printed or allocated.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

enum { OPT_BATCH = 0x200, OPT_SIZE, OPT_CMD, OPT_WARMUP, OPT_CPU, OPT_HIST,
       OPT_CSV, OPT_STREAM, OPT_SCALE, OPT_BASELINE, OPT_THRESHOLD };
enum { SAMPLES = 10000, MAX_SAMPLES = 10000000 };

static const struct argp_option options[] = {
	{ "samples", 'n', "N", 0,
	  "of each row (default: 10000; dma, msi, event: 20)", 0 },
	{ "warmup", OPT_WARMUP, "N", 0,
	  "calls before the first sample (default: 100; those: 1)", 0 },
	{ "cpu", OPT_CPU, "N", 0, "stay on this CPU", 0 },
	{ "batch", OPT_BATCH, "LIST", 0,
	  "inval: commands a call (default: 1,16,63,64,256,1024)", 0 },
	{ "cmd", OPT_CMD, "CMD", 0, "inval: the command (default: "
	  "tlbi-nh-asid:ASID=7); several take turns", 0 },
	{ "size", OPT_SIZE, "LIST", 0,
	  "map, unmap: bytes (default: 4K,64K,2M)", 0 },
	{ "hist", OPT_HIST, NULL, 0, "with a histogram of each row", 0 },
	{ "csv", OPT_CSV, "F", 0, "every sample, in a file", 0 },
	{ "stream", OPT_STREAM, NULL, 0,
	  "a line of JSON for each row at once, then the document", 0 },
	{ "scale", OPT_SCALE, "OBJECT:FROM..TO", 0, "while more and more "
	  "objects live: vdevice, hwpt, mapping or device", 0 },
	{ "baseline", OPT_BASELINE, "FILE.json", 0,
	  "compare with what bench --json wrote", 0 },
	{ "threshold", OPT_THRESHOLD, "PCT", 0,
	  "so much slower than the baseline is exit 1 (default: 5)", 0 },
	{ 0 },
};

/* --- arguments --- */

static const char *row_name_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i < bench_nrows ? bench_rows[i].name : NULL;
}

static void choose(struct bench *b, const char *name, struct argp_state *state)
{
	const char *near;

	for (unsigned int i = 0; i < bench_nrows; i++)
		if (!strcmp(bench_rows[i].name, name)) {
			b->chosen[i] = true;
			return;
		}
	near = smn_nearest(name, strlen(name), row_name_at, NULL);
	argp_error(state, "'%s' is neither a PCI address nor what can be "
		   "timed%s%s%s", name, near ? "; did you mean " : "",
		   near ? near : "", near ? "?" : "");
}

static const struct {
	const char *what;
	int most;
	const char *unit;
} limits[] = {
	[BENCH_BATCH] = { "a number from 1 to", MAX_BATCH, "" },
	[BENCH_BYTES] = { "a number of whole pages up to", BENCH_MAP_GIB, "G" },
};

/* One number of a list; of bytes with K, M, G, and whole pages. */
static bool parse_size(enum bench_by by, const char *word, uint64_t *v)
{
	uint64_t page = sysconf(_SC_PAGESIZE), addr;

	if (by == BENCH_BATCH)
		return !smn_number_parse(word, v) && *v && *v <= MAX_BATCH;
	return !strchr(word, '@') && !smn_memory_parse(word, v, &addr) &&
		*v && *v % page == 0 && *v <= (uint64_t)BENCH_MAP_GIB << 30;
}

static void parse_list(struct bench *b, enum bench_by by, const char *option,
		       char *arg, struct argp_state *state)
{
	struct bench_list *list = &b->sizes[by];
	const char *rest = arg;

	list->n = 0;
	while (rest) {
		size_t len = strcspn(rest, ",");
		char word[32] = "";

		if (len < sizeof(word))
			memcpy(word, rest, len);
		if (list->n == BENCH_LIST)
			argp_error(state, "%s: more than %d numbers", option,
				   BENCH_LIST);
		if (!parse_size(by, word, &list->v[list->n++]))
			argp_error(state, "%s: '%.*s' is not %s %d%s", option,
				   (int)len, rest, limits[by].what,
				   limits[by].most, limits[by].unit);
		rest = rest[len] ? rest + len + 1 : NULL;
	}
}

static void add_cmd(struct bench *b, const char *arg, struct argp_state *state)
{
	struct smn_why why = { "" };
	uint64_t cmd[2] = { 0 };

	if (b->cmds[0].n == BENCH_LIST)
		argp_error(state, "--cmd: more than %d", BENCH_LIST);
	if (smn_cmd_parse(arg, cmd, &why))
		argp_error(state, "%s", why.text);
	for (unsigned int w = 0; w < 2; w++)
		b->cmds[w].v[b->cmds[w].n++] = cmd[w];
}

static double parse_percent(const char *arg, struct argp_state *state)
{
	char *end;
	double v = strtod(arg, &end);

	if (end == arg || *end || !(v >= 0 && v <= 1e6))
		argp_error(state, "--threshold: '%s' is not a percentage", arg);
	return v;
}

static void set_defaults(struct bench *b)
{
	b->n = BENCH_NOT_SAID;
	b->warmup = BENCH_NOT_SAID;
	b->cpu = -1;
	b->baseline.threshold = 5;
	b->sizes[BENCH_ONE] = (struct bench_list){ 1, { 0 } };
	b->sizes[BENCH_BATCH] =
		(struct bench_list){ 6, { 1, 16, 63, 64, 256, 1024 } };
	b->sizes[BENCH_BYTES] =
		(struct bench_list){ 3, { 4 << 10, 64 << 10, 2 << 20 } };
}

/* What was not said, and what does not go together. */
static void complete(struct bench *b, struct argp_state *state)
{
	b->all = true;
	for (unsigned int i = 0; i < bench_nrows; i++)
		b->all &= !b->chosen[i];
	if (!b->cmds[0].n)
		add_cmd(b, "tlbi-nh-asid:ASID=7", state);
	if (b->stream)
		b->ctl->json = true;
}

static error_t parse_more(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct bench *b = ctl->opts;

	switch (key) {
	case OPT_HIST:
		b->hist = true;
		return 0;
	case OPT_CSV:
		b->csv_file = arg;
		if (!strcmp(arg, "-"))
			argp_error(state, "--csv: the table is on standard "
				   "output; give a file");
		return 0;
	case OPT_STREAM:
		b->stream = true;
		return 0;
	case OPT_SCALE:
		bench_scale_parse(b, arg, state);
		return 0;
	case OPT_BASELINE:
		b->baseline.file = arg;
		return 0;
	case OPT_THRESHOLD:
		b->baseline.threshold = parse_percent(arg, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct bench *b = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		b->ctl = ctl;
		set_defaults(b);
		return 0;
	case 'n':
		b->n = ctl_number(state, "-n", arg, 1, MAX_SAMPLES);
		return 0;
	case OPT_WARMUP:
		b->warmup = ctl_number(state, "--warmup", arg, 0, MAX_SAMPLES);
		return 0;
	case OPT_CPU:
		b->cpu = ctl_number(state, "--cpu", arg, 0, CPU_SETSIZE - 1);
		return 0;
	case OPT_BATCH:
		parse_list(b, BENCH_BATCH, "--batch", arg, state);
		return 0;
	case OPT_SIZE:
		parse_list(b, BENCH_BYTES, "--size", arg, state);
		return 0;
	case OPT_CMD:
		add_cmd(b, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (!ctl_take_bdf(ctl, arg))
			choose(b, arg, state);
		return 0;
	case ARGP_KEY_END:
		complete(b, state);
		return 0;
	}
	return parse_more(key, arg, state);
}

/* --- sampling --- */

static size_t said_or(uint64_t said, size_t otherwise)
{
	return said == BENCH_NOT_SAID ? otherwise : said;
}

/* Warm-up, then the samples, or as many as there are until we are stopped. */
static int take(struct bench *b, size_t *done)
{
	const size_t warmup = said_or(b->warmup, b->row->bed ? 1 : 100);
	const size_t n = said_or(b->n, b->row->bed ? 20 : SAMPLES);
	struct smn_sys *sys = &b->ctl->sys;
	struct smn_world *w = sys->world;
	uint64_t ns;
	int ret = 0;

	/* to keep up with what comes and goes would allocate */
	if (!w->answers)
		sys->world = NULL;
	for (size_t i = 0; !ret && i < warmup && !stop_signal(); i++)
		ret = b->row->sample(b, &ns);
	for (*done = 0; !ret && *done < n && !stop_signal(); *done += !ret)
		ret = b->row->sample(b, &b->samples[*done]);
	sys->world = w;
	w->incomplete |= ret && !w->answers;
	return ret;
}

static enum status sample_sizes(struct bench *b)
{
	const struct bench_list *list = &b->sizes[b->row->by];
	size_t done;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < list->n && !stop_signal(); i++) {
		b->size = list->v[i];
		ret = take(b, &done);
		if (done)
			bench_report_row(b, done);
	}
	/* main.c tells the signal */
	if (!ret || (ret == -EINTR && stop_signal()))
		return CTL_OK;
	return b->why.text[0] ?
		ctl_no(b->ctl, CTL_FAILED, "bench.sample", &b->why,
		       &(struct smn_why){ "smmunest-ctl dma; smmunest-ctl "
					  "msi" }) :
		ctl_refused(b->ctl, ret);
}

static enum status sample_scale(struct bench *b)
{
	enum status status = CTL_OK;
	uint64_t count = b->scale.from;

	b->scale.have = 0;
	do {
		int ret = bench_scale_grow(b, count);

		status = ret ? ctl_refused(b->ctl, ret) : sample_sizes(b);
	} while (!status && !stop_signal() && bench_scale_next(b, &count));
	return status;
}

static enum status build(struct bench *b)
{
	struct smn_plan plan = { .cdev = b->pci.cdev, .vsid = b->pci.rid,
				 .upto = b->row->upto };
	int ret;

	if (b->row->bed)
		return bench_bed_open(b);
	if (bench_scale_upto(b) > plan.upto)
		plan.upto = bench_scale_upto(b);
	ret = smn_nest_build(&b->ctl->session, &plan, &b->nest);
	return ret ? ctl_refused(b->ctl, ret) : CTL_OK;
}

/* A chain of its own for each row: none inherits another's traces. */
static enum status sample_row(struct bench *b)
{
	size_t mark = smn_session_mark(&b->ctl->session);
	enum status status = build(b);
	int ret;

	if (!status && b->row->prepare)
		status = b->row->prepare(b);
	if (!status)
		status = sample_scale(b);
	ret = smn_session_unwind(&b->ctl->session, mark);
	bench_bed_close(b);
	return ret && !status ? ctl_refused(b->ctl, ret) : status;
}

/* --- the run --- */

static enum status pin(struct bench *b)
{
	struct smn_why cause;
	cpu_set_t set;

	if (b->cpu < 0)
		return CTL_OK;
	CPU_ZERO(&set);
	CPU_SET(b->cpu, &set);
	if (!sched_setaffinity(0, sizeof(set), &set))
		return CTL_OK;
	smn_why_set(&cause, "this process cannot run on CPU %d: %s", b->cpu,
		    smn_errno_name(errno));
	return ctl_no(b->ctl, CTL_USAGE, "bench.cpu", &cause,
		      &(struct smn_why){ "taskset -cp $$; cat "
					 "/sys/devices/system/cpu/online" });
}

/* Touched, so that no page comes while samples are taken. */
static enum status reserve(struct bench *b)
{
	const size_t n = said_or(b->n, SAMPLES);
	const uint64_t bytes = bench_most(b, BENCH_BYTES);
	struct smn_sys *sys = &b->ctl->sys;

	b->samples = malloc(n * sizeof(*b->samples));
	if (!b->samples)
		return ctl_no(b->ctl, CTL_INTERNAL, "bench.memory",
			      &(struct smn_why){ "no memory for the samples" },
			      &(struct smn_why){ "fewer of them, by -n" });
	memset(b->samples, 1, n * sizeof(*b->samples));
	b->batch = smn_sys_map(sys, bench_most(b, BENCH_BATCH) *
			       sizeof(*b->batch));
	if (b->batch)
		b->memory = smn_sys_map(sys, bytes);
	if (!b->memory)
		return ctl_refused(b->ctl, -ENOMEM);
	memset(b->memory, 0, bytes);
	return CTL_OK;
}

static enum status sample_all(struct bench *b)
{
	enum status status = CTL_OK;

	for (unsigned int i = 0; !status && i < bench_nrows; i++) {
		b->row = &bench_rows[i];
		if (!(b->chosen[i] || b->all) || stop_signal())
			continue;
		status = sample_row(b);
		if (status == CTL_SKIPPED && b->all && b->row->bed) {
			bench_report_skip(b);
			status = CTL_OK;
		}
	}
	return status;
}

static enum status run(struct ctl *ctl)
{
	struct bench *b = ctl->opts;
	enum status status, told;

	status = bench_report_open(b);
	if (!status)
		status = bench_baseline_open(b);
	if (!status)
		status = ctl_open_device(ctl, &b->pci);
	if (!status)
		status = pin(b);
	if (!status)
		status = bench_scale_open(b);
	if (!status)
		status = reserve(b);
	if (!status)
		status = sample_all(b);
	bench_scale_report(b);
	told = bench_report_close(b);
	status = status ? status : told;

	bench_scale_close(b);
	bench_baseline_close(b);
	free(b->samples);
	return status;
}

const struct cmd cmd_bench = {
	.name = "bench", .group = "prove", .args = "[BDF] [NAME...]",
	.doc = "how long the calls of nesting take",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct bench),
};
