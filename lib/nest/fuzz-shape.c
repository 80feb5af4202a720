// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random requests as a program that knows its way would make them: one function
 * an ioctl. What is wrong on purpose comes later, see fuzz-spoil.c; only
 * addresses are tried at their boundaries here, for those are far from random.
 */
#include <string.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "nest/fuzz-parts.h"
#include "smmunest.h"

/* --- addresses --- */

#define WINDOW 0x08000000ULL		/* where the driver keeps MSIs */
#define WINDOW_SIZE 0x100000ULL
#define RAM 0x40000000ULL		/* where VMs have memory */

static uint64_t boundary(struct smn_fuzz *f)
{
	/* output sizes an SMMU can have, section 6.3.6 */
	static const uint8_t oas[] = { 32, 36, 40, 42, 44, 48, 52 };
	static const uint64_t round[] = { 0, WINDOW, WINDOW + WINDOW_SIZE, RAM,
					  2ULL << 20 };
	uint64_t at = smn_fuzz_chance(f, 50) ? 1ULL << SMN_PICK(f, oas) :
		SMN_PICK(f, round);

	/* just before, at it, just behind */
	return at + (smn_fuzz_below(f, 3) - 1) * f->page;
}

static uint64_t some_iova(struct smn_fuzz *f)
{
	if (smn_fuzz_chance(f, 12))
		return boundary(f);
	if (smn_fuzz_chance(f, 3))
		return WINDOW + smn_fuzz_below(f, WINDOW_SIZE);
	return RAM + smn_fuzz_below(f, 32) * f->page;
}

static uint64_t some_length(struct smn_fuzz *f)
{
	static const uint64_t odd[] = { 0, 1, 0x800, 0x1001, 1ULL << 45,
					~0ULL, ~0xfffULL };

	if (smn_fuzz_chance(f, 6))
		return SMN_PICK(f, odd);
	return (1 + smn_fuzz_below(f, 4)) * f->page;
}

/* A page of the memory that is no scratch */
static uint64_t some_page(struct smn_fuzz *f)
{
	return SMN_FUZZ_SCRATCH + smn_fuzz_below(f, 64) * f->page;
}

/* A mapping of that IOAS, else any, else none. */
static const struct smn_fuzz_map *some_map(struct smn_fuzz *f, uint16_t ioas)
{
	const struct smn_fuzz_map *any = NULL;
	unsigned int start = smn_fuzz_below(f, SMN_FUZZ_MAPS);

	for (unsigned int i = 0; i < SMN_FUZZ_MAPS; i++) {
		const struct smn_fuzz_map *m =
			&f->maps[(start + i) % SMN_FUZZ_MAPS];

		if (ioas && m->ioas == ioas)
			return m;
		any = m->ioas ? m : any;
	}
	return any;
}

static uint32_t map_flags(struct smn_fuzz *f)
{
	static const uint8_t flags[] = { 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 5, 3, 4,
					 1, 0 };

	return SMN_PICK(f, flags);
}

static void shape_map(struct smn_fuzz *f, struct smn_request *req)
{
	uint64_t va = some_page(f), iova = some_iova(f), part = 0;

	if (smn_fuzz_chance(f, 4))
		part = smn_fuzz_below(f, f->page);
	smn_fuzz_put(req, "flags", map_flags(f));
	smn_fuzz_put(req, "length", some_length(f));
	smn_fuzz_put(req, "iova", iova + part);
	smn_fuzz_point(req, "user_va", SMN_REF_MEMORY, va + part);
	if (smn_fuzz_chance(f, 6))
		smn_fuzz_put(req, "user_va", smn_fuzz_below(f, 16) * f->page);
}

static void shape_map_file(struct smn_fuzz *f, struct smn_request *req)
{
	/* a mapped queue would keep its iommufd, which keeps the mapping */
	static const int32_t fds[] = { -1, 100000 };
	uint16_t other = smn_fuzz_file(f, SMN_FUZZ_OTHERS);

	smn_fuzz_put(req, "flags", map_flags(f));
	smn_fuzz_put(req, "length", some_length(f));
	smn_fuzz_put(req, "iova", some_iova(f));
	smn_fuzz_put(req, "fd", (uint32_t)SMN_PICK(f, fds));
	if (other && smn_fuzz_chance(f, 70)) {
		smn_fuzz_point(req, "fd", SMN_REF_FD, 0);
		smn_fuzz_member(req, "fd")->slot = other;
	}
}

