// SPDX-License-Identifier: GPL-2.0-or-later
/* Machines by name, a row each. See presets.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/broken.h"
#include "sys/presets.h"

/*
 * The registers of qemu and mmu600-r2p2 were read from such machines. The
 * others are composed: these with the product's number in IIDR, and with what
 * its architecture brings (range invalidation, FWB) or the name tells.
 */
static const struct preset {
	const char *name, *doc;
	uint32_t regs[SMN_NREGS];	/* IDR0 to IDR5, IIDR, AIDR */
	bool canwbs;			/* firmware promises it */
	bool ats;			/* the devices have it */
	bool two;			/* the second device has its own SMMU */
} presets[] = {
	{ "qemu", "QEMU's SMMUv3 with both stages, and firmware with CANWBS",
	  { 0x0d44101b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1 },
	  .canwbs = true },
	{ "mmu600-r2p2", "Arm MMU-600 r2p2, and firmware with CANWBS",
	  { 0x080f7e3f, 0x0e739d18, 0, 0x3c, 0, 0x400075, 0x4832243b, 1 },
	  .canwbs = true },
	{ "mmu600-r1p0", "an older one, which an erratum keeps from nesting",
	  { 0x080f7e3f, 0x0e739d18, 0, 0x3c, 0, 0x400075, 0x4831043b, 1 },
	  .canwbs = true },
	{ "mmu700-r1p1", "Arm MMU-700 r1p1: FWB, range invalidation, ATS",
	  { 0x080f7ebb, 0x0e739d18, 0, 0x15bc, 0, 0x400075, 0x4871143b, 2 },
	  .ats = true },
	{ "mmu700-r0p0", "the first one, which errata keep from nesting",
	  { 0x080f7ebb, 0x0e739d18, 0, 0x15bc, 0, 0x400075, 0x4870043b, 2 },
	  .ats = true },
	{ "mmu-s3", "Arm MMU-S3: as MMU-700, with 52-bit addresses",
	  { 0x080f7ebb, 0x0e739d18, 0, 0x15bc, 0, 0x4004f6, 0x4980043b, 3 },
	  .ats = true },
	{ "full", "all at once: range invalidation, DS, SubstreamIDs, ATS",
	  { 0x0d4d149b, 0x02730510, 0, 0x1514, 0, 0x4f6, 0, 3 },
	  .canwbs = true, .ats = true },
	{ "no-s2", "no stage 2",
	  { 0x0d40101a, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1 },
	  .canwbs = true },
	{ "incoherent", "table walks that are not coherent",
	  { 0x0d44100b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1 },
	  .canwbs = true },
	{ "asid8", "8-bit ASIDs",
	  { 0x0d44001b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1 },
	  .canwbs = true },
	{ "two", "two SMMUs, the second device behind the second one",
	  { 0x0d44101b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1 },
	  .canwbs = true, .two = true },
};

static const char *const smmus[] = {
	"smmu3.0x0000000009050000", "smmu3.0x0000000009090000",
};

/* where Linux puts MSIs for every SMMUv3 */
static const struct smn_kept msi_window[] = {
	{ 0x08000000, 0x080fffff, "msi" },
};

static const struct smn_part_row parts[] = {
	{ "0000:00:02.0", 0x1234, 0x11e8, 0x00ff00, "vfio-pci", .group = 1,
	  .kept = msi_window, .nkept = SMN_ARRAY_SIZE(msi_window) },
	{ "0000:00:03.0", 0x1b36, 0x0010, 0x010802, "vfio-pci", .own = "nvme",
	  .group = 2, .kept = msi_window,
	  .nkept = SMN_ARRAY_SIZE(msi_window) },
};

const char *smn_preset_name(unsigned int i)
{
	return i < SMN_ARRAY_SIZE(presets) ? presets[i].name : NULL;
}

const char *smn_preset_doc(unsigned int i)
{
	return i < SMN_ARRAY_SIZE(presets) ? presets[i].doc : NULL;
}

static const char *name_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return smn_preset_name(i);
}

static const char *fact_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i < SMN_NFACTS ? smn_fact_name(i) : NULL;
}

static const struct preset *find(const char *name, size_t len)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(presets); i++) {
		const char *whole = presets[i].name;

		if (!strncmp(whole, name, len) &&
		    (!whole[len] || (len && whole[len] == '-')))
			return &presets[i];
	}
	return NULL;
}

/* --- what differs --- */

/* The preset as it is changed before it is built. */
struct plan {
	const struct preset *preset;
	struct smn_world *w;
	struct smn_machine *machine;
	struct smn_model *model;
	const char *driver;
	char text[32];
};

