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

/* X(request, argument's struct) */
#define SMN_OPS(X) \
	X(VFIO_DEVICE_BIND_IOMMUFD, vfio_device_bind_iommufd) \
	X(VFIO_DEVICE_ATTACH_IOMMUFD_PT, vfio_device_attach_iommufd_pt) \
	X(VFIO_DEVICE_DETACH_IOMMUFD_PT, vfio_device_detach_iommufd_pt) \
	X(IOMMU_DESTROY, iommu_destroy) \
	X(IOMMU_IOAS_ALLOC, iommu_ioas_alloc) \
	X(IOMMU_IOAS_MAP, iommu_ioas_map) \
	X(IOMMU_IOAS_UNMAP, iommu_ioas_unmap) \
	X(IOMMU_HWPT_ALLOC, iommu_hwpt_alloc) \
	X(IOMMU_GET_HW_INFO, iommu_hw_info) \
	X(IOMMU_HWPT_INVALIDATE, iommu_hwpt_invalidate) \
	X(IOMMU_FAULT_QUEUE_ALLOC, iommu_fault_alloc) \
	X(IOMMU_VIOMMU_ALLOC, iommu_viommu_alloc) \
	X(IOMMU_VDEVICE_ALLOC, iommu_vdevice_alloc) \
	X(IOMMU_VEVENTQ_ALLOC, iommu_veventq_alloc)

enum smn_op_id {
#define X(op, type) SMN_##op,
	SMN_OPS(X)
#undef X
	/* not ioctls, but they fail and are explained like them */
	SMN_OPEN,
	SMN_MMAP,
	SMN_NOPS
};

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
	bool in, out;		/* who writes it: the caller, the kernel */
};

struct smn_op {
	const char *name;
	const struct smn_arg *args;
	unsigned long request;
	uint8_t nargs;
	uint8_t size;		/* of the argument */
};

#define SMN_ARG_MAX 48		/* the largest argument, iommu_hwpt_alloc */

const struct smn_op *smn_op(enum smn_op_id id);

/* Member @a of the argument at @arg. */
uint64_t smn_arg_get(const struct smn_arg *a, const void *arg);

/* The name of value (or bit) @v of @a, or NULL. */
const char *smn_arg_value_name(const struct smn_arg *a, uint64_t v);

/*
 * The 64-bit words behind the argument's pointer: the STE of HWPT_ALLOC, the
 * commands of HWPT_INVALIDATE. NULL and *count = 0 where there are none. @arg
 * is as it went in: the kernel overwrites entry_num.
 */
const uint64_t *smn_op_payload(enum smn_op_id id, const void *arg,
			       size_t *count);

/*
 * The two words that a refusal is about: the STE, or the command that
 * entry_num stopped at. False where the argument has none.
 */
bool smn_op_culprit(enum smn_op_id id, const void *in, const void *out,
		    uint64_t words[2]);

/* "EIO" for 5 or -5; never NULL. */
const char *smn_errno_name(int err);

#endif
