// SPDX-License-Identifier: GPL-2.0-or-later
/* The document of `bench` as people read it: a table, and lines below it. */
#include <inttypes.h>
#include <string.h>

#include "bench.h"

enum { CELL = 48, BAR = 50 };

static struct json_object *get(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, key, &v);
	return v;
}

/* What is nothing when it is printed has no sign. */
static double real(struct json_object *o, const char *key)
{
	double v = json_object_get_double(get(o, key));

	return v > -0.005 && v < 0 ? 0 : v;
}

/* --- cells --- */

static void cell_time(struct json_object *row, const char *key, char *buf)
{
	format_time(buf, CELL, bench_number(row, key));
}

static void cell_plain(struct json_object *row, const char *key, char *buf)
{
	snprintf(buf, CELL, "%s", json_object_get_string(get(row, key)));
}

static void cell_label(struct json_object *row, const char *key, char *buf)
{
	(void)key;
	bench_label(row, buf, CELL);
}

static void cell_rate(struct json_object *row, const char *key, char *buf)
{
	double v = bench_number(row, key);

	snprintf(buf, CELL, v < 1e6 ? "%.0f k" : "%.2f M",
		 v < 1e6 ? v / 1e3 : v / 1e6);
}

static void cell_ratio(struct json_object *row, const char *key, char *buf)
{
	snprintf(buf, CELL, "%.3f [%.3f, %.3f]", real(row, key),
		 real(row, "ratio_low"), real(row, "ratio_high"));
}

/* A column that no row has something for is left out. */
static const struct {
	const char *key, *head;
	void (*format)(struct json_object *row, const char *key, char *buf);
} columns[] = {
	{ "name", "call", cell_label },
	{ "objects", "objects", cell_plain },
	{ "n", "n", cell_plain },
	{ "min_ns", "min", cell_time },
	{ "p50_ns", "p50", cell_time },
	{ "p90_ns", "p90", cell_time },
	{ "p99_ns", "p99", cell_time },
	{ "p999_ns", "p99.9", cell_time },
	{ "max_ns", "max", cell_time },
	{ "mean_ns", "mean", cell_time },
	{ "cmds_per_s", "cmds/s", cell_rate },
	{ "ratio", "ratio", cell_ratio },
};

static void format_cell(struct json_object *row, size_t column, char *buf)
{
	buf[0] = '\0';
	if (get(row, columns[column].key))
		columns[column].format(row, columns[column].key, buf);
}

/* 0: nothing to show */
static int width_of(struct json_object *rows, size_t column)
{
	char cell[CELL];
	int width = 0;

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		format_cell(json_object_array_get_idx(rows, i), column, cell);
		if ((int)strlen(cell) > width)
			width = strlen(cell);
	}
	if (width && width < (int)strlen(columns[column].head))
		width = strlen(columns[column].head);
	return width;
}

/* @row NULL: the heads. Blanks only before what follows them. */
static void print_row(FILE *to, const int *width, struct json_object *row)
{
	char cell[CELL];
	int gap = 0;

	for (size_t c = 0; c < SMN_ARRAY_SIZE(columns); c++) {
		if (row)
			format_cell(row, c, cell);
		else
			snprintf(cell, sizeof(cell), "%s", columns[c].head);
		if (!width[c])
			continue;
		gap += width[c] + 2;
		if (!c)
			gap -= fprintf(to, "%s", cell) + 2;
		else if (cell[0])
			gap -= fprintf(to, "%*s", gap, cell);
	}
	fputc('\n', to);
}

static void print_table(FILE *to, struct json_object *rows)
{
	int width[SMN_ARRAY_SIZE(columns)];

	for (size_t c = 0; c < SMN_ARRAY_SIZE(columns); c++)
		width[c] = width_of(rows, c);
	print_row(to, width, NULL);
	for (size_t i = 0; i < json_object_array_length(rows); i++)
		print_row(to, width, json_object_array_get_idx(rows, i));
}

/* --- below the table --- */

