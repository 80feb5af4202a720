// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which commands the kernel takes from a VM: each field of each command by its
 * bits, each opcode, and how members of a range go together.
 *
 * What may be wrong is sent in front of a command that no kernel takes, so that
 * nothing is issued, and entry_num tells which of the two was refused. Kernels
 * that count what was issued look at a whole batch first: there it goes alone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cases/case.h"

#define NO_OPCODE 0xff
#define VSID 8			/* as the bed's vDEVICE */

static const struct smn_field *sid_of(const struct smn_layout *l)
{
	return smn_layout_field(l, "SID", 3);
}

static bool is_legal(struct trial *t, const struct smn_layout *l,
		     const uint64_t cmd[2])
{
	const struct smn_field *sid = sid_of(l);
	struct smn_violations bad;

	return !smn_rules_cmd(cmd, trial_hw(t)->feats, &bad) &&
		(!sid || smn_field_get(sid, cmd) == VSID);
}

/* Is it taken as it should be? */
static bool attempt(struct trial *t, const uint64_t cmd[2], bool legal)
{
	const uint64_t pair[2][2] = { { cmd[0], cmd[1] }, { NO_OPCODE } };
	bool alone = trial_accounting(t)->counts_issued;
	uint32_t handled;

	if (!trial_inval(t, pair, alone ? 1 : 2, alone && legal ? 0 : -EIO,
			 &handled))
		return false;
	return alone || trial_check(t, handled == legal,
				    "0x%016llx 0x%016llx is %s, and the tables "
				    "say the contrary",
				    (unsigned long long)cmd[0],
				    (unsigned long long)cmd[1],
				    handled ? "taken" : "refused");
}

static void begin(const struct smn_layout *l, uint64_t cmd[2])
{
	const struct smn_field *sid = sid_of(l);

	cmd[0] = l->opcode;
	cmd[1] = 0;
	if (sid)
		smn_field_put(sid, cmd, VSID, NULL);
}

/* These bits one after the other, on top of what is legal without them. */
static void each_bit(struct trial *t, const struct smn_layout *l,
		     unsigned int word, uint64_t bits)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t cmd[2];

		if (!(bits >> bit & 1))
			continue;
		begin(l, cmd);
		cmd[word] ^= 1ULL << bit;
		if (!attempt(t, cmd, is_legal(t, l, cmd)))
			return;
	}
}

/* .number: the field's place, or beyond them all: what no field has */
static void sweep(struct trial *t, const struct test_case *c)
{
	const struct smn_layout *l = c->with;

	if (c->number < l->nfields) {
		const struct smn_field *f = &l->fields[c->number];

		each_bit(t, l, f->word, smn_field_mask(f));
		return;
	}
	for (unsigned int i = 0; i < 2; i++)
		each_bit(t, l, i, ~smn_layout_known(l, i));
}

static void refused(struct trial *t, const struct test_case *c)
{
	const struct smn_layout *l = c->with;
	uint64_t cmd[2];

	begin(l, cmd);
	attempt(t, cmd, false);
}

/* Opcodes that are in no table, each alone: every kernel refuses them. */
static void unknown_opcodes(struct trial *t, const struct test_case *c)
{
	uint32_t handled;

	for (unsigned int op = c->number; op < c->number + 64; op++) {
		const uint64_t cmd[1][2] = { { op } };

		if (smn_cmd_by_opcode(op))
			continue;
		if (!trial_inval(t, cmd, 1, -EIO, &handled) ||
		    !trial_check(t, !handled, "opcode 0x%02x: entry_num is %u",
				 op, handled))
			return;
	}
}

/* TG, TTL, NUM and SCALE: every way they can go together. */
static void ranges(struct trial *t, const struct test_case *c)
{
	static const uint8_t numbers[] = { 0, 1, 31 };
	const struct smn_layout *l = smn_cmd_by_opcode(c->number);
	char text[64];

	for (unsigned int i = 0; i < 4 * 4 * 3 * 3; i++) {
		uint64_t cmd[2];

		snprintf(text, sizeof(text), "TG=%u,TTL=%u,NUM=%u,SCALE=%u",
			 i % 4, i / 4 % 4, numbers[i / 16 % 3],
			 numbers[i / 48]);
		smn_layout_parse(l, cmd, text, NULL);
		if (!attempt(t, cmd, is_legal(t, l, cmd)))
			return;
	}
}

