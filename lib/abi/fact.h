/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of the machine that no argument tells, and that errnos depend on. Each
 * is worded so that "no" is the usual answer; a software kernel starts with no
 * everywhere, a session on the real one with unknown.
 */
#ifndef SMN_ABI_FACT_H
#define SMN_ABI_FACT_H

#include <stdint.h>

#include "abi/truth.h"

/* X(fact, its name in arguments and files, what yes means) */
#define SMN_FACTS(X) \
	X(NO_MEMORY, "no-memory", \
	  "the kernel has no memory, or a control group's limit is reached") \
	X(INJECTED, "injected", \
	  "we have the kernel run out of memory (fail-nth)") \
	X(NO_FDS, "no-fds", "no file descriptor is left") \
	X(NO_IOMMUFD, "no-iommufd", \
	  "the kernel was built without CONFIG_IOMMUFD") \
	X(IOMMUFD_UNLOADED, "iommufd-unloaded", \
	  "the iommufd module is not loaded") \
	X(NO_IOMMU_NODE, "no-iommu-node", \
	  "the kernel has iommufd, but nobody made its node") \
	X(NO_ARM_IOMMUFD, "no-arm-iommufd", \
	  "the kernel lacks CONFIG_ARM_SMMU_V3_IOMMUFD") \
	X(NO_SVA, "no-sva", "the kernel lacks CONFIG_ARM_SMMU_V3_SVA") \
	X(NO_PCI_ATS, "no-pci-ats", "the kernel lacks CONFIG_PCI_ATS") \
	X(NOIOMMU, "noiommu", "the kernel has CONFIG_IOMMUFD_NOIOMMU") \
	X(NO_THP, "no-thp", \
	  "the kernel lacks CONFIG_TRANSPARENT_HUGEPAGE") \
	X(UNSAFE_INTERRUPTS, "unsafe-interrupts", \
	  "iommufd.allow_unsafe_interrupts is set") \
	X(NO_RESOURCE_CAP, "no-resource-cap", \
	  "this process lacks CAP_SYS_RESOURCE") \
	X(NO_RAWIO_CAP, "no-rawio-cap", "this process lacks CAP_SYS_RAWIO") \
	X(UNPRIVILEGED, "unprivileged", "this process may not open the node") \
	X(INCOHERENT, "incoherent", "the SMMU's table walks are not coherent") \
	X(NESTING_ERRATUM, "nesting-erratum", \
	  "an erratum makes the driver refuse nesting") \
	X(FORCE_SYNC, "force-sync", "an erratum needs every command synced") \
	X(CMDQV, "cmdqv", "the SMMU is NVIDIA's, with queues for VMs") \
	X(CMDQ_STUCK, "cmdq-stuck", "the SMMU completes no CMD_SYNC") \
	X(NO_GROUP, "no-group", "the device has no IOMMU group") \
	X(NO_CANWBS, "no-canwbs", \
	  "firmware does not promise CANWBS for the root complex") \
	X(DIRECT, "direct", "firmware wants a 1:1 mapping for the device") \
	X(MSI_SHARED, "msi-shared", "the device's MSIs are not isolated") \
	X(GROUP_BUSY, "group-busy", \
	  "another device of the IOMMU group is in use by its driver") \
	X(OTHER_OWNER, "other-owner", \
	  "the IOMMU group belongs to another user of VFIO or iommufd") \
	X(OPEN_ELSEWHERE, "open-elsewhere", \
	  "the device is open in another program, or mapped") \
	X(LEGACY_OPEN, "legacy-open", "the group's old VFIO node is open") \
	X(RESETTING, "resetting", "the device is being reset") \
	X(GOING, "going", "the device is being removed from its driver") \
	X(NEEDS_TOKEN, "needs-token", \
	  "the function needs its physical function's token") \
	X(ALIASED, "aliased", "the device has more than one StreamID") \
	X(STALLS, "stalls", "the device can stall on a fault") \
	X(ATS, "ats", "the device can use ATS") \
	X(PRI_VF, "pri-vf", "a virtual function of a device with PRI") \
	X(PASID, "pasid", "the device has PASIDs") \
	X(PASIDS_USED, "pasids-used", "PASIDs of the device are in use") \
	X(NO_RESET, "no-reset", "the device cannot be reset") \
	X(DEVICE_BROKEN, "device-broken", "the device cannot be enabled")

enum smn_fact {
#define X(fact, name, doc) SMN_FACT_##fact,
	SMN_FACTS(X)
#undef X
	SMN_NFACTS
};

/* One enum smn_truth a fact. */
struct smn_facts {
	uint8_t is[SMN_NFACTS];
};

const char *smn_fact_name(enum smn_fact fact);
const char *smn_fact_doc(enum smn_fact fact);

/* The fact of that name; SMN_NFACTS: there is none. */
enum smn_fact smn_fact_by_name(const char *name);

/* All of them become @truth. */
void smn_facts_fill(struct smn_facts *f, enum smn_truth truth);

#endif
