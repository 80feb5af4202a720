// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents to machines. See evidence.h. */
#include <string.h>

#include "bench.h"
#include "evidence.h"
#include "run.h"

static const char *const kinds[EVIDENCE_KINDS] = {
	[EVIDENCE_INFO] = "info", [EVIDENCE_RUN] = "run",
	[EVIDENCE_BENCH] = "bench",
};

const char *evidence_name(enum evidence kind)
{
	return kinds[kind];
}

/* The member, made when it is not there. */
static struct json_object *part(struct json_object *o, const char *key)
{
	struct json_object *v = doc_get(o, key);

	if (!v) {
		v = json_object_new_object();
		doc_add(o, key, v);
	}
	return v;
}

/* --- who was asked --- */

/* Two kernels in one machine's file would be a mixture of both. */
static bool same_or_set(struct json_object *m, const char *key,
			const char *value, struct smn_why *why)
{
	const char *was = doc_text(m, key);

	if (!value[0] || !strcmp(was, value))
		return true;
	if (was[0]) {
		smn_why_set(why, "documents of two machines: %s %.40s and "
			    "%.40s", key, was, value);
		return false;
	}
	doc_add_str(m, key, value);
	return true;
}

static bool take_envelope(struct json_object *m, struct json_object *doc,
			  struct smn_why *why)
{
	const char *version = doc_text(doc, "version");

	if (doc_int(doc, "schema") != 1) {
		smn_why_set(why, "its schema is not 1: another version's");
		return false;
	}
	if (version[0])
		doc_add_str(m, "version", version);
	return same_or_set(m, "backend", doc_text(doc, "backend"), why) &&
		same_or_set(m, "model", doc_text(doc, "model"), why) &&
		same_or_set(m, "kernel",
			    doc_text(doc_get(doc, "kernel"), "release"),
			    why) &&
		same_or_set(m, "device",
			    doc_text(doc_get(doc, "device"), "bdf"), why);
}

/* --- documents --- */

static bool take_info(struct json_object *m, struct json_object *doc,
		      struct smn_why *why)
{
	struct json_object *result = doc_get(doc, "result");
	struct json_object *devices = doc_get(result, "devices");

	if (!json_object_is_type(devices, json_type_array)) {
		smn_why_set(why, "an info without devices");
		return false;
	}
	doc_add(m, "info", json_object_get(result));
	return true;
}

/* It got no further than the envelope: nothing to try it on. */
static bool take_run(struct json_object *m, struct json_object *doc,
		     struct smn_why *why)
{
	struct json_object *run = part(m, "run");

	(void)why;
	part(run, "cases");
	doc_add(run, "error", json_object_get(doc_get(doc, "error")));
	return true;
}

static bool take_row(struct json_object *m, struct json_object *row,
		     struct smn_why *why)
{
	struct json_object *rows = part(part(m, "bench"), "rows");
	char label[64], full[96];

	if (!doc_text(row, "name")[0] || !bench_number(row, "p50_ns")) {
		smn_why_set(why, "a row of bench without name or p50_ns");
		return false;
	}
	bench_label(row, label, sizeof(label));
	snprintf(full, sizeof(full), "%s", label);
	if (doc_get(row, "objects"))
		snprintf(full, sizeof(full), "%s, %lld objects", label,
			 (long long)bench_number(row, "objects"));
	doc_add(rows, full, json_object_get(row));
	return true;
}

static bool take_bench(struct json_object *m, struct json_object *doc,
		       struct smn_why *why)
{
	static const char *const others[] = { "cost", "scale", "skipped" };
	struct json_object *result = doc_get(doc, "result");
	struct json_object *rows = doc_get(result, "rows");
	struct json_object *bench = part(m, "bench");

	if (!json_object_is_type(rows, json_type_array)) {
		smn_why_set(why, "a bench without rows");
		return false;
	}
	part(bench, "rows");
	for (size_t i = 0; i < doc_length(rows); i++)
		if (!take_row(m, doc_at(rows, i), why))
			return false;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(others); i++)
		if (doc_get(result, others[i]))
			doc_add(bench, others[i], json_object_get(
					doc_get(result, others[i])));
	return true;
}

static bool (*const takes[EVIDENCE_KINDS])(struct json_object *m,
					   struct json_object *doc,
					   struct smn_why *why) = {
	[EVIDENCE_INFO] = take_info, [EVIDENCE_RUN] = take_run,
	[EVIDENCE_BENCH] = take_bench,
};

/* --- lines of run and of bench --stream --- */

/* The plan that leaves out least: one case run again takes nothing away. */
static void take_left_out(struct json_object *run, struct json_object *line)
{
	int64_t n = doc_int(line, "left_out");

	if (doc_get(line, "left_out") && n >= 0 &&
	    (!doc_get(run, "left_out") || n < doc_int(run, "left_out")))
		doc_add_int(run, "left_out", n);
}

static bool take_plan(struct json_object *m, struct json_object *line,
		      struct smn_why *why)
{
	struct json_object *run = part(m, "run");

