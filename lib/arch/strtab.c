// SPDX-License-Identifier: GPL-2.0-or-later
/* Stream tables, linear and of two levels. See strtab.h. */
#include <errno.h>
#include <inttypes.h>

#include "arch/strtab.h"

enum { LINEAR, TWO_LEVEL };
enum { STE_BITS = 6, L1STD_BITS = 3 };	/* log2 of their bytes */

static const struct smn_field base_addr =
	SMN_F("ADDR", 0, 55, 6, .addr = true);
static const struct smn_field cfg_fmt = SMN_F("FMT", 0, 17, 16);
static const struct smn_field cfg_split = SMN_F("SPLIT", 0, 10, 6);
static const struct smn_field cfg_log2size = SMN_F("LOG2SIZE", 0, 5, 0);

static uint64_t align_down(uint64_t addr, unsigned int bits)
{
	return addr >> bits << bits;
}

int smn_strtab_init(struct smn_strtab *t, uint64_t base, uint64_t cfg,
		    struct smn_why *why)
{
	uint64_t fmt = smn_field_get(&cfg_fmt, &cfg);
	uint64_t split = smn_field_get(&cfg_split, &cfg);
	unsigned int bits;

	*t = (struct smn_strtab){
		.two_level = fmt == TWO_LEVEL,
		.log2size = smn_field_get(&cfg_log2size, &cfg),
		/* other values act as 6 */
		.split = split == 8 || split == 10 ? split : 6,
	};
	if (fmt > TWO_LEVEL) {
		smn_why_set(why, "STRTAB_BASE_CFG.FMT %" PRIu64 " is reserved",
			    fmt);
		return -EINVAL;
	}
	if (t->log2size > SMN_SID_BITS) {
		smn_why_set(why, "STRTAB_BASE_CFG.LOG2SIZE %u is more than the "
			    "32 bits of a StreamID", t->log2size);
		return -EINVAL;
	}
	/* the SMMU takes address bits below the table's size for 0 */
	bits = t->log2size + STE_BITS;
	if (t->two_level)
		bits = t->log2size > t->split ?
			t->log2size - t->split + L1STD_BITS : 0;
	if (bits < STE_BITS)
		bits = STE_BITS;
	t->base = align_down(smn_field_get(&base_addr, &base), bits);
	return 0;
}

/* The array behind a first-level descriptor, and its entry for @sid. */
static int find_second(const struct smn_strtab *t, const struct smn_memory *m,
		       uint32_t sid, uint64_t *at)
{
	uint32_t low = sid & ((1u << t->split) - 1);
	uint64_t l1std, span;
	int ret;

	*at = t->base + ((uint64_t)(sid >> t->split) << L1STD_BITS);
	ret = smn_memory_read(m, *at, &l1std, sizeof(l1std));
	if (ret)
		return ret;
	span = smn_field_get(&smn_l1std.fields[0], &l1std);
	/* reserved values, and those above SPLIT + 1, are as 0: no array */
	if (!span || span > t->split + 1u || low >> (span - 1))
		return -ERANGE;
	*at = align_down(smn_field_get(&smn_l1std.fields[1], &l1std),
			 span - 1 + STE_BITS);
	*at += (uint64_t)low << STE_BITS;
	return 0;
}

int smn_strtab_read(const struct smn_strtab *t, const struct smn_memory *m,
		    uint32_t sid, uint64_t *ste, unsigned int words,
		    uint64_t *at)
{
	int ret = 0;

	*at = t->base + ((uint64_t)sid << STE_BITS);
	if ((uint64_t)sid >> t->log2size)
		return -ERANGE;
	if (t->two_level)
		ret = find_second(t, m, sid, at);
	if (ret)
		return ret;
	return smn_memory_read(m, *at, ste, words * sizeof(*ste));
}
