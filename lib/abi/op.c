// SPDX-License-Identifier: GPL-2.0-or-later
/* The ioctl rows. See op.h. */
#include <string.h>
#include <strings.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "abi/op.h"
#include "arch/field.h"

static const char *const map_flags[] = { "FIXED_IOVA", "WRITEABLE",
					 "READABLE" };
static const char *const hwpt_flags[] = {
	"NEST_PARENT", "DIRTY_TRACKING", "FAULT_ID_VALID", "PASID"
};
static const char *const options[] = { "RLIMIT_MODE", "HUGE_PAGES" };
static const char *const option_ops[] = { "SET", "GET" };
static const char *const vfio_ioas_ops[] = { "GET", "SET", "CLEAR" };
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

static const char *const device_flags[] = { "RESET", "PCI", "PLATFORM",
					    "AMBA", "CCW", "AP", "FSL_MC",
					    "CAPS", "CDX" };
static const char *const region_flags[] = { "READ", "WRITE", "MMAP", "CAPS" };
static const char *const regions[] = { "BAR0", "BAR1", "BAR2", "BAR3", "BAR4",
				       "BAR5", "ROM", "CONFIG", "VGA" };
static const char *const irq_flags[] = { "EVENTFD", "MASKABLE", "AUTOMASKED",
					 "NORESIZE" };
static const char *const irq_set_flags[] = {
	"DATA_NONE", "DATA_BOOL", "DATA_EVENTFD",
	"ACTION_MASK", "ACTION_UNMASK", "ACTION_TRIGGER",
};
static const char *const features[] = {
	[VFIO_DEVICE_FEATURE_PCI_VF_TOKEN] = "PCI_VF_TOKEN",
	[VFIO_DEVICE_FEATURE_MIGRATION] = "MIGRATION",
	[VFIO_DEVICE_FEATURE_DMA_BUF] = "DMA_BUF",
};
static const char *const feature_flags[] = { "GET", "SET", "PROBE" };
static const char *const irqs[] = { "INTX", "MSI", "MSIX", "ERR", "REQ" };

static const char *const nodes[] = {
	[SMN_NODE_IOMMU] = "iommu", [SMN_NODE_CDEV] = "cdev",
};

#define MEMBER(t, m, f, ...) \
	{ .name = #m, .offset = offsetof(struct t, m), \
	  .size = sizeof(((struct t *)0)->m), .format = SMN_ARG_##f, \
	  __VA_ARGS__ }
#define NAMES(n) .names = n, .nnames = SMN_ARRAY_SIZE(n)
#define IN(t, m, f, ...) MEMBER(t, m, f, .in = true, __VA_ARGS__)
#define OUT(t, m, f, ...) MEMBER(t, m, f, .out = true, __VA_ARGS__)
#define INOUT(t, m, f, ...) \
	MEMBER(t, m, f, .in = true, .out = true, __VA_ARGS__)
#define TYPES(t) .types = TYPES_##t
#define TYPES_DEVICE SMN_IS(DEVICE)
#define TYPES_IOAS SMN_IS(IOAS)
#define TYPES_PAGING SMN_IS(PAGING)
#define TYPES_HWPT (SMN_IS(PAGING) | SMN_IS(NESTED))
#define TYPES_PARENT (SMN_IS(IOAS) | SMN_IS(PAGING) | SMN_IS(VIOMMU))
#define TYPES_PT (SMN_IS(IOAS) | TYPES_HWPT)
#define TYPES_VIOMMU SMN_IS(VIOMMU)
#define TYPES_VDEVICE SMN_IS(VDEVICE)
#define TYPES_VEVENTQ SMN_IS(VEVENTQ)
#define TYPES_FAULTQ SMN_IS(FAULTQ)
#define TYPES_ANY ((1u << SMN_NTYPES) - 2)

