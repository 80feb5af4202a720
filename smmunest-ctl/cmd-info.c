// SPDX-License-Identifier: GPL-2.0-or-later
/* info: the machine, its devices behind an SMMU, and whether they can nest. */
#include <errno.h>
#include <string.h>

#include <linux/iommufd.h>

#include "ctl.h"

enum { OPT_RAW = 0x200, MAX_NAMED = 32 };

static const struct argp_option options[] = {
	{ "raw", OPT_RAW, NULL, 0,
	  "also the fields that iommufd does not promise, and the IORT", 0 },
	{ 0 },
};

struct info_opts {
	bool raw;
	unsigned int n;
	char bdf[MAX_NAMED][SMN_BDF_LEN];
	struct json_object *devices;
	struct json_object *unopened; /* why /dev/iommu could not be, or NULL */
	enum status worst;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct info_opts *o = ctl->opts;

	switch (key) {
	case OPT_RAW:
		o->raw = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->n == MAX_NAMED)
			argp_error(state, "more than %d devices", MAX_NAMED);
		if (smn_bdf_parse(arg, o->bdf[o->n]))
			argp_error(state, "'%s' is not a PCI address like "
				   "0000:01:00.0", arg);
		o->n++;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- one device: what sysfs says --- */

static struct json_object *range(const struct smn_reserved *r)
{
	struct json_object *o = json_object_new_object();

	doc_add(o, "start", doc_hex(r->start, 16));
	doc_add(o, "last", doc_hex(r->last, 16));
	return o;
}

static void add_reserved(struct json_object *dev, const struct smn_pci *pci)
{
	struct json_object *all = json_object_new_array();
	struct json_object *msi = NULL;

	for (unsigned int i = 0; i < pci->nreserved; i++) {
		struct json_object *o = range(&pci->reserved[i]);

		doc_add_str(o, "type", pci->reserved[i].type);
		json_object_array_add(all, o);
		if (!strcmp(pci->reserved[i].type, "msi"))
			msi = range(&pci->reserved[i]);
	}
	doc_add(dev, "reserved_regions", all);
	doc_add(dev, "msi_window", msi);
}

static struct json_object *from_sysfs(const struct smn_pci *pci)
{
	struct json_object *dev = json_object_new_object();

	doc_add_str(dev, "bdf", pci->bdf);
	/* the answer first; verdict() fills it in */
	doc_add(dev, "nesting", json_object_new_object());
	doc_add(dev, "vendor", doc_hex(pci->vendor, 4));
	doc_add(dev, "device", doc_hex(pci->device, 4));
	doc_add(dev, "class", doc_hex(pci->class, 6));
	doc_add_str(dev, "driver", pci->driver);
	doc_add_str(dev, "cdev", pci->cdev);
	doc_add_int(dev, "group", pci->group);
	doc_add_str(dev, "smmu", pci->smmu);
	add_reserved(dev, pci);
	return dev;
}

/* --- what iommufd says --- */

static const char *const capabilities[] = {
	"DIRTY_TRACKING", "PCI_PASID_EXEC", "PCI_PASID_PRIV",
	"PCI_ATS_NOT_SUPPORTED",
};

static struct json_object *cap_names(uint64_t caps)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(capabilities); i++)
		if (caps >> i & 1)
			json_object_array_add(a, json_object_new_string(
						      capabilities[i]));
	return a;
}

static void doc_add_known(struct json_object *o, const char *key,
			  const char *name)
{
	if (name)
		doc_add_str(o, key, name);
}

static void add_registers(struct json_object *dev, const struct smn_hw_info *hw,
			  bool raw)
{
	enum smn_user least = raw ? SMN_KERNEL : SMN_USER;
	struct json_object *idr = json_object_new_array();
	struct json_object *fields = json_object_new_object();
	char name[SMN_ID_NAME];

	for (unsigned int i = 0; i < SMN_NREGS; i++) {
		const struct smn_layout *l = &smn_idrs[i];
		uint64_t word = hw->regs[i];
		bool id = !strncmp(l->name, "IDR", 3);
		struct json_object *named;

		if (id)
			json_object_array_add(idr, doc_hex(word, 8));
		/* not promised, but IIDR and AIDR name the SMMU */
		named = doc_fields(l, &word, true, id ? least : SMN_KERNEL);
		if (json_object_object_length(named))
			doc_add(fields, l->name, named);
		else
			json_object_put(named);
	}
	doc_add(dev, "idr", idr);
	doc_add(dev, "iidr", doc_hex(hw->regs[SMN_NREGS - 2], 8));
	doc_add(dev, "aidr", doc_hex(hw->regs[SMN_NREGS - 1], 8));
	doc_add_known(dev, "product", smn_iidr_name(hw->regs[SMN_NREGS - 2],
						    name));
	doc_add_known(dev, "architecture",
		      smn_aidr_name(hw->regs[SMN_NREGS - 1], name));
	doc_add(dev, "caps", doc_hex(hw->caps, 16));
	doc_add(dev, "capabilities", cap_names(hw->caps));
	doc_add(dev, "hw_flags", doc_hex(hw->flags, 8));
	doc_add(dev, "fields", fields);
}

