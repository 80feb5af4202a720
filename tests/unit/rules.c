// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the tables say the kernel accepts, against the masks of the 7.3 driver
 * (arm-smmu-v3.h, STRTAB_STE_n_NESTING_ALLOWED; arm_vsmmu_validate_user_cmd()),
 * written out here so that a slip in a row cannot hide.
 */
#include <errno.h>
#include <inttypes.h>

#include "abi/rules.h"
#include "tap.h"

#define FEAT(f) (1u << SMN_FEAT_##f)

static void masks(struct tap *t)
{
	static const struct {
		uint8_t opcode;
		smn_feats feats;
		uint64_t w0, w1;
	} rows[] = {
		{ 0x30, SMN_FEATS_ALL, 0xff, 0 },
		{ 0x10, SMN_FEATS_ALL, 0x0000ffff000000ff, 0 },
		{ 0x11, FEAT(ASID16), 0xffffffff000000ff, 0 },
		{ 0x11, 0, 0x00ffffff000000ff, 0 },
		{ 0x12, FEAT(ASID16), 0xffffffff000000ff, 0xfffffffffffff001 },
		{ 0x12, FEAT(ASID16) | FEAT(RIL), 0xffffffff01f1f0ff,
		  0xffffffffffffff01 },
		{ 0x12, FEAT(RIL) | FEAT(DS), 0x00ffffff03f1f0ff,
		  0xffffffffffffff01 },
		{ 0x13, 0, 0x0000ffff000000ff, 0xfffffffffffff001 },
		{ 0x13, FEAT(RIL), 0x0000ffff01f1f0ff, 0xffffffffffffff01 },
		{ 0x40, FEAT(ATS), 0xffffffff000000ff, 0xfffffffffffff03f },
		{ 0x40, FEAT(ATS) | FEAT(SSID), 0xfffffffffffffaff,
		  0xfffffffffffff03f },
		{ 0x05, 0, 0xffffffff000000ff, 1 },
		{ 0x05, FEAT(SSID), 0xfffffffffffff0ff, 1 },
		{ 0x06, SMN_FEATS_ALL, 0xffffffff000000ff, 0 },
	};

	tap_ok(t, smn_rules_allowed(&smn_vste, 0, 0) == 0xf80fffffffffffff &&
	       smn_rules_allowed(&smn_vste, 1, 0) == 0x00000000380000ff,
	       "STE: the user's bits are the driver's");
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		const struct smn_layout *l = smn_cmd_by_opcode(rows[i].opcode);

		tap_ok(t, l && smn_rules_allowed(l, 0, rows[i].feats) ==
		       rows[i].w0 && smn_rules_allowed(l, 1, rows[i].feats) ==
		       rows[i].w1, "opcode 0x%02x with features 0x%x: the "
		       "user's bits are the driver's", rows[i].opcode,
		       rows[i].feats);
	}
}

/* The emulated SMMU's registers, as QEMU 10 has them, down to the masks. */
static void qemu_masks(struct tap *t)
{
	static const uint32_t regs[SMN_NREGS] = {
		0x0d44101b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1,
	};
	static const struct {
		uint8_t opcode;
		uint64_t w0, w1;
	} rows[] = {
		{ 0x05, 0xffffffff000000ff, 0x1 },
		{ 0x06, 0xffffffff000000ff, 0 },
		{ 0x10, 0x0000ffff000000ff, 0 },
		{ 0x11, 0xffffffff000000ff, 0 },
		{ 0x12, 0xffffffff01f1f0ff, 0xffffffffffffff01 },
		{ 0x13, 0x0000ffff01f1f0ff, 0xffffffffffffff01 },
		{ 0x30, 0xff, 0 },
		{ 0x40, 0xffffffff000000ff, 0xfffffffffffff03f },
	};
	smn_feats feats = smn_feats_of(regs);
	const struct smn_layout *l;
	unsigned int forwarded = 0;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		l = smn_cmd_by_opcode(rows[i].opcode);
		tap_ok(t, smn_rules_allowed(l, 0, feats) == rows[i].w0 &&
		       smn_rules_allowed(l, 1, feats) == rows[i].w1,
		       "QEMU, %s: the user's bits are the driver's", l->name);
	}
	for (unsigned int i = 0; i < smn_ncmds; i++)
		forwarded += smn_cmds[i].fate == SMN_FORWARDED;
	tap_ok(t, forwarded == SMN_ARRAY_SIZE(rows),
	       "no other command is forwarded");
}

/* Every single bit outside the mask must be refused, with a reason. */
static void single_bits(struct tap *t)
{
	struct smn_violations bad;
	unsigned int wrong = 0;

	for (unsigned int bit = 0; bit < 128; bit++) {
		uint64_t ste[2] = { 0xb, 0 };
		uint64_t allowed = smn_rules_allowed(&smn_vste, bit / 64, 0);

		ste[bit / 64] |= 1ULL << bit % 64;
		if (!(allowed >> bit % 64 & 1))
			wrong += smn_rules_vste(ste, 0, &bad) != -EIO ||
				!bad.n || !bad.v[0].why.text[0];
	}
	tap_ok(t, !wrong, "STE: every other bit is refused with a reason");
}

