// SPDX-License-Identifier: GPL-2.0-or-later
/* What `bench` tells: a table, what a batch costs, how the samples lie. */
#include <inttypes.h>
#include <string.h>

#include "bench.h"
#include "page.h"
#include "plot.h"

enum { MOST_BARS = 64, MOST_POINTS = 64, CURVE = 400 };

static void rate(struct html *h, uint64_t per_s)
{
	if (per_s)
		html_linef(h, "td", "number", per_s < 1000000 ? "%.0f k" :
			   "%.2f M", per_s < 1000000 ? per_s / 1e3 :
			   per_s / 1e6);
	else
		html_line(h, "td", "number", "");
}

static void table(struct html *h, struct json_object *rows)
{
	static const char *const keys[] = {
		"min_ns", "p50_ns", "p90_ns", "p99_ns", "max_ns",
	};

	page_table(h, NULL, (const char *const[]){
			"call", "samples", "min", "p50", "p90", "p99", "max",
			"commands/s", NULL });
	json_object_object_foreach(rows, name, row) {
		html_in(h, "tr", NULL);
		html_line(h, "td", "name", name);
		html_linef(h, "td", "number", "%" PRIu64,
			   bench_number(row, "n"));
		for (size_t i = 0; i < SMN_ARRAY_SIZE(keys); i++)
			page_time(h, "td", i == 1 ? "number main" : "number",
				  bench_number(row, keys[i]));
		rate(h, bench_number(row, "cmds_per_s"));
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

static void skipped(struct html *h, struct json_object *list)
{
	for (size_t i = 0; i < doc_length(list); i++) {
		html_in(h, "p", "note");
		html_printf(h, "Not timed: %s. ",
			    doc_text(doc_at(list, i), "name"));
		page_value(h, doc_get(doc_at(list, i), "why"));
		html_close(h);
	}
}

/* --- what a batch costs --- */

static double cost_of(struct json_object *cost, int64_t batch)
{
	int64_t block = doc_int(cost, "block");
	int64_t blocks = block > 0 ? (batch - 1) / block + 1 : 0;

	return doc_real(cost, "fixed_ns") +
		doc_real(cost, "per_command_ns") * batch +
		doc_real(cost, "per_block_ns") * blocks;
}

/* Lengths from @low on, a few per cent apart. */
static unsigned int curve_of(struct json_object *cost, int64_t low,
			     int64_t high, struct plot_point *curve)
{
	unsigned int n = 0;

	for (int64_t x = low; n < CURVE; x += 1 + x / 16) {
		x = x < high ? x : high;
		curve[n++] = (struct plot_point){ x, cost_of(cost, x) };
		if (x == high)
			break;
	}
	return n;
}

static unsigned int points_of(struct json_object *list, const char *x,
			      struct plot_point *points)
{
	unsigned int n = 0;

	for (size_t i = 0; i < doc_length(list) && n < MOST_POINTS; i++) {
		double at = doc_real(doc_at(list, i), x);
		double ns = doc_real(doc_at(list, i), "p50_ns");

		if (at > 0 && at < 1e9 && ns > 0)
			points[n++] = (struct plot_point){ at, ns };
	}
	return n;
}

static void formula(struct html *h, struct json_object *cost)
{
	html_in(h, "p", NULL);
	html_printf(h, "A batch costs ");
	html_linef(h, "b", NULL, "%.0f ns", doc_real(cost, "fixed_ns"));
	html_printf(h, ", and ");
	html_linef(h, "b", NULL, "%.2f ns", doc_real(cost, "per_command_ns"));
	html_printf(h, " a command");
	if (doc_get(cost, "per_block_ns")) {
		html_printf(h, ", and ");
		html_linef(h, "b", NULL, "%.0f ns",
			   doc_real(cost, "per_block_ns"));
		html_printf(h, " a block of %.0f", doc_real(cost, "block"));
	}
	html_printf(h, ". The line is that; the points are the p50s, which "
		    "differ from it by %.1f %% at most.",
		    doc_real(cost, "worst_pct"));
	html_close(h);
}

static void cost_plot(struct html *h, struct json_object *cost)
{
	struct plot_point points[MOST_POINTS], curve[CURVE];
	struct plot_curve c = { "time of a batch by its length", "commands",
				points, curve, 0, 0 };
	int64_t low, high;

	c.npoints = points_of(doc_get(cost, "points"), "batch", points);
	if (c.npoints < 2)
		return;
	low = high = points[0].x;
	for (unsigned int i = 1; i < c.npoints; i++) {
		low = points[i].x < low ? points[i].x : low;
		high = points[i].x > high ? points[i].x : high;
	}
	c.ncurve = curve_of(cost, low, high, curve);
	html_line(h, "h3", NULL, "What a batch costs");
	formula(h, cost);
	plot_curve(h, &c);
}

/* --- how it grows with what lives --- */

static void scale_fit(struct html *h, struct json_object *machine,
		      struct json_object *fit, const char *object)
{
	struct json_object *rows = doc_get(doc_get(machine, "bench"), "rows");
	struct plot_point points[MOST_POINTS], curve[MOST_POINTS];
	struct plot_curve c = { "time by the number of objects", object,
				points, curve, 0, 0 };
	const char *of = doc_text(fit, "of");

	json_object_object_foreach(rows, name, row) {
		char label[64];
		double at = bench_number(row, "objects");

		(void)name;
		bench_label(row, label, sizeof(label));
		if (!strcmp(label, of) && at > 0 && at < 1e9 &&
		    c.npoints < MOST_POINTS)
			points[c.npoints++] = (struct plot_point){
				at, bench_number(row, "p50_ns") };
	}
	html_in(h, "p", NULL);
	html_line(h, "b", NULL, of);
	html_printf(h, " costs %.0f ns, and %.2f ns for each ",
		    doc_real(fit, "fixed_ns"), doc_real(fit, "per_object_ns"));
	html_printf(h, "%s; the p50s differ by %.1f %% at most.", object,
		    doc_real(fit, "worst_pct"));
	html_close(h);
	for (; c.ncurve < c.npoints; c.ncurve++)
		curve[c.ncurve] = (struct plot_point){
			points[c.ncurve].x, doc_real(fit, "fixed_ns") +
			doc_real(fit, "per_object_ns") * points[c.ncurve].x };
	if (c.npoints > 1)
		plot_curve(h, &c);
}

static void scale(struct html *h, struct json_object *machine)
{
	struct json_object *s = doc_get(doc_get(machine, "bench"), "scale");
	struct json_object *fits = doc_get(s, "fits");

	if (!doc_length(fits))
		return;
	html_line(h, "h3", NULL, "While more and more live");
	for (size_t i = 0; i < doc_length(fits); i++)
		scale_fit(h, machine, doc_at(fits, i), doc_text(s, "object"));
}

/* --- histograms --- */

static int64_t bucket(struct json_object *b, size_t i)
{
	struct json_object *v = doc_at(b, i);
	int64_t n = json_object_is_type(v, json_type_int) ?
		json_object_get_int64(v) : -1;

	return n < 0 ? -1 : n;
}

/* Buckets in order, or none at all. */
static unsigned int bars_of(struct json_object *list, struct plot_bar *bars)
{
	unsigned int n = 0;

	for (size_t i = 0; i < doc_length(list) && n < MOST_BARS; i++) {
		struct json_object *b = doc_at(list, i);
		int64_t low = bucket(b, 0), high = bucket(b, 1);
		int64_t count = bucket(b, 2);

		if (low < 0 || high < low || count < 0 ||
		    (n && (uint64_t)low <= bars[n - 1].low))
			return 0;
		bars[n++] = (struct plot_bar){ low, high, count };
	}
	return n;
}

static void histograms(struct html *h, struct json_object *rows)
{
	struct plot_bar bars[MOST_BARS];
	bool any = false;

	json_object_object_foreach(rows, name, row) {
		unsigned int n = bars_of(doc_get(row, "histogram"), bars);
		char p50[32], p99[32];

		if (!n)
			continue;
		if (!any) {
			html_line(h, "h3", NULL, "How the samples lie");
			html_in(h, "div", "histograms");
		}
		any = true;
		format_time(p50, sizeof(p50), bench_number(row, "p50_ns"));
		format_time(p99, sizeof(p99), bench_number(row, "p99_ns"));
		html_in(h, "figure", NULL);
		html_in(h, "figcaption", NULL);
		html_line(h, "b", NULL, name);
		html_linef(h, "span", NULL, "p50 %s, p99 %s", p50, p99);
		html_close(h);
		plot_histogram(h, name, bars, n);
		html_close(h);
	}
	if (any)
		html_close(h);
}

void page_times(struct html *h, struct json_object *machine)
{
	struct json_object *bench = doc_get(machine, "bench");
	struct json_object *rows = doc_get(bench, "rows");

	if (!rows)
		return;
	html_in(h, "section", NULL);
	html_line(h, "h2", NULL, "Times");
	if (json_object_object_length(rows))
		table(h, rows);
	skipped(h, doc_get(bench, "skipped"));
	cost_plot(h, doc_get(bench, "cost"));
	scale(h, machine);
	histograms(h, rows);
	html_close(h);
}
