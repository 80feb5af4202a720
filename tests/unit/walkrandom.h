/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1 layouts at random for walklab.h: all follows from a seed. Without
 * l->strict they keep to what QEMU's SMMU (10.0) does as the specification has
 * it. It does not look at AP[1] and APTable[0]; it does not hold the addresses
 * of tables against CD.IPS; it looks at APTable[1] before AF, and at AF and
 * AP[2] before it holds a page's address against CD.IPS; it takes a block at
 * level 0 of 4K; and what stage 2 refuses to a walk of stage 1 has no S2 in its
 * event.
 */
#ifndef WALKRANDOM_H
#define WALKRANDOM_H

#include "walklab.h"

struct layout {
	unsigned int granule, t0sz, ips;
	int level;			/* of the leaf */
	int at;				/* where it is spoilt */
	uint64_t iova, oa;
	bool write, hole;
	char attrs[96], cd[96];
	const char *spoil;
};

static const char *const layout_fates[] = {
	[LAB_ARRIVES] = "arrives", [LAB_EVENT] = "event",
	[LAB_SILENT] = "silent", [LAB_STAGE2] = "stage 2",
	[LAB_UNKNOWN] = "unknown",
};

/* --- what is done to tables that are right --- */

static inline void spoil_clear(struct lab *l, struct layout *y)
{
	*smn_s1_entry(&l->s1, y->iova, y->at) = 0;
}

/* A page becomes what is reserved, a block a table, a table a block. */
static inline void spoil_kind(struct lab *l, struct layout *y)
{
	uint64_t *desc = smn_s1_entry(&l->s1, y->iova, y->at);

	if (!l->strict)
		smn_ttd_put(desc, SMN_TTD_AP_EL0, 1);
	if (l->strict || y->at == 3 || (smn_ttd_get(*desc, SMN_TTD_TABLE) &&
					smn_s1_size(&l->s1, y->at)))
		smn_ttd_put(desc, SMN_TTD_TABLE,
			    !smn_ttd_get(*desc, SMN_TTD_TABLE));
}

/* Beyond what CD.IPS, or the SMMU, lets out. */
static inline void spoil_far(struct lab *l, struct layout *y)
{
	uint64_t *desc;

	if (!l->strict)
		y->at = y->level;
	desc = smn_s1_entry(&l->s1, y->iova, y->at);
	if (!l->strict) {
		smn_ttd_put(desc, SMN_TTD_AF, 1);
		smn_ttd_put(desc, SMN_TTD_AP_RO, 0);
	}
	smn_ttd_put(desc, SMN_TTD_OA, smn_ttd_get(*desc, SMN_TTD_OA) |
		    1ULL << (y->ips < 44 ? y->ips : 44 + lab_below(l, 4)));
}

/* What tables take away from all below them. */
static inline void spoil_limits(struct lab *l, struct layout *y)
{
	uint64_t *desc = smn_s1_entry(&l->s1, y->iova, y->at);

	smn_ttd_put(desc, SMN_TTD_APTABLE_RO, lab_below(l, 2));
	smn_ttd_put(desc, SMN_TTD_APTABLE_EL0, l->strict && !lab_below(l, 4));
	smn_ttd_put(desc, SMN_TTD_XNTABLE, lab_below(l, 2));
	if (!l->strict)
		smn_ttd_put(smn_s1_entry(&l->s1, y->iova, y->level),
			    SMN_TTD_AF, 1);
}

/* A table that stage 2 does not map; of a leaf, what it leads to. */
static inline void spoil_lost(struct lab *l, struct layout *y)
{
	if (y->at == y->level)
		y->hole = true;
	else if (l->strict)
		smn_ttd_put(smn_s1_entry(&l->s1, y->iova, y->at), SMN_TTD_OA,
			    0xd0000000);
}

/* An address that T0SZ does not leave room for. */
static inline void spoil_beyond(struct lab *l, struct layout *y)
{
	if (64 - y->t0sz < l->bits)
		y->iova |= 1ULL << (64 - y->t0sz);
}

