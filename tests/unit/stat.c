// SPDX-License-Identifier: GPL-2.0-or-later
/* Percentiles, slices, histograms and fits, each against what is known. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "smmunest.h"
#include "tap.h"

enum { MANY = 10000 };

/* 1 to 10000, mixed: every percentile is known by its number */
static void percentiles(struct tap *t)
{
	static uint64_t samples[MANY];
	struct smn_stat s;

	for (unsigned int i = 0; i < MANY; i++)
		samples[i] = 1 + (i * 7919u) % MANY;
	smn_stat_of(samples, MANY, &s);
	tap_ok(t, s.n == MANY && s.min == 1 && s.max == MANY, "min and max");
	tap_ok(t, s.p50 == 5000 && s.p90 == 9000, "p50 and p90");
	tap_ok(t, s.p99 == 9900 && s.p999 == 9990, "p99 and p99.9");
	tap_ok(t, s.mean == 5001, "the mean is rounded");
	tap_ok(t, samples[0] == 1 && samples[MANY - 1] == MANY, "sorted");
}

static void few(struct tap *t)
{
	uint64_t one[] = { 7 }, three[] = { 30, 10, 20 };
	uint64_t large[] = { UINT64_MAX, UINT64_MAX };
	struct smn_stat s;

	smn_stat_of(one, 1, &s);
	tap_ok(t, s.min == 7 && s.p50 == 7 && s.p999 == 7 && s.mean == 7 &&
	       s.p50_low == 7 && s.p50_high == 7, "one sample is all of them");
	smn_stat_of(three, 3, &s);
	tap_ok(t, s.p50 == 20 && s.p90 == 30 && s.mean == 20, "three samples");
	tap_ok(t, s.p50_low == 10 && s.p50_high == 30,
	       "fewer samples than slices: each is one");
	smn_stat_of(large, 2, &s);
	tap_ok(t, s.mean == UINT64_MAX, "a sum beyond 64 bits");
}

/* a machine that gets slower: the slices tell, the whole does not */
static void slices(struct tap *t)
{
	uint64_t samples[SMN_STAT_SLICES * 100];
	struct smn_stat s;

	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(samples); i++)
		samples[i] = 1000 + i / 100 + (i % 100 < 2 ? 500 : 0);
	smn_stat_of(samples, SMN_ARRAY_SIZE(samples), &s);
	tap_ok(t, s.p50_low == 1000 && s.p50_high == 1015 && s.p50 == 1008,
	       "p50 from %u to %u", (unsigned int)s.p50_low,
	       (unsigned int)s.p50_high);
}

static void histogram(struct tap *t)
{
	const uint64_t samples[] = { 0, 1, 2, 3, 4, 1023, 1024, UINT64_MAX };
	uint64_t count[SMN_STAT_BUCKETS], sum = 0;

	memset(count, 0xff, sizeof(count));
	smn_stat_histogram(samples, SMN_ARRAY_SIZE(samples), count);
	tap_ok(t, count[0] == 2 && count[1] == 2 && count[2] == 1,
	       "0 and 1, 2 and 3, 4");
	tap_ok(t, count[9] == 1 && count[10] == 1, "1023 and 1024");
	tap_ok(t, count[63] == 1, "the largest");
	for (unsigned int i = 0; i < SMN_STAT_BUCKETS; i++)
		sum += count[i];
	tap_ok(t, sum == SMN_ARRAY_SIZE(samples), "each once");
}

static bool near(double a, double b)
{
	return a > b - 1e-3 && a < b + 1e-3;
}

/* 1000 ns, 60 a command, 400 a block of 63 */
static struct smn_fit_point batch(unsigned int n)
{
	unsigned int blocks = (n + 62) / 63;

	return (struct smn_fit_point){ { 1, n, blocks },
				       1000 + 60.0 * n + 400.0 * blocks };
}

static void exact_fit(struct tap *t)
{
	const struct smn_fit_point p[] = { batch(1), batch(16), batch(63),
					   batch(64), batch(256) };
	double c[SMN_FIT_TERMS] = { 0 }, worst = 0;

	tap_ok(t, !smn_fit(p, 5, 3, c, &worst) && near(c[0], 1000) &&
	       near(c[1], 60) && near(c[2], 400) && worst < 1e-6,
	       "three terms that are exact");
	tap_ok(t, !smn_fit(p, 3, 2, c, &worst) && near(c[0], 1400) &&
	       near(c[1], 60) && c[2] == 0, "two terms within one block");
}

static void undetermined(struct tap *t)
{
	const struct smn_fit_point one_block[] = { batch(1), batch(16),
						   batch(63) };
	const struct smn_fit_point multiples[] = { batch(63), batch(126),
						   batch(189), batch(630) };
	const struct smn_fit_point same[] = { batch(5), batch(5) };
	double c[SMN_FIT_TERMS] = { 1, 2, 3 }, worst = 4;

	tap_ok(t, smn_fit(one_block, 3, 3, c, &worst) == -EDOM,
	       "one block: it is part of the fixed cost");
	tap_ok(t, smn_fit(multiples, 4, 3, c, &worst) == -EDOM,
	       "whole blocks: they are part of the commands");
	tap_ok(t, smn_fit(same, 2, 2, c, &worst) == -EDOM, "one size twice");
	tap_ok(t, smn_fit(same, 1, 2, c, &worst) == -EDOM, "too few points");
	tap_ok(t, c[0] == 1 && c[1] == 2 && c[2] == 3 && worst == 4,
	       "what is not found is left alone");
}

/* whatever the sizes, rounding never makes a term out of nothing */
static void never_determined(struct tap *t)
{
	double c[SMN_FIT_TERMS], worst;
	unsigned int found = 0;

	for (unsigned int n = 3; n < 40; n++) {
		struct smn_fit_point p[40];

		for (unsigned int i = 0; i < n; i++)
			p[i] = batch(63 * (1 + i * n % 17));
		found += smn_fit(p, n, 3, c, &worst) != -EDOM;
	}
	tap_ok(t, !found, "multiples of 63, in %u of 37 sets", found);
}

/* a small batch counts as much as a large one */
static void relative(struct tap *t)
{
	const struct smn_fit_point p[] = { { { 1, 1 }, 100 },
					   { { 1, 1000 }, 90000 },
					   { { 1, 2000 }, 220000 } };
	double c[SMN_FIT_TERMS] = { 0 }, worst = 0;

	int ret = smn_fit(p, 3, 2, c, &worst);
	double small = c[0] + c[1];

	tap_ok(t, !ret && small > 99 && small < 101 && worst > 0.09 &&
	       worst < 0.12, "the small one is met (%g), the large ones are "
	       "off by a tenth (%g)", small, worst);
}

int main(void)
{
	struct tap t = { 0 };

	percentiles(&t);
	few(&t);
	slices(&t);
	histogram(&t);
	exact_fit(&t);
	undetermined(&t);
	never_determined(&t);
	relative(&t);
	return tap_done(&t);
}
