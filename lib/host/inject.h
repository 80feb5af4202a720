/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel runs out of memory on purpose: the n-th piece of memory that a
 * call of this process asks for is not given (CONFIG_FAILSLAB). The kernel's
 * settings for that are everybody's, so how they were is in the journal while
 * they are changed. Comes with smmunest.h.
 */
#ifndef SMN_HOST_INJECT_H
#define SMN_HOST_INJECT_H

#include <stdbool.h>

#include "abi/truth.h"
#include "sys/hook.h"

struct smn_inject {
	unsigned int nth;	/* from now on of each call; 0: nothing fails */
	bool injected;		/* it happened since this was last cleared */
	/* our own */
	struct smn_sys *sys;
	struct smn_hook hook;
	int lock, fd;
};

/* Why it cannot be done here; false: it can. */
bool smn_inject_lacks(struct smn_sys *sys, struct smn_why *why);

/*
 * Be the one who has memory fail, with nothing that fails yet. -EBUSY: another
 * process is, @why says who; as opening the files. Nothing is changed after a
 * failure.
 */
int smn_inject_begin(struct smn_inject *i, struct smn_sys *sys,
		     struct smn_why *why);

/* The settings are again what they were. 0 or -errno. */
int smn_inject_end(struct smn_inject *i);

/*
 * What a process that was killed left: 1: it is undone; 0: nothing was left,
 * or whoever changed it is alive; -errno.
 */
int smn_inject_recover(struct smn_sys *sys);

#endif
