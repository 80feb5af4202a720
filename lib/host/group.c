// SPDX-License-Identifier: GPL-2.0-or-later
/* Who shares a device's IOMMU group, and what the kernel is told to allow. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

#define UNSAFE "/sys/module/iommufd/parameters/allow_unsafe_interrupts"

enum smn_truth smn_unsafe_interrupts(struct smn_sys *sys)
{
	char text[8];

	if (smn_sys_read_text(sys, UNSAFE, text, sizeof(text)) < 0)
		return SMN_UNKNOWN;
	return !strcmp(text, "Y") ? SMN_YES : !strcmp(text, "N") ? SMN_NO :
		SMN_UNKNOWN;
}

int smn_has_legacy_nesting(struct smn_sys *sys, const char *path)
{
	int fd = smn_sys_open(sys, path, O_RDWR);
	int ret;

	if (fd < 0)
		return fd;
	ret = smn_sys_check_extension(sys, fd, &smn_legacy_nesting);
	smn_sys_close(sys, fd);
	return ret;
}

enum smn_truth smn_tree_coherent(struct smn_sys *sys, const char *smmu)
{
	char node[SMN_PATH], property[SMN_PATH + 16];

	snprintf(node, sizeof(node), "/sys/class/iommu/%.48s/device/of_node",
		 smmu);
	if (!smmu[0] || !smn_sys_exists(sys, node))
		return SMN_UNKNOWN;
	snprintf(property, sizeof(property), "%s/dma-coherent", node);
	return smn_sys_exists(sys, property) ? SMN_YES : SMN_NO;
}

struct group {
	struct smn_sys *sys;
	const char *devices;
	int (*each)(void *ctx, const char *name, const char *driver);
	void *ctx;
};

static int look_at(void *ctx, const char *name)
{
	const struct group *g = ctx;
	char path[SMN_PATH], driver[32];

	/* a name too long for a path is none of sysfs */
	if (snprintf(path, sizeof(path), "%s/%s/driver", g->devices, name) >=
	    SMN_PATH || smn_sys_link_name(g->sys, path, driver, sizeof(driver)))
		driver[0] = '\0';
	return g->each(g->ctx, name, driver);
}

int smn_group_list(struct smn_sys *sys, int group,
		   int (*each)(void *ctx, const char *name, const char *driver),
		   void *ctx)
{
	char devices[64];
	struct group g = { sys, devices, each, ctx };

	snprintf(devices, sizeof(devices),
		 "/sys/kernel/iommu_groups/%d/devices", group);
	return smn_sys_list(sys, devices, look_at, &g);
}
