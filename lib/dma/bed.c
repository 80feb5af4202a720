// SPDX-License-Identifier: GPL-2.0-or-later
/* The test bed: addresses, tables, the chain. See bed.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/iommufd.h>

#include "dma/bed.h"

#define T0SZ 25			/* 39 bits of IOVA: all granules take them */
#define IOVA_BITS (64 - T0SZ)
#define IOVA_FLOOR 0x01000000	/* 0 and what is next to it stay free */
#define IPA_FLOOR 0x100000000
#define EVENTS 8192		/* a page can fault at each of its words */

#define X(id, name, what) [SMN_BREAK_##id] = name,
static const char *const break_names[SMN_NBREAKS] = { SMN_BREAKS(X) };
#undef X
#define X(id, name, what) [SMN_BREAK_##id] = what,
static const char *const break_docs[SMN_NBREAKS] = { SMN_BREAKS(X) };
#undef X

static const char *const place_names[SMN_NPLACES] = {
	[SMN_PLACE_NONE] = "nowhere", [SMN_PLACE_A] = "target-a",
	[SMN_PLACE_B] = "target-b", [SMN_PLACE_DECOY] = "decoy",
	[SMN_PLACE_WORK] = "work", [SMN_PLACE_TABLES] = "tables",
};

const char *smn_break_name(enum smn_break spoil)
{
	return spoil < SMN_NBREAKS ? break_names[spoil] : NULL;
}

const char *smn_break_doc(enum smn_break spoil)
{
	return spoil < SMN_NBREAKS ? break_docs[spoil] : NULL;
}

const char *smn_place_name(enum smn_place place)
{
	return place_names[place];
}

static uint64_t ste_field(const struct smn_bed *bed, const char *name)
{
	return smn_field_get(smn_layout_field(&smn_vste, name, strlen(name)),
			     bed->setup.plan.ste);
}

bool smn_bed_has_s1(const struct smn_bed *bed)
{
	return ste_field(bed, "V") && ste_field(bed, "Cfg") & 1;
}

/* --- addresses --- */

/* log2 of the smallest granule that the SMMU has, 0 for none */
static unsigned int granule_of(const struct smn_hw_info *hw)
{
	return smn_idr_get(hw->regs, "IDR5.GRAN4K") ? 12 :
		smn_idr_get(hw->regs, "IDR5.GRAN16K") ? 14 :
		smn_idr_get(hw->regs, "IDR5.GRAN64K") ? 16 : 0;
}

unsigned int smn_bed_oas(const struct smn_bed *bed)
{
	static const unsigned int bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };
	unsigned int oas = bits[smn_idr_get(bed->hw.regs, "IDR5.OAS") & 7];

	return oas < 48 ? oas : 48;	/* what the tables can say */
}

static uint64_t align(uint64_t n, uint64_t page)
{
	return (n + page - 1) & ~(page - 1);
}

/*
 * Low addresses are IOVAs: the working area, the decoy, and, beyond a page that
 * is left free, the holes. High ones are IPAs alone: tables, then targets.
 */
static uint64_t low_bytes(const struct smn_bed *bed)
{
	return align(SMN_DMA_SPACE, bed->page) + 4 * bed->page +
		SMN_BED_BLOCK + SMN_BED_FIELD;
}

static uint64_t tables_bytes(const struct smn_bed *bed)
{
	return align(16ULL << bed->s1.granule, bed->page);
}

/* What physical memory has, and what the device's group keeps. */
static int taken(struct smn_bed *bed, struct smn_iomem *m)
{
	const struct smn_pci *pci = bed->setup.pci;
	int ret = 0;

	smn_iomem_read(bed->s->sys, m, &bed->guess);
	for (unsigned int i = 0; !ret && i < pci->nreserved; i++)
		ret = smn_iomem_add(m, pci->reserved[i].start,
				    pci->reserved[i].last);
	return ret;
}

static int choose(struct smn_bed *bed, uint64_t *low, uint64_t *high,
		  struct smn_why *why)
{
	const struct smn_dma_setup *dma = &bed->setup.dma;
	unsigned int bits = dma->bits ? dma->bits : dma->source->bits;
	unsigned int oas = smn_bed_oas(bed);
	struct smn_iorange iovas = { IOVA_FLOOR, 0 };
	struct smn_iorange ipas = { IPA_FLOOR, (1ULL << oas) - 1 };
	struct smn_iomem m;
	int ret = taken(bed, &m);

