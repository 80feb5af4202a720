// SPDX-License-Identifier: GPL-2.0-or-later
/* What a cache still knows, and must not know any more. See stale.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arch/ttd.h"
#include "dma/stale-rows.h"
#include "dma/stale.h"

#define MAPPED 9 /* pages of the field, all of them to A */

/* --- addresses --- */

static uint64_t base_of(const struct smn_stale *st,
			const struct smn_stale_row *row)
{
	const struct smn_bed *bed = st->bed;
	const struct smn_piece *a = &bed->at[SMN_PLACE_A];

	if (row->change != SMN_STALE_BLOCK)
		return bed->field;
	return bed->field + SMN_BED_BLOCK + (a->ipa & (SMN_BED_BLOCK - 1));
}

/* The tables' granule is the only one whose blocks are SMN_BED_BLOCK. */
static bool has_blocks(const struct smn_stale *st)
{
	return smn_s1_size(&st->bed->s1, 2) == SMN_BED_BLOCK;
}

/* The first and the last page that are named, and the one that is not. */
static unsigned int addresses(const struct smn_stale *st,
			      const struct smn_stale_row *row, uint64_t at[3])
{
	uint64_t base = base_of(st, row), page = st->bed->page;
	unsigned int n = 0;

	at[n++] = base;
	if (row->pages > 1)
		at[n++] = base + (row->pages - 1) * page;
	if (row->beside)
		at[n] = base + row->beside * page;
	return n;
}

/* --- commands --- */

static int tell(struct smn_stale *st, enum smn_stale_via via, const char *text)
{
	const uint32_t through[] = {
		[SMN_VIA_OWN] = st->bed->nest.viommu,
		[SMN_VIA_SAME] = st->same,
		[SMN_VIA_FOREIGN] = st->foreign,
	};
	/* the erratum that wants each command again, as in bed.c */
	unsigned int times = st->bed->hw.flags & 1 ? 2 : 1;
	uint64_t cmd[1][2] = { { 0 } };
	uint32_t handled;
	int ret = smn_cmd_parse(text, cmd[0], NULL);

	__sync_synchronize();
	while (!ret && times--)
		ret = smn_hwpt_invalidate(st->bed->s, through[via],
					  (const uint64_t(*)[2])cmd, 1,
					  &handled);
	return ret;
}

static void add(char *text, size_t size, const char *name, uint64_t value)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s%s=0x%" PRIx64,
		 strchr(text, ':') ? "," : ":", name, value);
}

static int send_row(struct smn_stale *st, const struct smn_stale_row *row)
{
	static const uint8_t tg[] = { [12] = 1, [14] = 2, [16] = 3 };
	const struct smn_bed *bed = st->bed;
	char text[160];

	snprintf(text, sizeof(text), "%s%s%s", row->op,
		 row->fields[0] ? ":" : "", row->fields);
	if (row->with & SMN_STALE_AT)
		add(text, sizeof(text), "Address",
		    (base_of(st, row) & ~(bed->page - 1)) +
			    row->shift * bed->page);
	if (row->with & SMN_STALE_ASID)
		add(text, sizeof(text), "ASID", SMN_BED_ASID);
	if (row->with & SMN_STALE_TG)
		add(text, sizeof(text), "TG", tg[bed->s1.granule]);
	if (row->with & SMN_STALE_SID)
		add(text, sizeof(text), "SID", bed->setup.plan.vsid);
	return tell(st, row->via, text);
}

static int send_all(struct smn_stale *st)
{
	char text[48];
	int ret = smn_bed_announce(st->bed);

	snprintf(text, sizeof(text), "cfgi-cd-all:SID=0x%" PRIx64, st->vsid);
	if (!ret && st->pair)
		ret = tell(st, SMN_VIA_OWN, text);
	return ret ? ret : tell(st, SMN_VIA_OWN, "tlbi-nh-all");
}

/* --- tables --- */

