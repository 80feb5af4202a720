// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory types: MAIR, stage 2's MemAttr, and both together (Arm ARM D8.6). */
#include "arch/stage.h"

enum { SH_NSH = 0, SH_OSH = 2, SH_ISH = 3 };

/* Device and non-cacheable memory is outer shareable, IHI 0070 13.1.1. */
static struct smn_memtype shared(struct smn_memtype m)
{
	if (m.device || (m.inner == SMN_NC && m.outer == SMN_NC))
		m.sh = SH_OSH;
	else if (m.sh == 1)	/* reserved, behaves as non-shareable */
		m.sh = SH_NSH;
	return m;
}

/* Half a MAIR byte of normal memory: 4 is NC, else bit 2 tells WB from WT. */
static uint8_t cached(uint8_t nibble)
{
	if (nibble == 4)
		return SMN_NC;
	return nibble & 4 ? SMN_WB : SMN_WT;
}

struct smn_memtype smn_memtype_mair(uint8_t attr, uint8_t sh)
{
	struct smn_memtype m = { .device = attr < 0x10, .sh = sh };

	if (m.device) {
		m.kind = attr >> 2;
	} else {
		m.outer = cached(attr >> 4);
		m.inner = cached(attr & 0xf);
	}
	return shared(m);
}

/* Two bits of MemAttr: 1 is NC, 2 is WT, 3 is WB. */
static uint8_t cached2(uint8_t bits)
{
	return bits ? bits - 1 : SMN_NC;
}

struct smn_memtype smn_memtype_s2(uint8_t memattr, uint8_t sh)
{
	struct smn_memtype m = { .device = memattr < 4, .sh = sh };

	if (m.device) {
		m.kind = memattr;
	} else {
		m.outer = cached2(memattr >> 2);
		m.inner = cached2(memattr & 3);
	}
	return shared(m);
}

static uint8_t least(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

static uint8_t widest(uint8_t a, uint8_t b)
{
	if (a == SH_OSH || b == SH_OSH)
		return SH_OSH;
	return a == SH_ISH || b == SH_ISH ? SH_ISH : SH_NSH;
}

/* STE.S2FWB: bit 2 of MemAttr clear is device, else stage 2 may decide. */
static struct smn_memtype forced(struct smn_memtype s1, uint8_t memattr)
{
	if (!(memattr & 4))
		return smn_memtype_s2(memattr & 3, 0);
	switch (memattr & 3) {
	case 3:
		return s1;
	case 2:
		s1.device = false;
		s1.kind = 0;
		s1.inner = s1.outer = SMN_WB;
		return s1;
	default:
		s1.inner = s1.outer = SMN_NC;
		return s1;
	}
}

struct smn_memtype smn_memtype_combine(struct smn_memtype s1, uint8_t memattr,
				       uint8_t sh, bool fwb)
{
	struct smn_memtype s2 = fwb ? forced(s1, memattr) :
		smn_memtype_s2(memattr, sh);
	struct smn_memtype m = { .sh = widest(s1.sh, sh == 1 ? SH_NSH : sh) };

	if (fwb && (memattr & 4)) {
		s2.sh = m.sh;
		return shared(s2);
	}
	m.device = s1.device || s2.device;
	if (s1.device && s2.device)
		m.kind = least(s1.kind, s2.kind);
	else if (m.device)
		m.kind = s1.device ? s1.kind : s2.kind;
	m.inner = m.device ? 0 : least(s1.inner, s2.inner);
	m.outer = m.device ? 0 : least(s1.outer, s2.outer);
	return shared(m);
}
