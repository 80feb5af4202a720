// SPDX-License-Identifier: GPL-2.0-or-later
/* The ioctl rows. See op.h. */
#include <string.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "abi/op.h"
#include "arch/field.h"

static const char *const map_flags[] = { "FIXED_IOVA", "WRITEABLE",
					 "READABLE" };
static const char *const hwpt_flags[] = {
	"NEST_PARENT", "DIRTY_TRACKING", "FAULT_ID_VALID", "PASID"
};
static const char *const hwpt_types[] = {
	[IOMMU_HWPT_DATA_NONE] = "NONE",
	[IOMMU_HWPT_DATA_ARM_SMMUV3] = "ARM_SMMUV3",
};
static const char *const hw_info_types[] = {
	[IOMMU_HW_INFO_TYPE_NONE] = "NONE",
	[IOMMU_HW_INFO_TYPE_ARM_SMMUV3] = "ARM_SMMUV3",
};
static const char *const inval_types[] = {
	[IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3] = "ARM_SMMUV3",
};
static const char *const viommu_types[] = {
	[IOMMU_VIOMMU_TYPE_ARM_SMMUV3] = "ARM_SMMUV3",
};
static const char *const veventq_types[] = {
	[IOMMU_VEVENTQ_TYPE_ARM_SMMUV3] = "ARM_SMMUV3",
};

#define MEMBER(t, m, f, ...) \
	{ .name = #m, .offset = offsetof(struct t, m), \
	  .size = sizeof(((struct t *)0)->m), .format = SMN_ARG_##f, \
	  __VA_ARGS__ }
#define NAMES(n) .names = n, .nnames = SMN_ARRAY_SIZE(n)
#define IN(t, m, f, ...) MEMBER(t, m, f, .in = true, __VA_ARGS__)
#define OUT(t, m, f, ...) MEMBER(t, m, f, .out = true, __VA_ARGS__)
#define INOUT(t, m, f) MEMBER(t, m, f, .in = true, .out = true)

static const struct smn_arg args_vfio_device_bind_iommufd[] = {
	IN(vfio_device_bind_iommufd, flags, HEX),
	IN(vfio_device_bind_iommufd, iommufd, FD),
	OUT(vfio_device_bind_iommufd, out_devid, DEC),
};
static const struct smn_arg args_vfio_device_attach_iommufd_pt[] = {
	IN(vfio_device_attach_iommufd_pt, flags, HEX),
	INOUT(vfio_device_attach_iommufd_pt, pt_id, DEC),
};
static const struct smn_arg args_vfio_device_detach_iommufd_pt[] = {
	IN(vfio_device_detach_iommufd_pt, flags, HEX),
};
static const struct smn_arg args_iommu_destroy[] = {
	IN(iommu_destroy, id, DEC),
};
static const struct smn_arg args_iommu_ioas_alloc[] = {
	IN(iommu_ioas_alloc, flags, HEX),
	OUT(iommu_ioas_alloc, out_ioas_id, DEC),
};
static const struct smn_arg args_iommu_ioas_map[] = {
	IN(iommu_ioas_map, flags, FLAGS, NAMES(map_flags)),
	IN(iommu_ioas_map, ioas_id, DEC),
	IN(iommu_ioas_map, user_va, HEX),
	IN(iommu_ioas_map, length, HEX),
	IN(iommu_ioas_map, iova, HEX),
};
static const struct smn_arg args_iommu_ioas_unmap[] = {
	IN(iommu_ioas_unmap, ioas_id, DEC),
	IN(iommu_ioas_unmap, iova, HEX),
	INOUT(iommu_ioas_unmap, length, HEX),
};
static const struct smn_arg args_iommu_hwpt_alloc[] = {
	IN(iommu_hwpt_alloc, flags, FLAGS, NAMES(hwpt_flags)),
	IN(iommu_hwpt_alloc, dev_id, DEC),
	IN(iommu_hwpt_alloc, pt_id, DEC),
	IN(iommu_hwpt_alloc, data_type, NAMED, NAMES(hwpt_types)),
	IN(iommu_hwpt_alloc, data_len, DEC),
	IN(iommu_hwpt_alloc, data_uptr, WORDS),
	IN(iommu_hwpt_alloc, fault_id, DEC),
	OUT(iommu_hwpt_alloc, out_hwpt_id, DEC),
};
static const struct smn_arg args_iommu_hw_info[] = {
	IN(iommu_hw_info, flags, HEX),
	IN(iommu_hw_info, dev_id, DEC),
	INOUT(iommu_hw_info, data_len, DEC),
	OUT(iommu_hw_info, out_data_type, NAMED, NAMES(hw_info_types)),
	OUT(iommu_hw_info, out_max_pasid_log2, DEC),
	OUT(iommu_hw_info, out_capabilities, HEX),
};
static const struct smn_arg args_iommu_hwpt_invalidate[] = {
	IN(iommu_hwpt_invalidate, hwpt_id, DEC),
	IN(iommu_hwpt_invalidate, data_type, NAMED, NAMES(inval_types)),
	IN(iommu_hwpt_invalidate, entry_len, DEC),
	IN(iommu_hwpt_invalidate, data_uptr, WORDS),
	INOUT(iommu_hwpt_invalidate, entry_num, DEC),
};
static const struct smn_arg args_iommu_fault_alloc[] = {
	IN(iommu_fault_alloc, flags, HEX),
	OUT(iommu_fault_alloc, out_fault_id, DEC),
	OUT(iommu_fault_alloc, out_fault_fd, FD),
};
static const struct smn_arg args_iommu_viommu_alloc[] = {
	IN(iommu_viommu_alloc, flags, HEX),
	IN(iommu_viommu_alloc, type, NAMED, NAMES(viommu_types)),
	IN(iommu_viommu_alloc, dev_id, DEC),
	IN(iommu_viommu_alloc, hwpt_id, DEC),
	OUT(iommu_viommu_alloc, out_viommu_id, DEC),
};
static const struct smn_arg args_iommu_vdevice_alloc[] = {
	IN(iommu_vdevice_alloc, viommu_id, DEC),
	IN(iommu_vdevice_alloc, dev_id, DEC),
	IN(iommu_vdevice_alloc, virt_id, HEX),
	OUT(iommu_vdevice_alloc, out_vdevice_id, DEC),
};
static const struct smn_arg args_iommu_veventq_alloc[] = {
	IN(iommu_veventq_alloc, flags, HEX),
	IN(iommu_veventq_alloc, viommu_id, DEC),
	IN(iommu_veventq_alloc, type, NAMED, NAMES(veventq_types)),
	IN(iommu_veventq_alloc, veventq_depth, DEC),
	OUT(iommu_veventq_alloc, out_veventq_id, DEC),
	OUT(iommu_veventq_alloc, out_veventq_fd, FD),
};