static void shape_unmap(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_fuzz_map *m =
		some_map(f, smn_fuzz_member(req, "ioas_id")->slot);
	uint64_t iova = some_iova(f), length = some_length(f);

	if (m && smn_fuzz_chance(f, 75)) {
		iova = m->iova;
		length = m->length;
	}
	if (smn_fuzz_chance(f, 10))
		length += f->page;
	if (smn_fuzz_chance(f, 5)) {
		iova = 0;
		length = UINT64_MAX;
	}
	smn_fuzz_put(req, "iova", iova);
	smn_fuzz_put(req, "length", length);
}

static void shape_copy(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_fuzz_map *m =
		some_map(f, smn_fuzz_member(req, "src_ioas_id")->slot);
	uint64_t src = some_iova(f), length = some_length(f);

	if (m && smn_fuzz_chance(f, 80)) {
		src = m->iova;
		length = m->length;
	}
	if (length > f->page && smn_fuzz_chance(f, 20)) {
		length -= f->page;
		src += smn_fuzz_chance(f, 50) ? f->page : 0;
	}
	smn_fuzz_put(req, "flags", map_flags(f));
	smn_fuzz_put(req, "src_iova", src);
	smn_fuzz_put(req, "dst_iova", some_iova(f));
	smn_fuzz_put(req, "length", length);
}

static void shape_allow(struct smn_fuzz *f, struct smn_request *req)
{
	unsigned int n = smn_fuzz_below(f, 4);

	for (unsigned int i = 0; i < n; i++) {
		req->words[2 * i] = some_iova(f);
		req->words[2 * i + 1] = req->words[2 * i] +
			(smn_fuzz_chance(f, 50) ? 1ULL << 40 : 0) +
			some_length(f) - 1;
	}
	/* all there is, so that something can be mapped afterwards */
	if (n && smn_fuzz_chance(f, 40)) {
		req->words[0] = 0x10000000;
		req->words[1] = (1ULL << 40) - 1;
		n = 1;
	}
	req->nwords = 2 * n;
	smn_fuzz_put(req, "num_iovas", n);
	smn_fuzz_point(req, "allowed_iovas", SMN_REF_PAYLOAD, 0);
}

static void shape_ranges(struct smn_fuzz *f, struct smn_request *req)
{
	smn_fuzz_put(req, "num_iovas", smn_fuzz_below(f, 8));
	smn_fuzz_point(req, "allowed_iovas", SMN_REF_MEMORY, 0);
}

static void shape_pa(struct smn_fuzz *f, struct smn_request *req)
{
	smn_fuzz_put(req, "iova", some_iova(f));
	smn_fuzz_put(req, "length", some_length(f));
}

static void shape_dirty(struct smn_fuzz *f, struct smn_request *req)
{
	smn_fuzz_put(req, "iova", some_iova(f));
	smn_fuzz_put(req, "length", some_length(f));
	smn_fuzz_put(req, "page_size", f->page);
	smn_fuzz_point(req, "data", SMN_REF_MEMORY, 0);
}

/* --- options --- */

static void shape_option(struct smn_fuzz *f, struct smn_request *req)
{
	bool huge = smn_fuzz_chance(f, 70);

	smn_fuzz_put(req, "option_id", huge ? IOMMU_OPTION_HUGE_PAGES :
		     IOMMU_OPTION_RLIMIT_MODE);
	smn_fuzz_put(req, "op", smn_fuzz_below(f, 2));
	smn_fuzz_put(req, "val64", smn_fuzz_below(f, 2));
	if (!huge)
		smn_fuzz_put(req, "object_id", 0);
}

static void shape_vfio_ioas(struct smn_fuzz *f, struct smn_request *req)
{
	smn_fuzz_put(req, "op", smn_fuzz_below(f, 3));
}

static void shape_hw_info(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint16_t sizes[] = { 40, 40, 0, 8, 39, 64, 4096 };

	smn_fuzz_put(req, "data_len", SMN_PICK(f, sizes));
	smn_fuzz_point(req, "data_uptr", SMN_REF_MEMORY, 0);
	if (smn_fuzz_chance(f, 20)) {
		smn_fuzz_put(req, "flags", 1);
		smn_fuzz_put(req, "out_data_type", smn_fuzz_below(f, 4));
	}
}

