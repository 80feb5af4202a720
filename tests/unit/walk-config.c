// SPDX-License-Identifier: GPL-2.0-or-later
/* What makes an STE or a CD illegal, and which CD is used. See walkcase.h. */
#include "walkcase.h"

#define SSIDSIZE(n) { IDR(1), 31 << 6, (n) << 6 }
#define STALL_MODEL(n) { IDR(0), 3 << 24, (n) << 24 }
#define HTTU(n) { IDR(0), 3 << 6, (n) << 6 }
#define CDMAX(n) { STE(0), 31ULL << 59, STE_CDMAX(n) }
#define S1FMT(n) { STE(0), 3 << 4, (n) << 4 }
#define DSS(n) { STE(1), 3, n }

static const struct row ste_rows[] = {
	{ "V clear", { { STE(0), 1, 0 } }, .type = BAD_STE },
	{ "V clear, with an SSID", { { STE(0), 1, 0 } }, .ssid = 6,
	  .type = BAD_STE },
	{ "Cfg=0", { { STE(0), 7 << 1, 0 } }, .type = SILENT },
	{ "Cfg=3", { { STE(0), 7 << 1, 3 << 1 } }, .type = SILENT },
	{ "Cfg=0 with an SSID", { { STE(0), 7 << 1, 0 } }, .ssid = 1,
	  .type = SILENT },
	{ "no stage 1", { { IDR(0), 2, 0 } }, .type = BAD_STE },
	{ "no stage 2, which is off", { { IDR(0), 1, 0 } }, .type = OUT },
	{ "S1CDMax beyond SSIDSIZE", { CDMAX(9), DSS(2), SSIDSIZE(8) },
	  .type = BAD_STE },
	{ "S1CDMax as SSIDSIZE", { CDMAX(8), DSS(2), SSIDSIZE(8),
	  { STE(0), 0xfffff << 6, 0x40000000 } }, .type = BAD_CD },
	{ "S1CDMax without SSIDs is ignored", { CDMAX(9), SSIDSIZE(0) },
	  .type = OUT },
	{ "two levels without CD2L", { CDMAX(8), S1FMT(1),
	  { IDR(0), 1 << 19, 0 } }, .type = BAD_STE },
	{ "S1Fmt=3 is linear", { CDMAX(1), S1FMT(3), DSS(2),
	  { IDR(0), 1 << 19, 0 } }, .type = OUT },
	{ "S1ContextPtr beyond OAS", { { STE(0), 0, 1ULL << 44 },
	  { IDR(5), 7, 4 } }, .type = BAD_STE },
	{ "S1STALLD", { { STE(1), 0, 1 << 27 } }, .type = OUT },
	{ "S1STALLD, stalls never", { { STE(1), 0, 1 << 27 }, STALL_MODEL(1) },
	  .type = BAD_STE },
	{ "S1STALLD, stalls always", { { STE(1), 0, 1 << 27 }, STALL_MODEL(2) },
	  .type = BAD_STE },
	{ "EATS=2 with one stage", { { STE(1), 0, 2 << 28 } },
	  .type = BAD_STE },
	{ "EATS=2 without ATS", { { STE(1), 0, 2 << 28 },
	  { IDR(0), 1 << 10, 0 } }, .type = OUT },
	{ "STRW=1", { { STE(1), 0, 1 << 30 } }, .type = BAD_STE },
	{ "STRW=2", { { STE(1), 0, 2ULL << 30 } }, .type = UNKNOWN },
	{ "STRW=2 without EL2", { { STE(1), 0, 2ULL << 30 },
	  { IDR(0), 1 << 9, 0 } }, .type = OUT },
	{ "VMID of 9 bits", { { STE(2), 0, 0x100 }, { IDR(0), 1 << 18, 0 } },
	  .type = BAD_STE },
};

