// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Translation tables: one walk for both stages and all granules, then what the
 * last descriptor permits. VMSAv8-64, Arm ARM D8.2 to D8.4; faults as IHI 0070
 * 7.3 has them. Nesting is two deep by construction: stage 1 fetches through
 * stage 2, which reads memory.
 */
#include <inttypes.h>
#include <string.h>

#include "arch/stage.h"
#include "arch/ttd.h"

#define bits(desc, field) smn_ttd_get(desc, SMN_TTD_##field)

static const char *const behalf[] = { "CD", "TTD", "IN" };

/* The last descriptor, and what the tables above it took away. */
struct leaf {
	uint64_t desc, addr, oa;
	int level;
	bool no_el0, ro, xn, pxn;
	bool writable;		/* stage 2 lets the SMMU update it */
	struct smn_walk_step step;
};

/* On whose behalf a stage walks: it is in every event. */
struct request {
	enum smn_class class;
	uint64_t ia;
};

static struct smn_fault fault_of(const struct smn_stage *st,
				 const struct request *rq)
{
	return (struct smn_fault){
		.s2 = st->number == 2,
		.class = st->number == 2 ? rq->class : SMN_CLASS_IN,
		.ipa = st->number == 2 ? rq->ia : 0,
	};
}

static struct smn_walk_step new_step(const struct smn_stage *st,
				     const struct request *rq)
{
	return (struct smn_walk_step){
		.what = st->number == 2 ? "S2" : "S1",
		.behalf = st->number == 2 ? behalf[rq->class] : NULL,
	};
}

static uint64_t swapped(uint64_t v)
{
	uint64_t out = 0;

	for (unsigned int i = 0; i < 8; i++)
		out = out << 8 | (v >> 8 * i & 0xff);
	return out;
}

/* A descriptor of stage 1 lies at an IPA when stage 2 is on. */
static bool fetch(struct smn_walking *w, const struct smn_stage *st,
		  const struct request *rq, struct leaf *leaf)
{
	struct smn_fault f = fault_of(st, rq);
	struct smn_found found = { .oa = leaf->addr, .w = true };

	if (st->number == 1 && w->s2) {
		/* a walk's own access is write-back cacheable as far as the
		 * outcome goes: only device memory of stage 2 matters */
		found.mem.inner = found.mem.outer = SMN_WB;
		if (!smn_walk_s2(w, leaf->addr, SMN_CLASS_TTD, &found))
			return false;
	}
	leaf->writable = found.w;
	leaf->step.addr = leaf->addr;
	if (!smn_walk_read(w, &leaf->step, found.oa, 1)) {
		/* 7.3.12: CLASS is TTD for stage 1, too */
		f.class = st->number == 1 ? SMN_CLASS_TTD : rq->class;
		f.fetch = found.oa;
		return smn_walk_unread(w, "F_WALK_EABT", &f, &leaf->step);
	}
	leaf->desc = leaf->step.value[0];
	if (st->big)
		leaf->desc = swapped(leaf->desc);
	return true;
}

static uint64_t address_in(const struct smn_stage *st, uint64_t desc)
{
	uint64_t oa = st->ds ? bits(desc, OA_DS) : bits(desc, OA);

	oa = oa >> st->granule << st->granule;
	if (st->ds)
		oa |= bits(desc, OA_51_50) << 50;
	else if (st->lpa && st->granule == 16)
		oa |= bits(desc, OA_51_48) << 48;
	return oa;
}

/* AArch64.BlockDescSupported() */
static bool may_block(const struct smn_stage *st, int level)
{
	if (level == 2)
		return true;
	if (st->granule == 12)
		return level == 1 || (level == 0 && st->ds);
	return level == 1 && (st->granule == 14 ? st->ds : st->lpa);
}

static void inherit(const struct smn_stage *st, struct leaf *leaf)
{
	if (st->number == 2 || st->had)
		return;
	leaf->no_el0 |= bits(leaf->desc, APTABLE_EL0);
	leaf->ro |= bits(leaf->desc, APTABLE_RO);
	leaf->xn |= bits(leaf->desc, XNTABLE);
	leaf->pxn |= bits(leaf->desc, PXNTABLE);
}

/* One descriptor: a fault, a table to go on in (*next), or the end. */
static bool descend(struct smn_walking *w, const struct smn_stage *st,
		    const struct request *rq, struct leaf *leaf, bool *next)
{
	struct smn_fault f = fault_of(st, rq);
	bool table = bits(leaf->desc, TABLE);
	bool last = leaf->level == 3;

	*next = false;
	if (!bits(leaf->desc, VALID))
		return smn_walk_fault(w, "F_TRANSLATION", &f, &leaf->step,
				      "Valid", "no mapping: the descriptor is "
				      "invalid");
	if (last && !table)
		return smn_walk_fault(w, "F_TRANSLATION", &f, &leaf->step,
				      "Table", "a block descriptor at level 3 "
				      "is reserved, it is invalid");
	if (!last && !table && !may_block(st, leaf->level))
		return smn_walk_fault(w, "F_TRANSLATION", &f, &leaf->step,
				      "Table", "no block can be at level %d "
				      "with this granule", leaf->level);
	leaf->oa = address_in(st, leaf->desc);
	if (!smn_walk_fits(leaf->oa, st->oa_bits))
		return smn_walk_fault(w, "F_ADDR_SIZE", &f, &leaf->step, "OA",
				      "0x%" PRIx64 " is beyond the %u "
				      "bits that stage %u puts out", leaf->oa,
				      st->oa_bits, st->number);
	*next = table && !last;
	if (!*next)
		return true;
	inherit(st, leaf);
	smn_walk_says(w, &leaf->step, "OA", "table 0x%" PRIx64, leaf->oa);
	return true;
}

