// SPDX-License-Identifier: GPL-2.0-or-later
/* What an attachment is about, and what the driver thinks of it. See move.h. */
#include <inttypes.h>
#include <string.h>

#include "abi/move.h"

static bool is_compatible(const struct smn_question *q,
			  const struct smn_move *m, const struct smn_obj *hwpt)
{
	bool other = hwpt->paging.coherent &&
		smn_question_fact(q, SMN_FACT_NO_CANWBS) == SMN_YES;

	return !m->pasid && hwpt->paging.automatic && !other &&
		smn_smmu_same(q->w, hwpt->paging.smmu, m->dev->smmu) !=
			SMN_NO &&
		(m->replace || !m->group || m->group == hwpt);
}

/* iommufd_device_auto_get_domain(): the first that takes the device */
static struct smn_obj *automatic(const struct smn_question *q,
				 const struct smn_move *m)
{
	struct smn_obj *hwpt = m->ioas->ioas.hwpts;

	while (hwpt && !is_compatible(q, m, hwpt))
		hwpt = hwpt->paging.next;
	return hwpt;
}

bool smn_move_look(const struct smn_question *q, struct smn_move *m)
{
	const struct vfio_device_attach_iommufd_pt *in = q->in;
	struct smn_obj *o = smn_question_obj(q, in->pt_id, SMN_T_NONE);

	if (!q->dev || !o)
		return false;
	*m = (struct smn_move){ .dev = q->dev, .pasid = smn_move_pasid(q) };
	m->now = smn_pdev_hwpt(m->dev, m->pasid);
	m->group = smn_pdev_group_hwpt(q->w, m->dev, m->pasid);
	m->replace = m->now &&
		(m->pasid || m->dev->by_pasid == smn_move_by_pasid(q));
	switch (o->type) {
	case SMN_T_PAGING:
	case SMN_T_NESTED:
		m->to = o;
		m->ioas = smn_hwpt_paging(o)->paging.ioas;
		return true;
	case SMN_T_IOAS:
		m->ioas = o;
		m->to = automatic(q, m);
		return true;
	default:
		return false;
	}
}

/* Does hardware get to know of it? Not of the same, nor of followers. */
static bool takes_effect(const struct smn_move *m)
{
	return m->replace ? m->to != m->now : !m->group;
}

enum smn_truth smn_move_effect(const struct smn_question *q, struct smn_move *m)
{
	if (!smn_move_look(q, m))
		return SMN_UNKNOWN;
	return smn_truth_of(takes_effect(m));
}

static const struct smn_obj *faultq_of(const struct smn_obj *hwpt)
{
	if (!hwpt)
		return NULL;
	return hwpt->type == SMN_T_NESTED ? hwpt->nested.faultq :
		hwpt->paging.faultq;
}

/* .with: a fact that does not go with a fault queue */
enum smn_truth smn_move_faultq(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)why;
	if (e != SMN_YES)
		return e;
	return faultq_of(m.to) ? smn_question_fact(q, row->with) : SMN_NO;
}

/* --- the driver: arm_smmu_attach_dev(), arm_smmu_attach_dev_nested() --- */

enum smn_truth smn_move_fact(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)why;
	return e == SMN_YES ? smn_question_fact(q, row->with) : e;
}

/* Devices without PASIDs are passed over. */
static bool passed_over(const struct smn_question *q, const struct smn_move *m)
{
	return m->pasid && smn_question_fact(q, SMN_FACT_PASID) == SMN_NO;
}

enum smn_truth smn_move_pasid_max(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);
	uint32_t bits = 0;

	(void)row;
	(void)why;
	if (e != SMN_YES || !m.pasid || m.replace)
		return e == SMN_YES ? SMN_NO : e;
	if (smn_question_fact(q, SMN_FACT_PASID) != SMN_YES)
		return smn_question_fact(q, SMN_FACT_PASID);
	if (!smn_question_idr(q, "IDR1.SSIDSIZE", &bits))
		return SMN_UNKNOWN;
	if (m.pasid >> bits)
		return SMN_YES;
	/* the device may have fewer than its SMMU */
	return q->w->answers ? SMN_NO : SMN_UNKNOWN;
}

enum smn_truth smn_move_smmu(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	enum smn_truth all = SMN_NO;
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)row;
	if (e != SMN_YES || !m.to || passed_over(q, &m))
		return e == SMN_YES ? SMN_NO : e;
	for (struct smn_pdev *d = q->w->devs; d; d = d->next)
		if (smn_pdev_related(d, m.dev))
			all = smn_or(all, smn_not(
				smn_smmu_same(q->w, smn_obj_smmu(m.to),
					      d->smmu)));
	if (why && all == SMN_YES)
		smn_why_set(why, "HWPT %" PRIu32 " is on another SMMU than %s",
			    m.to->id, m.dev->bdf);
	return all;
}

/* Stage 1 of the kernel's own goes beside PASIDs; what is a VM's does not. */
enum smn_truth smn_move_pasids(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)why;
	if (e != SMN_YES || m.pasid)
		return e == SMN_YES ? SMN_NO : e;
	if (m.to && m.to->type == SMN_T_PAGING && !m.to->paging.s2)
		return SMN_NO;
	return smn_question_fact(q, row->with);
}

/* arm_smmu_attach_prepare_vmaster(): who needs a vDEVICE */
static bool needs_vdevice(const struct smn_question *q,
			  const struct smn_obj *nested)
{
	const struct smn_field *v = smn_layout_field(&smn_vste, "V", 1);
	const struct smn_field *cfg = smn_layout_field(&smn_vste, "Cfg", 3);
	const uint64_t *ste = nested->nested.ste;
	const char *name;

	if (q->w->kernel && q->w->kernel < 702)
		return true;
	name = smn_field_value_name(cfg, smn_field_get(cfg, ste));
	return smn_field_get(v, ste) && name && !strcmp(name, "s1");
}

enum smn_truth smn_move_vdevice(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	const struct smn_obj *viommu;
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)row;
	if (e != SMN_YES || !m.to || m.to->type != SMN_T_NESTED)
		return e == SMN_YES ? SMN_NO : e;
	if (!needs_vdevice(q, m.to))
		return SMN_NO;
	viommu = m.to->nested.viommu;
	for (struct smn_pdev *d = q->w->devs; d; d = d->next) {
		if (!smn_pdev_related(d, m.dev) ||
		    (d->vdevice && d->vdevice->vdevice.viommu == viommu))
			continue;
		if (why && d != m.dev)
			smn_why_set(why, "%s, of the same IOMMU group, has no "
				    "vDEVICE on vIOMMU %" PRIu32, d->bdf,
				    viommu->id);
		return SMN_YES;
	}
	return SMN_NO;
}

/* one that promises coherency does not take a device that cannot */
enum smn_truth smn_move_canwbs(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	const struct smn_obj *paging;
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)why;
	if (e != SMN_YES || passed_over(q, &m))
		return e == SMN_YES ? SMN_NO : e;
	paging = smn_hwpt_paging(m.to);
	return paging && paging->paging.coherent ?
		smn_question_fact(q, row->with) : SMN_NO;
}

/* One StreamID is all that a stall can be answered to */
enum smn_truth smn_move_stalls(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	return smn_and(smn_move_faultq(q, row, why),
		       smn_question_fact(q, SMN_FACT_STALLS));
}
