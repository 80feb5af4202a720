// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The errno rows and what ranks them. See diag.h. A row's test returns how
 * sure it is and may write a more exact cause than the row's own sentence.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/iommufd.h>

#include "abi/diag.h"
#include "abi/rules.h"

struct row {
	const char *id;
	enum smn_op_id op;
	int err;
	enum smn_verdict (*test)(const struct smn_question *q,
				 struct smn_why *cause);
	const char *cause, *remedy;
};

static const char *const verdict_names[] = {
	[SMN_POSSIBLE] = "possible", [SMN_LIKELY] = "likely",
	[SMN_CERTAIN] = "certain", [SMN_EXCLUDED] = "excluded",
};

const char *smn_verdict_name(enum smn_verdict verdict)
{
	return verdict_names[verdict];
}

/* --- tests --- */

static enum smn_verdict bad_ste(const struct smn_question *q,
				struct smn_why *cause)
{
	struct smn_violations bad;

	if (!q->words || !smn_rules_vste(q->words, q->facts->feats, &bad))
		return SMN_EXCLUDED;
	*cause = bad.v[0].why;
	return SMN_CERTAIN;
}

static enum smn_verdict bad_cmd(const struct smn_question *q,
				struct smn_why *cause)
{
	const struct iommu_hwpt_invalidate *out = q->out;
	const uint64_t *cmd = q->words;
	struct smn_violations bad;

	if (!cmd || !q->facts->have_regs ||
	    !smn_rules_cmd(cmd, q->facts->feats, &bad))
		return SMN_EXCLUDED;
	smn_why_set(cause, "command %u: %.200s", out->entry_num,
		    bad.v[0].why.text);
	return SMN_CERTAIN;
}

static enum smn_verdict unknown_vsid(const struct smn_question *q,
				     struct smn_why *cause)
{
	const struct iommu_hwpt_invalidate *out = q->out;
	const uint64_t *cmd = q->words;
	const struct smn_layout *l;
	const struct smn_field *sid;
	struct smn_violations bad;
	uint64_t vsid;

	l = cmd ? smn_cmd_by_opcode(cmd[0] & SMN_CMD_OPCODE) : NULL;
	sid = l ? smn_layout_field(l, "SID", 3) : NULL;
	if (!sid || smn_rules_cmd(cmd, q->facts->feats, &bad))
		return SMN_EXCLUDED;
	vsid = smn_field_get(sid, cmd);
	if (q->facts->have_vsid && q->facts->vsid == vsid)
		return SMN_EXCLUDED;
	if (q->facts->have_vsid)
		smn_why_set(
			cause,
			"command %u: vSID 0x%" PRIx64 " has no vDEVICE "
			"on this vIOMMU; the one there is has vSID 0x%" PRIx64,
			out->entry_num, vsid, q->facts->vsid);
	else
		smn_why_set(cause,
			    "command %u: vSID 0x%" PRIx64 " has no vDEVICE "
			    "on this vIOMMU",
			    out->entry_num, vsid);
	return q->facts->have_vsid || q->facts->no_vdevice ? SMN_CERTAIN :
		SMN_LIKELY;
}

static enum smn_verdict memlock(const struct smn_question *q,
				struct smn_why *cause)
{
	const struct smn_facts *f = q->facts;

	if (!f->have_memlock)
		return SMN_POSSIBLE;
	if (f->ipc_lock || f->memlock == ~0ULL)
		return SMN_EXCLUDED;
	smn_why_set(cause,
		    "RLIMIT_MEMLOCK is %" PRIu64 " KiB for all that this "
		    "user pins, %" PRIu64 " KiB are to be pinned here, and "
		    "CAP_IPC_LOCK is missing",
		    f->memlock / 1024, f->pinned / 1024);
	return f->pinned > f->memlock ? SMN_CERTAIN : SMN_LIKELY;
}

static enum smn_verdict no_info(const struct smn_question *q,
				struct smn_why *cause)
{
	(void)cause;
	if (!q->facts->have_type)
		return SMN_POSSIBLE;
	return q->facts->hw_type == IOMMU_HW_INFO_TYPE_NONE ? SMN_CERTAIN :
		SMN_EXCLUDED;
}

static enum smn_verdict no_stage(const struct smn_question *q,
				 struct smn_why *cause)
{
	const uint32_t *regs = q->facts->regs;
	bool s1, s2;

