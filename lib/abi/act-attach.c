// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VFIO_DEVICE_ATTACH_IOMMUFD_PT: vfio_df_ioctl_attach_pt(), then
 * iommufd_device_change_pt(), then arm_smmu_attach_dev() or its nested twin. A
 * second call on the same device replaces; an IOAS stands for a HWPT that the
 * kernel finds or makes.
 */
#include <inttypes.h>

#include "abi/hwpt.h"
#include "abi/ioas.h"
#include "abi/move.h"

#define ATTACH_SIZE \
	(offsetof(struct vfio_device_attach_iommufd_pt, pt_id) + sizeof(__u32))
#define PASID_SIZE sizeof(struct vfio_device_attach_iommufd_pt)

static const struct vfio_device_attach_iommufd_pt *
attach_of(const struct smn_question *q)
{
	return q->in;
}

/* --- VFIO's own checks --- */

static enum smn_truth pasid_cut(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_move_by_pasid(q) &&
			    smn_row_value(q, row) < row->with);
}

static enum smn_truth no_pasid_driver(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	return smn_move_by_pasid(q) ? smn_test_elsewhere(q, row, why) : SMN_NO;
}

static enum smn_truth no_pasid_number(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_move_pasid(q) > row->with);
}

/* --- iommufd --- */

static enum smn_truth wrong_type(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	uint32_t id = attach_of(q)->pt_id;
	const struct smn_obj *o = smn_question_obj(q, id, SMN_T_NONE);

	if (!o)
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "pt_id %" PRIu32 " is a %s, and nothing can "
			    "be attached to that", id, smn_type_name(o->type));
	return smn_truth_of(!(row->with >> o->type & 1));
}

static enum smn_truth attached_otherwise(struct smn_question *q,
					 const struct smn_row *row,
					 struct smn_why *why)
{
	struct smn_move m;

	(void)row;
	(void)why;
	if (!smn_move_look(q, &m))
		return SMN_UNKNOWN;
	return smn_truth_of(m.now && !m.replace);
}

static enum smn_truth other_in_group(struct smn_question *q,
				     const struct smn_row *row,
				     struct smn_why *why)
{
	struct smn_move m;

	(void)row;
	if (!smn_move_look(q, &m))
		return SMN_UNKNOWN;
	if (why && m.group)
		smn_why_set(why, "another device of the group is attached to "
			    "HWPT %" PRIu32, m.group->id);
	return smn_truth_of(!m.replace && m.group && m.group != m.to);
}

/* A mapping, or an allowed range, where the device's regions are. */
static enum smn_truth collides(const struct smn_pdev *dev,
			       const struct smn_space *s, struct smn_why *why)
{
	const struct smn_area *a = NULL;

	if (!s->mapped.n && !s->allowed.n)
		return SMN_NO;
	if (!dev->nreserved)
		return SMN_UNKNOWN;
	for (unsigned int i = 0; i < dev->nreserved && !a; i++) {
		const struct smn_region *r = &dev->reserved[i];

		a = smn_areas_find(&s->mapped, r->start, r->last);
		if (!a)
			a = smn_areas_find(&s->allowed, r->start, r->last);
		if (a && why)
			smn_why_set(why, "0x%" PRIx64 "-0x%" PRIx64 " is "
				    "mapped or allowed, and %s needs 0x%" PRIx64
				    "-0x%" PRIx64 "%s", a->start, a->last,
				    dev->bdf, r->start, r->last, r->msi ?
				    " for its MSIs" : "");
	}
	return smn_truth_of(a);
}

/*
 * A replacement makes its HWPT whole before it looks at the devices' regions; a
 * first attachment does so in between.
 */