/* --- page tables --- */

/* Point @name at an object of @type; false where there is none. */
static bool aim(struct smn_fuzz *f, struct smn_request *req, const char *name,
		enum smn_type type)
{
	uint16_t slot = smn_fuzz_object(f, f->home, 1u << type);

	if (!slot)
		return false;
	smn_fuzz_point(req, name, SMN_REF_ID, 0);
	smn_fuzz_member(req, name)->slot = slot;
	return true;
}

static void shape_nested(struct smn_fuzz *f, struct smn_request *req)
{
	req->nwords = 2;
	smn_fuzz_ste(f, req->words);
	smn_fuzz_put(req, "data_type", IOMMU_HWPT_DATA_ARM_SMMUV3);
	smn_fuzz_put(req, "data_len", sizeof(struct iommu_hwpt_arm_smmuv3));
	smn_fuzz_point(req, "data_uptr", SMN_REF_PAYLOAD, 0);
}

static void shape_hwpt(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint8_t flags[] = { 1, 1, 1, 1, 1, 1, 1, 0, 0, 2, 3, 8 };

	if (smn_fuzz_chance(f, 55) && aim(f, req, "pt_id", SMN_T_VIOMMU)) {
		shape_nested(f, req);
	} else if (smn_fuzz_chance(f, 92)) {
		aim(f, req, "pt_id", SMN_T_IOAS);
		smn_fuzz_put(req, "flags", SMN_PICK(f, flags));
	} else {
		aim(f, req, "pt_id", SMN_T_PAGING);
	}
	if (smn_fuzz_chance(f, 12) && aim(f, req, "fault_id", SMN_T_FAULTQ))
		smn_fuzz_member(req, "flags")->value |=
			IOMMU_HWPT_FAULT_ID_VALID;
}

/* Half of the time a HWPT that can be a parent, if there is one. */
static void shape_viommu(struct smn_fuzz *f, struct smn_request *req)
{
	struct smn_req_value *hwpt = smn_fuzz_member(req, "hwpt_id");

	for (unsigned int i = 0; i < 4 && !f->slots[hwpt->slot].parent; i++)
		hwpt->slot = smn_fuzz_object(f, f->home, SMN_IS(PAGING));
	smn_fuzz_put(req, "type", IOMMU_VIOMMU_TYPE_ARM_SMMUV3);
}

static const uint64_t vsids[] = { 0, 1, 8, 16, 24, 0x42, 0xffffffff };

static void shape_vdevice(struct smn_fuzz *f, struct smn_request *req)
{
	smn_fuzz_put(req, "virt_id", SMN_PICK(f, vsids));
	if (smn_fuzz_chance(f, 4))
		smn_fuzz_put(req, "virt_id", 1ULL << 32);
}

static void shape_veventq(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint32_t depths[] = { 1, 2, 256, 256, 65536, 1u << 19,
					   (1u << 19) + 1, 0 };

	smn_fuzz_put(req, "type", IOMMU_VEVENTQ_TYPE_ARM_SMMUV3);
	smn_fuzz_put(req, "veventq_depth", SMN_PICK(f, depths));
}

static void shape_hw_queue(struct smn_fuzz *f, struct smn_request *req)
{
	smn_fuzz_put(req, "type", 1);
	smn_fuzz_put(req, "nesting_parent_iova", some_iova(f));
	smn_fuzz_put(req, "length", some_length(f));
}

/* --- invalidation --- */

static void any_bits(struct smn_fuzz *f, const struct smn_layout *l,
		     uint64_t words[2])
{
	for (unsigned int i = 0; i < 2; i++)
		words[i] = smn_fuzz_below(f, UINT64_MAX) &
			smn_rules_allowed(l, i, f->feats) &
			~smn_layout_type_bits(l, i);
}

static void set(const struct smn_layout *l, uint64_t *words, const char *name,
		uint64_t value)
{
	const struct smn_field *field =
		smn_layout_field(l, name, strlen(name));

	if (field)
		smn_field_put(field, words, value, NULL);
}

