/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device whose stage 1 is made anew for each transfer: what the SMMU makes of
 * it, by memory and by events, is held against smn_walk_run(). For the model
 * (tests/unit/walk-smmu.c) and a real kernel (tests/guest/walk-smmu.c). What
 * the tables lead to is an IPA at random: only for machines without RAM there,
 * as the emulated one, where all RAM lies below 2 GiB.
 */
#ifndef WALKLAB_H
#define WALKLAB_H

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arch/s1.h"
#include "arch/ttd.h"
#include "arch/walk.h"
#include "nest/vevent.h"
#include "smmunest.h"
#include "tap.h"

enum {
	LAB_WORK_IOVA = 0x01000000,	/* within the 25 bits of T0SZ=39 */
	LAB_WORK_BYTES = 0x10000,	/* a page of every granule */
	LAB_TABLES = 0x1f0000,		/* both are one huge page */
	LAB_VSID = 0x42,
	LAB_EVENT_MS = 1000, LAB_QUIET_MS = 20,
};

#define LAB_IPA 0xc0000000ULL		/* the VM's memory: work, tables */
#define LAB_HIGH 0x80000000ULL		/* a bit of every target's IPA */

struct lab {
	struct tap *tap;
	struct smn_sys *sys;
	const struct smn_dma_source *source;
	unsigned int bits;		/* of an IOVA; 0: as the source says */
	uint64_t seed;			/* of what comes next */
	uint32_t depth;			/* of the vEVENTQ, 0: as usual */
	struct smn_session s;
	struct smn_device dev;
	struct smn_hw_info hw;
	struct smn_dma dma;
	struct smn_vevents events;
	struct smn_arena arena;
	struct smn_s1 s1;
	struct smn_cds cds;
	uint64_t ste[2];
	uint32_t ioas, s2, viommu, vdevice, veventq, hwpt;
	/* the VM's, at LAB_IPA; given beforehand it is physically contiguous:
	 * QEMU's SMMU takes for granted that each table of a VM is */
	unsigned char *mem;
	bool only4k;			/* no other granule is tried */
	bool strict;			/* also what QEMU's SMMU does not do */
	unsigned char *page;		/* what is mapped at a transfer's end */
	uint64_t iova;			/* of the last transfer that faulted */
	uint16_t tag;
};

