/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1 as a VM builds it: tables and Context Descriptors in memory that
 * stage 2 maps. The SMMU reads them there while they are in use, so descriptors
 * are stored whole, a pointer to a table after the table.
 *
 * Addresses put into tables are IPAs. 4K, 16K and 64K granules, 48 bits of
 * output address: what every SMMUv3 with the granule has.
 */
#ifndef SMN_ARCH_S1_H
#define SMN_ARCH_S1_H

#include <stddef.h>

#include "arch/field.h"

/* Zeroed memory of the VM that pieces are taken from and never given back. */
struct smn_arena {
	unsigned char *mem;
	uint64_t ipa;		/* where stage 2 maps it */
	size_t bytes, used;
};

/*
 * @size zeroed bytes whose IPA is a multiple of @align, a power of two; NULL
 * when there is no room. *ipa is where the VM's SMMU finds them.
 */
void *smn_arena_take(struct smn_arena *a, size_t size, size_t align,
		     uint64_t *ipa);

/* What this process sees of [ipa, ipa + size), NULL outside of the arena. */
void *smn_arena_at(const struct smn_arena *a, uint64_t ipa, size_t size);

/* One address space: what a CD's TTB0 points to. */
struct smn_s1 {
	struct smn_arena *arena;
	uint8_t granule;	/* bits of a page: 12, 14, 16 */
	uint8_t t0sz;		/* 16 to 39: 64-T0SZ bits of an IOVA */
	int8_t start;		/* level of the first table */
	uint64_t root;
};

/* -EINVAL: no such granule or T0SZ; -ENOSPC: the arena is full. */
int smn_s1_init(struct smn_s1 *s1, struct smn_arena *arena,
		unsigned int granule, unsigned int t0sz);

/* Bytes that a descriptor of @level maps; 0 where no block can be. */
uint64_t smn_s1_size(const struct smn_s1 *s1, int level);

/* What a page of ordinary memory has: both may read and write. */
#define SMN_S1_USUAL "AttrIndx=0,AP[1]=1,SH=ish,AF=1,nG=1"

/*
 * Map smn_s1_size(@level) bytes at @iova to @ipa with one descriptor whose
 * attributes are @attrs, as smn_ttd_layout names them. -EINVAL: not aligned to
 * that size, beyond 64-T0SZ bits, or no such block; -EEXIST: something is
 * mapped there, or a table; -ENOSPC; -EFAULT: somebody wrote into the tables;
 * otherwise as smn_layout_parse().
 */
int smn_s1_map(struct smn_s1 *s1, uint64_t iova, uint64_t ipa, int level,
	       const char *attrs, struct smn_why *why);

/*
 * The descriptor that a walk of @iova ends at, and its level: to change or
 * clear it. NULL: there is none, a table on the way is missing.
 */
uint64_t *smn_s1_leaf(const struct smn_s1 *s1, uint64_t iova, int *level);

/* The descriptor of @level on @iova's way; NULL: the walk ends above it. */
uint64_t *smn_s1_entry(const struct smn_s1 *s1, uint64_t iova, int level);

/* The CDs of a VM's device, by SubstreamID. */
struct smn_cds {
	struct smn_arena *arena;
	uint8_t s1fmt;		/* 0 linear; two levels: 1 4K, 2 64K leaves */
	uint8_t s1cdmax;	/* 2^S1CDMax of them */
	uint64_t ipa;		/* S1ContextPtr */
};

/* -EINVAL: no such format, or two levels of one CD; -ENOSPC. */
int smn_cds_init(struct smn_cds *cds, struct smn_arena *arena,
		 unsigned int s1fmt, unsigned int s1cdmax);

/*
 * CD @ssid translates through @s1. @fields, "ASID=7,..." as smn_cd names them,
 * are laid over what is usual: V=1, a fault recorded and aborted, write-back
 * walks, MAIR0 with attribute 0 write-back. -EINVAL: @ssid beyond S1CDMax;
 * -ENOSPC; otherwise as smn_layout_parse().
 */
int smn_cds_set(struct smn_cds *cds, uint32_t ssid, const struct smn_s1 *s1,
		const char *fields, struct smn_why *why);

/* The words of CD @ssid, NULL where no leaf table was made. */
uint64_t *smn_cds_at(const struct smn_cds *cds, uint32_t ssid);

/* Put S1Fmt, S1CDMax and S1ContextPtr into a VM's STE. */
void smn_cds_ste(const struct smn_cds *cds, uint64_t ste[2]);

#endif
