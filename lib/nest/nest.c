// SPDX-License-Identifier: GPL-2.0-or-later
/* The whole chain, from the device to the attachment: one row a step. */
#include <errno.h>
#include <stddef.h>

#include "nest/made.h"

static int open_device(struct smn_session *s, const struct smn_plan *p,
		       struct smn_nest *n)
{
	return smn_device_open(s, p->cdev, &n->dev);
}

static int alloc_ioas(struct smn_session *s, const struct smn_plan *p,
		      struct smn_nest *n)
{
	(void)p;
	return smn_ioas_alloc(s, &n->ioas);
}

static int undo_memory(struct smn_session *s, const struct smn_made *m)
{
	return smn_sys_unmap(s->sys, m->addr, m->length);
}

int smn_session_memory(struct smn_session *s, size_t bytes, void **mem)
{
	int ret = smn_session_reserve(s);

	if (ret)
		return ret;
	*mem = smn_sys_map(s->sys, bytes);
	if (!*mem)
		return -ENOMEM;
	smn_session_push(s, (struct smn_made){ SMN_OBJ_MEMORY, undo_memory,
					       .addr = *mem,
					       .length = bytes });
	return 0;
}

/* The VM's memory, mapped where the VM sees it */
static int map_memory(struct smn_session *s, const struct smn_plan *p,
		      struct smn_nest *n)
{
	const struct smn_piece *more = p->pieces;
	int ret = 0;

	if (p->bytes)
		ret = smn_session_memory(s, p->bytes, &n->memory);
	if (!ret && p->bytes)
		ret = smn_ioas_map(s, n->ioas, n->memory, p->bytes, p->ipa);
	for (; !ret && more && more->mem; more++)
		ret = smn_ioas_map(s, n->ioas, more->mem, more->bytes,
				   more->ipa);
	return ret;
}

static int alloc_s2(struct smn_session *s, const struct smn_plan *p,
		    struct smn_nest *n)
{
	(void)p;
	return smn_s2_alloc(s, n->dev.id, n->ioas, &n->s2);
}

static int alloc_viommu(struct smn_session *s, const struct smn_plan *p,
			struct smn_nest *n)
{
	(void)p;
	return smn_viommu_alloc(s, n->dev.id, n->s2, &n->viommu);
}

static int alloc_vdevice(struct smn_session *s, const struct smn_plan *p,
			 struct smn_nest *n)
{
	return smn_vdevice_alloc(s, n->viommu, n->dev.id, p->vsid, &n->vdevice);
}

static int alloc_veventq(struct smn_session *s, const struct smn_plan *p,
			 struct smn_nest *n)
{
	return smn_veventq_alloc(s, n->viommu, p->veventq_depth ?
				 p->veventq_depth : SMN_VEVENTQ_DEPTH,
				 &n->veventq, &n->veventq_fd);
}

static int alloc_faultq(struct smn_session *s, const struct smn_plan *p,
			struct smn_nest *n)
{
	(void)p;
	return smn_faultq_alloc(s, &n->faultq, &n->faultq_fd);
}

static int alloc_s1(struct smn_session *s, const struct smn_plan *p,
		    struct smn_nest *n)
{
	return smn_s1_alloc(s, n->dev.id, n->viommu, p->ste, n->faultq, &n->s1);
}

static int attach_s1(struct smn_session *s, const struct smn_plan *p,
		     struct smn_nest *n)
{
	(void)p;
	return smn_device_attach(s, &n->dev, n->s1);
}

static bool wants_memory(const struct smn_plan *p)
{
	return p->bytes || p->pieces;
}

static bool wants_vdevice(const struct smn_plan *p)
{
	return !p->no_vdevice;
}

static bool wants_veventq(const struct smn_plan *p)
{
	return p->veventq;
}

static bool wants_faultq(const struct smn_plan *p)
{
	return p->faultq;
}

#define ID(member) offsetof(struct smn_nest, member)

static const struct step {
	enum smn_object object;
	enum smn_op_id op;
	enum smn_stage stage;
	size_t id;				/* where run() leaves it */
	int (*run)(struct smn_session *s, const struct smn_plan *p,
		   struct smn_nest *n);
	bool (*wanted)(const struct smn_plan *p);	/* NULL: always */
} steps[] = {
	{ SMN_OBJ_DEVICE, SMN_VFIO_DEVICE_BIND_IOMMUFD, SMN_UPTO_DEVICE,
	  ID(dev.id), open_device, NULL },
	{ SMN_OBJ_IOAS, SMN_IOMMU_IOAS_ALLOC, SMN_UPTO_IOAS,
	  ID(ioas), alloc_ioas, NULL },
	{ SMN_OBJ_MAPPING, SMN_IOMMU_IOAS_MAP, SMN_UPTO_IOAS,
	  ID(ioas), map_memory, wants_memory },
	{ SMN_OBJ_S2, SMN_IOMMU_HWPT_ALLOC, SMN_UPTO_S2,
	  ID(s2), alloc_s2, NULL },
	{ SMN_OBJ_VIOMMU, SMN_IOMMU_VIOMMU_ALLOC, SMN_UPTO_VIOMMU,
	  ID(viommu), alloc_viommu, NULL },
	{ SMN_OBJ_VEVENTQ, SMN_IOMMU_VEVENTQ_ALLOC, SMN_UPTO_VIOMMU,
	  ID(veventq), alloc_veventq, wants_veventq },
	{ SMN_OBJ_VDEVICE, SMN_IOMMU_VDEVICE_ALLOC, SMN_UPTO_VDEVICE,
	  ID(vdevice), alloc_vdevice, wants_vdevice },
	{ SMN_OBJ_FAULTQ, SMN_IOMMU_FAULT_QUEUE_ALLOC, SMN_UPTO_S1,
	  ID(faultq), alloc_faultq, wants_faultq },
	{ SMN_OBJ_S1, SMN_IOMMU_HWPT_ALLOC, SMN_UPTO_S1,
	  ID(s1), alloc_s1, NULL },
	{ SMN_OBJ_ATTACHMENT, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
	  SMN_UPTO_ATTACH, ID(s1), attach_s1, NULL },
};

_Static_assert(SMN_ARRAY_SIZE(steps) <= SMN_MAX_STEPS, "SMN_MAX_STEPS");

int smn_nest_build(struct smn_session *s, const struct smn_plan *plan,
		   struct smn_nest *nest)
{
	*nest = (struct smn_nest){ .veventq_fd = -1, .faultq_fd = -1,
				   .stage = -1 };
	return smn_nest_more(s, plan, nest);
}

int smn_nest_more(struct smn_session *s, const struct smn_plan *plan,
		  struct smn_nest *nest)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < SMN_ARRAY_SIZE(steps); i++) {
		const struct step *row = &steps[i];
		struct smn_step *done = &nest->steps[nest->nsteps];

		if ((int)row->stage <= nest->stage ||
		    row->stage > plan->upto ||
		    (row->wanted && !row->wanted(plan)))
			continue;
		s->sys->last.span.ns = 0;
		s->sys->failed.err = 0;
		ret = row->run(s, plan, nest);
		*done = (struct smn_step){
			.object = smn_object_name(row->object),
			.op = s->sys->failed.err ? s->sys->failed.op : row->op,
			.err = ret,
			.ns = s->sys->last.span.ns,
			.id = *(const uint32_t *)((char *)nest + row->id),
		};
		nest->nsteps++;
	}
	if (!ret)
		nest->stage = plan->upto;
	return ret;
}
