// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IOMMU_GET_HW_INFO: iommufd_get_hw_info(), arm_smmu_hw_info(). Beside a real
 * kernel its answer is where an SMMU's registers become known.
 */
#include <string.h>

#include "abi/hwpt.h"

static const struct iommu_hw_info *info_of(const struct smn_question *q)
{
	return q->in;
}

static enum smn_truth reserved(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	const __u8 *r = info_of(q)->__reserved;

	(void)row;
	(void)why;
	return smn_truth_of(r[0] | r[1] | r[2]);
}

/* Only a driver that tells anything looks at the type asked for. */
static enum smn_truth other_type(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_hw_info *in = info_of(q);
	enum smn_truth tells =
		smn_not(smn_question_fact(q, SMN_FACT_NO_ARM_IOMMUFD));

	(void)row;
	(void)why;
	if (!(in->flags & IOMMU_HW_INFO_FLAG_INPUT_TYPE) ||
	    in->in_data_type == IOMMU_HW_INFO_TYPE_DEFAULT ||
	    in->in_data_type == IOMMU_HW_INFO_TYPE_ARM_SMMUV3)
		return SMN_NO;
	/* NVIDIA's command queues have a type of their own */
	if (in->in_data_type == IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV &&
	    !q->w->answers)
		return SMN_UNKNOWN;
	return tells;
}

/* --- what it tells --- */

static bool tells_registers(const struct smn_question *q)
{
	return q->smmu && q->smmu->told == SMN_YES &&
	       smn_question_fact(q, SMN_FACT_NO_ARM_IOMMUFD) == SMN_NO;
}

static void fill(const struct smn_question *q,
		 struct iommu_hw_info_arm_smmuv3 *info)
{
	const uint32_t *regs = q->smmu->regs;

	*info = (struct iommu_hw_info_arm_smmuv3){ .flags = q->smmu->errata };
	memcpy(info->idr, regs, sizeof(info->idr));
	info->iidr = regs[SMN_REG_IIDR];
	info->aidr = regs[SMN_REG_AIDR];
}

/* The registers as far as they fit, zeroes behind them. 0 or -EFAULT. */
static int write_data(const struct smn_question *q)
{
	static const uint8_t zeroes[256];
	const struct iommu_hw_info *in = info_of(q);
	struct iommu_hw_info_arm_smmuv3 info;
	uint32_t at = 0, len = in->data_len;
	int ret = 0;

	if (tells_registers(q)) {
		fill(q, &info);
		at = len < sizeof(info) ? len : sizeof(info);
		ret = smn_user_write(q->w, in->data_uptr, &info, at);
	}
	while (!ret && at < len) {
		uint32_t n = len - at;

		n = n < sizeof(zeroes) ? n : sizeof(zeroes);
		ret = smn_user_write(q->w, in->data_uptr + at, zeroes, n);
		at += n;
	}
	return ret;
}

/* What is written before it fails stays written, as with the kernel. */
static enum smn_truth unwritable(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!info_of(q)->data_len)
		return SMN_NO;
	return q->w->answers ? smn_truth_of(write_data(q)) : SMN_UNKNOWN;
}

/* IDR0.ATS, the function's capability, and a kernel built for both. */
static bool can_ats(const struct smn_question *q)
{
	uint32_t v;

	return smn_question_fact(q, SMN_FACT_ATS) == SMN_YES &&
	       smn_question_fact(q, SMN_FACT_NO_PCI_ATS) != SMN_YES &&
	       smn_question_idr(q, "IDR0.ATS", &v) == SMN_YES;
}

static void answer(const struct smn_question *q, struct iommu_hw_info *out)
{
	bool told = tells_registers(q);

	out->out_data_type = told ? IOMMU_HW_INFO_TYPE_ARM_SMMUV3 :
		IOMMU_HW_INFO_TYPE_NONE;
	out->data_len = told ? sizeof(struct iommu_hw_info_arm_smmuv3) : 0;
	out->out_max_pasid_log2 = 0;
	out->out_capabilities = 0;
	if (smn_tracks_dirty(q) == SMN_YES)
		out->out_capabilities |= IOMMU_HW_CAP_DIRTY_TRACKING;
	if (q->w->kernel >= 701 && !can_ats(q))
		out->out_capabilities |= IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED;
}

