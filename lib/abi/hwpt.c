// SPDX-License-Identifier: GPL-2.0-or-later
/* HWPTs on an IOAS, and what an SMMU must have for them. See hwpt.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "abi/hwpt.h"
#include "abi/ioas.h"

/* --- the SMMU: arm_smmu_device_hw_probe(), arm_smmu_device_iidr_probe() --- */

enum smn_truth smn_lacks_stage(const struct smn_question *q,
			       struct smn_why *why)
{
	enum smn_truth s1, s2;
	uint32_t v;

	s1 = smn_question_idr(q, "IDR0.S1P", &v);
	s2 = smn_question_idr(q, "IDR0.S2P", &v);
	if (why && smn_and(s1, s2) == SMN_NO)
		smn_why_set(why, "the SMMU has no stage %s (IDR0.%s=0)",
			    s1 == SMN_NO ? "1" : "2",
			    s1 == SMN_NO ? "S1P" : "S2P");
	return smn_not(smn_and(s1, s2));
}

enum smn_truth smn_has_erratum(const struct smn_question *q)
{
	enum smn_truth fact = smn_question_fact(q, SMN_FACT_NESTING_ERRATUM);

	if (fact == SMN_YES || !q->smmu || q->smmu->told != SMN_YES)
		return fact;
	return smn_truth_of(!smn_iidr_nests(q->smmu->regs[SMN_REG_IIDR]));
}

/* Firmware may say less than the register does. */
enum smn_truth smn_tracks_dirty(const struct smn_question *q)
{
	enum { DIRTY = 2 };
	uint32_t httu;

	if (smn_question_idr(q, "IDR0.HTTU", &httu) == SMN_UNKNOWN)
		return SMN_UNKNOWN;
	if (httu < DIRTY)
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

/* --- what a HWPT would be --- */

/* arm_smmu_domain_alloc_paging_flags(): stage 1 where there is one */
enum smn_truth smn_paging_s2(const struct smn_question *q, uint32_t flags)
{
	uint32_t v;

	if (flags & IOMMU_HWPT_ALLOC_NEST_PARENT)
		return SMN_YES;
	return smn_not(smn_question_idr(q, "IDR0.S1P", &v));
}

/* Number 0 is not given away. Others may have taken some of what is there. */
enum smn_truth smn_paging_full(const struct smn_question *q, uint32_t flags)
{
	enum smn_truth s2 = smn_paging_s2(q, flags), wide;
	uint32_t v, taken;

	wide = smn_question_idr(q, s2 == SMN_YES ? "IDR0.VMID16" :
				"IDR0.ASID16", &v);
	if (s2 == SMN_UNKNOWN || wide == SMN_UNKNOWN)
		return SMN_UNKNOWN;
	taken = s2 == SMN_YES ? q->smmu->nvmids : q->w->nasids;
	if (taken >= (wide == SMN_YES ? 0xffffu : 0xffu))
		return SMN_YES;
	return q->w->answers ? SMN_NO : SMN_UNKNOWN;
}

enum smn_truth smn_paging_coarse(const struct smn_question *q,
				 struct smn_why *why)
{
	uint64_t page = smn_smmu_page(q->w, q->smmu);

	if (!page)
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "the SMMU's smallest page has %" PRIu64
			    " KiB, the machine's %" PRIu64, page / 1024,
			    q->w->page / 1024);
	return smn_truth_of(page > q->w->page);
}

enum smn_truth smn_paging_misaligned(const struct smn_question *q,
				     const struct smn_obj *ioas,
				     struct smn_why *why)
{
	uint64_t page = smn_smmu_page(q->w, q->smmu);
	const struct smn_area *a;

	if (!page)
		return SMN_UNKNOWN;
	a = smn_ioas_misaligned(q->w, ioas, page);
	if (a && why)
		smn_why_set(why, "the mapping at 0x%" PRIx64 " is not a "
			    "multiple of the SMMU's pages of %" PRIu64 " KiB",
			    a->start, page / 1024);
	return smn_truth_of(a);
}

