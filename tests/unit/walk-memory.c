// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory types of both stages (Arm ARM D8.6, IHI 0070 13.1), and memory that is
 * out to hurt: the walk must end after a bounded number of reads.
 */
#include "walkcase.h"

enum { NGNRNE, NGNRE, NGRE, GRE };

#define NORMAL(i, o, s) \
	{ .inner = SMN_##i, .outer = SMN_##o, .sh = s }
#define DEVICE(k) { .device = true, .kind = k, .sh = 2 }
#define NSH 0
#define OSH 2
#define ISH 3

struct type_row {
	const char *name;
	uint64_t mair;		/* attribute 0 */
	unsigned int sh;	/* of stage 1's descriptor */
	unsigned int attr2;	/* MemAttr of stage 2; 16: no stage 2 */
	unsigned int sh2;
	bool fwb;
	struct smn_memtype want;
};

static const struct type_row types[] = {
	{ "WB", 0xff, 3, 16, 0, false, NORMAL(WB, WB, ISH) },
	{ "WB outer, WT inner", 0xfb, 0, 16, 0, false, NORMAL(WT, WB, NSH) },
	{ "WT transient", 0x33, 1, 16, 0, false, NORMAL(WT, WT, NSH) },
	{ "NC is outer shareable", 0x44, 3, 16, 0, false, NORMAL(NC, NC, OSH) },
	{ "NC outer", 0x4f, 3, 16, 0, false, NORMAL(WB, NC, ISH) },
	{ "nGnRnE", 0x00, 0, 16, 0, false, DEVICE(NGNRNE) },
	{ "nGnRE", 0x04, 3, 16, 0, false, DEVICE(NGNRE) },
	{ "GRE", 0x0c, 3, 16, 0, false, DEVICE(GRE) },
	{ "WB, S2 WB", 0xff, 0, 15, 3, false, NORMAL(WB, WB, ISH) },
	{ "WB, S2 NC", 0xff, 0, 5, 0, false, NORMAL(NC, NC, OSH) },
	{ "WT, S2 WB outer, WT inner", 0xbb, 0, 14, 2, false,
	  NORMAL(WT, WT, OSH) },
	{ "WB, S2 WB outer, WT inner", 0xff, 0, 14, 0, false,
	  NORMAL(WT, WB, NSH) },
	{ "WB, S2 nGRE", 0xff, 0, 2, 0, false, DEVICE(NGRE) },
	{ "nGRE, S2 WB", 0x08, 0, 15, 0, false, DEVICE(NGRE) },
	{ "GRE, S2 nGnRE", 0x0c, 0, 1, 0, false, DEVICE(NGNRE) },
	{ "NC, S2FWB forces WB", 0x44, 0, 6, 3, true, NORMAL(WB, WB, OSH) },
	{ "nGnRE, S2FWB forces WB", 0x04, 0, 6, 3, true,
	  NORMAL(WB, WB, OSH) },
	{ "WT, S2FWB leaves it", 0xbb, 3, 7, 0, true, NORMAL(WT, WT, ISH) },
	{ "nGnRE, S2FWB leaves it", 0x04, 3, 7, 0, true, DEVICE(NGNRE) },
	{ "WB, S2FWB NC", 0xff, 3, 5, 0, true, NORMAL(NC, NC, OSH) },
	{ "nGnRE, S2FWB NC", 0x04, 3, 5, 0, true, DEVICE(NGNRE) },
	{ "WB, S2FWB GRE", 0xff, 3, 3, 0, true, DEVICE(GRE) },
};

static bool alike(const struct smn_memtype *a, const struct smn_memtype *b)
{
	return a->device == b->device && a->kind == b->kind &&
		a->inner == b->inner && a->outer == b->outer && a->sh == b->sh;
}

static void memory_types(struct tap *t)
{
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(types); i++) {
		const struct type_row *r = &types[i];
		bool two = r->attr2 < 16;
		uint64_t base = two ? 0 : GUEST;
		struct smn_walk_result out;
		struct setup s;

		(two ? nested : plain)(&s);
		put(&s.m, base + CD0 + 24, r->mair);
		put(&s.m, base + T3, (LEAF & ~(3ULL << 8)) |
		    (uint64_t)r->sh << 8);
		put(&s.m, 0x20010, 0x1c00004c1 | r->attr2 << 2 |
		    (uint64_t)r->sh2 << 8);
		s.w.ste[1] |= r->fwb ? 1 << 25 : 0;
		s.w.read = read_words;
		s.w.ctx = &s.m;
		smn_walk_run(&s.w, &out);
		if (!tap_ok(t, out.end == SMN_WALK_OUT && out.pa == s.pa &&
			    alike(&out.mem, &r->want), "memory: %s", r->name))
			printf("# device %d kind %d inner %d outer %d sh %d\n",
			       out.mem.device, out.mem.kind, out.mem.inner,
			       out.mem.outer, out.mem.sh);
	}
}

