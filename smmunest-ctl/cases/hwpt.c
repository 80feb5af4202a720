// SPDX-License-Identifier: GPL-2.0-or-later
/* HWPTs: stage 2, stage 1 of the host's, nested ones; dirty pages. */
#include "cases/case.h"

#define S1 "let host = hwpt-alloc dev_id=dev pt_id=ioas\n"

static const struct test_case rows[] = {
	REFUSED(DEVICE, EOPNOTSUPP, "hwpt.reserved",
		"hwpt-alloc dev_id=dev pt_id=ioas __reserved=1"),
	REFUSED(DEVICE, EINVAL, "hwpt.data",
		"hwpt-alloc dev_id=dev pt_id=ioas data_type=ARM_SMMUV3"),
	REFUSED(DEVICE, ENOENT, "hwpt.device",
		"hwpt-alloc dev_id=ioas pt_id=ioas"),
	REFUSED(DEVICE, EINVAL, "hwpt.pt",
		"hwpt-alloc dev_id=dev pt_id=dev"),
	REFUSED(DEVICE, EOPNOTSUPP, "hwpt.flags",
		"hwpt-alloc dev_id=dev pt_id=ioas flags=0x10"),
	REFUSED(DEVICE, EOPNOTSUPP, "hwpt.dirty",
		"hwpt-alloc dev_id=dev pt_id=ioas flags=DIRTY_TRACKING",
		.needs = NEED(NO_DIRTY)),
	REFUSED(DEVICE, EOPNOTSUPP, "hwpt.parent.fault",
		"hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=NEST_PARENT|FAULT_ID_VALID"),
	REFUSED(DEVICE, EOPNOTSUPP, "hwpt.ioas.data",
		"hwpt-alloc dev_id=dev pt_id=ioas ste=0,0"),
	REFUSED(DEVICE, EOPNOTSUPP, "hwpt.parent.mixed",
		"hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT|PASID"),
	THEN_REFUSED(DEVICE, EADDRINUSE, "hwpt.align",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x801 iova=0x50000000\n",
		"hwpt-alloc dev_id=dev pt_id=ioas"),
	THEN_REFUSED(DEVICE, EADDRINUSE, "s2.aperture",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x40000000000000\n",
		"hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT",
		.needs = NEED(S2)),
	THEN_REFUSED(DEVICE, EFAULT, "s2.pin",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"user_va=0x1000 length=0x1000 iova=0x50000000\n",
		"hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT",
		.needs = NEED(S2)),
	THEN_REFUSED(DEVICE, EINVAL, "hwpt.file",
		"let file = open /dev/iommu\n"
		"ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"fd=file length=0x1000 iova=0x50000000\n",
		"hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT",
		.needs = NEED(S2)),
	THEN_REFUSED(DEVICE, EOPNOTSUPP, "s1.parent", S1,
		"hwpt-alloc dev_id=dev pt_id=host ste=V=0", .since = 613),
	LINES(S2, "s1.parent-s2",
		"expect EOPNOTSUPP s1.parent\n"
		"hwpt-alloc dev_id=dev pt_id=s2 ste=V=0\n"),
	REFUSED(VIOMMU, EOPNOTSUPP, "s1.flags",
		"hwpt-alloc dev_id=dev pt_id=viommu flags=NEST_PARENT ste=V=0"),
	REFUSED(VIOMMU, EOPNOTSUPP, "s1.empty",
		"hwpt-alloc dev_id=dev pt_id=viommu"),
	REFUSED(VIOMMU, EOPNOTSUPP, "s1.pasid",
		"hwpt-alloc dev_id=dev pt_id=viommu flags=PASID ste=V=0"),
	LINES(VIOMMU, "s1.dirty",
		"expect EOPNOTSUPP s1.flags\n"
		"hwpt-alloc dev_id=dev pt_id=viommu flags=DIRTY_TRACKING "
		"ste=V=0\n"),
	REFUSED(VIOMMU, EINVAL, "s1.type",
		"hwpt-alloc dev_id=dev pt_id=viommu data_type=1 ste=V=0"),
	REFUSED(VIOMMU, EINVAL, "s1.length",
		"hwpt-alloc dev_id=dev pt_id=viommu words=0,0,0"),
	LINES(VIOMMU, "s1.short",
		"expect EINVAL s1.length\n"
		"hwpt-alloc dev_id=dev pt_id=viommu words=0\n"),
	LINES(VIOMMU, "s1.one-byte-more",
		"expect EINVAL s1.length\n"
		"hwpt-alloc dev_id=dev pt_id=viommu data_len=17 ste=V=0\n"),
	REFUSED(VIOMMU, EFAULT, "s1.data",
		"hwpt-alloc dev_id=dev pt_id=viommu data_type=ARM_SMMUV3 "
		"data_len=16 data_uptr=0x1000"),
	REFUSED(VIOMMU, EIO, "s1.ste",
		"hwpt-alloc dev_id=dev pt_id=viommu ste=0x4000100b,0x80000"),
	REFUSED(VIOMMU, ENOENT, "hwpt.fault",
		"hwpt-alloc dev_id=dev pt_id=viommu flags=FAULT_ID_VALID "
		"fault_id=ioas ste=V=0"),
	LINES(VIOMMU, "s1.ste-before-fault",
		"expect EIO s1.ste\n"
		"hwpt-alloc dev_id=dev pt_id=viommu flags=FAULT_ID_VALID "
		"fault_id=ioas ste=Cfg=2\n"),
	LINES(VIOMMU, "pt-unknown",
		"expect EINVAL hwpt.pt\n"
		"hwpt-alloc dev_id=dev pt_id=77 ste=V=0\n"),
	LINES(VIOMMU, "pt-nested",
		"let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=V=0\n"
		"expect EINVAL hwpt.pt\n"
		"hwpt-alloc dev_id=dev pt_id=s1 ste=V=0\n"),
	LINES(VDEVICE, "pt-vdevice",
		"expect EINVAL hwpt.pt\n"
		"hwpt-alloc dev_id=dev pt_id=vdev ste=V=0\n"),
	LINES(DEVICE, "stage-1",
		"let a = hwpt-alloc dev_id=dev pt_id=ioas\n"),
	LINES(DEVICE, "stage-1-many",
		"let a = hwpt-alloc dev_id=dev pt_id=ioas\n"
		"let b = hwpt-alloc dev_id=dev pt_id=ioas\n"
		"let c = hwpt-alloc dev_id=dev pt_id=ioas\n"),
	LINES(S2, "parents-of-one-ioas",
		"let other = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=NEST_PARENT\n"),
	LINES(S2, "next-id",
		"expect ok out_hwpt_id=4\n"
		"let other = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=NEST_PARENT\n"),
	LINES(DEVICE, "refused-takes-no-id",
		"expect EOPNOTSUPP hwpt.flags\n"
		"hwpt-alloc dev_id=dev pt_id=ioas flags=0x10\n"
		"expect ok out_hwpt_id=3\n"
		"let a = hwpt-alloc dev_id=dev pt_id=ioas\n"),
	LINES(DEVICE, "fault-capable",
		"let faults = fault-queue-alloc\n"
		"let a = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=FAULT_ID_VALID fault_id=faults\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=faults\n", .since = 613),
	LINES(VIOMMU, "s1.fault-capable",
		"let faults = fault-queue-alloc\n"
		"let a = hwpt-alloc dev_id=dev pt_id=viommu "
		"flags=FAULT_ID_VALID fault_id=faults ste=V=0\n"),
	LINES(VIOMMU, "s1.two",
		"let a = hwpt-alloc dev_id=dev pt_id=viommu "
		"ste=Cfg=s1,S1ContextPtr=0x1000\n"
		"let b = hwpt-alloc dev_id=dev pt_id=viommu "
		"ste=Cfg=s1,S1ContextPtr=0x1000\n"),
	LINES(VIOMMU, "s1.without-vdevice",
		"let a = hwpt-alloc dev_id=dev pt_id=viommu "
		"ste=Cfg=s1,S1ContextPtr=0x1000\n"),

	THEN_REFUSED(DEVICE, EOPNOTSUPP, "dirty.flags", S1,
		"hwpt-set-dirty-tracking hwpt_id=host flags=2"),
	REFUSED(DEVICE, ENOENT, "dirty.hwpt",
		"hwpt-set-dirty-tracking hwpt_id=ioas"),
	THEN_REFUSED(DEVICE, EOPNOTSUPP, "dirty.untracked", S1,
		"hwpt-set-dirty-tracking hwpt_id=host flags=1"),
	LINES(S2, "dirty.parent",
		"expect EOPNOTSUPP dirty.untracked\n"
		"hwpt-set-dirty-tracking hwpt_id=s2 flags=1\n"),
	LINES(S1, "dirty.nested",
		"expect ENOENT dirty.hwpt\n"
		"hwpt-set-dirty-tracking hwpt_id=s1 flags=1\n"),
	THEN_REFUSED(DEVICE, EOPNOTSUPP, "bitmap.flags", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host flags=2 length=0x1000 "
		"page_size=0x1000"),
	THEN_REFUSED(DEVICE, EOPNOTSUPP, "bitmap.reserved", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host __reserved=1 "
		"length=0x1000 page_size=0x1000"),
	REFUSED(DEVICE, ENOENT, "bitmap.hwpt",
		"hwpt-get-dirty-bitmap hwpt_id=ioas length=0x1000 "
		"page_size=0x1000"),
	THEN_REFUSED(DEVICE, EINVAL, "bitmap.empty", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host page_size=0x1000",
		.since = 613),
	THEN_REFUSED(DEVICE, EOVERFLOW, "bitmap.range", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host iova=0xfffffffffffff000 "
		"length=0x2000 page_size=0x1000"),
	THEN_REFUSED(DEVICE, EINVAL, "bitmap.align", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host iova=0x800 length=0x1000 "
		"page_size=0x800"),
	THEN_REFUSED(DEVICE, EINVAL, "bitmap.page", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host length=0x1000"),
	THEN_REFUSED(DEVICE, EINVAL, "bitmap.cut", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host iova=0x1000 "
		"length=0x1000 page_size=0x2000"),
	THEN_REFUSED(DEVICE, EOPNOTSUPP, "bitmap.untracked", S1,
		"hwpt-get-dirty-bitmap hwpt_id=host length=0x1000 "
		"page_size=0x1000"),
};

TOPIC(hwpt, rows);
