// SPDX-License-Identifier: GPL-2.0-or-later
/* A PCI device as a hostile sysfs describes it. */
#include "pretend.h"

#define BDF "0000:01:00.0"

/* A name of sysfs goes into paths and onto terminals' lines. */
static void check_name(const char *name)
{
	CHECK(!strchr(name, '/'));
}

static void check_pci(const struct smn_pci *pci)
{
	CHECK(!strcmp(pci->bdf, BDF) && pci->rid == 0x100);
	CHECK(IS_STRING(pci->driver) && IS_STRING(pci->cdev) &&
	      IS_STRING(pci->smmu));
	check_name(pci->driver);
	check_name(pci->smmu);
	CHECK(!pci->cdev[0] || !strncmp(pci->cdev, "/dev/vfio/devices/vfio",
					22));
	CHECK(pci->nreserved <= SMN_MAX_RESERVED);
	for (unsigned int i = 0; i < pci->nreserved; i++)
		CHECK(IS_STRING(pci->reserved[i].type) &&
		      pci->reserved[i].type[0]);
}

static int count(void *ctx, const struct smn_pci *pci)
{
	int *n = ctx;

	CHECK(pci->smmu[0] && IS_STRING(pci->bdf));
	return ++*n == 16;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct pretend p = pretend(&in);
	struct smn_sys sys = { .be = &pretend_backend, .priv = &p };
	struct smn_why who = { "" };
	struct smn_pci pci;
	int ret, n = 0;

	memset(&pci, 0xa5, sizeof(pci));
	ret = smn_pci_read(&sys, BDF, &pci);
	CHECK(ret <= 0 && (ret == -ENODEV) ==
	      (smn_sys_access(&sys, "/sys/bus/pci/devices/" BDF "/vendor") ==
	       -ENOENT));
	if (!ret) {
		check_pci(&pci);
		if (!smn_cdev_holder(&sys, pci.cdev, &who))
			check_why(&who);
	}
	smn_pci_list(&sys, count, &n);
	CHECK(n <= 16);
	check_balance(&p);
	return 0;
}
