// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is found out about the machine so that a refusal can be explained: a
 * little before the first call, the rest only after one was refused. A model
 * knows all there is from the start.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ctl.h"

static void tell(struct smn_facts *f, enum smn_fact fact, enum smn_truth truth)
{
	if (truth)
		f->is[fact] = truth;
}

/* --- of this process, which no file tells --- */

void self_learn(struct self *self)
{
	struct rlimit limit;

	*self = (struct self){ .uid = geteuid(), .memlock = ~0ULL,
			       .page = sysconf(_SC_PAGESIZE) };
	if (!getrlimit(RLIMIT_MEMLOCK, &limit) &&
	    limit.rlim_cur != RLIM_INFINITY)
		self->memlock = limit.rlim_cur;
}

/* --- before --- */

bool ctl_own_status(struct smn_sys *sys, const char *key, int base,
		    uint64_t *value)
{
	char text[4096], *line, *end;

	if (smn_sys_read_text(sys, "/proc/self/status", text,
			      sizeof(text)) < 0)
		return false;
	line = strstr(text, key);
	if (!line)
		return false;
	line += strlen(key);
	*value = strtoull(line, &end, base);
	return end > line;
}

static enum smn_truth has_capability(struct smn_sys *sys, unsigned int cap)
{
	uint64_t effective;

	return ctl_own_status(sys, "CapEff:", 16, &effective) ?
		smn_truth_of(effective >> cap & 1) : SMN_UNKNOWN;
}

void ctl_learn_limits(struct ctl *ctl, struct smn_world *w)
{
	struct smn_sys *sys = &ctl->sys;

	w->memlock_counts = has_capability(sys, CAP_IPC_LOCK) != SMN_YES;
	w->memlock = ctl->self.memlock;
	tell(&w->facts, SMN_FACT_NO_RESOURCE_CAP,
	     smn_not(has_capability(sys, CAP_SYS_RESOURCE)));
	tell(&w->facts, SMN_FACT_NO_RAWIO_CAP,
	     smn_not(has_capability(sys, CAP_SYS_RAWIO)));
}

/* The device, and its SMMU, as the world knows them. */
static struct smn_pdev *known_device(struct smn_world *w,
				     const struct smn_pci *pci)
{
	struct smn_pdev *dev = smn_world_cdev(w, pci->cdev);
	struct smn_smmu *smmu = smn_world_smmu(w, pci->smmu);

	if (dev)
		return dev;
	if (!smmu)
		smmu = smn_world_add_smmu(w, pci->smmu);
	return smmu ? smn_world_add_device(w, pci->bdf, pci->cdev, smmu) : NULL;
}

void ctl_learn(struct ctl *ctl, const struct smn_pci *pci)
{
	struct smn_world *w = ctl->sys.world;
	struct smn_pdev *dev;
	bool direct = false;

	if (w->answers)
		return;
	ctl_learn_limits(ctl, w);
	if (!ctl->log.sys)
		smn_kmsg_open(&ctl->sys, &ctl->log, false, &ctl->log_why);
	dev = known_device(w, pci);
	if (!dev)
		return;
	dev->group = pci->group;
	dev->sid = pci->rid;
	tell(&dev->facts, SMN_FACT_NO_GROUP, smn_truth_of(pci->group < 0));
	for (unsigned int i = 0; i < pci->nreserved; i++)
		direct |= !strncmp(pci->reserved[i].type, "direct", 6);
	if (pci->group >= 0)
		tell(&dev->facts, SMN_FACT_DIRECT, smn_truth_of(direct));
}

/* --- after a refusal --- */

/* A session for questions on an open /dev/iommu, @x or NULL for any. */
static bool asking(struct ctl *ctl, const struct smn_ictx *x,
		   struct smn_session *s)
{
	const struct smn_world *w = ctl->sys.world;

	for (size_t fd = 0; fd < w->nfiles; fd++)
		if (w->files[fd].kind == SMN_FILE_IOMMU &&
		    (!x || w->files[fd].x == x)) {
			*s = (struct smn_session){ .sys = &ctl->sys,
						   .iommufd = fd };
			return true;
		}
	return false;
}

static void learn_kernel(struct ctl *ctl, struct smn_world *w)
{
	static const struct {
		enum smn_kconfig_id option;
		enum smn_fact absent;
	} options[] = {
		{ SMN_CONFIG_ARM_SMMU_V3_IOMMUFD, SMN_FACT_NO_ARM_IOMMUFD },
		{ SMN_CONFIG_ARM_SMMU_V3_SVA, SMN_FACT_NO_SVA },
		{ SMN_CONFIG_PCI_ATS, SMN_FACT_NO_PCI_ATS },
	};
	struct smn_kconfig config;
	struct smn_session s;

	if (asking(ctl, NULL, &s))
		smn_kernel_probe(&s, &w->kernel);
	tell(&w->facts, SMN_FACT_UNSAFE_INTERRUPTS,
	     smn_unsafe_interrupts(&ctl->sys));
	if (smn_kconfig_read(&ctl->sys, &config))
		return;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(options); i++)
		if (config.value[options[i].option] != '?')
			tell(&w->facts, options[i].absent, smn_truth_of(
			     config.value[options[i].option] == 'n'));
}

