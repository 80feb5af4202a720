// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every granule, start level and leaf level, both halves and both stages. The
 * descriptors' addresses were worked out from the tables of address bits in the
 * Arm ARM D8.2, outside of this program.
 */
#include <inttypes.h>

#include "tap.h"
#include "walkmem.h"

struct row {
	const char *name;
	unsigned int tg, tsz, ps;
	bool ds, high;
	unsigned int sl;	/* SL2:SL0 */
	uint64_t ttb, ia, pa;
	uint64_t ttd[5][2];	/* address and descriptor, as far as needed */
};

static const struct row stage1[] = {
	{ "4K, 48 bits, level 3", 0, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x1234567899fa,
	  { { 0x100a58, 0x1a1003 },
	    { 0x1a16d8, 0x1b2003 },
	    { 0x1b21f0, 0x1c3003 },
	    { 0x1c3c70, 0x123456789743 } } },
	{ "4K, 48 bits, level 2", 0, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x12345678e9fa,
	  { { 0x100a58, 0x1a1003 },
	    { 0x1a16d8, 0x1b2003 },
	    { 0x1b21f0, 0x123456600741 } } },
	{ "4K, 48 bits, level 1", 0, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x123447d8e9fa,
	  { { 0x100a58, 0x1a1003 },
	    { 0x1a16d8, 0x123440000741 } } },
	{ "4K, 39 bits, level 3", 0, 25, 5, 0, 0, 0,
	  0x100000, 0x5b6c7d8e9f, 0x76543e9f,
	  { { 0x100b68, 0x1a1003 },
	    { 0x1a1b18, 0x1b2003 },
	    { 0x1b2ec0, 0x76543743 } } },
	{ "4K, 32 bits, level 3", 0, 32, 5, 0, 0, 0,
	  0x100000, 0xb6c7d8e9, 0x765438e9,
	  { { 0x100010, 0x1a1003 },
	    { 0x1a1db0, 0x1b2003 },
	    { 0x1b23e8, 0x76543743 } } },
	{ "4K, 30 bits: begins at level 2", 0, 34, 5, 0, 0, 0,
	  0x100000, 0x3ac7d8e9, 0x765438e9,
	  { { 0x100eb0, 0x1a1003 },
	    { 0x1a13e8, 0x76543743 } } },
	{ "4K, 25 bits, level 3", 0, 39, 5, 0, 0, 0,
	  0x100000, 0x1ac7d8e, 0x76543d8e,
	  { { 0x100068, 0x1a1003 },
	    { 0x1a1638, 0x76543743 } } },
	{ "4K, 16 bits: one table of 16", 0, 48, 5, 0, 0, 0,
	  0x100080, 0xd8e9, 0x765438e9,
	  { { 0x1000e8, 0x76543743 } } },
	{ "16K, 48 bits, level 3", 2, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x12345678a9fa,
	  { { 0x100008, 0x1a4003 },
	    { 0x1a52d8, 0x1b8003 },
	    { 0x1b9b18, 0x1cc003 },
	    { 0x1cfb18, 0x123456788743 } } },
	{ "16K, 48 bits, level 2", 2, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x123457d8e9fa,
	  { { 0x100008, 0x1a4003 },
	    { 0x1a52d8, 0x1b8003 },
	    { 0x1b9b18, 0x123456000741 } } },
	{ "16K, 47 bits, level 3", 2, 17, 5, 0, 0, 0,
	  0x100000, 0x25b6c7d8e9fa, 0x12345678a9fa,
	  { { 0x1012d8, 0x1a4003 },
	    { 0x1a5b18, 0x1b8003 },
	    { 0x1bbb18, 0x123456788743 } } },
	{ "16K, 36 bits, level 3", 2, 28, 5, 0, 0, 0,
	  0x100000, 0x6c7d8e9fa, 0x12345678a9fa,
	  { { 0x101b18, 0x1a4003 },
	    { 0x1a7b18, 0x123456788743 } } },
	{ "16K, 16 bits, level 3", 2, 48, 5, 0, 0, 0,
	  0x100040, 0xe9fa, 0x12345678a9fa,
	  { { 0x100058, 0x123456788743 } } },
	{ "64K, 48 bits, level 3", 1, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x12345678e9fa,
	  { { 0x100148, 0x1a0003 },
	    { 0x1a6db0, 0x1b0003 },
	    { 0x1b3ec0, 0x123456780743 } } },
	{ "64K, 48 bits, level 2", 1, 16, 5, 0, 0, 0,
	  0x100000, 0xa5b6c7d8e9fa, 0x123447d8e9fa,
	  { { 0x100148, 0x1a0003 },
	    { 0x1a6db0, 0x123440000741 } } },
	{ "64K, 42 bits, level 3", 1, 22, 5, 0, 0, 0,
	  0x100000, 0x1b6c7d8e9fa, 0x12345678e9fa,
	  { { 0x106db0, 0x1a0003 },
	    { 0x1a3ec0, 0x123456780743 } } },
	{ "64K, 17 bits, level 3", 1, 47, 5, 0, 0, 0,
	  0x100040, 0x1e9fa, 0x12345678e9fa,
	  { { 0x100048, 0x123456780743 } } },
	{ "64K, 52 bits, level 3", 1, 12, 6, 0, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xa12345678e9fa,
	  { { 0x100b48, 0x1a0003 },
	    { 0x1a6db0, 0x1b0003 },
	    { 0x1b3ec0, 0x12345678a743 } } },
	{ "64K, 52 bits, level 2", 1, 12, 6, 0, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xa123447d8e9fa,
	  { { 0x100b48, 0x1ab003 },
	    { 0xb0000001a6db0, 0x12344000a741 } } },
	{ "64K, 52 bits, level 1", 1, 12, 6, 0, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xa15b6c7d8e9fa,
	  { { 0x100b48, 0x14000000a741 } } },
	{ "4K, 52 bits, level 3, DS", 0, 12, 6, 1, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xe1234567899fa,
	  { { 0x100028, 0x10000001a1303 },
	    { 0xd0000001a1a58, 0x1b2003 },
	    { 0x1b26d8, 0x1c3003 },
	    { 0x1c31f0, 0x1d4003 },
	    { 0x1d4c70, 0x2123456789743 } } },
	{ "4K, 52 bits, level 0, DS", 0, 12, 6, 1, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xe1036c7d8e9fa,
	  { { 0x100028, 0x1a1003 },
	    { 0x1a1a58, 0x2100000000741 } } },
	{ "16K, 52 bits, level 3, DS", 2, 12, 6, 1, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xe12345678a9fa,
	  { { 0x100058, 0x1a4003 },
	    { 0x1a52d8, 0x1b8003 },
	    { 0x1b9b18, 0x1cc003 },
	    { 0x1cfb18, 0x2123456788743 } } },
	{ "16K, 52 bits, level 1, DS", 2, 12, 6, 1, 0, 0,
	  0x100000, 0x5a5b6c7d8e9fa, 0xe1226c7d8e9fa,
	  { { 0x100058, 0x1a4003 },
	    { 0x1a52d8, 0x2122000000741 } } },
	{ "high, 4K, 48 bits, level 3", 2, 16, 5, 0, 1, 0,
	  0x100000, 0xffffa5b6c7d8e9fa, 0x1234567899fa,
	  { { 0x100a58, 0x1a1003 },
	    { 0x1a16d8, 0x1b2003 },
	    { 0x1b21f0, 0x1c3003 },
	    { 0x1c3c70, 0x123456789743 } } },
	{ "high, 4K, 39 bits, level 2", 2, 25, 5, 0, 1, 0,
	  0x100000, 0xffffffdb6c7d8e9f, 0x765d8e9f,
	  { { 0x100b68, 0x1a1003 },
	    { 0x1a1b18, 0x76400741 } } },
	{ "high, 16K, 47 bits, level 3", 1, 17, 5, 0, 1, 0,
	  0x100000, 0xffffa5b6c7d8e9fa, 0x12345678a9fa,
	  { { 0x1012d8, 0x1a4003 },
	    { 0x1a5b18, 0x1b8003 },
	    { 0x1bbb18, 0x123456788743 } } },
	{ "high, 64K, 42 bits, level 3", 3, 22, 5, 0, 1, 0,
	  0x100000, 0xfffffdb6c7d8e9fa, 0x12345678e9fa,
	  { { 0x106db0, 0x1a0003 },
	    { 0x1a3ec0, 0x123456780743 } } },
	{ "high, 64K, 52 bits, level 3", 3, 12, 6, 0, 1, 0,
	  0x100000, 0xfff5a5b6c7d8e9fa, 0xa12345678e9fa,
	  { { 0x100b48, 0x1a0003 },
	    { 0x1a6db0, 0x1b0003 },
	    { 0x1b3ec0, 0x12345678a743 } } },
};

