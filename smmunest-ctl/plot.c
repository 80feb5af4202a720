// SPDX-License-Identifier: GPL-2.0-or-later
/* Inline SVG. Every number that goes in is finite, and is clamped first. */
#include <math.h>
#include <string.h>

#include "ctl.h"
#include "plot.h"

enum { WIDTH = 480, HEIGHT = 250, LEFT = 64, RIGHT = 16, TOP = 14, BOTTOM = 44,
       SMALL_WIDTH = 320, SMALL_HEIGHT = 120, SMALL_BOTTOM = 26 };

/*
 * Linking libm would cost each start of the program more than drawing does:
 * a logarithm for pixels is a few lines.
 */
static double log2_of(double v)
{
	double whole = 0, part = 0;

	for (; v >= 2; v /= 2)
		whole++;
	for (; v < 1; v *= 2)
		whole--;
	for (double bit = 0.5; bit > 1e-5; bit /= 2) {
		v *= v;
		if (v < 2)
			continue;
		v /= 2;
		part += bit;
	}
	return whole + part;
}

static double power_of_2(int p)
{
	double v = 1;

	for (; p > 0; p--)
		v *= 2;
	for (; p < 0; p++)
		v /= 2;
	return v;
}

static double clamp(double v, double low, double high)
{
	return !(v >= low) ? low : v > high ? high : v;
}

/* --- shapes --- */

static void start(struct html *h, const char *class, int width, int height,
		  const char *title)
{
	char box[48];

	snprintf(box, sizeof(box), "0 0 %d %d", width, height);
	html_open(h, "svg", HTML_ATTRIBUTES("class", class, "viewBox", box,
					    "role", "img", "aria-label",
					    title));
	html_line(h, "title", NULL, title);
}

struct box {
	double x, y, w, h;
};

static void rectangle(struct html *h, const char *class, struct box b)
{
	char n[4][24];
	const double v[] = { b.x, b.y, b.w, b.h };

	for (unsigned int i = 0; i < 4; i++)
		snprintf(n[i], sizeof(n[i]), "%.1f", v[i]);
	html_empty(h, "rect", HTML_ATTRIBUTES("class", class, "x", n[0], "y",
					      n[1], "width", n[2], "height",
					      n[3]));
}

static void line(struct html *h, const char *class, struct box b)
{
	char n[4][24];
	const double v[] = { b.x, b.y, b.x + b.w, b.y + b.h };

	for (unsigned int i = 0; i < 4; i++)
		snprintf(n[i], sizeof(n[i]), "%.1f", v[i]);
	html_empty(h, "line", HTML_ATTRIBUTES("class", class, "x1", n[0], "y1",
					      n[1], "x2", n[2], "y2", n[3]));
}

static void dot(struct html *h, const char *class, double x, double y)
{
	char n[2][24];

	snprintf(n[0], sizeof(n[0]), "%.1f", x);
	snprintf(n[1], sizeof(n[1]), "%.1f", y);
	html_open(h, "circle", HTML_ATTRIBUTES("class", class, "cx", n[0],
					       "cy", n[1], "r", "4"));
}

static void label(struct html *h, const char *class, double x, double y,
		  const char *text)
{
	char n[2][24];

	snprintf(n[0], sizeof(n[0]), "%.1f", x);
	snprintf(n[1], sizeof(n[1]), "%.1f", y);
	html_open(h, "text", HTML_ATTRIBUTES("class", class, "x", n[0], "y",
					     n[1]));
	html_text(h, text);
	html_close(h);
}

static void label_time(struct html *h, const char *class, double x, double y,
		       double ns)
{
	char text[32];

	format_time(text, sizeof(text), clamp(ns, 0, 9e18));
	label(h, class, x, y, text);
}

/* --- histogram --- */

/* The bucket of a number: its power of two. */
static int bucket(uint64_t v)
{
	return v ? 63 - __builtin_clzll(v) : 0;
}

