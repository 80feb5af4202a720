// SPDX-License-Identifier: GPL-2.0-or-later
/* What any object can meet: IOMMU_DESTROY, IOMMU_OPTION, IOMMU_VFIO_IOAS. */
#include <inttypes.h>

#include "abi/row.h"

/* --- IOMMU_DESTROY: iommufd_object_remove() --- */

static const struct iommu_destroy *destroy_of(const struct smn_question *q)
{
	return q->in;
}

/* What usually refers to an object of the type. */
static const char *const users[SMN_NTYPES] = {
	[SMN_T_DEVICE] = "the VFIO file owns it, close that",
	[SMN_T_IOAS] = "HWPTs are on it",
	[SMN_T_PAGING] = "it is attached, or a vIOMMU is on it",
	[SMN_T_NESTED] = "it is attached",
	[SMN_T_VIOMMU] = "vDEVICEs, nested HWPTs or event queues are on it",
	[SMN_T_VEVENTQ] = "its file is open",
	[SMN_T_FAULTQ] = "its file is open, or a HWPT uses it",
};

static enum smn_truth in_use(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	uint32_t id = destroy_of(q)->id;
	struct smn_obj *o = smn_question_obj(q, id, SMN_T_NONE);

	(void)row;
	if (!q->x)
		return SMN_UNKNOWN;
	if (why && o && users[o->type])
		smn_why_set(why, "%s %" PRIu32 " is in use: %s",
			    smn_type_name(o->type), id, users[o->type]);
	return smn_truth_of(o && o->users);
}

static int destroyed(struct smn_question *q, void *out)
{
	struct smn_obj *o =
		smn_question_obj(q, destroy_of(q)->id, SMN_T_NONE);

	(void)out;
	if (o && !o->users)
		smn_obj_free(q->w, o);
	return 0;
}

static const struct smn_row destroy_rows[] = {
	{ "destroy.id", ENOENT, SMN_ON(iommu_destroy, id),
	  SMN_TEST(no_object, .with = ~0ULL),
	  .cause = "no object has that id",
	  .remedy = "destroy each object once, and no vDEVICE after its device "
		    "was closed" },
	{ "destroy.busy", EBUSY, SMN_ON(iommu_destroy, id), .test = in_use,
	  .cause = "the object is in use by another one",
	  .remedy = "detach, then destroy nested HWPTs, close event files, "
		    "then vDEVICE, vIOMMU, parent, IOAS" },
};

SMN_ACT(IOMMU_DESTROY, destroy_rows, .done = destroyed);
