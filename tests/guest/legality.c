// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rules against the kernel, bit by bit: every bit of a vSTE and of each
 * forwarded command, changed alone in a legal word, every opcode, every value
 * of the fields that have illegal ones. TAP, a line for each base.
 *
 *   legality CDEV
 *
 * Made for silicon too: stage 1 is allocated and never attached. A command
 * goes in front of one that no kernel takes, so that the batch fails in
 * conversion and nothing is issued; how far the kernel came tells what it
 * thought of the first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/tap.h"
#include "smmunest.h"

#define VSID 0x42
#define NO_OPCODE 0xff
#define BITS 128

enum answer {
	REFUSED,
	ACCEPTED,
	NEITHER,	/* an errno that no rule foresees */
};

static const char *const answers[] = { "refused", "accepted" };

struct run {
	struct smn_session session;
	struct smn_nest nest;
	struct smn_hw_info info;
	struct tap tap;
	int err;		/* of the last answer */
	unsigned int cases, right;
};

/* What the table foresees for a word, and what the kernel says of it. */
struct subject {
	enum answer (*predict)(struct run *r, const uint64_t *words);
	enum answer (*ask)(struct run *r, const uint64_t *words);
	/* NULL: an unknown opcode */
	const struct smn_layout *(*layout)(const uint64_t *words);
};

/* --- stream table entries --- */

static enum answer predict_ste(struct run *r, const uint64_t *words)
{
	struct smn_violations bad;

	return smn_rules_vste(words, r->info.feats, &bad) ? REFUSED : ACCEPTED;
}

static enum answer ask_ste(struct run *r, const uint64_t *words)
{
	uint32_t s1;

	r->err = smn_s1_alloc(&r->session, r->nest.dev.id, r->nest.viommu,
			      words, 0, &s1);
	if (r->err)
		return r->err == -EIO ? REFUSED : NEITHER;
	r->err = smn_destroy(&r->session, s1);
	return r->err ? NEITHER : ACCEPTED;
}

static const struct smn_layout *ste_layout(const uint64_t *words)
{
	(void)words;
	return &smn_vste;
}

static const struct subject stes = { predict_ste, ask_ste, ste_layout };

/* --- commands --- */

static const struct smn_layout *cmd_layout(const uint64_t *words)
{
	return smn_cmd_by_opcode(words[0] & SMN_CMD_OPCODE);
}

static enum answer predict_cmd(struct run *r, const uint64_t *words)
{
	const struct smn_layout *l = cmd_layout(words);
	const struct smn_field *sid;
	struct smn_violations bad;

	if (smn_rules_cmd(words, r->info.feats, &bad))
		return REFUSED;
	/* not a rule of the word: the vIOMMU must know the stream */
	sid = smn_layout_field(l, "SID", 3);
	return sid && smn_field_get(sid, words) != VSID ? REFUSED : ACCEPTED;
}

static enum answer ask_cmd(struct run *r, const uint64_t *words)
{
	const uint64_t pair[2][2] = { { words[0], words[1] }, { NO_OPCODE } };
	uint32_t handled = 2;

	r->err = smn_hwpt_invalidate(&r->session, r->nest.viommu, pair, 2,
				     &handled);
	if (r->err != -EIO || handled > 1)
		return NEITHER;
	return handled ? ACCEPTED : REFUSED;
}

static const struct subject cmds = { predict_cmd, ask_cmd, cmd_layout };

/* --- trying words --- */

/* Whose the changed bit is, as people write it; -1: no one bit. */
static void tell_bit(const struct smn_layout *l, int bit)
{
	const char *name = "reserved";

	if (bit < 0)
		return;
	if (smn_layout_type_bits(l, bit / 64) >> bit % 64 & 1)
		name = "opcode";
	for (unsigned int i = 0; i < l->nfields; i++)
		if (l->fields[i].word == bit / 64 &&
		    smn_field_mask(&l->fields[i]) >> bit % 64 & 1)
			name = l->fields[i].name;
	printf(", word %d bit %d, %s", bit / 64, bit % 64, name);
}

/* @l is what the bit is named by: the layout before it was changed. */
static void try(struct run *r, const struct subject *s, const uint64_t *words,
		const struct smn_layout *l, int bit)
{
	enum answer predicted = s->predict(r, words);
	enum answer answered = s->ask(r, words);

	r->cases++;
	r->right += predicted == answered;
	if (predicted == answered)
		return;
	l = l ? l : s->layout(words);
	printf("# %s 0x%016" PRIx64 " 0x%016" PRIx64,
	       l ? l->name : "no command", words[0], words[1]);
	tell_bit(l, bit);
	printf(": predicted %s, answered %s\n", answers[predicted],
	       answered == NEITHER ? strerror(-r->err) : answers[answered]);
}

/* The verdict on what was tried since the last. */
static void verdict(struct run *r, const char *what)
{
	tap_ok(&r->tap, r->cases && r->right == r->cases,
	       "%s: %u of %u words answered as predicted", what, r->right,
	       r->cases);
	r->cases = r->right = 0;
}

/* The base, and all words that differ from it in one bit. */
static void each_bit(struct run *r, const struct subject *s,
		     const uint64_t *base)
{
	try(r, s, base, s->layout(base), -1);
	for (int bit = 0; bit < BITS; bit++) {
		uint64_t words[2] = { base[0], base[1] };

		words[bit / 64] ^= 1ULL << bit % 64;
		try(r, s, words, s->layout(base), bit);
	}
}