void plot_histogram(struct html *h, const char *title,
		    const struct plot_bar *bars, unsigned int n)
{
	int first = bucket(bars[0].low), last = bucket(bars[n - 1].low);
	int base = SMALL_HEIGHT - SMALL_BOTTOM, columns;
	uint64_t most = 1;
	double step;

	/* few buckets shall not be walls */
	columns = last - first + 1 < 8 ? 8 : last - first + 1;
	first -= (columns - (last - first + 1)) / 2;
	step = (double)SMALL_WIDTH / columns;
	for (unsigned int i = 0; i < n; i++)
		most = bars[i].count > most ? bars[i].count : most;
	start(h, "histogram", SMALL_WIDTH, SMALL_HEIGHT, title);
	for (unsigned int i = 0; i < n; i++) {
		double tall = base * ((double)bars[i].count / most) * 0.96;
		double x = (bucket(bars[i].low) - first) * step;
		char low[24], high[24];

		format_time(low, sizeof(low), bars[i].low);
		format_time(high, sizeof(high), bars[i].high);
		html_in(h, "g", NULL);
		html_linef(h, "title", NULL, "%s to %s: %llu", low, high,
			   (unsigned long long)bars[i].count);
		rectangle(h, "bar", (struct box){
			x + 1, base - (tall < 1 ? 1 : tall),
			step > 3 ? step - 2 : step, tall < 1 ? 1 : tall });
		html_close(h);
	}
	line(h, "axis", (struct box){ 0, base, SMALL_WIDTH, 0 });
	label_time(h, "tick first", 0, SMALL_HEIGHT - 6,
		   first < 0 ? 0 : power_of_2(first));
	label_time(h, "tick last", SMALL_WIDTH, SMALL_HEIGHT - 6,
		   power_of_2(first + columns));
	html_close(h);
}

/* --- points and a curve --- */

#define LEAST 1e-3
#define MOST 1e18

struct axis {
	double low, high;		/* logarithms */
};

static double place(const struct axis *a, double v)
{
	double l = log2_of(clamp(v, LEAST, MOST));

	return clamp((l - a->low) / (a->high - a->low), 0, 1);
}

static void widen(struct axis *a, double v)
{
	double l = log2_of(clamp(v, LEAST, MOST));

	a->low = l < a->low ? l : a->low;
	a->high = l > a->high ? l : a->high;
}

static double plot_x(const struct axis *a, double v)
{
	return LEFT + place(a, v) * (WIDTH - LEFT - RIGHT);
}

static double plot_y(const struct axis *a, double v)
{
	return HEIGHT - BOTTOM - place(a, v) * (HEIGHT - TOP - BOTTOM);
}

/* The next of 1, 2, 5, 10, 20, ... above @v. */
static uint64_t round_above(uint64_t v)
{
	static const unsigned int steps[] = { 1, 2, 5 };

	for (uint64_t ten = 1; ten < MOST; ten *= 10)
		for (unsigned int i = 0; i < SMN_ARRAY_SIZE(steps); i++)
			if (ten * steps[i] > v)
				return ten * steps[i];
	return MOST;
}

/* The last one that is not above it, of a @v from 1 on. */
static uint64_t round_below(uint64_t v)
{
	uint64_t below = 1, next;

	while ((next = round_above(below)) <= v && next < MOST)
		below = next;
	return below;
}

static void grid(struct html *h, const struct plot_curve *c,
		 const struct axis *x, const struct axis *y,
		 uint64_t low, uint64_t high)
{
	double last = HEIGHT, shown = 0;

	/* as many as there is room for */
	for (uint64_t v = low; v <= high && v < MOST; v = round_above(v)) {
		double at = plot_y(y, v);

		if (last - at < 22)
			continue;
		last = at;
		line(h, "grid", (struct box){ LEFT, at, WIDTH - LEFT - RIGHT,
					      0 });
		label_time(h, "tick last", LEFT - 8, at + 4, v);
	}
	for (unsigned int i = 0; i < c->npoints; i++) {
		double at = plot_x(x, c->points[i].x);
		char text[24];

		/* two beside each other are one label */
		if (at - shown < 36)
			continue;
		shown = at;
		snprintf(text, sizeof(text), "%.0f",
			 clamp(c->points[i].x, 0, 1e15));
		label(h, "tick middle", at, HEIGHT - BOTTOM + 17, text);
	}
	line(h, "axis", (struct box){ LEFT, HEIGHT - BOTTOM,
				      WIDTH - LEFT - RIGHT, 0 });
	label(h, "tick last", WIDTH - RIGHT, HEIGHT - 6, c->x_name);
}