static const struct row stage2[] = {
	{ "4K, 48 bits, level 3", 0, 16, 5, 0, 0, 2,
	  0x100000, 0xa5b6c7d8e9fa, 0x1234567899fa,
	  { { 0x100a58, 0x1a1003 },
	    { 0x1a16d8, 0x1b2003 },
	    { 0x1b21f0, 0x1c3003 },
	    { 0x1c3c70, 0x1234567897ff } } },
	{ "4K, 48 bits, level 1", 0, 16, 5, 0, 0, 2,
	  0x100000, 0xa5b6c7d8e9fa, 0x123447d8e9fa,
	  { { 0x100a58, 0x1a1003 },
	    { 0x1a16d8, 0x1234400007fd } } },
	{ "4K, 40 bits from level 1: two tables", 0, 24, 5, 0, 0, 1,
	  0x100000, 0xb6c7d8e9fa, 0x1234567899fa,
	  { { 0x1016d8, 0x1a1003 },
	    { 0x1a11f0, 0x1b2003 },
	    { 0x1b2c70, 0x1234567897ff } } },
	{ "4K, 43 bits from level 1: 16 tables", 0, 21, 5, 0, 0, 1,
	  0x100000, 0x5b6c7d8e9fa, 0x1234567899fa,
	  { { 0x10b6d8, 0x1a1003 },
	    { 0x1a11f0, 0x1b2003 },
	    { 0x1b2c70, 0x1234567897ff } } },
	{ "4K, 32 bits from level 2", 0, 32, 5, 0, 0, 0,
	  0x100000, 0xb6c7d8e9, 0x12345667d8e9,
	  { { 0x102db0, 0x1234566007fd } } },
	{ "4K, 24 bits from level 3", 0, 40, 5, 0, 0, 3,
	  0x108000, 0xb6c7d8, 0x1234567897d8,
	  { { 0x10db60, 0x1234567897ff } } },
	{ "4K, 52 bits, level 3, DS", 0, 12, 6, 1, 0, 4,
	  0x100000, 0x5a5b6c7d8e9fa, 0xe1234567899fa,
	  { { 0x100028, 0x1a1003 },
	    { 0x1a1a58, 0x1b2003 },
	    { 0x1b26d8, 0x1c3003 },
	    { 0x1c31f0, 0x1d4003 },
	    { 0x1d4c70, 0x21234567897ff } } },
	{ "16K, 46 bits, level 3", 2, 18, 5, 0, 0, 2,
	  0x100000, 0x25b6c7d8e9fa, 0x12345678a9fa,
	  { { 0x1012d8, 0x1a4003 },
	    { 0x1a5b18, 0x1b8003 },
	    { 0x1bbb18, 0x1234567887ff } } },
	{ "16K, 40 bits from level 2", 2, 24, 5, 0, 0, 1,
	  0x100000, 0xb6c7d8e9fa, 0x123457d8e9fa,
	  { { 0x12db18, 0x1234560007fd } } },
	{ "16K, 52 bits, level 3, DS", 2, 12, 6, 1, 0, 3,
	  0x100000, 0x5a5b6c7d8e9fa, 0xe12345678a9fa,
	  { { 0x100058, 0x1a4003 },
	    { 0x1a52d8, 0x1b8003 },
	    { 0x1b9b18, 0x1cc003 },
	    { 0x1cfb18, 0x21234567887ff } } },
	{ "64K, 48 bits, level 3", 1, 16, 5, 0, 0, 2,
	  0x100000, 0xa5b6c7d8e9fa, 0x12345678e9fa,
	  { { 0x100148, 0x1a0003 },
	    { 0x1a6db0, 0x1b0003 },
	    { 0x1b3ec0, 0x1234567807ff } } },
	{ "64K, 46 bits from level 2", 1, 18, 5, 0, 0, 1,
	  0x200000, 0x25b6c7d8e9fa, 0x123447d8e9fa,
	  { { 0x296db0, 0x1234400007fd } } },
	{ "64K, 52 bits, level 3", 1, 12, 6, 0, 0, 2,
	  0x100000, 0x5a5b6c7d8e9fa, 0xa12345678e9fa,
	  { { 0x100b48, 0x1a0003 },
	    { 0x1a6db0, 0x1b0003 },
	    { 0x1b3ec0, 0x12345678a7ff } } },
};