	bits = bits && bits < IOVA_BITS ? bits : IOVA_BITS;
	bits = bits < oas ? bits : oas;
	iovas.last = (1ULL << bits) - 1;
	/* blindly, the end of the address space is the likeliest to be free */
	if (bed->guess.text[0] || oas == 32)
		ipas.start = ipas.last + 1 - (1ULL << 28);
	if (!ret)
		ret = smn_iomem_hole(&m, &iovas, low_bytes(bed), bed->page,
				     low);
	if (!ret)
		ret = smn_iomem_hole(&m, &ipas, tables_bytes(bed) +
				     2 * bed->page, 1ULL << 21, high);
	if (ret == -ENOSPC)
		smn_why_set(why, "no %" PRIu64 " bytes below 2^%u, or %" PRIu64
			    " below 2^%u, are nobody's", low_bytes(bed), bits,
			    tables_bytes(bed) + 2 * bed->page, oas);
	return ret;
}

static void put(struct smn_bed *bed, enum smn_place place, void *mem,
		uint64_t ipa, uint64_t bytes)
{
	bed->at[place] = (struct smn_piece){ mem, ipa, bytes };
}

/* The memory, and where all of it goes. */
static int lay_out(struct smn_bed *bed, struct smn_why *why)
{
	uint64_t low, high, page = bed->page, tables = tables_bytes(bed);
	uint64_t work = align(SMN_DMA_SPACE, page);
	void *mem;
	int ret = choose(bed, &low, &high, why);

	if (!ret)
		ret = smn_session_memory(bed->s, work + 3 * page + tables,
					 &mem);
	if (ret)
		return ret;
	put(bed, SMN_PLACE_WORK, mem, low, work);
	put(bed, SMN_PLACE_DECOY, mem + work, low + work, page);
	put(bed, SMN_PLACE_TABLES, mem + work + page, high, tables);
	put(bed, SMN_PLACE_A, mem + work + page + tables, high + tables, page);
	put(bed, SMN_PLACE_B, mem + work + 2 * page + tables,
	    high + tables + page, page);
	bed->x = low + work;
	bed->hole = bed->x + 2 * page;
	bed->field = align(bed->hole + 2 * page, SMN_BED_BLOCK);
	bed->holes = (struct smn_iorange){ bed->hole,
					   bed->hole + 2 * page - 1 };
	/* the targets by themselves: S2_HOLE takes them away */
	bed->pieces[0] = (struct smn_piece){ mem, low, work + page };
	bed->pieces[1] = bed->at[SMN_PLACE_TABLES];
	bed->pieces[2] = bed->at[SMN_PLACE_A];
	bed->pieces[2].bytes = 2 * page;
	bed->arena = (struct smn_arena){ bed->at[SMN_PLACE_TABLES].mem, high,
					 tables, 0 };
	return 0;
}

/* --- stage 1 --- */

static int map(struct smn_bed *bed, uint64_t iova, uint64_t ipa,
	       uint64_t bytes)
{
	uint64_t step = 1ULL << bed->s1.granule;
	int ret = 0;

	for (uint64_t at = 0; !ret && at < bytes; at += step)
		ret = smn_s1_map(&bed->s1, iova + at, ipa + at, 3,
				 SMN_S1_USUAL, NULL);
	return ret;
}

/* The STE's fields of stage 1 that nobody has given. */
static void complete_ste(struct smn_bed *bed)
{
	uint64_t own[2] = { 0 }, *ste = bed->setup.plan.ste;

	smn_cds_ste(&bed->cds, own);
	smn_layout_assign(&smn_vste, own, "S1CIR=wbra", NULL);
	smn_layout_assign(&smn_vste, own, "S1COR=wbra", NULL);
	smn_layout_assign(&smn_vste, own, "S1CSH=ish", NULL);
	for (unsigned int i = 0; i < 2; i++)
		ste[i] |= own[i] & ~bed->setup.ste_given[i];
}

