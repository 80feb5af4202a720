/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An attachment as VFIO_DEVICE_ATTACH_IOMMUFD_PT asks for it: of which device
 * and PASID, from what to what; and the driver's own checks of that, as tests
 * of errno rows: arm_smmu_attach_dev(), arm_smmu_attach_dev_nested().
 */
#ifndef SMN_ABI_MOVE_H
#define SMN_ABI_MOVE_H

#include "abi/row.h"

struct smn_move {
	struct smn_pdev *dev;
	uint32_t pasid;
	struct smn_obj *now;	/* what the PASID is attached to, or NULL */
	struct smn_obj *group;	/* what its IOMMU group is, or NULL */
	struct smn_obj *ioas;	/* under what is asked for */
	struct smn_obj *to;	/* NULL: a HWPT that is still to be made */
	bool replace;		/* VFIO takes it for a second call */
};

static inline bool smn_move_by_pasid(const struct smn_question *q)
{
	const struct vfio_device_attach_iommufd_pt *in = q->in;

	return in->flags & VFIO_DEVICE_ATTACH_PASID;
}

/* 0: what comes without a PASID, and also "PASID 0". */
static inline uint32_t smn_move_pasid(const struct smn_question *q)
{
	const struct vfio_device_attach_iommufd_pt *in = q->in;

	return smn_move_by_pasid(q) ? in->pasid : 0;
}

/* False: the objects are not known, or pt_id is none that can be attached. */
bool smn_move_look(const struct smn_question *q, struct smn_move *m);

/*
 * What a test of the driver's begins with: does hardware get to know of it?
 * Not when it is attached there already, nor when its group is.
 */
enum smn_truth smn_move_effect(const struct smn_question *q,
			       struct smn_move *m);

/* A fact, .with, that matters to any attachment; to one with a fault queue;
 * to that of a device that stalls. */
enum smn_truth smn_move_fact(struct smn_question *q,
			     const struct smn_row *row, struct smn_why *why);
enum smn_truth smn_move_faultq(struct smn_question *q,
			       const struct smn_row *row,
			       struct smn_why *why);
enum smn_truth smn_move_stalls(struct smn_question *q,
			       const struct smn_row *row,
			       struct smn_why *why);

/* The PASID is too large; the HWPT is on another SMMU. */
enum smn_truth smn_move_pasid_max(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why);
enum smn_truth smn_move_smmu(struct smn_question *q,
			     const struct smn_row *row,
			     struct smn_why *why);

/* The fact .with, and it is no stage 1 of the kernel's own. */
enum smn_truth smn_move_pasids(struct smn_question *q,
			       const struct smn_row *row,
			       struct smn_why *why);

/* A VM's stage 1, and a device of the group has no vDEVICE. */
enum smn_truth smn_move_vdevice(struct smn_question *q,
				const struct smn_row *row,
				struct smn_why *why);

/* The HWPT promises what a device with the fact .with cannot keep. */
enum smn_truth smn_move_canwbs(struct smn_question *q,
			       const struct smn_row *row,
			       struct smn_why *why);

#endif
