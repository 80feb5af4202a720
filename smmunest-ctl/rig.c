// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the machine has of what cases need: found out once, by building the
 * chain and asking. A need that is not met is told in the probe's own words.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

static struct smn_why *unmet(struct run *r, enum need need)
{
	return &r->rig.unmet[need];
}

/* --- devices --- */

static void take(struct rig *rig, unsigned int place,
		 const struct smn_pci *pci)
{
	rig->pci[place] = *pci;
	rig->cdevs[place] = rig->pci[place].cdev;
}

struct others {
	struct run *r;
	const struct smn_pci *first;
};

static int another(void *ctx, const struct smn_pci *pci)
{
	struct others *o = ctx;
	struct run *r = o->r;
	bool far;

	if (!smn_pci_has_smmu(pci) || strcmp(pci->driver, SMN_VFIO_PCI) ||
	    !pci->cdev[0] || !strcmp(pci->bdf, o->first->bdf))
		return 0;
	far = strcmp(pci->smmu, o->first->smmu);
	if (r->rig.cdevs[far ? RUN_FAR : RUN_SECOND])
		return 0;
	ctl_learn(r->ctl, pci);
	take(&r->rig, far ? RUN_FAR : RUN_SECOND, pci);
	unmet(r, far ? NEED_SMMUS : NEED_TWO)->text[0] = '\0';
	return 0;
}

static void find_others(struct run *r, const struct smn_pci *first)
{
	struct others o = { r, first };

	smn_why_set(unmet(r, NEED_TWO),
		    "no other device behind this SMMU is bound to "
		    SMN_VFIO_PCI);
	smn_why_set(unmet(r, NEED_SMMUS),
		    "no device behind another SMMU is bound to " SMN_VFIO_PCI);
	smn_pci_list(&r->ctl->sys, another, &o);
}

/* --- the chain --- */

/* What refused it, in the words of the diagnosis. */
static void words_of(struct run *r, int err, struct smn_why *why)
{
	struct ctl *ctl = r->ctl;
	struct json_object *cause;

	ctl_refused(ctl, err);
	cause = ctl_cause(ctl, 0);
	smn_why_set(why, "%s: %s: %.150s [%s]", doc_text(ctl->error, "op"),
		    smn_errno_name(err), doc_text(cause, "text"),
		    doc_text(cause, "id"));
	ctl_forgive(ctl);
}

/* The step that failed, and all that stand on it. */
static void chain_broke(struct run *r, const struct smn_nest *nest, int err)
{
	static const struct {
		enum smn_op_id op;
		enum need need;
	} steps[] = {
		{ SMN_IOMMU_HWPT_ALLOC, NEED_S2 },
		{ SMN_IOMMU_VIOMMU_ALLOC, NEED_VIOMMU },
		{ SMN_IOMMU_VDEVICE_ALLOC, NEED_VDEVICE },
	};
	enum smn_op_id op = nest->nsteps ? nest->steps[nest->nsteps - 1].op :
		SMN_OPEN;
	enum need first = NEED_DEVICE;
	struct smn_why why;

	words_of(r, err, &why);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(steps); i++)
		if (steps[i].op == op)
			first = steps[i].need;
	for (enum need need = first; need <= NEED_VDEVICE; need++)
		*unmet(r, need) = why;
	if (first <= NEED_VIOMMU)
		*unmet(r, NEED_STRICT) = why;
}

/* --- what registers, process and kernel tell --- */

static const struct {
	enum need with, without;	/* NNEEDS: nobody needs it */
	const char *field;
	uint32_t none;			/* the value that means not */
} of_register[] = {
	{ NEED_RIL, NEED_NO_RIL, "IDR3.RIL", 0 },
	{ NEED_ATS, NEED_NO_ATS, "IDR0.ATS", 0 },
	{ NEED_SSID, NEED_NO_SSID, "IDR1.SSIDSIZE", 0 },
	{ NEED_DS, NEED_NO_DS, "IDR5.DS", 0 },
	{ NEED_ASID16, NNEEDS, "IDR0.ASID16", 0 },
	{ NEED_STALL, NNEEDS, "IDR0.STALL_MODEL", 1 },
};

static void read_registers(struct run *r)
{
	const struct smn_hw_info *hw = &r->rig.hw;
	uint64_t dirty = hw->caps & IOMMU_HW_CAP_DIRTY_TRACKING;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(of_register); i++) {
		const char *field = of_register[i].field;
		uint32_t v = hw->smmuv3 ? smn_idr_get(hw->regs, field) : 0;
		bool has = v != of_register[i].none;
		enum need not_met = has ? of_register[i].without :
			of_register[i].with;

		if (not_met != NNEEDS)
			smn_why_set(unmet(r, not_met), "%s is %u", field, v);
	}
	smn_why_set(unmet(r, dirty ? NEED_NO_DIRTY : NEED_DIRTY),
		    "IOMMU_GET_HW_INFO tells %s dirty tracking",
		    dirty ? "of" : "of no");
}

