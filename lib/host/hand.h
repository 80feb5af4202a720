/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device changes hands: what has to be written into sysfs. Nothing here
 * remembers anything; that is for those who hold the device's journal.
 */
#ifndef SMN_HOST_HAND_H
#define SMN_HOST_HAND_H

#include "host/journal.h"

/* The driver it has, "" for none. -ENODEV: there is no such device. */
int smn_hand_current(struct smn_sys *sys, const char *bdf, char *driver,
		     size_t len);
bool smn_hand_is_gone(struct smn_sys *sys, const char *bdf);

/* "" for none. */
void smn_hand_get_override(struct smn_sys *sys, const char *bdf, char *name,
			   size_t len);
int smn_hand_set_override(struct smn_sys *sys, const char *bdf,
			  const char *name);

/*
 * Whoever has it, vfio-pci gets it. -EIO: it did not take it in time;
 * otherwise what sysfs answers.
 */
int smn_hand_to_vfio(struct smn_sys *sys, const char *bdf);

/*
 * From vfio-pci, or from nobody, to the driver it had. Can be repeated from
 * wherever it was interrupted. What another driver has by now is let alone.
 * -EBUSY: a program has it open, @why says which.
 */
int smn_hand_back(struct smn_sys *sys, const char *bdf,
		  const struct smn_former *former, struct smn_why *why);

#endif
