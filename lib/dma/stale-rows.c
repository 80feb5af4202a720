// SPDX-License-Identifier: GPL-2.0-or-later
/* What is made stale, and the command that names it. See stale.h. */
#include "dma/stale-rows.h"
#include "dma/stale.h"

enum {
	AT = SMN_STALE_AT,
	TG = SMN_STALE_TG,
	SID = SMN_STALE_SID,
	ASID = SMN_STALE_ASID,
};

#define OTHER_ASID "tlbi-nh-asid:ASID=2"

const struct smn_stale_row smn_stale_rows[] = {
	{ "nh-va-leaf", "TLBI_NH_VA, a page", "tlbi-nh-va", "Leaf=1",
	  OTHER_ASID, .with = AT | ASID, .pages = 1, .beside = 2,
	  .basic = true },
	{ "nh-va-table", "TLBI_NH_VA without Leaf, the table above the page",
	  "tlbi-nh-va", "Leaf=0", OTHER_ASID, .with = AT | ASID,
	  .change = SMN_STALE_TABLE, .pages = 1,
	  .basic = true },
	{ "nh-vaa-leaf", "TLBI_NH_VAA, a page", "tlbi-nh-vaa", "Leaf=1", NULL,
	  .with = AT, .pages = 1, .beside = 2,
	  .basic = true },
	{ "nh-vaa-table", "TLBI_NH_VAA without Leaf, the table above the page",
	  "tlbi-nh-vaa", "Leaf=0", NULL, .with = AT, .change = SMN_STALE_TABLE,
	  .pages = 1 },
	{ "nh-asid", "TLBI_NH_ASID", "tlbi-nh-asid", "", OTHER_ASID,
	  .with = ASID, .pages = 2,
	  .basic = true },
	{ "nh-all", "TLBI_NH_ALL", "tlbi-nh-all", "", OTHER_ASID, .pages = 2,
	  .basic = true },
	{ "nsnh-all", "TLBI_NSNH_ALL", "tlbi-nsnh-all", "", OTHER_ASID,
	  .pages = 2,
	  .basic = true },
	{ "range-num", "a range by NUM: 4 pages", "tlbi-nh-va", "Leaf=1,NUM=3",
	  NULL, .with = AT | ASID | TG, .pages = 4, .beside = 4,
	  .range = true },
	{ "range-scale", "a range by SCALE: 2 times 2^1 pages", "tlbi-nh-va",
	  "Leaf=1,NUM=1,SCALE=1", NULL, .with = AT | ASID | TG, .pages = 4,
	  .beside = 4, .range = true },
	{ "range-ttl", "a page with TTL", "tlbi-nh-va", "Leaf=1,TTL=3", NULL,
	  .with = AT | ASID | TG, .pages = 1, .beside = 1, .range = true },
	{ "range-num-ttl", "a range by NUM, with TTL", "tlbi-nh-va",
	  "Leaf=1,NUM=7,TTL=3", NULL, .with = AT | ASID | TG, .pages = 8,
	  .beside = 8, .range = true },
	{ "range-vaa", "a range of TLBI_NH_VAA", "tlbi-nh-vaa", "Leaf=1,NUM=3",
	  NULL, .with = AT | TG, .pages = 4, .beside = 4, .range = true },
	{ "range-table", "a range without Leaf, the table above it",
	  "tlbi-nh-va", "Leaf=0,NUM=3", NULL, .with = AT | ASID | TG,
	  .change = SMN_STALE_TABLE, .pages = 4, .range = true },
	{ "block", "TLBI_NH_VA of an address within a block", "tlbi-nh-va",
	  "Leaf=1", OTHER_ASID, .with = AT | ASID, .change = SMN_STALE_BLOCK,
	  .pages = 1 },
	{ "block-ttl", "a block with TTL", "tlbi-nh-va", "Leaf=1,TTL=2", NULL,
	  .with = AT | ASID | TG, .change = SMN_STALE_BLOCK, .pages = 1,
	  .range = true },
	{ "block-range", "a block as a range of 2^9 pages", "tlbi-nh-va",
	  "Leaf=1,NUM=1,SCALE=8", NULL, .with = AT | ASID | TG,
	  .change = SMN_STALE_BLOCK, .pages = 1, .range = true },
	{ "cfgi-cd", "CFGI_CD", "cfgi-cd", "Leaf=1", NULL, .with = SID,
	  .change = SMN_STALE_CD, .pages = 1,
	  .basic = true },
	{ "cfgi-cd-all", "CFGI_CD_ALL", "cfgi-cd-all", "", NULL, .with = SID,
	  .change = SMN_STALE_CD, .pages = 1,
	  .basic = true },
	{ "other-asid", "TLBI_NH_ASID of another ASID leaves it alone",
	  "tlbi-nh-asid", "ASID=2", NULL, .pages = 1, .keeps = true },
	{ "other-page", "TLBI_NH_VA of the page after leaves it alone",
	  "tlbi-nh-va", "Leaf=1", NULL, .with = AT | ASID, .shift = 1,
	  .pages = 1, .keeps = true },
	{ "same-s2-va", "TLBI_NH_VA through a second vIOMMU of the same S2",
	  "tlbi-nh-va", "Leaf=1", NULL, .with = AT | ASID, .via = SMN_VIA_SAME,
	  .pages = 1, .beside = 2 },
	{ "same-s2-all", "TLBI_NH_ALL through a second vIOMMU of the same S2",
	  "tlbi-nh-all", "", NULL, .via = SMN_VIA_SAME, .pages = 3 },
	{ "other-vm-va", "another VM's TLBI_NH_VA leaves it alone",
	  "tlbi-nh-va", "Leaf=1", NULL, .with = AT | ASID,
	  .via = SMN_VIA_FOREIGN, .pages = 1, .keeps = true },
	{ "other-vm-asid", "another VM's TLBI_NH_ASID leaves it alone",
	  "tlbi-nh-asid", "", NULL, .with = ASID, .via = SMN_VIA_FOREIGN,
	  .pages = 1, .keeps = true },
	{ "other-vm-all", "another VM's TLBI_NSNH_ALL leaves it alone",
	  "tlbi-nsnh-all", "", NULL, .via = SMN_VIA_FOREIGN, .pages = 1,
	  .keeps = true },
	{ "two-devices", "one TLBI_NH_VA for two devices on one S2",
	  "tlbi-nh-va", "Leaf=1", OTHER_ASID, .with = AT | ASID, .pages = 1,
	  .beside = 2, .pair = true },
};

#define X(id, name) [SMN_STALE_##id] = name,
static const char *const ends[SMN_NSTALE_ENDS] = { SMN_STALE_ENDS(X) };
#undef X

const char *smn_stale_end_name(enum smn_stale_end end)
{
	return ends[end];
}

unsigned int smn_stale_cases(void)
{
	return SMN_ARRAY_SIZE(smn_stale_rows);
}

const char *smn_stale_name(unsigned int n)
{
	return n < SMN_ARRAY_SIZE(smn_stale_rows) ? smn_stale_rows[n].name :
						    NULL;
}

const char *smn_stale_doc(unsigned int n)
{
	return n < SMN_ARRAY_SIZE(smn_stale_rows) ? smn_stale_rows[n].doc :
						    NULL;
}

bool smn_stale_basic(unsigned int n)
{
	return smn_stale_rows[n].basic;
}

bool smn_stale_range(unsigned int n)
{
	return smn_stale_rows[n].range;
}

bool smn_stale_pair(unsigned int n)
{
	return smn_stale_rows[n].pair;
}
