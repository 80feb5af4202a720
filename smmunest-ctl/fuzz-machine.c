// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The two sides of `fuzz`: who is asked, and a model of the same machine, made
 * from what sysfs, GET_HW_INFO and a trial say. See fuzz.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "sys/model.h"

static void add_cdev(struct fuzz_machine *m, unsigned int side,
		     const char *path)
{
	struct smn_fuzz_side *s = &m->side[side];
	char *copy = m->paths[side][s->ncdevs];

	if (s->ncdevs == FUZZ_DEVICES)
		return;
	snprintf(copy, sizeof(m->paths[side][0]), "%s", path);
	m->cdevs[side][s->ncdevs++] = copy;
	s->cdevs = m->cdevs[side];
}

/* --- the machine that is asked --- */

struct search {
	struct ctl *ctl;
	struct fuzz_machine *m;
};

static int usable(void *ctx, const struct smn_pci *pci)
{
	struct search *s = ctx;
	struct smn_fuzz_side *side = &s->m->side[0];
	struct smn_why who;

	if (!smn_pci_has_smmu(pci) || !pci->cdev[0] ||
	    (s->ctl->bdf[0] && strcmp(s->ctl->bdf, pci->bdf)) ||
	    side->ncdevs == FUZZ_DEVICES ||
	    !smn_cdev_holder(&s->ctl->sys, pci->cdev, &who))
		return 0;
	memcpy(s->m->bdfs[side->ncdevs], pci->bdf, SMN_BDF_LEN);
	add_cdev(s->m, 0, pci->cdev);
	return 0;
}

static enum status find_devices(struct ctl *ctl, struct fuzz_machine *m)
{
	struct search s = { ctl, m };
	struct smn_pci pci;

	smn_pci_list(&ctl->sys, usable, &s);
	if (m->side[0].ncdevs)
		return CTL_OK;
	/* says what is missing, and what to type */
	return ctl_open_device(ctl, &pci);
}

/* --- a model of it --- */

/* Reserved ranges live as long as the model: it is small, and one of a run. */
static int copy_reserved(struct smn_pdev *dev, const struct smn_pci *pci)
{
	struct smn_region *r = calloc(pci->nreserved + 1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	for (unsigned int i = 0; i < pci->nreserved; i++)
		r[i] = (struct smn_region){
			.start = pci->reserved[i].start,
			.last = pci->reserved[i].last,
			.msi = !strcmp(pci->reserved[i].type, "msi"),
		};
	dev->reserved = r;
	dev->nreserved = pci->nreserved;
	return 0;
}

/* The SMMU's registers, and whether it takes a vIOMMU: by trying. */
static int ask_smmu(struct ctl *ctl, const struct smn_pci *pci,
		    struct smn_smmu *smmu)
{
	struct smn_plan plan = { .cdev = pci->cdev, .upto = SMN_UPTO_VIOMMU };
	struct smn_session s;
	struct smn_nest nest = { 0 };
	struct smn_hw_info hw;
	int ret = smn_session_open(&s, &ctl->sys), nested;

	if (!ret) {
		nested = smn_nest_build(&s, &plan, &nest);
		ret = nest.dev.id ? smn_hw_info_get(&s, nest.dev.id, &hw) :
			nested;
	}
	if (!ret) {
		smn_smmu_tell(smmu, hw.regs);
		smmu->errata = hw.flags;
		smmu->facts.is[SMN_FACT_NO_CANWBS] =
			smn_truth_of(nested == -EOPNOTSUPP && nest.s2);
		ret = smn_kernel_probe(&s, &ctl->sys.world->kernel);
	}
	smn_session_close(&s);
	return ret;
}

static int add_device(struct ctl *ctl, struct fuzz_machine *m,
		      const char *bdf)
{
	struct smn_world *w = smn_model_world(m->model);
	struct smn_smmu *smmu;
	struct smn_pdev *dev;
	struct smn_pci pci;
	int ret = smn_pci_read(&ctl->sys, bdf, &pci);

	if (ret)
		return ret;
	ctl_learn(ctl, &pci);
	smmu = smn_world_smmu(w, pci.smmu);
	if (!smmu) {
		smmu = smn_world_add_smmu(w, pci.smmu);
		ret = smmu ? ask_smmu(ctl, &pci, smmu) : -ENOMEM;
	}
	if (ret)
		return ret;
	dev = smn_world_add_device(w, pci.bdf, pci.cdev, smmu);
	if (!dev)
		return -ENOMEM;
	dev->group = pci.group;
	dev->sid = pci.rid;
	m->feats = smmu->feats;
	add_cdev(m, 1, pci.cdev);
	return copy_reserved(dev, &pci);
}

static enum status imitate(struct ctl *ctl, struct fuzz_machine *m)
{
	struct smn_world *known = ctl->sys.world, *w;
	int ret = 0;

	m->model = smn_model_new();
	if (!m->model)
		return ctl_refused(ctl, -ENOMEM);
	w = smn_model_world(m->model);
	for (unsigned int i = 0; !ret && i < m->side[0].ncdevs; i++)
		ret = add_device(ctl, m, m->bdfs[i]);
	w->kernel = known->kernel;
	w->page = known->page = sysconf(_SC_PAGESIZE);
	w->memlock = known->memlock;
	w->memlock_counts = known->memlock_counts;
	snprintf(m->name[1], sizeof(m->name[1]), "model of this machine");
	return ret ? ctl_refused(ctl, ret) : CTL_OK;
}

enum status fuzz_machine_open(struct ctl *ctl, struct fuzz_machine *m,
			      const char *against)
{
	enum status status = find_devices(ctl, m);

	(void)against;
	m->side[0].sys = &ctl->sys;
	snprintf(m->name[0], sizeof(m->name[0]), "%s", ctl->sys.be->name);
	if (!status)
		status = imitate(ctl, m);
	if (status)
		return status;
	m->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m->model,
				   .world = smn_model_world(m->model) };
	m->side[1].sys = &m->sys;
	return CTL_OK;
}

void fuzz_machine_close(struct fuzz_machine *m)
{
	smn_model_free(m->model);
}
