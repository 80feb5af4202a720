// SPDX-License-Identifier: GPL-2.0-or-later
/* What an ioctl's argument points to. See op.h. */
#include <string.h>

#include <linux/iommufd.h>

#include "abi/op.h"

const uint64_t *smn_op_payload(enum smn_op_id id, const void *arg,
			       size_t *count)
{
	const struct iommu_hwpt_alloc *alloc = arg;
	const struct iommu_hwpt_invalidate *inval = arg;
	const struct smn_file_arg *file = arg;
	uint64_t ptr = 0, bytes = 0;

	if (id == SMN_IOMMU_HWPT_ALLOC) {
		bytes = alloc->data_len;
		ptr = alloc->data_uptr;
	} else if (id == SMN_IOMMU_HWPT_INVALIDATE) {
		bytes = (uint64_t)inval->entry_num * inval->entry_len;
		ptr = inval->data_uptr;
	} else if (id == SMN_WRITE_FAULTQ) {
		bytes = file->length;
		ptr = file->data;
	}
	*count = bytes / sizeof(uint64_t);
	return *count ? (const uint64_t *)(uintptr_t)ptr : NULL;
}

void *smn_op_answer(enum smn_op_id id, const void *in, size_t *bytes)
{
	const struct iommu_hw_info *info = in;
	const struct iommu_ioas_iova_ranges *ranges = in;
	const struct iommu_hwpt_get_dirty_bitmap *bits = in;

	switch (id) {
	case SMN_IOMMU_GET_HW_INFO:
		*bytes = info->data_len;
		return (void *)(uintptr_t)info->data_uptr;
	case SMN_IOMMU_IOAS_IOVA_RANGES:
		*bytes = ranges->num_iovas * sizeof(struct iommu_iova_range);
		return (void *)(uintptr_t)ranges->allowed_iovas;
	case SMN_IOMMU_HWPT_GET_DIRTY_BITMAP:
		*bytes = bits->page_size ?
			(bits->length / bits->page_size + 7) / 8 : 0;
		return (void *)(uintptr_t)bits->data;
	default:
		*bytes = 0;
		return NULL;
	}
}

bool smn_op_culprit(enum smn_op_id id, const void *in, const void *out,
		    uint64_t words[2])
{
	const struct iommu_hwpt_invalidate *asked = in, *answered = out;
	size_t len = (id == SMN_WRITE_FAULTQ ? 1 : 2) * sizeof(*words);
	size_t n, at = 0;
	const void *payload = smn_op_payload(id, in, &n);

	if (id == SMN_IOMMU_HWPT_INVALIDATE) {
		at = (size_t)answered->entry_num * asked->entry_len;
		len = asked->entry_len < len ? asked->entry_len : len;
	}
	if (!payload || at + len > n * sizeof(*words))
		return false;
	words[0] = words[1] = 0;
	memcpy(words, (const char *)payload + at, len);
	return true;
}