/* splitmix64: one word of state, and every seed is as good as another */
static inline uint64_t lab_random(struct lab *l)
{
	uint64_t z = l->seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline uint64_t lab_below(struct lab *l, uint64_t n)
{
	return lab_random(l) % n;
}

/* --- tables and commands --- */

static inline int lab_command(struct lab *l, const char *text)
{
	uint64_t cmd[1][2];
	uint32_t handled;
	int ret = smn_cmd_parse(text, cmd[0], NULL);

	return ret ? ret : smn_hwpt_invalidate(
		&l->s, l->viommu, (const uint64_t (*)[2])cmd, 1, &handled);
}

/* What a VM says when all has changed. */
static inline int lab_announce(struct lab *l)
{
	char text[32];
	int ret;

	__sync_synchronize();
	snprintf(text, sizeof(text), "cfgi-cd-all:SID=%d", LAB_VSID);
	ret = lab_command(l, text);
	return ret ? ret : lab_command(l, "tlbi-nh-all");
}

/* Nothing but the working area, by pages; the CD is always the first piece. */
static inline int lab_tables(struct lab *l, unsigned int granule,
			     unsigned int t0sz, const char *cd)
{
	uint64_t step = 1ULL << granule;
	struct smn_why why = { "" };
	int ret;

	memset(l->arena.mem, 0, l->arena.used);
	l->arena.used = 0;
	ret = smn_cds_init(&l->cds, &l->arena, 0, 0);
	if (!ret)
		ret = smn_s1_init(&l->s1, &l->arena, granule, t0sz);
	if (!ret)
		ret = smn_cds_set(&l->cds, 0, &l->s1, cd, &why);
	for (uint64_t at = 0; !ret && at < LAB_WORK_BYTES; at += step)
		ret = smn_s1_map(&l->s1, LAB_WORK_IOVA + at, LAB_IPA + at, 3,
				 SMN_S1_USUAL, &why);
	if (ret)
		printf("# no tables: %s %s\n", smn_errno_name(ret), why.text);
	return ret;
}

/* --- building --- */

static inline int lab_memory(struct lab *l)
{
	void *mem = l->mem, *page;
	int ret = smn_session_memory(&l->s, SMN_DMA_PAGE, &page);

	if (!ret && !mem)
		ret = smn_session_memory(&l->s, LAB_WORK_BYTES + LAB_TABLES,
					 &mem);
	if (ret)
		return ret;
	l->mem = mem;
	l->page = page;
	l->arena = (struct smn_arena){ l->mem + LAB_WORK_BYTES,
				       LAB_IPA + LAB_WORK_BYTES, LAB_TABLES,
				       0 };
	return smn_ioas_map(&l->s, l->ioas, l->mem,
			    LAB_WORK_BYTES + LAB_TABLES, LAB_IPA);
}

static inline int lab_chain(struct lab *l)
{
	int ret = smn_ioas_alloc(&l->s, &l->ioas), fd = -1;

	if (!ret)
		ret = lab_memory(l);
	if (!ret)
		ret = smn_s2_alloc(&l->s, l->dev.id, l->ioas, &l->s2);
	if (!ret)
		ret = smn_viommu_alloc(&l->s, l->dev.id, l->s2, &l->viommu);
	if (!ret)
		ret = smn_veventq_alloc(&l->s, l->viommu, l->depth ? l->depth :
					SMN_VEVENTQ_DEPTH, &l->veventq, &fd);
	if (!ret)
		ret = smn_vdevice_alloc(&l->s, l->viommu, l->dev.id, LAB_VSID,
					&l->vdevice);
	smn_vevents_start(&l->events, &l->s, fd);
	return ret;
}

static inline int lab_open(struct lab *l, const char *cdev)
{
	struct smn_dma_setup setup = { .source = l->source,
				       .bits = l->bits };
	int ret = smn_session_open(&l->s, l->sys);

	l->iova = ~0ULL;
	l->bits = l->bits ? l->bits : l->source->bits;
	l->bits = l->bits < 48 ? l->bits : 48;
	if (!ret)
		ret = smn_device_open(&l->s, cdev, &l->dev);
	if (!ret)
		ret = smn_hw_info_get(&l->s, l->dev.id, &l->hw);
	if (!ret)
		ret = lab_chain(l);
	if (!ret)
		ret = lab_tables(l, 12, 25, "ASID=7");
	if (ret)
		return ret;
	smn_cds_ste(&l->cds, l->ste);
	smn_layout_assign(&smn_vste, l->ste, "V=1", NULL);
	smn_layout_assign(&smn_vste, l->ste, "Cfg=s1", NULL);
	ret = smn_s1_alloc(&l->s, l->dev.id, l->viommu, l->ste, 0, &l->hwpt);
	if (!ret)
		ret = smn_device_attach(&l->s, &l->dev, l->hwpt);
	setup.space = (struct smn_dma_space){ l->mem, LAB_WORK_IOVA,
					      LAB_WORK_BYTES };
	return ret ? ret : smn_dma_open(&l->s, &l->dev, &setup, &l->dma);
}

/* --- what should come of a transfer --- */

enum lab_fate { LAB_ARRIVES, LAB_EVENT, LAB_SILENT, LAB_STAGE2, LAB_UNKNOWN };

struct lab_want {
	enum lab_fate fate;
	struct smn_walk_result walk;
};

/* The VM's memory, as stage 2 maps it. */
static inline int lab_read(void *ctx, uint64_t ipa, void *buf, size_t len)
{
	const struct lab *l = ctx;

	if (ipa < LAB_IPA || ipa - LAB_IPA >
	    LAB_WORK_BYTES + LAB_TABLES - len)
		return -EFAULT;
	memcpy(buf, l->mem + (ipa - LAB_IPA), len);
	return 0;
}

/* @hole: stage 2 does not map where stage 1 leads to. */
static inline void lab_expect(struct lab *l, uint64_t iova, bool write,
			      bool hole, struct lab_want *want)
{
	const struct smn_walk w = {
		.from = SMN_WALK_STE, .ste = { l->ste[0], l->ste[1] },
		.ste_words = 2, .iova = iova, .sid = LAB_VSID, .write = write,
		.idr = l->hw.regs, .read = lab_read, .ctx = l,
	};
	struct smn_walk_result *r = &want->walk;

	smn_walk_run(&w, r);
	want->fate = r->end == SMN_WALK_UNKNOWN ? LAB_UNKNOWN :
		r->end == SMN_WALK_SILENT ? LAB_SILENT :
		r->end == SMN_WALK_OUT ? hole ? LAB_STAGE2 : LAB_ARRIVES :
		r->unread ? LAB_STAGE2 : LAB_EVENT;
}

/* --- a transfer, and what came of it --- */

struct lab_seen {
	int err;
	bool arrived, strayed;	/* the data; something else in the page */
	bool event;
	uint64_t evt[4];
};

static inline bool lab_zero(const unsigned char *mem, size_t n)
{
	while (n && !*mem++)
		n--;
	return !n;
}

static inline void lab_write(struct lab *l, uint64_t iova, size_t at,
			     struct lab_seen *seen)
{
	size_t n = l->source->bytes;

	l->tag = l->tag % 0x7fff + 1;
	memset(l->page, 0, SMN_DMA_PAGE);
	seen->err = smn_dma_write(&l->dma, iova, l->tag);
	seen->arrived = smn_dma_wrote(&l->dma, l->page + at, l->tag);
	seen->strayed = !lab_zero(l->page, at) ||
		!lab_zero(l->page + at + n, SMN_DMA_PAGE - at - n);
}

/* Where the device has to be exact, the rest of the page has another tag. */
static inline void lab_read_dma(struct lab *l, uint64_t iova, size_t at,
				struct lab_seen *seen)
{
	uint16_t tag = 0;
	uint32_t *words = (uint32_t *)l->page;

	l->tag = l->tag % 0x7fff + 1;
	smn_dma_put_tag(&l->dma, l->page, l->tag);
	if (l->source->align < SMN_DMA_PAGE)
		for (size_t i = 0; i < SMN_DMA_PAGE / 4; i++)
			words[i] = smn_dma_pattern(l->tag + (i * 4 != at));
	seen->err = smn_dma_read(&l->dma, iova, &tag);
	seen->arrived = tag == l->tag;
	seen->strayed = tag && tag != l->tag;
}

/* One faulting transfer is many events, the last of which may come late. */
static inline bool lab_late(const struct lab *l, uint64_t iova,
			    const struct smn_vevent *e)
{
	uint64_t page = ~(uint64_t)(SMN_DMA_PAGE - 1);

	return !((e->words[2] ^ l->iova) & page) && ((iova ^ l->iova) & page);
}

static inline int lab_hear(struct lab *l, uint32_t ms, uint64_t iova,
			   struct lab_seen *seen)
{
	struct smn_vevent e;
	int ret;

	do {
		ret = smn_vevents_next(&l->events, ms, &e);
	} while (!ret && (e.lost || lab_late(l, iova, &e)));
	seen->event = !ret;
	if (!ret)
		memcpy(seen->evt, e.words, sizeof(seen->evt));
	return ret == -ETIMEDOUT ? 0 : ret;
}

/* --- is it what was expected? --- */

/* What an SMMU may put into a record as it likes, and why. */
static const struct {
	const char *field, *reason;
} lab_free[] = {
	{ "STAG", "a token for CMD_RESUME, which only a stall needs" },
	{ "IPA", "not valid in an event of stage 1" },
	{ "TTRnW", "not valid unless CLASS is tt" },
};

static inline bool lab_is_free(const struct smn_layout *l,
			       const struct smn_field *f,
			       const uint64_t evt[4])
{
	const struct smn_field *class = smn_layout_field(l, "CLASS", 5);

	if (!strcmp(f->name, "TTRnW") && smn_field_get(class, evt) == 1)
		return false;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(lab_free); i++)
		if (!strcmp(f->name, lab_free[i].field))
			return true;
	return false;
}

