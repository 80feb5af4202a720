// SPDX-License-Identifier: GPL-2.0-or-later
/* A made-up machine: its devices and their drivers. See machine.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/gadget.h"
#include "sys/machine.h"

#define DEVICES "/sys/bus/pci/devices"
#define DRIVERS "/sys/bus/pci/drivers"
#define GROUPS "/sys/kernel/iommu_groups"
#define FAILSLAB "/sys/kernel/debug/failslab"
#define CDEVS "/dev/vfio/devices"
#define VFIO "vfio-pci"

struct smn_part {
	struct smn_part *next;
	char bdf[16];
	char own[32];			/* the driver that takes it */
	struct smn_pdev *dev;		/* NULL: behind no SMMUv3 */
	struct smn_region *reserved;
};

/* Put a node at a path that is made up from pieces. */
__attribute__((format(printf, 4, 5)))
static int put(struct smn_machine *m, enum smn_tree_kind kind,
	       const char *text, const char *fmt, ...)
{
	char path[SMN_TREE_PATH];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return n < SMN_TREE_PATH ? smn_tree_put(&m->tree, kind, path, text) :
		-ENAMETOOLONG;
}

/* --- the machine without devices --- */

static const struct {
	enum smn_tree_kind kind;
	const char *path, *text;
} usual[] = {
	{ SMN_TREE_DEVICE, "/dev/iommu", "" },
	{ SMN_TREE_TEXT, "/dev/null", "" },
	{ SMN_TREE_FOLDER, "/run", "" },
	{ SMN_TREE_FOLDER, DEVICES, "" },
	{ SMN_TREE_TEXT, DRIVERS "/" VFIO "/bind", "" },
	{ SMN_TREE_TEXT, DRIVERS "/" VFIO "/unbind", "" },
	{ SMN_TREE_TEXT, "/sys/bus/pci/drivers_probe", "" },
	{ SMN_TREE_FOLDER, GROUPS, "" },
	{ SMN_TREE_FOLDER, "/sys/class/iommu", "" },
	{ SMN_TREE_TEXT, "/sys/class/misc/iommu/dev", "10:127\n" },
	{ SMN_TREE_LINK, "/proc/self", "1" },
	{ SMN_TREE_TEXT, "/proc/1/fail-nth", "0\n" },
	{ SMN_TREE_TEXT, FAILSLAB "/cache-filter", "N\n" },
	{ SMN_TREE_TEXT, FAILSLAB "/ignore-gfp-wait", "Y\n" },
	{ SMN_TREE_TEXT, FAILSLAB "/verbose", "2\n" },
	{ SMN_TREE_TEXT, "/proc/1/comm", "smmunest-ctl\n" },
	{ SMN_TREE_TEXT, "/proc/1/status", "CapEff:\t000001ffffffffff\n" },
};

int smn_machine_init(struct smn_machine *m, struct smn_world *w)
{
	int ret = 0;

	*m = (struct smn_machine){ .world = w };
	for (size_t i = 0; !ret && i < SMN_ARRAY_SIZE(usual); i++)
		ret = smn_tree_put(&m->tree, usual[i].kind, usual[i].path,
				   usual[i].text);
	return ret ? ret : smn_machine_release(m, "7.3.0");
}

void smn_machine_free(struct smn_machine *m)
{
	struct smn_part *next;

	for (int fd = 0; fd < m->ntexts; fd++)
		smn_machine_close(m, fd);
	free(m->texts);
	for (struct smn_part *p = m->parts; p; p = next) {
		next = p->next;
		if (p->dev)
			smn_gadget_free(p->dev->gadget);
		free(p->reserved);
		free(p);
	}
	smn_tree_free(&m->tree);
	*m = (struct smn_machine){ 0 };
}

int smn_machine_release(struct smn_machine *m, const char *release)
{
	unsigned int major, minor;
	char line[80];

	/* files are named after it */
	if (sscanf(release, "%2u.%2u", &major, &minor) != 2 ||
	    !smn_machine_name(release, 64))
		return -EINVAL;
	m->world->kernel = 100 * major + minor;
	snprintf(line, sizeof(line), "%.64s\n", release);
	return put(m, SMN_TREE_TEXT, line, "/proc/sys/kernel/osrelease");
}