static enum smn_truth unmade(const struct smn_question *q,
			     const struct smn_move *m)
{
	static const int errs[] = { ENOMEM, EFAULT, EINVAL };
	enum smn_truth any;

	if (!m->replace || m->to)
		return SMN_NO;
	any = smn_or(smn_paging_coarse(q, NULL),
		     smn_paging_misaligned(q, m->ioas, NULL));
	any = smn_or(any, smn_paging_outside(q, m->ioas, 0, NULL));
	for (size_t i = 0; i < SMN_ARRAY_SIZE(errs); i++)
		any = smn_or(any, smn_ioas_unpinnable(q->w, m->ioas, errs[i],
						      NULL));
	return any;
}

static enum smn_truth reserved(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	enum smn_truth all = SMN_NO;
	const struct smn_space *s;
	struct smn_move m;

	(void)row;
	if (!smn_move_look(q, &m))
		return SMN_UNKNOWN;
	s = &m.ioas->ioas.space;
	if (m.pasid || (m.replace && smn_hwpt_space(m.now) == s))
		return SMN_NO;
	if (!m.replace)
		return q->w->answers && !m.dev->nreserved ? SMN_NO :
			collides(m.dev, s, why);
	for (struct smn_pdev *d = q->w->devs; d; d = d->next)
		if (d->hwpt && smn_pdev_related(d, m.dev))
			all = smn_or(all, q->w->answers && !d->nreserved ?
				     SMN_NO : collides(d, s, why));
	return smn_and(all, smn_not(unmade(q, &m)));
}

static bool takes_pasids(const struct smn_obj *hwpt)
{
	return hwpt && hwpt->type == SMN_T_PAGING &&
		hwpt->paging.flags & IOMMU_HWPT_ALLOC_PASID;
}

static bool group_has_pasids(const struct smn_question *q,
			     const struct smn_pdev *dev)
{
	for (const struct smn_pdev *d = q->w->devs; d; d = d->next)
		if (d->pasids && smn_pdev_related(d, dev))
			return true;
	return false;
}

/* iommufd_hwpt_pasid_compat() */
static enum smn_truth no_pasids(struct smn_question *q,
				const struct smn_row *row,
				struct smn_why *why)
{
	struct smn_obj *other;
	struct smn_move m;
	enum smn_truth e = smn_move_effect(q, &m);

	(void)row;
	(void)why;
	if (e != SMN_YES)
		return e;
	if (!m.pasid)
		return smn_and(smn_truth_of(!takes_pasids(m.to) &&
					    group_has_pasids(q, m.dev)),
			       smn_not(unmade(q, &m)));
	other = smn_pdev_group_hwpt(q->w, m.dev, 0);
	return smn_truth_of(!takes_pasids(m.to) ||
			    (other && !takes_pasids(other)));
}

/* --- a HWPT is made: iopt_table_add_domain() --- */

/* A HWPT without flags for an IOAS that has none for this device yet. */
static bool makes(const struct smn_question *q, struct smn_move *m)
{
	return smn_move_look(q, m) && !m->to;
}

static enum smn_truth no_number(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	struct smn_move m;

	(void)row;
	(void)why;
	return makes(q, &m) ? smn_paging_full(q, 0) : SMN_NO;
}

static enum smn_truth coarse(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	struct smn_move m;

	(void)row;
	return makes(q, &m) ? smn_paging_coarse(q, why) : SMN_NO;
}

static enum smn_truth misaligned(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	struct smn_move m;

	(void)row;
	return makes(q, &m) ? smn_paging_misaligned(q, m.ioas, why) : SMN_NO;
}

static enum smn_truth outside(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	struct smn_move m;

	(void)row;
	return makes(q, &m) ? smn_paging_outside(q, m.ioas, 0, why) : SMN_NO;
}

static enum smn_truth unpinnable(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	struct smn_move m;

	return makes(q, &m) ? smn_ioas_unpinnable(q->w, m.ioas, row->err, why) :
		SMN_NO;
}

/* --- it happens --- */

