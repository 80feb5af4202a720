// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel: its release, and why it has no /dev/iommu. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

int smn_host_release(struct smn_sys *sys, char *release, size_t len)
{
	ssize_t n = smn_sys_read_text(sys, "/proc/sys/kernel/osrelease",
				      release, len);

	return n < 0 ? (int)n : 0;
}

/* Does a module list of the running kernel name iommufd? */
static bool listed(struct smn_sys *sys, const char *list)
{
	static const size_t room = 8 << 20;
	char path[SMN_PATH], release[64], *text;
	bool found = false;

	if (smn_host_release(sys, release, sizeof(release)))
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", release, list);
	text = smn_sys_map(sys, room);
	if (!text)
		return false;
	if (smn_sys_read_text(sys, path, text, room) > 0)
		found = strstr(text, "/iommufd.ko");
	smn_sys_unmap(sys, text, room);
	return found;
}

void smn_iommu_absent(struct smn_sys *sys, int err, struct smn_why *cause,
		      struct smn_why *remedy)
{
	if (err == -EACCES || err == -EPERM) {
		smn_why_set(cause, "no permission: the node is root's alone");
		smn_why_set(remedy, "run as root, or give your user access");
	} else if (err != -ENOENT) {
		smn_why_set(cause, "the kernel refused it");
		smn_why_set(remedy, "look at the kernel log");
	} else if (smn_sys_exists(sys, "/sys/class/misc/iommu")) {
		smn_why_set(cause, "the kernel has iommufd, only the node is "
			    "missing: no udev or devtmpfs here");
		smn_why_set(remedy, "mknod /dev/iommu c $(tr : ' ' < "
			    "/sys/class/misc/iommu/dev)");
	} else if (listed(sys, "modules.dep")) {
		smn_why_set(cause, "the iommufd module is not loaded");
		smn_why_set(remedy, "modprobe iommufd");
	} else {
		smn_why_set(cause, "this kernel has no iommufd: it was built "
			    "without CONFIG_IOMMUFD");
		smn_why_set(remedy, "use a kernel with CONFIG_IOMMUFD and "
			    "CONFIG_ARM_SMMU_V3_IOMMUFD, or try here: "
			    "scripts/vm run -- smmunest-ctl info");
	}
}