static int map_work(struct smn_s1 *s1, const struct smn_piece *p)
{
	uint64_t step = 1ULL << s1->granule;
	int ret = 0;

	for (uint64_t at = 0; !ret && at < p->bytes; at += step)
		ret = smn_s1_map(s1, p->ipa + at, p->ipa + at, 3, SMN_S1_USUAL,
				 NULL);
	return ret;
}

/* What the case takes away, there again: pages, or the block, lead to A. */
static int map_field(struct smn_stale *st, const struct smn_stale_row *row)
{
	struct smn_bed *bed = st->bed;
	uint64_t a = bed->at[SMN_PLACE_A].ipa;
	uint64_t step = 1ULL << bed->s1.granule;
	int ret = 0;

	if (row->change == SMN_STALE_BLOCK)
		return smn_s1_map(&bed->s1, bed->field + SMN_BED_BLOCK,
				  a & ~(uint64_t)(SMN_BED_BLOCK - 1), 2,
				  SMN_S1_USUAL, NULL);
	for (uint64_t i = 0; !ret && i < MAPPED; i++)
		for (uint64_t at = 0; !ret && at < bed->page; at += step)
			ret = smn_s1_map(&bed->s1,
					 bed->field + i * bed->page + at,
					 a + at, 3, SMN_S1_USUAL, NULL);
	return ret;
}

static void set(volatile uint64_t *word, uint64_t value)
{
	if (word)
		*word = value;
	__sync_synchronize();
}

static void clear_field(struct smn_stale *st, const struct smn_stale_row *row)
{
	struct smn_bed *bed = st->bed;
	uint64_t step = 1ULL << bed->s1.granule;

	if (row->change == SMN_STALE_BLOCK) {
		set(smn_s1_entry(&bed->s1, bed->field + SMN_BED_BLOCK, 2), 0);
		return;
	}
	for (uint64_t at = 0; at < MAPPED * bed->page; at += step)
		set(smn_s1_entry(&bed->s1, bed->field + at, 3), 0);
}

/* The word that the case changes at once; NULL for pages. */
static uint64_t *word_of(struct smn_stale *st, const struct smn_stale_row *row)
{
	const struct smn_field *ttb = smn_layout_field(&smn_cd, "TTB0", 4);

	if (row->change == SMN_STALE_TABLE)
		return smn_s1_entry(&st->bed->s1, st->bed->field, 2);
	if (row->change == SMN_STALE_CD)
		return smn_cds_at(&st->bed->cds, 0) + ttb->word;
	return NULL;
}

static uint64_t changed(struct smn_stale *st, const struct smn_stale_row *row,
			uint64_t word)
{
	const struct smn_field *ttb = smn_layout_field(&smn_cd, "TTB0", 4);

	if (row->change != SMN_STALE_CD)
		return 0;
	return (word & ~smn_field_mask(ttb)) | st->other.root;
}

/* --- looking --- */

static int arrives(struct smn_stale *st, struct smn_dma *dma, uint64_t iova,
		   bool *there)
{
	void *page = st->bed->at[SMN_PLACE_A].mem;
	int ret = smn_vevents_drain(&st->bed->events, 0);

	if (ret < 0)
		return ret;
	memset(page, 0, SMN_DMA_PAGE);
	st->tag = st->tag % 0x7fff + 1;
	ret = smn_dma_write(dma, iova, st->tag);
	*there = smn_dma_wrote(dma, page, st->tag);
	return ret == -EIO ? 0 : ret;
}

/* At how many of @n addresses, from each device that looks, A is reached. */
static int look(struct smn_stale *st, const struct smn_stale_row *row,
		const uint64_t *at, unsigned int n, unsigned int *found)
{
	struct smn_dma *dmas[] = { &st->bed->dma, &st->dma };
	bool there;
	int ret = 0;

	*found = 0;
	for (unsigned int i = 0; !ret && i < n; i++)
		for (int d = 0; !ret && d <= row->pair; d++) {
			ret = arrives(st, dmas[d], at[i], &there);
			*found += !ret && there;
		}
	return ret;
}

