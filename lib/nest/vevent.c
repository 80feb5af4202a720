// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a vEVENTQ: whole records, numbers that follow each other. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include <linux/iommufd.h>

#include "nest/vevent.h"

/* Events that come while we read must not keep us. */
#define DRAIN_MAX 1000000

void smn_vevents_start(struct smn_vevents *ev, struct smn_session *s, int fd)
{
	ev->s = s;
	ev->fd = fd;
	ev->got = ev->lost = 0;
	ev->next = ev->at = ev->have = 0;
}

/* What waits in the queue now; nothing is 0 bytes. */
static int fill(struct smn_vevents *ev)
{
	ssize_t n = smn_sys_read_queue(ev->s->sys, SMN_READ_VEVENTQ, ev->fd,
				       ev->buffer, sizeof(ev->buffer));

	if (n < 0)
		return n;
	ev->ns = smn_sys_now(ev->s->sys);
	ev->at = 0;
	ev->have = n;
	return 0;
}

/* A queue is readable when something waits in it. */
static int wait_for(struct smn_vevents *ev, uint32_t ms)
{
	struct pollfd fd = { .fd = ev->fd, .events = POLLIN };
	int ready = smn_sys_poll(ev->s->sys, &fd, 1,
				 ms > INT_MAX ? INT_MAX : (int)ms);

	if (ready < 0)
		return ready;
	return ready ? fill(ev) : -ETIMEDOUT;
}

static int broken(struct smn_vevents *ev)
{
	ev->at = ev->have = 0;
	return -EPROTO;
}

/* How many numbers lie between what should come and @sequence. */
static uint32_t gap(uint32_t next, uint32_t sequence)
{
	return (sequence - next) & INT_MAX;
}

static int take(struct smn_vevents *ev, struct smn_vevent *e)
{
	struct iommufd_vevent_header h;

	if (ev->have - ev->at < sizeof(h))
		return broken(ev);
	memcpy(&h, ev->buffer + ev->at, sizeof(h));
	ev->at += sizeof(h);
	*e = (struct smn_vevent){
		.sequence = h.sequence, .ns = ev->ns,
		.missing = gap(ev->next, h.sequence),
		.lost = h.flags & IOMMU_VEVENTQ_FLAG_LOST_EVENTS,
	};
	if (h.sequence > INT_MAX)
		return broken(ev);
	if (e->lost) {
		e->missing++;
	} else if (ev->have - ev->at < sizeof(e->words)) {
		return broken(ev);
	} else {
		memcpy(e->words, ev->buffer + ev->at, sizeof(e->words));
		ev->at += sizeof(e->words);
		ev->got++;
	}
	ev->lost += e->missing;
	ev->next = h.sequence + 1;
	return 0;
}

int smn_vevents_next(struct smn_vevents *ev, uint32_t ms, struct smn_vevent *e)
{
	int ret = 0;

	if (ev->at == ev->have)
		ret = fill(ev);
	if (!ret && ms && ev->at == ev->have)
		ret = wait_for(ev, ms);
	if (ret)
		return ret;
	return ev->at == ev->have ? -ETIMEDOUT : take(ev, e);
}

int smn_vevents_drain(struct smn_vevents *ev, uint32_t ms)
{
	struct smn_vevent e;
	int n = 0, ret = 0;

	while (!ret && n < DRAIN_MAX) {
		ret = smn_vevents_next(ev, ms, &e);
		n += !ret && !e.lost;
	}
	return ret && ret != -ETIMEDOUT ? ret : n;
}
