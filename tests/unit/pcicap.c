// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI capabilities, aliases and the IOMMU group, of sysfs made here. */
#include <stdio.h>

#include "files.h"
#include "tap.h"

#define DEV "/sys/bus/pci/devices/"
#define A "0000:01:02.0"
#define BRIDGE "0000:00:05.0"
#define SWITCH "0000:00:06.0"

/* A configuration space; lists of capabilities are made by hand. */
struct space {
	uint8_t b[4096];
};

static void put(struct space *s, uint32_t at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		s->b[at + i] = value >> 8 * i;
}

/* A PCI Express port or device of @type; 0xff: conventional PCI. */
static struct space space(uint32_t type)
{
	struct space s = { { 0 } };

	put(&s, 0, 0x00011b36, 4);
	put(&s, 0x34, 0x40, 1);
	put(&s, 0x40, 0x5001, 2);
	put(&s, 0x50, type == 0xff ? 5 : 0x10, 2);
	put(&s, 0x52, 2 | type << 4, 2);
	return s;
}

static void ext(struct space *s, uint32_t at, uint32_t id, uint32_t next)
{
	put(s, at, id | 1 << 16 | next << 20, 4);
}

static struct smn_pci_caps read_caps(const struct file *file, int *ret)
{
	struct files fs = { .file = file, .chunk = 1000 };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };
	struct smn_pci pci = { .bdf = A, .rid = 0x110 };
	struct smn_pci_caps caps;

	memset(&caps, 0xa5, sizeof(caps));
	*ret = smn_pci_caps_read(&sys, &pci, &caps);
	if (fs.nopen)
		*ret = 1;
	return caps;
}

static bool is(const struct smn_pci_caps *c, enum smn_truth ats,
	       enum smn_truth enabled, enum smn_truth pasid, enum smn_truth pri)
{
	return c->ats == ats && c->ats_enabled == enabled &&
		c->pasid == pasid && c->pri == pri;
}

#define AT_ROOT { DEV A, "../../../devices/pci0000:00/" A, 0, 0 }
#define CONFIG(s, n) { DEV A "/config", (s)->b, n, 0 }

static void test_caps(struct tap *tap)
{
	struct space s = space(0);
	struct file file[] = { AT_ROOT, CONFIG(&s, 4096), { 0 } };
	struct smn_pci_caps c;
	int ret;

	c = read_caps(file, &ret);
	tap_ok(tap, !ret && is(&c, SMN_NO, SMN_NO, SMN_NO, SMN_NO) &&
	       c.numvfs == -1 && !c.physfn[0], "no extended capability");
	ext(&s, 0x100, 1, 0x148);
	ext(&s, 0x148, 0x0f, 0x1f8);
	ext(&s, 0x1f8, 0x1b, 0);
	ext(&s, 0x200, 0x13, 0);
	c = read_caps(file, &ret);
	tap_ok(tap, !ret && is(&c, SMN_YES, SMN_NO, SMN_YES, SMN_NO),
	       "what is in the list, and not what is beside it");
	put(&s, 0x14e, 0x8000, 2);
	c = read_caps(file, &ret);
	tap_ok(tap, is(&c, SMN_YES, SMN_YES, SMN_YES, SMN_NO),
	       "ATS is enabled");
	ext(&s, 0x1f8, 0x13, 0x148);
	c = read_caps(file, &ret);
	tap_ok(tap, !ret && is(&c, SMN_YES, SMN_YES, SMN_NO, SMN_YES),
	       "a list that is a circle");
	ext(&s, 0x1f8, 0x13, 0xffc);
	ext(&s, 0xffc, 0x1b, 0);
	c = read_caps(file, &ret);
	tap_ok(tap, !ret && c.pasid == SMN_NO, "a capability has eight bytes");
	file[1].size = 256;
	c = read_caps(file, &ret);
	tap_ok(tap, !ret && is(&c, SMN_NO, SMN_NO, SMN_NO, SMN_NO),
	       "conventional PCI has none");
}

