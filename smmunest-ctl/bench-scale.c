// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --scale: what a call costs while more and more objects live. They are made
 * beside those that the row needs, and are the session's like everything.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

struct bench_object {
	const char *name;
	enum smn_stage upto;	/* what of the chain it builds on */
	bool devices;		/* each takes a device of its own */
	int (*make)(struct bench *b, uint64_t i);
};

static int make_device(struct bench *b, uint64_t i)
{
	struct smn_session *s = &b->ctl->session;
	struct smn_device dev;
	int ret = smn_device_open(s, b->scale.others[i].cdev, &dev);

	return ret ? ret : smn_device_attach(s, &dev, b->nest.s2);
}

static int make_vdevice(struct bench *b, uint64_t i)
{
	struct smn_session *s = &b->ctl->session;
	const struct smn_pci *pci = &b->scale.others[i];
	struct smn_device dev;
	uint32_t id;
	int ret = smn_device_open(s, pci->cdev, &dev);

	return ret ? ret :
		smn_vdevice_alloc(s, b->nest.viommu, dev.id, pci->rid, &id);
}

static int make_hwpt(struct bench *b, uint64_t i)
{
	static const uint64_t ste[2] = { 0x4000000b, 0 };	/* V, Cfg=s1 */
	uint32_t id;

	(void)i;
	return smn_s1_alloc(&b->ctl->session, b->nest.dev.id, b->nest.viommu,
			    ste, 0, &id);
}

/* One page, again and again: the memory is not what is counted. */
static int make_mapping(struct bench *b, uint64_t i)
{
	struct smn_sys *sys = &b->ctl->sys;
	const uint64_t page = sysconf(_SC_PAGESIZE);

	if (!b->scale.page)
		b->scale.page = smn_sys_map(sys, page);
	if (!b->scale.page)
		return -ENOMEM;
	return smn_ioas_map(&b->ctl->session, b->nest.ioas, b->scale.page, page,
			    BENCH_SCALE_IOVA + i * BENCH_SCALE_STEP);
}

static const struct bench_object objects[] = {
	{ "vdevice", SMN_UPTO_VIOMMU, true, make_vdevice },
	{ "hwpt", SMN_UPTO_VIOMMU, false, make_hwpt },
	{ "mapping", SMN_UPTO_S2, false, make_mapping },
	{ "device", SMN_UPTO_S2, true, make_device },
};

/* --- the option --- */

static const struct bench_object *find(const char *name, size_t len)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(objects); i++)
		if (strlen(objects[i].name) == len &&
		    !strncmp(objects[i].name, name, len))
			return &objects[i];
	return NULL;
}

void bench_scale_parse(struct bench *b, const char *arg,
		       struct argp_state *state)
{
	struct bench_scale *s = &b->scale;
	size_t len = strcspn(arg, ":");
	const char *from = arg + len + !!arg[len];
	const char *dots = strstr(from, "..");
	char first[24] = "";

	s->object = find(arg, len);
	if (!s->object || !dots || (size_t)(dots - from) >= sizeof(first))
		argp_error(state, "--scale: '%s' is not OBJECT:FROM..TO with "
			   "OBJECT vdevice, hwpt, mapping or device", arg);
	memcpy(first, from, dots - from);
	s->from = ctl_number(state, "--scale", first, 0, BENCH_SCALE_MOST);
	s->to = ctl_number(state, "--scale", dots + 2, s->from,
			   BENCH_SCALE_MOST);
}

/* --- the other devices --- */

/* Behind the same SMMU, and vfio-pci's. */
static int add_other(void *ctx, const struct smn_pci *pci)
{
	struct bench *b = ctx;
	struct bench_scale *s = &b->scale;

	if (strcmp(pci->smmu, b->pci.smmu) || !pci->cdev[0] ||
	    strcmp(pci->driver, SMN_VFIO_PCI) || !strcmp(pci->bdf, b->pci.bdf))
		return 0;
	s->others[s->limit++] = *pci;
	return s->limit == s->to;
}

static enum status find_others(struct bench *b)
{
	struct bench_scale *s = &b->scale;
	struct smn_why cause, remedy;

