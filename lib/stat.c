// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples to numbers; exact, from the sorted samples themselves. */
#include <stdlib.h>

#include "smmunest.h"

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t percentile(const uint64_t *sorted, size_t n, unsigned int p)
{
	size_t rank = (n * p + 99) / 100;

	return sorted[rank ? rank - 1 : 0];
}

void smn_stat_of(uint64_t *samples, size_t n, struct smn_stat *stat)
{
	qsort(samples, n, sizeof(*samples), by_size);
	*stat = (struct smn_stat){
		.n = n,
		.min = samples[0],
		.p50 = percentile(samples, n, 50),
		.p90 = percentile(samples, n, 90),
		.p99 = percentile(samples, n, 99),
		.max = samples[n - 1],
	};
}