static void fill(struct memory *m, const struct row *r)
{
	m->hole = NO_HOLE;
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(r->ttd); i++)
		if (r->ttd[i][1])
			put(m, r->ttd[i][0], r->ttd[i][1]);
}

static unsigned int levels(const struct row *r)
{
	unsigned int n = 0;

	while (n < SMN_ARRAY_SIZE(r->ttd) && r->ttd[n][1])
		n++;
	return n;
}

static void lands(struct tap *t, const struct row *r, const char *stage,
		  struct smn_walk *w, unsigned int others)
{
	struct memory m = { 0 };
	struct smn_walk_result out;
	uint64_t cd = CD_PLAIN | CD_IPS(r->ps);

	cd |= r->high ? CD_EPD0 | CD_T1SZ(r->tsz) | CD_TG1(r->tg) :
		CD_EPD1 | CD_T0SZ(r->tsz) | CD_TG0(r->tg);
	fill(&m, r);
	put(&m, 0x1000, cd);
	put(&m, r->high ? 0x1010 : 0x1008, r->ttb);
	if (r->ds)
		put(&m, 0x1010, peek(&m, 0x1010) | CD2_DS);
	w->read = read_words;
	w->ctx = &m;
	w->iova = r->ia;
	smn_walk_run(w, &out);
	tap_ok(t, out.end == SMN_WALK_OUT && out.pa == r->pa &&
	       m.reads == levels(r) + others,
	       "%s: %s: 0x%" PRIx64 " is 0x%" PRIx64, stage, r->name, r->ia,
	       r->pa);
	if (out.end != SMN_WALK_OUT || out.pa != r->pa)
		printf("# 0x%" PRIx64 ", %u reads: %s\n", out.pa, m.reads,
		       out.why.text);