static void print_bar(FILE *to, struct json_object *bucket, uint64_t most)
{
	uint64_t n = json_object_get_int64(
		json_object_array_get_idx(bucket, 2));
	unsigned int bar = (n * BAR + most - 1) / most;
	char low[24], high[24];

	format_time(low, sizeof(low), json_object_get_int64(
			    json_object_array_get_idx(bucket, 0)));
	format_time(high, sizeof(high), json_object_get_int64(
			    json_object_array_get_idx(bucket, 1)));
	fprintf(to, "  %8s to %-8s %9" PRIu64 "  ", low, high, n);
	while (bar--)
		fputc('#', to);
	fputc('\n', to);
}

static void print_histogram(FILE *to, struct json_object *row)
{
	struct json_object *h = get(row, "histogram");
	char label[CELL];
	uint64_t most = 1;

	if (!h)
		return;
	bench_label(row, label, sizeof(label));
	fprintf(to, "\n%s\n", label);
	for (size_t i = 0; i < json_object_array_length(h); i++) {
		uint64_t n = json_object_get_int64(json_object_array_get_idx(
			json_object_array_get_idx(h, i), 2));

		most = n > most ? n : most;
	}
	for (size_t i = 0; i < json_object_array_length(h); i++)
		print_bar(to, json_object_array_get_idx(h, i), most);
}

static void print_cost(FILE *to, struct json_object *cost)
{
	if (!cost)
		return;
	fprintf(to, "\na batch costs %.0f ns, and %.2f ns a command",
		real(cost, "fixed_ns"), real(cost, "per_command_ns"));
	if (get(cost, "per_block_ns"))
		fprintf(to, ", and %.0f ns a block of %d",
			real(cost, "per_block_ns"), BENCH_BLOCK);
	fprintf(to, "; the p50s differ by %.1f %% at most\n",
		real(cost, "worst_pct"));
}

static void print_scale(FILE *to, struct json_object *scale)
{
	struct json_object *fits = get(scale, "fits");

	for (size_t i = 0; fits && i < json_object_array_length(fits); i++) {
		struct json_object *f = json_object_array_get_idx(fits, i);

		fprintf(to, "%s%s costs %.0f ns, and %.2f ns for each %s; the "
			"p50s differ by %.1f %% at most\n", i ? "" : "\n",
			json_object_get_string(get(f, "of")),
			real(f, "fixed_ns"), real(f, "per_object_ns"),
			json_object_get_string(get(scale, "object")),
			real(f, "worst_pct"));
	}
}

static void print_baseline(FILE *to, struct json_object *base)
{
	struct json_object *slower = get(base, "slower");

	if (!slower)
		return;
	fprintf(to, "\n%s rows against %s, kernel %s: %zu slower by more than "
		"%g %%\n", json_object_get_string(get(base, "compared")),
		json_object_get_string(get(base, "file")),
		get(base, "kernel") ?
		json_object_get_string(get(base, "kernel")) : "unknown",
		json_object_array_length(slower), real(base, "threshold_pct"));
	for (size_t i = 0; i < json_object_array_length(slower); i++)
		fprintf(to, "  %s\n", json_object_get_string(
				json_object_array_get_idx(slower, i)));
}

static void print_skipped(FILE *to, struct json_object *skipped)
{
	for (size_t i = 0; skipped && i < json_object_array_length(skipped);
	     i++)
		fprintf(to, "%sskipped: %s\n", i ? "" : "\n",
			json_object_get_string(get(json_object_array_get_idx(
				skipped, i), "why")));
}

void bench_print(const struct ctl *ctl, FILE *to)
{
	struct json_object *rows = get(ctl->result, "rows");

	if (json_object_array_length(rows))
		print_table(to, rows);
	for (size_t i = 0; i < json_object_array_length(rows); i++)
		print_histogram(to, json_object_array_get_idx(rows, i));
	print_skipped(to, get(ctl->result, "skipped"));
	print_cost(to, get(ctl->result, "cost"));
	print_scale(to, get(ctl->result, "scale"));
	print_baseline(to, get(ctl->result, "baseline"));
}
