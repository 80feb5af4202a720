/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures as inline SVG: each is drawn from numbers, in the page's colours. */
#ifndef CTL_PLOT_H
#define CTL_PLOT_H

#include <stdint.h>

#include "html.h"

/* Columns, each from low to high on a scale of powers of two. */
struct plot_bar {
	uint64_t low, high, count;
};

void plot_histogram(struct html *h, const char *title,
		    const struct plot_bar *bars, unsigned int n);

/* Points with a curve, both axes on a scale of powers. */
struct plot_point {
	double x, y;
};

struct plot_curve {
	const char *title, *x_name;
	const struct plot_point *points, *curve;
	unsigned int npoints, ncurve;
};

void plot_curve(struct html *h, const struct plot_curve *c);

/*
 * One row of a table: where a ratio lies from a quarter to four times, with
 * how low and high it may be.
 */
void plot_ratio(struct html *h, double ratio, double low, double high,
		const char *class);

/* A bar of parts beside each other, by class. */
struct plot_part {
	const char *class;
	unsigned int count;
};

void plot_parts(struct html *h, const struct plot_part *parts, unsigned int n);

#endif