/* --- a case --- */

static void judge(const struct smn_stale_row *row, struct smn_stale_result *r)
{
	r->end = SMN_STALE_PASS;
	if (row->keeps && r->lived && r->left < r->lived) {
		r->end = SMN_STALE_UNSEEN;
		smn_why_set(&r->why,
			    "it was stale before and is not after "
			    "the command: an SMMU may forget, but this one "
			    "should not have been reached");
	} else if (!row->keeps && r->left) {
		r->end = SMN_STALE_FAIL;
		smn_why_set(&r->why,
			    "%u of %u translations are still used "
			    "after the command that names them",
			    r->left, r->looked);
	} else if (!r->lived) {
		r->end = SMN_STALE_UNSEEN;
		smn_why_set(&r->why, "nothing was stale before the command");
	} else if (row->keeps) {
		smn_why_set(&r->why, "%u of %u were stale, and were left so",
			    r->left, r->looked);
	} else {
		smn_why_set(&r->why, "%u of %u were stale, and went", r->lived,
			    r->looked);
	}
}

/* Change, look, tell something else, look, tell, look. */
static int changes(struct smn_stale *st, const struct smn_stale_row *row,
		   const uint64_t at[3], unsigned int n,
		   struct smn_stale_result *r)
{
	/* what the CD leads to is cached by itself */
	bool tlb = row->change == SMN_STALE_CD;
	int ret = tlb ? tell(st, SMN_VIA_OWN, "tlbi-nh-all") : 0;

	if (!ret)
		ret = look(st, row, at, n, &r->lived);
	if (!ret && row->near)
		ret = tell(st, SMN_VIA_OWN, row->near);
	if (!ret && row->near)
		ret = look(st, row, at, n, &r->spared);
	if (!ret)
		ret = send_row(st, row);
	if (!ret && tlb)
		ret = tell(st, SMN_VIA_OWN, "tlbi-nh-all");
	if (!ret)
		ret = look(st, row, at, n, &r->left);
	if (!ret && row->beside)
		ret = look(st, row, at + n, 1, &r->beside);
	return ret;
}

/* That it is not the device, or the tables: before, and again afterwards. */
static int all_arrive(struct smn_stale *st, const struct smn_stale_row *row,
		      const uint64_t *at, unsigned int n, const char *when,
		      struct smn_stale_result *r)
{
	unsigned int found, all = n * (1 + row->pair);
	int ret = look(st, row, at, n, &found);

	if (!ret && found != all && r->end != SMN_STALE_FAIL) {
		r->end = SMN_STALE_FAIL;
		smn_why_set(&r->why, "%s, %u of %u transfers arrive", when,
			    found, all);
	}
	return ret;
}

static int try(struct smn_stale *st, const struct smn_stale_row *row,
	       struct smn_stale_result *r)
{
	uint64_t at[3], old = 0, *word;
	unsigned int n = addresses(st, row, at);
	int ret = map_field(st, row);

	r->looked = n * (1 + row->pair);
	if (!ret)
		ret = send_all(st);
	if (!ret)
		ret = all_arrive(st, row, at, n + !!row->beside,
				 "before anything is changed", r);
	if (ret || r->end == SMN_STALE_FAIL)
		goto out;
	word = word_of(st, row);
	if (word) {
		old = *word;
		set(word, changed(st, row, old));
	} else {
		clear_field(st, row);
	}
	ret = changes(st, row, at, n, r);
	if (!ret)
		judge(row, r);
	set(word, old);
	if (!ret && !word)
		ret = map_field(st, row);
	if (!ret)
		ret = send_all(st);
	if (!ret)
		ret = all_arrive(st, row, at, 1, "mapped again", r);
out:
	clear_field(st, row);
	return ret ? ret : send_all(st);
}

static bool skips(struct smn_stale *st, const struct smn_stale_row *row,
		  struct smn_why *why)
{
	const struct smn_bed *bed = st->bed;
	const char *reason = NULL;

