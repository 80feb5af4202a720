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
	const void *owner;	/* of a reservation */
	struct smn_pages *pages;	/* of a mapping */
	bool read, write;	/* what a device may do there */
	uint32_t sharers;	/* of a reservation, beside its first one */
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

/* Take the area out, or @n from it on; the pointer is one of find's. */
void smn_areas_remove(struct smn_areas *a, struct smn_area *area);
void smn_areas_remove_many(struct smn_areas *a, struct smn_area *area,
			   size_t n);

/*
 * The same, or one sharer more where @area is there already, with its owner;
 * and one less. Thousands can so reserve the same range at no cost.
 */
int smn_areas_share(struct smn_areas *a, const struct smn_area *area);
void smn_areas_unshare(struct smn_areas *a, const struct smn_area *area);

/* Take out all that belong to @owner. */
void smn_areas_remove_owner(struct smn_areas *a, const void *owner);

/* Is [start, last] covered without a gap, by areas that are disjoint? */
bool smn_areas_cover(const struct smn_areas *a, uint64_t start, uint64_t last);

/*
 * The first gap from *start on and up to @last that neither @a nor @b has an
 * area in: it becomes *start and *end. False: there is none. Areas of @a may
 * overlap, those of @b, which may be NULL, do not.
 */
bool smn_areas_gap(const struct smn_areas *a, const struct smn_areas *b,
		   uint64_t *start, uint64_t last, uint64_t *end);

/* The same for the first stretch without a gap, by areas that are disjoint. */
bool smn_areas_run(const struct smn_areas *a, uint64_t *start, uint64_t last,
		   uint64_t *end);

void smn_areas_free(struct smn_areas *a);
void smn_space_free(struct smn_space *s);

#endif