/* The HWPT of the answer: beside a real kernel its number is all one sees. */
static struct smn_obj *taken(struct smn_question *q, struct smn_move *m,
			     uint32_t *id)
{
	struct smn_obj *o = q->w->answers ? m->to :
		smn_question_obj(q, *id, SMN_T_NONE);

	if (!o) {
		o = smn_paging_new(q, m->ioas, 0, id);
		if (o)
			o->paging.automatic = true;
	}
	return o;
}

static int attached(struct smn_question *q, void *out)
{
	struct vfio_device_attach_iommufd_pt *arg = out;
	struct smn_obj *to;
	struct smn_move m;
	int ret;

	if (!smn_move_look(q, &m))
		return -ENOMEM;	/* made while there was no memory for it */
	to = taken(q, &m, &arg->pt_id);
	if (!to)
		return -ENOMEM;
	arg->pt_id = to->id;
	if (m.pasid)
		return smn_pdev_attach_pasid(q->w, m.dev, m.pasid, to);
	ret = smn_pdev_attach(q->w, m.dev, to);
	if (!ret)
		m.dev->by_pasid = smn_move_by_pasid(q);
	return ret;
}

/*
 * A replacement that the driver refuses costs the devices of the group their
 * reserved ranges, when the old and the new HWPT are of the same IOAS:
 * iommufd_device_do_replace() takes back what it has not added.
 */
static void attach_refused(struct smn_question *q, void *out, int err)
{
	struct smn_space *s;
	struct smn_move m;

	(void)out;
	if (attach_of(q)->argsz < ATTACH_SIZE || err == -ENOMEM ||
	    attach_of(q)->flags & ~(uint32_t)VFIO_DEVICE_ATTACH_PASID ||
	    (smn_move_by_pasid(q) && attach_of(q)->argsz < PASID_SIZE) ||
	    smn_move_effect(q, &m) != SMN_YES || !m.replace || m.pasid || !m.to)
		return;
	s = &m.ioas->ioas.space;
	if (smn_hwpt_space(m.now) != s)
		return;
	for (struct smn_pdev *d = q->w->devs; d; d = d->next)
		if (d->hwpt && smn_pdev_related(d, m.dev))
			smn_areas_remove_owner(&s->reserved, d);
}

#define ATTACH(member) SMN_ON(vfio_device_attach_iommufd_pt, member)
#define PT_TYPES (SMN_IS(IOAS) | SMN_IS(PAGING) | SMN_IS(NESTED))
#define NEEDS_DEVICE "a device that stalls is needed"