	/* without its last descriptor there is nothing to land on */
	put(&m, r->ttd[levels(r) - 1][0], 0);
	smn_walk_run(w, &out);
	tap_ok(t, out.end == SMN_WALK_EVENT && (out.evt[0] & 0xff) == 0x10,
	       "%s: %s: that descriptor is the one", stage, r->name);
}

/* One bit beyond the region is a translation fault, in both stages. */
static void beyond(struct tap *t, const struct row *r, struct smn_walk *w)
{
	struct smn_walk_result out;
	struct memory m = { 0 };

	fill(&m, r);
	w->read = read_words;
	w->ctx = &m;
	w->iova = r->ia | 1ULL << (64 - r->tsz);
	smn_walk_run(w, &out);
	tap_ok(t, out.end == SMN_WALK_EVENT && (out.evt[0] & 0xff) == 0x10 &&
	       !m.reads, "stage 2: %s: a bit more is too much", r->name);
}

int main(void)
{
	struct tap t = { 0 };

	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(stage1); i++) {
		struct smn_walk w = { .from = SMN_WALK_CD_AT, .at = 0x1000 };

		lands(&t, &stage1[i], "stage 1", &w, 1);
	}
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(stage2); i++) {
		const struct row *r = &stage2[i];
		struct smn_walk w = {
			.ste_words = 8,
			.ste[0] = STE_V | STE_CFG(6),
			.ste[2] = STE_S2T0SZ(r->tsz) | STE_S2SL0(r->sl & 3) |
				STE_S2TG(r->tg) | STE_S2PS(r->ps) | STE_S2AA64 |
				STE_S2R,
			.ste[3] = r->ttb | (r->ds ? STE_S2DS : 0) |
				(r->sl & 4 ? STE_SL0_2 : 0),
		};

		lands(&t, r, "stage 2", &w, 0);
		if (r->tsz > 12)	/* else it is not an IPA at all */
			beyond(&t, r, &w);
	}
	return tap_done(&t);
}
