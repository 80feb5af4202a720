/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An address space as iommufd sees it: ranges that are mapped, reserved for
 * somebody, or allowed; none of a kind overlaps another of its kind, except
 * reservations.
 */
#ifndef SMN_ABI_AREAS_H
#define SMN_ABI_AREAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smn_area {
	uint64_t start, last;	/* both inclusive */
	uint64_t from;		/* what is mapped there: address or offset */
	const void *owner;	/* of a reservation; the file of a mapping */
	bool write;
	bool file;
	bool bad;		/* it cannot be pinned */
};

/* A set of ranges in order of address. */
struct smn_areas {
	struct smn_area *at;
	size_t n, room;
};

struct smn_space {
	struct smn_areas mapped, reserved, allowed;
};

/* The first area that overlaps [start, last], or NULL: of disjoint ones. */
struct smn_area *smn_areas_find(const struct smn_areas *a, uint64_t start,
				uint64_t last);

/* One that overlaps [start, last], or NULL; they may overlap each other. */
const struct smn_area *smn_areas_hit(const struct smn_areas *a, uint64_t start,
				     uint64_t last);

/* Put @area in its place, after those with the same start. 0 or -ENOMEM. */
int smn_areas_add(struct smn_areas *a, const struct smn_area *area);

/* Take the area out; the pointer is one that find returned. */
void smn_areas_remove(struct smn_areas *a, struct smn_area *area);

/* Take out all that belong to @owner. */
void smn_areas_remove_owner(struct smn_areas *a, const void *owner);

/* Is [start, last] covered without a gap? */
bool smn_areas_cover(const struct smn_areas *a, uint64_t start, uint64_t last);

void smn_areas_free(struct smn_areas *a);
void smn_space_free(struct smn_space *s);

#endif
