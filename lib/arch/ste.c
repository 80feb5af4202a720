// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Stream Table Entry, IHI 0070 section 5.2. Words 0 and 1 are also a layout
 * of their own: what travels through IOMMU_HWPT_ALLOC. SMN_USER marks what a VM
 * owns there; the rest of the entry is the kernel's.
 *
 * S1ContextPtr ends at bit 51 here, and at bit 55 in newer issues of the
 * specification: the kernel refuses bits 55:52, so they must stay reserved.
 * Implementation defined bits (word 1 63:52, word 2 31:16, word 4 15:0) have no
 * row: nothing can be said of them.
 */
#include "arch/field.h"

static const char *const cfg[] = {
	[0] = "abort", [4] = "bypass", [5] = "s1", [6] = "s2", [7] = "nested",
};
static const char *const s1fmt[] = { "linear", "4k-l2", "64k-l2" };
static const char *const s1dss[] = { "terminate", "bypass", "ssid0" };
static const char *const cache[] = { "nc", "wbra", "wt", "wb" };
static const char *const share[] = { [0] = "nsh", [2] = "osh", [3] = "ish" };
static const char *const eats[] = { "off", "full", "split", "dpt" };
static const char *const strw[] = { "el1", "el3", "el2" };
static const char *const shcfg[] = { "nsh", "incoming", "osh", "ish" };
static const char *const nscfg[] = {
	[0] = "incoming", [2] = "secure", [3] = "non-secure",
};
static const char *const privcfg[] = {
	[0] = "incoming", [2] = "user", [3] = "priv",
};
static const char *const instcfg[] = {
	[0] = "incoming", [2] = "data", [3] = "inst",
};
static const char *const s2cache[] = { "nc", "wbwa", "wt", "wb" };
static const char *const s2tg[] = { "4k", "64k", "16k" };
static const char *const s2ps[] = {
	"32", "36", "40", "42", "44", "48", "52", "56"
};
static const char *const s2aa64[] = { "aarch32-or-128", "aarch64" };
static const char *const endian[] = { "le", "be" };
static const char *const vmatch[] = { "strict", "ac1", "any" };