	if (!take_envelope(m, line, why))
		return false;
	part(run, "cases");
	/* one before that has no totals was cut off, and stays so */
	if (doc_get(run, "planned") && !doc_get(run, "totals"))
		doc_add(run, "cut", json_object_new_boolean(true));
	json_object_object_del(run, "totals");
	doc_add_int(run, "planned", doc_int(line, "cases"));
	doc_add_int(run, "tried", 0);
	take_left_out(run, line);
	return true;
}

static bool is_verdict(const char *word)
{
	for (enum verdict v = 0; v < NVERDICTS; v++)
		if (!strcmp(verdict_name(v), word))
			return true;
	return false;
}

static bool is_bad(struct json_object *c)
{
	const char *status = doc_text(c, "status");

	return c && strcmp(status, verdict_name(PASSED)) &&
		strcmp(status, verdict_name(SKIPPED));
}

static bool take_case(struct json_object *m, struct json_object *line,
		      struct smn_why *why)
{
	struct json_object *run = part(m, "run");
	const char *name = doc_text(line, "name");

	if (!name[0] || !is_verdict(doc_text(line, "status"))) {
		smn_why_set(why, "a case without name or status");
		return false;
	}
	/* what went wrong once is not mended by going well another time */
	if (!is_bad(doc_get(part(run, "cases"), name)))
		doc_add(part(run, "cases"), name, json_object_get(line));
	doc_add_int(run, "tried", doc_int(run, "tried") + 1);
	return true;
}

static bool take_totals(struct json_object *m, struct json_object *line,
			struct smn_why *why)
{
	(void)why;
	doc_add(part(m, "run"), "totals", json_object_get(line));
	return true;
}

static bool take_stream(struct json_object *m, struct json_object *line,
			struct smn_why *why)
{
	return same_or_set(m, "backend", doc_text(line, "backend"), why) &&
		take_row(m, doc_get(line, "row"), why);
}

static const struct event {
	const char *name;
	bool (*take)(struct json_object *m, struct json_object *line,
		     struct smn_why *why);
} events[] = {
	{ "plan", take_plan },
	{ "case", take_case },
	{ "totals", take_totals },
	{ "row", take_stream },
};

/* --- files --- */

static bool take(struct json_object *m, struct json_object *doc,
		 struct smn_why *why)
{
	const char *event = doc_text(doc, "event");
	const char *command = doc_text(doc, "command");

	for (size_t i = 0; i < SMN_ARRAY_SIZE(events); i++)
		if (!strcmp(events[i].name, event))
			return events[i].take(m, doc, why);
	for (size_t i = 0; i < EVIDENCE_KINDS; i++)
		if (!strcmp(kinds[i], command))
			return take_envelope(m, doc, why) &&
				takes[i](m, doc, why);
	/* another command's tells nothing of the machine as such */
	if (!strcmp(doc_text(doc, "tool"), "smmunest-ctl") && command[0])
		return true;
	smn_why_set(why, "not a document of smmunest-ctl");
	return false;
}

static bool take_all(struct json_object *m, struct json_object *docs,
		     struct smn_why *why)
{
	bool any = false;

	for (size_t i = 0; i < doc_length(docs); i++) {
		struct smn_why what = { "" };

		if (take(m, doc_at(docs, i), &what))
			continue;
		smn_why_set(why, "document %zu: %.180s", i + 1, what.text);
		return false;
	}
	for (size_t i = 0; i < EVIDENCE_KINDS; i++)
		any |= doc_get(m, kinds[i]) != NULL;
	if (!any)
		smn_why_set(why, "it has nothing of info, run or bench");
	return any;
}

struct json_object *evidence_read(const char *path, struct smn_why *why)
{
	struct smn_why what = { "" };
	struct json_object *docs = json_all_from_file(path, &what);
	struct json_object *m = json_object_new_object();
	struct json_object *files = json_object_new_array();

	json_object_array_add(files, json_object_new_string(path));
	doc_add(m, "files", files);
	if (!docs || !take_all(m, docs, &what)) {
		smn_why_set(why, "%.80s: %.150s", path, what.text);
		json_object_put(m);
		m = NULL;
	}
	json_object_put(docs);
	return m;
}

/* --- several files of one machine --- */

static bool may_be_same(struct json_object *a, struct json_object *b,
			const char *key)
{
	const char *x = doc_text(a, key), *y = doc_text(b, key);

	return !x[0] || !y[0] || !strcmp(x, y);
}

bool evidence_ended(struct json_object *machine)
{
	struct json_object *run = doc_get(machine, "run");

	return doc_get(run, "totals") && !doc_get(run, "cut") &&
		doc_int(run, "tried") == doc_int(run, "planned");
}

bool evidence_completes(struct json_object *machine, struct json_object *more)
{
	for (size_t i = 0; i < EVIDENCE_KINDS; i++)
		if (doc_get(machine, kinds[i]) && doc_get(more, kinds[i]))
			return false;
	return may_be_same(machine, more, "backend") &&
		may_be_same(machine, more, "model") &&
		may_be_same(machine, more, "kernel") &&
		may_be_same(machine, more, "device");
}

void evidence_join(struct json_object *machine, struct json_object *more)
{
	struct json_object *files = doc_get(machine, "files");

	json_object_array_add(files, json_object_get(
				      doc_at(doc_get(more, "files"), 0)));
	json_object_object_foreach(more, key, v)
		if (strcmp(key, "files"))
			doc_add(machine, key, json_object_get(v));
}
