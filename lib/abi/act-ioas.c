// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Address spaces as a whole: IOAS_ALLOC, IOAS_IOVA_RANGES, IOAS_ALLOW_IOVAS,
 * VFIO_IOAS, IOAS_CHANGE_PROCESS, IOAS_NOIOMMU_GET_PA. What is mapped in them
 * is in act-map.c, IOMMU_OPTION in act-option.c.
 */
#include <inttypes.h>

#include "abi/ioas.h"

#define LAST (~0ULL)

/* --- IOMMU_IOAS_ALLOC --- */

static int alloced(struct smn_question *q, void *out)
{
	struct iommu_ioas_alloc *cmd = out;

	if (!q->x)
		return 0;
	return smn_obj_new(q->w, q->x, SMN_T_IOAS, &cmd->out_ioas_id) ? 0 :
		-ENOMEM;
}

static const struct smn_row alloc_rows[] = {
	SMN_NOT_ZERO("ioas.flags", iommu_ioas_alloc, flags),
};

SMN_ACT(IOMMU_IOAS_ALLOC, alloc_rows, .done = alloced, .allocates = true);

/* --- IOMMU_IOAS_IOVA_RANGES: iommufd_ioas_iova_ranges() --- */

static const struct iommu_ioas_iova_ranges *
ranges_of(const struct smn_question *q)
{
	return q->in;
}

/*
 * Call @each for the ranges that nobody reserved, the first @max of them.
 * *n counts all. Stops at the first failure.
 */
static int each_hole(const struct smn_question *q, uint32_t max, uint32_t *n,
		     int (*each)(const struct smn_world *w, uint64_t at,
				 const struct iommu_iova_range *r))
{
	const struct iommu_ioas_iova_ranges *in = ranges_of(q);
	struct smn_obj *o = smn_question_obj(q, in->ioas_id, SMN_T_IOAS);
	uint64_t start = 0, last;
	int ret = 0;

	*n = 0;
	while (o && !ret && smn_areas_gap(&o->ioas.space.reserved, NULL, &start,
					  LAST, &last)) {
		struct iommu_iova_range r = { start, last };
		uint64_t at = in->allowed_iovas + *n * sizeof(r);

		ret = *n < max ? each(q->w, at, &r) : 0;
		++*n;
		if (last == LAST)
			break;
		start = last + 1;
	}
	return ret;
}

static int peek(const struct smn_world *w, uint64_t at,
		const struct iommu_iova_range *r)
{
	struct iommu_iova_range there;

	(void)r;
	return smn_user_read(w, &there, at, sizeof(there));
}

static int poke(const struct smn_world *w, uint64_t at,
		const struct iommu_iova_range *r)
{
	return smn_user_write(w, at, r, sizeof(*r));
}

static enum smn_truth no_room(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	uint32_t n;

	(void)row;
	(void)why;
	if (!q->w->answers)
		return SMN_UNKNOWN;
	return smn_truth_of(each_hole(q, ranges_of(q)->num_iovas, &n, peek));
}

/* The kernel says in num_iovas how many there are; offline nobody knows. */
static enum smn_truth more_ranges(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	const struct iommu_ioas_iova_ranges *in = q->in, *out = q->out;
	uint32_t n;

	(void)row;
	if (q->w->answers)
		each_hole(q, 0, &n, NULL);
	else if (out)
		n = out->num_iovas;
	else
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "there are %" PRIu32 " ranges, and room for "
			    "%" PRIu32, n, in->num_iovas);
	return smn_truth_of(n > in->num_iovas);
}

static int listed(struct smn_question *q, void *out)
{
	struct iommu_ioas_iova_ranges *cmd = out;
	struct smn_obj *o = smn_question_obj(q, cmd->ioas_id, SMN_T_IOAS);

	if (!q->w->answers || !o)
		return 0;
	each_hole(q, ranges_of(q)->num_iovas, &cmd->num_iovas, poke);
	cmd->out_iova_alignment = smn_ioas_alignment(q->w, o);
	return 0;
}

/* Those that there was room for have been written. */
static void not_listed(struct smn_question *q, void *out, int err)
{
	uint32_t n;

	if (err == -EMSGSIZE)
		listed(q, out);
	else if (err == -EFAULT && q->w->answers)
		each_hole(q, ranges_of(q)->num_iovas, &n, poke);
}

