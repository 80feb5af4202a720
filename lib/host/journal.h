/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was changed on the machine, and how it was before. Two files a device
 * under /run/smmunest, which a reboot empties as it undoes the changes:
 *
 *  BDF       a completed bind: what to give back some day
 *  BDF.lock  locked by whoever changes the device now; what he is at, and how
 *            it was before, from before the first change until after the last.
 *            Text in it and no lock: he died half-way.
 *
 * The second is written with one write(2): it is there or it is not.
 */
#ifndef SMN_HOST_JOURNAL_H
#define SMN_HOST_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "abi/truth.h"
#include "host/facts.h"
#include "sys/sys.h"

#define SMN_JOURNAL "/run/smmunest"

/*
 * The driver and driver_override there were, or "". What was only to be taken
 * away for a while has the way, and comes back from there; else "".
 */
struct smn_former {
	bool known;		/* the driver; else: who wants the device */
	char driver[32];
	char override[32];
	char way[8];
};

struct smn_journal {
	struct smn_sys *sys;
	int fd;
	char bdf[SMN_BDF_LEN];
};

/*
 * Be the only one who changes the device. -EBUSY: another process is, @why
 * says who; -EACCES, -EPERM: not root. Nothing is open after a failure. What
 * a dead one has begun is waited for: his child may still be in the kernel.
 */
int smn_journal_open(struct smn_sys *sys, const char *bdf,
		     struct smn_journal *j, struct smn_why *why);
void smn_journal_close(struct smn_journal *j);

/* Before the first change: how it is now. @work is a word, "bind". */
int smn_journal_begin(struct smn_journal *j, const char *work,
		      const struct smn_former *former);

/* After the last one. */
int smn_journal_end(struct smn_journal *j);

/* Work that was begun and not ended. -ENOENT: none; -EACCES. */
int smn_journal_half(struct smn_sys *sys, const char *bdf,
		     struct smn_former *former);

/* A completed bind is remembered, looked up (-ENOENT: none), forgotten. */
int smn_journal_keep(struct smn_journal *j, const struct smn_former *former);
int smn_journal_kept(struct smn_sys *sys, const char *bdf,
		     struct smn_former *former);
int smn_journal_forget(struct smn_journal *j);

/* Every device that has a file, once. The caller free()s *bdfs. -ENOMEM. */
int smn_journal_list(struct smn_sys *sys, char (**bdfs)[SMN_BDF_LEN],
		     size_t *n);

#endif
