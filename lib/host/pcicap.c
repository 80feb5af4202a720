// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a PCI device's configuration space says, and under which requester IDs
 * an SMMU sees the device: bridges to conventional PCI put theirs in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"

/* Configuration space: the PCI and PCI Express specifications. */
enum {
	PCI_SIZE = 256, PCIE_SIZE = 4096,
	FIRST_CAP = 0x34, CAP_PCIE = 0x10, PCIE_FLAGS = 2,
	FIRST_EXT = 0x100, EXT_ATS = 0x0f, EXT_PRI = 0x13, EXT_PASID = 0x1b,
	ATS_CONTROL = 6, ATS_ENABLE = 1 << 15,
	/* port types in the PCI Express capability's flags, 7:4 */
	TYPE_ROOT = 4, TYPE_UP = 5, TYPE_DOWN = 6, TYPE_TO_PCI = 7,
};

struct space {
	uint8_t *data;
	size_t size;
};

static uint32_t get(const struct space *s, uint32_t at, unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | s->data[at + bytes];
	return value;
}

/* All of it, or an error: a short one is root's secret. */
static int read_space(struct smn_sys *sys, const char *bdf, struct space *s)
{
	char path[SMN_PATH];
	int ret;

	smn_pci_path(path, bdf, "config");
	ret = smn_sys_read_file(sys, path, PCIE_SIZE, &s->data, &s->size);
	if (ret)
		return ret == -ENOENT ? -ENODEV : ret;
	if (s->size < PCI_SIZE)
		ret = -EACCES;
	else if (get(s, 0, 4) == ~0u)
		ret = -EIO;
	if (ret)
		free(s->data);
	return ret;
}

/* Where the PCI Express capability is, 0 for a conventional device. */
static uint32_t find_pcie(const struct space *s)
{
	uint32_t at = get(s, FIRST_CAP, 1) & ~3u;

	/* a list may be a circle; there is room for 48 */
	for (int i = 0; i < 48 && at >= 0x40; i++) {
		if (get(s, at, 1) == CAP_PCIE)
			return at;
		at = get(s, at + 1, 1) & ~3u;
	}
	return 0;
}

static uint32_t find_ext(const struct space *s, uint32_t id)
{
	uint32_t at = FIRST_EXT;

	for (int i = 0; i < PCIE_SIZE / 8 && at >= FIRST_EXT &&
	     at + 8 <= s->size; i++) {
		uint32_t header = get(s, at, 4);

		if ((header & 0xffff) == id)
			return at;
		at = header >> 20 & ~3u;
	}
	return 0;
}

static enum smn_truth has(const struct space *s, uint32_t id)
{
	return find_ext(s, id) ? SMN_YES : SMN_NO;
}

static int read_own(struct smn_sys *sys, const char *bdf,
		    struct smn_pci_caps *caps)
{
	struct space s;
	uint32_t ats;
	int ret = read_space(sys, bdf, &s);

	if (ret)
		return ret;
	ats = find_ext(&s, EXT_ATS);
	caps->ats = ats ? SMN_YES : SMN_NO;
	caps->ats_enabled = ats && get(&s, ats + ATS_CONTROL, 2) & ATS_ENABLE ?
		SMN_YES : SMN_NO;
	caps->pasid = has(&s, EXT_PASID);
	caps->pri = has(&s, EXT_PRI);
	free(s.data);
	return 0;
}

/* A VF shares its physical function's PASID and PRI. */
static int read_physfn(struct smn_sys *sys, struct smn_pci_caps *caps)
{
	struct smn_pci_caps pf = { 0 };
	int ret = read_own(sys, caps->physfn, &pf);

	caps->pasid = pf.pasid;
	caps->pri = pf.pri;
	return ret;
}

/* --- requester IDs --- */

static bool parse_rid(const char *bdf, uint32_t *rid)
{
	unsigned int bus, dev, fn;

	if (sscanf(bdf, "%*x:%2x:%2x.%1x", &bus, &dev, &fn) != 3)
		return false;
	*rid = bus << 8 | (dev & 31) << 3 | (fn & 7);
	return true;
}

/*
 * The ID that a bridge gives to what comes from the bus below it: none for a
 * port, the first of that bus, or its own.
 */
static int alias_of(struct smn_sys *sys, const char *bridge, uint32_t below,
		    uint32_t *rid, bool *has_alias)
{
	struct space s;
	uint32_t pcie, type;
	int ret = read_space(sys, bridge, &s);

	if (ret)
		return ret;
	pcie = find_pcie(&s);
	type = pcie ? get(&s, pcie + PCIE_FLAGS, 2) >> 4 & 15 : 0;
	free(s.data);
	*has_alias = !pcie || (type != TYPE_ROOT && type != TYPE_UP &&
			       type != TYPE_DOWN);
	if (pcie && type == TYPE_TO_PCI)
		*rid = below & 0xff00;
	else if (!parse_rid(bridge, rid))
		return -EIO;
	return 0;
}

static int add_alias(struct smn_sys *sys, const char *bridge, uint32_t below,
		     struct smn_pci_caps *caps)
{
	bool has_alias;
	uint32_t rid;
	int ret = alias_of(sys, bridge, below, &rid, &has_alias);

	if (ret || !has_alias)
		return ret;
	if (caps->nrids == SMN_MAX_SIDS)
		return -E2BIG;
	caps->rid[caps->nrids++] = rid;
	return 0;
}

/*
 * ".../pci0000:00/0000:00:05.0/0000:01:01.0": from the device upwards, each
 * address is a bridge.
 */
static int read_aliases(struct smn_sys *sys, const struct smn_pci *pci,
			struct smn_pci_caps *caps)
{
	char path[SMN_PATH], target[512], bdf[SMN_BDF_LEN], *slash;
	uint32_t below = pci->rid;
	ssize_t n;
	int ret = 0;

	caps->rid[caps->nrids++] = pci->rid;
	snprintf(path, sizeof(path), SMN_PCI_DEVICES "/%s", pci->bdf);
	n = smn_sys_readlink(sys, path, target, sizeof(target));
	if (n < 0)
		return n;
	slash = strrchr(target, '/');
	while (!ret && slash) {
		*slash = '\0';
		slash = strrchr(target, '/');
		if (!slash || smn_bdf_parse(slash + 1, bdf))
			break;
		ret = add_alias(sys, bdf, below, caps);
		parse_rid(bdf, &below);
	}
	caps->all_rids = !ret;
	return ret;
}

int smn_pci_caps_read(struct smn_sys *sys, const struct smn_pci *pci,
		      struct smn_pci_caps *caps)
{
	char path[SMN_PATH], text[16];
	int ret, first;

	*caps = (struct smn_pci_caps){ .numvfs = -1 };
	smn_pci_path(path, pci->bdf, "sriov_numvfs");
	if (smn_sys_read_text(sys, path, text, sizeof(text)) > 0)
		caps->numvfs = atoi(text);
	smn_pci_path(path, pci->bdf, "physfn");
	if (smn_sys_link_name(sys, path, text, sizeof(text)) ||
	    smn_bdf_parse(text, caps->physfn))
		caps->physfn[0] = '\0';

	first = read_own(sys, pci->bdf, caps);
	if (caps->physfn[0]) {
		ret = read_physfn(sys, caps);
		first = first ? first : ret;
	}
	ret = read_aliases(sys, pci, caps);
	return first ? first : ret;
}
