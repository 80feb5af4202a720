/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a device away from vfio-pci while a program, which may be ours, has it
 * open, and bringing it back. The kernel then sleeps until the program has
 * closed it: a child does the writing. Comes with smmunest.h.
 */
#ifndef SMN_HOST_REMOVAL_H
#define SMN_HOST_REMOVAL_H

#include <stdbool.h>

#include "host/journal.h"
#include "sys/sys.h"

/* X(way, name, what it is) */
#define SMN_WAYS(X) \
	X(IOCTL, "ioctl", "its user lets go of it, nobody asks for it") \
	X(UNBIND, "unbind", "its driver is told to let go of it") \
	X(REMOVE, "remove", "Linux is told to forget it") \
	X(UNPLUG, "unplug", "its slot is switched off")

enum smn_way {
#define X(way, name, what) SMN_WAY_##way,
	SMN_WAYS(X)
#undef X
	SMN_NWAYS
};

/* "unbind"; NULL beyond. */
const char *smn_way_name(enum smn_way way);

struct smn_removal {
	struct smn_sys *sys;
	enum smn_way way;
	char bdf[SMN_BDF_LEN];
	char path[128], text[SMN_BDF_LEN];	/* what is written where */
	struct smn_writer writer;
	struct smn_journal journal;
	struct smn_former former;
	bool begun, ended;
	uint64_t next;	/* when it is called back, again or at last */
};

/*
 * How @bdf, which vfio-pci has, is taken away that way. Nothing is done yet,
 * but the journal has it: whoever calls this calls smn_removal_undo() in the
 * end, and if he dies before that, smn_driver_recover() does it. -ENOENT: there
 * is no slot of the device that could be switched off, @why says so;
 * otherwise as smn_journal_open(). SMN_WAY_IOCTL: there is nothing to do, now
 * and then.
 */
int smn_removal_plan(struct smn_sys *sys, const char *bdf, enum smn_way way,
		     struct smn_removal *r, struct smn_why *why);

/* A child does it from now on. Errors as smn_sys_begin_write(). */
int smn_removal_begin(struct smn_removal *r);

/* As smn_sys_end_write(); -EALREADY: that was asked before, or not begun. */
int smn_removal_end(struct smn_removal *r, uint32_t ms);

/* Is the device where the removal should bring it: without driver, or gone? */
bool smn_removal_is_done(const struct smn_removal *r);

/*
 * After smn_removal_begin(): vfio-pci has the device again, its override is as
 * it was, and its node is there; the device must have been closed. A slot is
 * switched on if its card is there; if not, somebody has to plug it in.
 * -ETIMEDOUT: not within @ms, and then the journal still says that it is to be
 * done; otherwise what sysfs answers. @why says how far it came.
 */
int smn_removal_undo(struct smn_removal *r, uint32_t ms, struct smn_why *why);

/*
 * The same for the removal of a dead process, of which the journal @j tells
 * @former. -ENODEV: its card was taken out of the slot; nobody is waited for.
 */
int smn_removal_resume(const struct smn_journal *j,
		       const struct smn_former *former, uint32_t ms,
		       struct smn_why *why);

#endif
