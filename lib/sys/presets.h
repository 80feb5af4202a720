/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines for the model to be, by name. */
#ifndef SMN_SYS_PRESETS_H
#define SMN_SYS_PRESETS_H

#include "sys/model.h"

/*
 * A model of the machine that @spec names: "qemu", "mmu700-r1p1", or the
 * beginning of a name up to a dash, "mmu700", for the newest of them; then ':'
 * and what differs, with commas between:
 *   kernel=6.13    an older kernel
 *   driver=NAME    that driver has every device; "none" for no driver
 *   memlock=BYTES  RLIMIT_MEMLOCK, and no CAP_IPC_LOCK
 *   broken=NAME    it does wrong what sys/broken.h has under that name
 *   FACT           one of abi/fact.h is true, as "no-canwbs"
 * The name of a broken one alone is "qemu" so broken.
 * -ENOENT: no such preset, -EINVAL: no such difference, each with @why;
 * -ENOMEM.
 */
int smn_model_preset(const char *spec, struct smn_model **model,
		     struct smn_why *why);

/* Preset @i, from 0, and what it is in a few words; NULL at the end. */
const char *smn_preset_name(unsigned int i);
const char *smn_preset_doc(unsigned int i);

#endif
