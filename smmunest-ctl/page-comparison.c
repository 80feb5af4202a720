// SPDX-License-Identifier: GPL-2.0-or-later
/* What compare() found, as tables. A table without rows says so. */
#include <string.h>

#include "page.h"
#include "plot.h"

enum { COLUMNS = 6 };

/* What a comparison has, and how it is shown. */
static const struct {
	const char *key, *title, *none;
	const char *heads[COLUMNS + 1], *columns[COLUMNS + 1];
} tables[] = {
	{ "facts", "Facts", "", { "fact", "A", "B" }, { "name", "a", "b" } },
	{ "idr", "ID registers", "Every field is the same.",
	  { "field", "A", "", "B", "", "what it is" },
	  { "name", "a", "a_name", "b", "b_name", "doc" } },
	{ "legality", "What the kernel takes",
	  "The same words are legal on both.",
	  { "layout", "field", "taken by", "because for the other" },
	  { "name", "field", "taken_by", "why" } },
	{ "cases", "Cases that changed", "No case changed.",
	  { "case", "A", "B" }, { "name", "a", "b" } },
};

static void cell(struct html *h, const char *key, struct json_object *row)
{
	struct json_object *v = doc_get(row, key);
	const char *class = !strcmp(key, "name") ? "name" :
		!strcmp(key, "why") || !strcmp(key, "doc") ? "words" : NULL;

	html_in(h, "td", class);
	if (!strcmp(key, "taken_by"))
		html_text(h, !strcmp(doc_text(row, key), "a") ? "A" : "B");
	else if (v)
		page_value(h, v);
	html_close(h);
}

static void show(struct html *h, struct json_object *comparison, size_t t)
{
	struct json_object *rows = doc_get(comparison, tables[t].key);

	if (!doc_length(rows) && !tables[t].none[0])
		return;
	html_line(h, "h3", NULL, tables[t].title);
	if (!doc_length(rows)) {
		html_line(h, "p", "note", tables[t].none);
		return;
	}
	page_table(h, NULL, tables[t].heads);
	for (size_t i = 0; i < doc_length(rows); i++) {
		html_in(h, "tr", NULL);
		for (size_t k = 0; tables[t].columns[k]; k++)
			cell(h, tables[t].columns[k], doc_at(rows, i));
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

static void time_row(struct html *h, struct json_object *row)
{
	const char *change = doc_text(row, "change");
	const char *class = !strcmp(change, "slower") ? "bad" :
		!strcmp(change, "faster") ? "good" : "skip";

	char number[24];

	html_in(h, "tr", NULL);
	html_line(h, "td", "name", doc_text(row, "name"));
	page_time(h, "td", "number", doc_int(row, "a_ns"));
	page_time(h, "td", "number", doc_int(row, "b_ns"));
	if (doc_get(row, "ratio")) {
		snprintf(number, sizeof(number), "number %s", class);
		html_linef(h, "td", number, "%.3f", doc_real(row, "ratio"));
		html_in(h, "td", "ratio");
		plot_ratio(h, doc_real(row, "ratio"),
			   doc_real(row, "ratio_low"),
			   doc_real(row, "ratio_high"), class);
		html_close(h);
		html_line(h, "td", class, change);
	}
	html_close(h);
}

static void times(struct html *h, struct json_object *rows)
{
	if (!doc_length(rows))
		return;
	html_line(h, "h3", NULL, "Times");
	html_line(h, "p", NULL, "B's p50 as a ratio of A's. The bar is how low "
		  "and high it can be; on the left of the middle B is faster, "
		  "its ends are a quarter and four times.");
	page_table(h, NULL, (const char *const[]){ "call", "A", "B", "B/A", "",
						   "", NULL });
	for (size_t i = 0; i < doc_length(rows); i++)
		time_row(h, doc_at(rows, i));
	html_close(h);
	html_close(h);
}

void page_comparison(struct html *h, struct json_object *comparison)
{
	struct json_object *notes = doc_get(comparison, "notes");
	struct json_object *compared = doc_get(comparison, "compared");
	const char *const counts[] = { NULL, "devices", "devices", "cases" };

	html_in(h, "section", NULL);
	html_line(h, "h2", NULL, "A and B");
	for (size_t i = 0; i < doc_length(notes); i++) {
		html_in(h, "p", "note");
		page_value(h, doc_at(notes, i));
		html_close(h);
	}
	for (size_t t = 0; t < SMN_ARRAY_SIZE(tables); t++)
		/* what was not compared is not the same */
		if (!counts[t] || doc_int(compared, counts[t]))
			show(h, comparison, t);
	times(h, doc_get(comparison, "times"));
	html_close(h);
}