/* --- devices --- */

static struct smn_part *part_at(const struct smn_machine *m, const char *bdf)
{
	struct smn_part *p = m->parts;

	while (p && strcmp(p->bdf, bdf))
		p = p->next;
	return p;
}

struct smn_pdev *smn_machine_device(const struct smn_machine *m,
				    const char *bdf)
{
	const struct smn_part *p = part_at(m, bdf);

	return p ? p->dev : NULL;
}

bool smn_machine_name(const char *name, size_t room)
{
	return name[0] && name[0] != '.' && strlen(name) < room &&
		!name[strcspn(name, "/\n")];
}

static bool is_sound(const struct smn_part_row *row)
{
	unsigned int bus, dev, fn;
	char end;

	return sscanf(row->bdf, "%*5x:%2x:%2x.%1u%c", &bus, &dev, &fn, &end) ==
		3 &&
		dev < 32 && fn < 8 && smn_machine_name(row->bdf, 16) &&
		(!row->driver || !row->driver[0] ||
		 smn_machine_name(row->driver, 32)) &&
		(!row->own || !row->own[0] || smn_machine_name(row->own, 32)) &&
		(!row->iommu || !row->iommu[0] ||
		 smn_machine_name(row->iommu, 48));
}

static uint32_t rid_of(const char *bdf)
{
	unsigned int bus = 0, dev = 0, fn = 0;

	sscanf(bdf, "%*x:%x:%x.%x", &bus, &dev, &fn);
	return bus << 8 | dev << 3 | fn;
}

static int put_identity(struct smn_machine *m, const struct smn_part_row *row,
			const char *dir)
{
	char text[32];
	int ret;

	snprintf(text, sizeof(text), "0x%04" PRIx32 "\n", row->vendor);
	ret = put(m, SMN_TREE_TEXT, text, "%s/vendor", dir);
	snprintf(text, sizeof(text), "0x%04" PRIx32 "\n", row->device);
	ret = ret ? ret : put(m, SMN_TREE_TEXT, text, "%s/device", dir);
	snprintf(text, sizeof(text), "0x%06" PRIx32 "\n", row->class);
	ret = ret ? ret : put(m, SMN_TREE_TEXT, text, "%s/class", dir);
	return ret ? ret :
		put(m, SMN_TREE_TEXT, "(null)\n", "%s/driver_override", dir);
}

static int put_iommu(struct smn_machine *m, const struct smn_part_row *row,
		     const char *dir)
{
	char text[SMN_TREE_PATH];
	int ret;

	snprintf(text, sizeof(text), "/sys/devices/virtual/iommu/%s",
		 row->iommu);
	ret = put(m, SMN_TREE_LINK, text, "%s/iommu", dir);
	if (!ret)
		ret = put(m, SMN_TREE_LINK, text, "/sys/class/iommu/%s",
			  row->iommu);
	return ret ? ret : put(m, SMN_TREE_LINK, dir, "%s/devices/%s", text,
			       row->bdf);
}

/* One line a range, those the group has already left out. */
static int put_kept(struct smn_machine *m, const struct smn_part_row *row,
		    const char *path)
{
	int err;
	struct smn_leaf *node = smn_tree_get(&m->tree, path, &err);

	if (!node && !(err = smn_tree_put(&m->tree, SMN_TREE_TEXT, path, "")))
		node = smn_tree_get(&m->tree, path, &err);
	for (unsigned int i = 0; node && !err && i < row->nkept; i++) {
		char line[80], *text;

		snprintf(line, sizeof(line), "0x%016" PRIx64 " 0x%016" PRIx64
			 " %.20s\n", row->kept[i].start, row->kept[i].last,
			 row->kept[i].type);
		if (strstr(node->text, line))
			continue;
		if (asprintf(&text, "%s%s", node->text, line) < 0)
			return -ENOMEM;
		err = smn_leaf_set(node, text, strlen(text));
		free(text);
	}
	return err;
}