/* --- what a real kernel told --- */

static void learn_facts(struct smn_question *q, const struct iommu_hw_info *out)
{
	bool none = out->out_data_type == IOMMU_HW_INFO_TYPE_NONE;
	uint64_t no_ats = out->out_capabilities &
			  IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED;

	q->w->facts.is[SMN_FACT_NO_ARM_IOMMUFD] = smn_truth_of(none);
	if (q->dev && (no_ats || q->w->kernel >= 701))
		q->dev->facts.is[SMN_FACT_ATS] = smn_truth_of(!no_ats);
}

/* A device whose SMMU has no name here has one to itself. */
static struct smn_smmu *smmu_of(struct smn_question *q)
{
	if (!q->smmu && q->dev)
		q->smmu = q->dev->smmu = smn_world_add_smmu(q->w, "");
	return q->smmu;
}

static int learn(struct smn_question *q, const struct iommu_hw_info *out)
{
	struct iommu_hw_info_arm_smmuv3 info;
	uint32_t regs[SMN_NREGS];
	struct smn_smmu *smmu;

	learn_facts(q, out);
	if (out->out_data_type != IOMMU_HW_INFO_TYPE_ARM_SMMUV3 || !q->dev ||
	    out->data_len < sizeof(info) || info_of(q)->data_len < sizeof(info))
		return 0;
	if (smn_user_read(q->w, &info, info_of(q)->data_uptr, sizeof(info)))
		return 0;
	smmu = smmu_of(q);
	if (!smmu)
		return -ENOMEM;
	memcpy(regs, info.idr, sizeof(info.idr));
	regs[SMN_REG_IIDR] = info.iidr;
	regs[SMN_REG_AIDR] = info.aidr;
	smn_smmu_tell(smmu, regs);
	smmu->errata = info.flags;
	return 0;
}

static int told(struct smn_question *q, void *out)
{
	if (!q->w->answers)
		return learn(q, out);
	answer(q, out);
	return 0;
}

#define ON(member) SMN_ON(iommu_hw_info, member)

static const struct smn_row rows[] = {
	{ "hwinfo.flags", EOPNOTSUPP, ON(flags),
	  SMN_TEST(bits, .with = ~(uint64_t)IOMMU_HW_INFO_FLAG_INPUT_TYPE),
	  .cause = "the kernel does not know a flag",
	  .remedy = "set none but INPUT_TYPE" },
	{ "hwinfo.flags.type", EOPNOTSUPP, ON(flags),
	  SMN_TEST(bits, .with = IOMMU_HW_INFO_FLAG_INPUT_TYPE), .before = 617,
	  .cause = "INPUT_TYPE is a flag of newer kernels",
	  .remedy = "use a kernel from 6.17 on, or set flags to 0",
	  .unreached = "needs a kernel before 6.17" },
	{ "hwinfo.reserved", EOPNOTSUPP, .test = reserved,
	  .cause = "__reserved is not 0",
	  .remedy = "set __reserved to 0" },
	{ "hwinfo.device", ENOENT, ON(dev_id),
	  SMN_TEST(no_object, .with = SMN_IS(DEVICE)),
	  .cause = "dev_id is not a device that is bound to this iommufd",
	  .remedy = "give the out_devid of VFIO_DEVICE_BIND_IOMMUFD" },
	{ "hwinfo.noiommu", EOPNOTSUPP, SMN_IF(NO_GROUP), .since = 703,
	  .cause = "the device has no IOMMU",
	  .remedy = "check the IORT or device tree for this device",
	  .unreached = "needs a kernel with CONFIG_IOMMUFD_NOIOMMU" },
	{ "hwinfo.type", EOPNOTSUPP, ON(in_data_type), .test = other_type,
	  .since = 617,
	  .cause = "the driver does not tell what in_data_type asks for",
	  .remedy = "ask for ARM_SMMUV3 (2), or leave INPUT_TYPE out" },
	{ "hwinfo.data", EFAULT, ON(data_uptr), .test = unwritable,
	  .cause = "data_uptr is not memory of data_len bytes that can be "
		   "written",
	  .remedy = "point data_uptr at 40 bytes of memory" },
};

SMN_ACT(IOMMU_GET_HW_INFO, rows, .done = told, .allocates = true);
