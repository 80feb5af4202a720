// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ID registers, IHI 0070 section 6.3. SMN_USER marks the fields that
 * iommufd promises (struct iommu_hw_info_arm_smmuv3); the kernel hands out the
 * whole registers, the other fields are for eyes, not for decisions.
 */
#include <string.h>

#include "arch/field.h"

static const char *const ttf[] = {
	[1] = "aarch32", [2] = "aarch64", [3] = "both"
};
static const char *const httu[] = { "none", "access", "dirty", "haft" };
static const char *const ttendian[] = { [0] = "mixed", [2] = "le", [3] = "be" };
static const char *const stall[] = { "both", "terminate", "stall" };
static const char *const st_level[] = { "linear", "2-level" };
static const char *const oas[] = {
	"32", "36", "40", "42", "44", "48", "52", "56"
};
static const char *const vax[] = { "48", "52", "56" };
static const char *const minor[] = {
	"3.0", "3.1", "3.2", "3.3", "3.4", "3.5"
};

#define ABI .user = SMN_USER

static const struct smn_field idr0[] = {
	SMN_F("S2P", 0, 0, 0, .doc = "stage 2"),
	SMN_F("S1P", 0, 1, 1, .doc = "stage 1"),
	SMN_F("TTF", 0, 3, 2, SMN_VALUES(ttf), ABI, .doc = "table formats"),
	SMN_F("COHACC", 0, 4, 4, .doc = "coherent table walks"),
	SMN_F("BTM", 0, 5, 5, .doc = "broadcast TLB maintenance"),
	SMN_F("HTTU", 0, 7, 6, SMN_VALUES(httu), .doc = "hardware flag update"),
	SMN_F("DORMHINT", 0, 8, 8, .doc = "dormant hint"),
	SMN_F("Hyp", 0, 9, 9, .doc = "EL2 stage 1 contexts"),
	SMN_F("ATS", 0, 10, 10, .doc = "PCIe ATS"),
	SMN_F("NS1ATS", 0, 11, 11, .doc = "no split-stage ATS"),
	SMN_F("ASID16", 0, 12, 12, ABI, .doc = "16-bit ASIDs"),
	SMN_F("MSI", 0, 13, 13, .doc = "the SMMU itself sends MSIs"),
	SMN_F("SEV", 0, 14, 14, .doc = "wakes up waiting cores"),
	SMN_F("ATOS", 0, 15, 15, .doc = "address translation operations"),
	SMN_F("PRI", 0, 16, 16, .doc = "PCIe page requests"),
	SMN_F("VMW", 0, 17, 17, .doc = "VMID wildcards"),
	SMN_F("VMID16", 0, 18, 18, .doc = "16-bit VMIDs"),
	SMN_F("CD2L", 0, 19, 19, ABI, .doc = "two-level CD tables"),
	SMN_F("VATOS", 0, 20, 20, .doc = "virtual ATOS page"),
	SMN_F("TTENDIAN", 0, 22, 21, SMN_VALUES(ttendian), ABI,
	      .doc = "endianness of table walks"),
	SMN_F("ATSRECERR", 0, 23, 23, .doc = "records ATS errors"),
	SMN_F("STALL_MODEL", 0, 25, 24, SMN_VALUES(stall), ABI,
	      .doc = "what a fault may do"),
	SMN_F("TERM_MODEL", 0, 26, 26, ABI, .doc = "1: terminated means abort"),
	SMN_F("ST_LEVEL", 0, 28, 27, SMN_VALUES(st_level), ABI,
	      .doc = "stream table levels"),
	SMN_F("RME_IMPL", 0, 30, 30, .doc = "realm management extension"),
};
static const struct smn_field idr1[] = {
	SMN_F("SIDSIZE", 0, 5, 0, ABI, .doc = "bits of a StreamID"),
	SMN_F("SSIDSIZE", 0, 10, 6, ABI, .doc = "bits of a SubstreamID"),
	SMN_F("PRIQS", 0, 15, 11, .doc = "log2 of PRI queue entries"),
	SMN_F("EVENTQS", 0, 20, 16, .doc = "log2 of event queue entries"),
	SMN_F("CMDQS", 0, 25, 21, .doc = "log2 of command queue entries"),
	SMN_F("ATTR_PERMS_OVR", 0, 26, 26, .doc = "permission override"),
	SMN_F("ATTR_TYPES_OVR", 0, 27, 27, .doc = "memory type override"),
	SMN_F("REL", 0, 28, 28, .doc = "preset bases are relative"),
	SMN_F("QUEUES_PRESET", 0, 29, 29, .doc = "queue bases are fixed"),
	SMN_F("TABLES_PRESET", 0, 30, 30, .doc = "table bases are fixed"),
	SMN_F("ECMDQ", 0, 31, 31, .doc = "enhanced command queues"),
};
static const struct smn_field idr2[] = {
	SMN_F("BA_VATOS", 0, 9, 0, .doc = "page of the VATOS registers"),
};
static const struct smn_field idr3[] = {
	SMN_F("HAD", 0, 2, 2, .doc = "hierarchical attributes can be disabled"),
	SMN_F("PBHA", 0, 3, 3, .doc = "page-based hardware attributes"),
	SMN_F("XNX", 0, 4, 4, .doc = "stage 2 execute-never by privilege"),
	SMN_F("PPS", 0, 5, 5, .doc = "PASID on PRI responses"),
	SMN_F("MPAM", 0, 7, 7, .doc = "memory partitioning"),
	SMN_F("FWB", 0, 8, 8, .doc = "stage 2 forced write-back"),
	SMN_F("STT", 0, 9, 9, .doc = "small translation tables"),
	SMN_F("RIL", 0, 10, 10, ABI, .doc = "range invalidation, level hint"),
	SMN_F("BBML", 0, 12, 11, ABI, .doc = "break-before-make level"),
	SMN_F("E0PD", 0, 13, 13, .doc = "EL0 access can be prevented"),
	SMN_F("PTWNNC", 0, 14, 14,
	      .doc = "walks to device memory are made normal"),
	SMN_F("DPT", 0, 15, 15, .doc = "device permission table"),
	SMN_F("PASIDTT", 0, 16, 16, .doc = "PASID on translated transactions"),
	SMN_F("EPAN", 0, 17, 17, .doc = "enhanced PAN"),
	SMN_F("S1PI", 0, 18, 18, .doc = "stage 1 permission indirection"),
	SMN_F("S2PI", 0, 19, 19, .doc = "stage 2 permission indirection"),
	SMN_F("S2PO", 0, 20, 20, .doc = "stage 2 permission overlays"),
	SMN_F("THE", 0, 21, 21, .doc = "translation hardening"),
	SMN_F("MTEPERM", 0, 22, 22, .doc = "stage 2 NoTagAccess"),
	SMN_F("AIE", 0, 23, 23, .doc = "stage 1 attribute index extension"),
};
static const struct smn_field idr5[] = {
	SMN_F("OAS", 0, 2, 0, SMN_VALUES(oas), .doc = "output address bits"),
	SMN_F("GRAN4K", 0, 4, 4, ABI, .doc = "4 KiB pages"),
	SMN_F("GRAN16K", 0, 5, 5, ABI, .doc = "16 KiB pages"),
	SMN_F("GRAN64K", 0, 6, 6, ABI, .doc = "64 KiB pages"),
	SMN_F("DS", 0, 7, 7, ABI, .doc = "52-bit addresses with 4K and 16K"),
	SMN_F("D128", 0, 8, 8, .doc = "128-bit descriptors"),
	SMN_F("VAX", 0, 11, 10, SMN_VALUES(vax), ABI,
	      .doc = "virtual address bits"),
	SMN_F("STALL_MAX", 0, 31, 16, .doc = "outstanding stalls"),
};
static const struct smn_field idr6[] = {
	SMN_F("CMDQ_CONTROL_PAGE_LOG2NUMQ", 0, 19, 16,
	      .doc = "log2 of the queues of a control page"),
	SMN_F("CMDQ_CONTROL_PAGE_LOG2NUMP", 0, 27, 24,
	      .doc = "log2 of the control pages"),
};
static const struct smn_field iidr[] = {
	SMN_F("Implementer", 0, 11, 0, .doc = "JEP106 code"),
	SMN_F("Revision", 0, 15, 12, .doc = "minor revision"),
	SMN_F("Variant", 0, 19, 16, .doc = "major revision"),
	SMN_F("ProductID", 0, 31, 20, .doc = "product"),
};
static const struct smn_field aidr[] = {
	SMN_F("ArchMinorRev", 0, 3, 0, SMN_VALUES(minor), .doc = "SMMUv3.x"),
	SMN_F("ArchMajorRev", 0, 7, 4, .doc = "0: SMMUv3"),
};

