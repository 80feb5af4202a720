/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the driver thinks of an SMMU, and the HWPTs an IOAS can have on it: told
 * apart by HWPT_ALLOC, VIOMMU_ALLOC, and an attachment to an IOAS, which makes
 * a HWPT of its own. All answer for the question's device and its SMMU.
 */
#ifndef SMN_ABI_HWPT_H
#define SMN_ABI_HWPT_H

#include "abi/row.h"

/* It lacks a stage; an erratum forbids to nest; it can mark dirty pages. */
enum smn_truth smn_lacks_stage(const struct smn_question *q,
			       struct smn_why *why);
enum smn_truth smn_has_erratum(const struct smn_question *q);
enum smn_truth smn_tracks_dirty(const struct smn_question *q);

/* Is a HWPT with these flags one of stage 2? Unknown: so is the SMMU. */
enum smn_truth smn_paging_s2(const struct smn_question *q, uint32_t flags);

/* Are all VMIDs (stage 2) or ASIDs (stage 1) taken? */
enum smn_truth smn_paging_full(const struct smn_question *q, uint32_t flags);

/* The SMMU's smallest page is larger than the machine's. */
enum smn_truth smn_paging_coarse(const struct smn_question *q,
				 struct smn_why *why);

/* A mapping of @ioas is not a multiple of its pages (q->smmu's). */
enum smn_truth smn_paging_misaligned(const struct smn_question *q,
				     const struct smn_obj *ioas,
				     struct smn_why *why);

/* A mapping, or a range that is allowed, is beyond what it translates. */
enum smn_truth smn_paging_outside(const struct smn_question *q,
				  const struct smn_obj *ioas, uint32_t flags,
				  struct smn_why *why);

/*
 * A HWPT for @ioas comes into the world, for the question's device; *id is its
 * number, as with smn_obj_new(). NULL: no memory.
 */
struct smn_obj *smn_paging_new(struct smn_question *q, struct smn_obj *ioas,
			       uint32_t flags, uint32_t *id);

/* It goes: what it reserved in its IOAS is nobody's, or the other HWPTs'. */
void smn_paging_unreserve(const struct smn_obj *hwpt);

#endif
