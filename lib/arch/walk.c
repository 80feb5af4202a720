// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of things in a translation, IHI 0070 chapters 3.3, 5.2 and 15: the
 * STE, which CD, stage 1, stage 2.
 */
#include <inttypes.h>
#include <string.h>

#include "arch/stage.h"

enum { CD_BYTES = 8 * SMN_CD_WORDS, L1CD_BYTES = 8 };

uint64_t smn_walk_get(const struct smn_layout *l, const char *name,
		      const uint64_t *words)
{
	return smn_field_get(smn_layout_field(l, name, strlen(name)), words);
}

uint64_t smn_walk_ste(const struct smn_walking *w, const char *name)
{
	return smn_walk_get(&smn_ste, name, w->ste);
}

uint64_t smn_walk_cd(const struct smn_walking *w, const char *name)
{
	return smn_walk_get(&smn_cd, name, w->cd);
}

uint32_t smn_walk_idr(const struct smn_walking *w, const char *path)
{
	return smn_idr_get(w->idr, path);
}

void smn_walk_newest(uint32_t regs[SMN_NREGS])
{
	static const struct {
		unsigned int reg;
		const char *name;
		uint32_t value;
	} rows[] = {
		{ 0, "S2P", 1 }, { 0, "S1P", 1 }, { 0, "TTF", 3 },
		{ 0, "HTTU", 3 }, { 0, "Hyp", 1 }, { 0, "ATS", 1 },
		{ 0, "ASID16", 1 }, { 0, "VMID16", 1 }, { 0, "CD2L", 1 },
		{ 1, "SIDSIZE", 32 }, { 1, "SSIDSIZE", 20 },
		{ 1, "ATTR_PERMS_OVR", 1 }, { 1, "ATTR_TYPES_OVR", 1 },
		{ 3, "HAD", 1 }, { 3, "XNX", 1 }, { 3, "FWB", 1 },
		{ 3, "STT", 1 }, { 3, "RIL", 1 }, { 3, "E0PD", 1 },
		{ 3, "EPAN", 1 }, { 3, "S1PI", 1 }, { 3, "S2PI", 1 },
		{ 3, "S2PO", 1 }, { 3, "THE", 1 }, { 3, "AIE", 1 },
		{ 5, "D128", 1 },
		{ 5, "OAS", 6 }, { 5, "GRAN4K", 1 }, { 5, "GRAN16K", 1 },
		{ 5, "GRAN64K", 1 }, { 5, "DS", 1 }, { 5, "VAX", 1 },
	};

	memset(regs, 0, SMN_NREGS * sizeof(*regs));
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		const struct smn_layout *l = &smn_idrs[rows[i].reg];
		uint64_t word = regs[rows[i].reg];

		smn_field_put(smn_layout_field(l, rows[i].name,
					       strlen(rows[i].name)),
			      &word, rows[i].value, NULL);
		regs[rows[i].reg] = word;
	}
}

/* --- the CD, or the first descriptor towards it --- */

/* The configuration's own reads go through stage 2 when that is on. */
static bool fetch(struct smn_walking *w, struct smn_walk_step *step,
		  uint64_t addr, unsigned int words)
{
	struct smn_found found = { .oa = addr };
	struct smn_fault f = { .class = SMN_CLASS_CD };

	/* what S1CIR and S1COR say makes no difference to the outcome */
	found.mem.inner = found.mem.outer = SMN_WB;
	if (w->s2 && !smn_walk_s2(w, addr, SMN_CLASS_CD, &found))
		return false;
	step->addr = addr;
	if (smn_walk_read(w, step, found.oa, words))
		return true;
	f.fetch = found.oa;
	return smn_walk_unread(w, "F_CD_FETCH", &f, step);
}

/* Two-level tables: the L1CD tells where the CD of @ssid is, section 5.3. */
static bool second_level(struct smn_walking *w, uint64_t table, uint32_t ssid,
			 unsigned int split, uint64_t *l2)
{
	struct smn_walk_step step = { .what = "L1CD" };
	const struct smn_field *ptr = smn_layout_field(&smn_l1cd, "L2Ptr", 5);
	uint64_t bytes = (uint64_t)CD_BYTES << split;

	if (!fetch(w, &step, table + (ssid >> split) * L1CD_BYTES, 1))
		return false;
	if (!smn_walk_get(&smn_l1cd, "V", step.value))
		return smn_walk_fault(w, "C_BAD_SUBSTREAMID", NULL, &step, "V",
				      "no CDs for SSID %" PRIu32, ssid);
	*l2 = smn_field_get(ptr, step.value) / bytes * bytes;
	/* beyond the IPA space, stage 2 faults: the other way that 3.4.3 (4)
	 * leaves to an SMMU */
	if (!w->s2 && !smn_walk_fits(*l2, smn_walk_oas(w)))
		return smn_walk_fault(w, "C_BAD_SUBSTREAMID", NULL, &step,
				      "L2Ptr", "0x%" PRIx64 " is beyond the "
				      "output address size", *l2);
	smn_walk_says(w, &step, "L2Ptr", "CDs 0x%" PRIx64, *l2);
	return true;
}

