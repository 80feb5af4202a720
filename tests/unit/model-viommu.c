// SPDX-License-Identifier: GPL-2.0-or-later
/* The model's vIOMMUs and vDEVICEs, its invalidations, its dirty pages. */
#include "modelbench.h"

/* --- vIOMMU, vDEVICE, queues --- */

static void viommus(struct tap *t)
{
	struct iommu_viommu_alloc arg;
	struct iommu_hwpt_alloc plain;
	struct bench b;

	start(&b, t, qemu);
	arg = on_parent(&b, make_parent(&b));
	plain = on_ioas(&b, 0);
	call(&b, SMN_IOMMU_HWPT_ALLOC, &plain);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.flags", bad.flags = 1);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.default", bad.type = 0);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.device", bad.dev_id = NONE);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.type", bad.type = 2);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.parent", bad.hwpt_id = b.ioas);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.nest",
		bad.hwpt_id = plain.out_hwpt_id);
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.smmu", bad.dev_id = b.dev2);
	b.pdev->facts.is[SMN_FACT_NO_CANWBS] = SMN_YES;
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.canwbs", bad.hwpt_id = NONE);
	b.smmu->regs[3] |= 1 << 8;
	TAKEN(&b, VIOMMU_ALLOC, arg, bad.__reserved = 1; bad.data_uptr = 8);
	b.smmu->facts.is[SMN_FACT_FORCE_SYNC] = SMN_YES;
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.sync", (void)0);
	b.w->facts.is[SMN_FACT_NO_ARM_IOMMUFD] = SMN_YES;
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.kconfig", (void)0);
	b.w->facts.is[SMN_FACT_NO_ARM_IOMMUFD] = SMN_NO;
	b.other->facts.is[SMN_FACT_NESTING_ERRATUM] = SMN_YES;
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.erratum", bad.dev_id = b.dev2);
	b.other->regs[0] &= ~1u;
	REFUSED(&b, VIOMMU_ALLOC, arg, "viommu.stage", bad.dev_id = b.dev2);
	stop(&b);
}

static void vdevices(struct tap *t)
{
	struct iommu_vdevice_alloc arg = { .size = sizeof(arg),
					   .virt_id = 0x42 };
	struct iommu_hw_queue_alloc queue = { .size = sizeof(queue), .type = 1,
					      .length = 4096 };
	struct smn_pdev *near;
	uint32_t s2, viommu, dev3;
	struct bench b;

	start(&b, t, qemu);
	near = smn_world_add_device(b.w, "0000:00:02.0", "/dev/c", b.smmu);
	dev3 = new_device(&b, near);
	s2 = make_parent(&b);
	viommu = queue.viommu_id = arg.viommu_id = make_viommu(&b, s2);
	arg.dev_id = b.dev;
	REFUSED(&b, VDEVICE_ALLOC, arg, "vdevice.viommu", bad.viommu_id = s2);
	REFUSED(&b, VDEVICE_ALLOC, arg, "vdevice.device", bad.dev_id = s2);
	REFUSED(&b, VDEVICE_ALLOC, arg, "vdevice.smmu", bad.dev_id = b.dev2);
	b.pdev->facts.is[SMN_FACT_ALIASED] = SMN_YES;
	REFUSED(&b, VDEVICE_ALLOC, arg, "vdevice.streams", (void)0);
	b.pdev->facts.is[SMN_FACT_ALIASED] = SMN_NO;
	taken(&b, SMN_IOMMU_VDEVICE_ALLOC, &arg, "the first");
	tap_ok(t, b.pdev->vdevice && b.pdev->vdevice->id == arg.out_vdevice_id,
	       "the device knows its vDEVICE");
	REFUSED(&b, VDEVICE_ALLOC, arg, "vdevice.taken", bad.virt_id = 1);
	REFUSED(&b, VDEVICE_ALLOC, arg, "vdevice.vsid", bad.dev_id = dev3);
	tap_ok(t, destroy(&b, viommu) == -EBUSY &&
	       !destroy(&b, arg.out_vdevice_id) && !b.pdev->vdevice,
	       "the vIOMMU is in use until it is destroyed");
	TAKEN(&b, VDEVICE_ALLOC, arg, bad.virt_id = 0; bad.dev_id = dev3);

	REFUSED(&b, HW_QUEUE_ALLOC, queue, "hwqueue.flags", bad.flags = 1);
	REFUSED(&b, HW_QUEUE_ALLOC, queue, "hwqueue.default", bad.type = 0);
	REFUSED(&b, HW_QUEUE_ALLOC, queue, "hwqueue.empty", bad.length = 0);
	REFUSED(&b, HW_QUEUE_ALLOC, queue, "hwqueue.range",
		bad.nesting_parent_iova = ~0xffeULL);
	REFUSED(&b, HW_QUEUE_ALLOC, queue, "hwqueue.viommu",
		bad.viommu_id = s2);
	REFUSED(&b, HW_QUEUE_ALLOC, queue, "hwqueue.none", (void)0);
	near->object->users--;
	stop(&b);
}

