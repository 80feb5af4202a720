// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a made-up machine's firmware and kernel tell of it, so that it agrees
 * with how iommufd answers: the IORT, configuration spaces, kernel options.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/machine.h"

#define UNSAFE "/sys/module/iommufd/parameters/allow_unsafe_interrupts"
#define HUGE_PAGES "/sys/kernel/mm/transparent_hugepage/enabled"
#define IORT "/sys/firmware/acpi/tables/IORT"

/* --- the IORT: Arm DEN 0049 --- */

enum {
	HEADER = 48,			/* of ACPI, and the IORT's own */
	NODE_SMMU = 4, SMMU_SIZE = 68, SMMU_REVISION = 4,
	NODE_RC = 2, RC_SIZE = 36, RC_REVISION = 3,
	MAPPING = 20,
	CANWBS = 1 << 2,		/* memory access flags */
	CPM_DACS = 3,
};

/* A table while it is written; the caller knows how large it gets. */
struct table {
	uint8_t *data;
	size_t size;
};

static void word(struct table *t, size_t at, unsigned int bytes, uint64_t v)
{
	for (unsigned int i = 0; i < bytes; i++)
		t->data[at + i] = v >> 8 * i;
}

static void node(struct table *t, size_t at, unsigned int type, size_t size,
		 unsigned int revision)
{
	word(t, at, 1, type);
	word(t, at + 1, 2, size);
	word(t, at + 3, 1, revision);
}

/* "smmu3.0x0000000009050000" */
static uint64_t base_of(const struct smn_smmu *s)
{
	return strtoull(s->name + strlen("smmu3."), NULL, 16);
}

static void write_smmus(struct table *t, const struct smn_world *w)
{
	size_t at = HEADER;

	for (const struct smn_smmu *s = w->smmus; s; s = s->next) {
		node(t, at, NODE_SMMU, SMMU_SIZE, SMMU_REVISION);
		word(t, at + 16, 8, base_of(s));
		word(t, at + 24, 4,
		     s->facts.is[SMN_FACT_INCOHERENT] == SMN_NO);
		at += SMMU_SIZE;
	}
}

static size_t place_of(const struct smn_world *w, const struct smn_smmu *smmu)
{
	size_t at = HEADER;

	for (const struct smn_smmu *s = w->smmus; s != smmu; s = s->next)
		at += SMMU_SIZE;
	return at;
}

static bool is(const struct smn_world *w, const struct smn_facts *f,
	       enum smn_fact fact)
{
	return w->facts.is[fact] == SMN_YES || f->is[fact] == SMN_YES;
}

/* One root complex, and for each device a mapping to its SMMU. */
static void write_root(struct table *t, size_t at, const struct smn_world *w)
{
	const struct smn_pdev *first = w->devs;
	size_t n = 0;

	for (const struct smn_pdev *d = first; d; d = d->next, n++) {
		size_t map = at + RC_SIZE + n * MAPPING;

		word(t, map, 4, d->sid);
		word(t, map + 8, 4, d->sid);
		word(t, map + 12, 4, place_of(w, d->smmu));
	}
	node(t, at, NODE_RC, RC_SIZE + n * MAPPING, RC_REVISION);
	word(t, at + 8, 4, n);
	word(t, at + 12, 4, RC_SIZE);
	word(t, at + 16, 4, 1);
	word(t, at + 23, 1, CPM_DACS |
	     (is(w, &first->smmu->facts, SMN_FACT_NO_CANWBS) ? 0 : CANWBS));
	word(t, at + 24, 4, is(w, &first->facts, SMN_FACT_ATS));
	word(t, at + 32, 1, 64);
}

/* Number of SMMUs and devices; false: not all that the table says is known. */
static bool count(const struct smn_world *w, size_t *smmus, size_t *devs)
{
	bool known = w->devs;

	*smmus = *devs = 0;
	for (const struct smn_smmu *s = w->smmus; s; s = s->next, ++*smmus)
		known = known && s->facts.is[SMN_FACT_NO_CANWBS];
	/* the node's length has 16 bits, and one segment is enough */
	for (const struct smn_pdev *d = w->devs; d; d = d->next, ++*devs)
		known = known && *devs < 1024 && !strncmp(d->bdf, "0000:", 5);
	return known;
}

static int put_bytes(struct smn_machine *m, const char *path, const void *data,
		     size_t size)
{
	int ret = smn_tree_put(&m->tree, SMN_TREE_TEXT, path, "");

	return ret ? ret : smn_leaf_set(smn_tree_get(&m->tree, path, &ret),
					data, size);
}

