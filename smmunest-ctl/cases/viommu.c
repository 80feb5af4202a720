// SPDX-License-Identifier: GPL-2.0-or-later
/* vIOMMUs, and hardware queues, which they have none of. */
#include "cases/case.h"

#define HOST "let host = hwpt-alloc dev_id=dev pt_id=ioas\n"

static const struct test_case rows[] = {
	REFUSED(S2, EOPNOTSUPP, "viommu.flags",
		"viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3 flags=1"),
	REFUSED(S2, EOPNOTSUPP, "viommu.default",
		"viommu-alloc dev_id=dev hwpt_id=s2"),
	REFUSED(S2, ENOENT, "viommu.device",
		"viommu-alloc dev_id=ioas hwpt_id=s2 type=ARM_SMMUV3"),
	REFUSED(VIOMMU, EOPNOTSUPP, "viommu.type",
		"viommu-alloc dev_id=dev hwpt_id=s2 type=7"),
	REFUSED(VIOMMU, ENOENT, "viommu.parent",
		"viommu-alloc dev_id=dev hwpt_id=ioas type=ARM_SMMUV3"),
	THEN_REFUSED(VIOMMU, EINVAL, "viommu.nest", HOST,
		"viommu-alloc dev_id=dev hwpt_id=host type=ARM_SMMUV3"),
	LINES(VIOMMU, "parent-unknown",
		"expect ENOENT viommu.parent\n"
		"viommu-alloc dev_id=dev hwpt_id=77 type=ARM_SMMUV3\n"),
	LINES(VIOMMU, "parent-viommu",
		"expect ENOENT viommu.parent\n"
		"viommu-alloc dev_id=dev hwpt_id=viommu type=ARM_SMMUV3\n"),
	LINES(VIOMMU, "parent-nested",
		"let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=V=0\n"
		"expect ENOENT viommu.parent\n"
		"viommu-alloc dev_id=dev hwpt_id=s1 type=ARM_SMMUV3\n"),
	LINES(VIOMMU, "parent-device",
		"expect ENOENT viommu.parent\n"
		"viommu-alloc dev_id=dev hwpt_id=dev type=ARM_SMMUV3\n"),
	LINES(VIOMMU, "device-unknown",
		"expect ENOENT viommu.device\n"
		"viommu-alloc dev_id=77 hwpt_id=s2 type=ARM_SMMUV3\n"),
	LINES(VIOMMU, "second",
		"let b = viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3\n"),
	LINES(VIOMMU, "many",
		"let b = viommu-alloc dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n"
		"let c = viommu-alloc dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n"
		"let d = viommu-alloc dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n"
		"destroy id=c\n"
		"destroy id=b\n"
		"destroy id=d\n"),
	LINES(VIOMMU, "keeps-parent",
		"expect EBUSY destroy.busy\n"
		"destroy id=s2\n"),
	LINES(VIOMMU, "gone-with",
		"destroy id=viommu\n"
		"destroy id=s2\n"
		"destroy id=ioas\n"),
	LINES(S2, "old-size",
		"let v = viommu-alloc size=24 dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n",
		.needs = NEED(VIOMMU)),

	REFUSED(VIOMMU, EOPNOTSUPP, "hwqueue.flags",
		"hw-queue-alloc viommu_id=viommu flags=1 type=1 length=0x1000",
		.since = 617),
	REFUSED(VIOMMU, EOPNOTSUPP, "hwqueue.default",
		"hw-queue-alloc viommu_id=viommu length=0x1000",
		.since = 617),
	REFUSED(VIOMMU, EINVAL, "hwqueue.empty",
		"hw-queue-alloc viommu_id=viommu type=1",
		.since = 617),
	REFUSED(VIOMMU, EOVERFLOW, "hwqueue.range",
		"hw-queue-alloc viommu_id=viommu type=1 "
		"nesting_parent_iova=0xfffffffffffff000 length=0x2000",
		.since = 617),
	REFUSED(VIOMMU, ENOENT, "hwqueue.viommu",
		"hw-queue-alloc viommu_id=ioas type=1 length=0x1000",
		.since = 617),
	REFUSED(VIOMMU, EOPNOTSUPP, "hwqueue.none",
		"hw-queue-alloc viommu_id=viommu type=1 length=0x1000",
		.since = 617),
};

TOPIC(viommu, rows);