/* AttrIndx picks a byte of MAIR; with DS shareability is the CD's. */
static void indices(struct tap *t)
{
	for (unsigned int i = 0; i < 8; i++) {
		struct smn_walk_result out;
		struct setup s;

		plain(&s);
		put(&s.m, AT(CD0 + 24), 0x0cULL << 8 * i |
		    (i ? 0xff : 0xff00ULL));
		put(&s.m, AT(T3), LEAF | i << 2);
		s.w.read = read_words;
		s.w.ctx = &s.m;
		smn_walk_run(&s.w, &out);
		tap_ok(t, out.mem.device && out.mem.kind == GRE,
		       "AttrIndx %u is byte %u of MAIR", i, i);
	}
}

/* Without stage 1, what the STE makes of what comes in: SHCFG, MTCFG. */
static void overrides(struct tap *t)
{
	static const struct {
		const char *name;
		uint64_t word1;
		struct smn_memtype want;
	} rows[] = {
		{ "as it comes in", 1ULL << 44, NORMAL(WB, WB, NSH) },
		{ "SHCFG", 3ULL << 44, NORMAL(WB, WB, ISH) },
		{ "MemAttr without MTCFG", 1ULL << 44 | 5ULL << 32,
		  NORMAL(WB, WB, NSH) },
		{ "MTCFG, NC", 1ULL << 44 | 21ULL << 32, NORMAL(NC, NC, OSH) },
		{ "MTCFG, nGRE", 1ULL << 44 | 18ULL << 32, DEVICE(NGRE) },
		{ "MTCFG, reserved", 1ULL << 44 | 24ULL << 32,
		  DEVICE(NGNRNE) },
	};

	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		struct smn_walk_result out;
		struct setup s;

		common(&s, 4);
		s.w.ste[1] = rows[i].word1;
		smn_walk_run(&s.w, &out);
		tap_ok(t, out.end == SMN_WALK_OUT &&
		       alike(&out.mem, &rows[i].want), "STE: %s", rows[i].name);
	}
}

/* What comes out has the rights that both stages give. */
static void rights(struct tap *t)
{
	struct smn_walk_result out;
	struct setup s;

	nested(&s);
	put(&s.m, T3, LEAF & ~(1ULL << 6));	/* the user may execute */
	put(&s.m, 0x20010, 0x1c000077d);	/* and nobody write */
	s.w.inst = true;
	s.w.read = read_words;
	s.w.ctx = &s.m;
	smn_walk_run(&s.w, &out);
	tap_ok(t, out.end == SMN_WALK_OUT && !out.r && !out.w && out.x,
	       "an executable page that neither stage lets be written");
	s.w.inst = false;
	s.w.priv = true;
	smn_walk_run(&s.w, &out);
	tap_ok(t, out.end == SMN_WALK_OUT && out.r && !out.w && out.x,
	       "the same, privileged");
}

/* --- hostile memory --- */

