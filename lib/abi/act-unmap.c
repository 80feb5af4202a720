// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IOAS_UNMAP: whole mappings only, one after the other in order of address, so
 * that those before one that is cut are gone when it is refused. And mmap().
 */
#include <inttypes.h>

#include "abi/ioas.h"

#define LAST (~0ULL)

static const struct iommu_ioas_unmap *unmap_of(const struct smn_question *q)
{
	return q->in;
}

static struct smn_obj *ioas_of(const struct smn_question *q)
{
	return smn_question_obj(q, unmap_of(q)->ioas_id, SMN_T_IOAS);
}

static bool is_all(const struct smn_question *q)
{
	return !unmap_of(q)->iova && unmap_of(q)->length == LAST;
}

static uint64_t last_of(const struct smn_question *q)
{
	return is_all(q) ? LAST : unmap_of(q)->iova + unmap_of(q)->length - 1;
}

/* The member is the last number, and this is not "all". */
static enum smn_truth is_last(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	(void)why;
	return smn_truth_of(!is_all(q) && smn_row_value(q, row) == LAST);
}

static enum smn_truth wraps(struct smn_question *q, const struct smn_row *row,
			    struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_truth_of(unmap_of(q)->length &&
			    last_of(q) < unmap_of(q)->iova);
}

static struct smn_area *first_within(const struct smn_question *q,
				     const struct smn_obj *o)
{
	return smn_areas_find(&o->ioas.space.mapped, unmap_of(q)->iova,
			      last_of(q));
}

static bool is_cut(const struct smn_question *q, const struct smn_area *a)
{
	return a->start < unmap_of(q)->iova || a->last > last_of(q);
}

/* Only the first and the last mapping of the range can reach beyond it. */
static enum smn_truth cuts(struct smn_question *q, const struct smn_row *row,
			   struct smn_why *why)
{
	struct smn_obj *o = ioas_of(q);
	const struct smn_area *a, *z;

	(void)row;
	if (!o)
		return SMN_UNKNOWN;
	a = first_within(q, o);
	z = smn_areas_find(&o->ioas.space.mapped, last_of(q), last_of(q));
	if (!a || (!is_cut(q, a) && (!z || !is_cut(q, z))))
		return SMN_NO;
	if (why)
		smn_why_set(why, "the mapping from 0x%" PRIx64 " to 0x%" PRIx64
			    " lies only partly in the range",
			    is_cut(q, a) ? a->start : z->start,
			    is_cut(q, a) ? a->last : z->last);
	return SMN_YES;
}

static enum smn_truth nothing(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	struct smn_obj *o = ioas_of(q);

	(void)row;
	(void)why;
	if (is_all(q))
		return SMN_NO;
	return o ? smn_truth_of(!first_within(q, o)) : SMN_UNKNOWN;
}

/* Take out what lies whole in the range, up to one that does not. */
static uint64_t unmap(struct smn_question *q)
{
	struct smn_obj *o = ioas_of(q);
	struct smn_area *a = o ? first_within(q, o) : NULL;
	const struct smn_area *end;
	uint64_t bytes = 0;
	size_t n = 0;

	if (!a)
		return 0;
	end = o->ioas.space.mapped.at + o->ioas.space.mapped.n;
	for (; a + n < end && a[n].start <= last_of(q) && !is_cut(q, &a[n]);
	     n++)
		bytes += a[n].last - a[n].start + 1;
	smn_ioas_remove_areas(q->w, o, a, n);
	return bytes;
}

static int unmapped(struct smn_question *q, void *out)
{
	struct iommu_ioas_unmap *cmd = out;
	uint64_t n = unmap(q);

	if (q->w->answers)
		cmd->length = n;
	return 0;
}

static void unmapped_some(struct smn_question *q, void *out, int err)
{
	(void)out;
	if (err == -ENOENT)
		unmap(q);
}

static const struct smn_row unmap_rows[] = {
	SMN_NO_IOAS("unmap.ioas", iommu_ioas_unmap, ioas_id),
	{ "unmap.iova-last", EOVERFLOW, SMN_ON(iommu_ioas_unmap, iova),
	  .test = is_last, .cause = "iova is the last 64-bit number",
	  .remedy = "unmap what IOMMU_IOAS_MAP mapped" },
	{ "unmap.length-last", EOVERFLOW, SMN_ON(iommu_ioas_unmap, length),
	  .test = is_last,
	  .cause = "length is the last 64-bit number, which means all only "
		   "with iova 0",
	  .remedy = "set iova to 0, too" },
	{ "unmap.empty", EINVAL, SMN_ON(iommu_ioas_unmap, length),
	  SMN_TEST(is, .with = 0), .cause = "length is 0",
	  .remedy = "unmap what IOMMU_IOAS_MAP mapped" },
	{ "unmap.range", EOVERFLOW, SMN_ON(iommu_ioas_unmap, iova),
	  .test = wraps, .cause = "the range ends beyond the last address",
	  .remedy = "unmap what IOMMU_IOAS_MAP mapped" },
	{ "unmap.race", EBUSY, .test = smn_test_elsewhere,
	  .cause = "a mapping of the range is being made or undone",
	  .remedy = "try again",
	  .unreached = "two threads must meet within one call" },
	{ "unmap.locked", EBUSY, .test = smn_test_elsewhere,
	  .cause = "a hardware queue uses a mapping of the range",
	  .remedy = "destroy the hardware queue first",
	  .unreached = "no SMMU without vendor extensions has such queues" },
	{ "unmap.cut", ENOENT, SMN_ON(iommu_ioas_unmap, length), .test = cuts,
	  .cause = "a mapping lies only partly in the range; whole ones before "
		   "it are unmapped already",
	  .remedy = "unmap whole mappings" },
	{ "unmap.nothing", ENOENT, SMN_ON(iommu_ioas_unmap, iova),
	  .test = nothing, .cause = "nothing is mapped in the range",
	  .remedy = "unmap what IOMMU_IOAS_MAP mapped" },
};

SMN_ACT(IOMMU_IOAS_UNMAP, unmap_rows, .done = unmapped,
	.refused = unmapped_some);

static const struct smn_row mmap_rows[] = {
	{ "mmap.memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "this process cannot have that much memory for the VM",
	  .remedy = "choose a smaller --memory",
	  .unreached = "a kernel out of memory stops the whole machine" },
};

SMN_ACT(MMAP, mmap_rows);
