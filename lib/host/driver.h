/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Giving devices to vfio-pci and back, whatever happens on the way. Comes with
 * smmunest.h.
 */
#ifndef SMN_HOST_DRIVER_H
#define SMN_HOST_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "abi/truth.h"
#include "host/facts.h"
#include "sys/sys.h"

/*
 * Give the device to vfio-pci, having written its present driver to the
 * journal under /run/smmunest first; when a step fails the former driver is
 * back. What a killed command left half done on the device is undone before.
 * The caller has asked smn_pci_in_use().
 * -EALREADY: vfio-pci has it; -ENODEV: no such device; -ENOENT: vfio-pci is
 * not there; -EACCES, -EPERM: not root; -EBUSY: another process changes the
 * device now, @why says which.
 */
int smn_driver_bind(struct smn_sys *sys, const char *bdf, struct smn_why *why);

/*
 * Give the device back to the driver that the journal names, or, without a
 * journal, to whichever driver the kernel picks. @driver receives its name,
 * "" for none. -EALREADY: vfio-pci does not have it; -EBUSY: a program has the
 * device open; otherwise as above.
 */
int smn_driver_unbind(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len, struct smn_why *why);

/* A device that was, or should have been, given back. */
struct smn_recovered {
	char bdf[SMN_BDF_LEN];
	bool half;		/* a killed command's work; else a bind */
	bool gone;		/* the device is not there any more */
	char was[32], driver[32];	/* its driver before, and now */
	int err;		/* 0, or why not: as smn_driver_unbind() */
	struct smn_why why;
};

/*
 * Undo what killed commands left half done, by the journal; @completed: binds
 * that were completed, too. Of @bdf, or of every device where that is NULL.
 * What somebody has given to another driver since is only forgotten. @each is
 * told about what was found; devices on which a living process works are left
 * out unless @completed. 0, or why the journal cannot be read.
 */
int smn_driver_recover(struct smn_sys *sys, const char *bdf, bool completed,
		       void (*each)(void *ctx, const struct smn_recovered *r),
		       void *ctx);

/*
 * The driver that the device had before it was given to vfio-pci, "" for none.
 * -ENOENT: the journal does not say.
 */
int smn_driver_former(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len);

#endif
