/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vEVENTQ of one event, too short for what comes: the numbers that events
 * and the news of losses have, and that nothing is left behind by many. For the
 * model (tests/unit/overflow.c) and a real kernel (tests/guest/overflow.c).
 */
#ifndef OVERFLOW_H
#define OVERFLOW_H

#include <linux/iommufd.h>
#include <poll.h>

#include "walklab.h"

/* Nothing is mapped from there on; the pages are told apart. */
#define OVERFLOW_HOLES 0x01800000ULL

/* One transfer into the hole of that number: 0, or the source's error. */
static inline int overflow_fault(struct lab *l, unsigned int hole)
{
	int ret = smn_dma_write(&l->dma, OVERFLOW_HOLES +
				(uint64_t)hole * SMN_DMA_PAGE, 1);

	return ret == -EIO ? 0 : ret;
}

/* The queue readable, or a second gone. */
static inline bool overflow_wait(struct lab *l)
{
	struct pollfd fd = { .fd = l->events.fd, .events = POLLIN };

	return smn_sys_poll(l->sys, &fd, 1, LAB_EVENT_MS) == 1;
}

static inline ssize_t overflow_read(struct lab *l, void *buf, size_t len)
{
	return smn_sys_read_queue(l->sys, SMN_READ_VEVENTQ, l->events.fd, buf,
				  len);
}

/* A header at @buf, as it should be. */
static inline bool overflow_head(const void *buf, uint32_t flags,
				 uint32_t sequence)
{
	struct iommufd_vevent_header h;

	memcpy(&h, buf, sizeof(h));
	if (h.flags == flags && h.sequence == sequence)
		return true;
	printf("# flags %u, sequence %u\n", h.flags, h.sequence);
	return false;
}

/* Each fault is one event of its own, and none is under way any more. */
static inline int overflow_three(struct lab *l, unsigned int from)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < 3; i++) {
		ret = overflow_fault(l, from + i);
		smn_sys_poll(l->sys, NULL, 0, 10 * LAB_QUIET_MS);
	}
	return ret;
}

#define LOST IOMMU_VEVENTQ_FLAG_LOST_EVENTS

/* The first event, and one header that stands for two. */
static inline void overflow_numbers(struct lab *l)
{
	unsigned char buf[256];
	ssize_t n;
	int ret = overflow_three(l, 0);

	overflow_wait(l);
	n = overflow_read(l, buf, 8);
	tap_ok(l->tap, !ret && n == -EINVAL, "8 bytes are no room for an "
	       "event (%d, %zd)", ret, n);
	n = overflow_read(l, buf, sizeof(buf));
	tap_ok(l->tap, n == 48 && overflow_head(buf, 0, 0) &&
	       overflow_head(buf + 40, LOST, 2), "of three events in a queue "
	       "of one: number 0, and a header with the last's (%zd)", n);
	ret = overflow_fault(l, 3);
	overflow_wait(l);
	n = overflow_read(l, buf, sizeof(buf));
	tap_ok(l->tap, !ret && n == 40 && overflow_head(buf, 0, 3),
	       "the next is number 3: two were lost (%d, %zd)", ret, n);
	n = overflow_read(l, buf, sizeof(buf));
	tap_ok(l->tap, !n, "an empty queue reads nothing, at once (%zd)", n);
}

/* An event that still fits takes the header's place: the gap tells. */
static inline void overflow_gap(struct lab *l)
{
	unsigned char buf[256];
	ssize_t first, n;
	int ret = overflow_three(l, 4);

	overflow_wait(l);
	first = overflow_read(l, buf, 40);
	tap_ok(l->tap, !ret && first == 40 && overflow_head(buf, 0, 4),
	       "one event is read, the header stays (%d, %zd)", ret, first);
	ret = overflow_fault(l, 7);
	smn_sys_poll(l->sys, NULL, 0, 10 * LAB_QUIET_MS);
	n = overflow_read(l, buf, sizeof(buf));
	tap_ok(l->tap, !ret && n == 40 && overflow_head(buf, 0, 7),
	       "then comes number 7 and no header (%d, %zd)", ret, n);
	ret = overflow_three(l, 8);
	overflow_wait(l);
	first = overflow_read(l, buf, 40);
	n = overflow_read(l, buf, 8);
	tap_ok(l->tap, !ret && first == 40 && n == 8 &&
	       overflow_head(buf, LOST, 10),
	       "a header alone fits into 8 bytes (%d, %zd)", ret, n);
}

/* The same as smn_vevents_next() counts it. */
static inline void overflow_counted(struct lab *l)
{
	struct smn_vevent e = { 0 };
	int ret, first, lost, last;

	smn_vevents_start(&l->events, &l->s, l->events.fd);
	l->events.next = 11;
	ret = overflow_three(l, 11);
	first = smn_vevents_next(&l->events, LAB_EVENT_MS, &e);
	tap_ok(l->tap, !ret && !first && e.sequence == 11 && !e.lost &&
	       !e.missing, "counted: the first (%d, %d)", ret, first);
	lost = smn_vevents_next(&l->events, LAB_EVENT_MS, &e);
	ret = overflow_fault(l, 14);
	last = smn_vevents_next(&l->events, LAB_EVENT_MS, &e);
	tap_ok(l->tap, !ret && !lost && !last && e.sequence == 14 &&
	       !e.missing && l->events.lost == 2 && l->events.got == 2,
	       "counted: two came, two were lost (%d, %d, %d)", ret, lost,
	       last);
}

/* @n events or more, lost ones among them; all numbers are accounted for. */
static inline void overflow_many(struct lab *l, uint64_t n, uint64_t seconds)
{
	struct smn_vevents *ev = &l->events;
	uint64_t end = smn_sys_now(l->sys) + seconds * 1000000000ULL;
	uint64_t before = ev->got + ev->lost;
	uint32_t next = ev->next;
	int ret = 0;

	for (unsigned int i = 0; ret >= 0 && smn_sys_now(l->sys) < end &&
	     ev->got + ev->lost - before < n; i++) {
		ret = overflow_fault(l, i % 1024);
		if (!ret)
			ret = smn_vevents_drain(ev, 0);
	}
	if (ret >= 0)
		ret = smn_vevents_drain(ev, LAB_EVENT_MS);
	before = ev->got + ev->lost - before;
	tap_ok(l->tap, ret >= 0 && before && ev->next - next == before,
	       "%" PRIu64 " events, %" PRIu64 " of them lost: each has its "
	       "number (%d)", before, ev->lost, ret);
}

#undef LOST

#endif