	if (!q->facts->have_regs)
		return SMN_POSSIBLE;
	s1 = smn_idr_get(regs, "IDR0.S1P");
	s2 = smn_idr_get(regs, "IDR0.S2P");
	if (s1 && s2)
		return SMN_EXCLUDED;
	smn_why_set(cause, "the SMMU has no stage %s (IDR0.%s=0)",
		    s1 ? "2" : "1", s1 ? "S2P" : "S1P");
	return SMN_CERTAIN;
}

static enum smn_verdict no_coherent_walk(const struct smn_question *q,
					 struct smn_why *cause)
{
	(void)cause;
	if (!q->facts->have_regs)
		return SMN_POSSIBLE;
	/* with both stages present and FWB absent only CANWBS is left */
	return smn_idr_get(q->facts->regs, "IDR3.FWB") ? SMN_EXCLUDED :
		SMN_LIKELY;
}

static enum smn_verdict held(const struct smn_question *q,
			     struct smn_why *cause)
{
	if (!q->facts->holder.text[0])
		return SMN_POSSIBLE;
	*cause = q->facts->holder;
	return SMN_CERTAIN;
}

static enum smn_verdict direct_region(const struct smn_question *q,
				      struct smn_why *cause)
{
	(void)cause;
	if (!q->facts->have_reserved)
		return SMN_POSSIBLE;
	return q->facts->direct ? SMN_LIKELY : SMN_EXCLUDED;
}

static enum smn_verdict missing_vdevice(const struct smn_question *q,
					struct smn_why *cause)
{
	(void)cause;
	return q->facts->no_vdevice ? SMN_CERTAIN :
		q->facts->have_vsid ? SMN_EXCLUDED : SMN_POSSIBLE;
}

static enum smn_verdict on_parent(const struct smn_question *q,
				  struct smn_why *cause)
{
	const struct iommu_hwpt_alloc *in = q->in;

	(void)cause;
	if (!(in->flags & IOMMU_HWPT_ALLOC_NEST_PARENT))
		return SMN_EXCLUDED;
	return q->facts->old_kernel ? SMN_POSSIBLE : SMN_LIKELY;
}

static enum smn_verdict old_kernel(const struct smn_question *q,
				   struct smn_why *cause)
{
	(void)cause;
	return q->facts->old_kernel ? SMN_CERTAIN : SMN_EXCLUDED;
}

static enum smn_verdict no_stage_for_parent(const struct smn_question *q,
					    struct smn_why *cause)
{
	return on_parent(q, cause) == SMN_EXCLUDED ? SMN_EXCLUDED :
		no_stage(q, cause);
}

/* --- the rows, in the kernel's order of checking within an ioctl --- */

#define ROW(id_, op_, err_, test_, cause_, remedy_) \
	{ .id = id_, .op = SMN_##op_, .err = err_, .test = test_, \
	  .cause = cause_, .remedy = remedy_ }

