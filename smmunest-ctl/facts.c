// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What firmware and kernel tell beside iommufd, for the document of info. What
 * is not known is null, with a sentence "why" where there is one.
 */
#include <errno.h>
#include <string.h>

#include "ctl.h"

static void add_truth(struct json_object *o, const char *key,
		      enum smn_truth truth)
{
	doc_add(o, key, truth == SMN_UNKNOWN ? NULL :
		json_object_new_boolean(truth == SMN_YES));
}

/* --- the machine --- */

static void add_config(struct ctl *ctl)
{
	struct json_object *o = json_object_new_object();
	struct smn_kconfig config;
	int ret = smn_kconfig_read(&ctl->sys, &config);

	for (unsigned int i = 0; i < SMN_NCONFIGS; i++) {
		const char value[] = { config.value[i], '\0' };

		doc_add(o, smn_kconfig_names[i], value[0] == '?' ? NULL :
			json_object_new_string(value));
	}
	doc_add_str(o, "source", config.source);
	if (ret && ret != -ENOENT)
		doc_add_str(o, "why", smn_errno_name(ret));
	doc_add(ctl->result, "config", o);
}

static struct json_object *iort_fields(const struct smn_iort *iort,
				       const struct smn_iort_node *node)
{
	struct json_object *o = json_object_new_object();
	char name[SMN_IORT_NAME];
	uint64_t v;

	smn_iort_name(iort, node, name);
	if (name[0])
		doc_add_str(o, "name", name);
	for (unsigned int i = 0; i < SMN_NIORT_FIELDS; i++) {
		const struct smn_iort_field *f = &smn_iort_fields[i];

		if (!smn_iort_get(iort, node, i, &v))
			continue;
		if (f->hex)
			doc_add(o, f->name, doc_hex(v, f->width / 4));
		else
			doc_add_int(o, f->name, v);
	}
	return o;
}

static struct json_object *iort_node(const struct smn_iort *iort,
				     const struct smn_iort_node *node)
{
	struct json_object *o = json_object_new_object();
	const char *name = smn_iort_type_name(node->type);

	doc_add(o, "offset", doc_hex(node->offset, 4));
	if (name)
		doc_add_str(o, "type", name);
	else
		doc_add_int(o, "type", node->type);
	doc_add_int(o, "revision", node->revision);
	doc_add_int(o, "mappings", node->nmaps);
	doc_add(o, "fields", iort_fields(iort, node));
	return o;
}

static void add_table(struct ctl *ctl)
{
	struct json_object *o = json_object_new_object(), *nodes;
	struct smn_iort_node node = { 0 };
	struct smn_iort iort;
	struct smn_why why;
	int ret = smn_iort_load(&ctl->sys, &iort, &why);

	doc_add(ctl->result, "iort", o);
	if (!ret) {
		nodes = json_object_new_array();
		doc_add_int(o, "bytes", iort.size);
		doc_add(o, "checksum", json_object_new_boolean(
				smn_iort_checksum(&iort)));
		while ((ret = smn_iort_next(&iort, &node, &why)) > 0)
			json_object_array_add(nodes, iort_node(&iort, &node));
		doc_add(o, "nodes", nodes);
		smn_iort_free(&iort);
	}
	if (ret)
		doc_add_str(o, "why", why.text);
}

/* Who would tell of what comes and goes; a model has nobody to ask. */
static void add_witnesses(struct ctl *ctl)
{
	struct json_object *o = json_object_new_object();
	struct smn_netlink nl;

	smn_netlink_open(&ctl->sys, &nl);
	for (int i = 0; i < SMN_NWITNESSES; i++)
		add_truth(o, smn_witness_rows[i].name,
			  nl.at[i].fd >= 0 ? SMN_YES :
			  nl.at[i].fd == -ENOENT ? SMN_NO : SMN_UNKNOWN);
	smn_netlink_close(&nl);
	doc_add(ctl->result, "witnesses", o);
}

