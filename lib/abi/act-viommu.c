// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a VM's SMMU is made of: IOMMU_VIOMMU_ALLOC, IOMMU_VDEVICE_ALLOC,
 * IOMMU_HW_QUEUE_ALLOC. The first has six reasons for one errno.
 */
#include <inttypes.h>

#include "abi/hwpt.h"

/* --- IOMMU_VIOMMU_ALLOC: iommufd_viommu_alloc_ioctl() --- */

static const struct iommu_viommu_alloc *viommu_of(const struct smn_question *q)
{
	return q->in;
}

static struct smn_obj *parent_of(const struct smn_question *q)
{
	return smn_question_obj(q, viommu_of(q)->hwpt_id, SMN_T_PAGING);
}

static bool is_parent(const struct smn_obj *o)
{
	return o->paging.flags & IOMMU_HWPT_ALLOC_NEST_PARENT;
}

/* A nesting parent on the same SMMU would not exist if the driver refused. */
static bool nests_already(const struct smn_question *q)
{
	struct smn_obj *o = parent_of(q);

	return o && is_parent(o) && o->paging.smmu == q->smmu && q->smmu;
}

static enum smn_truth lacks_stage(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	return nests_already(q) ? SMN_NO : smn_lacks_stage(q, why);
}

static enum smn_truth has_erratum(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	(void)why;
	return nests_already(q) ? SMN_NO : smn_has_erratum(q);
}

/* The same steppings of MMU-700 that do not nest, so it is seen rarely. */
static enum smn_truth needs_sync(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	enum smn_truth fact = smn_question_fact(q, SMN_FACT_FORCE_SYNC);

	(void)row;
	(void)why;
	return fact ? fact : smn_has_erratum(q);
}

/* Something must keep a VM from going around the caches. */
static enum smn_truth no_coherent_walk(struct smn_question *q,
				       const struct smn_row *row,
				       struct smn_why *why)
{
	uint32_t v;

	(void)row;
	(void)why;
	return smn_and(smn_not(smn_question_idr(q, "IDR3.FWB", &v)),
		       smn_question_fact(q, SMN_FACT_NO_CANWBS));
}

/* NVIDIA's driver has a type of its own. */
static enum smn_truth other_type(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	uint32_t type = viommu_of(q)->type;

	(void)row;
	(void)why;
	if (type == IOMMU_VIOMMU_TYPE_ARM_SMMUV3)
		return SMN_NO;
	return type == IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV ?
		smn_not(smn_question_fact(q, SMN_FACT_CMDQV)) : SMN_YES;
}

static enum smn_truth no_parent(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *o = parent_of(q);

	(void)row;
	(void)why;
	return o ? smn_truth_of(!is_parent(o)) : SMN_UNKNOWN;
}

static enum smn_truth other_parent(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	struct smn_obj *o = parent_of(q);

	(void)row;
	(void)why;
	return o ? smn_not(smn_smmu_same(q->w, o->paging.smmu, q->smmu)) :
		SMN_UNKNOWN;
}

/* What a real kernel's yes says of the machine. */
static void learn(struct smn_question *q)
{
	uint32_t v;

	q->w->facts.is[SMN_FACT_NO_ARM_IOMMUFD] = SMN_NO;
	if (q->dev && smn_question_idr(q, "IDR3.FWB", &v) == SMN_NO)
		q->dev->facts.is[SMN_FACT_NO_CANWBS] = SMN_NO;
}

static int made_viommu(struct smn_question *q, void *out)
{
	struct iommu_viommu_alloc *a = out;
	struct smn_obj *parent = parent_of(q), *o;

	if (!q->w->answers)
		learn(q);
	if (!parent)
		return 0;	/* it is on what this world has not seen */
	o = smn_obj_new(q->w, q->x, SMN_T_VIOMMU, &a->out_viommu_id);
	if (!o)
		return -ENOMEM;
	o->viommu.parent = parent;
	o->viommu.smmu = q->smmu;
	o->viommu.type = a->type;
	parent->users++;
	return 0;
}

#define ON(member) SMN_ON(iommu_viommu_alloc, member)

