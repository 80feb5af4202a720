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

static enum smn_truth no_dirty(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return has_flags(q, DIRTY) ? smn_not(smn_tracks_dirty(q)) : SMN_NO;
}

/* NEST_PARENT, and one of the flags in .with. */
static enum smn_truth parent_with(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)why;
	return smn_truth_of(has_flags(q, PARENT) && has_flags(q, row->with));
}

static enum smn_truth lacks_stage(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	return has_flags(q, PARENT) ? smn_lacks_stage(q, why) : SMN_NO;
}

static enum smn_truth has_erratum(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	(void)why;
	return has_flags(q, PARENT) ? smn_has_erratum(q) : SMN_NO;
}

static enum smn_truth no_stage1(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	uint32_t v;

	(void)row;
	(void)why;
	return has_flags(q, DIRTY | PASID) ?
		smn_not(smn_question_idr(q, "IDR0.S1P", &v)) : SMN_NO;
}

/* None is left of the numbers that a HWPT of this stage needs. */
static enum smn_truth no_vmid(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	uint32_t flags = alloc_of(q)->flags;

	(void)row;
	(void)why;
	return smn_and(smn_paging_s2(q, flags), smn_paging_full(q, flags));
}

static enum smn_truth no_asid(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	uint32_t flags = alloc_of(q)->flags;

	(void)row;
	(void)why;
	return smn_and(smn_not(smn_paging_s2(q, flags)),
		       smn_paging_full(q, flags));
}

static enum smn_truth coarse(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	(void)row;
	return smn_paging_coarse(q, why);
}

static enum smn_truth misaligned(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	return q->subject ? smn_paging_misaligned(q, q->subject, why) :
		SMN_UNKNOWN;
}

static enum smn_truth outside(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	(void)row;
	return q->subject ? smn_paging_outside(q, q->subject,
					       alloc_of(q)->flags, why) :
		SMN_UNKNOWN;
}

static enum smn_truth unpinnable(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	return q->subject ? smn_ioas_unpinnable(q->w, q->subject, row->err,
						why) :
		SMN_UNKNOWN;
}

/* --- pt_id is something else: arm_vsmmu_alloc_domain_nested() --- */

static enum smn_truth always(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	(void)q;
	(void)row;
	(void)why;
	return SMN_YES;
}

static enum smn_truth other_smmu(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!q->subject || !q->dev)
		return SMN_UNKNOWN;
	return smn_not(smn_smmu_same(q->w, q->subject->viommu.smmu,
				     q->dev->smmu));
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
	return q->w->answers ? smn_truth_of(!read_ste(q, ste)) : SMN_UNKNOWN;
}

