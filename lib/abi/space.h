/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mapping that is asked for: IOAS_MAP, IOAS_MAP_FILE and IOAS_COPY in one
 * shape, and where in the IOAS the kernel puts it.
 */
#ifndef SMN_ABI_SPACE_H
#define SMN_ABI_SPACE_H

#include "abi/ioas.h"

struct smn_want {
	uint32_t flags;
	struct smn_obj *ioas;	/* NULL: there is none, or not known */
	uint64_t from;		/* the address, or offset in the file */
	uint64_t iova, length;
	bool file;
	uint64_t bytes;		/* of the file, that can be pinned */
	const struct smn_file *dmabuf;	/* or one whose registers are mapped */
};

/* What the question asks for, if it is one of the three. */
struct smn_want smn_want_of(const struct smn_question *q);

/* Is all that a copy copies mapped? True of the two others. */
bool smn_want_has_source(const struct smn_question *q);

/*
 * The pieces of memory that the mapping will be made of: one, or as many as
 * the source of a copy has, at the source's addresses. 0 or -ENOMEM.
 */
int smn_want_pieces(const struct smn_question *q, const struct smn_want *want,
		    struct smn_areas *to);

static inline bool smn_want_fixed(const struct smn_want *want)
{
	return want->flags & IOMMU_IOAS_MAP_FIXED_IOVA;
}

/*
 * Where a mapping goes that may go anywhere. -EOVERFLOW: it is too long;
 * -EINVAL: the memory is not aligned to what the IOAS wants; -ENOSPC.
 */
int smn_want_place(const struct smn_question *q, const struct smn_want *want,
		   uint64_t align, uint64_t *iova);

/*
 * It was accepted: map it. *iova is the out member, chosen here where the world
 * answers, else by the kernel. 0 or -ENOMEM.
 */
int smn_want_done(struct smn_question *q, __u64 *iova);

#endif
