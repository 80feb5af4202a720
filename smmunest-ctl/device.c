// SPDX-License-Identifier: GPL-2.0-or-later
/* Which device to work on, and opening a session for it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static int candidate(void *ctx, const struct smn_pci *pci)
{
	struct json_object *o;

	if (!smn_pci_has_smmu(pci))
		return 0;
	o = json_object_new_object();
	doc_add_str(o, "bdf", pci->bdf);
	doc_add_str(o, "driver", pci->driver[0] ? pci->driver : "-");
	doc_add_str(o, "smmu", pci->smmu);
	json_object_array_add(ctx, o);
	return 0;
}

/* No device named: the candidates, and what to type for the first of them. */
static enum status offer(struct ctl *ctl)
{
	struct json_object *list = json_object_new_array();
	struct smn_why cause, remedy;
	struct json_object *first;

	smn_pci_list(&ctl->sys, candidate, list);
	first = json_object_array_get_idx(list, 0);
	if (first) {
		const char *bdf = json_object_get_string(
			json_object_object_get(first, "bdf"));
		const char *driver = json_object_get_string(
			json_object_object_get(first, "driver"));
		bool bound = !strcmp(driver, SMN_VFIO_PCI);

		smn_why_set(&cause, "no device was named: give a BDF or set "
			    "SMMUNEST_DEVICE; the candidates are listed");
		smn_why_set(&remedy, bound ? "smmunest-ctl %s %s" :
			    "smmunest-ctl %s %s && export SMMUNEST_DEVICE=%s",
			    bound ? ctl->cmd->name : "bind", bdf, bdf);
	} else {
		smn_why_set(&cause,
			    "no PCI device of this machine is behind an "
			    "SMMUv3");
		smn_why_set(&remedy, "scripts/vm run -- smmunest-ctl %s",
			    ctl->cmd->name);
	}
	doc_add(ctl->result, "candidates", list);
	return ctl_no(ctl, CTL_SKIPPED, "device.none", &cause, &remedy);
}

void ctl_describe(struct ctl *ctl, const struct smn_pci *pci)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "bdf", pci->bdf);
	doc_add(o, "vendor", doc_hex(pci->vendor, 4));
	doc_add(o, "device", doc_hex(pci->device, 4));
	doc_add_str(o, "driver", pci->driver);
	doc_add_str(o, "smmu", pci->smmu);
	doc_add_int(o, "group", pci->group);
	json_object_put(ctl->device);
	ctl->device = o;
}

enum status ctl_absent(struct ctl *ctl, const char *bdf, int err)
{
	struct smn_why cause;

	if (err == -ENODEV) {
		smn_why_set(&cause, "there is no PCI device %s", bdf);
		return ctl_no(ctl, CTL_SKIPPED, "device.absent", &cause,
			      &(struct smn_why){ "smmunest-ctl info" });
	}
	smn_why_set(&cause, "sysfs cannot be read: %s", smn_errno_name(err));
	return ctl_no(ctl, CTL_INTERNAL, "device.sysfs", &cause,
		      &(struct smn_why){ "ulimit -a; look at the kernel log" });
}

static int first_one(void *ctx, const struct smn_pci *pci)
{
	char *bdf = ctx;

	if (!smn_pci_has_smmu(pci))
		return 0;
	memcpy(bdf, pci->bdf, SMN_BDF_LEN);
	return 1;
}

enum status ctl_device(struct ctl *ctl, struct smn_pci *pci)
{
	int ret;
	const char *env = ctl->usual_device;
	struct smn_why cause, remedy = { "smmunest-ctl info" };

	recover_half_done(ctl);
	if (!ctl->bdf[0] && env && env[0] && smn_bdf_parse(env, ctl->bdf)) {
		smn_why_set(&cause,
			    "SMMUNEST_DEVICE='%.60s' is not a PCI address "
			    "like 0000:01:00.0",
			    env);
		return ctl_no(ctl, CTL_USAGE, "device.env", &cause, &remedy);
	}
	/* nothing is at stake on a model */
	if (!ctl->bdf[0] && ctl->on_model)
		smn_pci_list(&ctl->sys, first_one, ctl->bdf);
	if (!ctl->bdf[0])
		return offer(ctl);
	ret = smn_pci_read(&ctl->sys, ctl->bdf, pci);
	if (ret)
		return ctl_absent(ctl, ctl->bdf, ret);
	ctl_describe(ctl, pci);
	return CTL_OK;
}

enum status ctl_driver_no(struct ctl *ctl, int ret, const struct smn_why *why)
{
	struct smn_why cause, remedy;
	bool allowed = ret != -EACCES && ret != -EPERM;

