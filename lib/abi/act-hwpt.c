// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IOMMU_HWPT_ALLOC: iommufd_hwpt_alloc(). What pt_id is decides what is made:
 * an IOAS gets a HWPT of stage 1 or 2, a vIOMMU a nested one, a HWPT nothing
 * on this driver. The fault queue is looked up last, when all else was done.
 */
#include <string.h>

#include "abi/hwpt.h"
#include "abi/ioas.h"
#include "abi/rules.h"

#define PARENT IOMMU_HWPT_ALLOC_NEST_PARENT
#define DIRTY IOMMU_HWPT_ALLOC_DIRTY_TRACKING
#define FAULT IOMMU_HWPT_FAULT_ID_VALID
#define PASID IOMMU_HWPT_ALLOC_PASID

static const struct iommu_hwpt_alloc *alloc_of(const struct smn_question *q)
{
	return q->in;
}

static bool has_flags(const struct smn_question *q, uint32_t flags)
{
	return alloc_of(q)->flags & flags;
}

static struct smn_obj *pt(const struct smn_question *q, enum smn_type type)
{
	return smn_question_obj(q, alloc_of(q)->pt_id, type);
}

/* Is pt_id of that type? What the question's iommufd does not know is not. */
static enum smn_truth on(const struct smn_question *q, enum smn_type type)
{
	return q->x ? smn_truth_of(pt(q, type)) : SMN_UNKNOWN;
}

/* --- what all have in common --- */

static enum smn_truth data_mismatch(struct smn_question *q,
				    const struct smn_row *row,
				    struct smn_why *why)
{
	const struct iommu_hwpt_alloc *in = alloc_of(q);

	(void)row;
	(void)why;
	if (!smn_member_given(q, offsetof(struct iommu_hwpt_alloc, data_type)))
		return SMN_UNKNOWN;
	return smn_truth_of(!in->data_type != !in->data_len);
}

static enum smn_truth no_fault_queue(struct smn_question *q,
				     const struct smn_row *row,
				     struct smn_why *why)
{
	const struct smn_row id = {
		.on = offsetof(struct iommu_hwpt_alloc, fault_id),
		.width = sizeof(alloc_of(q)->fault_id),
		.with = SMN_IS(FAULTQ),
	};

	(void)row;
	return has_flags(q, FAULT) ? smn_test_no_object(q, &id, why) : SMN_NO;
}

/* --- pt_id is an IOAS: iommufd_hwpt_paging_alloc() --- */

/* Flags in .with, which this kernel has in no such HWPT. */
static enum smn_truth ioas_flags(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	return smn_and(on(q, SMN_T_IOAS), smn_test_bits(q, row, why));
}

static enum smn_truth no_dirty(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!has_flags(q, DIRTY))
		return SMN_NO;
	return smn_and(on(q, SMN_T_IOAS), smn_not(smn_tracks_dirty(q)));
}

static enum smn_truth fault_on_parent(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!has_flags(q, FAULT) || !has_flags(q, PARENT))
		return SMN_NO;
	return on(q, SMN_T_IOAS);
}

/* A parent is of stage 2, which neither marks pages nor has PASIDs. */
static enum smn_truth mixed_parent(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!has_flags(q, PARENT) || !has_flags(q, DIRTY | PASID))
		return SMN_NO;
	return on(q, SMN_T_IOAS);
}

static bool wants_parent(const struct smn_question *q)
{
	return has_flags(q, PARENT) && !has_flags(q, DIRTY | PASID);
}

static enum smn_truth old_parent(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return wants_parent(q) ? on(q, SMN_T_IOAS) : SMN_NO;
}

static enum smn_truth stage_of_parent(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	(void)row;
	if (!wants_parent(q))
		return SMN_NO;
	return smn_and(on(q, SMN_T_IOAS), smn_lacks_stage(q, why));
}

static enum smn_truth erratum_of_parent(struct smn_question *q,
					const struct smn_row *row,
					struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!wants_parent(q))
		return SMN_NO;
	return smn_and(on(q, SMN_T_IOAS), smn_has_erratum(q));
}

static enum smn_truth no_stage1(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	uint32_t v;

	(void)row;
	(void)why;
	if (!has_flags(q, DIRTY | PASID))
		return SMN_NO;
	return smn_and(on(q, SMN_T_IOAS),
		       smn_not(smn_question_idr(q, "IDR0.S1P", &v)));
}

/* VMIDs or ASIDs, .with tells which: is it those that are needed and gone? */
static enum smn_truth numbers_gone(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	uint32_t flags = alloc_of(q)->flags;
	enum smn_truth s2 = smn_paging_s2(q, flags);

	(void)why;
	if (on(q, SMN_T_IOAS) == SMN_NO)
		return SMN_NO;
	s2 = row->with == SMN_IS(PAGING) ? s2 : smn_not(s2);
	return smn_and(smn_and(on(q, SMN_T_IOAS), s2),
		       smn_paging_full(q, flags));
}

