/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Somebody who stands before a backend and is told of every call: tests count
 * them, are stopped after one of them, or have the kernel's memory fail in it.
 * Nothing is in the way of those who have no hook.
 */
#ifndef SMN_SYS_HOOK_H
#define SMN_SYS_HOOK_H

#include "sys/sys.h"

struct smn_hook {
	/* around every call but looks at the clock; NULL: not told */
	void (*before)(void *ctx);
	void (*after)(void *ctx);
	void *ctx;
	/* set by smn_hook_begin() */
	const struct smn_backend *real;
	void *priv;
	struct smn_backend be;
};

/* From now on @h stands before the backend of @sys, until it ends. */
void smn_hook_begin(struct smn_hook *h, struct smn_sys *sys);
void smn_hook_end(struct smn_hook *h, struct smn_sys *sys);

#endif
