// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What devices are attached to. Hardware knows one translation a group: the
 * first device of it that is attached sets it, the last one that is detached
 * takes it away, and replacing it moves all of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "abi/world.h"

struct smn_obj *smn_hwpt_paging(struct smn_obj *hwpt)
{
	if (!hwpt || hwpt->type == SMN_T_PAGING)
		return hwpt;
	return hwpt->nested.viommu->viommu.parent;
}

struct smn_space *smn_hwpt_space(struct smn_obj *hwpt)
{
	struct smn_obj *paging = smn_hwpt_paging(hwpt);

	return paging ? &paging->paging.ioas->ioas.space : NULL;
}

bool smn_pdev_related(const struct smn_pdev *a, const struct smn_pdev *b)
{
	return a == b || (a->group >= 0 && a->group == b->group);
}

#define FOR_EACH_RELATED(w, d, dev) \
	for (struct smn_pdev *d = (w)->devs; d; d = d->next) \
		if (smn_pdev_related(d, dev))

static struct smn_pasid *find_pasid(const struct smn_pdev *dev, uint32_t pasid)
{
	struct smn_pasid *p = dev->pasids;

	while (p && p->pasid != pasid)
		p = p->next;
	return p;
}

struct smn_obj *smn_pdev_hwpt(const struct smn_pdev *dev, uint32_t pasid)
{
	struct smn_pasid *p = pasid ? find_pasid(dev, pasid) : NULL;

	if (!pasid)
		return dev->hwpt;
	return p ? p->hwpt : NULL;
}

struct smn_obj *smn_pdev_group_hwpt(const struct smn_world *w,
				    const struct smn_pdev *dev, uint32_t pasid)
{
	struct smn_obj *hwpt;

	FOR_EACH_RELATED(w, d, dev) {
		hwpt = smn_pdev_hwpt(d, pasid);
		if (hwpt)
			return hwpt;
	}
	return NULL;
}

/* An attachment ends; a HWPT that was made for an IOAS goes with its last. */
static void let_go(struct smn_world *w, struct smn_obj *hwpt)
{
	if (!hwpt)
		return;
	hwpt->users--;
	if (hwpt->type == SMN_T_PAGING && hwpt->paging.automatic &&
	    !hwpt->users)
		smn_obj_free(w, hwpt);
}

/* --- without PASID --- */

static int reserve(struct smn_space *s, const struct smn_pdev *dev)
{
	for (unsigned int i = 0; i < dev->nreserved; i++) {
		const struct smn_region *r = &dev->reserved[i];
		struct smn_area area = { .start = r->start, .last = r->last,
					 .owner = dev };

		if (smn_areas_add(&s->reserved, &area)) {
			smn_areas_remove_owner(&s->reserved, dev);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Events go to the vIOMMU on which the device had a vDEVICE at this moment. */
static void set_masters(struct smn_world *w, struct smn_pdev *dev,
			struct smn_obj *hwpt)
{
	struct smn_obj *viommu = hwpt && hwpt->type == SMN_T_NESTED ?
		hwpt->nested.viommu : NULL;

	FOR_EACH_RELATED(w, d, dev) {
		struct smn_obj *vdevice = d->vdevice;

		d->vmaster = NULL;
		if (viommu && vdevice && vdevice->vdevice.viommu == viommu) {
			d->vmaster = viommu;
			d->vsid = vdevice->vdevice.virt_id;
		}
	}
}

static int attach(struct smn_world *w, struct smn_pdev *dev,
		  struct smn_obj *hwpt)
{
	struct smn_space *to = smn_hwpt_space(hwpt);

	if (to && reserve(to, dev))
		return -ENOMEM;
	if (!smn_pdev_group_hwpt(w, dev, 0))
		set_masters(w, dev, hwpt);
	dev->hwpt = hwpt;
	hwpt->users++;
	return 0;
}

static void detach(struct smn_world *w, struct smn_pdev *dev)
{
	struct smn_obj *old = dev->hwpt;
	struct smn_space *from = smn_hwpt_space(old);

	if (from)
		smn_areas_remove_owner(&from->reserved, dev);
	dev->hwpt = NULL;
	dev->by_pasid = false;
	if (!smn_pdev_group_hwpt(w, dev, 0))
		set_masters(w, dev, NULL);
	let_go(w, old);
}

static int replace(struct smn_world *w, struct smn_pdev *dev,
		   struct smn_obj *hwpt)
{
	struct smn_obj *old = dev->hwpt;
	struct smn_space *from = smn_hwpt_space(old);
	struct smn_space *to = smn_hwpt_space(hwpt);

	if (from != to)
		FOR_EACH_RELATED(w, d, dev)
			if (d->hwpt && reserve(to, d))
				return -ENOMEM;
	set_masters(w, dev, hwpt);
	FOR_EACH_RELATED(w, d, dev) {
		if (!d->hwpt)
			continue;
		if (from != to)
			smn_areas_remove_owner(&from->reserved, d);
		d->hwpt = hwpt;
		hwpt->users++;
		if (d != dev)
			old->users--;
	}
	let_go(w, old);
	return 0;
}

int smn_pdev_attach(struct smn_world *w, struct smn_pdev *dev,
		    struct smn_obj *hwpt)
{
	if (dev->hwpt == hwpt)
		return 0;
	if (!dev->hwpt)
		return attach(w, dev, hwpt);
	if (hwpt)
		return replace(w, dev, hwpt);
	detach(w, dev);
	return 0;
}

/* --- with one --- */

static void detach_pasid(struct smn_world *w, struct smn_pdev *dev,
			 struct smn_pasid *p)
{
	struct smn_pasid **at = &dev->pasids;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	let_go(w, p->hwpt);
	free(p);
}

static void replace_pasid(struct smn_world *w, struct smn_pdev *dev,
			  uint32_t pasid, struct smn_obj *hwpt)
{
	FOR_EACH_RELATED(w, d, dev) {
		struct smn_pasid *p = find_pasid(d, pasid);

		if (!p)
			continue;
		hwpt->users++;
		let_go(w, p->hwpt);
		p->hwpt = hwpt;
	}
}

int smn_pdev_attach_pasid(struct smn_world *w, struct smn_pdev *dev,
			  uint32_t pasid, struct smn_obj *hwpt)
{
	struct smn_pasid *p = find_pasid(dev, pasid);

	if (p && p->hwpt == hwpt)
		return 0;
	if (p && hwpt)
		replace_pasid(w, dev, pasid, hwpt);
	else if (p)
		detach_pasid(w, dev, p);
	if (p || !hwpt)
		return 0;
	p = malloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	*p = (struct smn_pasid){ dev->pasids, pasid, hwpt };
	dev->pasids = p;
	hwpt->users++;
	return 0;
}

void smn_pdev_detach(struct smn_world *w, struct smn_pdev *dev)
{
	while (dev->pasids)
		detach_pasid(w, dev, dev->pasids);
	smn_pdev_attach(w, dev, NULL);
}
