/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ioctls of nesting, one row each: the name, the request, the argument's
 * layout. Calls, traces and diagnoses read these rows; sizes and offsets come
 * from the UAPI headers themselves.
 */
#ifndef SMN_ABI_OP_H
#define SMN_ABI_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X(request, argument's struct, the last member it cannot do without, the
 * kernel that brought it: 613 is 6.13). Numbers as in the UAPI.
 */
#define SMN_OPS(X) \
	X(VFIO_DEVICE_BIND_IOMMUFD, vfio_device_bind_iommufd, out_devid, 606) \
	X(VFIO_DEVICE_ATTACH_IOMMUFD_PT, vfio_device_attach_iommufd_pt, \
	  pt_id, 606) \
	X(VFIO_DEVICE_DETACH_IOMMUFD_PT, vfio_device_detach_iommufd_pt, \
	  flags, 606) \
	X(VFIO_DEVICE_GET_INFO, vfio_device_info, num_irqs, 306) \
	X(VFIO_DEVICE_GET_REGION_INFO, vfio_region_info, offset, 306) \
	X(VFIO_DEVICE_GET_IRQ_INFO, vfio_irq_info, count, 306) \
	X(VFIO_DEVICE_SET_IRQS, smn_irq_set, count, 306) \
	X(VFIO_DEVICE_RESET, smn_no_arg, argsz, 306) \
	X(VFIO_DEVICE_FEATURE, smn_feature, flags, 507) \
	X(IOMMU_DESTROY, iommu_destroy, id, 602) \
	X(IOMMU_IOAS_ALLOC, iommu_ioas_alloc, out_ioas_id, 602) \
	X(IOMMU_IOAS_ALLOW_IOVAS, iommu_ioas_allow_iovas, allowed_iovas, 602) \
	X(IOMMU_IOAS_COPY, iommu_ioas_copy, src_iova, 602) \
	X(IOMMU_IOAS_IOVA_RANGES, iommu_ioas_iova_ranges, \
	  out_iova_alignment, 602) \
	X(IOMMU_IOAS_MAP, iommu_ioas_map, iova, 602) \
	X(IOMMU_IOAS_UNMAP, iommu_ioas_unmap, length, 602) \
	X(IOMMU_OPTION, iommu_option, val64, 602) \
	X(IOMMU_VFIO_IOAS, iommu_vfio_ioas, __reserved, 602) \
	X(IOMMU_HWPT_ALLOC, iommu_hwpt_alloc, __reserved, 606) \
	X(IOMMU_GET_HW_INFO, iommu_hw_info, __reserved, 606) \
	X(IOMMU_HWPT_SET_DIRTY_TRACKING, iommu_hwpt_set_dirty_tracking, \
	  __reserved, 607) \
	X(IOMMU_HWPT_GET_DIRTY_BITMAP, iommu_hwpt_get_dirty_bitmap, \
	  data, 607) \
	X(IOMMU_HWPT_INVALIDATE, iommu_hwpt_invalidate, __reserved, 608) \
	X(IOMMU_FAULT_QUEUE_ALLOC, iommu_fault_alloc, out_fault_fd, 611) \
	X(IOMMU_IOAS_MAP_FILE, iommu_ioas_map_file, iova, 613) \
	X(IOMMU_VIOMMU_ALLOC, iommu_viommu_alloc, out_viommu_id, 613) \
	X(IOMMU_VDEVICE_ALLOC, iommu_vdevice_alloc, virt_id, 613) \
	X(IOMMU_IOAS_CHANGE_PROCESS, iommu_ioas_change_process, \
	  __reserved, 613) \
	X(IOMMU_VEVENTQ_ALLOC, iommu_veventq_alloc, out_veventq_fd, 615) \
	X(IOMMU_HW_QUEUE_ALLOC, iommu_hw_queue_alloc, length, 617) \
	X(IOMMU_IOAS_NOIOMMU_GET_PA, iommu_ioas_noiommu_get_pa, out_phys, 703)

