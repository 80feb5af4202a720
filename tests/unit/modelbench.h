/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model with what HWPTs need, and calls whose answer is told by the id of the
 * row that gave it. Each differs from a good call in as little as possible.
 */
#ifndef MODELBENCH_H
#define MODELBENCH_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/model.h"
#include "tap.h"

#define FD 3
#define NONE 999	/* no object has that id */

/* QEMU's SMMU: both stages, 16-bit ASIDs and VMIDs, RIL, OAS=44 */
static const uint32_t qemu[SMN_NREGS] = {
	0x0d44101b, 0x02730010, 0, 0x00001414, 0, 0x00000074,
};

/* A machine with two SMMUs and a device on each, both bound, and an IOAS. */
struct bench {
	struct smn_model *m;
	struct smn_world *w;
	struct smn_ictx *x;
	struct smn_smmu *smmu, *other;
	struct smn_pdev *pdev, *pother;
	uint32_t dev, dev2, ioas;
	struct tap *t;
};

static inline uint32_t new_device(struct bench *b, struct smn_pdev *dev)
{
	uint32_t id;
	struct smn_obj *o = smn_obj_new(b->w, b->x, SMN_T_DEVICE, &id);

	o->device.dev = dev;
	o->users = 1;
	dev->object = o;
	return id;
}

static inline uint32_t new_object(struct bench *b, enum smn_type type)
{
	uint32_t id;

	smn_obj_new(b->w, b->x, type, &id);
	return id;
}

static inline void start(struct bench *b, struct tap *t, const uint32_t *regs)
{
	*b = (struct bench){ .m = smn_model_new(), .t = t };
	b->w = smn_model_world(b->m);
	b->smmu = smn_world_add_smmu(b->w, "smmu3.0");
	b->other = smn_world_add_smmu(b->w, "smmu3.1");
	smn_smmu_tell(b->smmu, regs);
	smn_smmu_tell(b->other, regs);
	b->pdev = smn_world_add_device(b->w, "0000:00:01.0", "/dev/a",
				       b->smmu);
	b->pother = smn_world_add_device(b->w, "0001:00:01.0", "/dev/b",
					 b->other);
	smn_world_opened(b->w, "/dev/iommu", FD);
	b->x = smn_world_file(b->w, FD)->x;
	b->dev = new_device(b, b->pdev);
	b->dev2 = new_device(b, b->pother);
	b->ioas = new_object(b, SMN_T_IOAS);
}

static inline void stop(struct bench *b)
{
	/* what this test put there by hand, VFIO would take away */
	b->pdev->object->users--;
	b->pother->object->users--;
	smn_model_free(b->m);
}

static inline int call(struct bench *b, enum smn_op_id op, void *arg)
{
	struct smn_span span;

	return smn_backend_model.ioctl(b->m, FD, smn_op(op)->request, arg,
				       &span);
}

/* It is refused by that row, with the row's errno. */
static inline void refused(struct bench *b, enum smn_op_id op, void *arg,
		    const char *id)
{
	int ret = call(b, op, arg);
	const struct smn_row *row = smn_model_refusal(b->m);

	tap_ok(b->t, row && !strcmp(row->id, id) && ret == -row->err,
	       "%s: %s, got %s %d", smn_op(op)->name, id,
	       row ? row->id : "nothing", ret);
}

static inline void taken(struct bench *b, enum smn_op_id op, void *arg,
		  const char *what)
{
	int ret = call(b, op, arg);
	const struct smn_row *row = smn_model_refusal(b->m);

	tap_ok(b->t, !ret, "%s: %s, got %s %d", smn_op(op)->name, what,
	       row ? row->id : "nothing", ret);
}

static inline int destroy(struct bench *b, uint32_t id)
{
	struct iommu_destroy arg = { .size = sizeof(arg), .id = id };

	return call(b, SMN_IOMMU_DESTROY, &arg);
}

#define REFUSED(b, op, arg, id, ...) \
	do { \
		__typeof__(arg) bad = arg; \
		__VA_ARGS__; \
		refused(b, SMN_IOMMU_##op, &bad, id); \
	} while (0)
#define TAKEN(b, op, arg, ...) \
	do { \
		__typeof__(arg) bad = arg; \
		__VA_ARGS__; \
		taken(b, SMN_IOMMU_##op, &bad, #__VA_ARGS__); \
	} while (0)

/* --- what is made --- */

static inline struct iommu_hwpt_alloc on_ioas(const struct bench *b,
					      uint32_t flags)
{
	return (struct iommu_hwpt_alloc){
		.size = sizeof(struct iommu_hwpt_alloc),
		.flags = flags,
		.dev_id = b->dev,
		.pt_id = b->ioas,
	};
}

static inline struct iommu_viommu_alloc on_parent(const struct bench *b,
						  uint32_t s2)
{
	return (struct iommu_viommu_alloc){
		.size = sizeof(struct iommu_viommu_alloc),
		.type = IOMMU_VIOMMU_TYPE_ARM_SMMUV3, .dev_id = b->dev,
		.hwpt_id = s2,
	};
}

static inline uint32_t make_parent(struct bench *b)
{
	struct iommu_hwpt_alloc arg =
		on_ioas(b, IOMMU_HWPT_ALLOC_NEST_PARENT);

	return call(b, SMN_IOMMU_HWPT_ALLOC, &arg) ? 0 : arg.out_hwpt_id;
}

static inline uint32_t make_viommu(struct bench *b, uint32_t s2)
{
	struct iommu_viommu_alloc arg = on_parent(b, s2);

	return call(b, SMN_IOMMU_VIOMMU_ALLOC, &arg) ? 0 : arg.out_viommu_id;
}

#endif
