/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation table descriptors of VMSAv8-64, Arm ARM D8.3: their bits, and
 * the arithmetic of levels. The walk reads them, the builder writes them.
 */
#ifndef SMN_ARCH_TTD_H
#define SMN_ARCH_TTD_H

#include "arch/field.h"

/* A descriptor's fields; those of 52-bit addresses lie in two places. */
enum smn_ttd_field {
	SMN_TTD_VALID, SMN_TTD_TABLE, SMN_TTD_ATTRINDX, SMN_TTD_MEMATTR,
	SMN_TTD_AP_EL0, SMN_TTD_AP_RO, SMN_TTD_S2AP_R, SMN_TTD_S2AP_W,
	SMN_TTD_SH, SMN_TTD_AF, SMN_TTD_NG, SMN_TTD_OA, SMN_TTD_OA_DS,
	SMN_TTD_OA_51_50, SMN_TTD_OA_51_48, SMN_TTD_DBM, SMN_TTD_PXN,
	SMN_TTD_XN, SMN_TTD_S2XN, SMN_TTD_PXNTABLE, SMN_TTD_XNTABLE,
	SMN_TTD_APTABLE_EL0, SMN_TTD_APTABLE_RO,
	SMN_NTTD
};

extern const struct smn_field smn_ttd[SMN_NTTD];

/* The same as a layout, to parse "AttrIndx=0,AP[1]=1,SH=ish,AF=1". */
extern const struct smn_layout smn_ttd_layout;

static inline uint64_t smn_ttd_get(uint64_t desc, enum smn_ttd_field f)
{
	return smn_field_get(&smn_ttd[f], &desc);
}

static inline void smn_ttd_put(uint64_t *desc, enum smn_ttd_field f,
			       uint64_t value)
{
	smn_field_put(&smn_ttd[f], desc, value, 0);
}

/* Bits of an address that one level of tables resolves; @granule in bits. */
static inline unsigned int smn_ttd_stride(unsigned int granule)
{
	return granule - 3;
}

/* Bits of an address below what a descriptor of @level maps. */
static inline unsigned int smn_ttd_shift(unsigned int granule, int level)
{
	return granule + smn_ttd_stride(granule) * (3 - level);
}

/* The level of stage 1's first table for addresses of @ia_bits. */
static inline int smn_ttd_start(unsigned int granule, unsigned int ia_bits)
{
	return 3 - (int)((ia_bits - 1 - granule) / smn_ttd_stride(granule));
}

#endif