static void put(const struct smn_layout *l, const char *name, uint64_t *words,
		uint64_t value)
{
	if (smn_field_put(smn_layout_field(l, name, strlen(name)), words, value,
			  NULL))
		abort();
}

static void ste_bits(struct run *r)
{
	static const struct {
		const char *what;
		uint64_t ste[2];
	} bases[] = {
		{ "STE bits of Cfg=bypass", { 0x9 } },
		{ "STE bits of Cfg=s1", { 0x4000100b } },
		{ "STE bits of V=0", { 0 } },
		{ "STE bits of V=0 and all else 1", { ~1ULL, ~0ULL } },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(bases); i++) {
		each_bit(r, &stes, bases[i].ste);
		verdict(r, bases[i].what);
	}
}

static void ste_values(struct run *r)
{
	for (unsigned int i = 0; i < 64; i++) {
		uint64_t ste[2] = { 0 };

		put(&smn_vste, "V", ste, i & 1);
		put(&smn_vste, "Cfg", ste, i >> 1 & 7);
		put(&smn_vste, "EATS", ste, i >> 4);
		try(r, &stes, ste, NULL, -1);
	}
	verdict(r, "STE every V, Cfg, EATS");
}

static void cmd_bits(struct run *r)
{
	/* a base that this SMMU refuses must be refused in every variation */
	static const char *const bases[] = {
		"tlbi-nsnh-all", "tlbi-nh-all", "tlbi-nh-asid:ASID=0x5a",
		"tlbi-nh-va:ASID=0x5a,Address=0x1000",
		"tlbi-nh-va:TG=1,TTL=3", "tlbi-nh-va:TG=2,TTL=2,NUM=3,SCALE=2",
		"tlbi-nh-va:TG=3,SCALE=1",
		"tlbi-nh-vaa:Leaf=1", "tlbi-nh-vaa:TG=1,TTL=3",
		"cfgi-cd:SID=0x42", "cfgi-cd-all:SID=0x42",
		"atc-inv:SID=0x42,Size=all", "atc-inv:SID=0x42,Address=0x1000",
	};
	uint64_t base[2];

	for (size_t i = 0; i < SMN_ARRAY_SIZE(bases); i++) {
		if (smn_cmd_parse(bases[i], base, NULL))
			abort();
		each_bit(r, &cmds, base);
		verdict(r, bases[i]);
	}
}

static void opcodes(struct run *r, uint64_t sid, const char *what)
{
	for (uint64_t opcode = 0; opcode < 256; opcode++) {
		const uint64_t cmd[2] = { opcode | sid << 32 };

		try(r, &cmds, cmd, NULL, -1);
	}
	verdict(r, what);
}

/* What NUM, SCALE, TTL and TG may be depends on one another. */
static void ranges(struct run *r, uint8_t opcode, const char *what)
{
	const struct smn_layout *l = smn_cmd_by_opcode(opcode);

	for (unsigned int i = 0; i < 4 * 4 * 32 * 64; i++) {
		uint64_t cmd[2] = { l->opcode };

		put(l, "TG", cmd, i & 3);
		put(l, "TTL", cmd, i >> 2 & 3);
		put(l, "NUM", cmd, i >> 4 & 31);
		put(l, "SCALE", cmd, i >> 9);
		try(r, &cmds, cmd, NULL, -1);
	}
	verdict(r, what);
}

static void sizes(struct run *r)
{
	const struct smn_layout *l = smn_cmd_by_opcode(0x40);

	for (uint64_t size = 0; size < 64; size++) {
		uint64_t cmd[2] = { l->opcode };

		put(l, "SID", cmd, VSID);
		put(l, "Size", cmd, size);
		try(r, &cmds, cmd, NULL, -1);
	}
	verdict(r, "ATC_INV every Size");
}

static void commands(struct run *r)
{
	struct smn_accounting acc;
	int ret = smn_accounting_probe(&r->session, r->nest.viommu, &acc);

	if (ret) {
		tap_ok(&r->tap, false, "entry_num tells nothing: %s",
		       strerror(-ret));
		return;
	}
	if (acc.counts_issued || !acc.strict) {
		tap_ok(&r->tap, true, "commands # SKIP this kernel %s",
		       acc.strict ? "counts only what it issues, so asking "
		       "would send them" : "looks only at opcodes");
		return;
	}
	cmd_bits(r);
	opcodes(r, 0, "every opcode");
	opcodes(r, VSID, "every opcode with the vSID");
	ranges(r, 0x12, "TLBI_NH_VA every TG, TTL, NUM, SCALE");
	ranges(r, 0x13, "TLBI_NH_VAA every TG, TTL, NUM, SCALE");
	sizes(r);
}

int main(int argc, char **argv)
{
	struct smn_plan plan = { .cdev = argv[1], .upto = SMN_UPTO_VDEVICE,
				 .vsid = VSID };
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct run r = { 0 };
	int ret;

	if (argc != 2) {
		fprintf(stderr, "usage: legality CDEV\n");
		return 64;
	}
	ret = smn_session_open(&r.session, &sys);
	if (!ret)
		ret = smn_nest_build(&r.session, &plan, &r.nest);
	if (!ret)
		ret = smn_hw_info_get(&r.session, r.nest.dev.id, &r.info);
	if (ret) {
		printf("Bail out! %s: %s\n", argv[1], strerror(-ret));
		smn_session_close(&r.session);
		return 1;
	}
	ste_bits(&r);
	ste_values(&r);
	commands(&r);
	tap_ok(&r.tap, !smn_session_close(&r.session), "nothing is left");
	return tap_done(&r.tap);
}