#define WORDS_0_1 \
	SMN_F("V", 0, 0, 0, .user = SMN_USER, .doc = "the entry is valid"), \
	SMN_F("Cfg", 0, 3, 1, SMN_VALUES(cfg), .user = SMN_USER, \
	      .alias = "Config", .legal = 1 << 0 | 1 << 4 | 1 << 5, \
	      .doc = "which stages translate"), \
	SMN_F("S1Fmt", 0, 5, 4, SMN_VALUES(s1fmt), .user = SMN_USER, \
	      .doc = "format of the CD table"), \
	SMN_F("S1ContextPtr", 0, 51, 6, .addr = true, .user = SMN_USER, \
	      .doc = "address (an IPA) of the CD or its table"), \
	SMN_F("S1CDMax", 0, 63, 59, .user = SMN_USER, \
	      .doc = "log2 of the number of CDs"), \
	SMN_F("S1DSS", 1, 1, 0, SMN_VALUES(s1dss), .user = SMN_USER, \
	      .doc = "what a transaction without SubstreamID does"), \
	SMN_F("S1CIR", 1, 3, 2, SMN_VALUES(cache), .user = SMN_USER, \
	      .doc = "inner cacheability of CD fetches"), \
	SMN_F("S1COR", 1, 5, 4, SMN_VALUES(cache), .user = SMN_USER, \
	      .doc = "outer cacheability of CD fetches"), \
	SMN_F("S1CSH", 1, 7, 6, SMN_VALUES(share), .user = SMN_USER, \
	      .doc = "shareability of CD fetches"), \
	SMN_F("S2HWU59", 1, 8, 8, \
	      .doc = "stage 2 descriptor bit 59 is for hardware use"), \
	SMN_F("S2HWU60", 1, 9, 9, \
	      .doc = "stage 2 descriptor bit 60 is for hardware use"), \
	SMN_F("S2HWU61", 1, 10, 10, \
	      .doc = "stage 2 descriptor bit 61 is for hardware use"), \
	SMN_F("S2HWU62", 1, 11, 11, \
	      .doc = "stage 2 descriptor bit 62 is for hardware use"), \
	SMN_F("DRE", 1, 12, 12, .doc = "destructive reads allowed"), \
	SMN_F("CONT", 1, 16, 13, .doc = "contiguous STEs that are alike"), \
	SMN_F("DCP", 1, 17, 17, .doc = "directed cache prefetch allowed"), \
	SMN_F("PPAR", 1, 18, 18, .doc = "PASID on PRI auto-responses"), \
	SMN_F("MEV", 1, 19, 19, \
	      .doc = "similar events may be merged; the kernel sets it"), \
	SMN_F("SW_RESERVED", 1, 23, 20, .doc = "free for software"), \
	SMN_F("S1PIE", 1, 24, 24, \
	      .doc = "CDs may make stage 1 permissions indirect"), \
	SMN_F("S2FWB", 1, 25, 25, .doc = "stage 2 forces write-back"), \
	SMN_F("S1MPAM", 1, 26, 26, \
	      .doc = "stage 1 chooses the MPAM partition"), \
	SMN_F("S1STALLD", 1, 27, 27, .user = SMN_USER, \
	      .doc = "stage 1 faults never stall"), \
	SMN_F("EATS", 1, 29, 28, SMN_VALUES(eats), .user = SMN_USER, \
	      .legal = 1 << 0 | 1 << 1, .doc = "what ATS requests get"), \
	SMN_F("STRW", 1, 31, 30, SMN_VALUES(strw), \
	      .doc = "translation regime of stage 1"), \
	SMN_F("MemAttr", 1, 35, 32, .doc = "memory type when MTCFG is set"), \
	SMN_F("MTCFG", 1, 36, 36, \
	      .doc = "MemAttr replaces the incoming type"), \
	SMN_F("ALLOCCFG", 1, 40, 37, .doc = "allocation hints"), \
	SMN_F("SHCFG", 1, 45, 44, SMN_VALUES(shcfg), \
	      .doc = "shareability of transactions"), \
	SMN_F("NSCFG", 1, 47, 46, SMN_VALUES(nscfg), \
	      .doc = "non-secure attribute, Secure streams only"), \
	SMN_F("PRIVCFG", 1, 49, 48, SMN_VALUES(privcfg), \
	      .doc = "override of the privilege attribute"), \
	SMN_F("INSTCFG", 1, 51, 50, SMN_VALUES(instcfg), \
	      .doc = "override of the instruction attribute")

