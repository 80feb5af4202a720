// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Stream Table Entry, IHI 0070 section 5.2: the two double words that
 * travel through IOMMU_HWPT_ALLOC. SMN_USER marks what a VM owns there.
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
static const char *const strw[] = { [0] = "el1", [2] = "el2" };
static const char *const shcfg[] = { "nsh", "incoming", "osh", "ish" };

static const struct smn_field fields[] = {
	SMN_F("V", 0, 0, 0, .user = SMN_USER, .spec = "5.2",
	      .doc = "the entry is valid"),
	SMN_F("Cfg", 0, 3, 1, SMN_VALUES(cfg), .user = SMN_USER, .alias = "Config",
	      .legal = 1 << 0 | 1 << 4 | 1 << 5, .spec = "5.2",
	      .doc = "which stages translate"),
	SMN_F("S1Fmt", 0, 5, 4, SMN_VALUES(s1fmt), .user = SMN_USER,
	      .spec = "5.2", .doc = "format of the CD table"),
	SMN_F("S1ContextPtr", 0, 51, 6, .addr = true, .user = SMN_USER,
	      .spec = "5.2", .doc = "address (an IPA) of the CD or its table"),
	SMN_F("S1CDMax", 0, 63, 59, .user = SMN_USER, .spec = "5.2",
	      .doc = "log2 of the number of CDs"),
	SMN_F("S1DSS", 1, 1, 0, SMN_VALUES(s1dss), .user = SMN_USER,
	      .spec = "5.2", .doc = "what a transaction without SubstreamID does"),
	SMN_F("S1CIR", 1, 3, 2, SMN_VALUES(cache), .user = SMN_USER,
	      .spec = "5.2", .doc = "inner cacheability of CD fetches"),
	SMN_F("S1COR", 1, 5, 4, SMN_VALUES(cache), .user = SMN_USER,
	      .spec = "5.2", .doc = "outer cacheability of CD fetches"),
	SMN_F("S1CSH", 1, 7, 6, SMN_VALUES(share), .user = SMN_USER,
	      .spec = "5.2", .doc = "shareability of CD fetches"),
	SMN_F("S2HWU59", 1, 8, 8, .spec = "5.2",
	      .doc = "stage 2 descriptor bit 59 is for hardware use"),
	SMN_F("S2HWU60", 1, 9, 9, .spec = "5.2",
	      .doc = "stage 2 descriptor bit 60 is for hardware use"),
	SMN_F("S2HWU61", 1, 10, 10, .spec = "5.2",
	      .doc = "stage 2 descriptor bit 61 is for hardware use"),
	SMN_F("S2HWU62", 1, 11, 11, .spec = "5.2",
	      .doc = "stage 2 descriptor bit 62 is for hardware use"),
	SMN_F("DRE", 1, 12, 12, .spec = "5.2",
	      .doc = "destructive reads allowed"),
	SMN_F("CONT", 1, 16, 13, .spec = "5.2",
	      .doc = "contiguous STEs that are alike"),
	SMN_F("DCP", 1, 17, 17, .spec = "5.2",
	      .doc = "directed cache prefetch allowed"),
	SMN_F("PPAR", 1, 18, 18, .spec = "5.2",
	      .doc = "PASID on PRI auto-responses"),
	SMN_F("MEV", 1, 19, 19, .spec = "5.2",
	      .doc = "similar events may be merged; the kernel sets it"),
	SMN_F("S2FWB", 1, 25, 25, .spec = "5.2",
	      .doc = "stage 2 forces write-back"),
	SMN_F("S1MPAM", 1, 26, 26, .spec = "5.2",
	      .doc = "stage 1 chooses the MPAM partition"),
	SMN_F("S1STALLD", 1, 27, 27, .user = SMN_USER, .spec = "5.2",
	      .doc = "stage 1 faults never stall"),
	SMN_F("EATS", 1, 29, 28, SMN_VALUES(eats), .user = SMN_USER,
	      .legal = 1 << 0 | 1 << 1, .spec = "5.2",
	      .doc = "what ATS requests get"),
	SMN_F("STRW", 1, 31, 30, SMN_VALUES(strw), .spec = "5.2",
	      .doc = "translation regime of stage 1"),
	SMN_F("MemAttr", 1, 35, 32, .spec = "5.2",
	      .doc = "memory type when MTCFG is set"),
	SMN_F("MTCFG", 1, 36, 36, .spec = "5.2",
	      .doc = "MemAttr replaces the incoming type"),
	SMN_F("ALLOCCFG", 1, 40, 37, .spec = "5.2", .doc = "allocation hints"),
	SMN_F("SHCFG", 1, 45, 44, SMN_VALUES(shcfg), .spec = "5.2",
	      .doc = "shareability of transactions"),
	SMN_F("NSCFG", 1, 47, 46, .spec = "5.2",
	      .doc = "non-secure attribute, Secure streams only"),
	SMN_F("PRIVCFG", 1, 49, 48, .spec = "5.2",
	      .doc = "override of the privilege attribute"),
	SMN_F("INSTCFG", 1, 51, 50, .spec = "5.2",
	      .doc = "override of the instruction attribute"),
};

const struct smn_layout smn_ste = {
	.name = "STE", .kind = SMN_STE, .words = 2, .bits = 64,
	SMN_FIELDS(fields), .spec = "5.2", .doc = "Stream Table Entry",
};
