// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a vEVENTQ: numbers, gaps, lost events, and what no kernel should
 * give. The queue is the model's, or bytes.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/ring.h"
#include "nest/vevent.h"
#include "tap.h"

/* A queue: a ring, or else bytes that are read once. */
struct queue {
	struct smn_ring *ring;
	const void *bytes;
	size_t size;
	int poll_err, npolls;
	uint64_t late;		/* an event that comes while poll waits */
};

static void put(struct smn_ring *ring, uint64_t word)
{
	smn_ring_put(ring, (const uint64_t[4]){ word, 2, 3, 4 });
}

static ssize_t q_read(void *be, int fd, void *buf, size_t len)
{
	struct queue *q = be;
	size_t n = q->size < len ? q->size : len;

	(void)fd;
	if (q->ring)
		return smn_ring_read(q->ring, buf, len);
	memcpy(buf, q->bytes, n);
	q->size = 0;
	return n;
}

static int q_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	struct queue *q = be;

	(void)fds;
	(void)n;
	q->npolls++;
	if (q->poll_err)
		return q->poll_err;
	if (!q->late || !ms)
		return 0;
	put(q->ring, q->late);
	q->late = 0;
	return 1;
}

static uint64_t q_now(void *be)
{
	(void)be;
	return 7;
}

static const struct smn_backend backend = {
	.name = "queue", .read = q_read, .poll = q_poll, .now = q_now,
};

struct reader {
	struct queue q;
	struct smn_sys sys;
	struct smn_session s;
	struct smn_vevents ev;
	struct smn_vevent e;
};

static void start(struct reader *r, uint32_t depth)
{
	*r = (struct reader){ .q = { .ring = depth ? smn_ring_new(depth) :
				     NULL } };
	r->sys = (struct smn_sys){ .be = &backend, .priv = &r->q };
	r->s = (struct smn_session){ .sys = &r->sys };
	smn_vevents_start(&r->ev, &r->s, 3);
}

static void stop(struct reader *r)
{
	smn_ring_free(r->q.ring);
}

static bool next(struct reader *r, uint32_t sequence, uint32_t missing,
		 bool lost)
{
	return !smn_vevents_next(&r->ev, 0, &r->e) &&
		r->e.sequence == sequence && r->e.missing == missing &&
		r->e.lost == lost;
}

static void in_order(struct tap *t)
{
	struct reader r;
	bool ok = true;

	start(&r, 200);
	for (uint64_t i = 0; i < 150; i++)
		put(r.q.ring, i);
	for (uint64_t i = 0; i < 150; i++)
		ok &= next(&r, i, 0, false) && r.e.words[0] == i &&
			r.e.words[3] == 4 && r.e.ns == 7;
	tap_ok(t, ok, "150 events, more than a buffer, in order");
	tap_ok(t, r.ev.got == 150 && !r.ev.lost, "none is lost");
	tap_ok(t, smn_vevents_next(&r.ev, 0, &r.e) == -ETIMEDOUT &&
	       !r.q.npolls, "then none, without waiting");
	stop(&r);
}

static void waiting(struct tap *t)
{
	struct reader r;

	start(&r, 2);
	tap_ok(t, smn_vevents_next(&r.ev, 10, &r.e) == -ETIMEDOUT &&
	       r.q.npolls == 1, "none comes in time");
	r.q.late = 9;
	tap_ok(t, !smn_vevents_next(&r.ev, 10, &r.e) && r.e.words[0] == 9,
	       "one that comes while it waits");
	r.q.poll_err = -EINTR;
	tap_ok(t, smn_vevents_next(&r.ev, 10, &r.e) == -EINTR, "a signal");
	stop(&r);
}

static void overflow(struct tap *t)
{
	struct reader r;

	start(&r, 1);
	for (uint64_t i = 0; i < 3; i++)
		put(r.q.ring, i);
	tap_ok(t, next(&r, 0, 0, false), "depth 1, 3 events: the first");
	tap_ok(t, next(&r, 2, 2, true), "a header with number 2: two lost");
	put(r.q.ring, 3);
	tap_ok(t, next(&r, 3, 0, false) && r.e.words[0] == 3,
	       "the next one follows it");
	tap_ok(t, r.ev.got == 2 && r.ev.lost == 2, "two were got, two lost");
	stop(&r);

	start(&r, 1);
	for (uint64_t i = 0; i < 3; i++)
		put(r.q.ring, i);
	tap_ok(t, smn_vevents_drain(&r.ev, 0) == 1 && r.ev.lost == 2,
	       "draining counts events, not news of lost ones");
	stop(&r);
}

struct raw {
	uint32_t flags, sequence;
	uint64_t words[4];
};

static void numbers(struct tap *t)
{
	static const struct raw gap[] = { { .sequence = 0 },
					  { .sequence = 5 } };
	static const struct raw wrap[] = { { .sequence = 0x7fffffff },
					   { .sequence = 0 } };
	struct reader r;

	start(&r, 0);
	r.q.bytes = gap;
	r.q.size = sizeof(gap);
	tap_ok(t, next(&r, 0, 0, false) && next(&r, 5, 4, false) &&
	       r.ev.lost == 4, "a gap says how many are missing");
	start(&r, 0);
	r.q.bytes = wrap;
	r.q.size = sizeof(wrap);
	tap_ok(t, next(&r, 0x7fffffff, 0x7fffffff, false) &&
	       next(&r, 0, 0, false), "0 follows 2^31 - 1");
}

static void broken(struct tap *t)
{
	static const struct raw far = { .sequence = 0x80000000 };
	struct reader r;

	for (size_t size = 1; size < sizeof(far); size += 13) {
		start(&r, 0);
		r.q.bytes = &(struct raw){ 0 };
		r.q.size = size;
		tap_ok(t, smn_vevents_next(&r.ev, 0, &r.e) == -EPROTO &&
		       !r.ev.got, "%zu bytes are no event", size);
	}
	start(&r, 0);
	r.q.bytes = &far;
	r.q.size = sizeof(far);
	tap_ok(t, smn_vevents_next(&r.ev, 0, &r.e) == -EPROTO &&
	       smn_vevents_next(&r.ev, 0, &r.e) == -ETIMEDOUT,
	       "a number that cannot be, and what came with it is dropped");
}

int main(void)
{
	struct tap t = { 0 };

	in_order(&t);
	waiting(&t);
	overflow(&t);
	numbers(&t);
	broken(&t);
	return tap_done(&t);
}