struct noise {
	uint64_t seed;
	unsigned int reads;
};

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	return *seed ^= *seed << 17;
}

/*
 * Noise in which much is legal, so that walks go deep: what a descriptor, a CD
 * or an STE needs most of the time. Every thousandth read fails.
 */
static int read_noise(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct noise *n = ctx;
	uint64_t word[8], kind = next(&n->seed);

	(void)addr;
	n->reads++;
	for (size_t i = 0; i < len / 8; i++)
		word[i] = next(&n->seed);
	/* a descriptor: valid, AF, all rights; a low address */
	if (len == 8 && kind % 64)
		word[0] = (word[0] & 0x3ffff000) | 0x4c1 | (kind & 0x300) |
			(kind % 63 ? 2 : 0);
	if (len == 64 && kind % 8) {
		word[0] = CD_PLAIN | CD_EPD1 | CD_IPS(6) |
			CD_T0SZ(12 + kind / 8 % 37) | CD_TG0(kind / 512 % 3);
		word[1] &= 0x3ffffff8;
		word[2] &= CD2_DS;
	}
	memcpy(buf, word, len);
	return kind % 1000 ? 0 : -EFAULT;
}

#define ROUNDS 200000
#define DEEPEST 47	/* L1CD, CD, 5 tables, each after 5; 5 of stage 2 */

/* A stage 2 that is legal, 52 bits deep every other time. */
static void legal_stage2(struct smn_walk *w, unsigned int i, uint64_t noise)
{
	bool deep = i & 8;

	w->ste[0] = (w->ste[0] & ~(0xfffffULL << 32)) | STE_CFG(7);
	w->ste[1] = noise & 3;
	w->ste[2] = STE_S2AA64 | STE_S2PS(6) | STE_S2R |
		(deep ? STE_S2T0SZ(12) : STE_S2T0SZ(16) | STE_S2SL0(2));
	w->ste[3] = (noise & 0x3ffffff0) | STE_S2DS | (deep ? STE_SL0_2 : 0);
}

static void hostile(struct tap *t)
{
	struct noise n = { .seed = 0x5eed };
	unsigned int ends[4] = { 0 }, most = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct smn_walk w = { .ste_words = 8, .read = read_noise,
				      .ctx = &n };
		struct smn_walk_result out;
		uint32_t idr[SMN_NREGS];

		for (unsigned int k = 0; k < 8; k++)
			w.ste[k] = next(&n.seed);
		for (unsigned int k = 0; k < SMN_NREGS; k++)
			idr[k] = next(&n.seed);
		w.ste[0] |= STE_V | STE_CFG(4);
		if (i & 1)
			legal_stage2(&w, i, next(&n.seed));
		w.from = i % 7 ? SMN_WALK_STE : i & 1 ? SMN_WALK_STE_AT :
			SMN_WALK_CD_AT;
		w.iova = next(&n.seed) >> i % 60;
		w.ssv = i & 2;
		w.ssid = next(&n.seed) & 0xfffff & ~0U >> i % 32;
		w.write = i & 4;
		w.priv = i & 8;
		w.inst = i & 16;
		w.idr = i & 96 ? NULL : idr;
		n.reads = 0;
		smn_walk_run(&w, &out);
		ends[out.end]++;
		if (n.reads > most)
			most = n.reads;
	}
	printf("# out %u, event %u, silent %u, unknown %u; %u reads at most\n",
	       ends[0], ends[1], ends[2], ends[3], most);
	tap_ok(t, ends[0] && ends[1] && ends[2] && ends[3],
	       "%u random walks end in every way", ROUNDS);
	tap_ok(t, most > DEEPEST * 3 / 4 && most <= DEEPEST,
	       "none needs more than %d reads", DEEPEST);
}

int main(void)
{
	struct tap t = { 0 };

	memory_types(&t);
	indices(&t);
	overrides(&t);
	rights(&t);
	hostile(&t);
	return tap_done(&t);
}
