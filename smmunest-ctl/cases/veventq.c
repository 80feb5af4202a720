// SPDX-License-Identifier: GPL-2.0-or-later
/* Event queues of vIOMMUs, without any event: those need a device's DMA. */
#include "cases/case.h"

#define QUEUE "let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 " \
	"veventq_depth=8\n"

static const struct test_case rows[] = {
	REFUSED(VIOMMU, EOPNOTSUPP, "veventq.flags",
		"veventq-alloc viommu_id=viommu flags=1 type=ARM_SMMUV3 "
		"veventq_depth=8",
		.since = 615),
	REFUSED(VIOMMU, EOPNOTSUPP, "veventq.reserved",
		"veventq-alloc viommu_id=viommu __reserved=1 type=ARM_SMMUV3 "
		"veventq_depth=8",
		.since = 615),
	REFUSED(VIOMMU, EOPNOTSUPP, "veventq.type",
		"veventq-alloc viommu_id=viommu veventq_depth=8",
		.since = 615),
	REFUSED(VIOMMU, EINVAL, "veventq.none",
		"veventq-alloc viommu_id=viommu type=ARM_SMMUV3",
		.since = 615),
	REFUSED(VIOMMU, EINVAL, "veventq.depth",
		"veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=0x80001",
		.since = 702),
	REFUSED(VIOMMU, ENOENT, "veventq.viommu",
		"veventq-alloc viommu_id=ioas type=ARM_SMMUV3 veventq_depth=8",
		.since = 615),
	THEN_REFUSED(VIOMMU, EEXIST, "veventq.taken", QUEUE,
		"veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8",
		.since = 615),
	LINES(VIOMMU, "depth-1",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=1\n",
		.since = 615),
	LINES(VIOMMU, "depth-largest",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=0x80000\n",
		.since = 702),
	LINES(VIOMMU, "other-type",
		"let events = veventq-alloc viommu_id=viommu type=7 "
		"veventq_depth=8\n",
		.since = 615),
	LINES(VIOMMU, "two-types",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"let others = veventq-alloc viommu_id=viommu type=7 "
		"veventq_depth=8\n",
		.since = 615),
	LINES(VIOMMU, "of-each-viommu",
		"let b = viommu-alloc dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n"
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"let others = veventq-alloc viommu_id=b type=ARM_SMMUV3 "
		"veventq_depth=8\n",
		.since = 615),
	LINES(VIOMMU, "again-after-destroy",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"close events\n"
		"destroy id=events\n"
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n",
		.since = 615),
	LINES(VIOMMU, "taken-while-closed",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"close events\n"
		"expect EEXIST veventq.taken\n"
		"veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n",
		.since = 615),
	LINES(VIOMMU, "read-empty",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"expect ok length=0\n"
		"read-veventq events length=64\n",
		.since = 615),
	LINES(VIOMMU, "read-empty-header",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"expect ok length=0\n"
		"read-veventq events length=8\n",
		.since = 615),
	LINES(ATTACHED, "read-idle",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"expect ok length=0\n"
		"read-veventq events length=4096\n",
		.since = 615),
	THEN_REFUSED(VIOMMU, EINVAL, "read.header", QUEUE,
		"read-veventq events length=7",
		.since = 615),
	LINES(VIOMMU, "outlives-iommufd",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"close iommufd\n"
		"expect ok length=0\n"
		"read-veventq events length=64\n",
		.since = 615),
};

TOPIC(veventq, rows);