static void test_unknown(struct tap *tap)
{
	static struct space s, off;
	struct file file[] = { AT_ROOT, CONFIG(&s, 64), { 0 } };
	struct smn_pci_caps c;
	int ret;

	s = space(0);
	memset(off.b, 0xff, sizeof(off.b));
	c = read_caps(file, &ret);
	tap_ok(tap, ret == -EACCES && c.nrids == 1 && c.all_rids &&
	       is(&c, SMN_UNKNOWN, SMN_UNKNOWN, SMN_UNKNOWN, SMN_UNKNOWN),
	       "64 bytes are root's secret, not a small device");
	file[1] = (struct file)CONFIG(&off, 4096);
	c = read_caps(file, &ret);
	tap_ok(tap, ret == -EIO && c.ats == SMN_UNKNOWN, "no answer");
	file[1].path = "x";
	read_caps(file, &ret);
	tap_ok(tap, ret == -ENODEV, "no device");
}

static void test_vf(struct tap *tap)
{
	static struct space vf, pf;
	struct file file[] = {
		AT_ROOT, CONFIG(&vf, 4096),
		{ DEV A "/physfn", "../" BRIDGE, 0, 0 },
		{ DEV BRIDGE "/config", pf.b, 4096, 0 },
		{ DEV A "/sriov_numvfs", "7\n", 0, 0 }, { 0 },
	};
	struct smn_pci_caps c;
	int ret;

	vf = space(0);
	pf = space(0);
	ext(&vf, 0x100, 0x0f, 0);
	ext(&pf, 0x100, 0x1b, 0x110);
	ext(&pf, 0x110, 0x13, 0);
	c = read_caps(file, &ret);
	tap_ok(tap,
	       !ret && is(&c, SMN_YES, SMN_NO, SMN_YES, SMN_YES) &&
		       !strcmp(c.physfn, BRIDGE),
	       "a VF has its parent's PASID and PRI");
	tap_ok(tap, c.numvfs == 7, "the number of VFs");
	file[3].err = -EACCES;
	c = read_caps(file, &ret);
	tap_ok(tap, ret == -EACCES && is(&c, SMN_YES, SMN_NO, SMN_UNKNOWN,
					 SMN_UNKNOWN), "unless it is hidden");
}

static struct smn_pci_caps behind(uint32_t type, int *ret)
{
	struct space s = space(0), bridge = space(type), port = space(4);
	const struct file file[] = {
		{ DEV A, "../../../devices/pci0000:00/" SWITCH "/" BRIDGE "/"
		  A, 0, 0 },
		CONFIG(&s, 256), { DEV BRIDGE "/config", bridge.b, 256, 0 },
		{ DEV SWITCH "/config", port.b, 256, 0 }, { 0 },
	};

	return read_caps(file, ret);
}

static void test_aliases(struct tap *tap)
{
	static const struct {
		uint32_t type;
		unsigned int n;
		uint32_t alias;
		const char *name;
	} rows[] = {
		{ 4, 1, 0, "a root port has no ID of its own in it" },
		{ 5, 1, 0, "nor has a switch's upstream port" },
		{ 6, 1, 0, "nor its downstream port" },
		{ 7, 2, 0x100, "a bridge to PCI: the first ID of its bus" },
		{ 8, 2, 0x28, "a bridge from PCI: its own" },
		{ 0xff, 2, 0x28, "a conventional bridge: its own" },
	};
	struct smn_pci_caps c;
	int ret;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		c = behind(rows[i].type, &ret);
		tap_ok(tap, !ret && c.nrids == rows[i].n && c.rid[0] == 0x110 &&
		       (c.nrids == 1 || c.rid[1] == rows[i].alias) &&
		       c.all_rids, "%s", rows[i].name);
	}
}

static void test_hidden_bridge(struct tap *tap)
{
	static struct space s, bridge;
	struct file file[] = {
		{ DEV A, "../devices/" BRIDGE "/" A, 0, 0 }, CONFIG(&s, 256),
		{ DEV BRIDGE "/config", bridge.b, 64, 0 }, { 0 },
	};
	struct smn_pci_caps c;
	int ret;

	s = space(0);
	bridge = space(7);
	c = read_caps(file, &ret);
	tap_ok(tap, ret == -EACCES && c.nrids == 1 && !c.all_rids,
	       "what a bridge does is not known from 64 bytes");
}

/* --- the group, and single files --- */