static int put_iort(struct smn_machine *m)
{
	size_t smmus, devs, root;
	struct table t;
	uint8_t sum = 0;
	int ret;

	if (!count(m->world, &smmus, &devs))
		return 0;
	root = HEADER + smmus * SMMU_SIZE;
	t.size = root + RC_SIZE + devs * MAPPING;
	t.data = calloc(1, t.size);
	if (!t.data)
		return -ENOMEM;
	memcpy(t.data, "IORT", 4);
	word(&t, 4, 4, t.size);
	word(&t, 8, 1, 3);
	word(&t, 36, 4, smmus + 1);
	word(&t, 40, 4, HEADER);
	write_smmus(&t, m->world);
	write_root(&t, root, m->world);
	for (size_t i = 0; i < t.size; i++)
		sum += t.data[i];
	word(&t, 9, 1, -sum);
	ret = put_bytes(m, IORT, t.data, t.size);
	free(t.data);
	return ret;
}

/* --- configuration space: a PCI Express endpoint, with ATS or without --- */

enum {
	SPACE = 4096, STATUS = 6, HAS_CAPS = 1 << 4, FIRST_CAP = 0x34,
	PCIE = 0x40, CAP_PCIE = 0x10, FIRST_EXT = 0x100, EXT_ATS = 0x1000f,
};

static int put_space(struct smn_machine *m, const struct smn_pdev *d)
{
	struct table t = { calloc(1, SPACE), SPACE };
	char path[64];
	int ret;

	if (!t.data)
		return -ENOMEM;
	word(&t, STATUS, 2, HAS_CAPS);
	word(&t, FIRST_CAP, 1, PCIE);
	word(&t, PCIE, 1, CAP_PCIE);
	word(&t, PCIE + 2, 2, 2);
	if (is(m->world, &d->facts, SMN_FACT_ATS))
		word(&t, FIRST_EXT, 4, EXT_ATS);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", d->bdf);
	ret = put_bytes(m, path, t.data, t.size);
	free(t.data);
	return ret;
}

/* --- the kernel's options --- */

static const struct {
	const char *option;
	enum smn_fact lacks;		/* the fact that it is not set */
} options[] = {
	{ "CONFIG_IOMMUFD", SMN_FACT_NO_IOMMUFD },
	{ "CONFIG_VFIO_DEVICE_CDEV", SMN_NFACTS },
	{ "CONFIG_VFIO_PCI", SMN_NFACTS },
	{ "CONFIG_ARM_SMMU_V3_IOMMUFD", SMN_FACT_NO_ARM_IOMMUFD },
	{ "CONFIG_ARM_SMMU_V3_SVA", SMN_FACT_NO_SVA },
	{ "CONFIG_PCI_ATS", SMN_FACT_NO_PCI_ATS },
	{ "CONFIG_TRANSPARENT_HUGEPAGE", SMN_FACT_NO_THP },
};

static int put_options(struct smn_machine *m)
{
	const struct smn_leaf *release;
	char text[512] = "", path[128];
	int err;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(options); i++) {
		size_t n = strlen(text);
		bool no = options[i].lacks < SMN_NFACTS &&
			m->world->facts.is[options[i].lacks] == SMN_YES;

		snprintf(text + n, sizeof(text) - n, no ?
			 "# %s is not set\n" : "%s=y\n", options[i].option);
	}
	release = smn_tree_get(&m->tree, "/proc/sys/kernel/osrelease", &err);
	if (!release)
		return err;
	snprintf(path, sizeof(path), "/boot/config-%.*s",
		 (int)strcspn(release->text, "\n"), release->text);
	return smn_tree_put(&m->tree, SMN_TREE_TEXT, path, text);
}

static int put_parameter(struct smn_machine *m)
{
	bool on = m->world->facts.is[SMN_FACT_UNSAFE_INTERRUPTS] == SMN_YES;

	return smn_tree_put(&m->tree, SMN_TREE_TEXT, UNSAFE,
			    on ? "Y\n" : "N\n");
}

/* Its folder is there when the kernel has it. */
static int put_huge_pages(struct smn_machine *m)
{
	return m->world->facts.is[SMN_FACT_NO_THP] == SMN_YES ? 0 :
		smn_tree_put(&m->tree, SMN_TREE_TEXT, HUGE_PAGES,
			     "always [madvise] never\n");
}

int smn_machine_firmware(struct smn_machine *m)
{
	int ret = put_iort(m);

	if (!ret)
		ret = put_parameter(m);
	if (!ret)
		ret = put_huge_pages(m);
	for (const struct smn_pdev *d = m->world->devs; !ret && d; d = d->next)
		ret = put_space(m, d);
	return ret ? ret : put_options(m);
}