static int build_s1(struct smn_bed *bed)
{
	const struct smn_piece *work = &bed->at[SMN_PLACE_WORK];
	char fields[32];
	int ret;

	snprintf(fields, sizeof(fields), "ASID=%u", SMN_BED_ASID);
	ret = smn_s1_init(&bed->s1, &bed->arena, bed->s1.granule, T0SZ);
	if (!ret)
		ret = smn_cds_init(&bed->cds, &bed->arena, 0, 0);
	if (!ret)
		ret = smn_cds_set(&bed->cds, 0, &bed->s1, fields, NULL);
	if (!ret)
		ret = map(bed, work->ipa, work->ipa, work->bytes);
	if (!ret)
		ret = map(bed, bed->x, bed->at[SMN_PLACE_A].ipa, bed->page);
	if (!ret && bed->doorbell.last)
		ret = map(bed, bed->doorbell.start, bed->doorbell.start,
			  bed->doorbell.last - bed->doorbell.start + 1);
	if (!ret && smn_bed_has_s1(bed))
		complete_ste(bed);
	return ret;
}

/* --- building --- */

static void find_doorbell(struct smn_bed *bed)
{
	const struct smn_pci *pci = bed->setup.pci;

	for (unsigned int i = 0; i < pci->nreserved; i++)
		if (!strcmp(pci->reserved[i].type, "msi"))
			bed->doorbell = (struct smn_iorange){
				pci->reserved[i].start, pci->reserved[i].last };
}

/* What has to be known of the SMMU before addresses can be chosen. */
static int begin(struct smn_bed *bed)
{
	struct smn_plan plan = bed->setup.plan;
	uint64_t page = sysconf(_SC_PAGESIZE);
	unsigned int granule;
	int ret;

	plan.upto = SMN_UPTO_DEVICE;
	ret = smn_nest_build(bed->s, &plan, &bed->nest);
	if (!ret)
		ret = smn_hw_info_get(bed->s, bed->nest.dev.id, &bed->hw);
	if (ret)
		return ret;
	/* without registers the steps to come are refused, and say why */
	granule = bed->hw.smmuv3 ? granule_of(&bed->hw) : 12;
	if (!granule)
		return -EOPNOTSUPP;
	bed->s1.granule = granule;
	bed->page = page > 1ULL << granule ? page : 1ULL << granule;
	return 0;
}

static int close_log(struct smn_session *s, void *ctx)
{
	struct smn_bed *bed = ctx;

	(void)s;
	smn_kmsg_close(&bed->log);
	return 0;
}

/* To see what comes from now on; without it there is less to tell. */
static int open_log(struct smn_bed *bed)
{
	if (!smn_kmsg_open(bed->s->sys, &bed->log, false, &bed->log_why))
		return smn_session_later(bed->s, close_log, bed);
	bed->log.sys = NULL;
	return 0;
}

int smn_bed_build(struct smn_session *s, const struct smn_bed_setup *setup,
		  struct smn_bed *bed, struct smn_why *why)
{
	struct smn_plan *plan = &bed->setup.plan;
	struct smn_dma_setup *dma = &bed->setup.dma;
	struct smn_expected e;
	int ret;

	*bed = (struct smn_bed){ .s = s, .setup = *setup,
				 .led = SMN_PLACE_A };
	bed->setup.plan.veventq = true;
	if (!bed->setup.plan.veventq_depth)
		bed->setup.plan.veventq_depth = EVENTS;
	why->text[0] = '\0';
	find_doorbell(bed);
	ret = open_log(bed);
	if (!ret)
		ret = begin(bed);
	if (!ret)
		ret = lay_out(bed, why);
	if (!ret)
		ret = build_s1(bed);
	if (ret)
		return ret;
	plan->bytes = 0;
	plan->pieces = bed->pieces;
	plan->upto = SMN_UPTO_ATTACH;
	ret = smn_nest_more(s, plan, &bed->nest);
	if (ret)
		return ret;
	smn_vevents_start(&bed->events, s, bed->nest.veventq_fd);
	smn_bed_expect(bed, bed->doorbell.start, true, &e);
	bed->rings = bed->doorbell.last && e.fate == SMN_DMA_ARRIVES;
	dma->space = (struct smn_dma_space){
		bed->at[SMN_PLACE_WORK].mem, bed->at[SMN_PLACE_WORK].ipa,
		bed->at[SMN_PLACE_WORK].bytes,
	};
	/* VFIO has switched it off, and lets nobody else switch it on */
	if (dma->source->external)
		ret = smn_device_master(s, &bed->nest.dev, true);
	return ret ? ret : smn_dma_open(s, &bed->nest.dev, dma, &bed->dma);
}

/* --- changes --- */

