// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A model of the machine that `info --json` described, perhaps elsewhere. The
 * file is anybody's: nothing in it is believed before it was looked at.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define MAX_DEVICES 4096

/* A string without what could end a line or a path; "" where there is none. */
static const char *word(struct json_object *o, const char *key)
{
	const char *s = doc_text(o, key);

	return strpbrk(s, "/\n") ? "" : s;
}

/* "0x..." as a number, 0 where there is none. */
static uint64_t number(struct json_object *v)
{
	uint64_t n = 0;

	if (json_object_is_type(v, json_type_string))
		smn_number_parse(json_object_get_string(v), &n);
	return n;
}

static unsigned int ranges(struct json_object *dev,
			   struct smn_kept kept[SMN_MAX_RESERVED])
{
	struct json_object *all = doc_get(dev, "reserved_regions");
	unsigned int n = 0;

	if (!json_object_is_type(all, json_type_array))
		return 0;
	for (size_t i = 0; i < json_object_array_length(all) &&
	     n < SMN_MAX_RESERVED; i++) {
		struct json_object *o = json_object_array_get_idx(all, i);

		kept[n] = (struct smn_kept){ number(doc_get(o, "start")),
					     number(doc_get(o, "last")),
					     word(o, "type") };
		n += kept[n].start <= kept[n].last && kept[n].type[0];
	}
	return n;
}

/* true, false, or anything else: not known */
static enum smn_truth truth(struct json_object *o, const char *key)
{
	struct json_object *v = doc_get(o, key);

	return json_object_is_type(v, json_type_boolean) ?
		smn_truth_of(json_object_get_boolean(v)) : SMN_UNKNOWN;
}

/* What firmware promises, or else the verdict: CANWBS or FWB it takes. */
static enum smn_truth canwbs(struct json_object *dev,
			     const uint32_t regs[SMN_NREGS])
{
	struct json_object *nesting = doc_get(dev, "nesting");
	struct json_object *reasons = doc_get(nesting, "reasons");
	enum smn_truth told = truth(doc_get(dev, "iort"), "canwbs");

	if (told)
		return told;
	if (json_object_is_type(reasons, json_type_array))
		for (size_t i = 0; i < json_object_array_length(reasons); i++)
			if (!strcmp(word(json_object_array_get_idx(reasons, i),
					 "id"), "viommu.canwbs"))
				return SMN_NO;
	return !strcmp(word(nesting, "verdict"), "yes") &&
		!smn_idr_get(regs, "IDR3.FWB") ? SMN_YES : SMN_UNKNOWN;
}

static int add_device(struct smn_model *m, struct json_object *dev,
		      struct smn_why *why)
{
	const char *bdf = word(dev, "bdf"), *driver = word(dev, "driver");
	struct json_object *group = doc_get(dev, "group");
	struct smn_kept kept[SMN_MAX_RESERVED];
	uint32_t regs[SMN_NREGS];
	char full[SMN_BDF_LEN];
	struct smn_part_row row = {
		.bdf = full, .vendor = number(doc_get(dev, "vendor")),
		.device = number(doc_get(dev, "device")),
		.class = number(doc_get(dev, "class")), .driver = driver,
		.own = strcmp(driver, SMN_VFIO_PCI) ? driver : "",
		.iommu = word(dev, "smmu"), .kept = kept,
		.nkept = ranges(dev, kept),
		.group = json_object_is_type(group, json_type_int) ?
			json_object_get_int(group) : -1,
	};
	struct smn_pdev *pdev = NULL;
	int ret = smn_bdf_parse(bdf, full);

	if (!ret)
		ret = smn_machine_add(smn_model_machine(m), &row);
	if (!ret)
		pdev = smn_machine_device(smn_model_machine(m), full);
	if (pdev && doc_registers(dev, regs))
		ret = smn_model_tell(m, row.iommu, regs, canwbs(dev, regs));
	if (pdev)
		pdev->facts.is[SMN_FACT_ATS] =
			smn_and(truth(doc_get(dev, "pci"), "ats"),
				truth(doc_get(dev, "iort"), "ats"));
	if (ret == -EEXIST)
		smn_why_set(why, "the device %s is there twice", full);
	else if (ret)
		smn_why_set(why, "'%.40s' is not a device's description", bdf);
	return ret;
}

/* "n" of an option is the fact that the kernel lacks it. */
static const struct {
	const char *option;
	enum smn_fact lacks;
} options[] = {
	{ "CONFIG_ARM_SMMU_V3_IOMMUFD", SMN_FACT_NO_ARM_IOMMUFD },
	{ "CONFIG_ARM_SMMU_V3_SVA", SMN_FACT_NO_SVA },
	{ "CONFIG_PCI_ATS", SMN_FACT_NO_PCI_ATS },
};

static void add_facts(struct smn_world *w, struct json_object *result)
{
	struct json_object *config = doc_get(result, "config");

	for (size_t i = 0; i < SMN_ARRAY_SIZE(options); i++)
		if (!strcmp(word(config, options[i].option), "n"))
			w->facts.is[options[i].lacks] = SMN_YES;
	if (truth(result, "unsafe_interrupts") == SMN_YES)
		w->facts.is[SMN_FACT_UNSAFE_INTERRUPTS] = SMN_YES;
}

static int fill(struct smn_model *m, struct json_object *root,
		struct smn_why *why)
{
	struct json_object *devices = doc_get(doc_get(root, "result"),
					      "devices");
	const char *release = word(doc_get(root, "kernel"), "release");
	int ret = 0;

	if (strcmp(word(root, "command"), "info") ||
	    !json_object_is_type(devices, json_type_array) ||
	    json_object_array_length(devices) > MAX_DEVICES) {
		smn_why_set(why, "it is not what `info --json` writes");
		return -EINVAL;
	}
	add_facts(smn_model_world(m), doc_get(root, "result"));
	if (release[0])
		ret = smn_machine_release(smn_model_machine(m), release);
	if (ret)
		smn_why_set(why, "'%.40s' is no kernel release", release);
	for (size_t i = 0; !ret && i < json_object_array_length(devices); i++)
		ret = add_device(m, json_object_array_get_idx(devices, i),
				 why);
	return ret ? ret : smn_machine_firmware(smn_model_machine(m));
}

int model_from_file(const char *path, struct smn_model **model,
		    struct smn_why *why)
{
	struct smn_why what = { "out of memory" };
	struct json_object *root = json_from_file(path, &what);
	int ret = -EINVAL;

	*model = root ? smn_model_new() : NULL;
	if (*model)
		ret = fill(*model, root, &what);
	json_object_put(root);
	if (ret) {
		smn_model_free(*model);
		*model = NULL;
		smn_why_set(why, "%.100s: %.120s", path, what.text);
	}
	return ret;
}
