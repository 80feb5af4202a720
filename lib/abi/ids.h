/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers from 1 on, the lowest free one first, as the kernel's xa_alloc()
 * gives them; each with a pointer. Every call costs the same with one number
 * taken and with a million.
 */
#ifndef SMN_ABI_IDS_H
#define SMN_ABI_IDS_H

#include <stdint.h>

#define SMN_IDS_LEVELS 6	/* of 64-way bitmaps: more than 2^31 */

struct smn_ids {
	void **at;			/* by number */
	uint64_t *full[SMN_IDS_LEVELS];	/* set: taken, or all below */
	uint32_t room;			/* numbers below this have a place */
	uint32_t ntaken;
};

/* The lowest free number, or 0: no memory. It is not taken yet. */
uint32_t smn_ids_next(struct smn_ids *ids);

/* Take @id, which is free, for @p (not NULL). 0 or -ENOMEM. */
int smn_ids_take(struct smn_ids *ids, uint32_t id, void *p);

/* What @id stands for, NULL when it is free. */
static inline void *smn_ids_get(const struct smn_ids *ids, uint32_t id)
{
	return id < ids->room ? ids->at[id] : 0;
}

void smn_ids_give_back(struct smn_ids *ids, uint32_t id);
void smn_ids_free(struct smn_ids *ids);

#endif
