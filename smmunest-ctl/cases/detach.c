// SPDX-License-Identifier: GPL-2.0-or-later
/* Detaching a device, by ioctl and by closing its file. */
#include "cases/case.h"

static const struct test_case rows[] = {
	{ .name = "detach.unbound", .bed = BED_IOMMUFD, .needs = NEED(DEVICE),
	  .script = "let cdev = open dev0\nexpect EINVAL detach.unbound\n"
		    "detach-iommufd-pt cdev\n" },
	REFUSED(DEVICE, EINVAL, "detach.size",
		"detach-iommufd-pt cdev size=4"),
	REFUSED(DEVICE, EINVAL, "detach.flags",
		"detach-iommufd-pt cdev flags=2"),
	REFUSED(DEVICE, EINVAL, "detach.size.pasid",
		"detach-iommufd-pt cdev flags=1 size=8",
		.since = 615),
	LINES(DEVICE, "never-attached",
		"detach-iommufd-pt cdev\n"),
	LINES(ATTACHED, "once",
		"detach-iommufd-pt cdev\n"
		"destroy id=s1\n"),
	LINES(ATTACHED, "twice",
		"detach-iommufd-pt cdev\n"
		"detach-iommufd-pt cdev\n"),
	LINES(ATTACHED, "and-again",
		"detach-iommufd-pt cdev\n"
		"attach-iommufd-pt cdev pt_id=s1\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s1\n"),
	LINES(ATTACHED, "to-parent",
		"detach-iommufd-pt cdev\n"
		"attach-iommufd-pt cdev pt_id=s2\n"),
	LINES(ATTACHED, "refused-stays",
		"expect EINVAL detach.flags\n"
		"detach-iommufd-pt cdev flags=2\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s1\n"),
	LINES(ATTACHED, "other-pasid",
		"detach-iommufd-pt cdev flags=1 pasid=1\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s1\n",
		.since = 615),
	LINES(DEVICE, "pasid-0",
		"let hwpt = hwpt-alloc dev_id=dev "
		"pt_id=ioas\n"
		"attach-iommufd-pt cdev flags=1 pasid=0 "
		"pt_id=hwpt\n"
		"detach-iommufd-pt cdev flags=1 pasid=0\n"
		"destroy id=hwpt\n",
		.since = 615),
	LINES(ATTACHED, "by-close",
		"close cdev\n"
		"destroy id=s1\n"
		"destroy id=viommu\n"
		"destroy id=s2\n"
		"destroy id=ioas\n"),
	LINES(ATTACHED, "close-frees-device",
		"close cdev\n"
		"let cdev = open dev0\n"
		"let dev = bind-iommufd cdev\n"
		"let vdev = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=8\n"
		"attach-iommufd-pt cdev pt_id=s1\n"),
	LINES(ATTACHED, "iommufd-first",
		"close iommufd\n"
		"close cdev\n"),
	LINES(ATTACHED, "the-way-of-a-vmm",
		"attach-iommufd-pt cdev pt_id=s2\n"
		"detach-iommufd-pt cdev\n"
		"destroy id=s1\n"
		"destroy id=vdev\n"
		"destroy id=viommu\n"
		"destroy id=s2\n"
		"destroy id=ioas\n"
		"close cdev\n"
		"close iommufd\n"),
	LINES(ATTACHED, "keeps-vdevice",
		"detach-iommufd-pt cdev\n"
		"hwpt-invalidate hwpt_id=viommu "
		"cmds=cfgi-cd-all:SID=8\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=viommu\n"),
};

TOPIC(detach, rows);
