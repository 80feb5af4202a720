// SPDX-License-Identifier: GPL-2.0-or-later
/* iommufd, one function an ioctl. Each fills its argument and calls. */
#include <linux/iommufd.h>

#include "nest/made.h"

/* STEs and commands travel in little-endian words and are passed as they are */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "a big-endian host needs its words swapped here");

static int undo_object(struct smn_session *s, const struct smn_made *m)
{
	return smn_destroy(s, m->id);
}

static int undo_mapping(struct smn_session *s, const struct smn_made *m)
{
	return smn_ioas_unmap(s, m->id, m->start, m->length);
}

/* Call an ioctl that makes an object; *id points into its argument. */
static int make(struct smn_session *s, enum smn_op_id op, void *arg,
		enum smn_object object, const uint32_t *id)
{
	int ret = smn_session_reserve(s);

	if (ret)
		return ret;
	ret = smn_sys_ioctl(s->sys, op, s->iommufd, arg);
	if (!ret)
		smn_session_push(s, (struct smn_made){ object, undo_object,
						       .id = *id });
	return ret;
}

/* The same for one that also opens an fd, which is to be closed first. */
static int make_queue(struct smn_session *s, enum smn_op_id op, void *arg,
		      enum smn_object object, const uint32_t *id,
		      const uint32_t *fd)
{
	int ret = make(s, op, arg, object, id);

	if (ret)
		return ret;
	ret = smn_session_reserve(s);
	if (ret) {
		smn_sys_close(s->sys, *fd);
		return ret;
	}
	smn_session_push_fd(s, *fd);
	return 0;
}

int smn_ioas_alloc(struct smn_session *s, uint32_t *ioas)
{
	struct iommu_ioas_alloc arg = { .size = sizeof(arg) };
	int ret = make(s, SMN_IOMMU_IOAS_ALLOC, &arg, SMN_OBJ_IOAS,
		       &arg.out_ioas_id);

	if (!ret)
		*ioas = arg.out_ioas_id;
	return ret;
}

int smn_ioas_map(struct smn_session *s, uint32_t ioas, void *va,
		 uint64_t length, uint64_t iova)
{
	struct iommu_ioas_map arg = {
		.size = sizeof(arg),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_WRITEABLE |
			 IOMMU_IOAS_MAP_READABLE,
		.ioas_id = ioas,
		.user_va = (uintptr_t)va,
		.length = length,
		.iova = iova,
	};
	int ret = smn_session_reserve(s);

	if (ret)
		return ret;
	ret = smn_sys_ioctl(s->sys, SMN_IOMMU_IOAS_MAP, s->iommufd, &arg);
	if (!ret)
		smn_session_push(s, (struct smn_made){
			SMN_OBJ_MAPPING, undo_mapping, .id = ioas,
			.start = iova, .length = length });
	return ret;
}

int smn_ioas_unmap(struct smn_session *s, uint32_t ioas, uint64_t iova,
		   uint64_t length)
{
	struct iommu_ioas_unmap arg = {
		.size = sizeof(arg),
		.ioas_id = ioas,
		.iova = iova,
		.length = length,
	};
	int ret = smn_sys_ioctl(s->sys, SMN_IOMMU_IOAS_UNMAP, s->iommufd, &arg);

	if (!ret)
		smn_session_forget_mapping(s, ioas, iova);
	return ret;
}

int smn_s2_alloc(struct smn_session *s, uint32_t dev, uint32_t ioas,
		 uint32_t *s2)
{
	struct iommu_hwpt_alloc arg = {
		.size = sizeof(arg),
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = dev,
		.pt_id = ioas,
	};
	int ret = make(s, SMN_IOMMU_HWPT_ALLOC, &arg, SMN_OBJ_S2,
		       &arg.out_hwpt_id);

	if (!ret)
		*s2 = arg.out_hwpt_id;
	return ret;
}

int smn_viommu_alloc(struct smn_session *s, uint32_t dev, uint32_t s2,
		     uint32_t *viommu)
{
	struct iommu_viommu_alloc arg = {
		.size = sizeof(arg),
		.type = IOMMU_VIOMMU_TYPE_ARM_SMMUV3,
		.dev_id = dev,
		.hwpt_id = s2,
	};
	int ret = make(s, SMN_IOMMU_VIOMMU_ALLOC, &arg, SMN_OBJ_VIOMMU,
		       &arg.out_viommu_id);

	if (!ret)
		*viommu = arg.out_viommu_id;
	return ret;
}