static const struct smn_row attach_rows[] = {
	{ "attach.unbound", EINVAL, .test = smn_test_unbound,
	  .cause = "this file of the device is not bound to an iommufd",
	  .remedy = "VFIO_DEVICE_BIND_IOMMUFD comes first" },
	{ "attach.power", EIO, SMN_IF(DEVICE_BROKEN),
	  .cause = "the device cannot be woken up",
	  .remedy = "look at the kernel log",
	  .unreached = "a broken device is needed" },
	{ "attach.argument", EFAULT, .test = smn_test_elsewhere,
	  .cause = "the argument is not in memory of this process",
	  .remedy = "pass the address of the struct",
	  .unreached = "a library does not pass such an address" },
	{ "attach.size", EINVAL, ATTACH(argsz),
	  SMN_TEST(below, .with = ATTACH_SIZE),
	  .cause = "argsz is less than the kernel needs",
	  .remedy = "set argsz to the size of the struct" },
	{ "attach.flags", EINVAL, ATTACH(flags),
	  SMN_TEST(bits, .with = ~(uint64_t)VFIO_DEVICE_ATTACH_PASID),
	  .cause = "flags has bits that the kernel does not know",
	  .remedy = "leave flags 0" },
	{ "attach.flags.old", EINVAL, ATTACH(flags),
	  SMN_TEST(bits, .with = ~0ULL), .before = 615,
	  .cause = "a kernel before 6.15 knows no PASIDs here",
	  .remedy = "leave flags 0, or use a newer kernel",
	  .unreached = "the kernel of the tests is newer" },
	{ "attach.pasid.driver", EOPNOTSUPP, ATTACH(flags),
	  .test = no_pasid_driver,
	  .cause = "the device's driver of VFIO cannot attach PASIDs",
	  .remedy = "use vfio-pci", .unreached = "vfio-pci can" },
	{ "attach.size.pasid", EINVAL, ATTACH(argsz), .test = pasid_cut,
	  .with = PASID_SIZE,
	  .cause = "argsz leaves the PASID out that flags announces",
	  .remedy = "set argsz to the size of the struct" },
	{ "attach.pasid.range", ENOSPC, ATTACH(pasid), .test = no_pasid_number,
	  .with = INT32_MAX, .cause = "the PASID is 2^31 or more",
	  .remedy = "choose a PASID below 2^20" },
	{ "attach.memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
	/* iommufd_device_change_pt() */
	{ "attach.id", ENOENT, ATTACH(pt_id),
	  SMN_TEST(no_object, .with = ~0ULL),
	  .cause = "no object has the id pt_id",
	  .remedy = "attach to an IOAS, a HWPT or a nested HWPT of the "
		    "iommufd that the device is bound to" },
	{ "attach.type", EINVAL, ATTACH(pt_id), .test = wrong_type,
	  .with = PT_TYPES, .cause = "pt_id is nothing that can be attached to",
	  .remedy = "attach to an IOAS, a HWPT or a nested HWPT; a vIOMMU "
		    "needs a nested HWPT on it" },
	/* an IOAS, and a HWPT is to be made: iommufd_hwpt_paging_alloc() */
	{ "attach.number", ENOSPC, ATTACH(pt_id), .test = no_number,
	  .cause = "the SMMU has no VMID or ASID left",
	  .remedy = "close other VMs",
	  .unreached = "65535 of them cannot be taken there" },
	/* iommufd_hw_pagetable_attach(), iommufd_device_do_replace() */
	{ "attach.otherwise", EBUSY, ATTACH(pasid), .test = attached_otherwise,
	  .cause = "the device is attached already, once as \"PASID 0\" and "
		   "once without a PASID",
	  .remedy = "detach it the way it was attached" },
	{ "attach.group", EINVAL, ATTACH(pt_id), .test = other_in_group,
	  .cause = "another device of the group is attached elsewhere",
	  .remedy = "attach every device of the group to the same HWPT" },
	{ "attach.msi", EADDRINUSE, ATTACH(pt_id), .test = reserved,
	  .cause = "a mapping collides with the MSI window of this device",
	  .remedy = "choose another --memory=SIZE@IPA, see `info`" },
	{ "attach.pri", EINVAL, ATTACH(pt_id), SMN_IF(PRI_VF),
	  .test = smn_move_faultq,
	  .cause = "the HWPT has a fault queue, and the device is a virtual "
		   "function of one with PRI",
	  .remedy = "allocate the HWPT without IOMMU_HWPT_FAULT_ID_VALID",
	  .unreached = "a device with SR-IOV and PRI is needed" },
	{ "attach.pasid.compat", EINVAL, ATTACH(pt_id), .test = no_pasids,
	  .cause =
		  "PASIDs are attached, and a HWPT of the device was allocated "
		  "without IOMMU_HWPT_ALLOC_PASID; nested ones cannot have "
		  "it",
	  .remedy = "detach the PASIDs: a VM has its own in its CD table",
	  .since = 615 },
	{ "attach.reset", EBUSY, ATTACH(pt_id), SMN_IF(RESETTING),
	  .test = smn_move_fact,
	  .cause = "a device of the group is being reset",
	  .remedy = "try again", .unreached = "it lasts for an instant" },
	{ "attach.pasid.max", EINVAL, ATTACH(pasid), .test = smn_move_pasid_max,
	  .cause = "the device or its SMMU has no such PASID",
	  .remedy = "compare IDR1.SSIDSIZE in `info`",
	  .unreached = "a device with PASIDs is needed" },
	/* the driver */
	{ "attach.smmu", EINVAL, ATTACH(pt_id), .test = smn_move_smmu,
	  .cause = "the HWPT belongs to another SMMU",
	  .remedy = "compare `smmu` in info, and allocate a HWPT for this "
		    "device",
	  .unreached = "the emulated machine has one SMMU" },
	{ "attach.pasid", EBUSY, ATTACH(pt_id), SMN_IF(PASIDS_USED),
	  .test = smn_move_pasids, .cause = "PASIDs of the device are in use",
	  .remedy = "try again; look for a driver that uses SVA",
	  .unreached = "a device with PASIDs is needed" },
	{ "attach.vdevice", ENOENT, ATTACH(pt_id), .test = smn_move_vdevice,
	  .cause = "the STE translates (Cfg=s1) and the device has no vDEVICE "
		   "on this vIOMMU",
	  .remedy = "drop --vsid=none", .since = 615 },
	{ "attach.sva", EOPNOTSUPP, ATTACH(pt_id), SMN_IF(NO_SVA),
	  .test = smn_move_faultq,
	  .cause = "the HWPT has a fault queue, and the kernel lacks "
		   "CONFIG_ARM_SMMU_V3_SVA",
	  .remedy = "allocate the HWPT without IOMMU_HWPT_FAULT_ID_VALID",
	  .unreached = "the kernel of the tests has it" },
	{ "attach.streams", EOPNOTSUPP, ATTACH(pt_id), SMN_IF(ALIASED),
	  .test = smn_move_stalls,
	  .cause = "the HWPT has a fault queue, and the device stalls and has "
		   "more than one StreamID",
	  .remedy = "allocate the HWPT without IOMMU_HWPT_FAULT_ID_VALID",
	  .unreached = NEEDS_DEVICE },
	{ "attach.canwbs", EINVAL, ATTACH(pt_id), SMN_IF(NO_CANWBS),
	  .test = smn_move_canwbs,
	  .cause = "the HWPT was made for a device whose accesses are always "
		   "coherent (CANWBS), and those of this one are not",
	  .remedy = "allocate the HWPT for this device",
	  .unreached = "two root complexes, one with CANWBS, are needed" },
	/* iopt_table_add_domain() */
	{ "attach.page", EINVAL, ATTACH(pt_id), .test = coarse,
	  .cause = "the SMMU's smallest page is larger than the machine's",
	  .remedy = "use a kernel with pages of that size",
	  .unreached = "an SMMU without pages of 4 KiB is needed" },
	{ "attach.align", EADDRINUSE, ATTACH(pt_id), .test = misaligned,
	  .cause = "a mapping is not a multiple of the SMMU's pages",
	  .remedy = "map whole pages" },
	{ "attach.outside", EADDRINUSE, ATTACH(pt_id), .test = outside,
	  .cause = "a mapping lies beyond what the SMMU translates",
	  .remedy = "choose another --memory=SIZE@IPA" },
	{ "attach.memlock", ENOMEM, ATTACH(pt_id), .test = unpinnable,
	  .cause = "RLIMIT_MEMLOCK (mappings are pinned now)",
	  .remedy = "ulimit -l unlimited, or run as root" },
	{ "attach.pin", EFAULT, ATTACH(pt_id), .test = unpinnable,
	  .cause = "a mapping of the IOAS cannot be pinned",
	  .remedy = "map ordinary memory only" },
	{ "attach.file", EINVAL, ATTACH(pt_id), .test = unpinnable,
	  .cause = "a mapped file has no pages that can be pinned",
	  .remedy = "map memory, or a memfd" },
};

SMN_ACT(VFIO_DEVICE_ATTACH_IOMMUFD_PT, attach_rows, .done = attached,
	.refused = attach_refused, .allocates = true);