#define REG(n, sec, ...) \
	{ .name = n, .kind = SMN_IDR, .words = 1, .bits = 32, .spec = sec, \
	  __VA_ARGS__ }

const struct smn_layout smn_idrs[SMN_NREGS] = {
	REG("IDR0", "6.3.1", SMN_FIELDS(idr0)),
	REG("IDR1", "6.3.2", SMN_FIELDS(idr1)),
	REG("IDR2", "6.3.3", SMN_FIELDS(idr2)),
	REG("IDR3", "6.3.4", SMN_FIELDS(idr3)),
	REG("IDR4", "6.3.5", .doc = "implementation defined"),
	REG("IDR5", "6.3.6", SMN_FIELDS(idr5)),
	REG("IIDR", "6.3.7", SMN_FIELDS(iidr)),
	REG("AIDR", "6.3.8", SMN_FIELDS(aidr)),
};
const struct smn_layout smn_idr6 = REG("IDR6", "6.3", SMN_FIELDS(idr6),
				       .doc = "enhanced command queues");

/* Each feature is a non-zero field of one ID register. */
static const struct feature {
	const char *name, *source;
} features[SMN_FEAT_COUNT] = {
	[SMN_FEAT_ASID16] = { "16-bit ASIDs", "IDR0.ASID16" },
	[SMN_FEAT_RIL] = { "range invalidation", "IDR3.RIL" },
	[SMN_FEAT_DS] = { "52-bit addresses", "IDR5.DS" },
	[SMN_FEAT_SSID] = { "substreams", "IDR1.SSIDSIZE" },
	[SMN_FEAT_ATS] = { "ATS", "IDR0.ATS" },
};

uint32_t smn_idr_get(const uint32_t *regs, const char *path)
{
	size_t len = strcspn(path, ".");

	for (unsigned int i = 0; i < SMN_NREGS; i++) {
		const struct smn_layout *l = &smn_idrs[i];
		uint64_t word = regs[i];

		if (!strncmp(l->name, path, len) && !l->name[len])
			return smn_field_get(smn_layout_field(l, path + len + 1,
				strlen(path + len + 1)), &word);
	}
	return 0;
}

smn_feats smn_feats_of(const uint32_t *regs)
{
	smn_feats feats = 1u << SMN_FEAT_NONE;

	for (unsigned int i = SMN_FEAT_NONE + 1; i < SMN_FEAT_COUNT; i++)
		if (smn_idr_get(regs, features[i].source))
			feats |= 1u << i;
	return feats;
}

const char *smn_feat_name(enum smn_feat feat)
{
	return features[feat].name;
}

const char *smn_feat_source(enum smn_feat feat)
{
	return features[feat].source;
}
