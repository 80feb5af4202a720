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

void smn_iommu_learn(struct smn_sys *sys, struct smn_facts *facts)
{
	bool there = smn_sys_exists(sys, "/sys/class/misc/iommu");
	bool module = !there && listed(sys, "modules.dep");

	facts->is[SMN_FACT_NO_IOMMU_NODE] = smn_truth_of(there);
	facts->is[SMN_FACT_IOMMUFD_UNLOADED] = smn_truth_of(module);
	facts->is[SMN_FACT_NO_IOMMUFD] = smn_truth_of(!there && !module);
}
