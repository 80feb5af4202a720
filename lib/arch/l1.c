// SPDX-License-Identifier: GPL-2.0-or-later
/* First-level descriptors of two-level tables, IHI 0070 sections 5.1, 5.3. */
#include "arch/field.h"

static const struct smn_field l1std[] = {
	SMN_F("Span", 0, 4, 0, .legal = (1ULL << 12) - 1,
	      .doc = "2^(Span-1) STEs behind L2Ptr; 0: none, not valid"),
	SMN_F("L2Ptr", 0, 55, 6, .addr = true,
	      .doc = "address of the second-level array, aligned to its size"),
};

const struct smn_layout smn_l1std = {
	.name = "L1STD", .kind = SMN_L1STD, .words = 1, .bits = 64,
	SMN_FIELDS(l1std), .spec = "5.1",
	.doc = "first-level stream table descriptor",
};

static const struct smn_field l1cd[] = {
	SMN_F("V", 0, 0, 0, .doc = "L2Ptr is valid"),
	SMN_F("L2Ptr", 0, 55, 12, .addr = true,
	      .doc = "address (nested: an IPA) of the second-level CD table"),
};

const struct smn_layout smn_l1cd = {
	.name = "L1CD", .kind = SMN_L1CD, .words = 1, .bits = 64,
	SMN_FIELDS(l1cd), .spec = "5.3",
	.doc = "first-level context descriptor",
};