static void ask_process(struct run *r)
{
	struct smn_sys *sys = &r->ctl->sys;
	bool model = r->ctl->on_model;

	if (!model && r->ctl->self.uid)
		smn_why_set(unmet(r, NEED_ROOT), "this is user %u, not root",
			    (unsigned int)r->ctl->self.uid);
	if (model && sys->world->facts.is[SMN_FACT_NO_RESOURCE_CAP] == SMN_YES)
		smn_why_set(unmet(r, NEED_ROOT), "this model's process lacks "
			    "CAP_SYS_RESOURCE");
	smn_inject_lacks(sys, unmet(r, NEED_INJECT));
	if (!model && r->ctl->tape)
		smn_why_set(unmet(r, NEED_INJECT), "the memory would be "
			    "refused to who writes the recording");
	if (!model)
		return;
	smn_why_set(unmet(r, NEED_KERNEL), "a model answers");
	smn_why_set(unmet(r, NEED_TLB), "the model keeps no translations");
}

static void ask_source(struct run *r)
{
	const struct smn_dma_source *source = smn_dma_of(&r->rig.pci[0]);

	if (!source->reads && !source->writes)
		smn_why_set(unmet(r, NEED_DMA), "nothing is known about %s "
			    "that would make it move memory",
			    r->rig.pci[0].bdf);
	if (!source->msi)
		smn_why_set(unmet(r, NEED_MSI), "%s sends no interrupt by "
			    "itself", r->rig.pci[0].bdf);
}

/* Two pages of registers as a file. */
static void ask_registers(struct run *r, struct smn_session *s,
			  const struct smn_device *dev)
{
	int fd, ret;

	*unmet(r, NEED_DMABUF) = *unmet(r, NEED_DEVICE);
	if (unmet(r, NEED_DEVICE)->text[0])
		return;
	ret = smn_bar_file(s, dev, 0, 0, 2 * sysconf(_SC_PAGESIZE), &fd);
	if (ret)
		words_of(r, ret, unmet(r, NEED_DMABUF));
}

/* --- all of it --- */

static void probe(struct run *r, struct smn_session *s)
{
	const struct smn_plan plan = { .cdev = r->rig.cdevs[0], .vsid = 8,
				       .upto = SMN_UPTO_VDEVICE };
	struct rig *rig = &r->rig;
	struct smn_nest nest;
	int ret;

	if (smn_kernel_probe(s, &rig->kernel))
		rig->kernel = 0;
	ret = smn_nest_build(s, &plan, &nest);
	if (ret)
		chain_broke(r, &nest, ret);
	if (!unmet(r, NEED_DEVICE)->text[0])
		smn_hw_info_get(s, nest.dev.id, &rig->hw);
	ask_registers(r, s, &nest.dev);
	if (!unmet(r, NEED_VIOMMU)->text[0] &&
	    smn_accounting_probe(s, nest.viommu, &rig->accounting))
		smn_why_set(unmet(r, NEED_STRICT), "two commands of which one "
			    "is none were not answered with EIO");
	else if (!rig->accounting.strict && !unmet(r, NEED_STRICT)->text[0])
		smn_why_set(unmet(r, NEED_STRICT), "this kernel looks at the "
			    "opcodes of commands alone, so what is wrong would "
			    "reach the SMMU");
}

enum status rig_find(struct run *r)
{
	struct ctl *ctl = r->ctl;
	struct smn_session s;
	struct smn_pci pci;
	enum status status = ctl_ready_device(ctl, &pci);
	int ret;

	if (status)
		return status;
	memcpy(ctl->bdf, pci.bdf, sizeof(ctl->bdf));
	take(&r->rig, RUN_FIRST, &pci);
	find_others(r, &pci);
	ret = smn_session_open(&s, &ctl->sys);
	if (ret)
		status = ctl_refused(ctl, ret);
	else
		probe(r, &s);
	smn_session_close(&s);
	read_registers(r);
	ask_process(r);
	ask_source(r);
	return status == CTL_REFUSED ? CTL_FAILED : status;
}

bool rig_lacks(const struct rig *rig, const struct test_case *c,
	       struct smn_why *why)
{
	uint32_t needs = case_needs(c);
	uint16_t since = case_since(c);

	if (rig->kernel && rig->kernel < since) {
		smn_why_set(why, "needs Linux %u.%u, and this one has only what"
			    " came up to %u.%u", since / 100, since % 100,
			    rig->kernel / 100, rig->kernel % 100);
		return true;
	}
	for (enum need need = 0; need < NNEEDS; need++)
		if (needs >> need & 1 && rig->unmet[need].text[0]) {
			smn_why_set(why, "needs %s: %.200s", need_name(need),
				    rig->unmet[need].text);
			return true;
		}
	return false;
}