void smn_fuzz_cmd(struct smn_fuzz *f, uint64_t cmd[2])
{
	static const char *const range[] = { "TG", "NUM", "SCALE", "TTL" };
	const struct smn_layout *l;
	uint16_t device;

	do
		l = &smn_cmds[smn_fuzz_below(f, smn_ncmds)];
	while (l->fate != SMN_FORWARDED);
	any_bits(f, l, cmd);
	cmd[0] |= l->opcode;
	/* most invalidations are of one address */
	if (smn_fuzz_chance(f, 60))
		for (size_t i = 0; i < SMN_ARRAY_SIZE(range); i++)
			set(l, cmd, range[i], 0);
	/* few vSIDs are known: the less is left to chance */
	device = smn_fuzz_object(f, f->home, SMN_IS(VDEVICE));
	set(l, cmd, "SID", device && smn_fuzz_chance(f, 95) ?
	    f->slots[device].vsid : SMN_PICK(f, vsids));
}

/* For a vIOMMU that knows every vSID there is. */
static bool is_legal(struct smn_fuzz *f, const uint64_t cmd[2])
{
	const struct smn_layout *l = smn_cmd_by_opcode(cmd[0] & SMN_CMD_OPCODE);
	const struct smn_field *sid = smn_layout_field(l, "SID", 3);
	struct smn_violations bad;
	uint16_t device = sid ? smn_fuzz_object(f, f->home, SMN_IS(VDEVICE)) :
		0;

	return !smn_rules_cmd(cmd, f->feats, &bad) &&
		(!sid || (device && f->slots[device].vsid ==
			  smn_field_get(sid, cmd)));
}

static void shape_inval(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint8_t counts[] = { 1, 1, 1, 2, 3, 5, 8, 20, 62, 63, 64,
					  65, 127 };
	unsigned int n = SMN_PICK(f, counts);

	bool legal = smn_fuzz_chance(f, 60);

	for (unsigned int i = 0; i < n; i++)
		do
			smn_fuzz_cmd(f, &req->words[2 * i]);
		while (legal && !is_legal(f, &req->words[2 * i]));
	req->nwords = 2 * n;
	/* one of them is wrong, its opcode or a bit */
	if (smn_fuzz_chance(f, legal ? 10 : 50))
		req->words[smn_fuzz_below(f, 2 * n)] ^=
			1ULL << smn_fuzz_below(f, 64);
	smn_fuzz_put(req, "data_type",
		     IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3);
	smn_fuzz_put(req, "entry_len", 16);
	smn_fuzz_put(req, "entry_num", n);
	smn_fuzz_point(req, "data_uptr", SMN_REF_PAYLOAD, 0);
	/* the same words as entries of another length */
	if (n >= 8 && smn_fuzz_chance(f, 15)) {
		static const uint8_t lengths[] = { 8, 12, 24, 32 };
		unsigned int len = SMN_PICK(f, lengths);

		smn_fuzz_put(req, "entry_len", len);
		smn_fuzz_put(req, "entry_num", n * 16 / len);
		/* what a longer entry has beyond a command is zero, maybe */
		for (unsigned int i = 0; len == 32 && i < n; i += 2)
			req->words[2 * i + 2] = req->words[2 * i + 3] = 0;
	}
}

void smn_fuzz_ste(struct smn_fuzz *f, uint64_t ste[2])
{
	static const uint8_t cfgs[] = { 5, 5, 5, 4, 0 };

	any_bits(f, &smn_vste, ste);
	if (smn_fuzz_chance(f, 60))
		ste[1] = 0;
	set(&smn_vste, ste, "V", smn_fuzz_chance(f, 95));
	set(&smn_vste, ste, "Cfg", SMN_PICK(f, cfgs));
	set(&smn_vste, ste, "EATS", 0);
	if (smn_fuzz_chance(f, 15))
		ste[smn_fuzz_below(f, 2)] ^= 1ULL << smn_fuzz_below(f, 64);
}

/* --- VFIO --- */

static void shape_bind(struct smn_fuzz *f, struct smn_request *req)
{
	enum smn_fuzz_files which = smn_fuzz_chance(f, 95) ?
		SMN_FUZZ_IOMMUS : smn_fuzz_below(f, 3);

	smn_fuzz_point(req, "iommufd", SMN_REF_FD, 0);
	smn_fuzz_member(req, "iommufd")->slot = smn_fuzz_chance(f, 70) ?
		f->home : smn_fuzz_file(f, which);
}

