// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel tells of a device's SMMU. */
#include <errno.h>
#include <string.h>

#include "cases/case.h"

#define MARK 0x5a	/* what stands in the buffer before */

/* The answer into a buffer of c->number bytes; how long it says it is. */
static bool ask(struct trial *t, const struct test_case *c, uint8_t *buf,
		struct iommu_hw_info *arg)
{
	memset(buf, MARK, 128);
	*arg = (struct iommu_hw_info){
		.size = sizeof(*arg), .dev_id = trial_id(t, "dev"),
		.data_len = c->number, .data_uptr = (uintptr_t)buf,
	};
	return trial_ioctl(t, SMN_IOMMU_GET_HW_INFO, trial_fd(t, "iommufd"),
			   arg, 0);
}

/* The length is the kernel's, what fits is filled, the rest is zeroed. */
static void length(struct trial *t, const struct test_case *c)
{
	uint8_t *buf = trial_memory(t);
	struct iommu_hw_info arg;
	uint32_t own = sizeof(struct iommu_hw_info_arm_smmuv3);

	if (!ask(t, c, buf, &arg))
		return;
	trial_check(t, arg.data_len == own, "data_len is %u, not %u",
		    arg.data_len, own);
	trial_check(t, arg.out_data_type == IOMMU_HW_INFO_TYPE_ARM_SMMUV3,
		    "out_data_type is %u", arg.out_data_type);
	for (uint32_t i = own; i < c->number; i++)
		if (!trial_check(t, !buf[i], "byte %u is not zeroed", i))
			return;
	for (uint32_t i = c->number; i < 128; i++)
		if (!trial_check(t, buf[i] == MARK, "byte %u is written to, of "
				 "a buffer of %u", i, (uint32_t)c->number))
			return;
}

/* The same registers whenever asked, in part or in whole. */
static void same(struct trial *t, const struct test_case *c)
{
	const struct test_case part = { .number = 20 };
	uint8_t *buf = trial_memory(t), first[128];
	struct iommu_hw_info arg;

	if (!ask(t, c, buf, &arg))
		return;
	memcpy(first, buf, sizeof(first));
	if (ask(t, &part, buf, &arg))
		trial_check(t, !memcmp(first, buf, 20),
			    "the first 20 bytes differ from the whole");
}

/* What nesting relies on. */
static void nests(struct trial *t, const struct test_case *c)
{
	const struct smn_hw_info *hw = trial_hw(t);

	(void)c;
	trial_check(t, smn_idr_get(hw->regs, "IDR0.S1P"), "IDR0.S1P is 0");
	trial_check(t, smn_idr_get(hw->regs, "IDR0.S2P"), "IDR0.S2P is 0");
	trial_check(t, smn_idr_get(hw->regs, "IDR0.COHACC"),
		    "IDR0.COHACC is 0, and the device was bound");
	trial_check(t, smn_idr_get(hw->regs, "IDR5.GRAN4K") ||
		    smn_idr_get(hw->regs, "IDR5.GRAN16K") ||
		    smn_idr_get(hw->regs, "IDR5.GRAN64K"),
		    "IDR5 tells of no granule");
}

/* A capability in hw_info is one in the registers. */
static void caps(struct trial *t, const struct test_case *c)
{
	const struct smn_hw_info *hw = trial_hw(t);
	bool dirty = hw->caps & IOMMU_HW_CAP_DIRTY_TRACKING;

	(void)c;
	trial_check(t, !dirty || smn_idr_get(hw->regs, "IDR0.HTTU") >= 2,
		    "dirty tracking is told of, and IDR0.HTTU is %u",
		    smn_idr_get(hw->regs, "IDR0.HTTU"));
	trial_check(t, smn_idr_get(hw->regs, "IDR0.ATS") ||
		    hw->caps & 1 << 3,
		    "IDR0.ATS is 0, and ATS is not told to be missing");
}

static void reserved(struct trial *t, const struct test_case *c)
{
	struct iommu_hw_info arg = { .size = sizeof(arg),
				     .dev_id = trial_id(t, "dev"),
				     .__reserved = { 1 } };

	(void)c;
	trial_ioctl(t, SMN_IOMMU_GET_HW_INFO, trial_fd(t, "iommufd"), &arg,
		    -EOPNOTSUPP);
}

/* older kernels tell nothing of an SMMU */
#define LENGTH(n) \
	FUNCTION(DEVICE, "length-" #n, length, .number = n, .since = 613)

static const struct test_case rows[] = {
	REFUSED(DEVICE, EOPNOTSUPP, "hwinfo.flags",
		"get-hw-info dev_id=dev flags=2"),
	FUNCTION(DEVICE, "hwinfo.reserved", reserved),
	REFUSED(DEVICE, ENOENT, "hwinfo.device",
		"get-hw-info dev_id=ioas"),
	REFUSED(DEVICE, EOPNOTSUPP, "hwinfo.type",
		"get-hw-info dev_id=dev flags=1 out_data_type=1",
		.since = 617),
	REFUSED(DEVICE, EFAULT, "hwinfo.data",
		"get-hw-info dev_id=dev data_len=40 data_uptr=0x1000"),
	LINES(DEVICE, "none-wanted",
		"expect ok data_len=40 out_data_type=2\n"
		"get-hw-info dev_id=dev\n", .since = 613),
	LINES(DEVICE, "asked-type",
		"expect ok out_data_type=2\n"
		"get-hw-info dev_id=dev flags=1 out_data_type=2\n",
		.since = 617),
	LINES(DEVICE, "asked-default",
		"expect ok out_data_type=2\n"
		"get-hw-info dev_id=dev flags=1 out_data_type=0\n",
		.since = 617),
	LINES(DEVICE, "no-device",
		"expect ENOENT hwinfo.device\n"
		"get-hw-info dev_id=77\n"),
	LENGTH(0),
	LENGTH(1),
	LENGTH(20),
	LENGTH(40),
	LENGTH(64),
	LENGTH(128),
	FUNCTION(DEVICE, "same", same, .number = 40),
	FUNCTION(S2, "registers", nests),
	FUNCTION(DEVICE, "capabilities", caps, .since = 702),
};

TOPIC(hwinfo, rows);