static int put_group(struct smn_machine *m, const struct smn_part_row *row,
		     const char *dir)
{
	char group[64], path[96];
	int ret;

	snprintf(group, sizeof(group), GROUPS "/%d", row->group);
	snprintf(path, sizeof(path), "%s/reserved_regions", group);
	ret = put(m, SMN_TREE_TEXT, "DMA\n", "%s/type", group);
	if (!ret)
		ret = put_kept(m, row, path);
	if (!ret)
		ret = put(m, SMN_TREE_LINK, dir, "%s/devices/%s", group,
			  row->bdf);
	return ret ? ret : put(m, SMN_TREE_LINK, group, "%s/iommu_group", dir);
}

/* The world's side of it: what iommufd will know of the device. */
static int add_to_world(struct smn_machine *m, const struct smn_part_row *row,
			struct smn_part *p)
{
	struct smn_smmu *smmu = smn_world_smmu(m->world, row->iommu);
	struct smn_pdev *dev;
	bool direct = false;

	if (!smmu)
		smmu = smn_world_add_smmu(m->world, row->iommu);
	p->reserved = calloc(row->nkept + 1, sizeof(*p->reserved));
	dev = smmu && p->reserved ?
		smn_world_add_device(m->world, row->bdf, "", smmu) : NULL;
	if (!dev)
		return -ENOMEM;
	p->dev = dev;
	dev->group = row->group;
	dev->sid = rid_of(row->bdf);
	dev->reserved = p->reserved;
	for (unsigned int i = 0; i < row->nkept; i++) {
		const struct smn_kept *k = &row->kept[i];

		direct |= !strcmp(k->type, "direct");
		/* iommufd lets these be mapped */
		if (!strcmp(k->type, "direct-relaxable"))
			continue;
		p->reserved[dev->nreserved++] = (struct smn_region){
			k->start, k->last, .msi = !strcmp(k->type, "msi"),
		};
	}
	dev->facts.is[SMN_FACT_DIRECT] = smn_truth_of(direct);
	dev->facts.is[SMN_FACT_NO_GROUP] = smn_truth_of(row->group < 0);
	return smn_gadget_new(dev, row->vendor, row->device, row->class);
}

static int put_driver(struct smn_machine *m, const char *name)
{
	int ret;

	if (!name || !name[0])
		return 0;
	ret = put(m, SMN_TREE_TEXT, "", DRIVERS "/%s/bind", name);
	return ret ? ret :
		put(m, SMN_TREE_TEXT, "", DRIVERS "/%s/unbind", name);
}

static int fill(struct smn_machine *m, const struct smn_part_row *row,
		struct smn_part *p)
{
	bool iommu = row->iommu && row->iommu[0];
	char dir[80];
	int ret;

	snprintf(dir, sizeof(dir), "/sys/devices/pci%.*s/%s",
		 (int)strcspn(row->bdf, ":") + 3, row->bdf, row->bdf);
	ret = put_identity(m, row, dir);
	if (!ret)
		ret = put(m, SMN_TREE_LINK, dir, DEVICES "/%s", row->bdf);
	if (!ret && iommu)
		ret = put_iommu(m, row, dir);
	if (!ret && row->group >= 0)
		ret = put_group(m, row, dir);
	if (!ret && iommu && !strncmp(row->iommu, "smmu3.", 6))
		ret = add_to_world(m, row, p);
	if (!ret)
		ret = put_driver(m, row->own);
	return ret ? ret : put_driver(m, row->driver);
}

static int take(struct smn_machine *m, struct smn_part *p, const char *driver);

int smn_machine_add(struct smn_machine *m, const struct smn_part_row *row)
{
	struct smn_part *p;
	int ret;

	if (!is_sound(row))
		return -EINVAL;
	if (part_at(m, row->bdf))
		return -EEXIST;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->next = m->parts;
	m->parts = p;
	snprintf(p->bdf, sizeof(p->bdf), "%s", row->bdf);
	snprintf(p->own, sizeof(p->own), "%s", row->own ? row->own : "");
	ret = fill(m, row, p);
	return ret || !row->driver || !row->driver[0] ? ret :
		take(m, p, row->driver);
}

/* --- drivers --- */

