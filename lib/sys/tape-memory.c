// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory on a tape: where it is, and what has become different. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sys/tape-parts.h"

#define PIECE 8		/* bytes that are looked at together */
#define PAGE 4096
#define PLACES 0x680000000000UL	/* nobody else is there, ASan neither */
#define PLACE 0x40000000UL

/*
 * The k-th memory is at the k-th place, so that an address that is told is the
 * same at every replay. Where that place is taken, it stays where it is.
 */
static void *settle(unsigned int k, void *p, size_t n)
{
	void *place = (void *)(PLACES + k * PLACE), *moved = MAP_FAILED;

	if (n > PLACE || mmap(place, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			      MAP_FIXED_NOREPLACE, -1, 0) != place)
		return p;
	moved = mremap(p, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	if (moved == MAP_FAILED)
		munmap(place, n);
	return moved == MAP_FAILED ? p : moved;
}

void *smn_tape_add_map(struct smn_tape *t, void *p, size_t n)
{
	struct smn_tape_map *m;
	unsigned int i = 0;

	while (i < t->nmaps && t->maps[i].at)
		i++;
	if (i == SMN_TAPE_MAPS) {
		t->full = true;
		return p;
	}
	t->nmaps = i < t->nmaps ? t->nmaps : i + 1;
	p = settle(i, p, n);
	m = &t->maps[i];
	*m = (struct smn_tape_map){ .at = p, .n = n };
	/* it is zeroes in the beginning */
	if (t->memory)
		m->seen = calloc(1, n);
	t->full |= t->memory && !m->seen;
	return p;
}

unsigned int smn_tape_drop_map(struct smn_tape *t, const void *p)
{
	for (unsigned int i = t->nmaps; i; i--) {
		struct smn_tape_map *m = &t->maps[i - 1];

		if (m->at != p)
			continue;
		free(m->seen);
		*m = (struct smn_tape_map){ 0 };
		return i;
	}
	return 0;
}

static void add(struct smn_tape *t, const struct smn_tape_change *c)
{
	unsigned int room = t->room ? 2 * t->room : 64;
	void *more;

	if (t->nchanges == t->room) {
		more = realloc(t->changes, room * sizeof(*t->changes));
		if (!more) {
			t->full = true;
			return;
		}
		t->changes = more;
		t->room = room;
	}
	t->changes[t->nchanges++] = *c;
}

/* Within one page; what lies side by side is one change. */
static void look_at_page(struct smn_tape *t, unsigned int map, size_t at,
			 size_t n)
{
	const struct smn_tape_map *m = &t->maps[map - 1];
	struct smn_tape_change c = { .map = map };

	for (size_t i = at; i < at + n; i += PIECE) {
		if (!memcmp(m->at + i, m->seen + i, PIECE)) {
			if (c.n)
				add(t, &c);
			c.n = 0;
			continue;
		}
		memcpy(m->seen + i, m->at + i, PIECE);
		if (!c.n)
			c.at = i;
		c.n += PIECE;
		c.p = m->seen + c.at;
	}
	if (c.n)
		add(t, &c);
}

void smn_tape_look(struct smn_tape *t)
{
	t->nchanges = 0;
	for (unsigned int map = 1; t->watched && map <= t->nmaps; map++) {
		const struct smn_tape_map *m = &t->maps[map - 1];

		for (size_t at = 0; m->seen && at < m->n; at += PAGE) {
			size_t n = m->n - at < PAGE ? m->n - at : PAGE;

			if (memcmp(m->at + at, m->seen + at, n))
				look_at_page(t, map, at, n & ~(PIECE - 1UL));
		}
	}
}

bool smn_tape_place(const struct smn_tape *t, uint64_t address,
		    unsigned int *map, uint64_t *at)
{
	for (unsigned int i = 0; i < t->nmaps; i++) {
		uint64_t start = (uintptr_t)t->maps[i].at;

		/* just behind it is a place, too */
		if (!start || address < start ||
		    address - start > t->maps[i].n)
			continue;
		*map = i + 1;
		*at = address - start;
		return true;
	}
	return false;
}

uint64_t smn_tape_address(const struct smn_tape *t, unsigned int map,
			  uint64_t at)
{
	return map && map <= t->nmaps && t->maps[map - 1].at ?
		(uintptr_t)t->maps[map - 1].at + at : 0;
}

bool smn_tape_poke(struct smn_tape *t, const struct smn_tape_change *c)
{
	struct smn_tape_map *m = c->map && c->map <= t->nmaps ?
		&t->maps[c->map - 1] : NULL;

	if (!m || !m->at || c->at > m->n || c->n > m->n - c->at)
		return false;
	memcpy(m->at + c->at, c->p, c->n);
	return true;
}
