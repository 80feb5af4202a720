// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples to numbers. See stat.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smmunest.h"

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort(uint64_t *samples, size_t n)
{
	qsort(samples, n, sizeof(*samples), by_size);
}

static uint64_t permille(const uint64_t *sorted, size_t n, unsigned int p)
{
	size_t rank = (n * p + 999) / 1000;

	return sorted[rank ? rank - 1 : 0];
}

/* The p50 of each slice; sorts within slices. */
static void add_slices(uint64_t *samples, size_t n, struct smn_stat *stat)
{
	size_t slices = n < SMN_STAT_SLICES ? n : SMN_STAT_SLICES;

	stat->p50_low = UINT64_MAX;
	for (size_t i = 0; i < slices; i++) {
		size_t from = n * i / slices, to = n * (i + 1) / slices;
		uint64_t p50;

		sort(samples + from, to - from);
		p50 = permille(samples + from, to - from, 500);
		if (p50 < stat->p50_low)
			stat->p50_low = p50;
		if (p50 > stat->p50_high)
			stat->p50_high = p50;
	}
}

static uint64_t mean(const uint64_t *samples, size_t n)
{
	unsigned __int128 sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += samples[i];
	return (sum + n / 2) / n;
}

void smn_stat_of(uint64_t *samples, size_t n, struct smn_stat *stat)
{
	*stat = (struct smn_stat){ .n = n };
	add_slices(samples, n, stat);
	sort(samples, n);
	stat->min = samples[0];
	stat->p50 = permille(samples, n, 500);
	stat->p90 = permille(samples, n, 900);
	stat->p99 = permille(samples, n, 990);
	stat->p999 = permille(samples, n, 999);
	stat->max = samples[n - 1];
	stat->mean = mean(samples, n);
}

void smn_stat_histogram(const uint64_t *samples, size_t n,
			uint64_t count[SMN_STAT_BUCKETS])
{
	memset(count, 0, SMN_STAT_BUCKETS * sizeof(*count));
	for (size_t i = 0; i < n; i++)
		count[63 - __builtin_clzll(samples[i] | 1)]++;
}

/* --- fitting: the normal equations, by elimination --- */

/* One row an unknown; the last column is the right-hand side. */
typedef double smn_matrix[SMN_FIT_TERMS][SMN_FIT_TERMS + 1];

static double size_of(double v)
{
	return v < 0 ? -v : v;
}

static void fill(const struct smn_fit_point *points, size_t n,
		 unsigned int terms, smn_matrix m)
{
	for (size_t p = 0; p < n; p++) {
		const struct smn_fit_point *at = &points[p];
		double weight = 1 / (at->y * at->y);

		for (unsigned int i = 0; i < terms; i++) {
			for (unsigned int j = 0; j < terms; j++)
				m[i][j] += weight * at->x[i] * at->x[j];
			m[i][terms] += weight * at->x[i] * at->y;
		}
	}
}

/*
 * The matrix is symmetric and not negative: its diagonal serves as pivots. One
 * that almost vanishes against what it was is a term that others make up.
 */
static int eliminate(smn_matrix m, unsigned int terms)
{
	double before[SMN_FIT_TERMS];

	for (unsigned int i = 0; i < terms; i++)
		before[i] = m[i][i];
	for (unsigned int i = 0; i < terms; i++) {
		if (m[i][i] <= 1e-9 * before[i])
			return -EDOM;
		for (unsigned int r = 0; r < terms; r++) {
			double factor = m[r][i] / m[i][i];

			for (unsigned int c = i; r != i && c <= terms; c++)
				m[r][c] -= factor * m[i][c];
		}
	}
	return 0;
}

static double worst_error(const struct smn_fit_point *points, size_t n,
			  unsigned int terms, const double coef[])
{
	double worst = 0;

	for (size_t p = 0; p < n; p++) {
		double error = -points[p].y;

		for (unsigned int i = 0; i < terms; i++)
			error += coef[i] * points[p].x[i];
		error = size_of(error) / points[p].y;
		if (error > worst)
			worst = error;
	}
	return worst;
}

int smn_fit(const struct smn_fit_point *points, size_t n, unsigned int terms,
	    double coef[SMN_FIT_TERMS], double *worst)
{
	double found[SMN_FIT_TERMS] = { 0 };
	smn_matrix m = { 0 };
	int ret;

	fill(points, n, terms, m);
	ret = eliminate(m, terms);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < terms; i++)
		found[i] = m[i][terms] / m[i][i];
	memcpy(coef, found, sizeof(found));
	*worst = worst_error(points, n, terms, coef);
	return 0;
}
