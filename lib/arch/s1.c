// SPDX-License-Identifier: GPL-2.0-or-later
/* Address spaces: stage 1's tables. See s1.h. */
#include <errno.h>
#include <string.h>

#include "arch/s1.h"
#include "arch/ttd.h"

#define MIN_ALIGN 64	/* of a first table that is smaller than a page */

void *smn_arena_take(struct smn_arena *a, size_t size, size_t align,
		     uint64_t *ipa)
{
	uint64_t at = (a->ipa + a->used + align - 1) & ~(uint64_t)(align - 1);
	size_t from = at - a->ipa;

	if (from > a->bytes || size > a->bytes - from)
		return NULL;
	a->used = from + size;
	*ipa = at;
	return a->mem + from;
}

void *smn_arena_at(const struct smn_arena *a, uint64_t ipa, size_t size)
{
	uint64_t from = ipa - a->ipa;

	if (ipa < a->ipa || from > a->bytes || size > a->bytes - from)
		return NULL;
	return a->mem + from;
}

static unsigned int ia_bits(const struct smn_s1 *s1)
{
	return 64 - s1->t0sz;
}

static size_t root_size(const struct smn_s1 *s1)
{
	unsigned int shift = smn_ttd_shift(s1->granule, s1->start);

	return sizeof(uint64_t) << (ia_bits(s1) - shift);
}

int smn_s1_init(struct smn_s1 *s1, struct smn_arena *arena,
		unsigned int granule, unsigned int t0sz)
{
	struct smn_s1 new = { .arena = arena, .granule = granule,
			      .t0sz = t0sz };
	size_t size;

	if ((granule != 12 && granule != 14 && granule != 16) || t0sz < 16 ||
	    t0sz > 39)
		return -EINVAL;
	new.start = smn_ttd_start(granule, ia_bits(&new));
	size = root_size(&new);
	if (!smn_arena_take(arena, size, size < MIN_ALIGN ? MIN_ALIGN : size,
			    &new.root))
		return -ENOSPC;
	*s1 = new;
	return 0;
}

uint64_t smn_s1_size(const struct smn_s1 *s1, int level)
{
	bool block = level == 2 || (level == 1 && s1->granule == 12);

	if ((level != 3 && !block) || level < s1->start)
		return 0;
	return 1ULL << smn_ttd_shift(s1->granule, level);
}

/* The descriptor for @iova in the table of @level at @table. */
static uint64_t *entry(const struct smn_s1 *s1, uint64_t table, int level,
		       uint64_t iova)
{
	uint64_t index = iova >> smn_ttd_shift(s1->granule, level);

	if (level > s1->start)
		index &= (1ULL << smn_ttd_stride(s1->granule)) - 1;
	return smn_arena_at(s1->arena, table + index * sizeof(uint64_t),
			    sizeof(uint64_t));
}

static bool is_table(uint64_t desc, int level)
{
	return level < 3 && smn_ttd_get(desc, SMN_TTD_VALID) &&
		smn_ttd_get(desc, SMN_TTD_TABLE);
}

/* A new table, filled before anything points to it. */
static int add_table(struct smn_s1 *s1, uint64_t *desc)
{
	size_t page = 1ULL << s1->granule;
	uint64_t ipa, new = 0;

	if (!smn_arena_take(s1->arena, page, page, &ipa))
		return -ENOSPC;
	smn_ttd_put(&new, SMN_TTD_VALID, 1);
	smn_ttd_put(&new, SMN_TTD_TABLE, 1);
	smn_ttd_put(&new, SMN_TTD_OA, ipa);
	*(volatile uint64_t *)desc = new;
	return 0;
}

static int make_way(struct smn_s1 *s1, uint64_t iova, int level,
		    uint64_t **desc)
{
	uint64_t table = s1->root;
	int ret;

	for (int l = s1->start; ; l++) {
		*desc = entry(s1, table, l, iova);
		if (!*desc)
			return -EFAULT;
		if (l == level)
			return **desc ? -EEXIST : 0;
		if (!**desc) {
			ret = add_table(s1, *desc);
			if (ret)
				return ret;
		}
		if (!is_table(**desc, l))
			return -EEXIST;
		table = smn_ttd_get(**desc, SMN_TTD_OA);
	}
}

int smn_s1_map(struct smn_s1 *s1, uint64_t iova, uint64_t ipa, int level,
	       const char *attrs, struct smn_why *why)
{
	uint64_t size = smn_s1_size(s1, level), leaf = 0, *desc;
	int ret;

	if (!size || iova >> ia_bits(s1) || ((iova | ipa) & (size - 1)) ||
	    ipa >> 48)
		return -EINVAL;
	ret = smn_layout_parse(&smn_ttd_layout, &leaf, attrs, why);
	if (!ret)
		ret = make_way(s1, iova, level, &desc);
	if (ret)
		return ret;
	smn_ttd_put(&leaf, SMN_TTD_VALID, 1);
	smn_ttd_put(&leaf, SMN_TTD_TABLE, level == 3);
	*(volatile uint64_t *)desc = leaf |
		(ipa & smn_field_mask(&smn_ttd[SMN_TTD_OA]));
	return 0;
}

uint64_t *smn_s1_leaf(const struct smn_s1 *s1, uint64_t iova, int *level)
{
	uint64_t table = s1->root, *desc;

	if (iova >> ia_bits(s1))
		return NULL;
	for (int l = s1->start; ; l++) {
		desc = entry(s1, table, l, iova);
		if (!desc || !is_table(*desc, l)) {
			*level = l;
			return desc;
		}
		table = smn_ttd_get(*desc, SMN_TTD_OA);
	}
}

uint64_t *smn_s1_entry(const struct smn_s1 *s1, uint64_t iova, int level)
{
	uint64_t table = s1->root, *desc;

	if (iova >> ia_bits(s1) || level < s1->start || level > 3)
		return NULL;
	for (int l = s1->start; ; l++) {
		desc = entry(s1, table, l, iova);
		if (!desc || l == level)
			return desc;
		if (!is_table(*desc, l))
			return NULL;
		table = smn_ttd_get(*desc, SMN_TTD_OA);
	}
}