static enum smn_truth coarse(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	enum smn_truth ioas = on(q, SMN_T_IOAS);

	(void)row;
	return ioas == SMN_NO ? ioas : smn_and(ioas, smn_paging_coarse(q, why));
}

static enum smn_truth misaligned(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *ioas = pt(q, SMN_T_IOAS);

	(void)row;
	return ioas ? smn_paging_misaligned(q, ioas, why) : on(q, SMN_T_IOAS);
}

static enum smn_truth outside(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	struct smn_obj *ioas = pt(q, SMN_T_IOAS);

	(void)row;
	return ioas ? smn_paging_outside(q, ioas, alloc_of(q)->flags, why) :
		on(q, SMN_T_IOAS);
}

static enum smn_truth unpinnable(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *ioas = pt(q, SMN_T_IOAS);

	return ioas ? smn_ioas_unpinnable(q->w, ioas, row->err, why) :
		on(q, SMN_T_IOAS);
}

/* --- pt_id is a vIOMMU: arm_vsmmu_alloc_domain_nested() --- */

static enum smn_truth on_hwpt(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	(void)row;
	(void)why;
	return on(q, SMN_T_PAGING);
}

static enum smn_truth other_smmu(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *viommu = pt(q, SMN_T_VIOMMU);

	(void)row;
	(void)why;
	if (!viommu)
		return on(q, SMN_T_VIOMMU);
	return smn_not(smn_smmu_same(q->w, viommu->viommu.smmu,
				     q->dev ? q->dev->smmu : NULL));
}

static enum smn_truth viommu_flags(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	return smn_and(on(q, SMN_T_VIOMMU), smn_test_bits(q, row, why));
}

/* The member is not what the row says. */
static enum smn_truth viommu_data(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	return smn_and(on(q, SMN_T_VIOMMU), smn_test_is_not(q, row, why));
}

static enum smn_truth no_data(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	return smn_and(on(q, SMN_T_VIOMMU), smn_test_is(q, row, why));
}

/* False: it cannot be read, or there is none. */
static bool read_ste(const struct smn_question *q, uint64_t ste[2])
{
	const size_t size = sizeof(struct iommu_hwpt_arm_smmuv3);

	if (q->w->answers)
		return !smn_user_read(q->w, ste, alloc_of(q)->data_uptr, size);
	if (!q->words || q->nwords * sizeof(*q->words) < size)
		return false;
	memcpy(ste, q->words, size);
	return true;
}

static enum smn_truth unreadable_ste(struct smn_question *q,
				     const struct smn_row *row,
				     struct smn_why *why)
{
	uint64_t ste[2];

	(void)row;
	(void)why;
	if (on(q, SMN_T_VIOMMU) == SMN_NO)
		return SMN_NO;
	return q->w->answers ? smn_truth_of(!read_ste(q, ste)) : SMN_UNKNOWN;
}

static enum smn_truth bad_ste(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	struct smn_violations bad;
	uint64_t ste[2];
	bool told = q->smmu && q->smmu->told == SMN_YES;

	(void)row;
	if (on(q, SMN_T_VIOMMU) == SMN_NO)
		return SMN_NO;
	if (!read_ste(q, ste))
		return SMN_UNKNOWN;
	if (told && smn_rules_vste_ok(&q->smmu->rules, ste))
		return SMN_NO;
	if (told && !why)
		return SMN_YES;
	if (!smn_rules_vste(ste, told ? q->smmu->feats : SMN_FEATS_ALL, &bad))
		return SMN_NO;
	if (why)
		*why = bad.v[0].why;
	return SMN_YES;
}

/* --- it was made --- */

static struct smn_obj *made_nested(struct smn_question *q,
				   struct iommu_hwpt_alloc *out,
				   struct smn_obj *viommu)
{
	struct smn_obj *o = smn_obj_new(q->w, q->x, SMN_T_NESTED,
					&out->out_hwpt_id);
	struct smn_nested *n;

	if (!o)
		return NULL;
	n = &o->nested;
	n->viommu = viommu;
	n->flags = out->flags;
	viommu->users++;
	/* an entry that is not valid is forgotten but for that */
	if (!read_ste(q, n->ste) || !(n->ste[0] & 1))
		n->ste[0] = n->ste[1] = 0;
	return o;
}