int smn_bed_invalidate(struct smn_bed *bed, const char *cmd)
{
	/* the second time after the CMD_SYNC of the first */
	unsigned int times = bed->hw.flags &
		IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI ? 2 : 1;
	uint64_t words[1][2] = { { 0 } };
	uint32_t handled;
	int ret = smn_cmd_parse(cmd, words[0], NULL);

	while (!ret && times--)
		ret = smn_hwpt_invalidate(bed->s, bed->nest.viommu,
					  (const uint64_t (*)[2])words, 1,
					  &handled);
	return ret;
}

static int tlbi_asid(struct smn_bed *bed)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "tlbi-nh-asid:ASID=%u", SMN_BED_ASID);
	return smn_bed_invalidate(bed, cmd);
}

int smn_bed_announce(struct smn_bed *bed)
{
	char cmd[64];
	int ret = 0;

	if (!bed->setup.plan.no_vdevice) {
		snprintf(cmd, sizeof(cmd), "cfgi-cd-all:SID=0x%" PRIx64,
			 bed->setup.plan.vsid);
		ret = smn_bed_invalidate(bed, cmd);
	}
	return ret ? ret : tlbi_asid(bed);
}

/* Take the descriptors of [iova, iova + bytes) away; TLBs may keep them. */
static int clear(struct smn_bed *bed, uint64_t iova, uint64_t bytes)
{
	uint64_t step = 1ULL << bed->s1.granule;
	volatile uint64_t *leaf;
	int level;

	for (uint64_t at = 0; at < bytes; at += step) {
		leaf = smn_s1_leaf(&bed->s1, iova + at, &level);
		if (!leaf)
			return -EFAULT;
		*leaf = 0;
	}
	__sync_synchronize();
	return 0;
}

static int tlbi_va(struct smn_bed *bed, uint64_t iova, uint64_t bytes)
{
	uint64_t step = 1ULL << bed->s1.granule;
	char cmd[96];
	int ret = 0;

	for (uint64_t at = 0; !ret && at < bytes; at += step) {
		snprintf(cmd, sizeof(cmd),
			 "tlbi-nh-va:ASID=%u,Address=0x%" PRIx64 ",Leaf=1",
			 SMN_BED_ASID, iova + at);
		ret = smn_bed_invalidate(bed, cmd);
	}
	return ret;
}

int smn_bed_lead(struct smn_bed *bed, enum smn_place to)
{
	enum smn_break spoil = bed->setup.spoil;
	int ret = clear(bed, bed->x, bed->page);

	if (spoil == SMN_BREAK_S1_IDENTITY)
		to = SMN_PLACE_DECOY;
	if (!ret && spoil != SMN_BREAK_NO_TLBI)
		ret = tlbi_va(bed, bed->x, bed->page);
	if (!ret)
		ret = map(bed, bed->x, bed->at[to].ipa, bed->page);
	__sync_synchronize();
	return ret;
}

int smn_bed_doorbell(struct smn_bed *bed, bool mapped)
{
	const struct smn_iorange *r = &bed->doorbell;
	uint64_t bytes = r->last - r->start + 1;
	int ret;

	if (!mapped && bed->setup.spoil == SMN_BREAK_S1_IDENTITY)
		return 0;
	ret = clear(bed, r->start, bytes);
	if (!ret && bed->setup.spoil != SMN_BREAK_NO_TLBI)
		ret = tlbi_asid(bed);
	if (!ret && mapped)
		ret = map(bed, r->start, r->start, bytes);
	__sync_synchronize();
	return ret;
}

static int unmap(struct smn_bed *bed, enum smn_place hole)
{
	const struct smn_piece *p = bed->pieces;

	while (p->mem && bed->at[hole].ipa - p->ipa >= p->bytes)
		p++;
	return smn_ioas_unmap(bed->s, bed->nest.ioas, p->ipa, p->bytes);
}

int smn_bed_spoil(struct smn_bed *bed, enum smn_place hole)
{
	switch (bed->setup.spoil) {
	case SMN_BREAK_S2_HOLE:
		return unmap(bed, hole);
	case SMN_BREAK_NO_VDEVICE:
		return smn_destroy(bed->s, bed->nest.vdevice);
	case SMN_BREAK_NO_MASTER:
		return smn_device_master(bed->s, &bed->nest.dev, false);
	case SMN_BREAK_NO_DOORBELL:
		return smn_bed_doorbell(bed, false);
	default:
		return 0;
	}
}