static const struct row rows[] = {
	ROW("bind.incoherent", VFIO_DEVICE_BIND_IOMMUFD, EINVAL, NULL,
	    "the SMMU's table walks are not coherent (IDR0.COHACC, or firmware "
	    "overrides it)",
	    "look for COHACC in the kernel log"),
	ROW("bind.direct", VFIO_DEVICE_BIND_IOMMUFD, EINVAL, direct_region,
	    "firmware wants a 1:1 mapping for this device (a \"direct\" "
	    "reserved region)",
	    "remove the RMR node or reserved-memory from firmware"),
	ROW("bind.open", VFIO_DEVICE_BIND_IOMMUFD, EINVAL, held,
	    "the device is open in another program, or a mapping of its BAR "
	    "keeps it open",
	    "fuser -v /dev/vfio/devices/*"),
	ROW("bind.msi", VFIO_DEVICE_BIND_IOMMUFD, EPERM, NULL,
	    "MSIs are not isolated: no ITS, or firmware hides it",
	    "cat /sys/module/iommufd/parameters/allow_unsafe_interrupts"),
	ROW("bind.owner", VFIO_DEVICE_BIND_IOMMUFD, EPERM, NULL,
	    "the IOMMU group belongs to another iommufd or VFIO user",
	    "fuser -v /dev/vfio/* /dev/vfio/devices/*"),
	ROW("bind.group", VFIO_DEVICE_BIND_IOMMUFD, EBUSY, NULL,
	    "another device of the IOMMU group is in use by its driver",
	    "bind every device of the group to vfio-pci"),
	ROW("bind.token", VFIO_DEVICE_BIND_IOMMUFD, EACCES, NULL,
	    "a virtual function, or a physical one with functions in use, "
	    "needs its token",
	    "use the physical function, or disable SR-IOV"),
	ROW("bind.group.none", VFIO_DEVICE_BIND_IOMMUFD, ENODEV, NULL,
	    "the device has no IOMMU group: firmware maps it to no SMMU",
	    "check the IORT or device tree for this device"),
	ROW("map.memlock", IOMMU_IOAS_MAP, ENOMEM, memlock, "RLIMIT_MEMLOCK",
	    "ulimit -l unlimited, or run as root"),
	ROW("map.reserved", IOMMU_IOAS_MAP, EINVAL, NULL,
	    "the range is not page-aligned, or overlaps a reserved region",
	    "choose another --memory=SIZE@IPA"),
	ROW("mmap.memory", MMAP, ENOMEM, NULL,
	    "this process cannot have that much memory for the VM",
	    "choose a smaller --memory"),
	ROW("map.range", IOMMU_IOAS_MAP, EOVERFLOW, NULL,
	    "the range ends beyond the last address",
	    "choose another "
	    "--memory=SIZE@IPA"),
	ROW("s2.kernel", IOMMU_HWPT_ALLOC, EOPNOTSUPP, old_kernel,
	    "the running kernel is older than nesting on SMMUv3: it has no "
	    "IOMMU_VIOMMU_ALLOC",
	    "use a kernel from 6.13 on"),
	ROW("s2.stage", IOMMU_HWPT_ALLOC, EOPNOTSUPP, no_stage_for_parent,
	    "the SMMU lacks stage 1 or stage 2", "this SMMU cannot nest"),
	ROW("s2.erratum", IOMMU_HWPT_ALLOC, EOPNOTSUPP, on_parent,
	    "an erratum makes the driver refuse nesting (MMU-600 before r2, "
	    "MMU-700 before r1p1)",
	    "compare IIDR in `smmunest-ctl info`"),
	ROW("s2.vmid", IOMMU_HWPT_ALLOC, ENOSPC, on_parent,
	    "the SMMU has no VMID left", "close other VMs"),
	ROW("s2.memlock", IOMMU_HWPT_ALLOC, ENOMEM, memlock,
	    "RLIMIT_MEMLOCK (mappings are pinned now)",
	    "ulimit -l unlimited, or run as root"),
	ROW("s2.pin", IOMMU_HWPT_ALLOC, EFAULT, NULL,
	    "a mapping of the IOAS cannot be pinned",
	    "map ordinary memory only"),
	ROW("s2.aperture", IOMMU_HWPT_ALLOC, EADDRINUSE, on_parent,
	    "a mapping of the IOAS lies outside of what stage 2 can address "
	    "(2^IDR5.OAS)",
	    "choose another --memory=SIZE@IPA"),
	ROW("s1.ste", IOMMU_HWPT_ALLOC, EIO, bad_ste,
	    "the STE has something the kernel does not take",
	    "smmunest-ctl decode ste WORDS"),
	ROW("viommu.kconfig", IOMMU_VIOMMU_ALLOC, EOPNOTSUPP, no_info,
	    "the kernel's driver tells no SMMU registers: it was built without "
	    "CONFIG_ARM_SMMU_V3_IOMMUFD, or is older than 6.13",
	    "use a kernel with CONFIG_ARM_SMMU_V3_IOMMUFD=y"),
	ROW("viommu.stage", IOMMU_VIOMMU_ALLOC, EOPNOTSUPP, no_stage,
	    "the SMMU lacks stage 1 or stage 2", "this SMMU cannot nest"),
	ROW("viommu.canwbs", IOMMU_VIOMMU_ALLOC, EOPNOTSUPP, no_coherent_walk,
	    "the SMMU has no S2FWB (IDR3.FWB=0) and firmware does not promise "
	    "CANWBS: bit 2 of the root complex's memory access flags in the "
	    "IORT",
	    "have the firmware set CANWBS, or override the IORT in the initrd"),
	ROW("vdevice.taken", IOMMU_VDEVICE_ALLOC, EEXIST, NULL,
	    "the device has a vDEVICE already, or the vSID is taken",
	    "choose another --vsid"),
	ROW("vdevice.streams", IOMMU_VDEVICE_ALLOC, EOPNOTSUPP, NULL,
	    "the device has more than one StreamID (behind a PCI bridge)",
	    "use a device directly behind a PCIe port"),
	ROW("attach.vdevice", VFIO_DEVICE_ATTACH_IOMMUFD_PT, ENOENT,
	    missing_vdevice,
	    "the STE translates (Cfg=s1) and the device has no vDEVICE on this "
	    "vIOMMU",
	    "drop --vsid=none"),
	ROW("attach.smmu", VFIO_DEVICE_ATTACH_IOMMUFD_PT, EINVAL, NULL,
	    "the HWPT belongs to another SMMU, or another device of the group "
	    "is attached elsewhere",
	    "compare `smmu` and `group` in info"),
	ROW("attach.pasid", VFIO_DEVICE_ATTACH_IOMMUFD_PT, EBUSY, NULL,
	    "PASIDs of the device are in use, or it is being reset",
	    "try again; look for a driver that uses SVA"),
	ROW("attach.msi", VFIO_DEVICE_ATTACH_IOMMUFD_PT, EADDRINUSE, NULL,
	    "a mapping collides with the MSI window of this device",
	    "choose another --memory=SIZE@IPA, see `info`"),
	ROW("inval.cmd", IOMMU_HWPT_INVALIDATE, EIO, bad_cmd,
	    "the command is not one the kernel takes",
	    "smmunest-ctl decode cmd WORDS"),
	ROW("inval.vsid", IOMMU_HWPT_INVALIDATE, EIO, unknown_vsid,
	    "the vSID has no vDEVICE on this vIOMMU",
	    "make SID and --vsid agree"),
	ROW("inval.sync", IOMMU_HWPT_INVALIDATE, ETIMEDOUT, NULL,
	    "no CMD_SYNC completed within a second: the SMMU or a device's ATC "
	    "hangs, or the command queue is in error",
	    "dmesg | grep -i -e CMDQ -e CMD_SYNC"),
};

