// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases as JSON, an object a line: the plan, each case, the totals. */
#include <string.h>

#include "run.h"

static void print(FILE *to, struct json_object *o)
{
	fprintf(to, "%s\n", json_object_to_json_string_ext(
			o, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static struct json_object *event(const char *name)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "event", name);
	return o;
}

/* So that whoever reads of a part does not take it for the whole. */
static unsigned int left_out(const struct run *r)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->list.n; i++)
		n += !r->list.cases[i].slow;
	for (unsigned int i = 0; i < r->nchosen; i++)
		n -= !r->list.cases[r->chosen[i]].slow;
	return n;
}

static void begin(const struct run *r, FILE *to)
{
	struct json_object *o = event("plan");
	struct json_object *kernel = json_object_new_object();
	struct ctl *ctl = r->ctl;
	char release[64];

	doc_add_int(o, "schema", 1);
	doc_add_str(o, "tool", "smmunest-ctl");
	doc_add_str(o, "version", VERSION);
	doc_add_str(o, "command", "run");
	doc_add_str(o, "backend", ctl->sys.be->name);
	if (ctl->on_model)
		doc_add_str(o, "model", ctl->model_name);
	if (!smn_host_release(&ctl->sys, release, sizeof(release)))
		doc_add_str(kernel, "release", release);
	doc_add(o, "kernel", kernel);
	doc_add(o, "device", json_object_get(ctl->device));
	doc_add_int(o, "cases", r->nchosen);
	doc_add_int(o, "left_out", left_out(r));
	if (r->shuffled)
		doc_add(o, "seed", doc_hex(r->seed, 16));
	print(to, o);
}

static void one(const struct run *r, FILE *to, unsigned int i)
{
	const struct outcome *out = &r->outcomes[i];
	struct json_object *diag = json_object_new_array();
	struct json_object *o = event("case");
	const char *text = out->diag ? out->diag : "", *line;
	size_t len;

	while ((len = next_line_of(&text, &line)))
		json_object_array_add(diag,
				      json_object_new_string_len(line, len));
	doc_add_str(o, "name", r->list.cases[r->chosen[i]].name);
	doc_add_str(o, "status", verdict_name(out->verdict));
	doc_add_int(o, "ns", out->ns);
	doc_add(o, "diag", diag);
	print(to, o);
}

static void end(const struct run *r, FILE *to, int exit)
{
	struct json_object *o = event("totals");
	uint64_t ns = 0;

	for (unsigned int i = 0; i < r->ndone; i++)
		ns += r->outcomes[i].ns;
	for (enum verdict v = 0; v < NVERDICTS; v++)
		doc_add_int(o, verdict_name(v), run_count(r, v));
	doc_add_int(o, "ns", ns);
	doc_add_int(o, "exit", exit);
	print(to, o);
}

/* The document that every command has, on a line. */
static void skipped(const struct run *r, const char *why, FILE *to)
{
	(void)why;
	out_json(r->ctl, to, CTL_SKIPPED);
}

const struct report report_json = { "json", begin, one, end, skipped };
