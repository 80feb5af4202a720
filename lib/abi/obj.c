// SPDX-License-Identifier: GPL-2.0-or-later
/* iommufd's objects: how they come, refer to each other, and go. */
#include <errno.h>
#include <stdlib.h>

#include "abi/hwpt.h"
#include "abi/ioas.h"
#include "abi/ring.h"
#include "abi/world.h"

/* What stands in a dead vDEVICE's place. */
static char tombstone;

struct smn_obj *smn_obj_new(struct smn_world *w, struct smn_ictx *x,
				  enum smn_type type, uint32_t *id)
{
	struct smn_obj *o = calloc(1, sizeof(*o));
	uint32_t number = w->answers ? smn_ids_next(&x->ids) : *id;

	if (!o || !number || smn_ids_get(&x->ids, number) ||
	    smn_ids_take(&x->ids, number, o)) {
		free(o);
		return NULL;
	}
	o->id = *id = number;
	o->type = type;
	o->x = x;
	return o;
}

struct smn_obj *smn_obj_get(const struct smn_ictx *x, uint32_t id)
{
	void *p = smn_ids_get(&x->ids, id);

	return p == &tombstone ? NULL : p;
}

bool smn_obj_is_tombstone(const struct smn_ictx *x, uint32_t id)
{
	return smn_ids_get(&x->ids, id) == &tombstone;
}

struct smn_smmu *smn_obj_smmu(const struct smn_obj *o)
{
	switch (o->type) {
	case SMN_T_PAGING:
		return o->paging.smmu;
	case SMN_T_NESTED:
		return smn_obj_smmu(o->nested.viommu);
	case SMN_T_VIOMMU:
		return o->viommu.smmu;
	case SMN_T_DEVICE:
		return o->device.dev->smmu;
	default:
		return NULL;
	}
}

struct smn_obj *smn_viommu_vdevice(const struct smn_obj *viommu,
				      uint64_t virt_id)
{
	struct smn_obj *o = viommu->viommu.vdevices;

	while (o && o->vdevice.virt_id != virt_id)
		o = o->vdevice.next;
	return o;
}

/* --- what each held is let go --- */

/* Take @o out of a list whose links are at @link of each member. */
#define UNLINK(list, o, link) \
	do { \
		struct smn_obj **at = &(list); \
		while (*at != (o)) \
			at = &(*at)->link; \
		*at = (o)->link; \
	} while (0)

static void drop(struct smn_obj *o)
{
	if (o)
		o->users--;
}

static void free_ioas(struct smn_world *w, struct smn_obj *o)
{
	struct smn_areas *mapped = &o->ioas.space.mapped;

	smn_ioas_remove_areas(w, o, mapped->at, mapped->n);
	smn_space_free(&o->ioas.space);
	if (o->x->compat == o)
		o->x->compat = NULL;
}

static void free_paging(struct smn_world *w, struct smn_obj *o)
{
	struct smn_obj *ioas = o->paging.ioas, *next = o->paging.next;

	smn_paging_unreserve(o);
	/* an IOAS can have thousands: none is looked for */
	*o->paging.prev = next;
	if (next)
		next->paging.prev = o->paging.prev;
	if (!ioas->ioas.hwpts)
		smn_ioas_unpin(w, ioas);
	if (!o->paging.s2)
		w->nasids--;
	else if (o->paging.smmu)
		o->paging.smmu->nvmids--;
	drop(o->paging.faultq);
	drop(ioas);
}

static void free_nested(struct smn_world *w, struct smn_obj *o)
{
	(void)w;
	drop(o->nested.faultq);
	drop(o->nested.viommu);
}

static void free_viommu(struct smn_world *w, struct smn_obj *o)
{
	(void)w;
	drop(o->viommu.parent);
}

static void free_vdevice(struct smn_world *w, struct smn_obj *o)
{
	(void)w;
	UNLINK(o->vdevice.viommu->viommu.vdevices, o, vdevice.next);
	o->vdevice.dev->vdevice = NULL;
	drop(o->vdevice.viommu);
}

static void free_device(struct smn_world *w, struct smn_obj *o)
{
	(void)w;
	o->device.dev->object = NULL;
}

static void free_veventq(struct smn_world *w, struct smn_obj *o)
{
	(void)w;
	UNLINK(o->veventq.viommu->viommu.veventqs, o, veventq.next);
	smn_ring_free(o->veventq.ring);
	drop(o->veventq.viommu);
}

static void (*const let_go[SMN_NTYPES])(struct smn_world *w,
					struct smn_obj *o) = {
	[SMN_T_IOAS] = free_ioas,
	[SMN_T_PAGING] = free_paging,
	[SMN_T_NESTED] = free_nested,
	[SMN_T_VIOMMU] = free_viommu,
	[SMN_T_VDEVICE] = free_vdevice,
	[SMN_T_DEVICE] = free_device,
	[SMN_T_VEVENTQ] = free_veventq,
};

void smn_obj_free(struct smn_world *w, struct smn_obj *o)
{
	if (let_go[o->type])
		let_go[o->type](w, o);
	smn_ids_give_back(&o->x->ids, o->id);
	free(o);
}

void smn_obj_bury(struct smn_world *w, struct smn_obj *o)
{
	struct smn_ictx *x = o->x;
	uint32_t id = o->id;

	smn_obj_free(w, o);
	smn_ids_take(&x->ids, id, &tombstone);
}