	s->others = calloc(s->to + 1, sizeof(*s->others));
	if (!s->others)
		return ctl_refused(b->ctl, -ENOMEM);
	if (s->to)
		smn_pci_list(&b->ctl->sys, add_other, b);
	if (s->limit < s->from) {
		smn_why_set(&cause, "--scale=%s:%" PRIu64 "..: beside %s only "
			    "%" PRIu64 " devices behind %s are vfio-pci's",
			    s->object->name, s->from, b->pci.bdf, s->limit,
			    b->pci.smmu);
		smn_why_set(&remedy, "smmunest-ctl info; then bind more, or "
			    "--scale=%s:0..", s->object->name);
		return ctl_no(b->ctl, CTL_SKIPPED, "bench.devices", &cause,
			      &remedy);
	}
	if (s->limit < s->to)
		ctl_say(b->ctl, "--scale=%s ends at %" PRIu64 ": there are no "
			"more devices", s->object->name, s->limit);
	return CTL_OK;
}

enum status bench_scale_open(struct bench *b)
{
	struct bench_scale *s = &b->scale;

	if (s->object && s->object->devices)
		return find_others(b);
	s->limit = s->to;
	return CTL_OK;
}

void bench_scale_close(struct bench *b)
{
	free(b->scale.others);
}

/* --- growing --- */

enum smn_stage bench_scale_upto(const struct bench *b)
{
	return b->scale.object ? b->scale.object->upto : SMN_UPTO_DEVICE;
}

bool bench_scale_next(const struct bench *b, uint64_t *count)
{
	uint64_t next = *count ? 2 * *count : 1;

	if (*count >= b->scale.limit)
		return false;
	*count = next < b->scale.limit ? next : b->scale.limit;
	return true;
}

int bench_scale_grow(struct bench *b, uint64_t count)
{
	struct bench_scale *s = &b->scale;
	int ret = 0;

	for (; !ret && s->have < count; s->have += !ret)
		ret = s->object->make(b, s->have);
	return ret;
}

/* --- what it costs --- */

/* The rows of the same name and size as @first, as one line. */
static int fit(struct bench *b, const char *name, double coef[SMN_FIT_TERMS],
	       double *worst)
{
	struct smn_fit_point points[64];
	size_t n = 0;
	char label[64];

	for (size_t i = 0; i < json_object_array_length(b->rows); i++) {
		struct json_object *row =
			json_object_array_get_idx(b->rows, i);
		uint64_t p50 = bench_number(row, "p50_ns");

		bench_label(row, label, sizeof(label));
		if (!strcmp(label, name) && n < SMN_ARRAY_SIZE(points))
			points[n++] = (struct smn_fit_point){
				{ 1, bench_number(row, "objects") },
				p50 ? p50 : 1 };
	}
	return smn_fit(points, n, 2, coef, worst);
}

static struct json_object *doc_fit(struct bench *b, const char *label)
{
	double coef[SMN_FIT_TERMS], worst;
	struct json_object *o;

	if (fit(b, label, coef, &worst))
		return NULL;
	o = json_object_new_object();
	doc_add_str(o, "of", label);
	bench_add_real(o, "fixed_ns", coef[0]);
	bench_add_real(o, "per_object_ns", coef[1]);
	bench_add_real(o, "worst_pct", worst * 100);
	return o;
}

void bench_scale_report(struct bench *b)
{
	struct bench_scale *s = &b->scale;
	struct json_object *o, *fits, *line;
	char label[64];

	if (!s->object || !b->rows)
		return;
	o = json_object_new_object();
	fits = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(b->rows); i++) {
		struct json_object *row =
			json_object_array_get_idx(b->rows, i);

		bench_label(row, label, sizeof(label));
		if (bench_number(row, "objects") != s->from)
			continue;
		line = doc_fit(b, label);
		if (line)
			json_object_array_add(fits, line);
	}
	doc_add_str(o, "object", s->object->name);
	doc_add_int(o, "from", s->from);
	doc_add_int(o, "to", s->to);
	doc_add_int(o, "reached", s->limit);
	doc_add(o, "fits", fits);
	doc_add(b->ctl->result, "scale", o);
}
