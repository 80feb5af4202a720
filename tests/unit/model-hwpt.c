// SPDX-License-Identifier: GPL-2.0-or-later
/* The model's answers to GET_HW_INFO and HWPT_ALLOC. */
#include "abi/ioas.h"
#include "modelbench.h"

#define S1_STE 0x4000000bULL	/* V, Cfg=s1 */

/* --- GET_HW_INFO --- */

static void hwinfo(struct tap *t)
{
	struct iommu_hw_info_arm_smmuv3 data[2];
	struct iommu_hw_info arg = { .size = sizeof(arg),
				     .data_len = sizeof(data),
				     .data_uptr = (uintptr_t)data };
	struct bench b;

	start(&b, t, qemu);
	arg.dev_id = b.dev;
	memset(data, 0xff, sizeof(data));
	REFUSED(&b, GET_HW_INFO, arg, "hwinfo.flags", bad.flags = 2);
	REFUSED(&b, GET_HW_INFO, arg, "hwinfo.reserved", bad.__reserved[2] = 1);
	REFUSED(&b, GET_HW_INFO, arg, "hwinfo.device", bad.dev_id = b.ioas);
	REFUSED(&b, GET_HW_INFO, arg, "hwinfo.type", bad.flags = 1;
		bad.in_data_type = 1);
	REFUSED(&b, GET_HW_INFO, arg, "hwinfo.data", bad.data_uptr = 8);
	TAKEN(&b, GET_HW_INFO, arg, bad.flags = 1; bad.in_data_type = 2);
	b.w->kernel = 616;
	REFUSED(&b, GET_HW_INFO, arg, "hwinfo.flags.type", bad.flags = 1);
	b.w->kernel = 703;

	b.smmu->errata = 1;
	memset(data, 0xff, sizeof(data));
	tap_ok(t, !call(&b, SMN_IOMMU_GET_HW_INFO, &arg) &&
	       arg.data_len == 40 && arg.out_data_type == 2 &&
	       arg.out_capabilities == 8 && !arg.out_max_pasid_log2 &&
	       data[0].flags == 1 && data[0].idr[0] == qemu[0] &&
	       data[0].idr[5] == qemu[5], "registers are told");
	tap_ok(t, !data[1].flags && !data[1].aidr, "the tail is zeroed");
	memset(data, 0xff, sizeof(data));
	arg.data_len = 20;
	tap_ok(t, !call(&b, SMN_IOMMU_GET_HW_INFO, &arg) &&
	       arg.data_len == 40 && data[0].idr[2] == 0 &&
	       data[0].idr[3] == ~0u, "a short buffer gets what fits");
	b.w->facts.is[SMN_FACT_NO_ARM_IOMMUFD] = SMN_YES;
	tap_ok(t, !call(&b, SMN_IOMMU_GET_HW_INFO, &arg) && !arg.data_len &&
	       !arg.out_data_type && !data[0].idr[0],
	       "a driver without iommufd support tells nothing");
	stop(&b);
}

/* --- HWPT_ALLOC on an IOAS --- */

static void paging(struct tap *t)
{
	struct bench b;
	struct iommu_hwpt_alloc arg;
	uint32_t s2;

	start(&b, t, qemu);
	arg = on_ioas(&b, IOMMU_HWPT_ALLOC_NEST_PARENT);
	REFUSED(&b, HWPT_ALLOC, arg, "struct.short", bad.size = 16);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.reserved", bad.__reserved = 1);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.data", bad.data_len = 16);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.data", bad.data_type = 2);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.device", bad.dev_id = b.ioas);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.pt", bad.pt_id = NONE);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.pt", bad.pt_id = b.dev);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.flags", bad.flags |= 16);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.dirty", bad.flags |= 2);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.parent.fault", bad.flags |= 4);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.ioas.data", bad.data_type = 2;
		bad.data_len = 16);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.parent.mixed", bad.flags |= 8);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.fault", bad.flags = 4;
		bad.fault_id = b.dev);
	b.w->kernel = 612;
	REFUSED(&b, HWPT_ALLOC, arg, "s2.kernel", (void)0);
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.flags.pasid", bad.flags = 8);
	b.w->kernel = 610;
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.flags.fault", bad.flags = 4);
	b.w->kernel = 703;

	s2 = make_parent(&b);
	tap_ok(t, s2 == b.ioas + 1, "what was undone gave its id back");
	tap_ok(t, b.smmu->nvmids == 1 && !b.w->nasids, "a parent has a VMID");
	tap_ok(t, smn_areas_hit(&smn_obj_get(b.x, b.ioas)->ioas.space.reserved,
				1ULL << 44, 1ULL << 44), "2^OAS is reserved");
	arg.pt_id = s2;
	refused(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "s1.parent");
	arg = on_ioas(&b, 8);
	taken(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "stage 1 with PASIDs");
	tap_ok(t, b.w->nasids == 1, "stage 1 has an ASID");
	tap_ok(t, destroy(&b, b.ioas) == -EBUSY, "the IOAS is in use");
	tap_ok(t, !destroy(&b, s2) && !destroy(&b, arg.out_hwpt_id) &&
	       !b.smmu->nvmids && !b.w->nasids && !destroy(&b, b.ioas),
	       "all is given back");
	stop(&b);
}