#define TAKEN(name, cmd, ...) \
	LINES(VDEVICE, name, "expect ok entry_num=1\n" \
	      "hwpt-invalidate hwpt_id=viommu cmds=" cmd "\n", __VA_ARGS__)
#define BAD(name, cmd, need) \
	LINES(VDEVICE, name, "expect EIO inval.cmd entry_num=0\n" \
	      "hwpt-invalidate hwpt_id=viommu cmds=" cmd "\n", \
	      .needs = NEED(STRICT) | (need))

static const struct test_case rows[] = {
	REFUSED(VIOMMU, EOPNOTSUPP, "inval.reserved",
		"hwpt-invalidate hwpt_id=viommu __reserved=1 cmds=tlbi-nh-all"),
	REFUSED(VIOMMU, EINVAL, "inval.array",
		"hwpt-invalidate hwpt_id=viommu data_type=ARM_SMMUV3 "
		"entry_num=1"),
	REFUSED(VIOMMU, EINVAL, "inval.long",
		"hwpt-invalidate hwpt_id=viommu entry_len=0x20000 "
		"cmds=tlbi-nh-all",
		.since = 702),
	REFUSED(VIOMMU, EINVAL, "inval.many",
		"hwpt-invalidate hwpt_id=viommu entry_num=0x80001 "
		"cmds=tlbi-nh-all",
		.since = 702),
	REFUSED(VIOMMU, ENOENT, "inval.id",
		"hwpt-invalidate hwpt_id=77 cmds=tlbi-nh-all"),
	REFUSED(S1, EOPNOTSUPP, "inval.nested",
		"hwpt-invalidate hwpt_id=s1 cmds=tlbi-nh-all"),
	REFUSED(VIOMMU, EINVAL, "inval.object",
		"hwpt-invalidate hwpt_id=ioas cmds=tlbi-nh-all"),
	LINES(VIOMMU, "object.s2",
		"expect EINVAL inval.object\n"
		"hwpt-invalidate hwpt_id=s2 cmds=tlbi-nh-all\n"),
	LINES(VDEVICE, "object.vdevice",
		"expect EINVAL inval.object\n"
		"hwpt-invalidate hwpt_id=vdev cmds=tlbi-nh-all\n"),
	LINES(VIOMMU, "object.device",
		"expect EINVAL inval.object\n"
		"hwpt-invalidate hwpt_id=dev cmds=tlbi-nh-all\n"),
	REFUSED(VIOMMU, ENOMEM, "inval.memory",
		"hwpt-invalidate hwpt_id=viommu entry_num=0x80000 "
		"cmds=tlbi-nh-all"),
	REFUSED(VIOMMU, EINVAL, "inval.type",
		"hwpt-invalidate hwpt_id=viommu data_type=2 cmds=tlbi-nh-all"),
	REFUSED(VIOMMU, EINVAL, "inval.empty",
		"hwpt-invalidate hwpt_id=viommu data_type=ARM_SMMUV3 "
		"entry_len=16"),
	REFUSED(VIOMMU, EFAULT, "inval.data",
		"hwpt-invalidate hwpt_id=viommu data_type=ARM_SMMUV3 "
		"entry_len=16 entry_num=1 data_uptr=0x1000"),
	REFUSED(VIOMMU, E2BIG, "inval.tail",
		"hwpt-invalidate hwpt_id=viommu entry_len=24 entry_num=1 "
		"words=0x30,0,1"),
	LINES(VIOMMU, "inval.cmd", "expect EIO inval.cmd\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all,sync\n"),
	LINES(VDEVICE, "inval.vsid", "expect EIO inval.vsid entry_num=0\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=9\n"),
	LINES(VDEVICE, "vsid-of-cd", "expect EIO inval.vsid entry_num=0\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd:SID=0\n"),
	LINES(VIOMMU, "no-vdevice", "expect EIO inval.vsid entry_num=0\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=8\n"),
	LINES(VDEVICE, "vdevice-destroyed", "destroy id=vdev\n"
	      "expect EIO inval.vsid entry_num=0\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=8\n"),
	LINES(VIOMMU, "tlbi-without-vdevice", "expect ok entry_num=1\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-asid:ASID=1\n"),
	LINES(ATTACHED, "attached", "expect ok entry_num=3\n"
	      "hwpt-invalidate hwpt_id=viommu cmds=tlbi-nsnh-all,"
	      "cfgi-cd-all:SID=8,tlbi-nh-asid:ASID=1\n"),

	TAKEN("nsnh-all", "tlbi-nsnh-all"), TAKEN("nh-all", "tlbi-nh-all"),
	TAKEN("nh-all-of-a-vmid", "tlbi-nh-all:VMID=77"),
	TAKEN("nh-asid", "tlbi-nh-asid:ASID=5"),
	TAKEN("nh-asid-of-a-vmid", "tlbi-nh-asid:ASID=5,VMID=77"),
	TAKEN("nh-asid-largest", "tlbi-nh-asid:ASID=0xffff",
	      .needs = NEED(ASID16)),
	TAKEN("nh-va", "tlbi-nh-va:ASID=1,Address=0x1000"),
	TAKEN("nh-va-leaf", "tlbi-nh-va:ASID=1,Address=0x1000,Leaf=1"),
	TAKEN("nh-va-upper", "tlbi-nh-va:ASID=1,Address=0xfffffffffffff000"),
	TAKEN("nh-vaa", "tlbi-nh-vaa:Address=0x1000"),
	TAKEN("cfgi-cd", "cfgi-cd:SID=8"),
	TAKEN("cfgi-cd-leaf", "cfgi-cd:SID=8,Leaf=1"),
	TAKEN("cfgi-cd-all", "cfgi-cd-all:SID=8"),
	BAD("nh-vaa-with-asid", "0x0001000000000013:0x1000", 0),
	BAD("cfgi-cd-ssv", "0x0000000800000805:0x0", 0),
	BAD("cfgi-cd-all-leaf", "0x0000000800000006:0x1", 0),
	BAD("nh-all-word-1", "0x10:0x1", 0),
	BAD("nsnh-all-vmid", "0x100000030:0", 0),
	BAD("cfgi-cd-ssid", "cfgi-cd:SID=8,SSID=1", NEED(NO_SSID)),
	BAD("atc-inv", "atc-inv:SID=8", NEED(NO_ATS)),
	TAKEN("range", "tlbi-nh-va:ASID=1,Address=0x1000,TG=4k,NUM=3,TTL=3",
	      .needs = NEED(RIL)),
	TAKEN("range-scale", "tlbi-nh-va:Address=0x1000,TG=4k,SCALE=31",
	      .needs = NEED(RIL)),
	TAKEN("range-hint", "tlbi-nh-va:Address=0x1000,TG=64k,TTL=3",
	      .needs = NEED(RIL)),
	TAKEN("range-vaa", "tlbi-nh-vaa:Address=0x1000,TG=16k,NUM=1,TTL=2",
	      .needs = NEED(RIL)),
	BAD("range-without-granule", "tlbi-nh-va:Address=0x1000,NUM=1", 0),
	BAD("hint-without-granule", "tlbi-nh-va:Address=0x1000,TTL=3", 0),
	BAD("range-of-nothing", "tlbi-nh-va:Address=0x1000,TG=4k", 0),
	FUNCTION(VDEVICE, "ranges.nh-va", ranges, .number = 0x12,
		 .needs = NEED(STRICT)),
	FUNCTION(VDEVICE, "ranges.nh-vaa", ranges, .number = 0x13,
		 .needs = NEED(STRICT)),
	FUNCTION(VIOMMU, "opcodes.00", unknown_opcodes, .number = 0),
	FUNCTION(VIOMMU, "opcodes.40", unknown_opcodes, .number = 0x40),
	FUNCTION(VIOMMU, "opcodes.80", unknown_opcodes, .number = 0x80),
	FUNCTION(VIOMMU, "opcodes.c0", unknown_opcodes, .number = 0xc0),
};

/* A sweep for each field of what is taken; each of the other commands. */
static bool more(unsigned int i, struct test_case *c)
{
	for (unsigned int k = 0; k < smn_ncmds; k++) {
		const struct smn_layout *l = &smn_cmds[k];
		bool taken = l->fate == SMN_FORWARDED;
		unsigned int n = taken ? l->nfields + 1 : 1;

		if (i >= n) {
			i -= n;
			continue;
		}
		*c = (struct test_case)FUNCTION(VDEVICE, "",
						taken ? sweep : refused,
						.with = l, .number = i,
						.needs = taken ?
						NEED(STRICT) : 0);
		snprintf(c->name, sizeof(c->name), "%s.%s",
			 taken ? "bits" : "opcode", l->name);
		if (taken)
			snprintf(c->name, sizeof(c->name), "bits.%s.%s",
				 l->name, i < l->nfields ? l->fields[i].name :
				 "reserved");
		return true;
	}
	return false;
}

TOPIC(inval, rows, .more = more);