/* Nothing but an STE's words has this errno: what pt_id is matters not. */
static enum smn_truth bad_ste(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	struct smn_violations bad;
	uint64_t ste[2];
	bool told = q->smmu && q->smmu->told == SMN_YES;

	(void)row;
	if (q->subject && q->subject->type != SMN_T_VIOMMU)
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
	struct smn_obj *queue = has_flags(q, FAULT) ?
		smn_question_obj(q, a->fault_id, SMN_T_FAULTQ) : NULL;
	bool ioas = q->subject && q->subject->type == SMN_T_IOAS;
	struct smn_obj *o;

	if (!ioas && !(q->subject && q->subject->type == SMN_T_VIOMMU))
		return 0;	/* made on what this world has not seen */
	o = ioas ? smn_paging_new(q, q->subject, a->flags, &a->out_hwpt_id) :
		made_nested(q, a, q->subject);
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
#define ON_IOAS .about = SMN_IS(IOAS)
#define ON_VIOMMU .about = SMN_IS(VIOMMU)

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

	{ "hwpt.flags", EOPNOTSUPP, ON(flags), ON_IOAS,
	  SMN_TEST(bits, .with = ~(uint64_t)(PARENT | DIRTY | FAULT | PASID)),
	  .cause = "the kernel does not know a flag",
	  .remedy = "set none but NEST_PARENT, DIRTY_TRACKING, FAULT_ID_VALID "
		    "or PASID" },
	{ "hwpt.flags.pasid", EOPNOTSUPP, ON(flags), ON_IOAS,
	  SMN_TEST(bits, .with = PASID), .before = 615,
	  .cause = "PASID is a flag of newer kernels",
	  .remedy = "use a kernel from 6.15 on, or leave PASID out",
	  .unreached = "needs a kernel before 6.15" },
	{ "hwpt.flags.fault", EOPNOTSUPP, ON(flags), ON_IOAS,
	  SMN_TEST(bits, .with = FAULT), .before = 613,
	  .cause = "FAULT_ID_VALID is a flag of newer kernels",
	  .remedy = "use a kernel from 6.13 on, or leave FAULT_ID_VALID out",
	  .unreached = "needs a kernel before 6.13" },
	{ "hwpt.dirty", EOPNOTSUPP, ON(flags), ON_IOAS, .test = no_dirty,
	  .cause = "the SMMU does not mark dirty pages (IDR0.HTTU), or "
		   "firmware hides it",
	  .remedy = "leave DIRTY_TRACKING out" },
	{ "hwpt.parent.fault", EOPNOTSUPP, ON(flags), ON_IOAS,
	  .test = parent_with, .with = FAULT,
	  .cause = "a nesting parent has no fault queue",
	  .remedy = "give fault_id to the nested HWPT" },
	{ "hwpt.ioas.data", EOPNOTSUPP, ON(data_len), ON_IOAS,
	  SMN_TEST(bits, .with = ~0ULL),
	  .cause = "a HWPT on an IOAS takes no STE",
	  .remedy = "give the vIOMMU as pt_id, or no data" },
	{ "hwpt.parent.mixed", EOPNOTSUPP, ON(flags), ON_IOAS,
	  .test = parent_with, .with = DIRTY | PASID,
	  .cause = "a nesting parent is of stage 2: it neither marks dirty "
		   "pages nor has PASIDs",
	  .remedy = "leave DIRTY_TRACKING and PASID out" },
	{ "s2.kernel", EOPNOTSUPP, ON(flags), ON_IOAS,
	  SMN_TEST(bits, .with = PARENT), .before = 613,
	  .cause = "the running kernel is older than nesting on SMMUv3: it has "
		   "no IOMMU_VIOMMU_ALLOC",
	  .remedy = "use a kernel from 6.13 on",
	  .unreached = "needs a kernel before 6.13" },
	{ "s2.stage", EOPNOTSUPP, ON(flags), ON_IOAS, .test = lacks_stage,
	  .cause = "the SMMU lacks stage 1 or stage 2",
	  .remedy = "this SMMU cannot nest" },
	{ "s2.erratum", EOPNOTSUPP, ON(flags), ON_IOAS, .test = has_erratum,
	  .cause = "an erratum makes the driver refuse nesting (MMU-600 before "
		   "r2, MMU-700 before r1p1)",
	  .remedy = "compare IIDR in `smmunest-ctl info`",
	  .unreached = "the emulated SMMU has no erratum" },
	{ "hwpt.stage1", EOPNOTSUPP, ON(flags), ON_IOAS, .test = no_stage1,
	  .cause = "dirty pages and PASIDs need stage 1, which the SMMU lacks",
	  .remedy = "leave DIRTY_TRACKING and PASID out" },
	{ "s2.vmid", ENOSPC, ON(flags), ON_IOAS, .test = no_vmid,
	  .cause = "the SMMU has no VMID left",
	  .remedy = "close other VMs",
	  .unreached = "to make 65535 HWPTs takes minutes there" },
	{ "hwpt.asid", EBUSY, ON(flags), ON_IOAS, .test = no_asid,
	  .cause = "no ASID is left: HWPTs of stage 1 share them with the "
		   "host's devices",
	  .remedy = "destroy HWPTs that nothing is attached to",
	  .unreached = "to make 65535 HWPTs takes minutes there" },
	{ "hwpt.page", EINVAL, ON_IOAS, .test = coarse,
	  .cause = "the SMMU's smallest page is larger than the machine's",
	  .remedy = "use a kernel built for larger pages",
	  .unreached = "the emulated SMMU has every size of page" },
	{ "hwpt.align", EADDRINUSE, ON_IOAS, .test = misaligned,
	  .cause = "a mapping of the IOAS is not whole pages of the SMMU",
	  .remedy = "unmap it; map whole pages only" },
	{ "s2.aperture", EADDRINUSE, ON_IOAS, .test = outside,
	  .cause = "a mapping, or a range that is allowed, lies beyond what "
		   "the HWPT can translate (stage 2: 2^IDR5.OAS)",
	  .remedy = "choose another --memory=SIZE@IPA" },
	{ "s2.pin", EFAULT, ON_IOAS, .test = unpinnable,
	  .cause = "a mapping of the IOAS cannot be pinned",
	  .remedy = "map ordinary memory only" },
	{ "hwpt.file", EINVAL, ON_IOAS, .test = unpinnable,
	  .cause = "a file that is mapped in the IOAS cannot be pinned",
	  .remedy = "map files of memfd_create() only" },
	{ "s2.memlock", ENOMEM, ON_IOAS, .test = unpinnable,
	  .cause = "RLIMIT_MEMLOCK (mappings are pinned now)",
	  .remedy = "ulimit -l unlimited, or run as root" },

	{ "s1.parent.kernel", EINVAL, ON(pt_id), .about = SMN_IS(PAGING),
	  .test = always, .before = 613,
	  .cause = "pt_id is a HWPT that is no nesting parent, and the running "
		   "kernel is older than nesting on SMMUv3",
	  .remedy = "use a kernel from 6.13 on",
	  .unreached = "needs a kernel before 6.13" },
	{ "s1.parent", EOPNOTSUPP, ON(pt_id), .about = SMN_IS(PAGING),
	  .test = always,
	  .cause = "pt_id is a HWPT, and on SMMUv3 a nested HWPT is made on a "
		   "vIOMMU",
	  .remedy = "give the id of a vIOMMU as pt_id" },
	{ "s1.smmu", EINVAL, ON(dev_id), ON_VIOMMU, .test = other_smmu,
	  .cause = "the device is not on the vIOMMU's SMMU",
	  .remedy = "compare `smmu` in info; make a vIOMMU for each SMMU",
	  .unreached = "the emulated machine has one SMMU" },
	{ "s1.flags", EOPNOTSUPP, ON(flags), ON_VIOMMU,
	  SMN_TEST(bits, .with = ~(uint64_t)(FAULT | PASID)),
	  .cause = "a nested HWPT takes no flag but FAULT_ID_VALID",
	  .remedy = "leave the other flags out" },
	{ "s1.empty", EOPNOTSUPP, ON(data_len), ON_VIOMMU,
	  SMN_TEST(is, .with = 0),
	  .cause = "a nested HWPT needs an STE, and none is given",
	  .remedy = "set data_type, data_len and data_uptr" },
	{ "s1.pasid", EOPNOTSUPP, ON(flags), ON_VIOMMU,
	  SMN_TEST(bits, .with = PASID),
	  .cause = "a nested HWPT cannot be attached to a PASID",
	  .remedy = "leave PASID out: the VM's CD table has its substreams" },
	{ "s1.type", EINVAL, ON(data_type), ON_VIOMMU,
	  SMN_TEST(is_not, .with = IOMMU_HWPT_DATA_ARM_SMMUV3),
	  .cause = "data_type is not ARM_SMMUV3 (2)",
	  .remedy = "set data_type to IOMMU_HWPT_DATA_ARM_SMMUV3" },
	{ "s1.length", EINVAL, ON(data_len), ON_VIOMMU,
	  SMN_TEST(is_not, .with = sizeof(struct iommu_hwpt_arm_smmuv3)),
	  .cause = "data_len is not 16: an STE's words 0 and 1",
	  .remedy = "set data_len to 16" },
	{ "s1.data", EFAULT, ON(data_uptr), ON_VIOMMU, .test = unreadable_ste,
	  .cause = "the STE cannot be read at data_uptr",
	  .remedy = "point data_uptr at 16 bytes of memory" },
	{ "s1.ste", EIO, .test = bad_ste,
	  .cause = "the STE has something the kernel does not take",
	  .remedy = "smmunest-ctl decode ste WORDS" },

	{ "hwpt.fault", ENOENT, ON(fault_id), .test = no_fault_queue,
	  .cause = "fault_id is not a fault queue",
	  .remedy = "give the out_fault_id of IOMMU_FAULT_QUEUE_ALLOC" },
};

SMN_ACT(IOMMU_HWPT_ALLOC, rows, .done = made, .allocates = true);