int smn_vdevice_alloc(struct smn_session *s, uint32_t viommu, uint32_t dev,
		      uint64_t vsid, uint32_t *vdevice)
{
	struct iommu_vdevice_alloc arg = {
		.size = sizeof(arg),
		.viommu_id = viommu,
		.dev_id = dev,
		.virt_id = vsid,
	};
	int ret = make(s, SMN_IOMMU_VDEVICE_ALLOC, &arg, SMN_OBJ_VDEVICE,
		       &arg.out_vdevice_id);

	if (!ret)
		*vdevice = arg.out_vdevice_id;
	return ret;
}

int smn_veventq_alloc(struct smn_session *s, uint32_t viommu, uint32_t depth,
		      uint32_t *veventq, int *fd)
{
	struct iommu_veventq_alloc arg = {
		.size = sizeof(arg),
		.viommu_id = viommu,
		.type = IOMMU_VEVENTQ_TYPE_ARM_SMMUV3,
		.veventq_depth = depth,
	};
	int ret = make_queue(s, SMN_IOMMU_VEVENTQ_ALLOC, &arg, SMN_OBJ_VEVENTQ,
			     &arg.out_veventq_id, &arg.out_veventq_fd);

	if (!ret) {
		*veventq = arg.out_veventq_id;
		*fd = arg.out_veventq_fd;
	}
	return ret;
}

int smn_faultq_alloc(struct smn_session *s, uint32_t *faultq, int *fd)
{
	struct iommu_fault_alloc arg = { .size = sizeof(arg) };
	int ret = make_queue(s, SMN_IOMMU_FAULT_QUEUE_ALLOC, &arg,
			     SMN_OBJ_FAULTQ, &arg.out_fault_id,
			     &arg.out_fault_fd);

	if (!ret) {
		*faultq = arg.out_fault_id;
		*fd = arg.out_fault_fd;
	}
	return ret;
}

int smn_s1_alloc(struct smn_session *s, uint32_t dev, uint32_t viommu,
		 const uint64_t ste[2], uint32_t faultq, uint32_t *s1)
{
	struct iommu_hwpt_arm_smmuv3 vste = {
		.ste = { ste[0], ste[1] },
	};
	struct iommu_hwpt_alloc arg = {
		.size = sizeof(arg),
		.flags = faultq ? IOMMU_HWPT_FAULT_ID_VALID : 0,
		.dev_id = dev,
		.pt_id = viommu,
		.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3,
		.data_len = sizeof(vste),
		.data_uptr = (uintptr_t)&vste,
		.fault_id = faultq,
	};
	int ret = make(s, SMN_IOMMU_HWPT_ALLOC, &arg, SMN_OBJ_S1,
		       &arg.out_hwpt_id);

	if (!ret)
		*s1 = arg.out_hwpt_id;
	return ret;
}

int smn_hwpt_invalidate(struct smn_session *s, uint32_t viommu,
			const uint64_t (*cmds)[2], uint32_t n,
			uint32_t *handled)
{
	struct iommu_hwpt_invalidate arg = {
		.size = sizeof(arg),
		.hwpt_id = viommu,
		.data_uptr = (uintptr_t)cmds,
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
		.entry_len = sizeof(*cmds),
		.entry_num = n,
	};
	int ret = smn_sys_ioctl(s->sys, SMN_IOMMU_HWPT_INVALIDATE, s->iommufd,
				&arg);

	*handled = arg.entry_num;
	return ret;
}

int smn_destroy(struct smn_session *s, uint32_t id)
{
	struct iommu_destroy arg = { .size = sizeof(arg), .id = id };
	int ret = smn_sys_ioctl(s->sys, SMN_IOMMU_DESTROY, s->iommufd, &arg);

	if (!ret)
		smn_session_forget_id(s, id);
	return ret;
}

int smn_hw_info_get(struct smn_session *s, uint32_t dev,
		    struct smn_hw_info *info)
{
	struct iommu_hw_info_arm_smmuv3 hw = { 0 };
	struct iommu_hw_info arg = {
		.size = sizeof(arg),
		.dev_id = dev,
		.data_len = sizeof(hw),
		.data_uptr = (uintptr_t)&hw,
	};
	int ret =
		smn_sys_ioctl(s->sys, SMN_IOMMU_GET_HW_INFO, s->iommufd, &arg);

	if (ret)
		return ret;
	*info = (struct smn_hw_info){
		.type = arg.out_data_type,
		.smmuv3 = arg.out_data_type == IOMMU_HW_INFO_TYPE_ARM_SMMUV3,
		.flags = hw.flags,
		.caps = arg.out_capabilities,
	};
	if (!info->smmuv3)
		return 0;
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(hw.idr); i++)
		info->regs[i] = hw.idr[i];
	info->regs[SMN_ARRAY_SIZE(hw.idr)] = hw.iidr;
	info->regs[SMN_ARRAY_SIZE(hw.idr) + 1] = hw.aidr;
	info->feats = smn_feats_of(info->regs);
	return 0;
}