static const struct row s2_rows[] = {
	{ "no stage 2", { { IDR(0), 1, 0 } }, .type = BAD_STE },
	{ "STRW does not matter", { { STE(1), 0, 1 << 30 } }, .type = OUT },
	{ "S2TG=3", { { STE(2), 0, 3ULL << 46 } }, .type = BAD_STE },
	{ "S2TG without that granule", { { IDR(5), 1 << 4, 0 } },
	  .type = BAD_STE },
	{ "S2T0SZ=15", { { STE(2), 63ULL << 32 | 3ULL << 38, 15ULL << 32 |
	  2ULL << 38 } }, .type = BAD_STE },
	{ "S2T0SZ below IAS", { { STE(2), 63ULL << 32 | 3ULL << 38,
	  19ULL << 32 | 2ULL << 38 }, { IDR(5), 7, 4 } }, .type = BAD_STE },
	{ "S2T0SZ=40 without STT", { { STE(2), 63ULL << 32 | 3ULL << 38,
	  40ULL << 32 }, { IDR(3), 1 << 9, 0 } }, .type = BAD_STE },
	{ "S2SL0 too low a level", { { STE(2), 3ULL << 38, 0 } },
	  .type = BAD_STE },
	{ "S2SL0 too high a level", { { STE(2), 3ULL << 38, 2ULL << 38 } },
	  .type = BAD_STE },
	{ "S2SL0=2 with 42 bits", { { STE(2), 63ULL << 32 | 3ULL << 38,
	  22ULL << 32 | 2ULL << 38 }, { IDR(5), 7, 3 } }, .type = BAD_STE },
	{ "S2TTB beyond S2PS", { { STE(3), 0, 1ULL << 36 },
	  { STE(2), 7ULL << 48, 1ULL << 48 } }, .type = BAD_STE },
	{ "S2S, stalls never", { { STE(2), 0, 1ULL << 57 }, STALL_MODEL(1) },
	  .type = BAD_STE },
	{ "no S2S, stalls always", { STALL_MODEL(2) }, .type = BAD_STE },
	{ "ATS and S2S", { { STE(2), 0, 1ULL << 57 },
	  { STE(1), 0, 1 << 28 } }, .type = BAD_STE },
	{ "S2HA without HTTU", { { STE(2), 0, 1ULL << 56 }, HTTU(0) },
	  .type = BAD_STE },
	{ "S2HD without dirty updates", { { STE(2), 0, 3ULL << 55 }, HTTU(1) },
	  .type = BAD_STE },
	{ "S2HAFT without S2HA", { { STE(2), 0, 1ULL << 59 } },
	  .type = BAD_STE },
	{ "S2ENDI", { { STE(2), 0, 1ULL << 52 }, { IDR(0), 0, 2 << 21 } },
	  .type = BAD_STE },
	{ "S2AA64 clear", { { STE(2), STE_S2AA64, 0 } }, .type = UNKNOWN },
	{ "S2AA64 clear, no other format", { { STE(2), STE_S2AA64, 0 },
	  { IDR(0), 1 << 2, 0 }, { IDR(5), 1 << 8, 0 } }, .type = BAD_STE },
	{ "S2PIE", { { STE(2), 0, 1ULL << 60 } }, .type = UNKNOWN },
	{ "S2PIE without S2PI", { { STE(2), 0, 1ULL << 60 },
	  { IDR(3), 1 << 19, 0 } }, .type = OUT },
};

