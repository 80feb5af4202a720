// SPDX-License-Identifier: GPL-2.0-or-later
/* Two vIOMMUs, or two iommufds, and nothing of one reaches the other. */
#include "cases/case.h"

/* another vIOMMU on the same parent, and one on a parent of its own */
#define B "let b = viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3\n"
#define C "let ioas2 = ioas-alloc\n" \
	"let s22 = hwpt-alloc dev_id=dev pt_id=ioas2 flags=NEST_PARENT\n" \
	"let c = viommu-alloc dev_id=dev hwpt_id=s22 type=ARM_SMMUV3\n"
#define DEV2 "let cdev2 = open dev1\nlet dev2 = bind-iommufd cdev2\n"
#define FAR "let cdev3 = open dev2\nlet far = bind-iommufd cdev3\n"
#define OTHER "let other = open /dev/iommu\n"
#define S1(name, viommu) "let " name " = hwpt-alloc dev_id=dev pt_id=" \
	viommu " ste=Cfg=s1,S1ContextPtr=0x40001000\n"
#define BAD_VSID(viommu, vsid) "expect EIO inval.vsid entry_num=0\n" \
	"hwpt-invalidate hwpt_id=" viommu " cmds=cfgi-cd-all:SID=" vsid "\n"
#define GOOD_VSID(viommu, vsid) "hwpt-invalidate hwpt_id=" viommu \
	" cmds=cfgi-cd-all:SID=" vsid "\n"

static const struct test_case rows[] = {
	LINES(VDEVICE, "vsid-of-other", B BAD_VSID("b", "8")),
	LINES(VDEVICE, "vsid-of-other-parent", C BAD_VSID("c", "8")),
	LINES(VDEVICE, "vsid-own-still", B BAD_VSID("b", "8")
	      GOOD_VSID("viommu", "8")),
	LINES(VDEVICE, "one-vdevice-a-device", B "expect EEXIST vdevice.taken\n"
	      "vdevice-alloc viommu_id=b dev_id=dev virt_id=9\n"),
	LINES(VDEVICE, "same-vsid", B DEV2
	      "let v = vdevice-alloc viommu_id=b dev_id=dev2 virt_id=8\n"
	      GOOD_VSID("viommu", "8") GOOD_VSID("b", "8")
	      "destroy id=v\n" GOOD_VSID("viommu", "8") BAD_VSID("b", "8"),
	      .needs = NEED(TWO)),
	LINES(VDEVICE, "moved", B "destroy id=vdev\n"
	      "let v = vdevice-alloc viommu_id=b dev_id=dev virt_id=8\n"
	      BAD_VSID("viommu", "8") GOOD_VSID("b", "8")),
	LINES(VDEVICE, "nested-of-other", B S1("x", "b")
	      "expect ENOENT attach.vdevice\nattach-iommufd-pt cdev pt_id=x\n",
	      .since = 615),
	LINES(VDEVICE, "nested-of-other-parent", C S1("x", "c")
	      "expect ENOENT attach.vdevice\nattach-iommufd-pt cdev pt_id=x\n",
	      .since = 615),
	LINES(ATTACHED, "replace-by-other", B S1("x", "b")
	      "expect ENOENT attach.vdevice\nattach-iommufd-pt cdev pt_id=x\n"
	      "destroy id=x\ndestroy id=b\n"
	      "expect EBUSY destroy.busy\ndestroy id=s1\n", .since = 615),
	LINES(ATTACHED, "destroy-other", B "destroy id=b\n"
	      GOOD_VSID("viommu", "8")),
	LINES(VDEVICE, "invalidate-both", B
	      "hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all*70\n"
	      "hwpt-invalidate hwpt_id=b cmds=tlbi-nh-all*70\n"),
	LINES(VDEVICE, "nested-names-own-viommu", B S1("x", "b")
	      "destroy id=vdev\ndestroy id=viommu\n"
	      "expect EBUSY destroy.busy\ndestroy id=b\n"),
	LINES(VIOMMU, "viommu-of-other-iommufd", OTHER
	      "expect ENOENT inval.id\n"
	      "hwpt-invalidate other hwpt_id=viommu cmds=tlbi-nh-all\n"),
	LINES(VIOMMU, "device-of-other-iommufd", OTHER
	      "expect ENOENT hwinfo.device\nget-hw-info other dev_id=dev\n"),
	LINES(VIOMMU, "destroy-of-other-iommufd", OTHER
	      "expect ENOENT destroy.id\ndestroy other id=viommu\n"),
	LINES(IOAS, "map-of-other-iommufd", OTHER "expect ENOENT map.ioas\n"
	      "ioas-map other ioas_id=ioas flags=READABLE user_va=mem "
	      "length=0x1000\n"),
	LINES(IOAS, "same-iova", OTHER "let o = ioas-alloc other\n"
	      "ioas-map other ioas_id=o flags=READABLE|FIXED_IOVA user_va=mem "
	      "length=0x1000 iova=0x40000000\n"
	      "expect ok length=0x1000\n"
	      "ioas-unmap other ioas_id=o iova=0x40000000 length=0x1000\n"
	      "expect ok length=0x10000\n"
	      "ioas-unmap ioas_id=ioas iova=0x40000000 length=0x10000\n"),
	LINES(DEVICE, "attach-to-other-iommufd", OTHER
	      "let o = ioas-alloc other\nlet o = ioas-alloc other\n"
	      "let o = ioas-alloc other\nexpect ENOENT attach.id\n"
	      "attach-iommufd-pt cdev pt_id=o\n"),
	LINES(VDEVICE, "two-machines", DEV2 C S1("x", "viommu")
	      "let v = vdevice-alloc viommu_id=c dev_id=dev2 virt_id=8\n"
	      "let y = hwpt-alloc dev_id=dev2 pt_id=c ste=Cfg=s1\n"
	      "attach-iommufd-pt cdev pt_id=x\n"
	      "attach-iommufd-pt cdev2 pt_id=y\n"
	      "expect ENOENT attach.vdevice\n"
	      "attach-iommufd-pt cdev pt_id=y\n"
	      "expect ENOENT attach.vdevice\n"
	      "attach-iommufd-pt cdev2 pt_id=x\n", .needs = NEED(TWO),
	      .since = 615),

	/* a device behind another SMMU has no part in any of it */
	LINES(VIOMMU, "s1.smmu", FAR "expect EINVAL s1.smmu\n"
	      "hwpt-alloc dev_id=far pt_id=viommu ste=V=0\n",
	      .needs = NEED(SMMUS)),
	LINES(S2, "viommu.smmu", FAR "expect EINVAL viommu.smmu\n"
	      "viommu-alloc dev_id=far hwpt_id=s2 type=ARM_SMMUV3\n",
	      .needs = NEED(SMMUS) | NEED(VIOMMU)),
	LINES(VIOMMU, "vdevice.smmu", FAR "expect EINVAL vdevice.smmu\n"
	      "vdevice-alloc viommu_id=viommu dev_id=far virt_id=9\n",
	      .needs = NEED(SMMUS)),
	LINES(S2, "attach.smmu", FAR "expect EINVAL attach.smmu\n"
	      "attach-iommufd-pt cdev3 pt_id=s2\n", .needs = NEED(SMMUS)),
	LINES(VIOMMU, "attach.smmu-of-nested", FAR
	      "let a = hwpt-alloc dev_id=dev pt_id=viommu ste=Cfg=bypass\n"
	      "expect EINVAL attach.smmu\n"
	      "attach-iommufd-pt cdev3 pt_id=a\n", .needs = NEED(SMMUS),
	      .since = 617),
};

TOPIC(isolation, rows);
