// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges against a bitmap of the same: any order, any overlap, both ends. */
#include <stdlib.h>

#include "abi/areas.h"
#include "tap.h"

#define N 64

static uint64_t bits(unsigned int start, unsigned int last)
{
	return (~0ULL >> (N - 1 - (last - start))) << start;
}

static unsigned int rnd(uint64_t *state, unsigned int n)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state >> 33) % n;
}

static uint64_t union_of(const struct smn_areas *a)
{
	uint64_t all = 0;

	for (size_t i = 0; i < a->n; i++)
		all |= bits(a->at[i].start, a->at[i].last);
	return all;
}

/* Some areas; disjoint ones leave out what would overlap. */
static void fill(struct smn_areas *a, uint64_t *state, bool disjoint)
{
	for (unsigned int n = rnd(state, 12); n--;) {
		unsigned int start = rnd(state, N);
		unsigned int last = start + rnd(state, N - start);
		struct smn_area area = { .start = start, .last = last };

		if (!disjoint || !(union_of(a) & bits(start, last)))
			smn_areas_add(a, &area);
	}
}

/* All gaps, or runs, as bits. */
static uint64_t walk(const struct smn_areas *a, const struct smn_areas *b,
		     unsigned int first, unsigned int last, bool *maximal)
{
	uint64_t start = first, end, all = 0;

	while (start <= last && (b ? smn_areas_gap(a, b, &start, last, &end) :
				 smn_areas_run(a, &start, last, &end))) {
		*maximal &= start <= end && end <= last &&
			    (!all || !(all >> (start - 1) & 1));
		all |= bits(start, end);
		start = end + 1;
	}
	return all;
}

static bool same(uint64_t *state)
{
	struct smn_areas a = { 0 }, b = { 0 };
	unsigned int first = rnd(state, N);
	unsigned int last = first + rnd(state, N - first);
	uint64_t within = bits(first, last);
	bool ok = true;

	fill(&a, state, false);
	fill(&b, state, true);
	ok &= walk(&a, &b, first, last, &ok) ==
	      (within & ~(union_of(&a) | union_of(&b)));
	ok &= walk(&b, NULL, first, last, &ok) == (within & union_of(&b));
	ok &= smn_areas_cover(&b, first, last) == !(within & ~union_of(&b));
	ok &= !smn_areas_find(&b, first, last) == !(within & union_of(&b));
	ok &= !smn_areas_hit(&a, first, last) == !(within & union_of(&a));
	smn_areas_free(&a);
	smn_areas_free(&b);
	return ok;
}

static void random_sets(struct tap *t)
{
	uint64_t state = 1;
	unsigned int i = 0;

	while (i < 20000 && same(&state))
		i++;
	tap_ok(t, i == 20000, "gaps, runs, cover, find and hit are a bitmap's, "
	       "%u times", i);
}

static void edges(struct tap *t)
{
	const uint64_t last = ~0ULL;
	struct smn_area top = { .start = last - 1, .last = last };
	struct smn_areas a = { 0 };
	uint64_t start = 0, end;

	tap_ok(t, smn_areas_gap(&a, NULL, &start, last, &end) && !start &&
	       end == last, "nothing is one gap of all 64 bits");
	smn_areas_add(&a, &top);
	start = 5;
	tap_ok(t, smn_areas_gap(&a, NULL, &start, last, &end) && start == 5 &&
	       end == last - 2, "a gap ends before an area that ends at the "
	       "last address");
	start = last - 1;
	tap_ok(t, !smn_areas_gap(&a, NULL, &start, last, &end),
	       "there is none behind it");
	start = 0;
	tap_ok(t, smn_areas_run(&a, &start, last, &end) && start == last - 1 &&
	       end == last, "and it is a run");
	smn_areas_remove(&a, smn_areas_find(&a, last, last));
	tap_ok(t, !a.n && !smn_areas_find(&a, 0, last), "removed, it is gone");
	smn_areas_free(&a);
}

/* The same range, of two owners, beside one that only starts there. */
static void shared(struct tap *t)
{
	const struct smn_area one = { .start = 4, .last = 9, .owner = "one" };
	const struct smn_area other = { .start = 4, .last = 9, .owner = t };
	const struct smn_area shorter = { .start = 4, .last = 5,
					  .owner = one.owner };
	struct smn_areas a = { 0 };

	smn_areas_share(&a, &one);
	smn_areas_share(&a, &one);
	tap_ok(t, a.n == 1, "what is reserved twice is there once");
	smn_areas_share(&a, &other);
	smn_areas_share(&a, &shorter);
	tap_ok(t, a.n == 3, "but not that of another owner, nor another range");
	smn_areas_unshare(&a, &one);
	tap_ok(t, a.n == 3, "one sharer is left");
	smn_areas_unshare(&a, &one);
	tap_ok(t, a.n == 2 && a.at[0].owner == t && a.at[1].last == 5,
	       "none is, and the others stay");
	smn_areas_unshare(&a, &one);
	tap_ok(t, a.n == 2, "what is not there is not taken out");
	smn_areas_free(&a);
}

int main(void)
{
	struct tap t = { 0 };

	random_sets(&t);
	edges(&t);
	shared(&t);
	return tap_done(&t);
}