/* What fails and is explained as ioctls are; the argument is ours. */
#define SMN_PSEUDO_OPS(X) \
	X(OPEN, "open", smn_file_arg) \
	X(MMAP, "mmap", smn_file_arg) \
	X(CLOSE, "close", smn_file_arg) \
	X(READ_VEVENTQ, "read(vEVENTQ)", smn_file_arg) \
	X(READ_FAULTQ, "read(fault queue)", smn_file_arg) \
	X(WRITE_FAULTQ, "write(fault queue)", smn_file_arg) \
	X(READ_REGION, "read(region)", smn_file_arg) \
	X(WRITE_REGION, "write(region)", smn_file_arg)

enum smn_op_id {
#define X(op, ...) SMN_##op,
	SMN_OPS(X)
	SMN_PSEUDO_OPS(X)
#undef X
	SMN_NOPS
};

/* What a path stands for. */
enum smn_node { SMN_NODE_OTHER, SMN_NODE_IOMMU, SMN_NODE_CDEV };

struct smn_file_arg {
	uint64_t length;	/* of the buffer; then: what went through */
	uint64_t data;		/* the buffer's address */
	uint64_t node;		/* OPEN: enum smn_node */
	uint64_t offset;	/* of a region: where in the device's file */
};

/* The index of a region is in the upper bits of its offset. */
#define SMN_REGION_SHIFT 40

/* struct vfio_irq_set with the files that may follow it. */
struct smn_irq_set {
	uint32_t argsz, flags, index, start, count;
	int32_t fd, more[6];
};

/*
 * struct vfio_device_feature, its flags in two halves, with what DMA_BUF wants
 * behind it: one range of a region, or two. The ioctl's value is the file.
 */
struct smn_feature {
	uint32_t argsz;
	uint16_t feature, flags;
	uint32_t region_index, open_flags, dma_buf_flags, nr_ranges;
	uint64_t offset, length, offset2, length2;
	int32_t out_fd, unused;
};

#define SMN_FEATURE_GET (VFIO_DEVICE_FEATURE_GET >> 16)
#define SMN_FEATURE_SET (VFIO_DEVICE_FEATURE_SET >> 16)
#define SMN_FEATURE_PROBE (VFIO_DEVICE_FEATURE_PROBE >> 16)

/* What an ioctl without an argument is called with. */
struct smn_no_arg {
	uint32_t argsz;
};

/* What an iommufd id stands for. */
enum smn_type {
	SMN_T_NONE,
	SMN_T_DEVICE,
	SMN_T_IOAS,
	SMN_T_PAGING,
	SMN_T_NESTED,
	SMN_T_VIOMMU,
	SMN_T_VDEVICE,
	SMN_T_VEVENTQ,
	SMN_T_FAULTQ,
	SMN_NTYPES
};

#define SMN_IS(t) (1u << SMN_T_##t)

/* "IOAS", "nested HWPT" */
const char *smn_type_name(enum smn_type type);

enum smn_arg_format {
	SMN_ARG_DEC,
	SMN_ARG_HEX,
	SMN_ARG_FD,
	SMN_ARG_NAMED,	/* a number with names, .names */
	SMN_ARG_FLAGS,	/* a set of named bits, .names by bit */
	SMN_ARG_WORDS,	/* pointer to 64-bit words: smn_op_payload() */
};

/* One member of an ioctl's argument. */
struct smn_arg {
	const char *name;
	const char *const *names;
	uint8_t nnames;
	uint8_t offset, size;
	uint8_t format;		/* enum smn_arg_format */
	uint16_t types;		/* the id of one of these: 1 << enum smn_type */
	bool in, out;		/* who writes it: the caller, the kernel */
	bool rare;		/* worth telling only when it is not 0 */
	bool address;		/* of this process's memory */
	bool value;		/* the file that the ioctl returns, if any:
				 * no memory of the argument; the last one */
};

