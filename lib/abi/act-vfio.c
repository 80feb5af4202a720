// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A VFIO device and an iommufd: bound, and let go. VFIO checks sizes itself,
 * and says EINVAL to everything before BIND. ATTACH is in act-attach.c.
 */
#include "abi/row.h"

/* --- VFIO_DEVICE_BIND_IOMMUFD: vfio_df_ioctl_bind_iommufd() --- */

static const struct vfio_device_bind_iommufd *
bind_of(const struct smn_question *q)
{
	return q->in;
}

/* the kernel before it took tokens looked at no byte beyond the first 16 */
static enum smn_truth bind_tail(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	uint32_t size = smn_arg_size(q->in), known = smn_op(q->op)->size;

	(void)row;
	(void)why;
	if (size <= known)
		return SMN_NO;
	if (!q->raw)
		return SMN_UNKNOWN;
	for (uint32_t i = known; i < size; i++)
		if (((const char *)q->raw)[i])
			return SMN_YES;
	return SMN_NO;
}

static enum smn_truth negative_fd(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_truth_of(bind_of(q)->iommufd < 0);
}

static enum smn_truth bound_already(struct smn_question *q,
				    const struct smn_row *row,
				    struct smn_why *why)
{
	const struct smn_file *f = smn_world_file(q->w, q->fd);

	(void)row;
	(void)why;
	return f ? smn_truth_of(f->bound) : SMN_UNKNOWN;
}

static enum smn_truth with_token(const struct smn_question *q)
{
	return smn_truth_of(bind_of(q)->flags & VFIO_DEVICE_BIND_FLAG_TOKEN);
}

static enum smn_truth no_token_memory(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	unsigned char token[16];

	(void)row;
	(void)why;
	if (with_token(q) == SMN_NO || !q->w->answers)
		return with_token(q) == SMN_NO ? SMN_NO : SMN_UNKNOWN;
	return smn_truth_of(smn_user_read(q->w, token,
					  bind_of(q)->token_uuid_ptr,
					  sizeof(token)));
}

/* whether a token that is given is the right one, nobody can see */
static enum smn_truth no_token(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	return smn_and(smn_question_fact(q, SMN_FACT_NEEDS_TOKEN),
		       smn_or(smn_not(with_token(q)),
			      smn_test_elsewhere(q, row, why)));
}

static enum smn_truth needless_token(struct smn_question *q,
				     const struct smn_row *row,
				     struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_and(with_token(q),
		       smn_not(smn_question_fact(q, SMN_FACT_NEEDS_TOKEN)));
}

/* The file that is to be an iommufd; NULL: not known. */
static const struct smn_file *iommufd_of(const struct smn_question *q)
{
	return smn_world_file(q->w, bind_of(q)->iommufd);
}