static void stes(struct tap *t)
{
	static const struct {
		uint64_t w0, w1;
		int ret;
		const char *what;
	} rows[] = {
		{ 0x4000100b, 0, 0, "Cfg=s1" },
		{ 0x1, 0, 0, "Cfg=abort" },
		{ 0x9, 0, 0, "Cfg=bypass" },
		{ 0xd, 0, -EIO, "Cfg=s2" },
		{ 0xf, 0, -EIO, "Cfg=nested" },
		{ 0x3, 0, -EIO, "Cfg=1" },
		{ 0xfffffffffffffffe, ~0ULL, 0, "V=0 and garbage" },
		{ 0xb, 1ULL << 28, 0, "EATS=full" },
		{ 0xb, 2ULL << 28, -EIO, "EATS=split" },
		{ 0xb, 1ULL << 19, -EIO, "MEV" },
		{ 0xb | 1ULL << 58, 0, -EIO, "a reserved bit" },
		{ 0xb | 3ULL << 4, 3, 0, "S1Fmt=3, S1DSS=3: not judged" },
	};
	struct smn_violations bad;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		const uint64_t ste[2] = { rows[i].w0, rows[i].w1 };
		int ret = smn_rules_vste(ste, 0, &bad);

		tap_ok(t, ret == rows[i].ret && !ret == !bad.n, "STE: %s",
		       rows[i].what);
	}
}

static void cmds(struct tap *t)
{
	static const struct {
		const char *text;
		smn_feats feats;
		int ret;
	} rows[] = {
		{ "tlbi-nh-va:TG=0,NUM=1", FEAT(RIL), -EIO },
		{ "tlbi-nh-va:TG=1", FEAT(RIL), -EIO },
		{ "tlbi-nh-va:TG=1,TTL=3", FEAT(RIL), 0 },
		{ "tlbi-nh-va:TG=1,TTL=3", 0, -EIO },
		{ "tlbi-nh-va:TG=16k,TTL=1", FEAT(RIL), -EIO },
		{ "tlbi-nh-va:TG=16k,TTL=1", FEAT(RIL) | FEAT(DS), 0 },
		{ "tlbi-nh-va:TG=1,SCALE=31", FEAT(RIL), 0 },
		{ "tlbi-nh-va:TG=1,SCALE=32", FEAT(RIL), -EIO },
		{ "tlbi-nh-va:TG=1,SCALE=32", FEAT(RIL) | FEAT(DS), 0 },
		{ "tlbi-nh-va:TG=0", FEAT(RIL), 0 },
		{ "tlbi-nh-asid:ASID=256", 0, -EIO },
		{ "tlbi-nh-asid:ASID=256", FEAT(ASID16), 0 },
		{ "tlbi-nh-asid:VMID=7", 0, 0 },
		{ "cfgi-cd:SID=1,SSV=1", FEAT(SSID), -ENOENT },
		{ "cfgi-cd:SID=1,SSID=1", 0, -EIO },
		{ "cfgi-cd:SID=1,SSID=1", FEAT(SSID), 0 },
		{ "cfgi-cd-all:SID=1,SSec=1", SMN_FEATS_ALL, -EIO },
		{ "atc-inv:SID=1,Size=all", FEAT(ATS), 0 },
		{ "atc-inv:SID=1,Size=53", FEAT(ATS), -EIO },
		{ "atc-inv:SID=1", 0, -EIO },
	};
	static const uint64_t sync[2] = { 0x46, 0 };
	struct smn_violations bad;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		uint64_t cmd[2];
		int ret = smn_cmd_parse(rows[i].text, cmd, NULL);

		if (!ret)
			ret = smn_rules_cmd(cmd, rows[i].feats, &bad);
		tap_ok(t, ret == rows[i].ret, "%s with features 0x%x",
		       rows[i].text, rows[i].feats);
	}
	tap_ok(t, smn_rules_cmd(sync, SMN_FEATS_ALL, &bad) == -EIO,
	       "CMD_SYNC is not forwarded");
}

static uint64_t random_word(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Few bits are set, so that many a word is legal. */
static uint64_t few_bits(uint64_t *x)
{
	uint64_t bits = ~0ULL;

	for (unsigned int i = 0; i < 4; i++)
		bits &= random_word(x);
	return bits;
}

/* What is made ready answers as what gives reasons, whatever the features. */
static void ready(struct tap *t)
{
	unsigned int differ = 0, stes = 0, cmds = 0;
	struct smn_violations bad;
	struct smn_rules rules;
	uint64_t x = 1;

	for (smn_feats feats = 0; feats <= SMN_FEATS_ALL; feats++) {
		smn_rules_init(&rules, feats);
		for (unsigned int i = 0; i < 10000; i++) {
			uint64_t words[2] = { few_bits(&x),
					      few_bits(&x) & few_bits(&x) };
			bool ok = smn_rules_vste_ok(&rules, words);

			stes += ok && words[0] & 1;
			differ += ok == !!smn_rules_vste(words, feats, &bad);
			words[0] = (words[0] & ~0x7fULL) | i % 0x47;
			ok = smn_rules_cmd_ok(&rules, words);
			cmds += ok;
			differ += ok == !!smn_rules_cmd(words, feats, &bad);
		}
	}
	tap_ok(t, !differ, "ready rules answer as the others: %u differ",
	       differ);
	tap_ok(t, stes > 1000 && cmds > 1000,
	       "%u of the STEs and %u of the commands were legal", stes, cmds);
}

int main(void)
{
	struct tap t = { 0 };

	masks(&t);
	qemu_masks(&t);
	single_bits(&t);
	stes(&t);
	cmds(&t);
	ready(&t);
	return tap_done(&t);
}