static const struct smn_arg args_vfio_device_bind_iommufd[] = {
	IN(vfio_device_bind_iommufd, flags, HEX),
	IN(vfio_device_bind_iommufd, iommufd, FD),
	OUT(vfio_device_bind_iommufd, out_devid, DEC, TYPES(DEVICE)),
	IN(vfio_device_bind_iommufd, token_uuid_ptr, HEX, .rare = true,
	   .address = true),
};
static const struct smn_arg args_vfio_device_attach_iommufd_pt[] = {
	IN(vfio_device_attach_iommufd_pt, flags, HEX),
	INOUT(vfio_device_attach_iommufd_pt, pt_id, DEC, TYPES(PT)),
	IN(vfio_device_attach_iommufd_pt, pasid, DEC, .rare = true),
};
static const struct smn_arg args_vfio_device_detach_iommufd_pt[] = {
	IN(vfio_device_detach_iommufd_pt, flags, HEX),
	IN(vfio_device_detach_iommufd_pt, pasid, DEC, .rare = true),
};
static const struct smn_arg args_vfio_device_info[] = {
	OUT(vfio_device_info, flags, FLAGS, NAMES(device_flags)),
	OUT(vfio_device_info, num_regions, DEC),
	OUT(vfio_device_info, num_irqs, DEC),
	OUT(vfio_device_info, cap_offset, HEX, .rare = true),
};
static const struct smn_arg args_vfio_region_info[] = {
	OUT(vfio_region_info, flags, FLAGS, NAMES(region_flags)),
	IN(vfio_region_info, index, NAMED, NAMES(regions)),
	OUT(vfio_region_info, cap_offset, HEX, .rare = true),
	OUT(vfio_region_info, size, HEX),
	OUT(vfio_region_info, offset, HEX),
};
static const struct smn_arg args_vfio_irq_info[] = {
	OUT(vfio_irq_info, flags, FLAGS, NAMES(irq_flags)),
	IN(vfio_irq_info, index, NAMED, NAMES(irqs)),
	OUT(vfio_irq_info, count, DEC),
};
static const struct smn_arg args_smn_irq_set[] = {
	IN(smn_irq_set, flags, FLAGS, NAMES(irq_set_flags)),
	IN(smn_irq_set, index, NAMED, NAMES(irqs)),
	IN(smn_irq_set, start, DEC),
	IN(smn_irq_set, count, DEC),
	IN(smn_irq_set, fd, FD),
};
static const struct smn_arg args_smn_feature[] = {
	IN(smn_feature, feature, NAMED, NAMES(features)),
	IN(smn_feature, flags, FLAGS, NAMES(feature_flags)),
	IN(smn_feature, region_index, NAMED, NAMES(regions)),
	IN(smn_feature, open_flags, HEX, .rare = true),
	IN(smn_feature, dma_buf_flags, HEX, .rare = true),
	IN(smn_feature, nr_ranges, DEC),
	IN(smn_feature, offset, HEX),
	IN(smn_feature, length, HEX),
	IN(smn_feature, offset2, HEX, .rare = true),
	IN(smn_feature, length2, HEX, .rare = true),
	OUT(smn_feature, out_fd, FD, .value = true),
};
static const struct smn_arg args_smn_no_arg[] = {
	IN(smn_no_arg, argsz, DEC, .rare = true),
};
static const struct smn_arg args_iommu_destroy[] = {
	IN(iommu_destroy, id, DEC, TYPES(ANY)),
};
static const struct smn_arg args_iommu_ioas_alloc[] = {
	IN(iommu_ioas_alloc, flags, HEX),
	OUT(iommu_ioas_alloc, out_ioas_id, DEC, TYPES(IOAS)),
};
static const struct smn_arg args_iommu_ioas_allow_iovas[] = {
	IN(iommu_ioas_allow_iovas, ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_allow_iovas, num_iovas, DEC),
	IN(iommu_ioas_allow_iovas, __reserved, HEX, .rare = true),
	IN(iommu_ioas_allow_iovas, allowed_iovas, HEX, .address = true),
};
static const struct smn_arg args_iommu_ioas_copy[] = {
	IN(iommu_ioas_copy, flags, FLAGS, NAMES(map_flags)),
	IN(iommu_ioas_copy, dst_ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_copy, src_ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_copy, length, HEX),
	INOUT(iommu_ioas_copy, dst_iova, HEX),
	IN(iommu_ioas_copy, src_iova, HEX),
};
static const struct smn_arg args_iommu_ioas_iova_ranges[] = {
	IN(iommu_ioas_iova_ranges, ioas_id, DEC, TYPES(IOAS)),
	INOUT(iommu_ioas_iova_ranges, num_iovas, DEC),
	IN(iommu_ioas_iova_ranges, __reserved, HEX, .rare = true),
	IN(iommu_ioas_iova_ranges, allowed_iovas, HEX, .address = true),
	OUT(iommu_ioas_iova_ranges, out_iova_alignment, HEX),
};
static const struct smn_arg args_iommu_ioas_map[] = {
	IN(iommu_ioas_map, flags, FLAGS, NAMES(map_flags)),
	IN(iommu_ioas_map, ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_map, __reserved, HEX, .rare = true),
	IN(iommu_ioas_map, user_va, HEX, .address = true),
	IN(iommu_ioas_map, length, HEX),
	INOUT(iommu_ioas_map, iova, HEX),
};
static const struct smn_arg args_iommu_ioas_unmap[] = {
	IN(iommu_ioas_unmap, ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_unmap, iova, HEX),
	INOUT(iommu_ioas_unmap, length, HEX),
};
static const struct smn_arg args_iommu_option[] = {
	IN(iommu_option, option_id, NAMED, NAMES(options)),
	IN(iommu_option, op, NAMED, NAMES(option_ops)),
	IN(iommu_option, __reserved, HEX, .rare = true),
	IN(iommu_option, object_id, DEC, TYPES(IOAS)),
	INOUT(iommu_option, val64, DEC),
};
static const struct smn_arg args_iommu_vfio_ioas[] = {
	INOUT(iommu_vfio_ioas, ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_vfio_ioas, op, NAMED, NAMES(vfio_ioas_ops)),
	IN(iommu_vfio_ioas, __reserved, HEX, .rare = true),
};
static const struct smn_arg args_iommu_hwpt_alloc[] = {
	IN(iommu_hwpt_alloc, flags, FLAGS, NAMES(hwpt_flags)),
	IN(iommu_hwpt_alloc, dev_id, DEC, TYPES(DEVICE)),
	IN(iommu_hwpt_alloc, pt_id, DEC, TYPES(PARENT)),
	OUT(iommu_hwpt_alloc, out_hwpt_id, DEC, TYPES(HWPT)),
	IN(iommu_hwpt_alloc, __reserved, HEX, .rare = true),
	IN(iommu_hwpt_alloc, data_type, NAMED, NAMES(hwpt_types)),
	IN(iommu_hwpt_alloc, data_len, DEC),
	IN(iommu_hwpt_alloc, data_uptr, WORDS, .address = true),
	IN(iommu_hwpt_alloc, fault_id, DEC, TYPES(FAULTQ)),
	IN(iommu_hwpt_alloc, __reserved2, HEX, .rare = true),
};
static const struct smn_arg args_iommu_hw_info[] = {
	IN(iommu_hw_info, flags, HEX),
	IN(iommu_hw_info, dev_id, DEC, TYPES(DEVICE)),
	INOUT(iommu_hw_info, data_len, DEC),
	IN(iommu_hw_info, data_uptr, HEX, .address = true),
	INOUT(iommu_hw_info, out_data_type, NAMED, NAMES(hw_info_types)),
	OUT(iommu_hw_info, out_max_pasid_log2, DEC),
	IN(iommu_hw_info, __reserved, HEX, .rare = true),
	OUT(iommu_hw_info, out_capabilities, HEX),
};
static const struct smn_arg args_iommu_hwpt_set_dirty_tracking[] = {
	IN(iommu_hwpt_set_dirty_tracking, flags, HEX),
	IN(iommu_hwpt_set_dirty_tracking, hwpt_id, DEC, TYPES(PAGING)),
	IN(iommu_hwpt_set_dirty_tracking, __reserved, HEX, .rare = true),
};
static const struct smn_arg args_iommu_hwpt_get_dirty_bitmap[] = {
	IN(iommu_hwpt_get_dirty_bitmap, hwpt_id, DEC, TYPES(PAGING)),
	IN(iommu_hwpt_get_dirty_bitmap, flags, HEX),
	IN(iommu_hwpt_get_dirty_bitmap, __reserved, HEX, .rare = true),
	IN(iommu_hwpt_get_dirty_bitmap, iova, HEX),
	IN(iommu_hwpt_get_dirty_bitmap, length, HEX),
	IN(iommu_hwpt_get_dirty_bitmap, page_size, HEX),
	IN(iommu_hwpt_get_dirty_bitmap, data, HEX, .address = true),
};
static const struct smn_arg args_iommu_hwpt_invalidate[] = {
	IN(iommu_hwpt_invalidate, hwpt_id, DEC, TYPES(VIOMMU)),
	IN(iommu_hwpt_invalidate, data_type, NAMED, NAMES(inval_types)),
	IN(iommu_hwpt_invalidate, entry_len, DEC),
	IN(iommu_hwpt_invalidate, data_uptr, WORDS, .address = true),
	INOUT(iommu_hwpt_invalidate, entry_num, DEC),
	IN(iommu_hwpt_invalidate, __reserved, HEX, .rare = true),
};
static const struct smn_arg args_iommu_fault_alloc[] = {
	IN(iommu_fault_alloc, flags, HEX),
	OUT(iommu_fault_alloc, out_fault_id, DEC, TYPES(FAULTQ)),
	OUT(iommu_fault_alloc, out_fault_fd, FD),
};
static const struct smn_arg args_iommu_ioas_map_file[] = {
	IN(iommu_ioas_map_file, flags, FLAGS, NAMES(map_flags)),
	IN(iommu_ioas_map_file, ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_map_file, fd, FD),
	IN(iommu_ioas_map_file, start, HEX),
	IN(iommu_ioas_map_file, length, HEX),
	INOUT(iommu_ioas_map_file, iova, HEX),
};
static const struct smn_arg args_iommu_viommu_alloc[] = {
	IN(iommu_viommu_alloc, flags, HEX),
	IN(iommu_viommu_alloc, type, NAMED, NAMES(viommu_types)),
	IN(iommu_viommu_alloc, dev_id, DEC, TYPES(DEVICE)),
	IN(iommu_viommu_alloc, hwpt_id, DEC, TYPES(PAGING)),
	OUT(iommu_viommu_alloc, out_viommu_id, DEC, TYPES(VIOMMU)),
	IN(iommu_viommu_alloc, data_len, DEC, .rare = true),
	IN(iommu_viommu_alloc, __reserved, HEX, .rare = true),
	IN(iommu_viommu_alloc, data_uptr, HEX, .rare = true,
	   .address = true),
};
static const struct smn_arg args_iommu_vdevice_alloc[] = {
	IN(iommu_vdevice_alloc, viommu_id, DEC, TYPES(VIOMMU)),
	IN(iommu_vdevice_alloc, dev_id, DEC, TYPES(DEVICE)),
	OUT(iommu_vdevice_alloc, out_vdevice_id, DEC, TYPES(VDEVICE)),
	IN(iommu_vdevice_alloc, virt_id, HEX),
};
static const struct smn_arg args_iommu_ioas_change_process[] = {
	IN(iommu_ioas_change_process, __reserved, HEX, .rare = true),
};
static const struct smn_arg args_iommu_veventq_alloc[] = {
	IN(iommu_veventq_alloc, flags, HEX),
	IN(iommu_veventq_alloc, viommu_id, DEC, TYPES(VIOMMU)),
	IN(iommu_veventq_alloc, type, NAMED, NAMES(veventq_types)),
	IN(iommu_veventq_alloc, veventq_depth, DEC),
	OUT(iommu_veventq_alloc, out_veventq_id, DEC, TYPES(VEVENTQ)),
	OUT(iommu_veventq_alloc, out_veventq_fd, FD),
	IN(iommu_veventq_alloc, __reserved, HEX, .rare = true),
};
static const struct smn_arg args_iommu_hw_queue_alloc[] = {
	IN(iommu_hw_queue_alloc, flags, HEX),
	IN(iommu_hw_queue_alloc, viommu_id, DEC, TYPES(VIOMMU)),
	IN(iommu_hw_queue_alloc, type, DEC),
	IN(iommu_hw_queue_alloc, index, DEC),
	OUT(iommu_hw_queue_alloc, out_hw_queue_id, DEC),
	IN(iommu_hw_queue_alloc, nesting_parent_iova, HEX),
	IN(iommu_hw_queue_alloc, length, HEX),
};
static const struct smn_arg args_iommu_ioas_noiommu_get_pa[] = {
	IN(iommu_ioas_noiommu_get_pa, flags, HEX),
	IN(iommu_ioas_noiommu_get_pa, ioas_id, DEC, TYPES(IOAS)),
	IN(iommu_ioas_noiommu_get_pa, __reserved, HEX, .rare = true),
	IN(iommu_ioas_noiommu_get_pa, iova, HEX),
	INOUT(iommu_ioas_noiommu_get_pa, length, HEX),
	OUT(iommu_ioas_noiommu_get_pa, out_phys, HEX),
};
static const struct smn_arg args_smn_file_arg[] = {
	INOUT(smn_file_arg, length, DEC),
	IN(smn_file_arg, data, HEX, .address = true),
	IN(smn_file_arg, node, NAMED, NAMES(nodes)),
	/* the lower and the upper bits of one number, see SMN_REGION_SHIFT */
	{ .name = "offset", .format = SMN_ARG_HEX, .in = true, .rare = true,
	  .offset = offsetof(struct smn_file_arg, offset),
	  .size = SMN_REGION_SHIFT / 8 },
	{ .name = "region", .format = SMN_ARG_NAMED, NAMES(regions),
	  .in = true, .rare = true,
	  .offset = offsetof(struct smn_file_arg, offset) +
		    SMN_REGION_SHIFT / 8,
	  .size = sizeof(uint64_t) - SMN_REGION_SHIFT / 8 },
};