static void verdict(struct json_object *dev, const char *word,
		    struct json_object *reasons)
{
	struct json_object *o = NULL;

	json_object_object_get_ex(dev, "nesting", &o);
	doc_add_str(o, "verdict", word);
	doc_add(o, "reasons", reasons ? reasons : json_object_new_array());
}

/* The causes of ctl->error become this device's reasons. */
static void verdict_of_error(struct ctl *ctl, struct json_object *dev,
			     const char *word)
{
	verdict(dev, word, json_object_get(doc_get(ctl->error, "causes")));
	ctl_forgive(ctl);
}

/* "Never here", by its errno or its cause; others may pass, such as ENOSPC. */
static bool is_final(const struct ctl *ctl, int err)
{
	return err == -EOPNOTSUPP || err == -ENOTTY || ctl->forever;
}

/*
 * Try it: the whole chain down to a stage 1, nothing attached. That the kernel
 * gives it all is the answer; that it refuses is one with reasons.
 */
static void probe(struct ctl *ctl, struct info_opts *o, struct json_object *dev,
		  const struct smn_pci *pci)
{
	struct smn_plan plan = { .cdev = pci->cdev, .vsid = pci->rid,
				 .upto = SMN_UPTO_S1 };
	size_t mark = smn_session_mark(&ctl->session);
	struct smn_hw_info hw = { 0 };
	struct smn_call failed;
	struct smn_nest nest;
	int ret;

	ctl_learn(ctl, pci);
	smn_layout_parse(&smn_vste, plan.ste, "V=1,Cfg=bypass", NULL);
	ret = smn_nest_build(&ctl->session, &plan, &nest);
	failed = ctl->sys.failed;
	if (nest.dev.id &&
	    !smn_hw_info_get(&ctl->session, nest.dev.id, &hw) && hw.smmuv3)
		add_registers(dev, &hw, o->raw);
	if (ret) {
		enum status status;

		ctl->sys.failed = failed;
		status = ctl_refused(ctl, ret);
		/* "no" is an answer; that there is none is a failure */
		if (!is_final(ctl, ret) && status > o->worst)
			o->worst = status;
		verdict_of_error(ctl, dev,
				 is_final(ctl, ret) ? "no" : "cannot tell");
	} else {
		verdict(dev, "yes", NULL);
	}
	smn_session_unwind(&ctl->session, mark);
}

static void not_asked(struct ctl *ctl, struct json_object *dev,
		      const struct smn_pci *pci)
{
	struct smn_why cause, remedy;

	if (!smn_pci_has_smmu(pci)) {
		smn_why_set(&cause, "the device is behind %s, not an SMMUv3",
			    pci->smmu[0] ? pci->smmu : "no IOMMU");
		smn_why_set(&remedy, "choose another device");
	} else {
		smn_why_set(&cause,
			    "not asked: the device is bound to %s, not to "
			    SMN_VFIO_PCI,
			    pci->driver[0] ? pci->driver : "nothing");
		smn_why_set(&remedy, "smmunest-ctl bind %s", pci->bdf);
	}
	ctl_no(ctl, CTL_OK, "device.driver", &cause, &remedy);
	verdict_of_error(ctl, dev,
			 smn_pci_has_smmu(pci) ? "cannot tell" : "no");
}

static int one_device(void *ctx, const struct smn_pci *pci)
{
	struct ctl *ctl = ctx;
	struct info_opts *o = ctl->opts;
	struct json_object *dev = from_sysfs(pci);

	facts_of_device(ctl, dev, pci);
	if (!smn_pci_has_smmu(pci) || !pci->cdev[0])
		not_asked(ctl, dev, pci);
	else if (ctl->session.iommufd >= 0)
		probe(ctl, o, dev, pci);
	else
		verdict(dev, "cannot tell", json_object_get(o->unopened));
	json_object_array_add(o->devices, dev);
	return stop_signal();
}