/* From the first table to a block or page; leaf->step is left to the caller. */
static bool walk_tables(struct smn_walking *w, const struct smn_stage *st,
			const struct request *rq, struct leaf *leaf)
{
	const unsigned int stride = smn_ttd_stride(st->granule);
	uint64_t ia = rq->ia & ((1ULL << st->ia_bits) - 1), table = st->base;
	bool next = true;

	for (leaf->level = st->start; ; leaf->level++) {
		unsigned int shift = smn_ttd_shift(st->granule, leaf->level);
		uint64_t index = ia >> shift;

		/* the first table may be several side by side */
		if (leaf->level > st->start)
			index &= (1ULL << stride) - 1;
		leaf->addr = table + index * sizeof(leaf->desc);
		leaf->step = new_step(st, rq);
		leaf->step.has_level = true;
		leaf->step.level = leaf->level;
		if (!fetch(w, st, rq, leaf) || !descend(w, st, rq, leaf, &next))
			return false;
		table = leaf->oa;
		if (next)
			continue;
		leaf->oa = leaf->oa >> shift << shift;
		leaf->oa |= ia & ((1ULL << shift) - 1);
		return true;
	}
}

static bool accessed(struct smn_walking *w, const struct smn_stage *st,
		     const struct request *rq, struct leaf *leaf)
{
	struct smn_fault f = fault_of(st, rq);

	if (bits(leaf->desc, AF) || st->ha || st->affd)
		return true;
	return smn_walk_fault(w, "F_ACCESS", &f, &leaf->step, "AF",
			      "the access flag is 0 and %s",
			      st->number == 2 ? "neither STE.S2HA nor S2AFFD "
			      "is set" : "neither CD.HA nor AFFD is set");
}

/* --- stage 1 --- */

/* AArch64.S1DirectBasePermissions(), EL1&0; then WXN and PAN. */
static void s1_permissions(const struct smn_walking *w,
			   const struct smn_stage *st, const struct leaf *leaf,
			   struct smn_found *p)
{
	bool dirty = st->hd && bits(leaf->desc, DBM);
	bool ro = leaf->ro || (bits(leaf->desc, AP_RO) && !dirty);
	bool ur = bits(leaf->desc, AP_EL0) && !leaf->no_el0, uw = ur && !ro;
	bool wxn = smn_walk_cd(w, "WXN");
	bool ux = !bits(leaf->desc, XN) && !leaf->xn && !(wxn && uw);
	bool px = !bits(leaf->desc, PXN) && !leaf->pxn && !uw && !(wxn && !ro);
	bool pan = smn_walk_cd(w, "PAN") &&
		(ur || (ux && smn_walk_cd(w, "EPAN") &&
			smn_walk_idr(w, "IDR3.EPAN")));

	p->r = w->priv ? !pan : ur;
	p->w = w->priv ? !ro && !pan : uw;
	p->x = w->priv ? px : ux;
}

static const char *kind_of(const struct smn_walking *w)
{
	return w->write ? "write" : w->inst ? "instruction fetch" : "read";
}

static bool allowed(const struct smn_walking *w, const struct smn_found *p)
{
	return w->write ? p->w : w->inst ? p->x : p->r;
}

static const char *letters(const struct smn_found *p, char text[4])
{
	text[0] = p->r ? 'r' : '-';
	text[1] = p->w ? 'w' : '-';
	text[2] = p->x ? 'x' : '-';
	text[3] = '\0';
	return text;
}

/* The SMMU's own update of a stage 1 descriptor is a write through stage 2. */
static bool s1_update(struct smn_walking *w, const struct smn_stage *st,
		      struct leaf *leaf)
{
	bool flag = st->ha && !bits(leaf->desc, AF);
	bool dirty = w->write && st->hd && bits(leaf->desc, DBM) &&
		bits(leaf->desc, AP_RO);
	struct smn_fault f = { .s2 = true, .class = SMN_CLASS_TTD,
			       .ipa = leaf->addr, .ttrnw = false };

	if (leaf->writable || !(flag || dirty))
		return true;
	return smn_walk_fault(w, "F_PERMISSION", &f, &leaf->step,
			      flag ? "AF" : "DBM", "the SMMU has to update the "
			      "descriptor, and stage 2 permits no write");
}

