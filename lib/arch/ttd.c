// SPDX-License-Identifier: GPL-2.0-or-later
/* The descriptors' fields. See ttd.h. */
#include "arch/ttd.h"

#define ATTR(field, name, hi, lo, ...) \
	[SMN_TTD_##field] = SMN_F(name, 0, hi, lo, .spec = "Arm ARM D8.3", \
				  __VA_ARGS__)

static const char *const share[] = { [0] = "nsh", [2] = "osh", [3] = "ish" };

const struct smn_field smn_ttd[SMN_NTTD] = {
	ATTR(VALID, "Valid", 0, 0),
	ATTR(TABLE, "Table", 1, 1),	/* or page, at level 3 */
	ATTR(ATTRINDX, "AttrIndx", 4, 2),
	ATTR(MEMATTR, "MemAttr", 5, 2),
	ATTR(AP_EL0, "AP[1]", 6, 6),
	ATTR(AP_RO, "AP[2]", 7, 7),
	ATTR(S2AP_R, "S2AP[0]", 6, 6),
	ATTR(S2AP_W, "S2AP[1]", 7, 7),
	ATTR(SH, "SH", 9, 8, SMN_VALUES(share)),
	ATTR(OA_51_50, "OA[51:50]", 9, 8),
	ATTR(AF, "AF", 10, 10),
	ATTR(NG, "nG", 11, 11),
	ATTR(OA, "OA", 47, 12, .addr = true),
	ATTR(OA_DS, "OA", 49, 12, .addr = true),
	ATTR(OA_51_48, "OA[51:48]", 15, 12),
	ATTR(DBM, "DBM", 51, 51),
	ATTR(PXN, "PXN", 53, 53),
	ATTR(XN, "XN", 54, 54),
	ATTR(S2XN, "XN", 54, 53),
	ATTR(PXNTABLE, "PXNTable", 59, 59),
	ATTR(XNTABLE, "XNTable", 60, 60),
	ATTR(APTABLE_EL0, "APTable[0]", 61, 61),
	ATTR(APTABLE_RO, "APTable[1]", 62, 62),
};

const struct smn_layout smn_ttd_layout = {
	.name = "TTD", .words = 1, .bits = 64, SMN_FIELDS(smn_ttd),
	.spec = "Arm ARM D8.3", .doc = "translation table descriptor",
};
