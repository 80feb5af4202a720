/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples to numbers. Percentiles are exact: from the sorted samples, not from
 * buckets. Nothing here allocates.
 */
#ifndef SMN_STAT_H
#define SMN_STAT_H

#include <stddef.h>
#include <stdint.h>

/*
 * A percentile is the smallest sample with that share of the samples at or
 * below it.
 *
 * How sure the p50 is: the samples, in the order they were taken, are cut into
 * up to SMN_STAT_SLICES slices; p50_low and p50_high are the lowest and the
 * highest p50 of a slice. A clock rate that drifts widens it, which an interval
 * from the sorted samples alone would not show.
 */
#define SMN_STAT_SLICES 16

struct smn_stat {
	size_t n;
	uint64_t min, p50, p90, p99, p999, max, mean;
	uint64_t p50_low, p50_high;
};

/* Sorts @samples, which are in the order they were taken. @n is not 0. */
void smn_stat_of(uint64_t *samples, size_t n, struct smn_stat *stat);

/*
 * Bucket i counts the samples from 2^i to 2^(i+1) - 1; what is 0 is in the
 * first one.
 */
#define SMN_STAT_BUCKETS 64

void smn_stat_histogram(const uint64_t *samples, size_t n,
			uint64_t count[SMN_STAT_BUCKETS]);

/* A point of a linear model: y = coef[0] * x[0] + coef[1] * x[1] + ... */
#define SMN_FIT_TERMS 3

struct smn_fit_point {
	double x[SMN_FIT_TERMS], y;
};

/*
 * The coefficients that make the sum of the squared relative errors least; the
 * largest such error goes to *worst, 0.05 for 5 %. Every y is greater than 0.
 * -EDOM: the points do not determine so many terms.
 */
int smn_fit(const struct smn_fit_point *points, size_t n, unsigned int terms,
	    double coef[SMN_FIT_TERMS], double *worst);

#endif