static int set_kernel(struct plan *p, const char *value)
{
	return smn_machine_release(p->machine, value);
}

static int set_driver(struct plan *p, const char *value)
{
	if (!smn_machine_name(value, sizeof(p->text)))
		return -EINVAL;
	strcpy(p->text, strcmp(value, "none") ? value : "");
	p->driver = p->text;
	return 0;
}

static int set_memlock(struct plan *p, const char *value)
{
	p->w->memlock_counts = true;
	return smn_number_parse(value, &p->w->memlock);
}

static int set_broken(struct plan *p, const char *value)
{
	return smn_model_break(p->model, value) ? -EINVAL : 0;
}

static const struct {
	const char *key;
	int (*set)(struct plan *p, const char *value);
} keys[] = {
	{ "kernel=", set_kernel },
	{ "driver=", set_driver },
	{ "broken=", set_broken },
	{ "memlock=", set_memlock },
};

static int differ(struct plan *p, const char *word, struct smn_why *why)
{
	enum smn_fact fact = smn_fact_by_name(word);
	const char *near = smn_nearest(word, strlen(word), fact_at, NULL);
	int ret = -EINVAL;

	if (fact < SMN_NFACTS) {
		p->w->facts.is[fact] = SMN_YES;
		return 0;
	}
	for (size_t i = 0; i < SMN_ARRAY_SIZE(keys); i++) {
		size_t n = strlen(keys[i].key);

		if (!strncmp(word, keys[i].key, n))
			ret = keys[i].set(p, word + n);
	}
	if (ret == -EINVAL)
		smn_why_set(why, "'%.40s' is neither kernel=M.N, driver=NAME, "
			    "broken=NAME, "
			    "memlock=BYTES nor a fact%s%s%s", word,
			    near ? "; did you mean " : "", near ? near : "",
			    near ? "?" : "");
	return ret;
}

static int differ_all(struct plan *p, const char *list, struct smn_why *why)
{
	char *copy = strdup(list), *rest = copy, *word;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (word = strsep(&rest, ",")))
		ret = differ(p, word, why);
	free(copy);
	return ret;
}

/* --- building it --- */

static int add_part(struct smn_model *m, const struct plan *plan,
		    unsigned int i)
{
	struct smn_part_row row = parts[i];
	struct smn_pdev *dev;
	int ret;

	row.iommu = smmus[plan->preset->two ? i : 0];
	if (plan->driver)
		row.driver = plan->driver;
	ret = smn_model_tell(m, row.iommu, plan->preset->regs,
			     smn_truth_of(plan->preset->canwbs));
	if (!ret)
		ret = smn_machine_add(plan->machine, &row);
	if (ret)
		return ret;
	dev = smn_machine_device(plan->machine, row.bdf);
	dev->facts.is[SMN_FACT_ATS] = smn_truth_of(plan->preset->ats);
	return 0;
}

static int build(struct smn_model *m, const struct preset *preset,
		 const char *differences, struct smn_why *why)
{
	struct plan plan = { .preset = preset, .model = m,
			     .w = smn_model_world(m),
			     .machine = smn_model_machine(m) };
	int ret = *differences ? differ_all(&plan, differences, why) : 0;

	for (unsigned int i = 0; !ret && i < SMN_ARRAY_SIZE(parts); i++)
		ret = add_part(m, &plan, i);
	if (!ret)
		ret = smn_machine_firmware(plan.machine);
	if (!ret && plan.w->facts.is[SMN_FACT_NO_IOMMUFD] == SMN_YES) {
		smn_tree_remove(&plan.machine->tree, "/dev/iommu");
		smn_tree_remove(&plan.machine->tree, "/sys/class/misc/iommu");
	}
	return ret;
}

int smn_model_preset(const char *spec, struct smn_model **model,
		     struct smn_why *why)
{
	size_t len = strcspn(spec, ":");
	const struct preset *preset = find(spec, len);
	bool broken = !preset && !spec[len] && smn_broken_by_name(spec);
	const char *near;
	struct smn_model *m;
	int ret;

	if (broken)
		preset = &presets[0];
	if (!preset) {
		near = smn_nearest(spec, len, name_at, NULL);
		smn_why_set(why, "'%.*s' is no preset of the model%s%s%s",
			    len < 40 ? (int)len : 40, spec,
			    near ? "; did you mean " : "", near ? near : "",
			    near ? "?" : "");
		return -ENOENT;
	}
	m = smn_model_new();
	if (!m)
		return -ENOMEM;
	ret = build(m, preset, spec + len + (spec[len] == ':'), why);
	if (!ret && broken)
		ret = smn_model_break(m, spec);
	if (ret)
		smn_model_free(m);
	else
		*model = m;
	return ret;
}
