// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening /dev/iommu and VFIO's device nodes, and closing whatever is open. A
 * device's nodes are only there while a driver of VFIO has it.
 */
#include "abi/row.h"

static enum smn_truth node_is(const struct smn_question *q, enum smn_node node)
{
	const struct smn_file_arg *in = q->in;

	if (in->node == SMN_NODE_OTHER)
		return SMN_UNKNOWN;
	return smn_truth_of(in->node == node);
}

static enum smn_truth of_iommu(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_and(node_is(q, SMN_NODE_IOMMU),
		       smn_question_fact(q, row->with));
}

/* a model knows every device that has a node */
static enum smn_truth no_cdev(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_and(node_is(q, SMN_NODE_CDEV), q->w->answers ?
		       smn_truth_of(!q->dev) : SMN_UNKNOWN);
}

static enum smn_truth of_cdev(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_and(node_is(q, SMN_NODE_CDEV),
		       smn_question_fact(q, row->with));
}

static enum smn_truth no_rawio(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	return smn_and(of_cdev(q, row, why),
		       smn_question_fact(q, SMN_FACT_NO_GROUP));
}

static const struct smn_row open_rows[] = {
	{ "open.fds", EMFILE, SMN_IF(NO_FDS),
	  .cause = "this process may have no more files open",
	  .remedy = "ulimit -n 4096" },
	{ "open.node", ENOENT, SMN_IF(NO_IOMMU_NODE), .test = of_iommu,
	  .cause = "the kernel has iommufd, only the node is missing: no udev "
		   "or devtmpfs here",
	  .remedy = "mknod /dev/iommu c $(tr : ' ' < "
		    "/sys/class/misc/iommu/dev)",
	  .unreached = "the emulated machine has a devtmpfs" },
	{ "open.module", ENOENT, SMN_IF(IOMMUFD_UNLOADED), .test = of_iommu,
	  .cause = "the iommufd module is not loaded",
	  .remedy = "modprobe iommufd",
	  .unreached = "the emulated machine's kernel has no modules" },
	{ "open.iommu", ENOENT, SMN_IF(NO_IOMMUFD), .test = of_iommu,
	  .cause = "this kernel has no iommufd: it was built without "
		   "CONFIG_IOMMUFD",
	  .remedy = "use a kernel with CONFIG_IOMMUFD and "
		    "CONFIG_ARM_SMMU_V3_IOMMUFD, or try here: scripts/vm run "
		    "-- smmunest-ctl info",
	  .unreached = "a kernel without CONFIG_IOMMUFD is needed" },
	{ "open.cdev", ENOENT, .test = no_cdev,
	  .cause = "no driver of VFIO has the device, or the kernel lacks "
		   "CONFIG_VFIO_DEVICE_CDEV",
	  .remedy = "smmunest-ctl bind BDF" },
	{ "open.rights", EACCES, SMN_IF(UNPRIVILEGED),
	  .cause = "no permission: the node is root's alone",
	  .remedy = "run as root, or give your user access" },
	{ "open.memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
	/* vfio_device_fops_cdev_open() */
	{ "open.going", ENODEV, SMN_IF(GOING), .test = of_cdev,
	  .cause = "the device is being removed from its driver",
	  .remedy = "wait until it is gone, then bind it again",
	  .unreached = "it lasts for an instant" },
	{ "open.rawio", EPERM, SMN_IF(NO_RAWIO_CAP), .test = no_rawio,
	  .cause = "the device has no IOMMU, and this process lacks "
		   "CAP_SYS_RAWIO",
	  .remedy = "use a device behind an SMMU: without one nothing nests",
	  .since = 703,
	  .unreached = "a kernel with CONFIG_IOMMUFD_NOIOMMU and its switch "
		       "on is needed" },
};

SMN_ACT(OPEN, open_rows, .allocates = true);

static enum smn_truth no_file(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (smn_world_file(q->w, q->fd))
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

static const struct smn_row close_rows[] = {
	{ "close.fd", EBADF, .test = no_file,
	  .cause = "the file is not open",
	  .remedy = "close each file once" },
};

SMN_ACT(CLOSE, close_rows);