static bool read_cd(struct smn_walking *w, uint64_t addr)
{
	struct smn_walk_step step = { .what = "CD" };

	if (!fetch(w, &step, addr, SMN_CD_WORDS))
		return false;
	memcpy(w->cd, step.value, sizeof(w->cd));
	if (!smn_walk_check_cd(w, &step))
		return false;
	w->cd_known = true;
	smn_walk_says(w, &step, NULL, "legal, ASID %" PRIu64,
		      smn_walk_cd(w, "ASID"));
	return true;
}

/* Below its own size, the address of a table counts as 0 (S1Fmt in 5.2). */
static uint64_t aligned(uint64_t addr, uint64_t bytes)
{
	return addr & ~(bytes - 1);
}

static bool find_cd(struct smn_walking *w, uint32_t ssid)
{
	uint64_t addr = smn_walk_ste(w, "S1ContextPtr");
	unsigned int max = smn_walk_idr(w, "IDR1.SSIDSIZE") ?
		smn_walk_ste(w, "S1CDMax") : 0;
	unsigned int fmt = smn_walk_ste(w, "S1Fmt");
	unsigned int split = fmt == 1 ? 6 : 10;

	if (!max)
		return read_cd(w, addr);
	if (fmt != 1 && fmt != 2)
		return read_cd(w, aligned(addr, (uint64_t)CD_BYTES << max) +
			       (uint64_t)ssid * CD_BYTES);
	if (max > split)
		addr = aligned(addr, (uint64_t)L1CD_BYTES << (max - split));
	if (!second_level(w, addr, ssid, split, &addr))
		return false;
	return read_cd(w, addr + (ssid & ((1U << split) - 1)) *
		       (uint64_t)CD_BYTES);
}

/* --- which CD, if any: S1CDMax and S1DSS, section 5.2 --- */

static bool substream(struct smn_walking *w, struct smn_walk_step *step,
		      uint32_t *ssid)
{
	unsigned int size = smn_walk_idr(w, "IDR1.SSIDSIZE");
	unsigned int max = size ? smn_walk_ste(w, "S1CDMax") : 0;
	unsigned int dss = smn_walk_ste(w, "S1DSS");
	const struct smn_walk *in = w->in;

	*ssid = in->ssv ? in->ssid : 0;
	if (in->ssv && !w->s1)
		return smn_walk_fault(w, "C_BAD_SUBSTREAMID", NULL, step,
				      "Cfg", "an SSID, and stage 1 is off");
	if (in->ssv && (!max || in->ssid >> max))
		return smn_walk_fault(w, "C_BAD_SUBSTREAMID", NULL, step,
				      "S1CDMax", "SSID %" PRIu32 " is not "
				      "below the number of CDs, %u", in->ssid,
				      max ? 1U << max : 0);
	if (!w->s1 || !max)
		return true;
	if (in->ssv && !in->ssid && dss == 2)
		return smn_walk_fault(w, "F_STREAM_DISABLED", NULL, step,
				      "S1DSS", "SSID 0 is for transactions "
				      "without one");
	if (!in->ssv && dss != 1 && dss != 2)
		return smn_walk_fault(w, "F_STREAM_DISABLED", NULL, step,
				      "S1DSS", "a transaction without an SSID "
				      "is refused");
	if (!in->ssv && dss == 1)
		w->s1 = false;
	return true;
}

/* PRIVCFG and INSTCFG: 2 takes the attribute away, 3 gives it (13.1.4). */
static void override(struct smn_walking *w)
{
	unsigned int priv = smn_walk_ste(w, "PRIVCFG");
	unsigned int inst = smn_walk_ste(w, "INSTCFG");

	w->write = w->in->write;
	w->priv = w->in->priv;
	w->inst = w->in->inst;
	if (smn_walk_idr(w, "IDR1.ATTR_PERMS_OVR")) {
		w->priv = priv & 2 ? priv & 1 : w->priv;
		w->inst = inst & 2 ? inst & 1 : w->inst;
	}
	w->inst &= !w->write;	/* writes are data, 13.1.2 */
}

/* What comes in without saying: write-back, non-shareable (13.1.3). */
static struct smn_memtype incoming(const struct smn_walking *w)
{
	struct smn_memtype m = { .inner = SMN_WB, .outer = SMN_WB };
	unsigned int shcfg = smn_walk_ste(w, "SHCFG");
	unsigned int attr = smn_walk_ste(w, "MemAttr");