/* What the SMMU lacks, by one register. */
static void lacks(struct tap *t, unsigned int reg, uint32_t clear,
		  uint32_t set, uint32_t flags, const char *id)
{
	uint32_t regs[SMN_NREGS];
	struct iommu_hwpt_alloc arg;
	struct bench b;

	memcpy(regs, qemu, sizeof(regs));
	regs[reg] = (regs[reg] & ~clear) | set;
	start(&b, t, regs);
	arg = on_ioas(&b, flags);
	if (id)
		refused(&b, SMN_IOMMU_HWPT_ALLOC, &arg, id);
	else
		taken(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "the SMMU has it all");
	stop(&b);
}

static void smmus(struct tap *t)
{
	enum { IIDR = SMN_REG_IIDR, PARENT = 1, DIRTY = 2, PASID = 8 };

	lacks(t, 0, 1, 0, PARENT, "s2.stage");
	lacks(t, 0, 2, 0, PARENT, "s2.stage");
	lacks(t, 0, 2, 0, PASID, "hwpt.stage1");
	lacks(t, 0, 0, 2 << 6, DIRTY, NULL);
	lacks(t, 0, 0, 1 << 6, DIRTY, "hwpt.dirty");
	lacks(t, IIDR, 0, 0x4831043b, PARENT, "s2.erratum");
	lacks(t, IIDR, 0, 0x4832043b, PARENT, NULL);
	lacks(t, IIDR, 0, 0x4871043b, PARENT, "s2.erratum");
	lacks(t, IIDR, 0, 0x4870143b, PARENT, "s2.erratum");
	lacks(t, IIDR, 0, 0x4871143b, PARENT, NULL);
	lacks(t, IIDR, 0, 0x4980043b, PARENT, NULL);
	lacks(t, 5, 0x30, 0, 0, "hwpt.page");
}

/* How many are made until none is left. */
static void exhaust(struct tap *t, const uint32_t *regs, uint32_t flags,
		    unsigned int most, const char *id)
{
	struct iommu_hwpt_alloc arg;
	unsigned int n = 0;
	struct bench b;
	uint32_t one = 0;

	start(&b, t, regs);
	arg = on_ioas(&b, flags);
	while (!call(&b, SMN_IOMMU_HWPT_ALLOC, &arg)) {
		one = arg.out_hwpt_id;
		n++;
	}
	tap_ok(t, n == most, "%s: %u of %u", id, n, most);
	refused(&b, SMN_IOMMU_HWPT_ALLOC, &arg, id);
	tap_ok(t, !destroy(&b, one) && !call(&b, SMN_IOMMU_HWPT_ALLOC, &arg),
	       "%s: one that is given back is taken again", id);
	stop(&b);
}

static void numbers(struct tap *t)
{
	uint32_t narrow[SMN_NREGS];

	memcpy(narrow, qemu, sizeof(narrow));
	narrow[0] &= ~(1u << 12 | 1u << 18);
	exhaust(t, narrow, 1, 255, "s2.vmid");
	exhaust(t, narrow, 0, 255, "hwpt.asid");
}

static void map(struct bench *b, uint64_t iova, void *from, size_t len)
{
	struct smn_pages *pages = calloc(1, sizeof(*pages));
	struct smn_area area = { .start = iova, .last = iova + len - 1,
				 .from = (uintptr_t)from, .pages = pages };

	smn_ioas_add_area(b->w, smn_obj_get(b->x, b->ioas), &area);
}

