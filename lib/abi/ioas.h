/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An IOAS and the memory behind its mappings. Memory is pinned when the IOAS
 * gets its first HWPT, or at once when it has one: mappings that cannot be
 * pinned are accepted before and make that HWPT fail.
 */
#ifndef SMN_ABI_IOAS_H
#define SMN_ABI_IOAS_H

#include "abi/row.h"

/* What one MAP brought. Copies of the mapping share it, and pin it once. */
struct smn_pages {
	uint32_t users;
	bool file, writable;
	uint64_t bytes;		/* of the file, that can be pinned */
	/* registers of that device, from there on in its file; NULL: memory */
	const struct smn_pdev *registers;
	uint64_t offset;
	bool revoked;		/* and for good */
	struct smn_areas held;	/* numbers of the pages that areas pin */
};

/*
 * What all mappings are a multiple of: 1 without a HWPT, then the smallest
 * page of one. 0: not known, it is a page of the machine's at most.
 */
uint64_t smn_ioas_alignment(const struct smn_world *w,
			    const struct smn_obj *ioas);

/* The smallest page of a HWPT on this SMMU; 0: its registers are not known. */
uint64_t smn_smmu_page(const struct smn_world *w, const struct smn_smmu *smmu);

/* A mapping that is not a multiple of @align, or NULL. */
const struct smn_area *smn_ioas_misaligned(const struct smn_world *w,
					   const struct smn_obj *ioas,
					   uint64_t align);

/*
 * Does it fail with @err (EFAULT: no such memory, EINVAL: a file that is no
 * memfd, ENOMEM: RLIMIT_MEMLOCK) to pin these mappings?
 */
enum smn_truth smn_areas_unpinnable(const struct smn_world *w,
				    const struct smn_area *areas, size_t n,
				    int err, struct smn_why *why);

/* The same for a HWPT that is put on the IOAS: only its first one pins. */
enum smn_truth smn_ioas_unpinnable(const struct smn_world *w,
				   const struct smn_obj *ioas, int err,
				   struct smn_why *why);

/* @hwpt is on @ioas from now on, in its list of HWPTs and its users. 0 or
 * -ENOMEM. smn_obj_free() of the HWPT undoes it. */
int smn_ioas_add_hwpt(struct smn_world *w, struct smn_obj *ioas,
		      struct smn_obj *hwpt);
void smn_ioas_unpin(struct smn_world *w, struct smn_obj *ioas);

/* Add a mapping, whose pages then have one more user. 0 or -ENOMEM. */
int smn_ioas_add_area(struct smn_world *w, struct smn_obj *ioas,
		      const struct smn_area *area);

/* Take out @n mappings from @area on, which is one of the IOAS's own. */
void smn_ioas_remove_areas(struct smn_world *w, struct smn_obj *ioas,
			   struct smn_area *area, size_t n);

#endif
