// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A vEVENTQ's records as read(2) gives them: numbers, depth, what is lost, and
 * buffers that are too small. Expectations are iommufd_veventq_fops_read()'s
 * and iommufd_vevent_handler()'s.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/iommufd.h>

#include "abi/ring.h"
#include "tap.h"

struct record {
	struct iommufd_vevent_header h;
	uint64_t evt[4];
};

static void put(struct smn_ring *r, uint64_t tag)
{
	const uint64_t evt[4] = { 0x10 | tag << 32, tag, ~tag, tag * 3 };

	smn_ring_put(r, evt);
}

static bool is_event(const void *at, uint32_t sequence, uint64_t tag)
{
	struct record rec;

	memcpy(&rec, at, sizeof(rec));
	return !rec.h.flags && rec.h.sequence == sequence &&
		rec.evt[0] == (0x10 | tag << 32) && rec.evt[1] == tag &&
		rec.evt[2] == ~tag && rec.evt[3] == tag * 3;
}

static bool is_lost(const void *at, uint32_t sequence)
{
	struct iommufd_vevent_header h;

	memcpy(&h, at, sizeof(h));
	return h.flags == IOMMU_VEVENTQ_FLAG_LOST_EVENTS &&
		h.sequence == sequence;
}

static void in_order(struct tap *t)
{
	struct smn_ring *r = smn_ring_new(4);
	char buf[4 * SMN_RECORD];

	tap_ok(t, !smn_ring_first(r) && !smn_ring_read(r, buf, sizeof(buf)),
	       "nothing waits in a new queue");
	put(r, 7);
	put(r, 8);
	tap_ok(t, smn_ring_first(r) == SMN_RECORD, "an event waits");
	tap_ok(t, !smn_ring_read(r, buf, SMN_RECORD - 1) &&
	       smn_ring_first(r) == SMN_RECORD, "half a record is not read");
	tap_ok(t, smn_ring_read(r, buf, sizeof(buf)) == 2 * SMN_RECORD &&
	       is_event(buf, 0, 7) && is_event(buf + SMN_RECORD, 1, 8),
	       "two events come in order, numbered from 0");
	put(r, 9);
	tap_ok(t, smn_ring_read(r, buf, SMN_RECORD + 39) == SMN_RECORD &&
	       is_event(buf, 2, 9), "the third has number 2");
	smn_ring_free(r);
}

static void overflow(struct tap *t)
{
	struct smn_ring *r = smn_ring_new(2);
	char buf[4 * SMN_RECORD];

	for (uint64_t tag = 0; tag < 4; tag++)
		put(r, tag);
	tap_ok(t, smn_ring_read(r, buf, 2 * SMN_RECORD) == 2 * SMN_RECORD &&
	       is_event(buf, 0, 0) && is_event(buf + SMN_RECORD, 1, 1),
	       "as many events wait as the depth");
	tap_ok(t, smn_ring_first(r) == 8 && !smn_ring_read(r, buf, 7) &&
	       smn_ring_first(r) == 8, "the header needs its 8 bytes");
	tap_ok(t, smn_ring_read(r, buf, 8) == 8 && is_lost(buf, 3),
	       "a header tells of two lost ones by the last one's number");
	tap_ok(t, !smn_ring_first(r), "and is told once");
	put(r, 4);
	tap_ok(t, smn_ring_read(r, buf, sizeof(buf)) == SMN_RECORD &&
	       is_event(buf, 4, 4), "numbers go on behind the gap");
	smn_ring_free(r);
}

/* A header that was not read goes when there is room again. */
static void room_again(struct tap *t)
{
	struct smn_ring *r = smn_ring_new(1);
	char buf[4 * SMN_RECORD];

	put(r, 0);
	put(r, 1);
	smn_ring_read(r, buf, SMN_RECORD);
	put(r, 2);
	tap_ok(t, smn_ring_first(r) == SMN_RECORD &&
	       smn_ring_read(r, buf, sizeof(buf)) == SMN_RECORD &&
	       is_event(buf, 2, 2), "only the gap tells of what was lost");
	put(r, 3);
	put(r, 4);
	tap_ok(t, smn_ring_read(r, buf, sizeof(buf)) == SMN_RECORD + 8 &&
	       is_event(buf, 3, 3) && is_lost(buf + SMN_RECORD, 4),
	       "events and the header come in one read");
	smn_ring_free(r);
}

/* Growth, and going round, against a counter. */
static void many(struct tap *t)
{
	struct smn_ring *r = smn_ring_new(100);
	char buf[7 * SMN_RECORD];
	uint32_t in = 0, out = 0;
	bool right = true;

	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 5; i++)
			put(r, in++);
		size_t n = smn_ring_read(r, buf, sizeof(buf));

		for (size_t i = 0; i < n / SMN_RECORD; i++, out++)
			right &= is_event(buf + i * SMN_RECORD, out, out);
		for (int i = 0; round % 10 == 0 && i < 10; i++)
			put(r, in++);
	}
	while (smn_ring_read(r, buf, SMN_RECORD) == SMN_RECORD)
		right &= is_event(buf, out, out), out++;
	tap_ok(t, right && out == in, "%u events keep their order", in);
	smn_ring_free(r);
}

int main(void)
{
	struct tap t = { 0 };

	in_order(&t);
	overflow(&t);
	room_again(&t);
	many(&t);
	return tap_done(&t);
}