/* --- HWPT_INVALIDATE --- */

#define CMDS 200

/* Refused by that row, with that entry_num. */
static void stops(struct bench *b, struct iommu_hwpt_invalidate arg,
		  const char *id, uint32_t entry_num)
{
	refused(b, SMN_IOMMU_HWPT_INVALIDATE, &arg, id);
	tap_ok(b->t, arg.entry_num == entry_num, "%s: entry_num %u of %u", id,
	       arg.entry_num, entry_num);
}

#define STOPS(b, arg, id, n, ...) \
	do { \
		struct iommu_hwpt_invalidate bad = arg; \
		__VA_ARGS__; \
		stops(b, bad, id, n); \
	} while (0)

static void arrays(struct bench *b, struct iommu_hwpt_invalidate arg,
		   uint32_t s2)
{
	static uint64_t wide[3 * 3] = { 0x30, 0, 0, 0x30, 0, 0, 0x30, 0, 0 };

	STOPS(b, arg, "inval.reserved", 0, bad.__reserved = 1);
	STOPS(b, arg, "inval.array", 0, bad.data_uptr = 0);
	STOPS(b, arg, "inval.array", 0, bad.entry_len = 0);
	STOPS(b, arg, "inval.long", 0, bad.entry_len = 4097);
	STOPS(b, arg, "inval.many", 0, bad.entry_num = (1 << 19) + 1);
	STOPS(b, arg, "inval.id", 0, bad.hwpt_id = NONE);
	STOPS(b, arg, "inval.object", 0, bad.hwpt_id = s2);
	STOPS(b, arg, "inval.type", 0, bad.data_type = 0);
	STOPS(b, arg, "inval.empty", 0, bad.entry_num = 0);
	STOPS(b, arg, "inval.data", 0, bad.data_uptr = 8);
	STOPS(b, arg, "inval.memory", (1 << 18) + 1,
	      bad.entry_num = (1 << 18) + 1);
	STOPS(b, arg, "struct.short", CMDS, bad.size = 16);
	arg.data_uptr = (uintptr_t)wide;
	arg.entry_len = 24;
	arg.entry_num = 3;
	TAKEN(b, HWPT_INVALIDATE, arg, (void)0);
	TAKEN(b, HWPT_INVALIDATE, arg, bad.entry_len = 8; bad.entry_num = 1);
	wide[8] = 1;
	STOPS(b, arg, "inval.tail", 0, (void)0);
	wide[6] = 0xff;
	wide[8] = 0;
	STOPS(b, arg, "inval.cmd", 2, (void)0);
}