static const struct {
	const char *name;
	unsigned int weight;
	void (*spoil)(struct lab *l, struct layout *y);
} layout_spoils[] = {
	{ "nothing", 20, NULL },
	{ "a hole", 4, spoil_clear },
	{ "another kind", 3, spoil_kind },
	{ "too far", 3, spoil_far },
	{ "a table's limits", 4, spoil_limits },
	{ "lost to stage 2", 2, spoil_lost },
	{ "beyond T0SZ", 2, spoil_beyond },
};

/* --- what it may be --- */

/* Do @iova and the working area take different ways from @level on? */
static inline bool layout_apart(const struct layout *y, int level)
{
	uint64_t shift = smn_ttd_shift(y->granule, level);

	return (y->iova ^ LAB_WORK_IOVA) >> shift;
}

static inline void layout_address(struct lab *l, struct layout *y)
{
	unsigned int bits = 64 - y->t0sz;

	bits = bits < l->bits ? bits : l->bits;
	do {
		y->iova = lab_random(l) & ((1ULL << bits) - 1) &
			~(uint64_t)(l->source->align - 1);
	} while (!layout_apart(y, 3) ||
		 y->iova - LAB_WORK_IOVA < LAB_WORK_BYTES);
}

/* A page, or a block that does not hold the working area, too. */
static inline void layout_leaf(struct lab *l, struct layout *y)
{
	const struct smn_s1 s1 = {
		.granule = y->granule, .t0sz = y->t0sz,
		.start = smn_ttd_start(y->granule, 64 - y->t0sz),
	};

	do {
		y->level = 1 + lab_below(l, 3);
	} while (!smn_s1_size(&s1, y->level) || !layout_apart(y, y->level));
	do {
		y->at = s1.start + lab_below(l, y->level - s1.start + 1);
	} while (!layout_apart(y, y->at));
	y->oa = (lab_random(l) & ((1ULL << (y->ips < 44 ? y->ips : 44)) - 1)) |
		LAB_HIGH;
	y->oa &= ~(smn_s1_size(&s1, y->level) - 1);
	if (smn_s1_size(&s1, y->level) > LAB_HIGH)
		y->oa |= LAB_HIGH << 1;
}

static inline void layout_words(struct lab *l, struct layout *y)
{
	static const uint8_t sizes[] = { 32, 36, 40, 42, 44, 48 };

	y->ips = sizes[lab_below(l, SMN_ARRAY_SIZE(sizes))];
	snprintf(y->cd, sizeof(y->cd), "ASID=%d,IPS=%u,AFFD=%d,R=%d,"
		 "WXN=%d", (int)lab_below(l, 0x100), y->ips,
		 !lab_below(l, 3), !!lab_below(l, 12), !lab_below(l, 4));
	snprintf(y->attrs, sizeof(y->attrs), "AttrIndx=%d,AP[1]=%d,AP[2]=%d,"
		 "SH=%d,AF=%d,nG=%d,PXN=%d,XN=%d", (int)lab_below(l, 2),
		 !l->strict || lab_below(l, 6), !lab_below(l, 4),
		 2 * (int)lab_below(l, 2), !!lab_below(l, 6),
		 (int)lab_below(l, 2), (int)lab_below(l, 2),
		 (int)lab_below(l, 2));
}

static inline void layout_spoil(struct lab *l, struct layout *y)
{
	unsigned int total = 0, i = 0;
	uint64_t n;

	for (size_t k = 0; k < SMN_ARRAY_SIZE(layout_spoils); k++)
		total += layout_spoils[k].weight;
	for (n = lab_below(l, total); n >= layout_spoils[i].weight; i++)
		n -= layout_spoils[i].weight;
	y->spoil = layout_spoils[i].name;
	if (layout_spoils[i].spoil)
		layout_spoils[i].spoil(l, y);
}