static const struct smn_row ranges_rows[] = {
	SMN_NOT_ZERO("ranges.zero", iommu_ioas_iova_ranges, __reserved),
	SMN_NO_IOAS("ranges.ioas", iommu_ioas_iova_ranges, ioas_id),
	{ "ranges.memory", EFAULT,
	  SMN_ON(iommu_ioas_iova_ranges, allowed_iovas), .test = no_room,
	  .cause = "allowed_iovas does not point to memory for num_iovas "
		   "ranges",
	  .remedy = "give an array of num_iovas ranges of 16 bytes" },
	{ "ranges.room", EMSGSIZE, SMN_ON(iommu_ioas_iova_ranges, num_iovas),
	  .test = more_ranges,
	  .cause = "there are more ranges than num_iovas has room for",
	  .remedy = "call it again with the num_iovas that it returned" },
};

SMN_ACT(IOMMU_IOAS_IOVA_RANGES, ranges_rows, .done = listed,
	.refused = not_listed);

/* --- IOMMU_IOAS_ALLOW_IOVAS: iommufd_ioas_load_iovas() --- */

static const struct iommu_ioas_allow_iovas *
allow_of(const struct smn_question *q)
{
	return q->in;
}

/* What is wrong with range @i, given those before it: 0 or -errno. */
static int load_range(const struct smn_question *q, uint32_t i,
		      struct smn_areas *to, struct smn_why *why)
{
	struct iommu_iova_range r;

	if (smn_user_read(q->w, &r, allow_of(q)->allowed_iovas +
			  (uint64_t)i * sizeof(r), sizeof(r)))
		return -EFAULT;
	if (why)
		smn_why_set(why, "range %" PRIu32 " is 0x%" PRIx64 " to 0x%"
			    PRIx64, i, (uint64_t)r.start, (uint64_t)r.last);
	if (r.start >= r.last || smn_areas_find(to, r.start, r.last))
		return -EINVAL;
	return smn_areas_add(to, &(struct smn_area){ .start = r.start,
						     .last = r.last });
}

static int load(const struct smn_question *q, struct smn_areas *to,
		struct smn_why *why)
{
	int ret = 0;

	*to = (struct smn_areas){ 0 };
	for (uint32_t i = 0; !ret && i < allow_of(q)->num_iovas; i++)
		ret = load_range(q, i, to, why);
	if (ret)
		smn_areas_free(to);
	return ret;
}

/* Later the array may be gone: only at the time of the call it is read. */
static enum smn_truth bad_ranges(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_areas list;
	int ret;

	if (!q->w->answers)
		return SMN_UNKNOWN;
	ret = load(q, &list, why);
	smn_areas_free(&list);
	return smn_truth_of(ret == -row->err);
}

static const struct smn_area *first_reserved(const struct smn_space *s,
					     const struct smn_areas *list)
{
	const struct smn_area *hit = NULL;

	for (size_t i = 0; !hit && i < list->n; i++)
		hit = smn_areas_hit(&s->reserved, list->at[i].start,
				    list->at[i].last);
	return hit;
}

static enum smn_truth allows_reserved(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	struct smn_obj *o =
		smn_question_obj(q, allow_of(q)->ioas_id, SMN_T_IOAS);
	const struct smn_area *hit;
	struct smn_areas list;

	(void)row;
	/* nothing is reserved in an IOAS that nothing uses */
	if (o && !o->ioas.hwpts)
		return SMN_NO;
	if (!o || !q->w->answers || load(q, &list, NULL))
		return SMN_UNKNOWN;
	hit = first_reserved(&o->ioas.space, &list);
	if (hit && why)
		smn_why_set(why, "0x%" PRIx64 " to 0x%" PRIx64 " is reserved",
			    hit->start, hit->last);
	smn_areas_free(&list);
	return smn_truth_of(hit);
}

static int allowed(struct smn_question *q, void *out)
{
	struct smn_obj *o =
		smn_question_obj(q, allow_of(q)->ioas_id, SMN_T_IOAS);
	struct smn_areas list;

	(void)out;
	if (!o)
		return 0;
	if (load(q, &list, NULL))
		return -ENOMEM;
	smn_areas_free(&o->ioas.space.allowed);
	o->ioas.space.allowed = list;
	return 0;
}

static const struct smn_row allow_rows[] = {
	SMN_NOT_ZERO("allow.zero", iommu_ioas_allow_iovas, __reserved),
	SMN_NO_IOAS("allow.ioas", iommu_ioas_allow_iovas, ioas_id),
	{ "allow.memory", EFAULT,
	  SMN_ON(iommu_ioas_allow_iovas, allowed_iovas), .test = bad_ranges,
	  .cause = "allowed_iovas does not point to num_iovas ranges",
	  .remedy = "give an array of num_iovas ranges of 16 bytes" },
	{ "allow.range", EINVAL,
	  SMN_ON(iommu_ioas_allow_iovas, allowed_iovas), .test = bad_ranges,
	  .cause = "a range does not end after its start, or overlaps an "
		   "earlier one",
	  .remedy = "give disjoint ranges of two bytes at least, last byte "
		    "included" },
	{ "allow.reserved", EADDRINUSE,
	  SMN_ON(iommu_ioas_allow_iovas, ioas_id), .test = allows_reserved,
	  .cause = "a range overlaps one that a device or HWPT reserves",
	  .remedy = "allow only what IOMMU_IOAS_IOVA_RANGES lists" },
};