static struct smn_memtype s1_memory(const struct smn_walking *w,
				    const struct smn_stage *st, uint64_t desc)
{
	unsigned int index = bits(desc, ATTRINDX);
	uint64_t mair = smn_walk_cd(w, index < 4 ? "MAIR0" : "MAIR1");

	return smn_memtype_mair(mair >> 8 * (index % 4) & 0xff,
				st->ds ? st->sh : bits(desc, SH));
}

bool smn_walk_s1(struct smn_walking *w, uint64_t va, struct smn_found *found)
{
	const struct smn_stage *st = &w->stage1;
	const struct request rq = { .class = SMN_CLASS_IN, .ia = va };
	struct smn_fault f = fault_of(st, &rq);
	struct leaf leaf = { 0 };
	char text[4];

	if (!walk_tables(w, st, &rq, &leaf) || !accessed(w, st, &rq, &leaf))
		return false;
	s1_permissions(w, st, &leaf, found);
	if (!allowed(w, found))
		return smn_walk_fault(w, "F_PERMISSION", &f, &leaf.step,
				      w->inst ? "XN" : w->write ? "AP[2]" :
				      "AP[1]", "%s has %s here, %s is refused",
				      w->priv ? "privileged" : "unprivileged",
				      letters(found, text), kind_of(w));
	if (!s1_update(w, st, &leaf))
		return false;
	found->oa = leaf.oa;
	found->mem = s1_memory(w, st, leaf.desc);
	smn_walk_says(w, &leaf.step, "OA", "%s 0x%" PRIx64 " %s",
		      leaf.level == 3 ? "page" : "block", leaf.oa,
		      letters(found, text));
	return true;
}

/* --- stage 2 --- */

/* XN[1:0] of stage 2; without IDR3.XNX only XN[1] is there. */
static bool s2_executable(const struct smn_walking *w, uint64_t desc)
{
	unsigned int xn = bits(desc, S2XN);

	if (!smn_walk_idr(w, "IDR3.XNX"))
		xn &= 2;
	switch (xn) {
	case 0:
		return true;
	case 1:
		return !w->priv;
	case 2:
		return false;
	default:
		return w->priv;
	}
}

static bool s2_check(struct smn_walking *w, const struct request *rq,
		     struct leaf *leaf, struct smn_found *p, bool device)
{
	struct smn_fault f = fault_of(&w->stage2, rq);
	bool own = rq->class != SMN_CLASS_IN;
	char text[4];

	f.ttrnw = rq->class == SMN_CLASS_TTD;
	if (own ? !p->r : !allowed(w, p))
		return smn_walk_fault(w, "F_PERMISSION", &f, &leaf->step,
				      !own && w->write ? "S2AP[1]" :
				      !own && w->inst ? "XN" : "S2AP[0]",
				      "stage 2 has %s here, %s is refused",
				      letters(p, text), own ? "the SMMU's read"
				      : kind_of(w));
	if (own && device && smn_walk_ste(w, "S2PTW"))
		return smn_walk_fault(w, "F_PERMISSION", &f, &leaf->step,
				      "MemAttr", "device memory, and STE.S2PTW "
				      "keeps the SMMU's own reads from it");
	return true;
}

bool smn_walk_s2(struct smn_walking *w, uint64_t ipa, enum smn_class class,
		 struct smn_found *found)
{
	const struct smn_stage *st = &w->stage2;
	const struct request rq = { .class = class, .ia = ipa };
	struct smn_fault f = fault_of(st, &rq);
	struct smn_walk_step out = new_step(st, &rq);
	bool fwb = smn_walk_ste(w, "S2FWB") && smn_walk_idr(w, "IDR3.FWB");
	struct leaf leaf = { 0 };
	char text[4];

	out.addr = ipa;
	if (!smn_walk_fits(ipa, st->ia_bits))
		return smn_walk_fault(w, "F_TRANSLATION", &f, &out, "S2T0SZ",
				      "IPA 0x%" PRIx64 " is beyond the %u bits "
				      "that stage 2 takes", ipa, st->ia_bits);
	if (!walk_tables(w, st, &rq, &leaf) || !accessed(w, st, &rq, &leaf))
		return false;
	found->r = bits(leaf.desc, S2AP_R);
	found->w = bits(leaf.desc, S2AP_W) || (st->hd && bits(leaf.desc, DBM));
	found->x = s2_executable(w, leaf.desc);
	found->mem = smn_memtype_combine(found->mem, bits(leaf.desc, MEMATTR),
					 st->ds ? st->sh : bits(leaf.desc, SH),
					 fwb);
	if (!s2_check(w, &rq, &leaf, found, found->mem.device))
		return false;
	found->oa = leaf.oa;
	smn_walk_says(w, &leaf.step, "OA", "%s 0x%" PRIx64 " %s",
		      leaf.level == 3 ? "page" : "block", leaf.oa,
		      letters(found, text));
	return true;
}