static const struct smn_field vste[] = { WORDS_0_1 };
static const struct smn_field ste[] = {
	WORDS_0_1,

	SMN_F("S2VMID", 2, 15, 0,
	      .doc = "virtual machine that tags translations"),
	SMN_F("S2T0SZ", 2, 37, 32, .doc = "an IPA has 64-S2T0SZ bits"),
	SMN_F("S2SL0", 2, 39, 38, .doc = "first level of the stage 2 walk"),
	SMN_F("S2IR0", 2, 41, 40, SMN_VALUES(s2cache),
	      .doc = "inner cacheability of stage 2 walks"),
	SMN_F("S2OR0", 2, 43, 42, SMN_VALUES(s2cache),
	      .doc = "outer cacheability of stage 2 walks"),
	SMN_F("S2SH0", 2, 45, 44, SMN_VALUES(share),
	      .doc = "shareability of stage 2 walks"),
	SMN_F("S2TG", 2, 47, 46, SMN_VALUES(s2tg), .doc = "stage 2 granule"),
	SMN_F("S2PS", 2, 50, 48, SMN_VALUES(s2ps),
	      .doc = "bits of an address that stage 2 puts out"),
	SMN_F("S2AA64", 2, 51, 51, SMN_VALUES(s2aa64),
	      .doc = "format of the stage 2 tables"),
	SMN_F("S2ENDI", 2, 52, 52, SMN_VALUES(endian),
	      .doc = "endianness of the stage 2 tables"),
	SMN_F("S2AFFD", 2, 53, 53,
	      .doc = "a clear stage 2 access flag never faults"),
	SMN_F("S2PTW", 2, 54, 54,
	      .doc = "stage 1 tables and CDs in device memory fault"),
	SMN_F("S2HD", 2, 55, 55,
	      .doc = "hardware updates the stage 2 dirty state"),
	SMN_F("S2HA", 2, 56, 56,
	      .doc = "hardware updates the stage 2 access flag"),
	SMN_F("S2S", 2, 57, 57, .spec = "5.5", .doc = "a stage 2 fault stalls"),
	SMN_F("S2R", 2, 58, 58, .spec = "5.5",
	      .doc = "a stage 2 fault is recorded"),
	SMN_F("S2HAFT", 2, 59, 59,
	      .doc = "hardware updates the access flag of stage 2 tables"),
	SMN_F("S2PIE", 2, 60, 60, .doc = "stage 2 permissions are indirect"),
	SMN_F("S2POE", 2, 61, 61, .doc = "stage 2 permissions have overlays"),
	SMN_F("DPT_VMATCH", 2, 63, 62, SMN_VALUES(vmatch),
	      .doc = "how device permissions match the VMID"),

	SMN_F("S2NSW", 3, 0, 0,
	      .doc = "walks for non-secure IPAs are non-secure; Secure only"),
	SMN_F("S2NSA", 3, 1, 1,
	      .doc = "output of non-secure IPAs is non-secure; Secure only"),
	SMN_F("S2SL0_2", 3, 2, 2, .doc = "bit 2 of S2SL0"),
	SMN_F("S2DS", 3, 3, 3,
	      .doc = "52-bit stage 2 addresses with 4K and 16K granules"),
	SMN_F("S2TTB", 3, 55, 4, .addr = true,
	      .doc = "address of the first stage 2 table"),
	SMN_F("S2SKL", 3, 62, 61, .doc = "stage 2 levels to skip"),

	SMN_F("PARTID", 4, 31, 16, .doc = "MPAM partition"),
	SMN_F("S_S2T0SZ", 4, 37, 32,
	      .doc = "a Secure IPA has 64-S_S2T0SZ bits"),
	SMN_F("S_S2SL0", 4, 39, 38, .doc = "first level of the Secure walk"),
	SMN_F("S_S2TG", 4, 47, 46, SMN_VALUES(s2tg),
	      .doc = "Secure stage 2 granule"),
	SMN_F("MECID", 4, 63, 48,
	      .doc = "memory encryption context; Realm only"),

	SMN_F("PMG", 5, 7, 0, .doc = "MPAM performance monitoring group"),
	SMN_F("MPAM_NS", 5, 8, 8, .doc = "the MPAM partition is non-secure"),
	SMN_F("AssuredOnly", 5, 9, 9, .doc = "AssuredOnly checks"),
	SMN_F("TL0", 5, 10, 10, .doc = "TopLevel 0 checks"),
	SMN_F("TL1", 5, 11, 11, .doc = "TopLevel 1 checks"),
	SMN_F("VMSPtr", 5, 55, 12, .addr = true,
	      .doc = "address of the virtual machine structure"),

	SMN_F("S2SW", 6, 0, 0,
	      .doc = "walks for Secure IPAs are non-secure; Secure only"),
	SMN_F("S2SA", 6, 1, 1,
	      .doc = "output of Secure IPAs is non-secure; Secure only"),
	SMN_F("S_S2SL0_2", 6, 2, 2, .doc = "bit 2 of S_S2SL0"),
	SMN_F("S_S2TTB", 6, 55, 4, .addr = true,
	      .doc = "address of the first Secure stage 2 table"),
	SMN_F("S_S2SKL", 6, 62, 61, .doc = "Secure stage 2 levels to skip"),

	SMN_F("S2POI", 7, 63, 0, .doc = "16 stage 2 overlays, 4 bits each"),
};

const struct smn_layout smn_ste = {
	.name = "STE", .kind = SMN_STE, .words = 8, .bits = 64,
	SMN_FIELDS(ste), .spec = "5.2", .doc = "Stream Table Entry",
};

const struct smn_layout smn_vste = {
	.name = "STE", .kind = SMN_STE, .words = 2, .bits = 64,
	SMN_FIELDS(vste), .spec = "5.2",
	.doc = "Stream Table Entry, a VM's part",
};