static int made(struct smn_question *q, void *out)
{
	struct iommu_hwpt_alloc *a = out;
	struct smn_obj *ioas = pt(q, SMN_T_IOAS);
	struct smn_obj *viommu = pt(q, SMN_T_VIOMMU);
	struct smn_obj *queue = has_flags(q, FAULT) ?
		smn_question_obj(q, a->fault_id, SMN_T_FAULTQ) : NULL;
	struct smn_obj *o;

	if (!ioas && !viommu)
		return 0;	/* made on what this world has not seen */
	o = ioas ? smn_paging_new(q, ioas, a->flags, &a->out_hwpt_id) :
		made_nested(q, a, viommu);
	if (!o)
		return -ENOMEM;
	if (!queue)
		return 0;
	queue->users++;
	if (ioas)
		o->paging.faultq = queue;
	else
		o->nested.faultq = queue;
	return 0;
}

#define ON(member) SMN_ON(iommu_hwpt_alloc, member)

static const struct smn_row rows[] = {
	{ "hwpt.reserved", EOPNOTSUPP, ON(__reserved),
	  SMN_TEST(bits, .with = ~0ULL),
	  .cause = "__reserved is not 0",
	  .remedy = "set __reserved to 0" },
	{ "hwpt.data", EINVAL, ON(data_len), .test = data_mismatch,
	  .cause = "data_type says data or none, and data_len the contrary",
	  .remedy = "set data_type and data_len both, or neither" },
	{ "hwpt.device", ENOENT, ON(dev_id),
	  SMN_TEST(no_object, .with = SMN_IS(DEVICE)),
	  .cause = "dev_id is not a device that is bound to this iommufd",
	  .remedy = "give the out_devid of VFIO_DEVICE_BIND_IOMMUFD" },
	{ "hwpt.pt", EINVAL, ON(pt_id),
	  SMN_TEST(no_object, .with = SMN_IS(IOAS) | SMN_IS(PAGING) |
			      SMN_IS(VIOMMU)),
	  .cause = "pt_id is nothing that a HWPT can be made on",
	  .remedy = "give an IOAS for a parent, a vIOMMU for a nested HWPT" },

	{ "hwpt.flags", EOPNOTSUPP, ON(flags), .test = ioas_flags,
	  .with = ~(uint64_t)(PARENT | DIRTY | FAULT | PASID),
	  .cause = "the kernel does not know a flag",
	  .remedy = "set none but NEST_PARENT, DIRTY_TRACKING, FAULT_ID_VALID "
		    "or PASID" },
	{ "hwpt.flags.pasid", EOPNOTSUPP, ON(flags), .test = ioas_flags,
	  .with = PASID, .before = 615,
	  .cause = "PASID is a flag of newer kernels",
	  .remedy = "use a kernel from 6.15 on, or leave PASID out",
	  .unreached = "needs a kernel before 6.15" },
	{ "hwpt.flags.fault", EOPNOTSUPP, ON(flags), .test = ioas_flags,
	  .with = FAULT, .before = 611,
	  .cause = "FAULT_ID_VALID is a flag of newer kernels",
	  .remedy = "use a kernel from 6.11 on, or leave FAULT_ID_VALID out",
	  .unreached = "needs a kernel before 6.11" },
	{ "hwpt.dirty", EOPNOTSUPP, ON(flags), .test = no_dirty,
	  .cause = "the SMMU does not mark dirty pages (IDR0.HTTU), or "
		   "firmware hides it",
	  .remedy = "leave DIRTY_TRACKING out" },
	{ "hwpt.parent.fault", EOPNOTSUPP, ON(flags), .test = fault_on_parent,
	  .cause = "a nesting parent has no fault queue",
	  .remedy = "give fault_id to the nested HWPT" },
	{ "hwpt.ioas.data", EOPNOTSUPP, ON(data_len), .test = ioas_flags,
	  .with = ~0ULL,
	  .cause = "a HWPT on an IOAS takes no STE",
	  .remedy = "give the vIOMMU as pt_id, or no data" },
	{ "hwpt.parent.mixed", EOPNOTSUPP, ON(flags), .test = mixed_parent,
	  .cause = "a nesting parent is of stage 2: it neither marks dirty "
		   "pages nor has PASIDs",
	  .remedy = "leave DIRTY_TRACKING and PASID out" },
	{ "s2.kernel", EOPNOTSUPP, ON(flags), .test = old_parent, .before = 613,
	  .cause = "the running kernel is older than nesting on SMMUv3: it has "
		   "no IOMMU_VIOMMU_ALLOC",
	  .remedy = "use a kernel from 6.13 on",
	  .unreached = "needs a kernel before 6.13" },
	{ "s2.stage", EOPNOTSUPP, ON(flags), .test = stage_of_parent,
	  .cause = "the SMMU lacks stage 1 or stage 2",
	  .remedy = "this SMMU cannot nest" },
	{ "s2.erratum", EOPNOTSUPP, ON(flags), .test = erratum_of_parent,
	  .cause = "an erratum makes the driver refuse nesting (MMU-600 before "
		   "r2, MMU-700 before r1p1)",
	  .remedy = "compare IIDR in `smmunest-ctl info`",
	  .unreached = "the emulated SMMU has no erratum" },
	{ "hwpt.stage1", EOPNOTSUPP, ON(flags), .test = no_stage1,
	  .cause = "dirty pages and PASIDs need stage 1, which the SMMU lacks",
	  .remedy = "leave DIRTY_TRACKING and PASID out" },
	{ "s2.vmid", ENOSPC, ON(flags), .test = numbers_gone,
	  .with = SMN_IS(PAGING),
	  .cause = "the SMMU has no VMID left",
	  .remedy = "close other VMs" },
	{ "hwpt.asid", EBUSY, ON(flags), .test = numbers_gone,
	  .with = SMN_IS(IOAS),
	  .cause = "no ASID is left: HWPTs of stage 1 share them with the "
		   "host's devices",
	  .remedy = "destroy HWPTs that nothing is attached to" },
	{ "hwpt.page", EINVAL, .test = coarse,
	  .cause = "the SMMU's smallest page is larger than the machine's",
	  .remedy = "use a kernel built for larger pages",
	  .unreached = "the emulated SMMU has every size of page" },
	{ "hwpt.align", EADDRINUSE, .test = misaligned,
	  .cause = "a mapping of the IOAS is not whole pages of the SMMU",
	  .remedy = "unmap it; map whole pages only" },
	{ "s2.aperture", EADDRINUSE, .test = outside,
	  .cause = "a mapping, or a range that is allowed, lies beyond what "
		   "the HWPT can translate (stage 2: 2^IDR5.OAS)",
	  .remedy = "choose another --memory=SIZE@IPA" },
	{ "s2.pin", EFAULT, .test = unpinnable,
	  .cause = "a mapping of the IOAS cannot be pinned",
	  .remedy = "map ordinary memory only" },
	{ "hwpt.file", EINVAL, .test = unpinnable,
	  .cause = "a file that is mapped in the IOAS cannot be pinned",
	  .remedy = "map files of memfd_create() only" },
	{ "s2.memlock", ENOMEM, .test = unpinnable,
	  .cause = "RLIMIT_MEMLOCK (mappings are pinned now)",
	  .remedy = "ulimit -l unlimited, or run as root" },

	{ "s1.parent", EOPNOTSUPP, ON(pt_id), .test = on_hwpt,
	  .cause = "pt_id is a HWPT, and on SMMUv3 a nested HWPT is made on a "
		   "vIOMMU",
	  .remedy = "give the id of a vIOMMU as pt_id" },
	{ "s1.smmu", EINVAL, ON(dev_id), .test = other_smmu,
	  .cause = "the device is not on the vIOMMU's SMMU",
	  .remedy = "compare `smmu` in info; make a vIOMMU for each SMMU" },
	{ "s1.flags", EOPNOTSUPP, ON(flags), .test = viommu_flags,
	  .with = ~(uint64_t)(FAULT | PASID),
	  .cause = "a nested HWPT takes no flag but FAULT_ID_VALID",
	  .remedy = "leave the other flags out" },
	{ "s1.empty", EOPNOTSUPP, ON(data_len), .test = no_data,
	  .cause = "a nested HWPT needs an STE, and none is given",
	  .remedy = "set data_type, data_len and data_uptr" },
	{ "s1.pasid", EOPNOTSUPP, ON(flags), .test = viommu_flags,
	  .with = PASID,
	  .cause = "a nested HWPT cannot be attached to a PASID",
	  .remedy = "leave PASID out: the VM's CD table has its substreams" },
	{ "s1.type", EINVAL, ON(data_type), .test = viommu_data,
	  .with = IOMMU_HWPT_DATA_ARM_SMMUV3,
	  .cause = "data_type is not ARM_SMMUV3 (2)",
	  .remedy = "set data_type to IOMMU_HWPT_DATA_ARM_SMMUV3" },
	{ "s1.length", EINVAL, ON(data_len), .test = viommu_data,
	  .with = sizeof(struct iommu_hwpt_arm_smmuv3),
	  .cause = "data_len is not 16: an STE's words 0 and 1",
	  .remedy = "set data_len to 16" },
	{ "s1.data", EFAULT, ON(data_uptr), .test = unreadable_ste,
	  .cause = "the STE cannot be read at data_uptr",
	  .remedy = "point data_uptr at 16 bytes of memory" },
	{ "s1.ste", EIO, .test = bad_ste,
	  .cause = "the STE has something the kernel does not take",
	  .remedy = "smmunest-ctl decode ste WORDS" },

	{ "hwpt.fault", ENOENT, ON(fault_id), .test = no_fault_queue,
	  .cause = "fault_id is not a fault queue",
	  .remedy = "give the out_fault_id of IOMMU_FAULT_QUEUE_ALLOC" },
};

SMN_ACT(IOMMU_HWPT_ALLOC, rows, .done = made);
