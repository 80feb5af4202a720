// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows that are printed as they come: text, or JSON with an object a line. */
#include <string.h>

#include "ctl.h"

static void print(FILE *to, struct json_object *o)
{
	fprintf(to, "%s\n", json_object_to_json_string_ext(
			o, JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(to);
}

static void print_text(struct json_object *row, FILE *to)
{
	uint64_t ns = json_object_get_int64(json_object_object_get(row, "ns"));

	fprintf(to, "%5llu.%06llu  %-8s %-10s %-13s %s\n",
		(unsigned long long)(ns / 1000000000),
		(unsigned long long)(ns / 1000 % 1000000),
		doc_text(row, "source"), doc_text(row, "action"),
		doc_text(row, "device"), doc_text(row, "what"));
	fflush(to);
}

static bool has_text(const struct ctl *ctl)
{
	return !ctl->json || ctl->json_file;
}

void live_begin(struct ctl *ctl, struct json_object *sources)
{
	struct json_object *o = json_object_new_object();

	ctl->streamed = true;
	doc_add_str(o, "event", "sources");
	doc_add_int(o, "schema", 1);
	doc_add_str(o, "tool", "smmunest-ctl");
	doc_add_str(o, "version", VERSION);
	doc_add_str(o, "command", ctl->cmd->name);
	doc_add_str(o, "backend", ctl->sys.be->name);
	doc_add(o, "device", json_object_get(ctl->device));
	doc_add(o, "sources", sources);
	if (ctl->json)
		print(ctl->json_to, o);
	for (size_t i = 0; has_text(ctl) &&
	     i < json_object_array_length(sources); i++) {
		struct json_object *s = json_object_array_get_idx(sources, i);
		const char *why = doc_text(s, "why");

		fprintf(stdout, "%-8s %s%s%s\n", doc_text(s, "source"),
			why[0] ? "no: " : "", why, why[0] ? "" :
			doc_text(s, "tells"));
	}
	if (has_text(ctl))
		fflush(stdout);
	json_object_put(o);
}

bool live_row(struct ctl *ctl, struct json_object *row)
{
	if (ctl->json)
		print(ctl->json_to, row);
	if (has_text(ctl))
		print_text(row, stdout);
	json_object_put(row);
	return !ferror(stdout) && !(ctl->json && ferror(ctl->json_to));
}

void live_end(struct ctl *ctl, uint64_t rows, int exit)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "event", "totals");
	doc_add_int(o, "rows", rows);
	doc_add_int(o, "exit", exit);
	if (ctl->json)
		print(ctl->json_to, o);
	json_object_put(o);
}
