// SPDX-License-Identifier: GPL-2.0-or-later
/* A model of a machine that is there. See smn_model_of(). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "smmunest.h"

#define TELLS_ATS 701		/* the kernel from which on hw_info does */

struct mirror {
	struct smn_sys *sys;
	struct smn_model *model;
	struct smn_session session;
	int err;
};

/* A name a driver was chosen by goes with the device. */
static int copy_override(struct mirror *m, const char *bdf)
{
	struct smn_machine *machine = smn_model_machine(m->model);
	char path[64], text[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override",
		 bdf);
	if (smn_sys_read_text(m->sys, path, text, sizeof(text) - 1) < 0)
		return 0;
	strcat(text, "\n");
	return smn_tree_put(&machine->tree, SMN_TREE_TEXT, path, text);
}

#define RESOURCE_IO 0x100	/* of <linux/ioport.h>, which is no UAPI */

/* "START END FLAGS" a BAR, all 0 where there is none. */
static void copy_bars(struct mirror *m, const char *bdf)
{
	struct smn_pdev *dev =
		smn_machine_device(smn_model_machine(m->model), bdf);
	char path[64], text[4096], *line = text;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", bdf);
	if (!dev || smn_sys_read_text(m->sys, path, text, sizeof(text)) < 0)
		return;
	for (unsigned int i = 0; i <= VFIO_PCI_BAR5_REGION_INDEX; i++) {
		uint64_t start, end, flags;

		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64, &start,
			   &end, &flags) != 3)
			return;
		dev->vfio.regions[i].n = end ? end - start + 1 : 0;
		dev->vfio.ports |= (flags & RESOURCE_IO ? 1 : 0) << i;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

static int add_device(void *ctx, const struct smn_pci *pci)
{
	struct mirror *m = ctx;
	struct smn_kept kept[SMN_MAX_RESERVED];
	bool vfio = !strcmp(pci->driver, SMN_VFIO_PCI);
	char former[32] = "";
	struct smn_part_row row = {
		.bdf = pci->bdf, .vendor = pci->vendor, .device = pci->device,
		.class = pci->class, .driver = pci->driver,
		.own = vfio ? former : pci->driver, .iommu = pci->smmu,
		.group = pci->group, .kept = kept, .nkept = pci->nreserved,
	};

	smn_driver_former(m->sys, pci->bdf, former, sizeof(former));
	for (unsigned int i = 0; i < pci->nreserved; i++)
		kept[i] = (struct smn_kept){ pci->reserved[i].start,
					     pci->reserved[i].last,
					     pci->reserved[i].type };
	m->err = smn_machine_add(smn_model_machine(m->model), &row);
	if (!m->err)
		m->err = copy_override(m, pci->bdf);
	if (!m->err)
		copy_bars(m, pci->bdf);
	return m->err;
}

/*
 * Whether firmware promises CANWBS shows where the SMMU has no FWB: a vIOMMU
 * needs one of them.
 */
static enum smn_truth canwbs(int err, const struct smn_call *failed,
			     const struct smn_hw_info *hw)
{
	if (smn_idr_get(hw->regs, "IDR3.FWB"))
		return SMN_UNKNOWN;
	if (!err)
		return SMN_YES;
	return err == -EOPNOTSUPP && failed->op == SMN_IOMMU_VIOMMU_ALLOC ?
		SMN_NO : SMN_UNKNOWN;
}

/* What iommufd tells of the device's SMMU; a device that is busy tells none. */
static int ask(struct mirror *m, const struct smn_pci *pci)
{
	const struct smn_plan plan = { .cdev = pci->cdev,
				       .upto = SMN_UPTO_VIOMMU };
	struct smn_world *w = smn_model_world(m->model);
	struct smn_hw_info hw;
	struct smn_nest nest;
	int built = smn_nest_build(&m->session, &plan, &nest);
	const struct smn_call failed = m->sys->failed;

	if (!nest.dev.id || smn_hw_info_get(&m->session, nest.dev.id, &hw))
		return 0;
	w->facts.is[SMN_FACT_NO_ARM_IOMMUFD] = smn_truth_of(!hw.smmuv3);
	smn_world_smmu(w, pci->smmu)->errata = hw.flags;
	if (w->kernel >= TELLS_ATS)
		smn_machine_device(smn_model_machine(m->model), pci->bdf)
			->facts.is[SMN_FACT_ATS] =
			smn_truth_of(!(hw.caps &
				       IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED));
	return hw.smmuv3 ? smn_model_tell(m->model, pci->smmu, hw.regs,
					  canwbs(built, &failed, &hw)) : 0;
}

static int ask_it(void *ctx, const struct smn_pci *pci)
{
	struct mirror *m = ctx;
	size_t mark = smn_session_mark(&m->session);
	int undone;

	if (!smn_pci_has_smmu(pci) || !pci->cdev[0])
		return 0;
	m->err = ask(m, pci);
	undone = smn_session_unwind(&m->session, mark);
	m->err = m->err ? m->err : undone;
	return m->err;
}

static int copy_release(struct mirror *m)
{
	char release[64];
	int ret = smn_host_release(m->sys, release, sizeof(release));

	return ret ? ret :
		smn_machine_release(smn_model_machine(m->model), release);
}

/* A kernel with more than its release has is as new as what it knows. */
static int copy_kernel(struct mirror *m)
{
	struct smn_world *w = smn_model_world(m->model);
	uint16_t probed = 0;
	int ret = smn_kernel_probe(&m->session, &probed);

	if (w->kernel < probed)
		w->kernel = probed;
	return ret;
}

/* What the model has of its own but this machine may lack. */
static void lack(struct mirror *m)
{
	static const char *const paths[] = { "/sys/bus/pci/drivers/vfio-pci",
					     "/sys/class/misc/iommu" };
	struct smn_machine *machine = smn_model_machine(m->model);

	for (size_t i = 0; i < SMN_ARRAY_SIZE(paths); i++)
		if (smn_sys_access(m->sys, paths[i]) == -ENOENT)
			smn_tree_remove(&machine->tree, paths[i]);
	/* nothing there can change: it is this machine's own */
	smn_tree_remove(&machine->tree, "/proc");
	machine->below = m->sys->be;
	machine->below_priv = m->sys->priv;
}

/* What the kernel was built with, as far as it shows. */
static void copy_config(struct mirror *m)
{
	struct smn_world *w = smn_model_world(m->model);

	w->facts.is[SMN_FACT_NO_THP] = smn_truth_of(
		!smn_sys_exists(m->sys, "/sys/kernel/mm/transparent_hugepage"));
}

static int copy(struct mirror *m)
{
	int ret = copy_release(m), closed;

	smn_model_world(m->model)->page = sysconf(_SC_PAGESIZE);
	lack(m);
	if (!ret)
		ret = smn_pci_list(m->sys, add_device, m);
	if (ret)
		return ret;
	copy_config(m);
	ret = smn_session_open(&m->session, m->sys);
	if (!ret)
		ret = copy_kernel(m);
	if (!ret)
		ret = smn_pci_list(m->sys, ask_it, m);
	closed = smn_session_close(&m->session);
	return ret ? ret : closed;
}

int smn_model_of(struct smn_sys *sys, struct smn_model **model)
{
	struct mirror m = { .sys = sys, .model = smn_model_new() };
	int ret = m.model ? copy(&m) : -ENOMEM;

	if (ret)
		smn_model_free(m.model);
	else
		*model = m.model;
	return ret;
}