SMN_ACT(IOMMU_IOAS_ALLOW_IOVAS, allow_rows, .done = allowed, .allocates = true);

/* --- IOMMU_VFIO_IOAS --- */

static enum smn_truth no_compat(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_vfio_ioas *in = q->in;

	(void)row;
	(void)why;
	if (in->op != IOMMU_VFIO_IOAS_GET)
		return SMN_NO;
	return q->x ? smn_truth_of(!q->x->compat) : SMN_UNKNOWN;
}

static enum smn_truth sets_no_ioas(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	const struct iommu_vfio_ioas *in = q->in;

	return in->op == IOMMU_VFIO_IOAS_SET ?
		smn_test_no_object(q, row, why) : SMN_NO;
}

static int vfio_ioas(struct smn_question *q, void *out)
{
	struct iommu_vfio_ioas *cmd = out;

	if (!q->x)
		return 0;
	if (cmd->op == IOMMU_VFIO_IOAS_SET)
		q->x->compat = smn_question_obj(q, cmd->ioas_id, SMN_T_IOAS);
	else if (cmd->op == IOMMU_VFIO_IOAS_CLEAR)
		q->x->compat = NULL;
	else if (q->w->answers)
		cmd->ioas_id = q->x->compat->id;
	return 0;
}

static const struct smn_row vfio_rows[] = {
	SMN_NOT_ZERO("vfio-ioas.zero", iommu_vfio_ioas, __reserved),
	{ "vfio-ioas.none", ENODEV, SMN_ON(iommu_vfio_ioas, op),
	  .test = no_compat,
	  .cause = "no IOAS stands for VFIO's container",
	  .remedy = "set one with IOMMU_VFIO_IOAS_SET" },
	{ "vfio-ioas.ioas", ENOENT, SMN_ON(iommu_vfio_ioas, ioas_id),
	  .test = sets_no_ioas, .with = SMN_IS(IOAS),
	  .cause = "ioas_id is no IOAS",
	  .remedy = "allocate it with IOMMU_IOAS_ALLOC on the same iommufd" },
	{ "vfio-ioas.op", EOPNOTSUPP, SMN_ON(iommu_vfio_ioas, op),
	  SMN_TEST(above, .with = IOMMU_VFIO_IOAS_CLEAR),
	  .cause = "the kernel does not know this op",
	  .remedy = "use GET, SET or CLEAR" },
};

SMN_ACT(IOMMU_VFIO_IOAS, vfio_rows, .done = vfio_ioas);

/* --- IOMMU_IOAS_CHANGE_PROCESS --- */

/* Is a mapping of any IOAS of memory, not of a file? */
static enum smn_truth maps_memory(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	if (!q->x)
		return SMN_UNKNOWN;
	for (uint32_t id = 1; id < q->x->ids.room; id++) {
		struct smn_obj *o = smn_question_obj(q, id, SMN_T_IOAS);
		const struct smn_areas *a = o ? &o->ioas.space.mapped : NULL;

		for (size_t i = 0; a && i < a->n; i++) {
			if (a->at[i].pages->file)
				continue;
			if (why)
				smn_why_set(why, "IOAS %" PRIu32 " maps what "
					    "is no memory of a file at 0x%"
					    PRIx64, id,
					    a->at[i].start);
			return SMN_YES;
		}
	}
	return SMN_NO;
}

static const struct smn_row process_rows[] = {
	SMN_NOT_ZERO("process.zero", iommu_ioas_change_process, __reserved),
	{ "process.race", EBUSY, .test = smn_test_elsewhere,
	  .cause = "a mapping was being made or undone at that moment",
	  .remedy = "try again",
	  .unreached = "two threads must meet within one call" },
	{ "process.memory", EINVAL, .test = maps_memory,
	  .cause = "a mapping is not of a file's memory",
	  .remedy = "map memory with IOMMU_IOAS_MAP_FILE" },
	{ "process.memlock", ENOMEM, .test = smn_test_elsewhere,
	  .cause = "RLIMIT_MEMLOCK of the new process is too low for what is "
		   "pinned",
	  .remedy = "ulimit -l unlimited, or run as root",
	  .unreached = "it needs a second process" },
};