static void polyline(struct html *h, const struct plot_curve *c,
		     const struct axis *x, const struct axis *y)
{
	fputs("<path class=\"curve\" d=\"", h->to);
	for (unsigned int i = 0; i < c->ncurve; i++)
		fprintf(h->to, "%c%.1f %.1f", i ? 'L' : 'M',
			plot_x(x, c->curve[i].x), plot_y(y, c->curve[i].y));
	fputs("\"/>", h->to);
}

static void range_of(const struct plot_point *p, unsigned int n, double *least,
		     double *most)
{
	for (unsigned int i = 0; i < n; i++) {
		*least = p[i].y < *least ? p[i].y : *least;
		*most = p[i].y > *most ? p[i].y : *most;
	}
}

void plot_curve(struct html *h, const struct plot_curve *c)
{
	struct axis x = { INFINITY, -INFINITY }, y;
	double least = MOST, most = 1;
	uint64_t low, high;

	for (unsigned int i = 0; i < c->npoints; i++)
		widen(&x, c->points[i].x);
	range_of(c->points, c->npoints, &least, &most);
	range_of(c->curve, c->ncurve, &least, &most);
	low = round_below(clamp(least, 1, MOST / 10));
	high = round_above(clamp(most, 1, MOST / 10));
	y = (struct axis){ log2_of(low), log2_of(high) };
	x.high = x.high > x.low ? x.high : x.low + 1;
	start(h, "plot", WIDTH, HEIGHT, c->title);
	grid(h, c, &x, &y, low, high);
	if (c->ncurve)
		polyline(h, c, &x, &y);
	for (unsigned int i = 0; i < c->npoints; i++) {
		char text[24];

		format_time(text, sizeof(text), clamp(c->points[i].y, 0, 9e18));
		dot(h, "dot", plot_x(&x, c->points[i].x),
		    plot_y(&y, c->points[i].y));
		html_linef(h, "title", NULL, "%.0f: %s", c->points[i].x, text);
		html_close(h);
	}
	html_close(h);
}

/* --- a ratio, parts of a whole --- */

void plot_ratio(struct html *h, double ratio, double low, double high,
		const char *class)
{
	const struct axis a = { -2, 2 };
	char text[64];
	double from = 4 + place(&a, low) * 152, to = 4 + place(&a, high) * 152;

	snprintf(text, sizeof(text), "%.3f, from %.3f to %.3f", ratio, low,
		 high);
	start(h, "where", 160, 16, text);
	line(h, "axis", (struct box){ 80, 1, 0, 14 });
	rectangle(h, class, (struct box){ from, 6, to - from < 1 ? 1 :
					  to - from, 4 });
	dot(h, class, 4 + place(&a, ratio) * 152, 8);
	html_close(h);
	html_close(h);
}

void plot_parts(struct html *h, const struct plot_part *parts, unsigned int n)
{
	double all = 0, x = 0;

	for (unsigned int i = 0; i < n; i++)
		all += parts[i].count;
	html_open(h, "svg", HTML_ATTRIBUTES("viewBox", "0 0 1000 12", "class",
					    "parts", "preserveAspectRatio",
					    "none", "aria-hidden", "true"));
	for (unsigned int i = 0; all > 0 && i < n; i++) {
		double w = 1000 * parts[i].count / all;

		if (w > 0)
			rectangle(h, parts[i].class,
				  (struct box){ x, 0, w < 4 ? 4 : w, 12 });
		x += w;
	}
	html_close(h);
}
