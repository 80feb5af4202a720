// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dirty tracking, which only HWPTs of stage 1 can have:
 * IOMMU_HWPT_SET_DIRTY_TRACKING, IOMMU_HWPT_GET_DIRTY_BITMAP. Nobody writes to
 * memory behind a model, so no page is ever dirty.
 */
#include "abi/ioas.h"
#include "abi/row.h"

/* The HWPT was not made with DIRTY_TRACKING. */
static enum smn_truth untracked(const struct smn_question *q, uint32_t id)
{
	struct smn_obj *o = smn_question_obj(q, id, SMN_T_PAGING);

	if (!o)
		return SMN_UNKNOWN;
	return smn_truth_of(!(o->paging.flags &
			      IOMMU_HWPT_ALLOC_DIRTY_TRACKING));
}

/* --- IOMMU_HWPT_SET_DIRTY_TRACKING: iommufd_hwpt_set_dirty_tracking() --- */

static enum smn_truth cannot_set(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_hwpt_set_dirty_tracking *in = q->in;

	(void)row;
	(void)why;
	return untracked(q, in->hwpt_id);
}

#define ON(member) SMN_ON(iommu_hwpt_set_dirty_tracking, member)
#define MADE_SO "make a HWPT on an IOAS with DIRTY_TRACKING"
#define NOT_MADE_SO "the HWPT was not made with DIRTY_TRACKING; a nesting " \
		    "parent cannot be"

static const struct smn_row set_rows[] = {
	{ "dirty.flags", EOPNOTSUPP, ON(flags),
	  SMN_TEST(bits, .with = ~(uint64_t)IOMMU_HWPT_DIRTY_TRACKING_ENABLE),
	  .cause = "the kernel does not know a flag",
	  .remedy = "set none but ENABLE" },
	{ "dirty.hwpt", ENOENT, ON(hwpt_id),
	  SMN_TEST(no_object, .with = SMN_IS(PAGING)),
	  .cause = "hwpt_id is not a HWPT on an IOAS",
	  .remedy = MADE_SO },
	{ "dirty.untracked", EOPNOTSUPP, ON(hwpt_id), .test = cannot_set,
	  .cause = NOT_MADE_SO,
	  .remedy = MADE_SO },
};

SMN_ACT(IOMMU_HWPT_SET_DIRTY_TRACKING, set_rows);
#undef ON

/* --- IOMMU_HWPT_GET_DIRTY_BITMAP: iommufd_check_iova_range() --- */

static const struct iommu_hwpt_get_dirty_bitmap *
bitmap_of(const struct smn_question *q)
{
	return q->in;
}

static enum smn_truth beyond_end(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_hwpt_get_dirty_bitmap *in = bitmap_of(q);

	(void)row;
	(void)why;
	return smn_truth_of(in->iova > UINT64_MAX - (in->length - 1));
}

static enum smn_truth range_cut(const struct smn_question *q, uint64_t page)
{
	const struct iommu_hwpt_get_dirty_bitmap *in = bitmap_of(q);

	return smn_truth_of((in->iova | (in->iova + in->length)) & (page - 1));
}

/* The IOAS's own alignment, which the HWPT has made a page of the SMMU. */
static enum smn_truth misaligned(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *o =
		smn_question_obj(q, bitmap_of(q)->hwpt_id, SMN_T_PAGING);
	uint64_t page = o ? smn_ioas_alignment(q->w, o->paging.ioas) : 0;

	(void)row;
	(void)why;
	return page ? range_cut(q, page) : SMN_UNKNOWN;
}

/* page_size as the kernel's mask takes it, power of two or not. */
static enum smn_truth cuts_pages(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return range_cut(q, bitmap_of(q)->page_size);
}

static enum smn_truth cannot_get(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return untracked(q, bitmap_of(q)->hwpt_id);
}

#define ON(member) SMN_ON(iommu_hwpt_get_dirty_bitmap, member)

static const struct smn_row get_rows[] = {
	{ "bitmap.flags", EOPNOTSUPP, ON(flags),
	  SMN_TEST(bits,
		   .with = ~(uint64_t)IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR),
	  .cause = "the kernel does not know a flag",
	  .remedy = "set none but NO_CLEAR" },
	{ "bitmap.reserved", EOPNOTSUPP, ON(__reserved),
	  SMN_TEST(bits, .with = ~0ULL),
	  .cause = "__reserved is not 0",
	  .remedy = "set __reserved to 0" },
	{ "bitmap.hwpt", ENOENT, ON(hwpt_id),
	  SMN_TEST(no_object, .with = SMN_IS(PAGING)),
	  .cause = "hwpt_id is not a HWPT on an IOAS",
	  .remedy = MADE_SO },
	{ "bitmap.empty", EINVAL, ON(length), SMN_TEST(is, .with = 0),
	  .since = 613,
	  .cause = "length is 0",
	  .remedy = "give the length of the range in bytes" },
	{ "bitmap.range", EOVERFLOW, ON(iova), .test = beyond_end,
	  .cause = "the range ends beyond the last address",
	  .remedy = "correct iova or length" },
	{ "bitmap.align", EINVAL, ON(iova), .test = misaligned,
	  .cause = "the range does not begin and end with a page of the SMMU",
	  .remedy = "round iova and length" },
	{ "bitmap.page", EINVAL, ON(page_size), SMN_TEST(is, .with = 0),
	  .cause = "page_size is 0",
	  .remedy = "say how many bytes a bit stands for" },
	{ "bitmap.cut", EINVAL, ON(page_size), .test = cuts_pages,
	  .cause = "the range does not begin and end with a page of page_size",
	  .remedy = "round iova and length to page_size" },
	{ "bitmap.untracked", EOPNOTSUPP, ON(hwpt_id), .test = cannot_get,
	  .cause = NOT_MADE_SO,
	  .remedy = MADE_SO },
};

SMN_ACT(IOMMU_HWPT_GET_DIRTY_BITMAP, get_rows);
