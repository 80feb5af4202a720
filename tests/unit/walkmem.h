/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory and structures for the walk's tests. All constants are typed from the
 * architecture and none comes from the tables under test: STE and CD from IHI
 * 0070 5.2 and 5.4, descriptors from the Arm ARM D8.3.
 */
#ifndef WALKMEM_H
#define WALKMEM_H

#include <errno.h>
#include <string.h>

#include "arch/walk.h"

/* Words that are not 0, the last one put first; a hole cannot be read. */
struct memory {
	unsigned int n, reads;
	uint64_t hole;
	struct {
		uint64_t addr, word;
	} at[128];
};

#define NO_HOLE 1	/* no word is at an odd address */

static inline void put(struct memory *m, uint64_t addr, uint64_t word)
{
	m->at[m->n].addr = addr;
	m->at[m->n++].word = word;
}

static inline uint64_t peek(const struct memory *m, uint64_t addr)
{
	for (unsigned int i = m->n; i--;)
		if (m->at[i].addr == addr)
			return m->at[i].word;
	return 0;
}

static inline int read_words(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct memory *m = ctx;
	unsigned char *to = buf;

	m->reads++;
	for (size_t i = 0; i < len; i++) {
		uint64_t word = (addr + i) & ~7ULL;

		if (word == m->hole)
			return -EFAULT;
		to[i] = peek(m, word) >> 8 * ((addr + i) & 7);
	}
	return 0;
}

/* STE: words 0, 2 and 3 */
#define STE_V (1ULL << 0)
#define STE_CFG(n) ((uint64_t)(n) << 1)
#define STE_CDMAX(n) ((uint64_t)(n) << 59)
#define STE_S2T0SZ(n) ((uint64_t)(n) << 32)
#define STE_S2SL0(n) ((uint64_t)(n) << 38)
#define STE_S2TG(n) ((uint64_t)(n) << 46)
#define STE_S2PS(n) ((uint64_t)(n) << 48)
#define STE_S2AA64 (1ULL << 51)
#define STE_S2R (1ULL << 58)
#define STE_SL0_2 (1ULL << 2)
#define STE_S2DS (1ULL << 3)

/* CD: word 0 */
#define CD_T0SZ(n) ((uint64_t)(n) << 0)
#define CD_TG0(n) ((uint64_t)(n) << 6)
#define CD_EPD0 (1ULL << 14)
#define CD_T1SZ(n) ((uint64_t)(n) << 16)
#define CD_TG1(n) ((uint64_t)(n) << 22)
#define CD_EPD1 (1ULL << 30)
#define CD_V (1ULL << 31)
#define CD_IPS(n) ((uint64_t)(n) << 32)
#define CD_AA64 (1ULL << 41)
#define CD_R (1ULL << 45)
#define CD_A (1ULL << 46)
#define CD_PLAIN (CD_V | CD_AA64 | CD_R | CD_A)
#define CD2_DS (1ULL << 58)

#endif