	if (row->range && !smn_idr_get(bed->hw.regs, "IDR3.RIL"))
		reason = "the SMMU has no range invalidation (IDR3.RIL=0)";
	else if (row->change == SMN_STALE_BLOCK && !has_blocks(st))
		reason = "only tables of 4K have blocks that small";
	else if (row->change == SMN_STALE_TABLE && !has_blocks(st))
		reason = "the table above the page is the working area's, too";
	else if (row->pair && !st->pair)
		reason = "there is no second device on this stage 2";
	if (reason)
		smn_why_set(why, "%s", reason);
	return reason;
}

int smn_stale_run(struct smn_stale *st, unsigned int n,
		  struct smn_stale_result *r)
{
	*r = (struct smn_stale_result){ .end = SMN_STALE_SKIP };
	if (n >= smn_stale_cases())
		return -EINVAL;
	if (skips(st, &smn_stale_rows[n], &r->why))
		return 0;
	r->end = SMN_STALE_UNSEEN;
	return try(st, &smn_stale_rows[n], r);
}

/* --- building --- */

static int other_space(struct smn_stale *st)
{
	struct smn_bed *bed = st->bed;
	int ret = smn_s1_init(&st->other, &bed->arena, bed->s1.granule,
			      bed->s1.t0sz);

	return ret ? ret : map_work(&st->other, &bed->at[SMN_PLACE_WORK]);
}

/* Beside the first: the same stage 1, a working area of its own. */
static int second_device(struct smn_stale *st,
			 const struct smn_stale_second *second)
{
	struct smn_bed *bed = st->bed;
	struct smn_dma_setup dma = { .source = second->source,
				     .bits = second->bits };
	uint64_t page = bed->page;
	struct smn_piece work = {
		.ipa = bed->field + SMN_BED_FIELD - SMN_BED_BLOCK,
		.bytes = (SMN_DMA_SPACE + page - 1) & ~(page - 1),
	};
	uint32_t vdevice;
	int ret = smn_device_open(bed->s, second->cdev, &st->dev);

	st->vsid = bed->setup.plan.vsid + 1;
	if (!ret)
		ret = smn_session_memory(bed->s, work.bytes, &work.mem);
	if (!ret)
		ret = smn_ioas_map(bed->s, bed->nest.ioas, work.mem, work.bytes,
				   work.ipa);
	if (!ret)
		ret = map_work(&bed->s1, &work);
	if (!ret)
		ret = map_work(&st->other, &work);
	if (!ret)
		ret = smn_vdevice_alloc(bed->s, bed->nest.viommu, st->dev.id,
					st->vsid, &vdevice);
	if (!ret)
		ret = smn_device_attach(bed->s, &st->dev, bed->nest.s1);
	dma.space = (struct smn_dma_space){ work.mem, work.ipa, work.bytes };
	if (!ret)
		ret = smn_dma_open(bed->s, &st->dev, &dma, &st->dma);
	st->pair = !ret;
	return ret;
}

int smn_stale_begin(struct smn_stale *st, struct smn_bed *bed,
		    const struct smn_stale_second *second)
{
	uint32_t s2;
	int ret;

	*st = (struct smn_stale){ .bed = bed };
	if (!bed->dma.source->writes || !smn_bed_has_s1(bed) ||
	    (second && second->cdev && !second->source->writes))
		return -EINVAL;
	ret = other_space(st);
	if (!ret)
		ret = smn_viommu_alloc(bed->s, bed->nest.dev.id, bed->nest.s2,
				       &st->same);
	if (!ret)
		ret = smn_s2_alloc(bed->s, bed->nest.dev.id, bed->nest.ioas,
				   &s2);
	if (!ret)
		ret = smn_viommu_alloc(bed->s, bed->nest.dev.id, s2,
				       &st->foreign);
	if (!ret && second && second->cdev)
		ret = second_device(st, second);
	return ret;
}