static const struct row cd_rows[] = {
	{ "V clear", { { CDW(0), CD_V, 0 } }, W, .type = BAD_CD },
	{ "S, stalls never", { { CDW(0), 0, 1ULL << 44 }, STALL_MODEL(1) },
	  .type = BAD_CD },
	{ "no S, stalls always", { STALL_MODEL(2) }, .type = BAD_CD },
	{ "S against S1STALLD", { { CDW(0), 0, 1ULL << 44 },
	  { STE(1), 0, 1 << 27 } }, .type = BAD_CD },
	{ "A clear", { { CDW(0), CD_A, 0 } }, .type = OUT },
	{ "A clear, TERM_MODEL", { { CDW(0), CD_A, 0 },
	  { IDR(0), 0, 1 << 26 } }, .type = BAD_CD },
	{ "T0SZ=15", { { CDW(0), 63, 15 } }, .type = BAD_CD },
	{ "T0SZ=11, 64K", { { CDW(0), 63, 11 | 1 << 6 } }, .type = BAD_CD },
	{ "T0SZ=12, 64K without VAX", { { CDW(0), 63, 12 | 1 << 6 },
	  { IDR(5), 3 << 10, 0 } }, .type = BAD_CD },
	{ "T0SZ=49", { { CDW(0), 63, 49 } }, .type = BAD_CD },
	{ "T0SZ=48, 64K", { { CDW(0), 63, 48 | 1 << 6 } }, .type = BAD_CD },
	{ "T0SZ=40 without STT", { { CDW(0), 63, 40 }, { IDR(3), 1 << 9, 0 } },
	  .type = BAD_CD },
	{ "T0SZ does not matter with EPD0", { { CDW(0), 63, 1 << 14 } },
	  .type = TRANS, .evt1 = RNW | IN },
	{ "T1SZ does not matter with EPD1", { { CDW(0), 0, 63 << 16 } },
	  .type = OUT },
	{ "T1SZ=0", { { CDW(0), CD_EPD1, CD_TG1(2) } }, .type = BAD_CD },
	{ "TG0=3", { { CDW(0), 0, 3 << 6 } }, .type = BAD_CD },
	{ "TG0 without that granule", { { IDR(5), 1 << 4, 0 } },
	  .type = BAD_CD },
	{ "TG1=0", { { CDW(0), CD_EPD1, CD_T1SZ(25) } }, .type = BAD_CD },
	{ "TTB0 beyond IPS", { { CDW(1), 0, 1ULL << 32 },
	  { CDW(0), 7ULL << 32, 0 } }, .type = BAD_CD },
	{ "TTB0 beyond 48 bits", { { CDW(1), 0, 1ULL << 48 },
	  { CDW(0), 7ULL << 32, 6ULL << 32 } }, .type = BAD_CD },
	{ "TTB1 beyond IPS", { { CDW(2), 0, 1ULL << 36 },
	  { CDW(0), CD_EPD1 | 7ULL << 32, CD_T1SZ(25) | CD_TG1(2) |
	  CD_IPS(1) } }, .type = BAD_CD },
	{ "ENDI", { { CDW(0), 0, 1 << 15 }, { IDR(0), 0, 2 << 21 } },
	  .type = BAD_CD },
	{ "no ENDI", { { IDR(0), 0, 3 << 21 } }, .type = BAD_CD },
	{ "HA without HTTU", { { CDW(0), 0, 1ULL << 43 }, HTTU(0) },
	  .type = BAD_CD },
	{ "HD without dirty updates", { { CDW(0), 0, 3ULL << 42 }, HTTU(1) },
	  .type = BAD_CD },
	{ "HAFT without HA", { { CDW(1), 0, 8 } }, .type = BAD_CD },
	{ "HAFT without HA, no HAFT", { { CDW(1), 0, 8 }, HTTU(2) },
	  .type = OUT },
	{ "ASID of 9 bits", { { CDW(0), 0, 1ULL << 56 },
	  { IDR(0), 1 << 12, 0 } }, .type = BAD_CD },
	{ "AA64 clear", { { CDW(0), CD_AA64, 0 } }, .type = UNKNOWN },
	{ "AA64 clear, no other format", { { CDW(0), CD_AA64, 0 },
	  { IDR(0), 1 << 2, 0 }, { IDR(5), 1 << 8, 0 } }, .type = BAD_CD },
	{ "PIE", { { CDW(2), 0, 1ULL << 59 }, { STE(1), 0, 1 << 24 } },
	  .type = UNKNOWN },
	{ "PIE without STE.S1PIE", { { CDW(2), 0, 1ULL << 59 } },
	  .type = OUT },
	{ "AIE", { { CDW(2), 0, 8 } }, .type = UNKNOWN },
};

