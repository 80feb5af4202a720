/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of `run`: the machine, what came of a case, the stream. */
#ifndef RUN_H
#define RUN_H

#include "cases/case.h"

enum verdict { PASSED, FAILED, SKIPPED, ERROR, TIMED_OUT, NVERDICTS };

/* "pass", "fail", "skip", "error", "timeout" */
const char *verdict_name(enum verdict verdict);

struct outcome {
	enum verdict verdict;
	uint64_t ns;
	char *diag;		/* lines, "" for none */
};

/* the one that is tried, one behind the same SMMU, one behind another */
enum { RUN_FIRST, RUN_SECOND, RUN_FAR, RUN_DEVICES };

/* What cases meet; found out once. */
struct rig {
	struct smn_pci pci[RUN_DEVICES];
	const char *cdevs[RUN_DEVICES];	/* theirs; NULL: there is none */
	uint16_t kernel;
	struct smn_hw_info hw;
	struct smn_accounting accounting;
	struct smn_why unmet[NNEEDS];	/* "" where a need is met */
};

struct run {
	struct ctl *ctl;
	struct rig rig;
	struct case_list list;
	unsigned int *chosen, nchosen;	/* indices into the list, in order */
	struct outcome *outcomes;	/* of each of those */
	unsigned int ndone;
	unsigned int repeat, round, timeout_s;
	bool shuffled;
	uint64_t seed;
	bool stuck;			/* a process that cannot be killed */
	struct said *said;		/* by the case that runs: process.c */
};

/* --- rig.c --- */

/* CTL_OK, or why nothing can be tried. */
enum status rig_find(struct run *r);

/* Why the case cannot be tried here; false: it can. */
bool rig_lacks(const struct rig *rig, const struct test_case *c,
	       struct smn_why *why);

/* --- trial.c, in the case's own process --- */

/* Runs it; what is wrong goes to @log, a line each. */
enum verdict trial_run(struct ctl *ctl, const struct rig *rig,
		       const struct test_case *c, FILE *log);

/* --- process.c --- */

/* 0, or -ENOMEM; before the first case, and after the last. */
int process_begin(struct run *r);
void process_end(struct run *r);

/* The case, r->repeat times or until it does not pass. */
void process_run(struct run *r, const struct test_case *c, struct outcome *out);

/* --- how a stream of cases is printed: ktap.c, junit.c, jsonl.c --- */

struct report {
	const char *name;
	void (*begin)(const struct run *r, FILE *to);
	void (*one)(const struct run *r, FILE *to, unsigned int i);
	void (*end)(const struct run *r, FILE *to, int exit);
	/* instead of all of those: nothing can be tried here */
	void (*skipped)(const struct run *r, const char *why, FILE *to);
};

extern const struct report report_ktap, report_junit, report_json;

/* The next line of a text that is not empty; its length, 0 at the end. */
size_t next_line_of(const char **text, const char **line);

unsigned int run_count(const struct run *r, enum verdict verdict);

/* The names of cases, one a line. */
void run_list(struct json_object *names, FILE *to);

/* On a terminal that stdout is not: case @i is next; nchosen: none is. */
void run_progress(const struct run *r, unsigned int i);

#endif