SMN_ACT(IOMMU_IOAS_CHANGE_PROCESS, process_rows);

/* --- IOMMU_IOAS_NOIOMMU_GET_PA --- */

#define NO_PA .unreached = "the kernel lacks CONFIG_IOMMUFD_NOIOMMU"

/* The mapping at iova, or NULL; *known tells whether that means none. */
static const struct smn_area *asked_for(const struct smn_question *q,
					bool *known)
{
	const struct iommu_ioas_noiommu_get_pa *in = q->in;
	struct smn_obj *o = smn_question_obj(q, in->ioas_id, SMN_T_IOAS);

	*known = o;
	return o ? smn_areas_find(&o->ioas.space.mapped, in->iova, in->iova) :
		NULL;
}

static enum smn_truth unmapped(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	bool known;
	const struct smn_area *a = asked_for(q, &known);

	(void)row;
	(void)why;
	return known ? smn_truth_of(!a) : SMN_UNKNOWN;
}

static enum smn_truth revoked(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	bool known;
	const struct smn_area *a = asked_for(q, &known);

	(void)row;
	(void)why;
	return known ? smn_truth_of(a && a->pages->revoked) : SMN_UNKNOWN;
}

/* what is mapped there has an address that this ioctl does not tell */
static enum smn_truth translates(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_ioas_noiommu_get_pa *in = q->in;

	if (q->x && !smn_question_obj(q, in->ioas_id, SMN_T_IOAS))
		return SMN_NO;
	return smn_not(unmapped(q, row, why));
}

/* without the option the ioctl is known, but refuses whatever it is told */
static enum smn_truth left_out(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_not(smn_question_fact(q, SMN_FACT_NOIOMMU));
}

static const struct smn_row pa_rows[] = {
	{ "pa.config", EOPNOTSUPP, .test = left_out,
	  .cause = "the running kernel lacks CONFIG_IOMMUFD_NOIOMMU",
	  .remedy = "nesting has no use for this ioctl" },
	{ "pa.cap", EPERM, SMN_IF(NO_RAWIO_CAP), NO_PA,
	  .cause = "CAP_SYS_RAWIO is missing", .remedy = "run as root" },
	{ "pa.flags", EOPNOTSUPP, SMN_ON(iommu_ioas_noiommu_get_pa, flags),
	  SMN_TEST(is_not, .with = 0), NO_PA, .cause = "flags is not 0",
	  .remedy = "leave flags zero" },
	{ "pa.zero", EOPNOTSUPP, SMN_ON(iommu_ioas_noiommu_get_pa, __reserved),
	  SMN_TEST(is_not, .with = 0), NO_PA, .cause = "__reserved is not 0",
	  .remedy = "leave __reserved zero" },
	{ "pa.length", EINVAL, SMN_ON(iommu_ioas_noiommu_get_pa, length),
	  SMN_TEST(is, .with = 0), NO_PA, .cause = "length is 0",
	  .remedy = "ask for one byte at least" },
	{ "pa.iova", EOVERFLOW, SMN_ON(iommu_ioas_noiommu_get_pa, iova),
	  SMN_TEST(is, .with = LAST), NO_PA,
	  .cause = "iova is the last address",
	  .remedy = "choose a mapped address" },
	{ "pa.ioas", ENOENT, SMN_ON(iommu_ioas_noiommu_get_pa, ioas_id),
	  SMN_TEST(no_object, .with = SMN_IS(IOAS)), NO_PA,
	  .cause = "ioas_id is no IOAS",
	  .remedy = "allocate it with IOMMU_IOAS_ALLOC on the same iommufd" },
	{ "pa.unmapped", ENOENT, SMN_ON(iommu_ioas_noiommu_get_pa, iova),
	  .test = unmapped, NO_PA, .cause = "nothing is mapped at iova",
	  .remedy = "map it with IOMMU_IOAS_MAP" },
	{ "pa.revoked", EINVAL, SMN_ON(iommu_ioas_noiommu_get_pa, iova),
	  .test = revoked, NO_PA,
	  .cause = "the dma-buf that is mapped there was revoked",
	  .remedy = "map it again" },
	{ "pa.domain", EOPNOTSUPP, .test = translates, NO_PA,
	  .cause = "the IOAS translates in an SMMU, and physical addresses "
		   "are told only for devices without one",
	  .remedy = "nesting has no use for this ioctl" },
};

SMN_ACT(IOMMU_IOAS_NOIOMMU_GET_PA, pa_rows);