static void commands(struct bench *b, struct iommu_hwpt_invalidate arg,
		     uint64_t (*cmd)[2])
{
	TAKEN(b, HWPT_INVALIDATE, arg, (void)0);
	cmd[150][0] = 0x46;
	STOPS(b, arg, "inval.cmd", 150, (void)0);
	cmd[70][0] = 0x43ULL << 32 | 5;	/* CFGI_CD of an unknown vSID */
	STOPS(b, arg, "inval.vsid", 70, (void)0);
	cmd[70][0] = 0x42ULL << 32 | 5;
	STOPS(b, arg, "inval.cmd", 150, (void)0);
	b->smmu->facts.is[SMN_FACT_CMDQ_STUCK] = SMN_YES;
	STOPS(b, arg, "inval.sync", 62, (void)0);
	STOPS(b, arg, "inval.sync", 9, bad.entry_num = 10);
	cmd[63][1] = 1;		/* reserved in TLBI_NSNH_ALL */
	STOPS(b, arg, "inval.sync", 62, (void)0);
	cmd[63][1] = 0;
	cmd[62][1] = 1;
	STOPS(b, arg, "inval.cmd", 62, (void)0);
	b->smmu->facts.is[SMN_FACT_CMDQ_STUCK] = SMN_NO;
	b->w->kernel = 617;
	STOPS(b, arg, "inval.cmd", 150, (void)0);
	cmd[150][0] = 0x43ULL << 32 | 0x40;	/* ATC_INV, and no ATS */
	STOPS(b, arg, "inval.vsid", 150, (void)0);
	cmd[150][0] = 0x42ULL << 32 | 0x40;
	TAKEN(b, HWPT_INVALIDATE, arg, (void)0);
	b->w->kernel = 703;
	cmd[62][1] = 0;
	STOPS(b, arg, "inval.cmd", 150, (void)0);
}

static void invalidate(struct tap *t)
{
	static uint64_t cmd[(1 << 18) + 1][2];
	struct iommu_hwpt_invalidate arg = {
		.size = sizeof(arg), .entry_len = 16, .entry_num = CMDS,
		.data_uptr = (uintptr_t)cmd,
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
	};
	struct iommu_vdevice_alloc vdev = { .size = sizeof(vdev),
					    .virt_id = 0x42 };
	struct bench b;
	uint32_t s2;

	start(&b, t, qemu);
	for (unsigned int i = 0; i < CMDS; i++)
		cmd[i][0] = 0x30;
	s2 = make_parent(&b);
	vdev.viommu_id = arg.hwpt_id = make_viommu(&b, s2);
	vdev.dev_id = b.dev;
	call(&b, SMN_IOMMU_VDEVICE_ALLOC, &vdev);
	arrays(&b, arg, s2);
	commands(&b, arg, cmd);
	stop(&b);
}

/* --- dirty pages --- */

static void dirty(struct tap *t)
{
	struct iommu_hwpt_set_dirty_tracking set = { .size = sizeof(set) };
	struct iommu_hwpt_get_dirty_bitmap get = {
		.size = sizeof(get), .length = 8192, .page_size = 4096,
	};
	uint32_t regs[SMN_NREGS];
	struct iommu_hwpt_alloc arg;
	struct bench b;
	uint32_t s2;

	memcpy(regs, qemu, sizeof(regs));
	regs[0] |= 2 << 6;
	start(&b, t, regs);
	s2 = make_parent(&b);
	arg = on_ioas(&b, IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
	taken(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "with dirty tracking");
	set.hwpt_id = get.hwpt_id = arg.out_hwpt_id;
	REFUSED(&b, HWPT_SET_DIRTY_TRACKING, set, "dirty.flags", bad.flags = 2);
	REFUSED(&b, HWPT_SET_DIRTY_TRACKING, set, "dirty.hwpt",
		bad.hwpt_id = b.ioas);
	REFUSED(&b, HWPT_SET_DIRTY_TRACKING, set, "dirty.untracked",
		bad.hwpt_id = s2);
	TAKEN(&b, HWPT_SET_DIRTY_TRACKING, set, bad.flags = 1);

	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.flags", bad.flags = 2);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.reserved",
		bad.__reserved = 1);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.hwpt",
		bad.hwpt_id = NONE);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.empty", bad.length = 0);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.range",
		bad.iova = ~0xfffULL);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.align",
		bad.length = 4095);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.page",
		bad.page_size = 0);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.cut",
		bad.page_size = 16384);
	REFUSED(&b, HWPT_GET_DIRTY_BITMAP, get, "bitmap.untracked",
		bad.hwpt_id = s2);
	TAKEN(&b, HWPT_GET_DIRTY_BITMAP, get, bad.flags = 1);
	stop(&b);
}

int main(void)
{
	struct tap t = { 0 };

	viommus(&t);
	vdevices(&t);
	invalidate(&t);
	dirty(&t);
	return tap_done(&t);
}
