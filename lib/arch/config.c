// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is the STE legal (IHI 0070 5.2.2), is the CD (5.4.2), and how do the stages
 * that they describe translate? As a Non-secure SMMUv3.1 or later checks them.
 */
#include <inttypes.h>

#include "arch/stage.h"
#include "arch/ttd.h"

enum { STALLS_AND_TERMINATES, ONLY_TERMINATES, ONLY_STALLS };

/* One half of the address space, by the names of its fields in the CD. */
static const struct half {
	const char *tsz, *tg, *epd, *ttb, *tbi, *had, *e0pd, *sh;
	uint8_t granules[4];	/* by TGx, 0 where that is reserved */
} halves[] = {
	{ "T0SZ", "TG0", "EPD0", "TTB0", "TBI0", "HAD0", "E0PD0", "SH0",
	  { 12, 16, 14, 0 } },
	{ "T1SZ", "TG1", "EPD1", "TTB1", "TBI1", "HAD1", "E0PD1", "SH1",
	  { 0, 14, 12, 16 } },
};

unsigned int smn_walk_size(unsigned int code)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	return bits[code & 7];
}

unsigned int smn_walk_oas(const struct smn_walking *w)
{
	return smn_walk_size(smn_walk_idr(w, "IDR5.OAS"));
}

/* Tables of VMSAv8-32 always put out 40 bits, section 3.4. */
unsigned int smn_walk_ias(const struct smn_walking *w)
{
	unsigned int ttf = smn_walk_idr(w, "IDR0.TTF"), oas = smn_walk_oas(w);

	return (ttf & 1) && oas < 40 ? 40 : oas;
}

bool smn_walk_fits(uint64_t addr, unsigned int bits)
{
	return bits >= 64 || !(addr >> bits);
}