/* The next layout, in memory. 0, or why it could not be built. */
static inline int layout_next(struct lab *l, struct layout *y)
{
	static const uint8_t granules[] = { 12, 16, 12, 16, 14 };
	uint64_t size;
	int ret;

	*y = (struct layout){ 0 };
	y->granule = l->only4k ? 12 :
		granules[lab_below(l, SMN_ARRAY_SIZE(granules))];
	y->t0sz = 16 + lab_below(l, 24);
	y->write = lab_below(l, 2);
	layout_words(l, y);
	layout_address(l, y);
	layout_leaf(l, y);
	ret = lab_tables(l, y->granule, y->t0sz, y->cd);
	size = smn_s1_size(&l->s1, y->level);
	if (!ret)
		ret = smn_s1_map(&l->s1, y->iova & ~(size - 1), y->oa,
				 y->level, y->attrs, NULL);
	if (!ret)
		layout_spoil(l, y);
	return ret ? ret : lab_announce(l);
}

/* Would the page lie upon what is there already? Then it is no case. */
static inline bool layout_taken(const struct lab *l, const struct layout *y)
{
	struct lab_want want;
	uint64_t ipa;

	lab_expect((struct lab *)l, y->iova, y->write, y->hole, &want);
	ipa = want.walk.pa;
	return want.fate == LAB_ARRIVES && ipa >= LAB_IPA &&
		ipa - LAB_IPA < LAB_WORK_BYTES + LAB_TABLES;
}

/* --- running them --- */

struct layout_count {
	unsigned int fates[SMN_ARRAY_SIZE(layout_fates)];
	unsigned int events[0x40], granules[17], blocks, wrong;
};

static inline void layout_tell(struct lab *l, const struct layout *y,
			       unsigned int n)
{
	printf("# layout %u: granule %u, T0SZ %u, leaf at %d, %s of %#"
	       PRIx64 " to %#" PRIx64 "\n# %s at level %d; %s; CD %s\n", n,
	       y->granule, y->t0sz, y->level, y->write ? "write" : "read",
	       y->iova, y->oa, y->spoil, y->at, y->attrs, y->cd);
	(void)l;
}

static inline void layout_count(struct layout_count *c, const struct layout *y,
				const struct lab_want *want)
{
	c->fates[want->fate]++;
	c->granules[y->granule]++;
	c->blocks += y->level < 3;
	if (want->fate == LAB_EVENT)
		c->events[want->walk.event->opcode & 0x3f]++;
}

static inline void layout_report(struct lab *l, const struct layout_count *c)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(layout_fates); i++)
		printf("# %s: %u\n", layout_fates[i], c->fates[i]);
	for (unsigned int i = 0; i < smn_nevts; i++)
		if (c->events[smn_evts[i].opcode & 0x3f])
			printf("# %s: %u\n", smn_evts[i].name,
			       c->events[smn_evts[i].opcode & 0x3f]);
	printf("# 4K %u, 16K %u, 64K %u, blocks %u\n", c->granules[12],
	       c->granules[14], c->granules[16], c->blocks);
	(void)l;
}

/* @n layouts from l->seed on, as one test. */
static inline void layouts(struct lab *l, unsigned int n)
{
	uint64_t seed = l->seed;
	struct layout_count c = { 0 };
	struct lab_want want;
	struct layout y;
	unsigned int compared = 0;
	int ret = 0;

	/* one that lies on our own memory is no layout; few do */
	for (unsigned int i = 0; i < 2 * n && compared < n && !ret; i++) {
		ret = layout_next(l, &y);
		if (ret || layout_taken(l, &y))
			continue;
		compared++;
		if (!lab_transfer(l, y.iova, y.write, y.hole, &want)) {
			layout_tell(l, &y, i);
			c.wrong++;
		}
		layout_count(&c, &y, &want);
	}
	layout_report(l, &c);
	tap_ok(l->tap, !ret && compared == n && !c.wrong &&
	       c.fates[LAB_ARRIVES] && !c.fates[LAB_UNKNOWN],
	       "%s, %u bits: the SMMU and the walk "
	       "agree on %u layouts from seed %" PRIu64 " on (%u differ, %d)",
	       l->source->name, l->bits, compared, seed, c.wrong, ret);
}

#endif
