// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A vEVENTQ's records. The lost-events header stands at the end of the queue
 * and is renumbered by each further loss; it goes when an event gets in again,
 * and the gap in the numbers remains.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/iommufd.h>

#include "abi/ring.h"

#define EVENT_WORDS 4

_Static_assert(SMN_RECORD == sizeof(struct iommufd_vevent_header) +
	       EVENT_WORDS * sizeof(uint64_t), "SMN_RECORD");

struct record {
	uint32_t sequence;
	uint64_t evt[EVENT_WORDS];
};

struct smn_ring {
	uint32_t depth, n, first;	/* waiting records, oldest at first */
	uint32_t sequence;		/* the next one's number */
	uint32_t room;			/* of at[]; grows up to depth */
	bool lost;
	uint32_t lost_sequence;
	struct record *at;
};

struct smn_ring *smn_ring_new(uint32_t depth)
{
	struct smn_ring *r = calloc(1, sizeof(*r));

	if (r)
		r->depth = depth;
	return r;
}

void smn_ring_free(struct smn_ring *r)
{
	if (r)
		free(r->at);
	free(r);
}

static bool make_room(struct smn_ring *r)
{
	uint32_t room = r->room ? 2 * r->room : 16;
	struct record *at;

	if (r->n < r->room)
		return true;
	at = malloc(room * sizeof(*at));
	if (!at)
		return false;
	for (uint32_t i = 0; i < r->n; i++)
		at[i] = r->at[(r->first + i) % r->room];
	free(r->at);
	r->at = at;
	r->room = room;
	r->first = 0;
	return true;
}

static uint32_t take_number(struct smn_ring *r)
{
	uint32_t n = r->sequence;

	r->sequence = n == 0x7fffffff ? 0 : n + 1;
	return n;
}

void smn_ring_put(struct smn_ring *r, const uint64_t evt[4])
{
	struct record *rec;
	uint32_t sequence = take_number(r);

	if (r->n == r->depth || !make_room(r)) {
		r->lost = true;
		r->lost_sequence = sequence;
		return;
	}
	r->lost = false;
	rec = &r->at[(r->first + r->n++) % r->room];
	rec->sequence = sequence;
	memcpy(rec->evt, evt, sizeof(rec->evt));
}

size_t smn_ring_first(const struct smn_ring *r)
{
	if (r->n)
		return SMN_RECORD;
	return r->lost ? sizeof(struct iommufd_vevent_header) : 0;
}

static size_t put_header(char *to, uint32_t flags, uint32_t sequence)
{
	struct iommufd_vevent_header h = { .flags = flags,
					   .sequence = sequence };

	memcpy(to, &h, sizeof(h));
	return sizeof(h);
}

size_t smn_ring_read(struct smn_ring *r, void *buf, size_t len)
{
	char *to = buf;
	size_t done = 0;

	while (r->n && done + SMN_RECORD <= len) {
		struct record *rec = &r->at[r->first];

		done += put_header(to + done, 0, rec->sequence);
		memcpy(to + done, rec->evt, sizeof(rec->evt));
		done += sizeof(rec->evt);
		r->first = (r->first + 1) % r->room;
		r->n--;
	}
	if (!r->n && r->lost && done + smn_ring_first(r) <= len) {
		done += put_header(to + done, IOMMU_VEVENTQ_FLAG_LOST_EVENTS,
				   r->lost_sequence);
		r->lost = false;
	}
	return done;
}
