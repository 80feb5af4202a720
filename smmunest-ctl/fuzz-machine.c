// SPDX-License-Identifier: GPL-2.0-or-later
/* The two sides of `fuzz`: who is asked, and a model. See fuzz.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

struct search {
	struct fuzz_machine *m;
	unsigned int side;
	const char *bdf;		/* that one alone; "": any */
};

/* Devices that VFIO has and nobody uses. */
static int usable(void *ctx, const struct smn_pci *pci)
{
	struct search *s = ctx;
	struct smn_fuzz_side *side = &s->m->side[s->side];
	char *copy = s->m->paths[s->side][side->ncdevs];
	struct smn_why who;

	if (!smn_pci_has_smmu(pci) || !pci->cdev[0] ||
	    (s->bdf[0] && strcmp(s->bdf, pci->bdf)) ||
	    !smn_cdev_holder(side->sys, pci->cdev, &who))
		return 0;
	snprintf(copy, sizeof(s->m->paths[0][0]), "%s", pci->cdev);
	s->m->cdevs[s->side][side->ncdevs++] = copy;
	side->cdevs = s->m->cdevs[s->side];
	return side->ncdevs == FUZZ_DEVICES;
}

static int find_devices(struct fuzz_machine *m, unsigned int side,
			const char *bdf)
{
	struct search s = { m, side, bdf };
	int ret = smn_pci_list(m->side[side].sys, usable, &s);

	return ret < 0 ? ret : 0;
}

/* A model of what the kernel is; the memory limits are those of this process */
static int imitate(struct ctl *ctl, struct fuzz_machine *m)
{
	struct smn_world *w;
	int ret = smn_model_of(&ctl->sys, &m->model);

	if (ret)
		return ret;
	w = smn_model_world(m->model);
	w->page = ctl->sys.world->page = sysconf(_SC_PAGESIZE);
	ctl_learn_limits(ctl, w);
	return 0;
}

static enum status find_model(struct ctl *ctl, struct fuzz_machine *m,
			      const char *against)
{
	struct smn_why why = { "no memory" };
	int ret;

	if (!against) {
		snprintf(m->name[1], sizeof(m->name[1]),
			 "model of this machine");
		ret = imitate(ctl, m);
		return ret ? ctl_refused(ctl, ret) : CTL_OK;
	}
	snprintf(m->name[1], sizeof(m->name[1]), "model:%s", against);
	ret = smn_model_preset(against, &m->model, &why);
	if (ret)
		return ctl_no(ctl, ret == -ENOMEM ? CTL_INTERNAL : CTL_USAGE,
			      "against", &why,
			      &(struct smn_why){ "man smmunest-ctl" });
	return CTL_OK;
}

static void name_left(struct ctl *ctl, struct fuzz_machine *m)
{
	snprintf(m->name[0], sizeof(m->name[0]), "%s%s%s", ctl->sys.be->name,
		 ctl->on_model ? ":" : "",
		 ctl->on_model ? ctl->model_name : "");
}

enum status fuzz_machine_open(struct ctl *ctl, struct fuzz_machine *m,
			      const char *against)
{
	enum status status = find_model(ctl, m, against);
	struct smn_pci pci;
	int ret;

	if (status)
		return status;
	name_left(ctl, m);
	m->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m->model,
				   .world = smn_model_world(m->model) };
	m->side[0].sys = &ctl->sys;
	m->side[1].sys = &m->sys;
	m->feats = m->sys.world->smmus ? m->sys.world->smmus->feats : 0;
	ret = find_devices(m, 0, ctl->bdf);
	if (!ret)
		ret = find_devices(m, 1, against ? "" : ctl->bdf);
	if (ret)
		return ctl_absent(ctl, ctl->bdf, ret);
	if (m->side[0].ncdevs && m->side[1].ncdevs)
		return CTL_OK;
	/* says what is missing, and what to type */
	status = ctl_open_device(ctl, &pci);
	return status ? status : CTL_SKIPPED;
}

void fuzz_machine_close(struct fuzz_machine *m)
{
	smn_model_free(m->model);
}
