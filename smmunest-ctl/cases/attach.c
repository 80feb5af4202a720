// SPDX-License-Identifier: GPL-2.0-or-later
/* Attaching a device, and replacing what it is attached to. */
#include "cases/case.h"

#define HWPT "let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n"
#define MAP(name, va, length, iova) "let " name " = ioas-alloc\n" \
	"ioas-map ioas_id=" name " flags=READABLE|FIXED_IOVA user_va=" va \
	" length=" length " iova=" iova "\n"
#define NESTED(name, ste) \
	"let " name " = hwpt-alloc dev_id=dev pt_id=viommu ste=" ste "\n"

static const struct test_case rows[] = {
	{ .name = "attach.unbound", .bed = BED_IOMMUFD, .needs = NEED(DEVICE),
	  .script = "let cdev = open dev0\nexpect EINVAL attach.unbound\n"
		    "attach-iommufd-pt cdev pt_id=1\n" },
	THEN_REFUSED(DEVICE, EINVAL, "attach.size", HWPT,
		"attach-iommufd-pt cdev size=8 pt_id=hwpt"),
	THEN_REFUSED(DEVICE, EINVAL, "attach.flags", HWPT,
		"attach-iommufd-pt cdev flags=2 pt_id=hwpt"),
	THEN_REFUSED(DEVICE, EINVAL, "attach.size.pasid", HWPT,
		"attach-iommufd-pt cdev flags=1 size=12 pt_id=hwpt",
		.since = 615),
	THEN_REFUSED(DEVICE, ENOSPC, "attach.pasid.range", HWPT,
		"attach-iommufd-pt cdev flags=1 pasid=0x80000000 pt_id=hwpt",
		.since = 615),
	REFUSED(DEVICE, ENOENT, "attach.id",
		"attach-iommufd-pt cdev pt_id=77"),
	REFUSED(DEVICE, EINVAL, "attach.type",
		"attach-iommufd-pt cdev pt_id=dev"),
	LINES(VIOMMU, "type.viommu",
		"expect EINVAL attach.type\n"
		"attach-iommufd-pt cdev pt_id=viommu\n"),
	LINES(VDEVICE, "type.vdevice",
		"expect EINVAL attach.type\n"
		"attach-iommufd-pt cdev pt_id=vdev\n"),
	LINES(DEVICE, "type.faultq",
		"let faults = fault-queue-alloc\n"
		"expect EINVAL attach.type\n"
		"attach-iommufd-pt cdev pt_id=faults\n"),
	THEN_REFUSED(DEVICE, EINVAL, "attach.pasid.compat", HWPT,
		"attach-iommufd-pt cdev flags=1 pasid=1 pt_id=hwpt",
		.since = 615),
	THEN_REFUSED(DEVICE, EBUSY, "attach.otherwise",
		HWPT "attach-iommufd-pt cdev flags=1 pasid=0 pt_id=hwpt\n",
		"attach-iommufd-pt cdev pt_id=hwpt",
		.since = 615),
	LINES(VIOMMU, "attach.vdevice",
		"let s1 = hwpt-alloc dev_id=dev pt_id=viommu "
		"ste=Cfg=s1,S1ContextPtr=0x40001000\n"
		"expect ENOENT attach.vdevice\n"
		"attach-iommufd-pt cdev pt_id=s1\n",
		.since = 615),
	{ .name = "attach.msi", .bed = BED_DEVICE,
	  .script = MAP("window", "mem", "0x1000", "0x08000000")
		    "expect EADDRINUSE attach.msi\n"
		    "attach-iommufd-pt cdev pt_id=window\n" },
	{ .name = "attach.align", .bed = BED_DEVICE,
	  .script = MAP("odd", "mem", "0x801", "0x40000000")
		    "expect EADDRINUSE attach.align\n"
		    "attach-iommufd-pt cdev pt_id=odd\n" },
	{ .name = "attach.outside", .bed = BED_DEVICE,
	  .script = MAP("far", "mem", "0x1000", "0x40000000000000")
		    "expect EADDRINUSE attach.outside\n"
		    "attach-iommufd-pt cdev pt_id=far\n" },
	{ .name = "attach.pin", .bed = BED_DEVICE,
	  .script = MAP("bad", "0x1000", "0x1000", "0x40000000")
		    "expect EFAULT attach.pin\n"
		    "attach-iommufd-pt cdev pt_id=bad\n" },
	THEN_REFUSED(DEVICE, EINVAL, "attach.file",
		"let file = open /dev/iommu\n"
		"let nofile = ioas-alloc\n"
		"ioas-map-file ioas_id=nofile flags=READABLE|FIXED_IOVA "
		"fd=file length=0x1000 iova=0x40000000\n",
		"attach-iommufd-pt cdev pt_id=nofile"),

	/* bypass and abort need no name in the VM; 6.15 wanted one, too */
	LINES(VIOMMU, "bypass-without-vdevice", NESTED("a", "Cfg=bypass")
	      "attach-iommufd-pt cdev pt_id=a\n", .since = 702),
	LINES(VIOMMU, "abort-without-vdevice", NESTED("a", "Cfg=abort")
	      "attach-iommufd-pt cdev pt_id=a\n", .since = 702),
	LINES(VIOMMU, "invalid-without-vdevice", NESTED("a", "V=0")
	      "attach-iommufd-pt cdev pt_id=a\n", .since = 702),
	LINES(VDEVICE, "bypass", NESTED("a", "Cfg=bypass")
	      "attach-iommufd-pt cdev pt_id=a\n"),
	LINES(VDEVICE, "abort", NESTED("a", "Cfg=abort")
	      "attach-iommufd-pt cdev pt_id=a\n"),
	LINES(VDEVICE, "invalid", NESTED("a", "V=0")
	      "attach-iommufd-pt cdev pt_id=a\n"),
	LINES(VDEVICE, "eats-without-ats", NESTED("a", "Cfg=s1,EATS=full")
	      "attach-iommufd-pt cdev pt_id=a\n"),
	LINES(S1, "answers-hwpt",
		"expect ok pt_id=s1\n"
		"attach-iommufd-pt cdev pt_id=s1\n"),
	LINES(S2, "parent",
		"expect ok pt_id=s2\n"
		"attach-iommufd-pt cdev pt_id=s2\n"),
	LINES(DEVICE, "ioas",
		"expect ok pt_id=3\n"
		"attach-iommufd-pt cdev pt_id=ioas\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=ioas\n"),
	LINES(DEVICE, "ioas-twice",
		"expect ok pt_id=3\n"
		"attach-iommufd-pt cdev pt_id=ioas\n"
		"expect ok pt_id=3\n"
		"attach-iommufd-pt cdev pt_id=ioas\n"),
	LINES(DEVICE, "ioas-automatic-goes",
		"attach-iommufd-pt cdev pt_id=ioas\n"
		"detach-iommufd-pt cdev\n"
		"expect ENOENT destroy.id\n"
		"destroy id=3\n"),
	LINES(ATTACHED, "same",
		"attach-iommufd-pt cdev pt_id=s1\n"),
	LINES(ATTACHED, "replace", NESTED("b", "Cfg=s1,S1ContextPtr=0x40002000")
	      "attach-iommufd-pt cdev pt_id=b\ndestroy id=s1\n"
	      "expect EBUSY destroy.busy\ndestroy id=b\n"),
	LINES(ATTACHED, "replace-to-and-fro",
	      NESTED("b", "Cfg=s1,S1ContextPtr=0x40002000")
	      "attach-iommufd-pt cdev pt_id=b\n"
	      "attach-iommufd-pt cdev pt_id=s1\n"
	      "attach-iommufd-pt cdev pt_id=b\ndestroy id=s1\n"),
	LINES(ATTACHED, "replace-by-abort", NESTED("b", "Cfg=abort")
	      "attach-iommufd-pt cdev pt_id=b\n"),
	LINES(ATTACHED, "replace-by-bypass", NESTED("b", "Cfg=bypass")
	      "attach-iommufd-pt cdev pt_id=b\n"),
	LINES(ATTACHED, "replace-by-invalid", NESTED("b", "V=0")
	      "attach-iommufd-pt cdev pt_id=b\n"),
	LINES(ATTACHED, "replace-by-parent",
		"attach-iommufd-pt cdev pt_id=s2\n"
		"destroy id=s1\n"),
	LINES(ATTACHED, "replace-by-host-stage-1",
		"let host = hwpt-alloc dev_id=dev "
		"pt_id=ioas\n"
		"attach-iommufd-pt cdev pt_id=host\n"
		"destroy id=s1\n"),
	LINES(ATTACHED, "refused-stays",
		"expect ENOENT attach.id\n"
		"attach-iommufd-pt cdev pt_id=77\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=s1\n"),
	LINES(ATTACHED, "vdevice-goes-first",
		"destroy id=vdev\n"
		"expect EIO inval.vsid\n"
		"hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=8\n"),
	LINES(ATTACHED, "after-vdevice-destroyed",
		HWPT
		"destroy id=vdev\n"
		"attach-iommufd-pt cdev pt_id=s2\n"
		"expect ENOENT attach.vdevice\n"
		"attach-iommufd-pt cdev pt_id=s1\n",
		.since = 615),
	LINES(S1, "fault-capable",
		HWPT
		"let faults = fault-queue-alloc\n"
		"let a = hwpt-alloc dev_id=dev pt_id=viommu "
		"flags=FAULT_ID_VALID fault_id=faults "
		"ste=Cfg=s1\n"
		"attach-iommufd-pt cdev pt_id=a\n",
		.needs = NEED(STALL)),
	LINES(VDEVICE, "two", NESTED("a", "Cfg=s1,S1ContextPtr=0x40001000")
	      "let cdev2 = open dev1\nlet dev2 = bind-iommufd cdev2\n"
	      "let vdev2 = vdevice-alloc viommu_id=viommu dev_id=dev2 "
	      "virt_id=9\n"
	      "attach-iommufd-pt cdev pt_id=a\n"
	      "attach-iommufd-pt cdev2 pt_id=a\n"
	      "detach-iommufd-pt cdev\n"
	      "expect EBUSY destroy.busy\ndestroy id=a\n"
	      "detach-iommufd-pt cdev2\ndestroy id=a\n", .needs = NEED(TWO)),
};

TOPIC(attach, rows);
