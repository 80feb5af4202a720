// SPDX-License-Identifier: GPL-2.0-or-later
/* vDEVICEs: a device's name in a VM. */
#include "cases/case.h"

#define TWO "let cdev2 = open dev1\nlet dev2 = bind-iommufd cdev2\n"

static const struct test_case rows[] = {
	REFUSED(VDEVICE, ENOENT, "vdevice.viommu",
		"vdevice-alloc viommu_id=ioas dev_id=dev virt_id=9"),
	REFUSED(VDEVICE, ENOENT, "vdevice.device",
		"vdevice-alloc viommu_id=viommu dev_id=ioas virt_id=9"),
	REFUSED(VDEVICE, EEXIST, "vdevice.taken",
		"vdevice-alloc viommu_id=viommu dev_id=dev virt_id=9"),
	THEN_REFUSED(VDEVICE, EEXIST, "vdevice.vsid", TWO,
		"vdevice-alloc viommu_id=viommu dev_id=dev2 virt_id=8",
		.needs = NEED(TWO)),
	LINES(VDEVICE, "same-again",
		"expect EEXIST vdevice.taken\n"
		"vdevice-alloc viommu_id=viommu dev_id=dev virt_id=8\n"),
	LINES(VDEVICE, "viommu-unknown",
		"expect ENOENT vdevice.viommu\n"
		"vdevice-alloc viommu_id=77 dev_id=dev virt_id=9\n"),
	LINES(VDEVICE, "device-unknown",
		"expect ENOENT vdevice.device\n"
		"vdevice-alloc viommu_id=viommu dev_id=77 virt_id=9\n"),
	LINES(VDEVICE, "viommu-is-s2",
		"expect ENOENT vdevice.viommu\n"
		"vdevice-alloc viommu_id=s2 dev_id=dev virt_id=9\n"),
	LINES(VDEVICE, "two-devices",
		TWO
		"vdevice-alloc viommu_id=viommu dev_id=dev2 virt_id=9\n",
		.needs = NEED(TWO)),
	LINES(VIOMMU, "vsid-0",
		"let v = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=0\n"
		"hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=0\n",
		.needs = NEED(VDEVICE)),
	LINES(VIOMMU, "vsid-largest",
		"let v = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=0xffffffff\n"
		"hwpt-invalidate hwpt_id=viommu "
		"cmds=cfgi-cd-all:SID=0xffffffff\n",
		.needs = NEED(VDEVICE)),
	LINES(VIOMMU, "vsid-beyond-32-bits",
		"let v = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=0x100000000\n"
		"expect EIO inval.vsid\n"
		"hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=0\n",
		.needs = NEED(VDEVICE)),
	LINES(VDEVICE, "destroyed",
		"destroy id=vdev\n"
		"let v = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=9\n"),
	LINES(VDEVICE, "destroyed-frees-vsid",
		"destroy id=vdev\n"
		"let cdev2 = open dev1\n"
		"let dev2 = bind-iommufd cdev2\n"
		"let v = vdevice-alloc viommu_id=viommu dev_id=dev2 "
		"virt_id=8\n",
		.needs = NEED(TWO)),
	LINES(VDEVICE, "keeps-viommu",
		"expect EBUSY destroy.busy\n"
		"destroy id=viommu\n"),
	LINES(VDEVICE, "other-viommu-too",
		"let b = viommu-alloc dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n"
		"expect EEXIST vdevice.taken\n"
		"vdevice-alloc viommu_id=b dev_id=dev virt_id=8\n"),
	LINES(VDEVICE, "closed-leaves-tombstone",
		"close cdev\n"
		"expect ENOENT destroy.id\n"
		"destroy id=vdev\n"
		"destroy id=viommu\n",
		.since = 617),
	LINES(VDEVICE, "closed-then-again",
		"close cdev\n"
		"let cdev = open dev0\n"
		"let dev = bind-iommufd cdev\n"
		"let vdev = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=8\n",
		.since = 617),
};

TOPIC(vdevice, rows);
