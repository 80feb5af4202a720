// SPDX-License-Identifier: GPL-2.0-or-later
/* What sysfs says of PCI devices. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/host.h"

/* 'h' stands for a hexadecimal digit, 'o' for an octal one. */
static bool matches(const char *s, const char *pattern)
{
	for (; *pattern; s++, pattern++) {
		bool ok = *pattern == 'h' ? isxdigit((unsigned char)*s) :
			*pattern == 'o' ? *s >= '0' && *s <= '7' :
			*s == *pattern;

		if (!ok)
			return false;
	}
	return !*s;
}

int smn_bdf_parse(const char *text, char bdf[SMN_BDF_LEN])
{
	/* domains above 0xffff exist: VMD makes them */
	bool full = matches(text, "hhhh:hh:hh.o") ||
		    matches(text, "hhhhh:hh:hh.o");

	if (!full && !matches(text, "hh:hh.o"))
		return -EINVAL;
	snprintf(bdf, SMN_BDF_LEN, "%s%s", full ? "" : "0000:", text);
	for (char *p = bdf; *p; p++)
		*p = tolower((unsigned char)*p);
	return 0;
}

bool smn_pci_has_smmu(const struct smn_pci *pci)
{
	return !strncmp(pci->smmu, "smmu3.", 6);
}

void smn_pci_path(char *path, const char *bdf, const char *file)
{
	snprintf(path, SMN_PATH, SMN_PCI_DEVICES "/%s/%s", bdf, file);
}

/* What is not there is 0; what cannot be read is an error, kept in *first. */
static uint32_t read_hex(struct smn_sys *sys, const char *bdf, const char *file,
			 int *first)
{
	char path[SMN_PATH], text[32];
	ssize_t n;

	smn_pci_path(path, bdf, file);
	n = smn_sys_read_text(sys, path, text, sizeof(text));
	if (n >= 0)
		return strtoul(text, NULL, 16);
	if (n != -ENOENT && !*first)
		*first = n;
	return 0;
}

static void read_link(struct smn_sys *sys, const char *bdf, const char *file,
		      char *buf, size_t len, int *first)
{
	char path[SMN_PATH];
	int ret;

	smn_pci_path(path, bdf, file);
	ret = smn_sys_link_name(sys, path, buf, len);
	/* the beginning of a very long name still tells drivers apart */
	if (ret == -ENAMETOOLONG)
		return;
	if (ret)
		buf[0] = '\0';
	if (ret && ret != -ENOENT && !*first)
		*first = ret;
}

/* Lines of "0x0000000008000000 0x00000000080fffff msi" */
static void read_reserved(struct smn_sys *sys, struct smn_pci *pci, int *first)
{
	char path[SMN_PATH], text[8192], *line, *rest = text;
	ssize_t n;

	smn_pci_path(path, pci->bdf, "iommu_group/reserved_regions");
	n = smn_sys_read_text(sys, path, text, sizeof(text));
	if (n < 0 && n != -ENOENT && !*first)
		*first = n;
	while (n >= 0 && (line = strsep(&rest, "\n"))) {
		struct smn_reserved *r = &pci->reserved[pci->nreserved];

		if (pci->nreserved == SMN_MAX_RESERVED) {
			*first = *first ? *first : -EFBIG;
			return;
		}
		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %15s", &r->start,
			   &r->last, r->type) == 3)
			pci->nreserved++;
	}
}

static int first_vfio(void *ctx, const char *name)
{
	char *cdev = ctx;

	if (strncmp(name, "vfio", 4))
		return 0;
	snprintf(cdev, sizeof(((struct smn_pci *)0)->cdev),
		 "/dev/vfio/devices/%.12s", name);
	return 1;
}

int smn_pci_read(struct smn_sys *sys, const char *bdf, struct smn_pci *pci)
{
	unsigned int bus, dev, fn;
	char path[SMN_PATH], text[16];
	int ret, listed;

	*pci = (struct smn_pci){ .group = -1 };
	snprintf(pci->bdf, sizeof(pci->bdf), "%s", bdf);
	smn_pci_path(path, bdf, "vendor");
	ret = smn_sys_access(sys, path);
	if (ret)
		return ret == -ENOENT ? -ENODEV : ret;

	pci->vendor = read_hex(sys, bdf, "vendor", &ret);
	pci->device = read_hex(sys, bdf, "device", &ret);
	pci->class = read_hex(sys, bdf, "class", &ret);
	if (sscanf(bdf, "%*x:%x:%x.%x", &bus, &dev, &fn) == 3)
		pci->rid = bus << 8 | dev << 3 | fn;

	read_link(sys, bdf, "driver", pci->driver, sizeof(pci->driver), &ret);
	read_link(sys, bdf, "iommu", pci->smmu, sizeof(pci->smmu), &ret);
	read_link(sys, bdf, "iommu_group", text, sizeof(text), &ret);
	if (text[0])
		pci->group = atoi(text);
	smn_pci_path(path, bdf, "vfio-dev");
	listed = smn_sys_list(sys, path, first_vfio, pci->cdev);
	if (listed < 0 && listed != -ENOENT && !ret)
		ret = listed;
	read_reserved(sys, pci, &ret);
	return ret;
}

#define CLASS_BRIDGE 0x06

/* sysfs lists in no order; people expect the order of addresses. */
struct names {
	size_t n, room;
	char (*bdf)[SMN_BDF_LEN];
};

static int collect(void *ctx, const char *name)
{
	struct names *names = ctx;
	size_t room = names->room ? 2 * names->room : 64;
	void *grown;

	if (names->n == names->room) {
		grown = realloc(names->bdf, room * sizeof(*names->bdf));
		if (!grown)
			return -ENOMEM;
		names->bdf = grown;
		names->room = room;
	}
	return smn_bdf_parse(name, names->bdf[names->n]) ? 0 :
		(names->n++, 0);
}

static int by_address(const void *a, const void *b)
{
	return strcmp(a, b);
}

int smn_pci_list(struct smn_sys *sys,
		 int (*each)(void *ctx, const struct smn_pci *pci), void *ctx)
{
	struct names names = { 0 };
	struct smn_pci pci;
	int ret = smn_sys_list(sys, SMN_PCI_DEVICES, collect, &names);

	if (names.n)
		qsort(names.bdf, names.n, sizeof(*names.bdf), by_address);
	for (size_t i = 0; !ret && i < names.n; i++)
		if (!smn_pci_read(sys, names.bdf[i], &pci) && pci.smmu[0] &&
		    pci.class >> 16 != CLASS_BRIDGE)
			ret = each(ctx, &pci);
	free(names.bdf);
	return ret;
}