/* VFIO's own nesting, for whom looks for it: it was never more than a word. */
static void add_legacy(struct ctl *ctl)
{
	static const char *const nodes[] = { SMN_IOMMU_NODE, "/dev/vfio/vfio" };
	struct json_object *rows = json_object_new_array();

	for (size_t i = 0; i < SMN_ARRAY_SIZE(nodes); i++) {
		struct json_object *row = json_object_new_object();
		int ret = smn_has_legacy_nesting(&ctl->sys, nodes[i]);

		doc_add_str(row, "path", nodes[i]);
		add_truth(row, "VFIO_TYPE1_NESTING_IOMMU",
			  ret < 0 ? SMN_UNKNOWN : smn_truth_of(ret));
		doc_add_int(row, "errno", ret < 0 ? -ret : 0);
		json_object_array_add(rows, row);
	}
	doc_add(ctl->result, "legacy", rows);
}

void facts_of_machine(struct ctl *ctl, bool raw)
{
	add_config(ctl);
	add_witnesses(ctl);
	add_truth(ctl->result, "unsafe_interrupts",
		  smn_unsafe_interrupts(&ctl->sys));
	add_legacy(ctl);
	if (raw)
		add_table(ctl);
}

/* --- a device --- */

static struct json_object *ids(const uint32_t *id, unsigned int n)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < n; i++)
		json_object_array_add(a, doc_hex(id[i], 4));
	return a;
}

static struct json_object *ranges(const struct smn_iort_device *dev)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < dev->nrmrs; i++) {
		struct json_object *o = json_object_new_object();

		doc_add(o, "start", doc_hex(dev->rmr[i].start, 16));
		doc_add(o, "last", doc_hex(dev->rmr[i].last, 16));
		doc_add(o, "relaxable",
			json_object_new_boolean(dev->rmr[i].relaxable));
		json_object_array_add(a, o);
	}
	return a;
}

static void add_iort(struct ctl *ctl, struct json_object *doc,
		     const struct smn_pci *pci, const struct smn_pci_caps *caps)
{
	struct json_object *o = json_object_new_object();
	struct smn_iort_device dev;
	struct smn_why why;
	int ret = smn_iort_device(&ctl->sys, pci, caps, &dev, &why);

	add_truth(o, "canwbs", dev.canwbs);
	add_truth(o, "cca", dev.cca);
	add_truth(o, "ats", dev.ats);
	add_truth(o, "cohacc", dev.cohacc);
	if (dev.smmu) {
		doc_add_int(o, "smmu_index", dev.smmu_index);
		doc_add(o, "smmu_base", doc_hex(dev.smmu_base, 16));
	}
	if (ret)
		doc_add_str(o, "why", why.text);
	doc_add(doc, "iort", o);
	doc_add(doc, "stream_ids", ids(dev.sid, dev.nsids));
	doc_add(doc, "reserved_memory", ranges(&dev));
}

static void add_pci(struct json_object *doc, const struct smn_pci_caps *caps,
		    int err)
{
	struct json_object *o = json_object_new_object();

	add_truth(o, "ats", caps->ats);
	add_truth(o, "ats_enabled", caps->ats_enabled);
	add_truth(o, "pasid", caps->pasid);
	add_truth(o, "pri", caps->pri);
	if (caps->physfn[0])
		doc_add_str(o, "physfn", caps->physfn);
	if (caps->numvfs >= 0)
		doc_add_int(o, "numvfs", caps->numvfs);
	if (err)
		doc_add_str(o, "why", err == -EACCES ? "the configuration "
			    "space is root's alone" : smn_errno_name(err));
	doc_add(doc, "pci", o);
	doc_add(doc, "requester_ids", ids(caps->rid, caps->nrids));
}

struct neighbours {
	const char *bdf;
	struct json_object *list;
};

static int add_neighbour(void *ctx, const char *name, const char *driver)
{
	struct neighbours *n = ctx;
	struct json_object *o;

	if (!strcmp(name, n->bdf))
		return 0;
	o = json_object_new_object();
	doc_add_str(o, "device", name);
	doc_add_str(o, "driver", driver);
	json_object_array_add(n->list, o);
	return 0;
}

void facts_of_device(struct ctl *ctl, struct json_object *doc,
		     const struct smn_pci *pci)
{
	struct neighbours others = { pci->bdf, json_object_new_array() };
	struct smn_pci_caps caps;
	int ret = smn_pci_caps_read(&ctl->sys, pci, &caps);

	if (pci->group >= 0)
		smn_group_list(&ctl->sys, pci->group, add_neighbour, &others);
	doc_add(doc, "group_devices", others.list);
	add_pci(doc, &caps, ret);
	add_iort(ctl, doc, pci, &caps);
}