/* All four words, but for what is named above. */
static inline bool lab_same(const struct lab_want *want,
			    const struct lab_seen *seen)
{
	const struct smn_layout *l = want->walk.event;
	uint64_t mask[4] = { ~0ULL, ~0ULL, ~0ULL, ~0ULL };

	for (unsigned int i = 0; i < l->nfields; i++)
		if (lab_is_free(l, &l->fields[i], want->walk.evt))
			mask[l->fields[i].word] &=
				~smn_field_mask(&l->fields[i]);
	for (unsigned int i = 0; i < 4; i++)
		if ((want->walk.evt[i] ^ seen->evt[i]) & mask[i])
			return false;
	return true;
}

static inline const char *lab_verdict(const struct lab_want *want,
				      const struct lab_seen *seen)
{
	bool comes = want->fate == LAB_EVENT;

	if (want->fate == LAB_UNKNOWN)
		return "the walk does not know";
	if (seen->strayed)
		return "other memory was met";
	if (seen->arrived != (want->fate == LAB_ARRIVES))
		return seen->arrived ? "it arrived" : "it did not arrive";
	if (seen->event != comes)
		return seen->event ? "an event came" : "no event came";
	return comes && !lab_same(want, seen) ? "it is another event" : NULL;
}

static inline void lab_complain(const struct lab_want *want,
				const struct lab_seen *seen, const char *what)
{
	printf("# %s; the walk: %s\n# the device: %d\n", what,
	       want->walk.why.text, seen->err);
	for (int i = 0; i < 4 && (seen->event || want->walk.event); i++)
		printf("# word %d: predicted %#018" PRIx64 ", came %#018"
		       PRIx64 "\n", i, want->walk.evt[i], seen->evt[i]);
}