static const struct smn_row viommu_rows[] = {
	{ "viommu.flags", EOPNOTSUPP, ON(flags), SMN_TEST(bits, .with = ~0ULL),
	  .cause = "the kernel knows no flag here",
	  .remedy = "set flags to 0" },
	{ "viommu.default", EOPNOTSUPP, ON(type),
	  SMN_TEST(is, .with = IOMMU_VIOMMU_TYPE_DEFAULT),
	  .cause = "type is 0",
	  .remedy = "set type to ARM_SMMUV3 (1)" },
	{ "viommu.device", ENOENT, ON(dev_id),
	  SMN_TEST(no_object, .with = SMN_IS(DEVICE)),
	  .cause = "dev_id is not a device that is bound to this iommufd",
	  .remedy = "give the out_devid of VFIO_DEVICE_BIND_IOMMUFD" },
	{ "viommu.kconfig", EOPNOTSUPP, SMN_IF(NO_ARM_IOMMUFD),
	  .cause = "the kernel's driver tells no SMMU registers: it was built "
		   "without CONFIG_ARM_SMMU_V3_IOMMUFD, or is older than 6.13",
	  .remedy = "use a kernel with CONFIG_ARM_SMMU_V3_IOMMUFD=y",
	  .unreached = "needs a kernel without CONFIG_ARM_SMMU_V3_IOMMUFD" },
	{ "viommu.stage", EOPNOTSUPP, .test = lacks_stage,
	  .cause = "the SMMU lacks stage 1 or stage 2",
	  .remedy = "this SMMU cannot nest" },
	{ "viommu.erratum", EOPNOTSUPP, .test = has_erratum,
	  .cause = "an erratum makes the driver refuse nesting (MMU-600 before "
		   "r2, MMU-700 before r1p1)",
	  .remedy = "compare IIDR in `smmunest-ctl info`",
	  .unreached = "the emulated SMMU has no erratum" },
	{ "viommu.sync", EOPNOTSUPP, .test = needs_sync,
	  .cause = "an erratum needs every command synced, which the driver "
		   "does not do for a VM's commands",
	  .remedy = "compare IIDR in `smmunest-ctl info`",
	  .unreached = "the emulated SMMU has no erratum" },
	{ "viommu.canwbs", EOPNOTSUPP, .test = no_coherent_walk,
	  .cause = "the SMMU has no S2FWB (IDR3.FWB=0) and firmware does not "
		   "promise CANWBS: bit 2 of the root complex's memory access "
		   "flags in the IORT",
	  .remedy = "have the firmware set CANWBS, or override the IORT in the "
		    "initrd" },
	{ "viommu.type", EOPNOTSUPP, ON(type), .test = other_type,
	  .cause = "type is not one that this driver has",
	  .remedy = "set type to ARM_SMMUV3 (1)" },
	{ "viommu.parent", ENOENT, ON(hwpt_id),
	  SMN_TEST(no_object, .with = SMN_IS(PAGING)),
	  .cause = "hwpt_id is not a HWPT on an IOAS",
	  .remedy = "give a HWPT that was made with NEST_PARENT" },
	{ "viommu.nest", EINVAL, ON(hwpt_id), .test = no_parent,
	  .cause = "the HWPT was not made with NEST_PARENT",
	  .remedy = "make it with IOMMU_HWPT_ALLOC_NEST_PARENT" },
	{ "viommu.smmu", EINVAL, ON(hwpt_id), .test = other_parent,
	  .cause = "the nesting parent was made for a device on another SMMU",
	  .remedy = "make a parent for each SMMU; compare `smmu` in info",
	  .unreached = "the emulated machine has one SMMU" },
};

SMN_ACT(IOMMU_VIOMMU_ALLOC, viommu_rows, .done = made_viommu,
	.allocates = true);
#undef ON

/* --- IOMMU_VDEVICE_ALLOC: iommufd_vdevice_alloc_ioctl() --- */

static const struct iommu_vdevice_alloc *
vdevice_of(const struct smn_question *q)
{
	return q->in;
}

static struct smn_obj *viommu_on(const struct smn_question *q, uint32_t id)
{
	return smn_question_obj(q, id, SMN_T_VIOMMU);
}

/* The device dev_id stands for, which resolve() may have guessed otherwise. */
static struct smn_pdev *device_on(const struct smn_question *q)
{
	struct smn_obj *o = smn_question_obj(q, vdevice_of(q)->dev_id,
					     SMN_T_DEVICE);