static void driver_of(const struct smn_machine *m, const struct smn_part *p,
		      char driver[32])
{
	char path[96], target[SMN_TREE_PATH];
	ssize_t n;

	snprintf(path, sizeof(path), DEVICES "/%s/driver", p->bdf);
	n = smn_tree_readlink(&m->tree, path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	snprintf(driver, 32, "%.31s", n > 0 ? strrchr(target, '/') + 1 : "");
}

/* What driver_override says, "" for nothing. */
static void override_of(const struct smn_machine *m, const struct smn_part *p,
			char name[32])
{
	const struct smn_leaf *node;
	char path[96];
	int err;

	snprintf(path, sizeof(path), DEVICES "/%s/driver_override", p->bdf);
	node = smn_tree_get(&m->tree, path, &err);
	name[0] = '\0';
	if (node && strcmp(node->text, "(null)\n"))
		snprintf(name, 32, "%.*s", (int)strcspn(node->text, "\n"),
			 node->text);
}

static bool exists(const struct smn_machine *m, const char *path)
{
	int err;

	return smn_tree_get(&m->tree, path, &err);
}

/* vfio-pci makes a node, and the device can be opened. */
static int make_cdev(struct smn_machine *m, struct smn_part *p)
{
	char path[40];
	int n = 0, ret;

	do
		snprintf(path, sizeof(path), CDEVS "/vfio%d", n++);
	while (exists(m, path));
	ret = put(m, SMN_TREE_DEVICE, "", "%s", path);
	if (!ret)
		ret = put(m, SMN_TREE_FOLDER, "", DEVICES "/%s/vfio-dev/%s",
			  p->bdf, path + strlen(CDEVS "/"));
	if (!ret && p->dev)
		snprintf(p->dev->cdev, sizeof(p->dev->cdev), "%s", path);
	return ret;
}

static int remove_cdev(struct smn_machine *m, struct smn_part *p)
{
	char path[96];

	/* a real kernel would wait until it is closed */
	for (size_t fd = 0; p->dev && fd < m->world->nfiles; fd++)
		if (m->world->files[fd].dev == p->dev)
			return -EBUSY;
	if (p->dev) {
		smn_tree_remove(&m->tree, p->dev->cdev);
		p->dev->cdev[0] = '\0';
	}
	snprintf(path, sizeof(path), DEVICES "/%s/vfio-dev", p->bdf);
	return smn_tree_remove(&m->tree, path);
}

static int take(struct smn_machine *m, struct smn_part *p, const char *driver)
{
	char target[80];
	int ret;

	snprintf(target, sizeof(target), DRIVERS "/%s", driver);
	ret = put(m, SMN_TREE_LINK, target, DEVICES "/%s/driver", p->bdf);
	return ret || strcmp(driver, VFIO) ? ret : make_cdev(m, p);
}

/* Does the driver want the device? vfio-pci has to be told so. */
static bool wants(const struct smn_machine *m, const struct smn_part *p,
		  const char *driver)
{
	char override[32];

	override_of(m, p, override);
	return !strcmp(override[0] ? override : p->own, driver);
}

int smn_machine_bind(struct smn_machine *m, const char *bdf,
		     const char *driver)
{
	struct smn_part *p = part_at(m, bdf);
	char now[32];

	if (!p || !wants(m, p, driver))
		return -ENODEV;
	driver_of(m, p, now);
	return now[0] ? -EBUSY : take(m, p, driver);
}

int smn_machine_unbind(struct smn_machine *m, const char *bdf,
		       const char *driver)
{
	struct smn_part *p = part_at(m, bdf);
	char now[32], path[96];
	int ret = 0;

	if (!p)
		return -ENODEV;
	driver_of(m, p, now);
	if (!now[0] || strcmp(now, driver))
		return -ENODEV;
	if (!strcmp(driver, VFIO))
		ret = remove_cdev(m, p);
	snprintf(path, sizeof(path), DEVICES "/%s/driver", bdf);
	return ret ? ret : smn_tree_remove(&m->tree, path);
}

int smn_machine_probe(struct smn_machine *m, const char *bdf)
{
	const struct smn_part *p = part_at(m, bdf);
	char now[32], wanted[32], path[80];

	if (!p)
		return -ENODEV;
	driver_of(m, p, now);
	override_of(m, p, wanted);
	snprintf(path, sizeof(path), DRIVERS "/%s",
		 wanted[0] ? wanted : p->own);
	if (now[0] || !(wanted[0] || p->own[0]) || !exists(m, path))
		return 0;
	return take(m, part_at(m, bdf), strrchr(path, '/') + 1);
}