/*
 * S1CDMax=10 and the table at 0x40000000: the CD at 0x40001000 is the 64th. Two
 * levels of 64 CDs: entry 5 of the table at 0x50000000 leads to 0x40000000.
 */
#define TABLE { STE(0), 0xffffULL << 12, 0x40000000 }
#define L1CDS { STE(0), 0xfffffULL << 12, 0x50000000 }

static const struct row ssid_rows[] = {
	{ "an SSID where there are none", .ssid = 6, .type = BAD_SSID },
	{ "an SSID, no SSIDSIZE", { CDMAX(10), SSIDSIZE(0) }, .ssid = 1,
	  .type = BAD_SSID },
	{ "linear", { CDMAX(10), TABLE }, .ssid = 65, .type = OUT },
	{ "linear, another", { CDMAX(10), TABLE }, .ssid = 66,
	  .type = BAD_CD },
	{ "the last", { CDMAX(10), TABLE }, .ssid = 1024, .type = BAD_CD },
	{ "one too many", { CDMAX(10), TABLE }, .ssid = 1025,
	  .type = BAD_SSID },
	{ "bits below the size count as 0", { CDMAX(10) }, .ssid = 65,
	  .type = OUT },
	{ "none, S1DSS=0", { CDMAX(10), TABLE }, .type = DISABLED },
	{ "none, S1DSS=3", { CDMAX(10), TABLE, DSS(3) }, .type = DISABLED },
	{ "none, S1DSS=1", { CDMAX(10), TABLE, DSS(1) }, .type = OUT,
	  .pa = 0x12345678 },
	{ "one, S1DSS=1", { CDMAX(10), TABLE, DSS(1) }, .ssid = 65,
	  .type = OUT },
	{ "none, S1DSS=1, beyond IAS", { CDMAX(10), TABLE, DSS(1),
	  { IOVA, 0, 1ULL << 52 } }, .type = SIZE, .evt1 = RNW | IN },
	{ "none, S1DSS=1, beyond OAS is cut", { CDMAX(5), DSS(1),
	  { IOVA, 0, 0x8012345678 }, { IDR(5), 7, 0 } }, .type = OUT,
	  .pa = 0x12345678 },
	{ "none, S1DSS=2", { CDMAX(5), DSS(2) }, .type = OUT },
	{ "SSID 0, S1DSS=2", { CDMAX(5), DSS(2) }, .ssid = 1,
	  .type = DISABLED },
	{ "SSID 0, S1DSS=0", { CDMAX(5) }, .ssid = 1, .type = OUT },
	{ "a fault tells the SSID", { CDMAX(10), TABLE, { AT(T3), 1, 0 } },
	  .ssid = 65, .type = TRANS, .evt1 = RNW | IN },
	{ "a CD that cannot be read", { CDMAX(10), TABLE, { HOLE, 0,
	  CDW(3) } }, .ssid = 65, .type = CD_FETCH, .evt3 = CDW(0) },
	{ "two levels, 4K", { CDMAX(12), L1CDS, S1FMT(1), { 0x50000008, 0,
	  0x40001001 } }, .ssid = 65, .type = OUT },
	{ "bits below the size of an L1 table count as 0", { CDMAX(12),
	  { STE(0), 0xfffffULL << 12, 0x500001c0 }, S1FMT(1),
	  { 0x50000008, 0, 0x40001001 } }, .ssid = 65, .type = OUT },
	{ "two levels, 64K", { CDMAX(12), L1CDS, S1FMT(2), { 0x50000008, 0,
	  0x40000001 } }, .ssid = 1024 + 65, .type = OUT },
	{ "L1CD not valid", { CDMAX(12), L1CDS, S1FMT(1), { 0x50000008, 0,
	  0x40001000 } }, .ssid = 65, .type = BAD_SSID },
	{ "L1CD beyond OAS", { CDMAX(12), L1CDS, S1FMT(1), { 0x50000008, 0,
	  0x10000040001001 } }, .ssid = 65, .type = BAD_SSID },
	{ "L1CD that cannot be read", { CDMAX(12), L1CDS, S1FMT(1), { HOLE, 0,
	  0x50000008 } }, .ssid = 65, .type = CD_FETCH, .evt3 = 0x50000008 },
	{ "few CDs use the first L1CD", { CDMAX(6), L1CDS, S1FMT(1),
	  { 0x50000000, 0, 0x40001001 } }, .ssid = 1, .type = OUT },
};