static const struct smn_op ops[SMN_NOPS] = {
#define X(op, type) \
	[SMN_##op] = { .name = #op, .request = op, \
		       .size = sizeof(struct type), .args = args_##type, \
		       .nargs = SMN_ARRAY_SIZE(args_##type) },
	SMN_OPS(X)
#undef X
	[SMN_OPEN] = { .name = "open" },
	[SMN_MMAP] = { .name = "mmap" },
};

#define X(op, type) \
	_Static_assert(sizeof(struct type) <= SMN_ARG_MAX, "SMN_ARG_MAX");
SMN_OPS(X)
#undef X

const struct smn_op *smn_op(enum smn_op_id id)
{
	return &ops[id];
}

uint64_t smn_arg_get(const struct smn_arg *a, const void *arg)
{
	const char *p = (const char *)arg + a->offset;
	uint64_t v64;
	uint32_t v32;

	switch (a->size) {
	case 8:
		memcpy(&v64, p, sizeof(v64));
		return v64;
	case 4:
		memcpy(&v32, p, sizeof(v32));
		return v32;
	default:
		return *(const uint8_t *)p;
	}
}

const char *smn_arg_value_name(const struct smn_arg *a, uint64_t v)
{
	return v < a->nnames ? a->names[v] : NULL;
}

const uint64_t *smn_op_payload(enum smn_op_id id, const void *arg,
			       size_t *count)
{
	const struct iommu_hwpt_alloc *alloc = arg;
	const struct iommu_hwpt_invalidate *inval = arg;
	uint64_t ptr = 0;

	*count = 0;
	if (id == SMN_IOMMU_HWPT_ALLOC) {
		*count = alloc->data_len / sizeof(uint64_t);
		ptr = alloc->data_uptr;
	} else if (id == SMN_IOMMU_HWPT_INVALIDATE) {
		*count = (size_t)inval->entry_num * inval->entry_len /
			 sizeof(uint64_t);
		ptr = inval->data_uptr;
	}
	return *count ? (const uint64_t *)(uintptr_t)ptr : NULL;
}

bool smn_op_culprit(enum smn_op_id id, const void *in, const void *out,
		    uint64_t words[2])
{
	const struct iommu_hwpt_invalidate *inval = out;
	size_t n, at = 0;
	const uint64_t *payload = smn_op_payload(id, in, &n);

	if (id == SMN_IOMMU_HWPT_INVALIDATE)
		at = 2 * (size_t)inval->entry_num;
	if (!payload || at + 2 > n)
		return false;
	memcpy(words, payload + at, 2 * sizeof(*words));
	return true;
}

const char *smn_errno_name(int err)
{
	const char *name = strerrorname_np(err < 0 ? -err : err);

	return name ? name : "unknown errno";
}
