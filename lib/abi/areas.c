// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ranges in arrays, sorted by start: mappings, of which there are many and
 * which do not overlap, are found by halving; reservations are few.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/areas.h"

/* The first area that starts after @start. */
static size_t after(const struct smn_areas *a, uint64_t start)
{
	size_t lo = 0, hi = a->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (a->at[mid].start <= start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct smn_area *smn_areas_find(const struct smn_areas *a, uint64_t start,
				uint64_t last)
{
	size_t i = after(a, start);

	if (i && a->at[i - 1].last >= start)
		i--;
	return i < a->n && a->at[i].start <= last ? &a->at[i] : NULL;
}

const struct smn_area *smn_areas_hit(const struct smn_areas *a, uint64_t start,
				     uint64_t last)
{
	for (size_t i = 0; i < a->n && a->at[i].start <= last; i++)
		if (a->at[i].last >= start)
			return &a->at[i];
	return NULL;
}

int smn_areas_add(struct smn_areas *a, const struct smn_area *area)
{
	size_t i = after(a, area->start);
	size_t room = a->room ? 2 * a->room : 8;
	struct smn_area *at;

	if (a->n == a->room) {
		at = realloc(a->at, room * sizeof(*at));
		if (!at)
			return -ENOMEM;
		a->at = at;
		a->room = room;
	}
	memmove(&a->at[i + 1], &a->at[i], (a->n - i) * sizeof(*a->at));
	a->at[i] = *area;
	a->n++;
	return 0;
}

void smn_areas_remove_many(struct smn_areas *a, struct smn_area *area, size_t n)
{
	size_t i = area - a->at;

	a->n -= n;
	memmove(area, area + n, (a->n - i) * sizeof(*area));
}

void smn_areas_remove(struct smn_areas *a, struct smn_area *area)
{
	smn_areas_remove_many(a, area, 1);
}

/* The reservation that is the same as @area. */
static struct smn_area *same(const struct smn_areas *a,
			     const struct smn_area *area)
{
	for (size_t i = after(a, area->start); i--;) {
		struct smn_area *one = &a->at[i];

		if (one->start != area->start)
			break;
		if (one->last == area->last && one->owner == area->owner)
			return one;
	}
	return NULL;
}

int smn_areas_share(struct smn_areas *a, const struct smn_area *area)
{
	struct smn_area *one = same(a, area);

	if (!one)
		return smn_areas_add(a, area);
	one->sharers++;
	return 0;
}

void smn_areas_unshare(struct smn_areas *a, const struct smn_area *area)
{
	struct smn_area *one = same(a, area);

	if (one && one->sharers)
		one->sharers--;
	else if (one)
		smn_areas_remove(a, one);
}

void smn_areas_remove_owner(struct smn_areas *a, const void *owner)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].owner != owner)
			a->at[kept++] = a->at[i];
	a->n = kept;
}

bool smn_areas_cover(const struct smn_areas *a, uint64_t start, uint64_t last)
{
	const struct smn_area *area = smn_areas_find(a, start, last);

	if (!area || area->start > start)
		return false;
	for (; area->last < last; area++)
		if (area + 1 == a->at + a->n ||
		    area[1].start != area->last + 1)
			return false;
	return true;
}

/* The area that has @at: of @a, where areas may overlap, or of @b. */
static const struct smn_area *either(const struct smn_areas *a,
				     const struct smn_areas *b, uint64_t at)
{
	const struct smn_area *area = smn_areas_hit(a, at, at);

	return area || !b ? area : smn_areas_find(b, at, at);
}

/* The end of a gap that has @at, at most @last. */
static uint64_t gap_end(const struct smn_areas *a, uint64_t at, uint64_t last)
{
	size_t i = a ? after(a, at) : 0;

	return a && i < a->n && a->at[i].start <= last ? a->at[i].start - 1 :
		last;
}

bool smn_areas_gap(const struct smn_areas *a, const struct smn_areas *b,
		   uint64_t *start, uint64_t last, uint64_t *end)
{
	const struct smn_area *area;
	uint64_t at = *start;

	while (at <= last && (area = either(a, b, at))) {
		if (area->last >= last)
			return false;
		at = area->last + 1;
	}
	if (at > last)
		return false;
	*start = at;
	*end = gap_end(a, at, gap_end(b, at, last));
	return true;
}

bool smn_areas_run(const struct smn_areas *a, uint64_t *start, uint64_t last,
		   uint64_t *end)
{
	const struct smn_area *area = smn_areas_find(a, *start, last);

	if (*start > last || !area)
		return false;
	if (area->start > *start)
		*start = area->start;
	while (area + 1 < a->at + a->n && area[1].start == area->last + 1)
		area++;
	*end = area->last < last ? area->last : last;
	return true;
}

void smn_areas_free(struct smn_areas *a)
{
	free(a->at);
	*a = (struct smn_areas){ 0 };
}

void smn_space_free(struct smn_space *s)
{
	smn_areas_free(&s->mapped);
	smn_areas_free(&s->reserved);
	smn_areas_free(&s->allowed);
}