static int collect(void *ctx, const char *name, const char *driver)
{
	char *text = ctx;

	snprintf(text + strlen(text), 128 - strlen(text), "%s=%s ", name,
		 driver);
	return 0;
}

static void test_group(struct tap *tap)
{
	static const struct file file[] = {
		{ "/sys/kernel/iommu_groups/3/devices", A "\n" BRIDGE "\n", 0,
		  0 },
		{ "/sys/kernel/iommu_groups/3/devices/" A "/driver",
		  "../../bus/pci/drivers/vfio-pci", 0, 0 },
		{ "/sys/class/iommu/smmu3.x/device/of_node", "x", 0, 0 },
		{ "/sys/class/iommu/smmu3.y/device/of_node", "x", 0, 0 },
		{ "/sys/class/iommu/smmu3.y/device/of_node/dma-coherent", "x",
		  0, 0 },
		{ 0 },
	};
	struct files fs = { .file = file };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };
	char text[128] = "";

	tap_ok(tap, !smn_group_list(&sys, 3, collect, text) &&
	       !strcmp(text, A "=vfio-pci " BRIDGE "= "), "a group: %s", text);
	tap_ok(tap, smn_group_list(&sys, 4, collect, text) == -ENOENT,
	       "no such group");
	tap_ok(tap, smn_tree_coherent(&sys, "smmu3.x") == SMN_NO &&
	       smn_tree_coherent(&sys, "smmu3.y") == SMN_YES &&
	       smn_tree_coherent(&sys, "smmu3.z") == SMN_UNKNOWN &&
	       smn_tree_coherent(&sys, "") == SMN_UNKNOWN, "dma-coherent");
}

static void test_unsafe(struct tap *tap)
{
	static const char *const text[] = { "Y\n", "N\n", "?\n" };
	static const enum smn_truth want[] = { SMN_YES, SMN_NO, SMN_UNKNOWN };
	struct file file[2] = { { 0 } };
	struct files fs = { .file = file };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };

	tap_ok(tap, smn_unsafe_interrupts(&sys) == SMN_UNKNOWN, "no iommufd");
	file[0].path = "/sys/module/iommufd/parameters/allow_unsafe_interrupts";
	for (int i = 0; i < 3; i++) {
		file[0].content = text[i];
		tap_ok(tap, smn_unsafe_interrupts(&sys) == want[i],
		       "allow_unsafe_interrupts is %c", text[i][0]);
	}
}

/* A node that gives the answer which stands in it. */
static int answering(void *be, int fd, unsigned long request, void *arg,
		     struct smn_span *span)
{
	const struct files *fs = be;

	(void)fd;
	(void)span;
	return request == smn_legacy_nesting.request && arg == (void *)6 ?
		*(const signed char *)fs->open->content : -EINVAL;
}

static void test_legacy(struct tap *tap)
{
	static const signed char answers[] = { 1, 0, -ENOTTY };
	struct smn_backend be = files_backend;
	struct file file[4] = { { "/dev/vfio/vfio", &answers[0], 1, 0 },
				{ "/dev/iommu", &answers[1], 1, 0 },
				{ "/dev/null", &answers[2], 1, 0 } };
	struct files fs = { .file = file };
	struct smn_sys sys = { .be = &be, .priv = &fs };

	be.ioctl = answering;
	for (int i = 0; i < 3; i++)
		tap_ok(tap, smn_has_legacy_nesting(&sys, file[i].path) ==
		       answers[i], "nesting of old by %s: %d", file[i].path,
		       answers[i]);
	tap_ok(tap, smn_has_legacy_nesting(&sys, "/dev/none") == -ENOENT,
	       "no such node");
	file[0].err = -EACCES;
	tap_ok(tap, smn_has_legacy_nesting(&sys, file[0].path) == -EACCES,
	       "no right to it");
	tap_ok(tap, !fs.nopen, "each is closed again");
}

int main(void)
{
	struct tap tap = { 0 };

	test_caps(&tap);
	test_unknown(&tap);
	test_vf(&tap);
	test_aliases(&tap);
	test_hidden_bridge(&tap);
	test_group(&tap);
	test_unsafe(&tap);
	test_legacy(&tap);
	return tap_done(&tap);
}
