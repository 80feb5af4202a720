// SPDX-License-Identifier: GPL-2.0-or-later
/* Lowest-free numbers: a tree of bitmaps, a set bit meaning "full below". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/ids.h"

#define FULL (~0ULL)
#define MAX_ID 0x7fffffffu	/* xa_limit_31b */

/* Words of level @l when there is room for @room numbers. */
static size_t words_at(uint32_t room, unsigned int l)
{
	size_t n = room;

	do
		n = (n + 63) / 64;
	while (l--);
	return n;
}

static int grow_level(struct smn_ids *ids, unsigned int l, uint32_t room)
{
	size_t had = ids->room ? words_at(ids->room, l) : 0;
	size_t n = words_at(room, l);
	uint64_t *full = realloc(ids->full[l], n * sizeof(*full));

	if (!full)
		return -ENOMEM;
	memset(full + had, 0, (n - had) * sizeof(*full));
	ids->full[l] = full;
	return 0;
}

static int grow(struct smn_ids *ids, uint32_t id)
{
	uint32_t room = ids->room ? ids->room : 64;
	void **at;

	while (room <= id)
		room = room > MAX_ID / 2 ? MAX_ID + 1u : 2 * room;
	for (unsigned int l = 0; l < SMN_IDS_LEVELS; l++)
		if (grow_level(ids, l, room))
			return -ENOMEM;
	at = realloc(ids->at, room * sizeof(*at));
	if (!at)
		return -ENOMEM;
	memset(at + ids->room, 0, (room - ids->room) * sizeof(*at));
	ids->at = at;
	ids->room = room;
	return 0;
}

static void mark(struct smn_ids *ids, uint32_t id)
{
	for (unsigned int l = 0; l < SMN_IDS_LEVELS; l++, id /= 64) {
		ids->full[l][id / 64] |= 1ULL << id % 64;
		if (ids->full[l][id / 64] != FULL)
			return;
	}
}

static void unmark(struct smn_ids *ids, uint32_t id)
{
	for (unsigned int l = 0; l < SMN_IDS_LEVELS; l++, id /= 64)
		ids->full[l][id / 64] &= ~(1ULL << id % 64);
}

uint32_t smn_ids_next(struct smn_ids *ids)
{
	uint32_t at = 0;

	if (!ids->room) {
		if (grow(ids, 0))
			return 0;
		mark(ids, 0);
	}
	for (unsigned int l = SMN_IDS_LEVELS; l--;) {
		if (at >= words_at(ids->room, l)) {
			at <<= 6 * (l + 1);	/* all is free from there on */
			break;
		}
		at = 64 * at + __builtin_ctzll(~ids->full[l][at]);
	}
	if (at > MAX_ID || (at >= ids->room && grow(ids, at)))
		return 0;
	return at;
}

int smn_ids_take(struct smn_ids *ids, uint32_t id, void *p)
{
	if (!id || id > MAX_ID || (id >= ids->room && grow(ids, id)))
		return -ENOMEM;
	if (!ids->ntaken)
		mark(ids, 0);
	mark(ids, id);
	ids->at[id] = p;
	ids->ntaken++;
	return 0;
}

void smn_ids_give_back(struct smn_ids *ids, uint32_t id)
{
	unmark(ids, id);
	ids->at[id] = NULL;
	ids->ntaken--;
}

void smn_ids_free(struct smn_ids *ids)
{
	for (unsigned int l = 0; l < SMN_IDS_LEVELS; l++)
		free(ids->full[l]);
	free(ids->at);
	*ids = (struct smn_ids){ 0 };
}
