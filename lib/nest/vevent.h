/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a vIOMMU as its vEVENTQ hands them out, and those that it lost.
 * Each has a number; one that does not follow the one before it says how many
 * are missing (UAPI, struct iommufd_vevent_header). Their words are those of
 * smn_evts, with the vSID for SID; the caller decodes them.
 */
#ifndef SMN_NEST_VEVENT_H
#define SMN_NEST_VEVENT_H

#include "smmunest.h"

struct smn_vevent {
	uint32_t sequence;
	uint32_t missing;	/* lost since the one before */
	bool lost;		/* nothing but the news that some are missing:
				 * no words, its own number among those */
	uint64_t words[4];
	uint64_t ns;		/* when it was read, of smn_sys_now() */
};

#define SMN_VEVENTS_BUFFER 2560	/* bytes: 64 events at a time */

/* A queue that is being read. */
struct smn_vevents {
	struct smn_session *s;
	int fd;
	uint64_t got, lost;	/* events so far */
	uint32_t next;		/* the number that the next one should have */
	uint64_t ns;		/* when the buffer was filled */
	uint32_t at, have;
	_Alignas(8) unsigned char buffer[SMN_VEVENTS_BUFFER];
};

/* From now on, or rather from the oldest that waits in it. */
void smn_vevents_start(struct smn_vevents *ev, struct smn_session *s, int fd);

/*
 * The next event; when none waits, whatever comes within @ms milliseconds.
 * -ETIMEDOUT: none came; -EINTR: a signal did; -EPROTO: the kernel gave
 * something that is no event, and what was read with it is dropped; otherwise
 * as read(2) of a vEVENTQ.
 */
int smn_vevents_next(struct smn_vevents *ev, uint32_t ms, struct smn_vevent *e);

/*
 * Take everything, until none came for @ms milliseconds: how many events there
 * were, or -errno as above. A queue that fills faster than it is read is left
 * at some point.
 */
int smn_vevents_drain(struct smn_vevents *ev, uint32_t ms);

#endif
