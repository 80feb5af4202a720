// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Context Descriptor, IHI 0070 section 5.4. It lies in the VM's memory and
 * the SMMU reads it there: the kernel never sees it. Bits 31:0 of word 5 are
 * implementation defined and have no row.
 *
 * With 128-bit descriptors (IDR5.D128) three bits of words 1 and 2 each have
 * another meaning; the rows are named after the common one.
 */
#include "arch/field.h"

static const char *const tg0[] = { "4k", "64k", "16k" };
static const char *const tg1[] = { [1] = "16k", [2] = "4k", [3] = "64k" };
static const char *const cache[] = { "nc", "wbwa", "wt", "wb" };
static const char *const share[] = { [0] = "nsh", [2] = "osh", [3] = "ish" };
static const char *const endian[] = { "le", "be" };
static const char *const ips[] = {
	"32", "36", "40", "42", "44", "48", "52", "56"
};
static const char *const aa64[] = { "aarch32-or-128", "aarch64" };
static const char *const aset[] = { "shared", "private" };

static const struct smn_field fields[] = {
	SMN_F("T0SZ", 0, 5, 0, .doc = "TTB0's region has 64-T0SZ address bits"),
	SMN_F("TG0", 0, 7, 6, SMN_VALUES(tg0),
	      .doc = "granule of TTB0's tables"),
	SMN_F("IR0", 0, 9, 8, SMN_VALUES(cache),
	      .doc = "inner cacheability of TTB0's walks"),
	SMN_F("OR0", 0, 11, 10, SMN_VALUES(cache),
	      .doc = "outer cacheability of TTB0's walks"),
	SMN_F("SH0", 0, 13, 12, SMN_VALUES(share),
	      .doc = "shareability of TTB0's walks"),
	SMN_F("EPD0", 0, 14, 14, .doc = "no walks through TTB0: they fault"),
	SMN_F("ENDI", 0, 15, 15, SMN_VALUES(endian),
	      .doc = "endianness of the tables"),
	SMN_F("T1SZ", 0, 21, 16,
	      .doc = "TTB1's region has 64-T1SZ address bits"),
	SMN_F("TG1", 0, 23, 22, SMN_VALUES(tg1),
	      .doc = "granule of TTB1's tables; not encoded like TG0"),
	SMN_F("IR1", 0, 25, 24, SMN_VALUES(cache),
	      .doc = "inner cacheability of TTB1's walks"),
	SMN_F("OR1", 0, 27, 26, SMN_VALUES(cache),
	      .doc = "outer cacheability of TTB1's walks"),
	SMN_F("SH1", 0, 29, 28, SMN_VALUES(share),
	      .doc = "shareability of TTB1's walks"),
	SMN_F("EPD1", 0, 30, 30, .doc = "no walks through TTB1: they fault"),
	SMN_F("V", 0, 31, 31, .doc = "the descriptor is valid"),
	SMN_F("IPS", 0, 34, 32, SMN_VALUES(ips),
	      .doc = "bits of an address that stage 1 puts out"),
	SMN_F("AFFD", 0, 35, 35, .doc = "a clear access flag never faults"),
	SMN_F("WXN", 0, 36, 36,
	      .doc = "what can be written cannot be executed"),
	SMN_F("UWXN", 0, 37, 37,
	      .doc = "what the user can write the kernel cannot execute"),
	SMN_F("TBI0", 0, 38, 38, .doc = "TTB0 ignores the top address byte"),
	SMN_F("TBI1", 0, 39, 39, .doc = "TTB1 ignores the top address byte"),
	SMN_F("PAN", 0, 40, 40,
	      .doc = "no privileged data access to what the user can access"),
	SMN_F("AA64", 0, 41, 41, SMN_VALUES(aa64),
	      .doc = "format of the tables"),
	SMN_F("HD", 0, 42, 42, .doc = "hardware updates the dirty state"),
	SMN_F("HA", 0, 43, 43, .doc = "hardware updates the access flag"),
	SMN_F("S", 0, 44, 44, .spec = "5.5", .doc = "a fault stalls"),
	SMN_F("R", 0, 45, 45, .spec = "5.5", .doc = "a fault is recorded"),
	SMN_F("A", 0, 46, 46, .spec = "5.5",
	      .doc = "a terminated transaction aborts, else RAZ/WI"),
	SMN_F("ASET", 0, 47, 47, SMN_VALUES(aset),
	      .doc = "whether the ASID is shared with the CPUs"),
	SMN_F("ASID", 0, 63, 48, .narrow = 8, .wide = SMN_FEAT_ASID16,
	      .doc = "address space that tags the translations"),

	SMN_F("NSCFG0", 1, 0, 0, .doc = "TTB0 is non-secure; Secure only"),
	SMN_F("HAD0", 1, 1, 1, .alias = "DisCH0",
	      .doc = "TTB0 ignores hierarchical attributes; D128: the "
	      "contiguous bit of its first level"),
	SMN_F("E0PD0", 1, 2, 2, .doc = "the user faults on all of TTB0"),
	SMN_F("HAFT", 1, 3, 3,
	      .doc = "hardware updates the access flag of tables too"),
	SMN_F("TTB0", 1, 55, 4, .addr = true,
	      .doc = "first table of the low region (nested: an IPA)"),
	SMN_F("PnCH", 1, 58, 58, .doc = "the protected attribute is in use"),
	SMN_F("EPAN", 1, 59, 59, .doc = "PAN counts execute permission too"),
	SMN_F("HWU059", 1, 60, 60,
	      .doc = "TTB0's descriptor bit 59 is for hardware use"),
	SMN_F("HWU060", 1, 61, 61,
	      .doc = "TTB0's descriptor bit 60 is for hardware use"),
	SMN_F("HWU061", 1, 62, 62,
	      .doc = "TTB0's descriptor bit 61 is for hardware use; D128: "
	      "bit 0 of SKL0, levels to skip"),
	SMN_F("HWU062", 1, 63, 63,
	      .doc = "TTB0's descriptor bit 62 is for hardware use; D128: "
	      "bit 1 of SKL0"),

	SMN_F("NSCFG1", 2, 0, 0, .doc = "TTB1 is non-secure; Secure only"),
	SMN_F("HAD1", 2, 1, 1, .alias = "DisCH1",
	      .doc = "TTB1 ignores hierarchical attributes; D128: the "
	      "contiguous bit of its first level"),
	SMN_F("E0PD1", 2, 2, 2, .doc = "the user faults on all of TTB1"),
	SMN_F("AIE", 2, 3, 3, .doc = "attribute indices have four bits"),
	SMN_F("TTB1", 2, 55, 4, .addr = true,
	      .doc = "first table of the high region (nested: an IPA)"),
	SMN_F("DS", 2, 58, 58,
	      .doc = "52-bit addresses with 4K and 16K granules"),
	SMN_F("PIE", 2, 59, 59, .doc = "permissions are indirect"),
	SMN_F("HWU159", 2, 60, 60,
	      .doc = "TTB1's descriptor bit 59 is for hardware use"),
	SMN_F("HWU160", 2, 61, 61,
	      .doc = "TTB1's descriptor bit 60 is for hardware use"),
	SMN_F("HWU161", 2, 62, 62,
	      .doc = "TTB1's descriptor bit 61 is for hardware use; D128: "
	      "bit 0 of SKL1, levels to skip"),
	SMN_F("HWU162", 2, 63, 63,
	      .doc = "TTB1's descriptor bit 62 is for hardware use; D128: "
	      "bit 1 of SKL1"),

	SMN_F("MAIR0", 3, 31, 0,
	      .doc = "memory attributes 0 to 3, a byte each"),
	SMN_F("MAIR1", 3, 63, 32, .doc = "memory attributes 4 to 7"),
	SMN_F("AMAIR0", 4, 31, 0,
	      .doc = "auxiliary memory attributes, low half"),
	SMN_F("AMAIR1", 4, 63, 32,
	      .doc = "auxiliary memory attributes, high half"),
	SMN_F("PARTID", 5, 47, 32, .doc = "MPAM partition"),
	SMN_F("PMG", 5, 55, 48, .doc = "MPAM performance monitoring group"),
	SMN_F("PIIU", 6, 47, 0,
	      .doc = "16 indirect permissions of the user, 3 bits each"),
	SMN_F("PIIP", 7, 47, 0,
	      .doc = "16 indirect permissions of the kernel, 3 bits each"),
};

const struct smn_layout smn_cd = {
	.name = "CD", .kind = SMN_CD, .words = 8, .bits = 64,
	SMN_FIELDS(fields), .spec = "5.4", .doc = "Context Descriptor",
};
