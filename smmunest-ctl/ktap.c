// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cases as KTAP, Documentation/dev-tools/ktap.rst of the kernel. The result
 * line has the name and a directive alone; what there is to say comes before.
 */
#include <string.h>
#include <unistd.h>

#include "run.h"

unsigned int run_count(const struct run *r, enum verdict verdict)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->ndone; i++)
		n += r->outcomes[i].verdict == verdict;
	return n;
}

void run_list(struct json_object *names, FILE *to)
{
	for (size_t i = 0; i < json_object_array_length(names); i++)
		fprintf(to, "%s\n", json_object_get_string(
			json_object_array_get_idx(names, i)));
}

void run_progress(const struct run *r, unsigned int i)
{
	if (r->ctl->quiet || isatty(STDOUT_FILENO) || !isatty(STDERR_FILENO))
		return;
	if (i < r->nchosen)
		fprintf(stderr, "\r\033[K%u/%u %s", i + 1, r->nchosen,
			r->list.cases[r->chosen[i]].name);
	else
		fprintf(stderr, "\r\033[K");
}

static void begin(const struct run *r, FILE *to)
{
	const struct ctl *ctl = r->ctl;
	char release[64] = "unknown";

	smn_host_release(&r->ctl->sys, release, sizeof(release));
	fprintf(to, "KTAP version 1\n1..%u\n", r->nchosen);
	if (ctl->replay)
		fprintf(to, "# replay %s: a recording answers, no real "
			"kernel\n", ctl->replay);
	if (ctl->on_model)
		fprintf(to, "# model %s: a software kernel answers, no real "
			"one\n", ctl->model_name);
	fprintf(to, "# smmunest-ctl " VERSION ", Linux %s, device %s\n",
		release, ctl->bdf);
	if (r->shuffled)
		fprintf(to, "# --shuffle=%llu\n", (unsigned long long)r->seed);
}

static void one(const struct run *r, FILE *to, unsigned int i)
{
	static const char *const directives[NVERDICTS] = {
		[PASSED] = "", [FAILED] = "", [SKIPPED] = " # SKIP",
		[ERROR] = " # ERROR", [TIMED_OUT] = " # TIMEOUT",
	};
	const char *name = r->list.cases[r->chosen[i]].name;
	const struct outcome *o = &r->outcomes[i];
	const char *text = o->diag ? o->diag : "", *line;
	size_t len;

	while ((len = next_line_of(&text, &line)))
		fprintf(to, "# %s: %.*s\n", name, (int)len, line);
	fprintf(to, "%sok %u %s%s\n",
		o->verdict == PASSED || o->verdict == SKIPPED ? "" : "not ",
		i + 1, name, directives[o->verdict]);
}

static void end(const struct run *r, FILE *to, int exit)
{
	(void)exit;
	fprintf(to, "# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u "
		"error:%u\n", run_count(r, PASSED),
		run_count(r, FAILED) + run_count(r, TIMED_OUT),
		run_count(r, SKIPPED), run_count(r, ERROR));
}

static void skipped(const struct run *r, const char *why, FILE *to)
{
	(void)r;
	fprintf(to, "KTAP version 1\n1..0 # SKIP %s\n", why);
}

const struct report report_ktap = { "ktap", begin, one, end, skipped };
