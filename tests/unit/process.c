// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A case in a process of its own: whatever it does with itself, its verdict
 * and what it has said are told, and the next one finds a clean page.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run.h"
#include "sys/model.h"
#include "sys/presets.h"
#include "tap.h"

enum { LINES = 9000, FULL = 16384 };

/* --- what a case may do --- */

static enum verdict says_nothing(FILE *log)
{
	(void)log;
	return PASSED;
}

static enum verdict says_why(FILE *log)
{
	fputs("expected this, saw that\n", log);
	return FAILED;
}

static enum verdict says_too_much(FILE *log)
{
	for (int i = 0; i < LINES; i++)
		fprintf(log, "line %d\n", i);
	return FAILED;
}

static enum verdict dies(FILE *log)
{
	fputs("in the middle of", log);
	raise(SIGKILL);
	return PASSED;
}

static enum verdict dies_of_too_much(FILE *log)
{
	says_too_much(log);
	raise(SIGKILL);
	return PASSED;
}

static enum verdict exits(FILE *log)
{
	fputs("so far\n", log);
	_exit(3);
	return PASSED;
}

/* Not a pass: the one before may have passed. */
static enum verdict exits_well(FILE *log)
{
	(void)log;
	_exit(0);
	return PASSED;
}

static enum verdict hangs(FILE *log)
{
	fputs("so far\n", log);
	while (pause())
		;
	return PASSED;
}

static const struct {
	const char *name;
	enum verdict (*does)(FILE *log);
	enum verdict verdict;
	const char *begins, *ends;	/* what is told of it */
} rows[] = {
	{ "nothing", says_nothing, PASSED, "", "" },
	{ "why", says_why, FAILED, "expected this", "saw that\n" },
	{ "too-much", says_too_much, FAILED, "line 0\nline 1\n",
	  "it said more than 16384 bytes\n" },
	{ "nothing-after-much", says_nothing, PASSED, "", "" },
	{ "dies", dies, ERROR, "in the middle of\n",
	  "the case's process died of Killed\n" },
	{ "dies-of-too-much", dies_of_too_much, ERROR, "line 0\n",
	  "bytes\nthe case's process died of Killed\n" },
	{ "exits", exits, ERROR, "so far\n",
	  "the case's process ended with status 3\n" },
	{ "hangs", hangs, TIMED_OUT, "so far\n",
	  "so far\nnot done after 1 seconds\n" },
	{ "nothing-again", says_nothing, PASSED, "", "" },
	{ "exits-well", exits_well, ERROR, "",
	  "the case's process ended with status 0\n" },
	{ "nothing-at-last", says_nothing, PASSED, "", "" },
};

/* --- the rooms around it --- */

enum verdict trial_run(struct ctl *ctl, const struct rig *rig,
		       const struct test_case *c, FILE *log)
{
	(void)ctl;
	(void)rig;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].name, c->name))
			return rows[i].does(log);
	return ERROR;
}

bool rig_lacks(const struct rig *rig, const struct test_case *c,
	       struct smn_why *why)
{
	(void)rig;
	smn_why_set(why, "there is no such device");
	return !strcmp(c->name, "lacking");
}

void tape_stream(struct ctl *ctl, const char *name)
{
	(void)ctl;
	(void)name;
}

const char *replay_departed(const struct ctl *ctl)
{
	(void)ctl;
	return NULL;
}

int stop_signal(void)
{
	return 0;
}

/* --- what is told --- */

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static void each(struct tap *t, struct run *r, size_t i)
{
	const char *begins = rows[i].begins;
	struct test_case c = { .name = "" };
	struct outcome out;
	const char *text;

	snprintf(c.name, sizeof(c.name), "%s", rows[i].name);
	process_run(r, &c, &out);
	text = out.diag ? out.diag : "(none)";
	tap_ok(t, out.verdict == rows[i].verdict, "%s: %d", c.name,
	       out.verdict);
	tap_ok(t, !strncmp(text, begins, strlen(begins)) &&
	       ends_with(text, rows[i].ends) && !*text == !*rows[i].ends &&
	       strlen(text) < FULL + 512, "%s: what it said, %zu bytes",
	       c.name, strlen(text));
	free(out.diag);
}

static void lacking(struct tap *t, struct run *r)
{
	const struct test_case c = { .name = "lacking" };
	struct outcome out;

	process_run(r, &c, &out);
	tap_ok(t, out.verdict == SKIPPED && out.diag &&
	       !strcmp(out.diag, "there is no such device\n"),
	       "what cannot be tried is skipped");
	free(out.diag);
}

static void again(struct tap *t, struct run *r)
{
	const struct test_case c = { .name = "why" };
	struct outcome out;

	r->repeat = 3;
	process_run(r, &c, &out);
	tap_ok(t, out.verdict == FAILED && out.diag &&
	       ends_with(out.diag, "saw that\nin round 1 of 3\n"),
	       "a failure ends the rounds, and says which it was");
	free(out.diag);
}

int main(void)
{
	struct ctl ctl = { .on_model = true };
	struct run r = { .ctl = &ctl, .repeat = 1, .timeout_s = 1 };
	struct tap t = { 0 };
	struct smn_model *m;
	struct smn_why why;

	if (smn_model_preset("qemu", &m, &why) || process_begin(&r))
		return 1;
	ctl.sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m };
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		each(&t, &r, i);
	lacking(&t, &r);
	again(&t, &r);
	process_end(&r);
	smn_model_free(m);
	return tap_done(&t);
}