static unsigned int smaller(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* --- what both stages' tables have in common --- */

static bool has_granule(const struct smn_walking *w, unsigned int granule)
{
	switch (granule) {
	case 12:
		return smn_walk_idr(w, "IDR5.GRAN4K");
	case 14:
		return smn_walk_idr(w, "IDR5.GRAN16K");
	case 16:
		return smn_walk_idr(w, "IDR5.GRAN64K");
	default:
		return false;
	}
}

static unsigned int largest_tsz(const struct smn_walking *w,
				unsigned int granule)
{
	if (!smn_walk_idr(w, "IDR3.STT"))
		return 39;
	return granule == 16 ? 47 : 48;
}

static bool wrong_endian(const struct smn_walking *w, bool big)
{
	unsigned int endian = smn_walk_idr(w, "IDR0.TTENDIAN");

	return (endian == 2 && big) || (endian == 3 && !big);
}

/* Hardware updates beyond what IDR0.HTTU has: 1 the flag, 2 dirty, 3 HAFT. */
static bool wrong_httu(const struct smn_walking *w, bool ha, bool hd, bool haft)
{
	unsigned int httu = smn_walk_idr(w, "IDR0.HTTU");

	return (httu < 1 && ha) || (httu < 2 && hd) ||
		(httu == 3 && haft && !ha);
}

/* A table is aligned to its size, to 64 bytes where addresses have 52 bits. */
static uint64_t table_base(const struct smn_stage *st, uint64_t ttb)
{
	unsigned int levels = 3 - st->start;
	unsigned int log2 = st->ia_bits - st->granule -
		levels * (st->granule - 3) + 3;

	if (st->oa_bits >= 52 && log2 < 6)
		log2 = 6;
	return ttb >> log2 << log2;
}

static bool ttb_fits(const struct smn_stage *st, uint64_t ttb)
{
	return smn_walk_fits(ttb, st->oa_bits) &&
		(st->ds || st->granule == 16 || smn_walk_fits(ttb, 48));
}

/* What AA64=0 may mean; neither is known here, but none is illegal. */
static bool has_other_format(const struct smn_walking *w)
{
	return (smn_walk_idr(w, "IDR0.TTF") & 1) ||
		smn_walk_idr(w, "IDR5.D128");
}

/* What walk lacks: a field, and the ID register field without which it is 0. */
struct unknown {
	const char *field, *idr;
};

/* The first of @rows that is in use, or NULL; the last row has no name. */
static const char *in_use(const struct smn_walking *w,
			  const struct smn_layout *l, const uint64_t *words,
			  const struct unknown *rows)
{
	for (; rows->field; rows++)
		if (smn_walk_get(l, rows->field, words) &&
		    smn_walk_idr(w, rows->idr))
			return rows->field;
	return NULL;
}

/* --- the STE --- */

#define BAD_STE(field, ...) \
	smn_walk_fault(w, "C_BAD_STE", NULL, step, field, __VA_ARGS__)

static bool check_stages(struct smn_walking *w, struct smn_walk_step *step,
			 unsigned int config)
{
	unsigned int strw = smn_walk_ste(w, "STRW");

	if ((config & CONFIG_S1) && !smn_walk_idr(w, "IDR0.S1P"))
		return BAD_STE("Cfg", "the SMMU has no stage 1 (IDR0.S1P)");
	if ((config & CONFIG_S2) && !smn_walk_idr(w, "IDR0.S2P"))
		return BAD_STE("Cfg", "the SMMU has no stage 2 (IDR0.S2P)");
	if ((config & CONFIG_S2) && w->in->from == SMN_WALK_STE &&
	    w->in->ste_words < 4)
		return smn_walk_end(w, SMN_WALK_UNKNOWN, step, "Cfg", "stage 2 "
				    "is on and its words were not given");
	if ((config & CONFIG_S2) || !(config & CONFIG_S1) ||
	    !smn_walk_idr(w, "IDR0.Hyp") || !strw)
		return true;	/* EL1 */
	if (strw & 1)
		return BAD_STE("STRW", "%u is reserved", strw);
	return smn_walk_end(w, SMN_WALK_UNKNOWN, step, "STRW",
			    "walk does not know streams of EL2");
}

static bool check_ats(struct smn_walking *w, struct smn_walk_step *step,
		      unsigned int config)
{
	unsigned int eats = smn_walk_ste(w, "EATS");
	bool stalls = (config & CONFIG_S2) && smn_walk_ste(w, "S2S");

	if (!smn_walk_idr(w, "IDR0.ATS") || config == CONFIG_PASS || !eats)
		return true;
	if (eats == 2 && (config != 7 || smn_walk_ste(w, "S2S") ||
			  smn_walk_idr(w, "IDR0.NS1ATS")))
		return BAD_STE("EATS", "split-stage ATS needs both stages, no "
			       "stalls and IDR0.NS1ATS clear");
	if (stalls)
		return BAD_STE("EATS", "ATS and stalls of stage 2 exclude each "
			       "other");
	return true;
}

static bool check_ste_s1(struct smn_walking *w, struct smn_walk_step *step,
			 unsigned int config)
{
	unsigned int size = smn_walk_idr(w, "IDR1.SSIDSIZE");
	unsigned int max = smn_walk_ste(w, "S1CDMax");
	unsigned int fmt = smn_walk_ste(w, "S1Fmt");
	uint64_t ptr = smn_walk_ste(w, "S1ContextPtr");

	if (!(config & CONFIG_S1))
		return true;
	if (smn_walk_ste(w, "S1STALLD") &&
	    smn_walk_idr(w, "IDR0.STALL_MODEL") != STALLS_AND_TERMINATES)
		return BAD_STE("S1STALLD", "IDR0.STALL_MODEL leaves no choice, "
			       "it must be 0");
	if (size && max > size)
		return BAD_STE("S1CDMax", "%u is more than IDR1.SSIDSIZE, %u",
			       max, size);
	if (size && max && (fmt == 1 || fmt == 2) &&
	    !smn_walk_idr(w, "IDR0.CD2L"))
		return BAD_STE("S1Fmt", "the SMMU has no two-level CD tables "
			       "(IDR0.CD2L)");
	/* an IPA beyond its space faults in stage 2, 3.4.3 (2) */
	if (!(config & CONFIG_S2) && !smn_walk_fits(ptr, smn_walk_oas(w)))
		return BAD_STE("S1ContextPtr", "0x%" PRIx64 " is beyond %u "
			       "bits (IDR5.OAS)", ptr, smn_walk_oas(w));
	return true;
}

/* SL0 to a level; -2 where it is reserved (VTCR_EL2.SL0 in the Arm ARM). */
static int s2_start(const struct smn_walking *w, const struct smn_stage *st)
{
	unsigned int sl0 = smn_walk_ste(w, "S2SL0"), oas = smn_walk_oas(w);

	if (st->granule == 12 && st->ds && smn_walk_ste(w, "S2SL0_2"))
		return sl0 == 0 && oas >= 52 ? -1 : -2;
	if (st->granule == 12) {
		if (sl0 == 3)
			return smn_walk_idr(w, "IDR3.STT") ? 3 : -2;
		return sl0 == 2 && oas < 44 ? -2 : 2 - (int)sl0;
	}
	if (sl0 == 3)
		return st->granule == 14 && st->ds && oas >= 52 ? 0 : -2;
	if (sl0 == 2 && oas < (st->granule == 14 ? 42u : 44u))
		return -2;
	return 3 - (int)sl0;
}

/* AArch64.S2InconsistentSL(): one bit at least, 16 tables at most. */
static bool s2_consistent(const struct smn_stage *st)
{
	unsigned int stride = st->granule - 3;
	unsigned int below = (3 - st->start) * stride + st->granule;

	return st->ia_bits > below && st->ia_bits <= below + stride + 4;
}

static bool check_s2_tables(struct smn_walking *w, struct smn_walk_step *step)
{
	static const uint8_t granules[] = { 12, 16, 14, 0 };
	struct smn_stage *st = &w->stage2;
	unsigned int tsz = smn_walk_ste(w, "S2T0SZ"), least;
	uint64_t ttb = smn_walk_ste(w, "S2TTB");

	st->granule = granules[smn_walk_ste(w, "S2TG")];
	if (!has_granule(w, st->granule))
		return BAD_STE("S2TG", "the SMMU has no such granule (IDR5)");
	st->ds = smn_walk_ste(w, "S2DS") && smn_walk_idr(w, "IDR5.DS") &&
		st->granule != 16;
	least = st->ds || st->granule == 16 ? 12 : 16;
	if (64 - smn_walk_ias(w) > least)
		least = 64 - smn_walk_ias(w);
	if (tsz < least || tsz > largest_tsz(w, st->granule))
		return BAD_STE("S2T0SZ", "%u is not within %u to %u", tsz,
			       least, largest_tsz(w, st->granule));
	st->ia_bits = 64 - tsz;
	st->start = s2_start(w, st);
	if (st->start < -1 || !s2_consistent(st))
		return BAD_STE("S2SL0", "%" PRIu64 " does not go with "
			       "S2T0SZ=%u and S2TG", smn_walk_ste(w, "S2SL0"),
			       tsz);
	if (!ttb_fits(st, ttb))
		return BAD_STE("S2TTB", "0x%" PRIx64 " is beyond the output of "
			       "stage 2, %u bits", ttb, st->oa_bits);
	st->base = table_base(st, ttb);
	return true;
}

static bool check_ste_s2(struct smn_walking *w, struct smn_walk_step *step)
{
	static const struct unknown unknown[] = {
		{ "S2PIE", "IDR3.S2PI" }, { "S2POE", "IDR3.S2PO" },
		{ "AssuredOnly", "IDR3.THE" }, { "TL0", "IDR3.THE" },
		{ "TL1", "IDR3.THE" }, { NULL, NULL },
	};
	unsigned int model = smn_walk_idr(w, "IDR0.STALL_MODEL");
	unsigned int oas = smn_walk_oas(w);
	struct smn_stage *st = &w->stage2;
	bool stalls = smn_walk_ste(w, "S2S");
	const char *name;

	if (stalls ? model == ONLY_TERMINATES : model == ONLY_STALLS)
		return BAD_STE("S2S", "IDR0.STALL_MODEL is %u", model);
	if (!smn_walk_ste(w, "S2AA64") && !has_other_format(w))
		return BAD_STE("S2AA64", "IDR0.TTF has no such tables");
	if (smn_walk_ste(w, "S2AA64") && !(smn_walk_idr(w, "IDR0.TTF") & 2))
		return BAD_STE("S2AA64", "IDR0.TTF has no such tables");
	name = in_use(w, &smn_ste, w->ste, unknown);
	if (name || !smn_walk_ste(w, "S2AA64"))
		return smn_walk_end(w, SMN_WALK_UNKNOWN, step,
				    name ? name : "S2AA64",
				    "walk does not know what this asks for");
	st->ha = smn_walk_ste(w, "S2HA");
	st->hd = smn_walk_ste(w, "S2HD");
	if (wrong_httu(w, st->ha, st->hd, smn_walk_ste(w, "S2HAFT")))
		return BAD_STE("S2HA", "IDR0.HTTU has no such updates");
	st->number = 2;
	st->hd &= st->ha;
	st->affd = smn_walk_ste(w, "S2AFFD");
	st->sh = smn_walk_ste(w, "S2SH0");
	st->big = smn_walk_ste(w, "S2ENDI");
	st->oa_bits = smaller(smn_walk_size(smn_walk_ste(w, "S2PS")), oas);
	st->lpa = oas >= 52;
	if (wrong_endian(w, st->big))
		return BAD_STE("S2ENDI", "IDR0.TTENDIAN has no such tables");
	return check_s2_tables(w, step);
}

bool smn_walk_check_ste(struct smn_walking *w, struct smn_walk_step *step)
{
	unsigned int config = smn_walk_ste(w, "Cfg");

	if (!smn_walk_ste(w, "V"))
		return BAD_STE("V", "the STE is not valid");
	if (!(config & CONFIG_PASS))
		return smn_walk_end(w, SMN_WALK_SILENT, step, "Cfg",
				    "the STE aborts, without an event");
	if (!check_stages(w, step, config) || !check_ats(w, step, config) ||
	    !check_ste_s1(w, step, config))
		return false;
	if ((config & CONFIG_S2) && !check_ste_s2(w, step))
		return false;
	if (config != CONFIG_PASS && smn_walk_idr(w, "IDR0.S2P") &&
	    !smn_walk_idr(w, "IDR0.VMID16") && smn_walk_ste(w, "S2VMID") > 0xff)
		return BAD_STE("S2VMID", "VMIDs have 8 bits (IDR0.VMID16)");
	return true;
}

/* --- the CD --- */

#define BAD_CD(field, ...) \
	smn_walk_fault(w, "C_BAD_CD", NULL, step, field, __VA_ARGS__)

/* What to do on a fault, section 5.5. */
static bool check_faults(struct smn_walking *w, struct smn_walk_step *step)
{
	unsigned int model = smn_walk_idr(w, "IDR0.STALL_MODEL");
	bool stalls = smn_walk_cd(w, "S");

	if (smn_walk_ste(w, "S1STALLD") && stalls)
		return BAD_CD("S", "STE.S1STALLD forbids to stall");
	if (smn_walk_idr(w, "IDR0.TERM_MODEL") && !smn_walk_cd(w, "A"))
		return BAD_CD("A", "it must be 1, the SMMU only aborts "
			      "(IDR0.TERM_MODEL)");
	if (stalls ? model == ONLY_TERMINATES : model == ONLY_STALLS)
		return BAD_CD("S", "IDR0.STALL_MODEL is %u", model);
	return true;
}

static bool check_format(struct smn_walking *w, struct smn_walk_step *step)
{
	static const struct unknown unknown[] = {
		{ "AIE", "IDR3.AIE" }, { "PnCH", "IDR3.THE" }, { NULL, NULL },
	};
	bool aa64 = smn_walk_cd(w, "AA64");
	const char *name = in_use(w, &smn_cd, w->cd, unknown);

	if (aa64 ? !(smn_walk_idr(w, "IDR0.TTF") & 2) : !has_other_format(w))
		return BAD_CD("AA64", "IDR0.TTF has no such tables");
	if (!aa64)
		return smn_walk_end(w, SMN_WALK_UNKNOWN, step, "AA64",
				    "walk knows AArch64's tables alone");
	if (smn_walk_cd(w, "PIE") && smn_walk_ste(w, "S1PIE") &&
	    smn_walk_idr(w, "IDR3.S1PI"))
		name = "PIE";
	if (name)
		return smn_walk_end(w, SMN_WALK_UNKNOWN, step, name,
				    "walk does not know what this asks for");
	if (!(smn_walk_cd(w, "EPD0") && smn_walk_cd(w, "EPD1")) &&
	    wrong_endian(w, smn_walk_cd(w, "ENDI")))
		return BAD_CD("ENDI", "IDR0.TTENDIAN has no such tables");
	if (wrong_httu(w, smn_walk_cd(w, "HA"), smn_walk_cd(w, "HD"),
		       smn_walk_cd(w, "HAFT")))
		return BAD_CD("HA", "IDR0.HTTU has no such updates");
	if (!smn_walk_idr(w, "IDR0.ASID16") && smn_walk_cd(w, "ASID") > 0xff)
		return BAD_CD("ASID", "ASIDs have 8 bits (IDR0.ASID16)");
	return true;
}

/* How TTB0 or TTB1 translates, legal or not. */
static struct smn_stage stage_of(const struct smn_walking *w,
				 const struct half *h)
{
	struct smn_stage st = {
		.number = 1,
		.granule = h->granules[smn_walk_cd(w, h->tg)],
		.ia_bits = 64 - smn_walk_cd(w, h->tsz),
		.sh = smn_walk_cd(w, h->sh),
		.lpa = smn_walk_oas(w) >= 52,
		.big = smn_walk_cd(w, "ENDI"),
		.had = smn_walk_cd(w, h->had) && smn_walk_idr(w, "IDR3.HAD"),
		.affd = smn_walk_cd(w, "AFFD"),
		.ha = smn_walk_cd(w, "HA"),
		.hd = smn_walk_cd(w, "HA") && smn_walk_cd(w, "HD"),
		.oa_bits = smaller(smn_walk_size(smn_walk_cd(w, "IPS")),
				   smn_walk_oas(w)),
	};

	st.ds = smn_walk_cd(w, "DS") && smn_walk_idr(w, "IDR5.DS") &&
		st.granule != 16;
	return st;
}

static bool check_half(struct smn_walking *w, struct smn_walk_step *step,
		       const struct half *h)
{
	struct smn_stage st = stage_of(w, h);
	unsigned int tsz = smn_walk_cd(w, h->tsz), least = 16;
	uint64_t ttb = smn_walk_cd(w, h->ttb);

	if (smn_walk_cd(w, h->epd))
		return true;
	if (!has_granule(w, st.granule))
		return BAD_CD(h->tg, "the SMMU has no such granule (IDR5)");
	if (smn_walk_idr(w, "IDR5.VAX") && (st.ds || st.granule == 16))
		least = 12;
	if (tsz < least || tsz > largest_tsz(w, st.granule))
		return BAD_CD(h->tsz, "%u is not within %u to %u", tsz, least,
			      largest_tsz(w, st.granule));
	if (!ttb_fits(&st, ttb))
		return BAD_CD(h->ttb, "0x%" PRIx64 " is beyond the output of "
			      "stage 1, %u bits", ttb, st.oa_bits);
	return true;
}

bool smn_walk_check_cd(struct smn_walking *w, struct smn_walk_step *step)
{
	if (!smn_walk_cd(w, "V"))
		return BAD_CD("V", "the CD is not valid");
	if (!check_faults(w, step) || !check_format(w, step) ||
	    !check_half(w, step, &halves[0]) ||
	    !check_half(w, step, &halves[1]))
		return false;
	w->stage1 = stage_of(w, &halves[0]);
	return true;
}

bool smn_walk_stage1(struct smn_walking *w, uint64_t iova)
{
	bool high = iova >> 55 & 1;	/* section 3.4.1 */
	const struct half *h = &halves[high];
	struct smn_stage *st = &w->stage1;
	struct smn_fault f = { .class = SMN_CLASS_IN };
	struct smn_walk_step step = { .what = "S1" };
	unsigned int top = smn_walk_cd(w, h->tbi) ? 56 : 64;
	uint64_t above;

	*st = stage_of(w, h);
	if (smn_walk_cd(w, h->epd))
		return smn_walk_fault(w, "F_TRANSLATION", &f, &step, h->epd,
				      "walks of this half are disabled");
	above = iova << (64 - top) >> (64 - top) >> st->ia_bits;
	if (above != (high ? (1ULL << (top - st->ia_bits)) - 1 : 0))
		return smn_walk_fault(w, "F_TRANSLATION", &f, &step, h->tsz,
				      "0x%" PRIx64 " is outside of the %u bits "
				      "of this half", iova, st->ia_bits);
	if (!w->priv && smn_walk_cd(w, h->e0pd) &&
	    smn_walk_idr(w, "IDR3.E0PD"))
		return smn_walk_fault(w, "F_TRANSLATION", &f, &step, h->e0pd,
				      "this half is not for the unprivileged");
	st->start = smn_ttd_start(st->granule, st->ia_bits);
	st->base = table_base(st, smn_walk_cd(w, h->ttb));
	return true;
}