static const struct row nested_ssid_rows[] = {
	{ "an SSID where there are none", .ssid = 6, .type = BAD_SSID },
	{ "none, S1DSS=1", { CDMAX(5), DSS(1), { IOVA, 0, 0x80000678 } },
	  .type = OUT },
	{ "none, S1DSS=1, not mapped", { CDMAX(5), DSS(1),
	  { IOVA, 0, 0xc0000678 } }, .type = TRANS, .evt1 = RNW | S2 | IN,
	  .evt3 = 0xc0000000 },
	{ "an L1CD that is not mapped", { CDMAX(12), L1CDS, S1FMT(1) },
	  .ssid = 65, .type = TRANS, .evt1 = RNW | S2, .evt3 = 0x50000000 },
	{ "an L1CD beyond all IPAs", { CDMAX(12), { STE(0), 0xfffffULL << 12,
	  AT(0x10000) }, S1FMT(1), { 0x10008, 0, 0x10000040001001 } },
	  .ssid = 65, .type = TRANS, .evt1 = RNW | S2,
	  .evt3 = 0x10000040001000 },
};

static void fetches(struct tap *t, void (*base)(struct setup *s))
{
	struct smn_walk_result out;
	struct setup s;

	base(&s);
	s.w.from = SMN_WALK_STE_AT;
	s.w.at = 0x700040;
	for (unsigned int i = 0; i < 8; i++)
		put(&s.m, s.w.at + 8 * i, s.w.ste[i]);
	s.w.read = read_words;
	s.w.ctx = &s.m;
	smn_walk_run(&s.w, &out);
	tap_ok(t, out.end == SMN_WALK_OUT && out.pa == s.pa,
	       "an STE in memory is as good");
	s.m.hole = s.w.at + 56;
	smn_walk_run(&s.w, &out);
	tap_ok(t, out.end == SMN_WALK_EVENT && out.unread &&
	       out.evt[0] == (STE_FETCH | SID << 32) && !out.evt[1] &&
	       !out.evt[2] && out.evt[3] == s.w.at, "unless it is not there");
}

/* A VM's two words: its stage 1 is the whole walk, stage 2 is not known. */
static void two_words(struct tap *t)
{
	struct smn_walk_result out;
	struct setup s;

	plain(&s);
	s.w.ste_words = 2;
	s.w.ste[1] = 0;
	s.w.read = read_words;
	s.w.ctx = &s.m;
	smn_walk_run(&s.w, &out);
	tap_ok(t, out.end == SMN_WALK_OUT && out.pa == s.pa,
	       "two words do for stage 1");
	s.w.ste[0] |= STE_CFG(2);
	smn_walk_run(&s.w, &out);
	tap_ok(t, out.end == SMN_WALK_UNKNOWN, "and not for stage 2");
}

#define ALL(t, base, rows) \
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(rows); i++) \
		check(t, base, &(rows)[i], #rows)

int main(void)
{
	struct tap t = { 0 };

	ALL(&t, plain, ste_rows);
	ALL(&t, nested, s2_rows);
	ALL(&t, plain, cd_rows);
	ALL(&t, plain, ssid_rows);
	ALL(&t, nested, nested_ssid_rows);
	fetches(&t, plain);
	fetches(&t, nested);
	two_words(&t);
	return tap_done(&t);
}