/*
 * One transfer at @iova. False: it did not go as expected, which is told. The
 * page is in stage 2 exactly where the walk leads, unless @hole.
 */
static inline bool lab_transfer(struct lab *l, uint64_t iova, bool write,
				bool hole, struct lab_want *want)
{
	uint64_t ipa, mask = SMN_DMA_PAGE - 1;
	struct lab_seen seen = { 0 };
	const char *what;
	int ret;

	lab_expect(l, iova, write, hole, want);
	ipa = want->walk.pa & ~mask;
	ret = smn_vevents_drain(&l->events, 0);
	if (ret >= 0 && want->fate == LAB_ARRIVES)
		ret = smn_ioas_map(&l->s, l->ioas, l->page, SMN_DMA_PAGE, ipa);
	if (ret >= 0)
		(write ? lab_write : lab_read_dma)(l, iova,
						   want->walk.pa & mask, &seen);
	if (ret >= 0)
		ret = lab_hear(l, want->fate == LAB_EVENT ? LAB_EVENT_MS :
			       LAB_QUIET_MS, iova, &seen);
	if (ret >= 0 && seen.event) {
		ret = smn_vevents_drain(&l->events, LAB_QUIET_MS);
		l->iova = iova;
	}
	if (ret >= 0 && want->fate == LAB_ARRIVES)
		ret = smn_ioas_unmap(&l->s, l->ioas, ipa, SMN_DMA_PAGE);
	what = ret < 0 ? smn_errno_name(ret) : lab_verdict(want, &seen);
	if (what)
		lab_complain(want, &seen, what);
	return !what;
}

#endif
