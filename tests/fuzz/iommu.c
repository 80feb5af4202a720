// SPDX-License-Identifier: GPL-2.0-or-later
/* Why /dev/iommu cannot be opened, on a machine with hostile module lists. */
#include "pretend.h"

/* The list as the C library sees it: up to a zero. */
static bool has_module(struct smn_sys *sys)
{
	static char text[1 << 20];
	char release[64];

	/* long releases and lists are given up on */
	return !smn_host_release(sys, release, sizeof(release)) &&
		smn_sys_read_text(sys, "/lib/modules/modules.dep", text,
				  sizeof(text)) > 0 &&
		strstr(text, "/iommufd.ko");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct smn_facts facts;
	struct pretend p;
	struct smn_sys sys = { .be = &pretend_backend, .priv = &p };
	char release[8];
	int ret;

	p = pretend(&in);
	memset(release, 0xa5, sizeof(release));
	ret = smn_host_release(&sys, release, sizeof(release));
	CHECK(ret <= 0 && (ret || IS_STRING(release)));

	/* exactly one of them */
	smn_iommu_learn(&sys, &facts);
	CHECK((facts.is[SMN_FACT_NO_IOMMU_NODE] == SMN_YES) +
	      (facts.is[SMN_FACT_IOMMUFD_UNLOADED] == SMN_YES) +
	      (facts.is[SMN_FACT_NO_IOMMUFD] == SMN_YES) == 1);
	if (!smn_sys_exists(&sys, "/sys/class/misc/iommu"))
		CHECK(has_module(&sys) ==
		      (facts.is[SMN_FACT_IOMMUFD_UNLOADED] == SMN_YES));
	check_balance(&p);
	return 0;
}