struct smn_op {
	const char *name;
	const struct smn_arg *args;
	unsigned long request;
	uint8_t nargs;
	uint8_t size;		/* of the argument; what it must at least be */
	uint8_t min;
	uint16_t since;		/* the kernel that brought it, 0: pseudo */
};

/*
 * VFIO_CHECK_EXTENSION is no row: its argument is a number, no memory. What
 * there is to ask for by it is VFIO's own nesting of old, which nobody ever
 * finished: VFIO_TYPE1_NESTING_IOMMU, whose name is reserved since.
 */
struct smn_extension {
	unsigned long request;
	unsigned int number;
};
extern const struct smn_extension smn_legacy_nesting;

#define SMN_ARG_MAX 64		/* the largest argument, smn_feature */

const struct smn_op *smn_op(enum smn_op_id id);

/* A name without "IOMMU_" or "VFIO_DEVICE_". */
const char *smn_op_stem(const char *name);

/* The ioctl of that request; of that name, letter case and "IOMMU_" or
 * "VFIO_DEVICE_" aside. SMN_NOPS: there is none. */
enum smn_op_id smn_op_by_request(unsigned long request);
enum smn_op_id smn_op_by_name(const char *name);

/* The member called @name, or NULL. */
const struct smn_arg *smn_op_arg(const struct smn_op *op, const char *name);

/* Numbers that are no address of a program's memory: below, and from there on.
 * Nobody can map anything there. */
#define SMN_NOWHERE 0x10000ULL
#define SMN_HIGH (1ULL << 52)

/* The member that what the ioctl returns becomes, or NULL. */
static inline const struct smn_arg *smn_op_value(const struct smn_op *op)
{
	const struct smn_arg *last = &op->args[op->nargs - 1];

	return last->value ? last : NULL;
}

/* The whole argument is size bytes long by its own word, its first one. */
static inline uint32_t smn_arg_size(const void *arg)
{
	return *(const uint32_t *)arg;
}

/* Member @a of the argument at @arg. */
uint64_t smn_arg_get(const struct smn_arg *a, const void *arg);
void smn_arg_put(const struct smn_arg *a, void *arg, uint64_t v);

/* Is it worth telling of the argument at @arg? */
bool smn_arg_told(const struct smn_arg *a, const void *arg);

/* The name of value (or bit) @v of @a, or NULL. */
const char *smn_arg_value_name(const struct smn_arg *a, uint64_t v);

/*
 * The 64-bit words behind the argument's pointer: the STE of HWPT_ALLOC, the
 * commands of HWPT_INVALIDATE, which follow each other at entry_len bytes, the
 * answers written to a fault queue. NULL and *count = 0 where there are none.
 * The pointer is the caller's: it may be wrong, or not aligned. @arg is as it
 * went in: the kernel overwrites entry_num.
 */
const uint64_t *smn_op_payload(enum smn_op_id id, const void *arg,
			       size_t *count);

/*
 * Where the kernel writes an answer beside the argument, and how many bytes at
 * most: registers, ranges, the bitmap of dirty pages. NULL: nowhere.
 * The pointer is the caller's: it may be wrong.
 */
void *smn_op_answer(enum smn_op_id id, const void *in, size_t *bytes);

/*
 * The two words that a refusal is about, which the kernel has read: the STE, or
 * the command that entry_num stopped at; the first answer to a fault has one,
 * and 0 follows. False where the argument has none.
 */
bool smn_op_culprit(enum smn_op_id id, const void *in, const void *out,
		    uint64_t words[2]);

#define SMN_MAX_ERRNO 133	/* the largest that has a name */

/* "EIO" for 5 or -5; never NULL. */
const char *smn_errno_name(int err);

/* 5 for the @len bytes of "EIO", letter case aside; 0: it is none. */
int smn_errno_by_name(const char *name, size_t len);

#endif
