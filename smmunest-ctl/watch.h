/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One time line of all that can be seen while something happens to a device:
 * our own ioctls, VFIO's request and error channels, netlink, the vEVENTQ and
 * the kernel's log. Times are ns since the start.
 */
#ifndef CTL_WATCH_H
#define CTL_WATCH_H

#include "ctl.h"
#include "nest/vevent.h"

#define WATCH_UEVENTS 64	/* that are kept for the checks */

struct watch_row {
	uint64_t ns;
	struct json_object *o;
};

struct watch {
	struct ctl *ctl;
	uint64_t start;
	struct watch_row *rows;
	size_t n, room;
	uint64_t left_out;		/* rows that were too many */

	struct smn_netlink nl;
	bool hears;			/* uevents, all of them so far */
	struct smn_event uevents[WATCH_UEVENTS];
	unsigned int nuevents;

	struct smn_kmsg log;		/* .sys NULL: it cannot be read, */
	struct smn_why log_why;		/* because of this */
	uint32_t kinds;			/* of all its lines so far */
	struct smn_why line[SMN_NKMSG];	/* the first of each kind */

	struct smn_vevents *events;	/* NULL: there are none, or somebody */
	uint64_t got;			/* else reads them */

	int req, err;			/* eventfds, -1: none */
	uint64_t asked, broke;		/* how often they were signalled */
};

/* From now on; every ioctl is told too. */
void watch_open(struct ctl *ctl, struct watch *w);

/* What happened at @ns of smn_sys_now(). */
__attribute__((format(printf, 4, 5)))
void watch_add(struct watch *w, uint64_t ns, const char *source,
	       const char *fmt, ...);

/* The same of an ioctl: for ctl->observe. */
void watch_call(struct watch *w, const struct smn_call *call);

/*
 * Read everything that has come; when nothing has, wait for it up to @ms, or
 * until @fd can be read from (-1: none).
 */
void watch_look(struct watch *w, int fd, uint32_t ms);

/* result.timeline, and who was there to be heard; then close. */
void watch_close(struct watch *w);

#endif