/* --- the machine --- */

static int count_smmu(void *ctx, const struct smn_pci *pci)
{
	struct json_object *smmus = ctx, *row = NULL, *name, *n;

	if (!smn_pci_has_smmu(pci))
		return 0;
	for (size_t i = 0; i < json_object_array_length(smmus); i++) {
		row = json_object_array_get_idx(smmus, i);
		json_object_object_get_ex(row, "name", &name);
		if (strcmp(json_object_get_string(name), pci->smmu))
			continue;
		json_object_object_get_ex(row, "devices", &n);
		json_object_int_inc(n, 1);
		return 0;
	}
	row = json_object_new_object();
	doc_add_str(row, "name", pci->smmu);
	doc_add_int(row, "devices", 1);
	json_object_array_add(smmus, row);
	return 0;
}

/* Which of the nesting ioctls the kernel knows. */
static struct json_object *probe_ioctls(struct ctl *ctl)
{
	static const enum smn_op_id ops[] = {
		SMN_IOMMU_GET_HW_INFO, SMN_IOMMU_HWPT_ALLOC,
		SMN_IOMMU_VIOMMU_ALLOC, SMN_IOMMU_VDEVICE_ALLOC,
		SMN_IOMMU_HWPT_INVALIDATE, SMN_IOMMU_VEVENTQ_ALLOC,
	};
	struct json_object *o = json_object_new_object();

	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(ops); i++)
		doc_add(o, smn_op(ops[i])->name,
			json_object_new_boolean(ctl_knows(ctl, ops[i])));
	return o;
}

static enum status open_iommu(struct ctl *ctl)
{
	struct json_object *o = json_object_new_object();
	int ret;

	ctl->in_session = true;
	ret = smn_session_open(&ctl->session, &ctl->sys);
	doc_add_str(o, "path", SMN_IOMMU_NODE);
	doc_add_int(o, "errno", -ret);
	doc_add(ctl->result, "iommu", o);
	if (ret)
		return ctl_refused(ctl, ret);
	doc_add(ctl->result, "ioctls", probe_ioctls(ctl));
	return CTL_OK;
}

static enum status all_devices(struct ctl *ctl, struct info_opts *o)
{
	struct smn_pci pci;

	/* that there are none is told by whoever asked for all */
	if (!o->n)
		smn_pci_list(&ctl->sys, one_device, ctl);
	for (unsigned int i = 0; i < o->n; i++) {
		int ret = smn_pci_read(&ctl->sys, o->bdf[i], &pci);

		if (ret)
			return ctl_absent(ctl, o->bdf[i], ret);
		one_device(ctl, &pci);
	}
	return CTL_OK;
}

static enum status run(struct ctl *ctl)
{
	struct info_opts *o = ctl->opts;
	struct json_object *smmus = json_object_new_array(), *error;
	enum status opened, status;
	char release[64];

	if (!smn_host_release(&ctl->sys, release, sizeof(release)))
		doc_add_str(ctl->result, "kernel", release);
	opened = open_iommu(ctl);
	/* the devices' verdicts use ctl->error on their way */
	error = ctl->error;
	ctl->error = NULL;
	json_object_object_get_ex(error, "causes", &o->unopened);

	facts_of_machine(ctl, o->raw);
	smn_pci_list(&ctl->sys, count_smmu, smmus);
	doc_add(ctl->result, "smmus", smmus);
	o->devices = json_object_new_array();
	doc_add(ctl->result, "devices", o->devices);
	status = all_devices(ctl, o);
	if (error) {
		json_object_put(ctl->error);
		ctl->error = error;
		return opened;
	}
	if (!status && !o->n && !json_object_array_length(smmus))
		return ctl_no(
			ctl, CTL_SKIPPED, "device.none",
			&(struct smn_why){ "no PCI device of this machine is "
					   "behind an SMMUv3" },
			&(struct smn_why){ "scripts/vm run -- smmunest-ctl "
					   "info" });
	return status ? status : o->worst;
}

const struct cmd cmd_info = {
	.name = "info", .group = "look", .args = "[BDF...]",
	.doc = "the machine, its SMMUs and devices, and whether they can nest",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct info_opts),
};