static enum smn_truth no_iommufd(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	(void)row;
	(void)why;
	if (iommufd_of(q))
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

static enum smn_truth other_file(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	const struct smn_file *f = iommufd_of(q);

	(void)row;
	(void)why;
	return f ? smn_truth_of(f->kind != SMN_FILE_IOMMU) : SMN_UNKNOWN;
}

static enum smn_truth held(struct smn_question *q, const struct smn_row *row,
			   struct smn_why *why)
{
	(void)row;
	if (q->dev && q->dev->holder.text[0]) {
		if (why)
			*why = q->dev->holder;
		return SMN_YES;
	}
	if (q->dev && q->dev->object) {
		if (why)
			smn_why_set(why, "another file of the device is bound "
				    "to an iommufd");
		return SMN_YES;
	}
	return smn_question_fact(q, SMN_FACT_OPEN_ELSEWHERE);
}

static enum smn_truth msi_shared(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_and(smn_question_fact(q, SMN_FACT_MSI_SHARED),
		       smn_not(smn_question_fact(q,
						 SMN_FACT_UNSAFE_INTERRUPTS)));
}

/* A device of the same group that is bound: it owns the group. */
static const struct smn_pdev *owner(const struct smn_question *q)
{
	const struct smn_pdev *d = q->dev ? q->w->devs : NULL;

	while (d && !(d->object && smn_pdev_related(d, q->dev)))
		d = d->next;
	return d;
}

static enum smn_truth other_owner(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	const struct smn_pdev *d = owner(q);
	const struct smn_file *f = iommufd_of(q);

	(void)row;
	if (!d)
		return smn_question_fact(q, SMN_FACT_OTHER_OWNER);
	if (why)
		smn_why_set(why, "%s of the same IOMMU group is bound to "
			    "another iommufd", d->bdf);
	return f ? smn_truth_of(f->x != d->object->x) : SMN_UNKNOWN;
}

/* what only the first device of a group meets: it takes the group */
static enum smn_truth when_taken(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return owner(q) ? SMN_NO : smn_question_fact(q, row->with);
}

static int bound(struct smn_question *q, void *out)
{
	struct vfio_device_bind_iommufd *bind = out;
	struct smn_file *f = smn_world_file(q->w, q->fd);
	struct smn_file *iommufd = smn_world_file(q->w, bind->iommufd);
	struct smn_ictx *x = iommufd ? iommufd->x : NULL;
	struct smn_obj *o;

	if (!f || !x)
		return -ENOMEM;	/* opened while there was no memory for it */
	o = smn_obj_new(q->w, x, SMN_T_DEVICE, &bind->out_devid);
	if (!o)
		return -ENOMEM;
	o->device.dev = f->dev;
	o->users = 1;
	f->dev->object = o;
	f->bound = true;
	f->x = x;
	x->refs++;
	return 0;
}

static void bind_refused(struct smn_question *q, void *out, int err)
{
	(void)out;
	if (err == -EACCES)
		q->w->log |= SMN_LOG_TOKEN;
	else if (q->row && q->row->test == when_taken &&
		 q->row->with == SMN_FACT_DIRECT)
		q->w->log |= SMN_LOG_DIRECT;
}

#define BIND(member) SMN_ON(vfio_device_bind_iommufd, member)
#define BIND_SIZE \
	(offsetof(struct vfio_device_bind_iommufd, out_devid) + sizeof(__u32))
#define ONE_INSTANT "it lasts for an instant"

static const struct smn_row bind_rows[] = {
	{ "bind.argument", EFAULT, .test = smn_test_elsewhere,
	  .cause = "the argument is not in memory of this process",
	  .remedy = "pass the address of the struct",
	  .unreached = "a library does not pass such an address" },
	{ "bind.size", EINVAL, BIND(argsz), SMN_TEST(below, .with = BIND_SIZE),
	  .cause = "argsz is less than the kernel needs",
	  .remedy = "set argsz to the size of the struct" },
	{ "bind.new", E2BIG, .test = bind_tail,
	  .cause = "bytes are set that the running kernel does not know",
	  .remedy = "use a newer kernel, or leave the new members zero",
	  .since = 617 },
	{ "bind.iommufd", EINVAL, BIND(iommufd), .test = negative_fd,
	  .cause = "iommufd is negative, so it is no file",
	  .remedy = "open /dev/iommu before" },
	{ "bind.flags", EINVAL, BIND(flags),
	  SMN_TEST(bits, .with = ~(uint64_t)VFIO_DEVICE_BIND_FLAG_TOKEN),
	  .cause = "flags has bits that the kernel does not know",
	  .remedy = "leave flags 0" },
	{ "bind.flags.old", EINVAL, BIND(flags), SMN_TEST(bits, .with = ~0ULL),
	  .cause = "a kernel before 6.17 takes no token",
	  .remedy = "leave flags 0, or use a newer kernel", .before = 617,
	  .unreached = "the kernel of the tests is newer" },
	{ "bind.legacy", EBUSY, SMN_IF(LEGACY_OPEN),
	  .cause = "the group's old VFIO node is open",
	  .remedy = "fuser -v /dev/vfio/*",
	  .unreached = "a kernel with CONFIG_VFIO_GROUP is needed" },
	{ "bind.twice", EINVAL, .test = bound_already,
	  .cause = "this file of the device is bound already",
	  .remedy = "bind each file once" },
	{ "bind.token.memory", EFAULT, BIND(token_uuid_ptr),
	  .test = no_token_memory, .since = 617,
	  .cause = "the token is not in memory of this process",
	  .remedy = "let token_uuid_ptr point to 16 bytes" },
	{ "bind.token", EACCES, .test = no_token,
	  .cause = "a virtual function, or a physical one with functions in "
		   "use, needs its token",
	  .remedy = "use the physical function, or disable SR-IOV",
	  .unreached = "a device with SR-IOV under vfio-pci is needed" },
	{ "bind.token.unused", EINVAL, BIND(flags), .test = needless_token,
	  .cause = "a token is given, and the device needs none",
	  .remedy = "leave flags 0", .since = 617 },
	{ "bind.fd", EBADF, BIND(iommufd), .test = no_iommufd,
	  .cause = "iommufd is no open file",
	  .remedy = "open /dev/iommu before" },
	{ "bind.file", EBADFD, BIND(iommufd), .test = other_file,
	  .cause = "iommufd is open, but is not /dev/iommu",
	  .remedy = "open /dev/iommu before" },
	{ "bind.open", EINVAL, .test = held,
	  .cause = "the device is open in another program, or a mapping of its "
		   "BAR keeps it open",
	  .remedy = "fuser -v /dev/vfio/devices/*" },
	{ "bind.going", ENODEV, SMN_IF(GOING),
	  .cause = "the device is being removed from its driver",
	  .remedy = "bind it to vfio-pci again", .unreached = ONE_INSTANT },
	/* iommufd_device_bind() */
	{ "bind.memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
	{ "bind.incoherent", EINVAL, .forever = true, SMN_IF(INCOHERENT),
	  .cause = "the SMMU's table walks are not coherent (IDR0.COHACC, or "
		   "firmware overrides it)",
	  .remedy = "look for COHACC in the kernel log",
	  .unreached = "an SMMU whose walks are not coherent is needed" },
	{ "bind.group.none", ENODEV, .forever = true, SMN_IF(NO_GROUP),
	  .cause = "the device has no IOMMU group: firmware maps it to no SMMU",
	  .remedy = "check the IORT or device tree for this device",
	  .unreached = "VFIO makes no node for such a device" },
	{ "bind.msi", EPERM, .test = msi_shared,
	  .cause = "MSIs are not isolated: no ITS, or firmware hides it",
	  .remedy = "cat /sys/module/iommufd/parameters/"
		    "allow_unsafe_interrupts",
	  .unreached = "a machine without ITS is needed" },
	/* iommu_device_claim_dma_owner() */
	{ "bind.group", EPERM, SMN_IF(GROUP_BUSY), .test = when_taken,
	  .cause = "another device of the IOMMU group is in use by its driver",
	  .remedy = "smmunest-ctl info; then bind every device of the group" },
	{ "bind.owner", EPERM, .test = other_owner,
	  .cause = "the IOMMU group belongs to another iommufd or VFIO user",
	  .remedy = "fuser -v /dev/vfio/* /dev/vfio/devices/*" },
	{ "bind.domain", EBUSY, SMN_IF(PASIDS_USED), .test = when_taken,
	  .cause = "the IOMMU group is not in its usual state: PASIDs are in "
		   "use, or a driver is about to leave it",
	  .remedy = "try again; look for a driver that uses SVA",
	  .unreached = "no device of the emulated machine has PASIDs" },
	{ "bind.reset", EBUSY, SMN_IF(RESETTING), .test = when_taken,
	  .cause = "a device of the IOMMU group is being reset",
	  .remedy = "try again", .unreached = ONE_INSTANT },
	{ "bind.direct", EINVAL, SMN_IF(DIRECT), .forever = true,
	  .test = when_taken,
	  .cause = "firmware wants a 1:1 mapping for this device (a \"direct\" "
		   "reserved region)",
	  .remedy = "remove the RMR node or reserved-memory from firmware",
	  .unreached = "firmware with an RMR node is needed" },
	/* vfio_pci_core_enable() */
	{ "bind.lock", EAGAIN, SMN_IF(RESETTING),
	  .cause = "somebody else is configuring the device",
	  .remedy = "try again", .unreached = ONE_INSTANT },
	{ "bind.enable", EIO, SMN_IF(DEVICE_BROKEN),
	  .cause = "the device cannot be woken up or enabled",
	  .remedy = "look at the kernel log",
	  .unreached = "a broken device is needed" },
};

SMN_ACT(VFIO_DEVICE_BIND_IOMMUFD, bind_rows, .done = bound,
	.refused = bind_refused, .allocates = true);

/* --- VFIO_DEVICE_DETACH_IOMMUFD_PT: vfio_df_ioctl_detach_pt() --- */

static const struct vfio_device_detach_iommufd_pt *
detach_of(const struct smn_question *q)
{
	return q->in;
}

enum smn_truth smn_test_unbound(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	return smn_not(bound_already(q, row, why));
}

static enum smn_truth no_pasid(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	if (!(detach_of(q)->flags & VFIO_DEVICE_DETACH_PASID))
		return SMN_NO;
	return smn_truth_of(smn_row_value(q, row) < row->with);
}

static enum smn_truth no_pasid_driver(struct smn_question *q,
				      const struct smn_row *row,
				      struct smn_why *why)
{
	if (!(detach_of(q)->flags & VFIO_DEVICE_DETACH_PASID))
		return SMN_NO;
	return smn_test_elsewhere(q, row, why);
}

/* What is not attached is detached all the same. */
static int detached(struct smn_question *q, void *out)
{
	const struct vfio_device_detach_iommufd_pt *in = detach_of(q);
	bool pasid = in->flags & VFIO_DEVICE_DETACH_PASID;

	(void)out;
	if (!q->dev)
		return 0;
	if (pasid && in->pasid)
		return smn_pdev_attach_pasid(q->w, q->dev, in->pasid, NULL);
	if (q->dev->by_pasid == pasid)
		return smn_pdev_attach(q->w, q->dev, NULL);
	return 0;
}

#define DETACH(member) SMN_ON(vfio_device_detach_iommufd_pt, member)
#define DETACH_SIZE \
	(offsetof(struct vfio_device_detach_iommufd_pt, flags) + sizeof(__u32))

static const struct smn_row detach_rows[] = {
	{ "detach.unbound", EINVAL, .test = smn_test_unbound,
	  .cause = "this file of the device is not bound to an iommufd",
	  .remedy = "VFIO_DEVICE_BIND_IOMMUFD comes first" },
	{ "detach.power", EIO, SMN_IF(DEVICE_BROKEN),
	  .cause = "the device cannot be woken up",
	  .remedy = "look at the kernel log",
	  .unreached = "a broken device is needed" },
	{ "detach.argument", EFAULT, .test = smn_test_elsewhere,
	  .cause = "the argument is not in memory of this process",
	  .remedy = "pass the address of the struct",
	  .unreached = "a library does not pass such an address" },
	{ "detach.size", EINVAL, DETACH(argsz),
	  SMN_TEST(below, .with = DETACH_SIZE),
	  .cause = "argsz is less than the kernel needs",
	  .remedy = "set argsz to the size of the struct" },
	{ "detach.flags", EINVAL, DETACH(flags),
	  SMN_TEST(bits, .with = ~(uint64_t)VFIO_DEVICE_DETACH_PASID),
	  .cause = "flags has bits that the kernel does not know",
	  .remedy = "leave flags 0" },
	{ "detach.flags.old", EINVAL, DETACH(flags),
	  SMN_TEST(bits, .with = ~0ULL), .before = 615,
	  .cause = "a kernel before 6.15 knows no PASIDs here",
	  .remedy = "leave flags 0, or use a newer kernel",
	  .unreached = "the kernel of the tests is newer" },
	{ "detach.pasid.driver", EOPNOTSUPP, DETACH(flags),
	  .test = no_pasid_driver,
	  .cause = "the device's driver of VFIO cannot attach PASIDs",
	  .remedy = "use vfio-pci",
	  .unreached = "vfio-pci can" },
	{ "detach.size.pasid", EINVAL, DETACH(argsz), .test = no_pasid,
	  .with = sizeof(struct vfio_device_detach_iommufd_pt),
	  .cause = "argsz leaves the PASID out that flags announces",
	  .remedy = "set argsz to the size of the struct" },
};

SMN_ACT(VFIO_DEVICE_DETACH_IOMMUFD_PT, detach_rows, .done = detached);
