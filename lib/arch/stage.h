/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the walk share; nobody else includes it. See walk.h. */
#ifndef SMN_ARCH_STAGE_H
#define SMN_ARCH_STAGE_H

#include "arch/walk.h"

/* CLASS of an event: who wanted the address that faulted, 7.3. */
enum smn_class { SMN_CLASS_CD, SMN_CLASS_TTD, SMN_CLASS_IN };

/* STE.Config: bit 2 lets traffic pass, the others are a stage each. */
enum { CONFIG_S1 = 1, CONFIG_S2 = 2, CONFIG_PASS = 4 };

/* How one stage translates: from the CD, or from the STE. */
struct smn_stage {
	uint8_t number;
	uint8_t granule;	/* bits: 12, 14 or 16 */
	uint8_t ia_bits, oa_bits;
	int8_t start;		/* level of the first table */
	uint8_t sh;		/* shareability when ds */
	bool ds;		/* 52-bit descriptors of 4K and 16K */
	bool lpa;		/* 52-bit descriptors of 64K */
	bool big;		/* endian */
	bool had;		/* hierarchical attributes disabled */
	bool affd, ha, hd;
	uint64_t base;
};

struct smn_walking {
	const struct smn_walk *in;
	struct smn_walk_result *out;
	uint32_t idr[SMN_NREGS];
	uint64_t ste[SMN_STE_WORDS], cd[SMN_CD_WORDS];
	bool s1, s2;		/* which stages translate this transaction */
	bool cd_known;
	bool write, priv, inst;	/* after the STE's overrides */
	struct smn_stage stage1, stage2;
};

/* Where a fault is, as its event tells. */
struct smn_fault {
	bool s2;
	uint8_t class;
	uint64_t ipa, fetch;
	bool ttrnw;
	bool always;		/* no A, R or S bit has a say */
};

/* What a stage found. */
struct smn_found {
	uint64_t oa;
	struct smn_memtype mem;	/* of stage 1; of both when stage 2 looked */
	bool r, w, x;
};

/* --- fields by name: the name is one of the tables', never input --- */

uint64_t smn_walk_get(const struct smn_layout *l, const char *name,
		      const uint64_t *words);
uint64_t smn_walk_ste(const struct smn_walking *w, const char *name);
uint64_t smn_walk_cd(const struct smn_walking *w, const char *name);
uint32_t smn_walk_idr(const struct smn_walking *w, const char *path);

/* Bits of an address size as IDR5.OAS, CD.IPS and STE.S2PS encode it. */
unsigned int smn_walk_size(unsigned int code);
unsigned int smn_walk_oas(const struct smn_walking *w);
unsigned int smn_walk_ias(const struct smn_walking *w);
bool smn_walk_fits(uint64_t addr, unsigned int bits);

/* --- steps and endings, ending.c; the latter return false: do not go on --- */

/* Read @n little-endian words for @step and remember them there. */
bool smn_walk_read(struct smn_walking *w, struct smn_walk_step *step,
		   uint64_t pa, unsigned int n);

__attribute__((format(printf, 4, 5)))
void smn_walk_says(struct smn_walking *w, struct smn_walk_step *step,
		   const char *field, const char *fmt, ...);

/* The event called @type ends the walk; f is NULL for what knows no stage. */
__attribute__((format(printf, 6, 7)))
bool smn_walk_fault(struct smn_walking *w, const char *type,
		    const struct smn_fault *f, struct smn_walk_step *step,
		    const char *field, const char *fmt, ...);

/* The read of @step has failed: @type ends the walk. */
bool smn_walk_unread(struct smn_walking *w, const char *type,
		     const struct smn_fault *f, struct smn_walk_step *step);

__attribute__((format(printf, 5, 6)))
bool smn_walk_end(struct smn_walking *w, enum smn_walk_end end,
		  struct smn_walk_step *step, const char *field,
		  const char *fmt, ...);

/* --- config.c: is it legal, and how do the stages translate? --- */

bool smn_walk_check_ste(struct smn_walking *w, struct smn_walk_step *step);
bool smn_walk_check_cd(struct smn_walking *w, struct smn_walk_step *step);

/* The half of the address space that @iova lies in, from a checked CD. */
bool smn_walk_stage1(struct smn_walking *w, uint64_t iova);

/* --- pgtable.c --- */

bool smn_walk_s1(struct smn_walking *w, uint64_t va, struct smn_found *found);

/* found->mem is stage 1's on entry where there is one. */
bool smn_walk_s2(struct smn_walking *w, uint64_t ipa, enum smn_class class,
		 struct smn_found *found);

/* --- memtype.c --- */

struct smn_memtype smn_memtype_mair(uint8_t attr, uint8_t sh);
struct smn_memtype smn_memtype_s2(uint8_t memattr, uint8_t sh);
struct smn_memtype smn_memtype_combine(struct smn_memtype s1, uint8_t memattr,
				       uint8_t sh, bool fwb);

#endif