	return o ? o->device.dev : NULL;
}

static enum smn_truth other_smmu(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *viommu = viommu_on(q, vdevice_of(q)->viommu_id);
	struct smn_pdev *dev = device_on(q);

	(void)row;
	(void)why;
	if (!viommu || !dev)
		return SMN_UNKNOWN;
	return smn_not(smn_smmu_same(q->w, viommu->viommu.smmu, dev->smmu));
}

static enum smn_truth has_vdevice(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	struct smn_pdev *dev = device_on(q);

	(void)row;
	if (!dev)
		return SMN_UNKNOWN;
	if (why && dev->vdevice)
		smn_why_set(why, "the device has a vDEVICE already, %" PRIu32
			    " with vSID 0x%" PRIx64, dev->vdevice->id,
			    dev->vdevice->vdevice.virt_id);
	return smn_truth_of(dev->vdevice);
}

static enum smn_truth vsid_taken(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_obj *viommu = viommu_on(q, vdevice_of(q)->viommu_id);
	uint64_t vsid = vdevice_of(q)->virt_id;

	(void)row;
	if (!viommu)
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "vSID 0x%" PRIx64 " is taken on this vIOMMU",
			    vsid);
	return smn_truth_of(smn_viommu_vdevice(viommu, vsid));
}

static int made_vdevice(struct smn_question *q, void *out)
{
	struct iommu_vdevice_alloc *a = out;
	struct smn_obj *viommu = viommu_on(q, a->viommu_id), *o;
	struct smn_pdev *dev = device_on(q);

	if (!viommu || !dev)
		return 0;	/* made of what this world has not seen */
	o = smn_obj_new(q->w, q->x, SMN_T_VDEVICE, &a->out_vdevice_id);
	if (!o)
		return -ENOMEM;
	o->vdevice = (struct smn_vdevice){
		.viommu = viommu, .next = viommu->viommu.vdevices, .dev = dev,
		.virt_id = a->virt_id,
	};
	viommu->viommu.vdevices = o;
	viommu->users++;
	dev->vdevice = o;
	return 0;
}

#define ON(member) SMN_ON(iommu_vdevice_alloc, member)

static const struct smn_row vdevice_rows[] = {
	{ "vdevice.viommu", ENOENT, ON(viommu_id),
	  SMN_TEST(no_object, .with = SMN_IS(VIOMMU)),
	  .cause = "viommu_id is not a vIOMMU",
	  .remedy = "give the out_viommu_id of IOMMU_VIOMMU_ALLOC" },
	{ "vdevice.device", ENOENT, ON(dev_id),
	  SMN_TEST(no_object, .with = SMN_IS(DEVICE)),
	  .cause = "dev_id is not a device that is bound to this iommufd",
	  .remedy = "give the out_devid of VFIO_DEVICE_BIND_IOMMUFD" },
	{ "vdevice.smmu", EINVAL, ON(dev_id), .test = other_smmu,
	  .cause = "the device is not on the vIOMMU's SMMU",
	  .remedy = "compare `smmu` in info; make a vIOMMU for each SMMU",
	  .unreached = "the emulated machine has one SMMU" },
	{ "vdevice.closing", ENOENT, ON(dev_id), .test = smn_test_elsewhere,
	  .since = 617,
	  .cause = "the device's VFIO file is being closed",
	  .remedy = "keep the device's file open",
	  .unreached = "only a race with close() shows it" },
	{ "vdevice.taken", EEXIST, ON(dev_id), .test = has_vdevice,
	  .cause = "the device has a vDEVICE already",
	  .remedy = "destroy that vDEVICE first" },
	{ "vdevice.vsid", EEXIST, ON(virt_id), .test = vsid_taken,
	  .cause = "the vSID is taken on this vIOMMU",
	  .remedy = "choose another --vsid" },
	{ "vdevice.streams", EOPNOTSUPP, SMN_IF(ALIASED), .since = 702,
	  .cause = "the device has more than one StreamID (behind a PCI "
		   "bridge)",
	  .remedy = "use a device directly behind a PCIe port" },
};

SMN_ACT(IOMMU_VDEVICE_ALLOC, vdevice_rows, .done = made_vdevice,
	.allocates = true);