static void shape_attach(struct smn_fuzz *f, struct smn_request *req)
{
	if (smn_fuzz_chance(f, 50))
		aim(f, req, "pt_id", SMN_T_NESTED);
	if (smn_fuzz_chance(f, 4)) {
		smn_fuzz_put(req, "flags", VFIO_DEVICE_ATTACH_PASID);
		smn_fuzz_put(req, "pasid", smn_fuzz_below(f, 3));
	}
}

static void shape_detach(struct smn_fuzz *f, struct smn_request *req)
{
	if (smn_fuzz_chance(f, 8)) {
		smn_fuzz_put(req, "flags", VFIO_DEVICE_DETACH_PASID);
		smn_fuzz_put(req, "pasid", smn_fuzz_below(f, 3));
	}
}

/*
 * A file of registers. Not beyond what the argument has room for: what is
 * behind it is each side's own.
 */
static void shape_feature(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint64_t odd[] = { 0, 0x800, 1ULL << 20, 1ULL << 63,
					~0xfffULL };
	unsigned int ranges = smn_fuzz_chance(f, 80) ? 1 : smn_fuzz_below(f, 3);

	smn_fuzz_put(req, "feature", smn_fuzz_chance(f, 92) ?
		     VFIO_DEVICE_FEATURE_DMA_BUF :
		     VFIO_DEVICE_FEATURE_MIGRATION);
	smn_fuzz_put(req, "flags", smn_fuzz_chance(f, 85) ? SMN_FEATURE_GET :
		     smn_fuzz_below(f, 8));
	smn_fuzz_put(req, "region_index", smn_fuzz_chance(f, 85) ? 0 :
		     smn_fuzz_below(f, SMN_PCI_REGIONS));
	smn_fuzz_put(req, "nr_ranges", ranges);
	smn_fuzz_put(req, "offset", smn_fuzz_below(f, 3) * f->page);
	smn_fuzz_put(req, "length", (1 + smn_fuzz_below(f, 3)) * f->page);
	if (ranges == 2)
		smn_fuzz_put(req, "length2", f->page);
	if (smn_fuzz_chance(f, 10))
		smn_fuzz_put(req, smn_fuzz_chance(f, 50) ? "offset" : "length",
			     SMN_PICK(f, odd));
}

static void (*const shapes[SMN_NOPS])(struct smn_fuzz *f,
				      struct smn_request *req) = {
	[SMN_VFIO_DEVICE_BIND_IOMMUFD] = shape_bind,
	[SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT] = shape_attach,
	[SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT] = shape_detach,
	[SMN_VFIO_DEVICE_FEATURE] = shape_feature,
	[SMN_IOMMU_IOAS_ALLOW_IOVAS] = shape_allow,
	[SMN_IOMMU_IOAS_COPY] = shape_copy,
	[SMN_IOMMU_IOAS_IOVA_RANGES] = shape_ranges,
	[SMN_IOMMU_IOAS_MAP] = shape_map,
	[SMN_IOMMU_IOAS_UNMAP] = shape_unmap,
	[SMN_IOMMU_OPTION] = shape_option,
	[SMN_IOMMU_VFIO_IOAS] = shape_vfio_ioas,
	[SMN_IOMMU_HWPT_ALLOC] = shape_hwpt,
	[SMN_IOMMU_GET_HW_INFO] = shape_hw_info,
	[SMN_IOMMU_HWPT_GET_DIRTY_BITMAP] = shape_dirty,
	[SMN_IOMMU_HWPT_INVALIDATE] = shape_inval,
	[SMN_IOMMU_IOAS_MAP_FILE] = shape_map_file,
	[SMN_IOMMU_VIOMMU_ALLOC] = shape_viommu,
	[SMN_IOMMU_VDEVICE_ALLOC] = shape_vdevice,
	[SMN_IOMMU_VEVENTQ_ALLOC] = shape_veventq,
	[SMN_IOMMU_HW_QUEUE_ALLOC] = shape_hw_queue,
	[SMN_IOMMU_IOAS_NOIOMMU_GET_PA] = shape_pa,
};

void smn_fuzz_shape(struct smn_fuzz *f, struct smn_request *req)
{
	if (shapes[req->op])
		shapes[req->op](f, req);
}
