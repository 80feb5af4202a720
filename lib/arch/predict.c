// SPDX-License-Identifier: GPL-2.0-or-later
/* What hardware makes of a VM's STE, before it has fetched anything else. */
#include <errno.h>

#include "arch/walk.h"

static int nothing(void *ctx, uint64_t addr, void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	(void)buf;
	(void)len;
	return -EIO;
}

bool smn_ste_predict(const uint64_t ste[2], const uint32_t *idr,
		     struct smn_walk_result *r)
{
	struct smn_walk walk = {
		.from = SMN_WALK_STE,
		.ste = { ste[0], ste[1] },
		.ste_words = 2,
		.idr = idr,
		.read = nothing,
	};

	smn_walk_run(&walk, r);
	/* it got as far as a fetch: the STE itself has passed */
	return r->end != SMN_WALK_EVENT || r->unread;
}