/*
 * Address bits of stage 2 are those that come out (IDR5.OAS), of stage 1 what
 * the CPU's addresses have; more than 48 need pages of 64 KiB.
 */
#define USUAL_BITS 48
#define MOST_BITS 52

static unsigned int output_bits(const struct smn_smmu *smmu)
{
	const struct smn_field *f = smn_layout_field(&smn_idrs[5], "OAS", 3);
	const char *bits = smn_field_value_name(
		f, smn_idr_get(smmu->regs, "IDR5.OAS"));
	unsigned int n = strtoul(bits, NULL, 10);

	/* what the driver does not know it takes for the usual */
	return n > MOST_BITS ? USUAL_BITS : n;
}

/* The last address a HWPT translates; 0: it is not known. */
static uint64_t last_address(const struct smn_question *q, bool s2)
{
	uint64_t page = smn_smmu_page(q->w, q->smmu);
	unsigned int bits;

	if (!page)
		return 0;
	bits = s2 ? output_bits(q->smmu) : USUAL_BITS;
	if (bits > USUAL_BITS && page < 1 << 16)
		bits = USUAL_BITS;
	return (1ULL << bits) - 1;
}

enum smn_truth smn_paging_outside(const struct smn_question *q,
				  const struct smn_obj *ioas, uint32_t flags,
				  struct smn_why *why)
{
	enum smn_truth s2 = smn_paging_s2(q, flags);
	uint64_t last = last_address(q, s2 == SMN_YES);
	const struct smn_space *s = &ioas->ioas.space;
	const struct smn_area *a;

	if (s2 == SMN_UNKNOWN || !last)
		return SMN_UNKNOWN;
	a = smn_areas_find(&s->mapped, last + 1, ~0ULL);
	if (a && why)
		smn_why_set(why, "the mapping at 0x%" PRIx64 " lies beyond "
			    "0x%" PRIx64 ", the last address that stage %s "
			    "translates", a->start, last,
			    s2 == SMN_YES ? "2 (IDR5.OAS)" : "1");
	return smn_truth_of(a || smn_areas_find(&s->allowed, last + 1, ~0ULL));
}

/* --- it comes into the world --- */

/* What lies beyond @hwpt is reserved by all HWPTs of its IOAS together. */
static struct smn_area outside(const struct smn_obj *hwpt)
{
	return (struct smn_area){ .start = hwpt->paging.last + 1,
				  .last = ~0ULL, .owner = hwpt->paging.ioas };
}

static int reserve_outside(const struct smn_obj *hwpt)
{
	struct smn_area area = outside(hwpt);
	struct smn_space *s = &hwpt->paging.ioas->ioas.space;

	return hwpt->paging.last ? smn_areas_share(&s->reserved, &area) : 0;
}

void smn_paging_unreserve(const struct smn_obj *hwpt)
{
	struct smn_area area = outside(hwpt);

	smn_areas_unshare(&hwpt->paging.ioas->ioas.space.reserved, &area);
}

struct smn_obj *smn_paging_new(struct smn_question *q, struct smn_obj *ioas,
			       uint32_t flags, uint32_t *id)
{
	struct smn_obj *o = smn_obj_new(q->w, q->x, SMN_T_PAGING, id);

	if (!o)
		return NULL;
	o->paging = (struct smn_paging){
		.smmu = q->smmu, .flags = flags,
		.s2 = smn_paging_s2(q, flags) == SMN_YES,
		.coherent = smn_question_fact(q, SMN_FACT_NO_CANWBS) == SMN_NO,
	};
	o->paging.last = last_address(q, o->paging.s2);
	if (smn_ioas_add_hwpt(q->w, ioas, o)) {
		o->type = SMN_T_NONE;	/* it holds nothing yet */
		smn_obj_free(q->w, o);
		return NULL;
	}
	if (!o->paging.s2)
		q->w->nasids++;
	else if (q->smmu)
		q->smmu->nvmids++;
	if (reserve_outside(o)) {
		smn_obj_free(q->w, o);
		return NULL;
	}
	return o;
}
