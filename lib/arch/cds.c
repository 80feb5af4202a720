// SPDX-License-Identifier: GPL-2.0-or-later
/* Context Descriptors in a VM's memory, IHI 0070 5.4 and 3.3.2. See s1.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arch/s1.h"

#define CD_BYTES 64
#define L1_BYTES 8

static const struct {
	uint8_t split;		/* log2 of the CDs in a leaf table; 0: linear */
} formats[] = { { 0 }, { 6 }, { 10 } };

static size_t leaf_bytes(const struct smn_cds *cds)
{
	return (size_t)CD_BYTES << formats[cds->s1fmt].split;
}

int smn_cds_init(struct smn_cds *cds, struct smn_arena *arena,
		 unsigned int s1fmt, unsigned int s1cdmax)
{
	struct smn_cds new = { .arena = arena, .s1fmt = s1fmt,
			       .s1cdmax = s1cdmax };
	unsigned int split;
	size_t size;

	if (s1fmt >= SMN_ARRAY_SIZE(formats) || s1cdmax > 20 ||
	    (s1fmt && !s1cdmax))
		return -EINVAL;
	split = formats[s1fmt].split;
	if (!split)
		size = (size_t)CD_BYTES << s1cdmax;
	else
		size = L1_BYTES << (s1cdmax > split ? s1cdmax - split : 0);
	if (!smn_arena_take(arena, size, size < CD_BYTES ? CD_BYTES : size,
			    &new.ipa))
		return -ENOSPC;
	*cds = new;
	return 0;
}

static uint64_t l1_get(const uint64_t *l1, const char *name)
{
	return smn_field_get(smn_layout_field(&smn_l1cd, name, strlen(name)),
			     l1);
}

static uint64_t *l1_of(const struct smn_cds *cds, uint32_t ssid)
{
	uint64_t at = cds->ipa + L1_BYTES *
		(uint64_t)(ssid >> formats[cds->s1fmt].split);

	return smn_arena_at(cds->arena, at, L1_BYTES);
}

uint64_t *smn_cds_at(const struct smn_cds *cds, uint32_t ssid)
{
	unsigned int split = formats[cds->s1fmt].split;
	uint64_t table = cds->ipa, *l1;

	if (ssid >> cds->s1cdmax)
		return NULL;
	if (split) {
		l1 = l1_of(cds, ssid);
		if (!l1_get(l1, "V"))
			return NULL;
		table = l1_get(l1, "L2Ptr");
		ssid &= (1u << split) - 1;
	}
	return smn_arena_at(cds->arena, table + CD_BYTES * (uint64_t)ssid,
			    CD_BYTES);
}

static int add_leaf(struct smn_cds *cds, uint32_t ssid)
{
	size_t size = leaf_bytes(cds);
	uint64_t ipa, l1 = 0;
	char list[64];

	if (!smn_arena_take(cds->arena, size, size, &ipa))
		return -ENOSPC;
	snprintf(list, sizeof(list), "V=1,L2Ptr=0x%" PRIx64, ipa);
	smn_layout_parse(&smn_l1cd, &l1, list, NULL);
	*(volatile uint64_t *)l1_of(cds, ssid) = l1;
	return 0;
}

static const char *const tg0[] = { [12] = "4k", [14] = "16k", [16] = "64k" };

/* What every CD here has, whose MAIR makes attribute 0 write-back, 1 device */
static int usual(uint64_t cd[8], const struct smn_s1 *s1)
{
	char list[256];

	snprintf(list, sizeof(list),
		 "V=1,AA64=1,A=1,R=1,ASET=1,EPD1=1,IPS=48,T0SZ=%u,TG0=%s,"
		 "IR0=wbwa,OR0=wbwa,SH0=ish,TTB0=0x%" PRIx64 ",MAIR0=0x04ff",
		 s1->t0sz, tg0[s1->granule], s1->root);
	return smn_layout_parse(&smn_cd, cd, list, NULL);
}

/* Lay @fields over @cd: what they name is replaced, the rest stays. */
static int overlay(uint64_t cd[8], const char *fields, struct smn_why *why)
{
	char one[64];

	while (*fields) {
		size_t n = strcspn(fields, ",");
		int ret;

		if (n >= sizeof(one))
			return -EINVAL;
		memcpy(one, fields, n);
		one[n] = '\0';
		ret = smn_layout_assign(&smn_cd, cd, one, why);
		if (ret)
			return ret;
		fields += n + (fields[n] == ',');
	}
	return 0;
}

int smn_cds_set(struct smn_cds *cds, uint32_t ssid, const struct smn_s1 *s1,
		const char *fields, struct smn_why *why)
{
	uint64_t new[8] = { 0 };
	volatile uint64_t *cd;
	int ret;

	if (ssid >> cds->s1cdmax)
		return -EINVAL;
	ret = usual(new, s1);
	if (!ret)
		ret = overlay(new, fields, why);
	if (!ret && !smn_cds_at(cds, ssid))
		ret = add_leaf(cds, ssid);
	if (ret)
		return ret;
	/* the word with V last */
	cd = smn_cds_at(cds, ssid);
	for (unsigned int i = 8; i--;)
		cd[i] = new[i];
	return 0;
}

void smn_cds_ste(const struct smn_cds *cds, uint64_t ste[2])
{
	const struct {
		const char *name;
		uint64_t value;
	} set[] = { { "S1Fmt", cds->s1fmt }, { "S1CDMax", cds->s1cdmax },
		    { "S1ContextPtr", cds->ipa } };

	for (size_t i = 0; i < SMN_ARRAY_SIZE(set); i++)
		smn_field_put(smn_layout_field(&smn_vste, set[i].name,
					       strlen(set[i].name)),
			      ste, set[i].value, NULL);
}
