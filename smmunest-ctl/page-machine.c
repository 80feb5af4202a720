// SPDX-License-Identifier: GPL-2.0-or-later
/* What `info` tells: the machine, its devices, their ID registers. */
#include <inttypes.h>
#include <string.h>

#include "page.h"

/* What is told of a device, in this order; "a.b" is a member's member. */
static const struct {
	const char *key, *name;
} facts[] = {
	{ "product", "SMMU" },
	{ "architecture", "architecture" },
	{ "smmu", "instance" },
	{ "driver", "driver" },
	{ "cdev", "VFIO node" },
	{ "group", "IOMMU group" },
	{ "stream_ids", "StreamIDs" },
	{ "capabilities", "capabilities" },
	{ "iort.canwbs", "IORT CANWBS" },
	{ "iort.cohacc", "coherent walks" },
	{ "iort.ats", "ATS of the root" },
	{ "pci.ats", "ATS of the device" },
	{ "pci.pasid", "PASID" },
	{ "pci.pri", "PRI" },
};

static struct json_object *at(struct json_object *o, const char *path)
{
	const char *dot = strchr(path, '.');
	char first[16];

	if (!dot)
		return doc_get(o, path);
	snprintf(first, sizeof(first), "%.*s", (int)(dot - path), path);
	return doc_get(doc_get(o, first), dot + 1);
}

static void field(struct html *h, const struct smn_layout *l, const char *name,
		  struct json_object *v)
{
	const struct smn_field *f = l ?
		smn_layout_field(l, name, strlen(name)) : NULL;
	const char *value = f && json_object_is_type(v, json_type_int) ?
		smn_field_value_name(f, json_object_get_int64(v)) : NULL;

	html_open(h, "span", HTML_ATTRIBUTES("class", "field", "title",
					     f && f->doc ? f->doc : name));
	html_printf(h, "%s ", name);
	html_in(h, "b", NULL);
	page_value(h, v);
	html_close(h);
	if (value)
		html_printf(h, " %s", value);
	html_close(h);
}

static void registers(struct html *h, struct json_object *dev)
{
	struct json_object *regs = doc_get(dev, "fields");

	if (!json_object_is_type(regs, json_type_object))
		return;
	html_in(h, "details", NULL);
	html_line(h, "summary", NULL, "ID registers, field by field");
	json_object_object_foreach(regs, reg, fields) {
		if (!json_object_is_type(fields, json_type_object))
			continue;
		html_in(h, "p", "register");
		html_line(h, "strong", NULL, reg);
		json_object_object_foreach(fields, name, v)
			field(h, smn_layout_by_name(reg), name, v);
		html_close(h);
	}
	html_close(h);
}

static void device(struct html *h, struct json_object *dev)
{
	struct json_object *nesting = doc_get(dev, "nesting");
	const char *verdict = doc_text(nesting, "verdict");
	const char *class = !strcmp(verdict, "yes") ? "badge good" :
		!strcmp(verdict, "no") ? "badge bad" : "badge unsure";

	html_in(h, "article", NULL);
	html_in(h, "h3", NULL);
	html_printf(h, "%s ", doc_text(dev, "bdf"));
	html_linef(h, "span", class, "nesting: %s", verdict[0] ? verdict :
		   "unknown");
	html_close(h);
	page_reasons(h, doc_get(nesting, "reasons"));
	html_in(h, "dl", NULL);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(facts); i++)
		page_fact(h, facts[i].name, at(dev, facts[i].key));
	html_close(h);
	registers(h, dev);
	html_close(h);
}

static void config(struct html *h, struct json_object *options)
{
	if (!json_object_is_type(options, json_type_object))
		return;
	html_in(h, "details", NULL);
	html_line(h, "summary", NULL, "The kernel's configuration");
	html_in(h, "dl", NULL);
	json_object_object_foreach(options, name, v)
		page_fact(h, name, v);
	html_close(h);
	html_close(h);
}

void page_machine(struct html *h, struct json_object *machine)
{
	struct json_object *info = doc_get(machine, "info");
	struct json_object *devices = doc_get(info, "devices");

	html_in(h, "section", NULL);
	html_line(h, "h2", NULL, "The machine");
	html_in(h, "dl", NULL);
	page_fact(h, "kernel", doc_get(machine, "kernel"));
	page_fact(h, "answered by", doc_get(machine, "backend"));
	page_fact(h, "model", doc_get(machine, "model"));
	page_fact(h, "device tried", doc_get(machine, "device"));
	page_fact(h, "smmunest-ctl", doc_get(machine, "version"));
	page_fact(h, "from", doc_get(machine, "files"));
	html_close(h);
	config(h, doc_get(info, "config"));
	for (size_t i = 0; i < doc_length(devices); i++)
		device(h, doc_at(devices, i));
	html_close(h);
}
