/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a stream's STE is: the stream table that two registers describe, IHI
 * 0070 sections 3.3.1, 6.3.23 and 6.3.24.
 */
#ifndef SMN_ARCH_STRTAB_H
#define SMN_ARCH_STRTAB_H

#include "arch/image.h"

#define SMN_SID_BITS 32

struct smn_strtab {
	uint64_t base;		/* of the table, aligned as the SMMU does it */
	bool two_level;
	uint8_t log2size;	/* bits of a StreamID that it has entries for */
	uint8_t split;		/* of these, that the second level resolves */
};

/*
 * What SMMU_STRTAB_BASE and SMMU_STRTAB_BASE_CFG say. -EINVAL: an FMT that the
 * architecture reserves, or a table of more than 2^32 streams.
 */
int smn_strtab_init(struct smn_strtab *t, uint64_t base, uint64_t cfg,
		    struct smn_why *why);

/*
 * The first @words words of the STE of stream @sid. 0; -ERANGE: the table has
 * no entry for it, C_BAD_STREAMID to the SMMU; -ENXIO or an image's -errno:
 * what is at *at cannot be read.
 */
int smn_strtab_read(const struct smn_strtab *t, const struct smn_memory *m,
		    uint32_t sid, uint64_t *ste, unsigned int words,
		    uint64_t *at);

#endif