static const struct row common[] = {
	ROW("kernel.old", OPEN, ENOTTY, NULL,
	    "the running kernel does not have this ioctl",
	    "use a newer kernel: nesting came with 6.13"),
	ROW("struct.new", OPEN, E2BIG, NULL,
	    "the running kernel does not know a field that is set",
	    "use a newer kernel"),
	ROW("memory", OPEN, ENOMEM, NULL,
	    "the kernel has no memory, or the control group's limit is reached",
	    "look at the kernel log"),
};

static const struct row unknown =
	ROW("unknown", OPEN, 0, NULL,
	    "no cause is known for this answer to this "
	    "ioctl",
	    "look at the kernel log, and repeat with --trace");

static bool excluded(struct smn_finding *found, unsigned int n)
{
	return n == SMN_MAX_FINDINGS || found->verdict == SMN_EXCLUDED;
}

/* "... WORDS" at the end of a remedy stands for the words themselves. */
static void set_remedy(struct smn_why *remedy, const char *text,
		       const struct smn_question *q)
{
	const char *at = strstr(text, "WORDS");

	if (at && q->words)
		smn_why_set(remedy, "%.*s0x%" PRIx64 " 0x%" PRIx64,
			    (int)(at - text), text, q->words[0], q->words[1]);
	else
		smn_why_set(remedy, "%s", text);
}

static unsigned int weigh(const struct row *row, const struct smn_question *q,
			  struct smn_finding *out, unsigned int n)
{
	struct smn_finding found = { .id = row->id };
	unsigned int at = n;

	smn_why_set(&found.cause, "%s", row->cause);
	set_remedy(&found.remedy, row->remedy, q);
	if (row->test)
		found.verdict = row->test(q, &found.cause);
	if (excluded(&found, n))
		return n;
	for (; at && out[at - 1].verdict < found.verdict; at--)
		out[at] = out[at - 1];
	out[at] = found;
	return n + 1;
}

unsigned int smn_diagnose(const struct smn_question *q,
			  struct smn_finding out[SMN_MAX_FINDINGS])
{
	unsigned int n = 0;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		if (rows[i].op == q->op && rows[i].err == -q->err)
			n = weigh(&rows[i], q, out, n);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(common); i++)
		if (common[i].err == -q->err)
			n = weigh(&common[i], q, out, n);

	if (!n)
		return weigh(&unknown, q, out, n);
	/* what is certain leaves no room for the merely possible */
	for (unsigned int i = 1; i < n; i++)
		if (out[0].verdict == SMN_CERTAIN &&
		    out[i].verdict == SMN_POSSIBLE)
			return i;
	return n;
}