#undef ON

/* --- IOMMU_HW_QUEUE_ALLOC: iommufd_hw_queue_alloc_ioctl() --- */

static enum smn_truth beyond_end(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_hw_queue_alloc *in = q->in;

	(void)row;
	(void)why;
	return smn_truth_of(in->nesting_parent_iova >
			    UINT64_MAX - (in->length - 1));
}

static enum smn_truth no_queues(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_hw_queue_alloc *in = q->in;
	struct smn_obj *viommu = viommu_on(q, in->viommu_id);

	(void)row;
	(void)why;
	return viommu ? smn_truth_of(viommu->viommu.type !=
				     IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV) :
		SMN_UNKNOWN;
}

/* No length is one that a model's SMMU has. */
static enum smn_truth no_shape(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

#define ON(member) SMN_ON(iommu_hw_queue_alloc, member)
#define ONLY_NVIDIA .unreached = "only NVIDIA's SMMUs have it"
#define NVIDIA .test = smn_test_elsewhere, ONLY_NVIDIA

static const struct smn_row hw_queue_rows[] = {
	{ "hwqueue.flags", EOPNOTSUPP, ON(flags), SMN_TEST(bits, .with = ~0ULL),
	  .cause = "the kernel knows no flag here",
	  .remedy = "set flags to 0" },
	{ "hwqueue.default", EOPNOTSUPP, ON(type),
	  SMN_TEST(is, .with = IOMMU_HW_QUEUE_TYPE_DEFAULT),
	  .cause = "type is 0",
	  .remedy = "only NVIDIA's SMMUs have such queues: type 1" },
	{ "hwqueue.empty", EINVAL, ON(length), SMN_TEST(is, .with = 0),
	  .cause = "length is 0",
	  .remedy = "give the queue's length in bytes" },
	{ "hwqueue.range", EOVERFLOW, ON(nesting_parent_iova),
	  .test = beyond_end,
	  .cause = "the queue ends beyond the last address",
	  .remedy = "correct nesting_parent_iova or length" },
	{ "hwqueue.viommu", ENOENT, ON(viommu_id),
	  SMN_TEST(no_object, .with = SMN_IS(VIOMMU)),
	  .cause = "viommu_id is not a vIOMMU",
	  .remedy = "give the out_viommu_id of IOMMU_VIOMMU_ALLOC" },
	{ "hwqueue.none", EOPNOTSUPP,
	  SMN_ON(iommu_hw_queue_alloc, viommu_id), .test = no_queues,
	  .cause = "a vIOMMU of type ARM_SMMUV3 has no hardware queues",
	  .remedy = "send commands by IOMMU_HWPT_INVALIDATE" },
	{ "hwqueue.size", ERANGE, ON(length), NVIDIA,
	  .cause = "the queue's pages cannot be counted",
	  .remedy = "correct nesting_parent_iova or length" },
	{ "hwqueue.unmapped", ENOENT, ON(nesting_parent_iova), NVIDIA,
	  .cause = "the queue is not mapped in the parent's IOAS",
	  .remedy = "map it first" },
	{ "hwqueue.readonly", EPERM, ON(nesting_parent_iova), NVIDIA,
	  .cause = "the queue's memory is mapped without READABLE",
	  .remedy = "map it with READABLE and WRITEABLE" },
	{ "hwqueue.scattered", EFAULT, ON(nesting_parent_iova), NVIDIA,
	  .cause = "the queue's pages do not follow each other in memory",
	  .remedy = "use a huge page for it" },
	{ "hwqueue.exists", EEXIST, ON(index), NVIDIA,
	  .cause = "there is a queue of that number",
	  .remedy = "choose another index" },
	{ "hwqueue.order", EIO, ON(index), NVIDIA,
	  .cause = "the queue of the number before does not exist",
	  .remedy = "make queues from index 0 on" },
	{ "hwqueue.shape", EINVAL, ON(index), .test = no_shape, ONLY_NVIDIA,
	  .cause = "the queue's number, length or alignment is not one that "
		   "the SMMU has",
	  .remedy = "correct index, length or nesting_parent_iova" },
};

SMN_ACT(IOMMU_HW_QUEUE_ALLOC, hw_queue_rows);