struct neighbours {
	const char *bdf;
	bool busy;
};

static int look_at_neighbour(void *ctx, const char *name, const char *driver)
{
	struct neighbours *n = ctx;

	n->busy |= strcmp(name, n->bdf) && driver[0] &&
		strcmp(driver, SMN_VFIO_PCI) && strcmp(driver, "pcieport");
	return 0;
}

/* Firmware's word, and what the device says of itself. */
static void learn_device(struct ctl *ctl, struct smn_pdev *dev)
{
	struct neighbours n = { dev->bdf, false };
	struct smn_facts *f = &dev->facts;
	struct smn_iort_device iort;
	struct smn_pci_caps caps;
	struct smn_pci pci;
	struct smn_why why;

	if (smn_pci_read(&ctl->sys, dev->bdf, &pci))
		return;
	smn_pci_caps_read(&ctl->sys, &pci, &caps);
	smn_iort_device(&ctl->sys, &pci, &caps, &iort, &why);
	tell(f, SMN_FACT_NO_CANWBS, smn_not(iort.canwbs));
	tell(f, SMN_FACT_INCOHERENT, smn_not(iort.cohacc));
	tell(f, SMN_FACT_INCOHERENT,
	     smn_not(smn_tree_coherent(&ctl->sys, pci.smmu)));
	if (caps.nrids) {
		tell(f, SMN_FACT_ALIASED, caps.nrids > 1 ? SMN_YES :
		     caps.all_rids ? SMN_NO : SMN_UNKNOWN);
		tell(f, SMN_FACT_ATS, smn_and(caps.ats, iort.ats));
		tell(f, SMN_FACT_PRI_VF, smn_and(
		     smn_truth_of(caps.physfn[0]), caps.pri));
	}
	if (!smn_group_list(&ctl->sys, pci.group, look_at_neighbour, &n))
		tell(f, SMN_FACT_GROUP_BUSY, smn_truth_of(n.busy));
	dev->holder.text[0] = '\0';
	smn_cdev_holder(&ctl->sys, dev->cdev, &dev->holder);
}

/* That an open failed so is itself the evidence. */
static void learn_open(struct ctl *ctl, const struct smn_call *failed)
{
	struct smn_facts *f = &ctl->sys.world->facts;

	if (failed->op != SMN_OPEN)
		return;
	if (failed->err == -EACCES)
		tell(f, SMN_FACT_UNPRIVILEGED, SMN_YES);
	if (failed->err == -ENOENT && !strcmp(ctl->sys.path, SMN_IOMMU_NODE))
		smn_iommu_learn(&ctl->sys, f);
}

/* What the kernel said while it refused. */
static void learn_log(struct ctl *ctl, struct smn_world *w)
{
	static const struct {
		enum smn_kmsg_kind kind;
		enum smn_fact fact;
	} lines[] = {
		{ SMN_KMSG_DIRECT, SMN_FACT_DIRECT },
		{ SMN_KMSG_SYNC_TIMEOUT, SMN_FACT_CMDQ_STUCK },
		{ SMN_KMSG_CMDQ_TIMEOUT, SMN_FACT_CMDQ_STUCK },
		{ SMN_KMSG_CMDQ_ATC, SMN_FACT_CMDQ_STUCK },
	};
	struct smn_kmsg_seen *seen = &ctl->logged;

	if (!ctl->log.sys || smn_kmsg_read(&ctl->log, seen))
		return;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(lines); i++)
		if (seen->kinds >> lines[i].kind & 1)
			tell(&w->facts, lines[i].fact, SMN_YES);
}

/* Its registers pass through the world on their way. */
static void learn_registers(struct ctl *ctl, const struct smn_pdev *dev)
{
	struct smn_hw_info hw;
	struct smn_session s;

	if (dev->object && dev->smmu && dev->smmu->told != SMN_YES &&
	    asking(ctl, dev->object->x, &s))
		smn_hw_info_get(&s, dev->object->id, &hw);
}

void ctl_learn_more(struct ctl *ctl)
{
	void (*observe)(struct ctl *ctl, const struct smn_call *call) =
		ctl->observe;
	struct smn_call failed = ctl->sys.failed;
	struct smn_world *w = ctl->sys.world;

	if (w->answers)
		return;
	ctl->observe = NULL;
	learn_open(ctl, &failed);
	learn_log(ctl, w);
	learn_kernel(ctl, w);
	for (struct smn_pdev *dev = w->devs; dev; dev = dev->next) {
		learn_device(ctl, dev);
		learn_registers(ctl, dev);
	}
	ctl->sys.failed = failed;
	ctl->observe = observe;
}
