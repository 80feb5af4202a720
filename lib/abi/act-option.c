// SPDX-License-Identifier: GPL-2.0-or-later
/* IOMMU_OPTION: how pages are accounted for, and whether large ones are used */
#include <inttypes.h>

#include "abi/ioas.h"

static const struct iommu_option *option_of(const struct smn_question *q)
{
	return q->in;
}

static bool is(const struct smn_question *q, uint32_t option)
{
	return option_of(q)->option_id == option;
}

static bool sets(const struct smn_question *q, uint32_t option)
{
	return is(q, option) && option_of(q)->op == IOMMU_OPTION_OP_SET;
}

static enum smn_truth of_object(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_truth_of(is(q, IOMMU_OPTION_RLIMIT_MODE) &&
			    option_of(q)->object_id);
}

static enum smn_truth no_cap(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	(void)row;
	(void)why;
	return sets(q, IOMMU_OPTION_RLIMIT_MODE) ?
		smn_question_fact(q, SMN_FACT_NO_RESOURCE_CAP) : SMN_NO;
}

static enum smn_truth has_objects(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!sets(q, IOMMU_OPTION_RLIMIT_MODE))
		return SMN_NO;
	return q->x ? smn_truth_of(q->x->ids.ntaken) : SMN_UNKNOWN;
}

static enum smn_truth bad_value(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(sets(q, row->with) && option_of(q)->val64 > 1);
}

static enum smn_truth no_ioas(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	return is(q, IOMMU_OPTION_HUGE_PAGES) ?
		smn_test_no_object(q, row, why) : SMN_NO;
}

/* The IOAS whose large pages are to be disabled and are not yet. */
static const struct smn_obj *disabled(const struct smn_question *q)
{
	const struct smn_obj *o;

	if (!sets(q, IOMMU_OPTION_HUGE_PAGES) || option_of(q)->val64)
		return NULL;
	o = smn_question_obj(q, option_of(q)->object_id, SMN_T_IOAS);
	return o && !o->ioas.small_pages ? o : NULL;
}

static enum smn_truth in_use(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	const struct smn_obj *o = disabled(q);

	(void)row;
	(void)why;
	if (!q->x && sets(q, IOMMU_OPTION_HUGE_PAGES))
		return SMN_UNKNOWN;
	return smn_truth_of(o && o->ioas.hwpts && o->ioas.space.mapped.n);
}

static enum smn_truth unaligned(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct smn_obj *o = disabled(q);
	const struct smn_area *a;

	(void)row;
	if (!q->x && sets(q, IOMMU_OPTION_HUGE_PAGES))
		return SMN_UNKNOWN;
	a = o ? smn_ioas_misaligned(q->w, o, q->w->page) : NULL;
	if (a && why)
		smn_why_set(why, "the mapping at 0x%" PRIx64 " is not of whole "
			    "pages", a->start);
	return smn_truth_of(a);
}

static int set(const struct smn_question *q, struct iommu_option *cmd)
{
	struct smn_obj *o = smn_question_obj(q, cmd->object_id, SMN_T_IOAS);

	if (is(q, IOMMU_OPTION_RLIMIT_MODE))
		q->x->process_rlimit = cmd->val64;
	else if (o)
		o->ioas.small_pages = !cmd->val64;
	return 0;
}

static int opted(struct smn_question *q, void *out)
{
	struct iommu_option *cmd = out;
	struct smn_obj *o = smn_question_obj(q, cmd->object_id, SMN_T_IOAS);

	if (!q->x || cmd->op == IOMMU_OPTION_OP_SET)
		return q->x ? set(q, cmd) : 0;
	if (q->w->answers)
		cmd->val64 = is(q, IOMMU_OPTION_RLIMIT_MODE) ?
			q->x->process_rlimit : !o->ioas.small_pages;
	return 0;
}

static const struct smn_row rows[] = {
	SMN_NOT_ZERO("option.zero", iommu_option, __reserved),
	{ "option.id", EOPNOTSUPP, SMN_ON(iommu_option, option_id),
	  SMN_TEST(above, .with = IOMMU_OPTION_HUGE_PAGES),
	  .cause = "the kernel does not know this option",
	  .remedy = "use RLIMIT_MODE or HUGE_PAGES" },
	{ "option.object", EOPNOTSUPP, SMN_ON(iommu_option, object_id),
	  .test = of_object,
	  .cause = "RLIMIT_MODE is an option of the iommufd, not of an object",
	  .remedy = "leave object_id zero" },
	{ "option.cap", EPERM, SMN_ON(iommu_option, op), .test = no_cap,
	  .cause = "CAP_SYS_RESOURCE is missing", .remedy = "run as root" },
	{ "option.busy", EBUSY, SMN_ON(iommu_option, op), .test = has_objects,
	  .cause = "the iommufd has objects already",
	  .remedy = "set RLIMIT_MODE right after opening /dev/iommu" },
	{ "option.mode", EINVAL, SMN_ON(iommu_option, val64),
	  .test = bad_value, .with = IOMMU_OPTION_RLIMIT_MODE,
	  .cause = "val64 is neither 0 (per user) nor 1 (per process)",
	  .remedy = "set val64 to 0 or 1" },
	{ "option.ioas", ENOENT, SMN_ON(iommu_option, object_id),
	  .test = no_ioas, .with = SMN_IS(IOAS),
	  .cause = "object_id is no IOAS",
	  .remedy = "allocate it with IOMMU_IOAS_ALLOC on the same iommufd" },
	{ "option.mapped", EINVAL, SMN_ON(iommu_option, object_id),
	  .test = in_use,
	  .cause = "the IOAS has a HWPT and mappings, whose pages may be large "
		   "already",
	  .remedy = "disable HUGE_PAGES before IOMMU_HWPT_ALLOC and "
		    "IOMMU_IOAS_MAP" },
	{ "option.align", EADDRINUSE, SMN_ON(iommu_option, object_id),
	  .test = unaligned,
	  .cause = "a mapping of the IOAS is not of whole pages",
	  .remedy = "unmap it, and map whole pages" },
	{ "option.value", EINVAL, SMN_ON(iommu_option, val64),
	  .test = bad_value, .with = IOMMU_OPTION_HUGE_PAGES,
	  .cause = "val64 is neither 0 nor 1",
	  .remedy = "set val64 to 0 or 1" },
	{ "option.op", EOPNOTSUPP, SMN_ON(iommu_option, op),
	  SMN_TEST(above, .with = IOMMU_OPTION_OP_GET),
	  .cause = "the kernel does not know this op",
	  .remedy = "use SET or GET" },
};

SMN_ACT(IOMMU_OPTION, rows, .done = opted);
