// SPDX-License-Identifier: GPL-2.0-or-later
/* Every way a walk can end between the CD and the output. See walkcase.h. */
#include "walkcase.h"

static const struct row stage1_rows[] = {
	{ "it translates", .type = OUT },
	{ "it translates a privileged write", .access = P | W, .type = OUT },
	{ "it translates an instruction fetch", .access = I, .type = OUT },
	/* descriptors */
	{ "L1 invalid", { { AT(T1), 1, 0 } }, .type = TRANS, .evt1 = RNW | IN },
	{ "L2 invalid", { { AT(T2), 1, 0 } }, W, .type = TRANS, .evt1 = IN },
	{ "L3 invalid", { { AT(T3), 1, 0 } }, P | I, .type = TRANS,
	  .evt1 = RNW | PNU | IND | IN },
	{ "a write is data", { { AT(T3), 1, 0 } }, W | I, .type = TRANS,
	  .evt1 = IN },
	{ "block at level 3", { { AT(T3), 2, 0 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "block at level 0", { { CDW(0), 63, 16 }, { AT(T1), 2, 0 } },
	  .type = TRANS, .evt1 = RNW | IN },
	{ "block at level 1, 16K", { { CDW(0), 63, 17 | 2 << 6 },
	  { AT(T1), 2, 0 } }, .type = TRANS, .evt1 = RNW | IN },
	{ "block at level 1, 64K, 48 bits", { { CDW(0), 63, 16 | 1 << 6 },
	  { AT(T1), 2, 0 }, { IDR(5), 7, 5 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "TTB0 is aligned to its table", { { CDW(1), 0, 0xff0 } },
	  .type = OUT },
	{ "TTB0 is aligned to 64 with 52 bits", { { CDW(1), 0, 0x20 },
	  { CDW(0), 63 | 7ULL << 32, 42 | 6ULL << 32 },
	  { IOVA, 0, 0x345678 }, { AT(T1 + 8), 0, 0x40012003 } },
	  .type = OUT },
	{ "page beyond IPS", { { AT(T3), 0, 1ULL << 36 }, { CDW(0), 7ULL << 32,
	  1ULL << 32 } }, .type = SIZE, .evt1 = RNW | IN },
	{ "page within IPS", { { AT(T3), 0, 1ULL << 35 }, { CDW(0), 7ULL << 32,
	  1ULL << 32 } }, .type = OUT, .pa = 0x880000678 },
	{ "table beyond IPS", { { AT(T1), 0, 1ULL << 32 },
	  { CDW(0), 7ULL << 32, 0 } }, .type = SIZE, .evt1 = RNW | IN },
	{ "IPS is no more than OAS", { { AT(T3), 0, 1ULL << 44 },
	  { IDR(5), 7, 4 } }, .type = SIZE, .evt1 = RNW | IN },
	{ "contiguous makes no difference", { { AT(T3), 0, 1ULL << 52 } },
	  .type = OUT },
	{ "big endian", { { CDW(0), 0, 1 << 15 },
	  { AT(T1), ~0ULL, 0x0310014000000000 },
	  { AT(T2), ~0ULL, 0x0320014000000000 },
	  { AT(T3), ~0ULL, 0x4307008000000000 } }, .type = OUT },
	{ "little endian read as big", { { CDW(0), 0, 1 << 15 } },
	  .type = TRANS, .evt1 = RNW | IN },
	/* the access flag */
	{ "AF", { { AT(T3), 1 << 10, 0 } }, .type = ACCESS, .evt1 = RNW | IN },
	{ "AF comes before permissions", { { AT(T3), 1 << 10, 1 << 7 } }, W,
	  .type = ACCESS, .evt1 = IN },
	{ "AF, AFFD", { { AT(T3), 1 << 10, 0 }, { CDW(0), 0, 1ULL << 35 } },
	  .type = OUT },
	{ "AF, HA", { { AT(T3), 1 << 10, 0 }, { CDW(0), 0, 1ULL << 43 } },
	  .type = OUT },
	/* permissions */
	{ "AP[2], write", { { AT(T3), 0, 1 << 7 } }, W, .type = PERM,
	  .evt1 = IN },
	{ "AP[2], read", { { AT(T3), 0, 1 << 7 } }, .type = OUT },
	{ "AP[2], DBM without HD", { { AT(T3), 0, 1 << 7 | 1ULL << 51 },
	  { CDW(0), 0, 1ULL << 43 } }, W, .type = PERM, .evt1 = IN },
	{ "AP[2], DBM, HD", { { AT(T3), 0, 1 << 7 | 1ULL << 51 }, { CDW(0), 0,
	  3ULL << 42 } }, W, .type = OUT },
	{ "AP[1] clear, user", { { AT(T3), 1 << 6, 0 } }, .type = PERM,
	  .evt1 = RNW | IN },
	{ "AP[1] clear, privileged", { { AT(T3), 1 << 6, 0 } }, P | W,
	  .type = OUT },
	{ "APTable[1], write", { { AT(T1), 0, 1ULL << 62 } }, P | W,
	  .type = PERM, .evt1 = PNU | IN },
	{ "APTable[1], read", { { AT(T1), 0, 1ULL << 62 } }, .type = OUT },
	{ "APTable[1], HAD0", { { AT(T1), 0, 1ULL << 62 },
	  { CDW(1), 0, 2 } }, W, .type = OUT },
	{ "APTable[0], user", { { AT(T2), 0, 1ULL << 61 } }, .type = PERM,
	  .evt1 = RNW | IN },
	{ "APTable[0] of a table above", { { AT(T1), 0, 1ULL << 61 } },
	  .type = PERM, .evt1 = RNW | IN },
	{ "APTable[0], privileged", { { AT(T2), 0, 1ULL << 61 } }, P | W,
	  .type = OUT },
	{ "XN", { { AT(T3), 0, 1ULL << 54 } }, I, .type = PERM,
	  .evt1 = RNW | IND | IN },
	{ "XN is the user's", { { AT(T3), 1 << 6, 1ULL << 54 } }, P | I,
	  .type = OUT },
	{ "PXN", { { AT(T3), 1 << 6, 1ULL << 53 } }, P | I, .type = PERM,
	  .evt1 = RNW | PNU | IND | IN },
	{ "PXN is not the user's", { { AT(T3), 0, 1ULL << 53 } }, I,
	  .type = OUT },
	{ "XNTable", { { AT(T2), 0, 1ULL << 60 } }, I, .type = PERM,
	  .evt1 = RNW | IND | IN },
	{ "PXNTable", { { AT(T3), 1 << 6, 0 }, { AT(T1), 0, 1ULL << 59 } },
	  P | I, .type = PERM, .evt1 = RNW | PNU | IND | IN },
	{ "what the user writes is not executed privileged", { { 0 } }, P | I,
	  .type = PERM, .evt1 = RNW | PNU | IND | IN },
	{ "WXN", { { CDW(0), 0, 1ULL << 36 } }, I, .type = PERM,
	  .evt1 = RNW | IND | IN },
	{ "WXN, privileged", { { CDW(0), 0, 1ULL << 36 },
	  { AT(T3), 1 << 6, 0 } }, P | I, .type = PERM,
	  .evt1 = RNW | PNU | IND | IN },
	{ "WXN, read-only", { { CDW(0), 0, 1ULL << 36 },
	  { AT(T3), 0, 1 << 7 } }, I, .type = OUT },
	{ "PAN", { { CDW(0), 0, 1ULL << 40 } }, P, .type = PERM,
	  .evt1 = RNW | PNU | IN },
	{ "PAN, not the user's page", { { CDW(0), 0, 1ULL << 40 },
	  { AT(T3), 1 << 6, 0 } }, P, .type = OUT },
	{ "EPAN", { { CDW(0), 0, 1ULL << 40 }, { AT(T3), 1 << 6, 0 },
	  { CDW(1), 0, 1ULL << 59 } }, P, .type = PERM,
	  .evt1 = RNW | PNU | IN },
	{ "PRIVCFG and INSTCFG", { { STE(1), 0, 3ULL << 48 | 3ULL << 50 },
	  { AT(T3), 1, 0 } }, .type = TRANS, .evt1 = RNW | PNU | IND | IN },
	{ "PRIVCFG takes privilege", { { STE(1), 0, 2ULL << 48 },
	  { AT(T3), 1 << 6, 0 } }, P, .type = PERM, .evt1 = RNW | IN },
	{ "overrides need ATTR_PERMS_OVR", { { STE(1), 0, 2ULL << 48 },
	  { AT(T3), 1 << 6, 0 }, { IDR(1), 1 << 26, 0 } }, P, .type = OUT },
	/* the range */
	{ "beyond T0SZ", { { IOVA, 0, 0x8012345678 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "a top byte", { { IOVA, 0, 0xa500000012345678 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "a top byte, TBI0", { { IOVA, 0, 0xa500000012345678 }, { CDW(0), 0,
	  1ULL << 38 } }, .type = OUT },
	{ "a bit between, TBI0", { { IOVA, 0, 0xa540000012345678 }, { CDW(0), 0,
	  1ULL << 38 } }, .type = TRANS, .evt1 = RNW | IN },
	{ "EPD1", { { IOVA, 0, 0xffffffff12345678 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "EPD0", { { CDW(0), 0, 1 << 14 } }, .type = TRANS, .evt1 = RNW | IN },
	{ "E0PD0, user", { { CDW(1), 0, 4 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "E0PD0, privileged", { { CDW(1), 0, 4 } }, P, .type = OUT },
	/* A, R, S */
	{ "R clear", { { AT(T3), 1, 0 }, { CDW(0), 1ULL << 45, 0 } },
	  .type = SILENT },
	{ "S", { { AT(T3), 1, 0 }, { CDW(0), 1ULL << 45, 1ULL << 44 } },
	  .type = TRANS, .evt1 = STALL | RNW | IN },
	{ "R clear says nothing of EABT", { { HOLE, 0, AT(T3) },
	  { CDW(0), 1ULL << 45, 0 } }, .type = EABT, .evt1 = RNW | TT,
	  .evt3 = AT(T3) },
	/* what cannot be read */
	{ "CD", { { HOLE, 0, CDW(7) } }, .type = CD_FETCH,
	  .evt3 = CDW(0) },
	{ "L1", { { HOLE, 0, AT(T1) } }, W | P, .type = EABT,
	  .evt1 = PNU | TT, .evt3 = AT(T1) },
};

#define F_IN (S2 | IN)
#define L3_CD 0x22008ULL	/* stage 2's own last descriptors */
#define L3_T1 0x22080ULL
#define L3_T3 0x22090ULL
#define L1_OUT 0x20010ULL

static const struct row nested_rows[] = {
	{ "it translates", .type = OUT },
	{ "it translates a privileged write", .access = P | W, .type = OUT },
	{ "stage 1's faults are stage 1's", { { T3, 1, 0 } }, .type = TRANS,
	  .evt1 = RNW | IN },
	{ "stage 1's permissions", { { T3, 0, 1 << 7 } }, W, .type = PERM,
	  .evt1 = IN },
	/* the CD */
	{ "CD not mapped", { { L3_CD, 1, 0 } }, W, .type = TRANS, .evt1 = S2,
	  .evt3 = AT(CD0) },
	{ "CD, AF", { { L3_CD, 1 << 10, 0 } }, .type = ACCESS,
	  .evt1 = RNW | S2, .evt3 = AT(CD0) },
	{ "CD not readable", { { L3_CD, 1 << 6, 0 } }, .type = PERM,
	  .evt1 = RNW | S2, .evt3 = AT(CD0) },
	{ "CD not writable", { { L3_CD, 1 << 7, 0 } }, .type = OUT },
	{ "CD beyond S2PS", { { L3_CD, 0, 1ULL << 36 }, { STE(2), 7ULL << 48,
	  1ULL << 48 } }, .type = SIZE, .evt1 = RNW | S2, .evt3 = AT(CD0) },
	{ "CD beyond S2T0SZ", { { STE(0), 0, 1ULL << 39 } }, .type = TRANS,
	  .evt1 = RNW | S2, .evt3 = 0x8040001000 },
	{ "CD in device memory", { { L3_CD, 0xf << 2, 1 << 2 } },
	  .type = OUT },
	{ "CD in device memory, S2PTW", { { L3_CD, 0xf << 2, 1 << 2 },
	  { STE(2), 0, 1ULL << 54 } }, .type = PERM, .evt1 = RNW | S2,
	  .evt3 = AT(CD0) },
	{ "CD cannot be read", { { HOLE, 0, CD0 } }, .type = CD_FETCH,
	  .evt3 = CD0 },
	{ "CD, stage 2 cannot be read", { { HOLE, 0, L3_CD } }, .type = EABT,
	  .evt1 = RNW | S2, .evt3 = L3_CD },
	/* stage 1's tables */
	{ "table not mapped", { { L3_T1, 1, 0 } }, .type = TRANS,
	  .evt1 = RNW | S2 | TT, .evt3 = AT(T1) },
	{ "last table not mapped", { { L3_T3, 1, 0 } }, W, .type = TRANS,
	  .evt1 = S2 | TT, .evt3 = AT(0x12000) },
	{ "table, AF", { { L3_T1, 1 << 10, 0 } }, .type = ACCESS,
	  .evt1 = RNW | S2 | TT, .evt3 = AT(T1) },
	{ "table, AF, S2AFFD", { { L3_T1, 1 << 10, 0 }, { STE(2), 0,
	  1ULL << 53 } }, .type = OUT },
	{ "table, AF, S2HA", { { L3_T1, 1 << 10, 0 }, { STE(2), 0,
	  1ULL << 56 } }, .type = OUT },
	{ "table not readable", { { L3_T1, 1 << 6, 0 } }, W, .type = PERM,
	  .evt1 = TTRNW | S2 | TT, .evt3 = AT(T1) },
	{ "table not writable", { { L3_T3, 1 << 7, 0 } }, W, .type = OUT },
	{ "table not writable, HA, AF", { { L3_T3, 1 << 7, 0 }, { T3, 1 << 10,
	  0 }, { CD0, 0, 1ULL << 43 } }, .type = PERM,
	  .evt1 = RNW | S2 | TT, .evt3 = AT(0x12000) },
	{ "table not writable, HD, DBM", { { L3_T3, 1 << 7, 0 },
	  { T3, 0, 1 << 7 | 1ULL << 51 }, { CD0, 0, 3ULL << 42 } }, W,
	  .type = PERM, .evt1 = S2 | TT, .evt3 = AT(0x12000) },
	{ "table in device memory, S2PTW", { { L3_T1, 0xf << 2, 0 },
	  { STE(2), 0, 1ULL << 54 } }, .type = PERM,
	  .evt1 = TTRNW | RNW | S2 | TT, .evt3 = AT(T1) },
	{ "table beyond IPS", { { T1, 0, 1ULL << 38 }, { CD0, 7ULL << 32,
	  1ULL << 32 } }, .type = SIZE, .evt1 = RNW | IN },
	{ "table beyond S2T0SZ", { { T1, 0, 1ULL << 39 } }, .type = TRANS,
	  .evt1 = RNW | S2 | TT, .evt3 = 0x8040011000 },
	{ "table cannot be read", { { HOLE, 0, T3 } }, .type = EABT,
	  .evt1 = RNW | TT, .evt3 = T3 },
	{ "table, stage 2 cannot be read", { { HOLE, 0, L3_T1 } },
	  .type = EABT, .evt1 = RNW | S2 | TT, .evt3 = L3_T1 },
	/* what stage 1 puts out */
	{ "output not mapped", { { L1_OUT, 1, 0 } }, P, .type = TRANS,
	  .evt1 = RNW | PNU | F_IN, .evt3 = 0x80000000 },
	{ "output, AF", { { L1_OUT, 1 << 10, 0 } }, .type = ACCESS,
	  .evt1 = RNW | F_IN, .evt3 = 0x80000000 },
	{ "output not readable", { { L1_OUT, 1 << 6, 0 } }, .type = PERM,
	  .evt1 = RNW | F_IN, .evt3 = 0x80000000 },
	{ "output not readable, executed", { { L1_OUT, 1 << 6, 0 } }, I,
	  .type = OUT },
	{ "output not writable", { { L1_OUT, 1 << 7, 0 } }, W, .type = PERM,
	  .evt1 = F_IN, .evt3 = 0x80000000 },
	{ "output not writable, DBM, S2HD", { { L1_OUT, 1 << 7, 1ULL << 51 },
	  { STE(2), 0, 3ULL << 55 } }, W, .type = OUT },
	{ "output, XN=2", { { L1_OUT, 0, 2ULL << 53 } }, I, .type = PERM,
	  .evt1 = RNW | IND | F_IN, .evt3 = 0x80000000 },
	{ "output, XN=1", { { L1_OUT, 0, 1ULL << 53 } }, I, .type = OUT },
	{ "output, XN=3", { { L1_OUT, 0, 3ULL << 53 } }, I, .type = PERM,
	  .evt1 = RNW | IND | F_IN, .evt3 = 0x80000000 },
	{ "output, XN=3, privileged", { { L1_OUT, 0, 3ULL << 53 },
	  { T3, 1 << 6, 0 } }, P | I, .type = OUT },
	{ "output, XN=3 without IDR3.XNX", { { L1_OUT, 0, 3ULL << 53 },
	  { T3, 1 << 6, 0 }, { IDR(3), 1 << 4, 0 } }, P | I, .type = PERM,
	  .evt1 = RNW | PNU | IND | F_IN, .evt3 = 0x80000000 },
	{ "output beyond S2PS", { { STE(2), 7ULL << 48, 0 } }, .type = SIZE,
	  .evt1 = RNW | F_IN, .evt3 = 0x80000000 },
	{ "output beyond S2T0SZ", { { T3, 0, 1ULL << 39 } }, .type = TRANS,
	  .evt1 = RNW | F_IN, .evt3 = 0x8080000000 },
	{ "output, stage 2 cannot be read", { { HOLE, 0, L1_OUT } }, W,
	  .type = EABT, .evt1 = F_IN, .evt3 = L1_OUT },
	/* R and S of stage 2 */
	{ "S2R clear", { { L1_OUT, 1, 0 }, { STE(2), STE_S2R, 0 } },
	  .type = SILENT },
	{ "S2R clear, R set: stage 2's fault is stage 2's", { { L3_T1, 1, 0 },
	  { STE(2), STE_S2R, 0 } }, .type = SILENT },
	{ "S2S", { { L1_OUT, 1, 0 }, { STE(2), STE_S2R, 1ULL << 57 } },
	  .type = TRANS, .evt1 = STALL | RNW | F_IN, .evt3 = 0x80000000 },
};

/* Stage 2 alone, and neither: the input address is what comes out of 1. */
static void stage2(struct setup *s)
{
	nested(s);
	s->w.ste[0] = STE_V | STE_CFG(6);
	s->w.iova = 0x80000678;
}

static void bypass(struct setup *s)
{
	common(s, 4);
	s->pa = s->w.iova;
}

static const struct row stage2_rows[] = {
	{ "it translates", .type = OUT },
	{ "not mapped", { { L1_OUT, 1, 0 } }, .type = TRANS,
	  .evt1 = RNW | F_IN, .evt3 = 0x80000000 },
	{ "beyond IAS", { { IOVA, 0, 1ULL << 52 } }, .type = SIZE,
	  .evt1 = RNW | IN },
	{ "beyond IAS, S2R clear", { { IOVA, 0, 1ULL << 52 },
	  { STE(2), STE_S2R, 0 } }, .type = SIZE, .evt1 = RNW | IN },
	{ "IAS is 40 with 32-bit tables", { { IOVA, 0, 1ULL << 39 },
	  { IDR(5), 7, 0 }, { STE(2), 63ULL << 32, 32ULL << 32 } },
	  .type = TRANS, .evt1 = RNW | F_IN, .evt3 = 1ULL << 39 },
};

static const struct row bypass_rows[] = {
	{ "it passes", .type = OUT },
	{ "beyond OAS", { { IOVA, 0, 1ULL << 44 }, { IDR(5), 7, 4 } }, W,
	  .type = SIZE, .evt1 = IN },
	{ "within OAS", { { IOVA, 0, 1ULL << 43 }, { IDR(5), 7, 4 } },
	  .type = OUT, .pa = 1ULL << 43 },
};

#define ALL(t, base, rows) \
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(rows); i++) \
		check(t, base, &(rows)[i], #base)

int main(void)
{
	struct tap t = { 0 };

	ALL(&t, plain, stage1_rows);
	ALL(&t, nested, nested_rows);
	ALL(&t, stage2, stage2_rows);
	ALL(&t, bypass, bypass_rows);
	return tap_done(&t);
}
