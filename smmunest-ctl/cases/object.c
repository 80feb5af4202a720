// SPDX-License-Identifier: GPL-2.0-or-later
/* How long objects live: ids, who keeps whom, and in which order they go. */
#include "cases/case.h"

static const struct test_case rows[] = {
	REFUSED(IOMMUFD, ENOENT, "destroy.id",
		"destroy id=77"),
	REFUSED(S2, EBUSY, "destroy.busy",
		"destroy id=ioas"),
	LINES(IOMMUFD, "destroy.zero",
		"expect ENOENT destroy.id\n"
		"destroy id=0\n"),
	LINES(IOMMUFD, "destroy.largest",
		"expect ENOENT destroy.id\n"
		"destroy id=0xffffffff\n"),
	LINES(S2, "keeps.ioas-by-parent",
		"expect EBUSY destroy.busy\n"
		"destroy id=ioas\n"
		"destroy id=s2\n"
		"destroy id=ioas\n"),
	LINES(VIOMMU, "keeps.parent-by-viommu",
		"expect EBUSY destroy.busy\n"
		"destroy id=s2\n"
		"destroy id=viommu\n"
		"destroy id=s2\n"),
	LINES(VDEVICE, "keeps.viommu-by-vdevice",
		"expect EBUSY destroy.busy\n"
		"destroy id=viommu\n"
		"destroy id=vdev\n"
		"destroy id=viommu\n"),
	LINES(VIOMMU, "keeps.viommu-by-nested",
		"let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=V=0\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=viommu\n"
		"destroy id=s1\n"
		"destroy id=viommu\n"),
	LINES(VIOMMU, "keeps.viommu-by-veventq",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=viommu\n"
		"close events\n"
		"destroy id=events\n"
		"destroy id=viommu\n",
		.since = 615),
	LINES(VIOMMU, "keeps.veventq-by-file",
		"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 "
		"veventq_depth=8\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=events\n"
		"close events\n"
		"destroy id=events\n",
		.since = 615),
	LINES(IOMMUFD, "keeps.faultq-by-file",
		"let faults = fault-queue-alloc\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=faults\n"
		"close faults\n"
		"destroy id=faults\n"),
	LINES(VIOMMU, "keeps.faultq-by-nested",
		"let faults = fault-queue-alloc\n"
		"let s1 = hwpt-alloc dev_id=dev pt_id=viommu "
		"flags=FAULT_ID_VALID fault_id=faults ste=V=0\n"
		"close faults\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=faults\n"
		"destroy id=s1\n"
		"destroy id=faults\n"),
	LINES(ATTACHED, "keeps.nested-by-device",
		"expect EBUSY destroy.busy\n"
		"destroy id=s1\n"
		"detach-iommufd-pt cdev\n"
		"destroy id=s1\n"),
	LINES(S2, "keeps.parent-by-device",
		"attach-iommufd-pt cdev pt_id=s2\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s2\n"
		"detach-iommufd-pt cdev\n"
		"destroy id=s2\n"),
	LINES(ATTACHED, "keeps.all",
		"expect EBUSY destroy.busy\n"
		"destroy id=ioas\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s2\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=viommu\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s1\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=dev\n"),
	LINES(ATTACHED, "vdevice-of-attached",
		"destroy id=vdev\n"),
	LINES(S1, "in-order",
		"destroy id=s1\n"
		"destroy id=vdev\n"
		"destroy id=viommu\n"
		"destroy id=s2\n"
		"destroy id=ioas\n"),
	LINES(S1, "vdevice-before-nested",
		"destroy id=vdev\n"
		"destroy id=s1\n"
		"destroy id=viommu\n"),
	LINES(S1, "twice",
		"destroy id=s1\n"
		"expect ENOENT destroy.id\n"
		"destroy id=6\n"),
	LINES(S1, "id-is-reused",
		"destroy id=s1\n"
		"expect ok out_hwpt_id=6\n"
		"let b = hwpt-alloc dev_id=dev pt_id=viommu ste=V=0\n"),
	LINES(S1, "lowest-id-first",
		"destroy id=s1\n"
		"destroy id=vdev\n"
		"expect ok out_hwpt_id=5\n"
		"let b = hwpt-alloc dev_id=dev pt_id=viommu ste=V=0\n"),
	LINES(S1, "ids-count-up",
		"expect ok out_hwpt_id=7\n"
		"let b = hwpt-alloc dev_id=dev pt_id=viommu ste=V=0\n"),
	LINES(IOAS, "own-of-each-file",
		"let other = open /dev/iommu\n"
		"expect ENOENT destroy.id\n"
		"destroy other id=ioas\n"
		"expect ok out_ioas_id=1\n"
		"let b = ioas-alloc other\n"),
	LINES(IOAS, "file-takes-all",
		"close iommufd\n"
		"let iommufd = open /dev/iommu\n"
		"expect ENOENT destroy.id\n"
		"destroy id=1\n"),
	LINES(ATTACHED, "file-takes-chain",
		"close cdev\n"
		"close iommufd\n"
		"let iommufd = open /dev/iommu\n"
		"let cdev = open dev0\n"
		"expect ok out_devid=1\n"
		"let dev = bind-iommufd cdev\n"),
};

TOPIC(object, rows);