#define END(t, m) (offsetof(struct t, m) + sizeof(((struct t *)0)->m))

static const struct smn_op ops[SMN_NOPS] = {
#define X(op, type, last, since_) \
	[SMN_##op] = { .name = #op, .request = op, \
		       .size = sizeof(struct type), .min = END(type, last), \
		       .since = since_, .args = args_##type, \
		       .nargs = SMN_ARRAY_SIZE(args_##type) },
	SMN_OPS(X)
#undef X
#define X(op, name_, type) \
	[SMN_##op] = { .name = name_, .size = sizeof(struct type), \
		       .args = args_##type, \
		       .nargs = SMN_ARRAY_SIZE(args_##type) },
	SMN_PSEUDO_OPS(X)
#undef X
};

#define X(op, type, last, since) \
	_Static_assert(sizeof(struct type) <= SMN_ARG_MAX, "SMN_ARG_MAX");
SMN_OPS(X)
#undef X

static const char *const type_names[SMN_NTYPES] = {
	[SMN_T_NONE] = "nothing", [SMN_T_DEVICE] = "device",
	[SMN_T_IOAS] = "IOAS", [SMN_T_PAGING] = "HWPT",
	[SMN_T_NESTED] = "nested HWPT", [SMN_T_VIOMMU] = "vIOMMU",
	[SMN_T_VDEVICE] = "vDEVICE", [SMN_T_VEVENTQ] = "vEVENTQ",
	[SMN_T_FAULTQ] = "fault queue",
};

const char *smn_type_name(enum smn_type type)
{
	return type_names[type];
}

const struct smn_op *smn_op(enum smn_op_id id)
{
	return &ops[id];
}

const struct smn_extension smn_legacy_nesting = { VFIO_CHECK_EXTENSION, 6 };

enum smn_op_id smn_op_by_request(unsigned long request)
{
	unsigned int i = 0;

	while (i < SMN_NOPS && (!ops[i].request || ops[i].request != request))
		i++;
	return i;
}

const char *smn_op_stem(const char *name)
{
	static const char *const prefixes[] = { "IOMMU_", "VFIO_DEVICE_" };

	for (size_t i = 0; i < SMN_ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (!strncmp(name, prefixes[i], n))
			return name + n;
	}
	return name;
}

static bool is_name(const char *full, const char *name)
{
	return !strcasecmp(full, name) ||
		!strcasecmp(smn_op_stem(full), name);
}

enum smn_op_id smn_op_by_name(const char *name)
{
	unsigned int i = 0;

	while (i < SMN_NOPS && !is_name(ops[i].name, name))
		i++;
	return i;
}

const struct smn_arg *smn_op_arg(const struct smn_op *op, const char *name)
{
	for (unsigned int i = 0; i < op->nargs; i++)
		if (!strcmp(op->args[i].name, name))
			return &op->args[i];
	return NULL;
}

uint64_t smn_arg_get(const struct smn_arg *a, const void *arg)
{
	const char *p = (const char *)arg + a->offset;
	uint64_t v64 = 0;
	uint32_t v32;
	uint16_t v16;

	switch (a->size) {
	case 8:
		memcpy(&v64, p, sizeof(v64));
		return v64;
	case 4:
		memcpy(&v32, p, sizeof(v32));
		return v32;
	case 2:
		memcpy(&v16, p, sizeof(v16));
		return v16;
	default:
		memcpy(&v64, p, a->size);
		return v64;
	}
}

void smn_arg_put(const struct smn_arg *a, void *arg, uint64_t v)
{
	/* the low bytes come first: iommufd.c asserts little-endian */
	memcpy((char *)arg + a->offset, &v, a->size);
}

bool smn_arg_told(const struct smn_arg *a, const void *arg)
{
	return !a->rare || smn_arg_get(a, arg);
}

const char *smn_arg_value_name(const struct smn_arg *a, uint64_t v)
{
	return v < a->nnames ? a->names[v] : NULL;
}

const char *smn_errno_name(int err)
{
	const char *name = strerrorname_np(err < 0 ? -err : err);

	return name ? name : "unknown errno";
}

int smn_errno_by_name(const char *name, size_t len)
{
	for (int err = 1; err <= SMN_MAX_ERRNO; err++)
		if (strlen(smn_errno_name(err)) == len &&
		    !strncasecmp(smn_errno_name(err), name, len))
			return err;
	return 0;
}