	/* of a VM's two words, none is about this */
	if (!smn_walk_idr(w, "IDR1.ATTR_TYPES_OVR") || w->in->ste_words < 4)
		return m;
	if (shcfg != 1)
		m.sh = shcfg;
	if (!smn_walk_ste(w, "MTCFG"))
		return m;
	/* 4, 8 and 12 are reserved here and mean Device-nGnRnE */
	return smn_memtype_s2(attr & 3 || !attr ? attr : 0, m.sh);
}

/* --- the stages --- */

/* Stage 1 off: its output is the input, if there are so many bits (3.4). */
static bool bypass(struct smn_walking *w, struct smn_walk_step *step)
{
	struct smn_fault f = { .class = SMN_CLASS_IN, .always = true };
	unsigned int bits = smn_walk_ste(w, "Cfg") == CONFIG_PASS ?
		smn_walk_oas(w) : smn_walk_ias(w);

	if (smn_walk_fits(w->in->iova, bits))
		return true;
	return smn_walk_fault(w, "F_ADDR_SIZE", &f, step, NULL,
			      "0x%" PRIx64 " is beyond the %u bits that pass "
			      "without stage 1", w->in->iova, bits);
}

static void translate(struct smn_walking *w)
{
	struct smn_walk_step step = { .what = "S1" };
	struct smn_found found = { .oa = w->in->iova, .r = true, .w = true,
				   .x = true, .mem = incoming(w) };
	struct smn_found first;

	if (w->s1 ? !smn_walk_stage1(w, w->in->iova) ||
	    !smn_walk_s1(w, w->in->iova, &found) : !bypass(w, &step))
		return;
	first = found;
	if (w->s2 && !smn_walk_s2(w, found.oa, SMN_CLASS_IN, &found))
		return;
	/* with stage 2 off, what is beyond the bus is cut (3.4) */
	if (!w->s2 && smn_walk_oas(w) < 64)
		found.oa &= (1ULL << smn_walk_oas(w)) - 1;
	w->out->pa = found.oa;
	w->out->mem = found.mem;
	w->out->r = found.r && first.r;
	w->out->w = found.w && first.w;
	w->out->x = found.x && first.x;
	smn_walk_end(w, SMN_WALK_OUT, NULL, NULL, "0x%" PRIx64 " goes out as "
		     "0x%" PRIx64, w->in->iova, found.oa);
}

static bool read_ste(struct smn_walking *w, struct smn_walk_step *step)
{
	struct smn_fault f = { .fetch = w->in->at };

	step->what = "STE";
	if (w->in->from == SMN_WALK_STE) {
		step->words = w->in->ste_words;
		memcpy(step->value, w->in->ste, 8 * step->words);
	} else {
		step->addr = w->in->at;
		if (!smn_walk_read(w, step, w->in->at, SMN_STE_WORDS))
			return smn_walk_unread(w, "F_STE_FETCH", &f, step);
	}
	memcpy(w->ste, step->value, sizeof(w->ste));
	override(w);
	return true;
}

static void from_ste(struct smn_walking *w)
{
	struct smn_walk_step step = { 0 };
	const char *name;
	uint64_t config;
	uint32_t ssid;

	if (!read_ste(w, &step) || !smn_walk_check_ste(w, &step))
		return;
	config = smn_walk_ste(w, "Cfg");
	w->s1 = config & CONFIG_S1;
	w->s2 = config & CONFIG_S2;
	if (!substream(w, &step, &ssid))
		return;
	name = smn_field_value_name(smn_layout_field(&smn_ste, "Cfg", 3),
				    config);
	smn_walk_says(w, &step, NULL, "legal, %s%s", name ? name : "?",
		      (config & CONFIG_S1) && !w->s1 ? ", S1DSS" : "");
	if (!w->s1 || find_cd(w, ssid))
		translate(w);
}

/* As if a plain STE with nothing but stage 1 led to the CD. */
static void from_cd(struct smn_walking *w)
{
	const struct smn_layout *l = &smn_ste;

	smn_field_put(smn_layout_field(l, "V", 1), w->ste, 1, NULL);
	smn_field_put(smn_layout_field(l, "Cfg", 3), w->ste,
		      CONFIG_PASS | CONFIG_S1, NULL);
	override(w);
	w->s1 = true;
	if (read_cd(w, w->in->at))
		translate(w);
}

void smn_walk_run(const struct smn_walk *in, struct smn_walk_result *out)
{
	struct smn_walking w = { .in = in, .out = out,
				 .write = in->write, .priv = in->priv,
				 .inst = in->inst && !in->write };

	memset(out, 0, sizeof(*out));
	if (in->idr)
		memcpy(w.idr, in->idr, sizeof(w.idr));
	else
		smn_walk_newest(w.idr);
	if (in->from == SMN_WALK_CD_AT)
		from_cd(&w);
	else
		from_ste(&w);
}