	smn_why_set(&cause, "%.200s (%s)", why->text[0] ? why->text :
		    "sysfs refused", smn_errno_name(ret));
	smn_why_set(&remedy, ret == -ENOENT ? "modprobe vfio-pci" :
		    ret == -EBUSY ? "end it first" :
		    allowed ? "look at the kernel log" : "run as root");
	return ctl_no(ctl, ret == -EBUSY ? CTL_USAGE :
		      allowed && ret != -ENOENT ? CTL_REFUSED : CTL_SKIPPED,
		      "driver", &cause, &remedy);
}

enum status ctl_unused(struct ctl *ctl, const struct smn_pci *pci)
{
	struct smn_why why = { "" }, remedy;

	if (!smn_pci_in_use(&ctl->sys, pci->bdf, &why))
		return CTL_OK;
	smn_why_set(&remedy, "smmunest-ctl bind %s --force, if you are sure",
		    pci->bdf);
	return ctl_no(ctl, CTL_USAGE, "device.in-use", &why, &remedy);
}

enum status ctl_ready_device(struct ctl *ctl, struct smn_pci *pci)
{
	struct smn_why cause, remedy;
	enum status status = ctl_device(ctl, pci);

	if (status)
		return status;
	if (!smn_pci_has_smmu(pci)) {
		smn_why_set(&cause, "%s is not behind an SMMUv3%s%s", pci->bdf,
			    pci->smmu[0] ? " but " : "", pci->smmu);
		smn_why_set(&remedy, "smmunest-ctl info");
		return ctl_no(ctl, CTL_SKIPPED, "device.smmu", &cause, &remedy);
	}
	if (strcmp(pci->driver, SMN_VFIO_PCI) || !pci->cdev[0]) {
		bool bound = !strcmp(pci->driver, SMN_VFIO_PCI);

		/* who is told to bind it should not learn it only then */
		status = bound ? CTL_OK : ctl_unused(ctl, pci);
		if (status)
			return status;
		smn_why_set(&cause,
			    bound ? "%s has no VFIO device node: the kernel "
				    "lacks CONFIG_VFIO_DEVICE_CDEV" :
				    "%s is not bound to " SMN_VFIO_PCI
				    " but to %s",
			    pci->bdf, pci->driver[0] ? pci->driver : "nothing");
		smn_why_set(&remedy,
			    bound ? "use a kernel with "
				    "CONFIG_VFIO_DEVICE_CDEV=y" :
				    "smmunest-ctl bind %s",
			    pci->bdf);
		return ctl_no(ctl, CTL_SKIPPED, "device.driver", &cause,
			      &remedy);
	}
	ctl_learn(ctl, pci);
	return CTL_OK;
}

enum status ctl_open_device(struct ctl *ctl, struct smn_pci *pci)
{
	enum status status = ctl_ready_device(ctl, pci);
	int ret;

	if (status)
		return status;
	ctl->in_session = true;
	ret = smn_session_open(&ctl->session, &ctl->sys);
	return ret ? ctl_refused(ctl, ret) : CTL_OK;
}

enum status ctl_regs_for(struct ctl *ctl, const char *what,
			 uint32_t regs[SMN_NREGS])
{
	struct smn_plan plan = { .upto = SMN_UPTO_DEVICE };
	struct smn_why neither = { "--for needs a PCI address, or registers as "
				   "IDR0,IDR1,..." };
	uint64_t words[SMN_NREGS] = { 0 };
	struct smn_hw_info hw;
	struct smn_nest nest;
	struct smn_pci pci;
	enum status status;
	int ret;

	if (smn_words_parse(what, words, SMN_NREGS) > 0) {
		for (unsigned int i = 0; i < SMN_NREGS; i++)
			regs[i] = words[i];
		return CTL_OK;
	}
	if (smn_bdf_parse(what, ctl->bdf))
		return ctl_no(ctl, CTL_USAGE, "for", &neither,
			      &(struct smn_why){ "smmunest-ctl info --json" });
	status = ctl_open_device(ctl, &pci);
	if (status)
		return status;
	plan.cdev = pci.cdev;
	ret = smn_nest_build(&ctl->session, &plan, &nest);
	if (!ret)
		ret = smn_hw_info_get(&ctl->session, nest.dev.id, &hw);
	if (ret)
		return ctl_refused(ctl, ret);
	memcpy(regs, hw.regs, sizeof(hw.regs));
	return CTL_OK;
}

bool ctl_knows(struct ctl *ctl, enum smn_op_id op)
{
	/* every one of the arguments begins with its size */
	uint32_t arg[SMN_ARG_MAX / sizeof(uint32_t)] = { sizeof(*arg) };
	struct smn_call failed = ctl->sys.failed;
	int ret = smn_sys_ioctl(&ctl->sys, op, ctl->session.iommufd, arg);

	ctl->sys.failed = failed;
	return ret != -ENOTTY;
}
