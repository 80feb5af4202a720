// SPDX-License-Identifier: GPL-2.0-or-later
/* A PCI device's capabilities and neighbours, in a hostile sysfs. */
#include "pretend.h"

static int neighbour(void *ctx, const char *name, const char *driver)
{
	int *n = ctx;

	CHECK(name[0] && !strchr(name, '/') && !strchr(driver, '/'));
	return ++*n == 16;
}

static void check_caps(const struct smn_pci_caps *c, int ret)
{
	char bdf[SMN_BDF_LEN];

	CHECK(c->ats <= SMN_YES && c->pasid <= SMN_YES && c->pri <= SMN_YES);
	CHECK(c->ats_enabled != SMN_YES || c->ats == SMN_YES);
	CHECK(ret || (c->ats && c->pasid && c->pri && c->all_rids));
	CHECK(c->nrids && c->nrids <= SMN_MAX_SIDS && c->rid[0] == 0x100);
	for (unsigned int i = 0; i < c->nrids; i++)
		CHECK(c->rid[i] <= 0xffff);
	CHECK(IS_STRING(c->physfn) &&
	      (!c->physfn[0] || !smn_bdf_parse(c->physfn, bdf)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smn_pci pci = { .bdf = "0000:01:00.0", .rid = 0x100 };
	struct input in = { data, size };
	struct pretend p = pretend(&in);
	struct smn_sys sys = { .be = &pretend_backend, .priv = &p };
	struct smn_pci_caps caps;
	int ret, n = 0;

	memset(&caps, 0xa5, sizeof(caps));
	ret = smn_pci_caps_read(&sys, &pci, &caps);
	CHECK(ret <= 0);
	check_caps(&caps, ret);
	smn_group_list(&sys, 1, neighbour, &n);
	CHECK(n <= 16);
	CHECK(smn_unsafe_interrupts(&sys) <= SMN_YES);
	CHECK(smn_tree_coherent(&sys, "smmu3.0x1000") <= SMN_YES);
	check_balance(&p);
	return 0;
}