/* A HWPT on an IOAS that has one mapping already. */
static void mapped(struct tap *t, uint64_t iova, size_t len, bool own,
		   uint64_t memlock, const char *id)
{
	struct iommu_hwpt_alloc arg;
	struct bench b;
	char *memory;

	start(&b, t, qemu);
	memory = smn_backend_model.map(b.m, 8192);
	b.w->memlock = memlock;
	b.w->memlock_counts = true;
	if (own)
		smn_world_memory(b.w, memory, 8192);
	map(&b, iova, memory, len);
	arg = on_ioas(&b, IOMMU_HWPT_ALLOC_NEST_PARENT);
	if (id)
		refused(&b, SMN_IOMMU_HWPT_ALLOC, &arg, id);
	else
		taken(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "a good mapping");
	tap_ok(t, b.w->pinned == (id ? 0 : len), "0x%zx bytes are pinned",
	       (size_t)b.w->pinned);
	tap_ok(t, b.smmu->nvmids == !id, "%u VMIDs are taken", b.smmu->nvmids);
	smn_backend_model.unmap(b.m, memory, 8192);
	stop(&b);
}

static void mappings(struct tap *t)
{
	const uint64_t end = 1ULL << 44;

	mapped(t, end - 4096, 4096, true, ~0ULL, NULL);
	mapped(t, end, 4096, true, ~0ULL, "s2.aperture");
	mapped(t, end - 4096, 8192, true, ~0ULL, "s2.aperture");
	mapped(t, 0x800, 4096, true, ~0ULL, "hwpt.align");
	mapped(t, 0, 0x800, true, ~0ULL, "hwpt.align");
	mapped(t, 0, 4096, false, ~0ULL, "s2.pin");
	mapped(t, 0, 8192, true, 4096, "s2.memlock");
	mapped(t, 0, 4096, true, 4096, NULL);
}

/* --- nested --- */

static void nested(struct tap *t)
{
	uint64_t ste[2] = { S1_STE, 0 };
	struct iommu_hwpt_alloc arg;
	uint32_t s2, viommu, fault;
	struct smn_obj *o;
	struct bench b;

	start(&b, t, qemu);
	s2 = make_parent(&b);
	viommu = make_viommu(&b, s2);
	fault = new_object(&b, SMN_T_FAULTQ);
	arg = on_ioas(&b, 0);
	arg.pt_id = viommu;
	arg.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3;
	arg.data_len = 16;
	arg.data_uptr = (uintptr_t)ste;
	REFUSED(&b, HWPT_ALLOC, arg, "s1.smmu", bad.dev_id = b.dev2);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.flags", bad.flags = 1);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.empty", bad.data_type = 0;
		bad.data_len = 0);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.pasid", bad.flags = 8);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.type", bad.data_type = 1);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.length", bad.data_len = 8);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.length", bad.data_len = 24);
	REFUSED(&b, HWPT_ALLOC, arg, "s1.data", bad.data_uptr = 16);
	ste[1] = 1ULL << 28 | 1ULL << 29;
	REFUSED(&b, HWPT_ALLOC, arg, "s1.ste", (void)0);
	ste[0] &= ~1ULL;
	ste[1] = ~0ULL;
	taken(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "an STE that is not valid");
	o = smn_obj_get(b.x, arg.out_hwpt_id);
	tap_ok(t, o && !o->nested.ste[0] && !o->nested.ste[1],
	       "of which nothing is kept");
	ste[0] |= 1;
	ste[1] = 0;
	REFUSED(&b, HWPT_ALLOC, arg, "hwpt.fault", bad.flags = 4;
		bad.fault_id = viommu);
	arg.flags = 4;
	arg.fault_id = fault;
	taken(&b, SMN_IOMMU_HWPT_ALLOC, &arg, "with a fault queue");
	o = smn_obj_get(b.x, arg.out_hwpt_id);
	tap_ok(t, o && o->type == SMN_T_NESTED && o->nested.ste[0] == S1_STE &&
	       o->nested.viommu->id == viommu && o->nested.faultq->id == fault,
	       "the nested HWPT is what was asked for");
	tap_ok(t, destroy(&b, viommu) == -EBUSY && destroy(&b, s2) == -EBUSY &&
	       destroy(&b, fault) == -EBUSY, "what it is made of is in use");
	tap_ok(t, !destroy(&b, arg.out_hwpt_id) && !destroy(&b, fault),
	       "it gives its fault queue back");
	stop(&b);
}

int main(void)
{
	struct tap t = { 0 };

	hwinfo(&t);
	paging(&t);
	smmus(&t);
	numbers(&t);
	mappings(&t);
	nested(&t);
	return tap_done(&t);
}
