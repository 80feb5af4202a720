/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a call failed: the errno rows that may hold, ranked. */
#ifndef SMN_ABI_DIAG_H
#define SMN_ABI_DIAG_H

#include "abi/row.h"

enum smn_verdict {
	SMN_POSSIBLE,	/* one of several that nothing is known against */
	SMN_LIKELY,	/* the only one left, or what is known speaks for it */
	SMN_CERTAIN,	/* it holds, and the kernel checks nothing before it
			 * that may hold, too */
};

const char *smn_verdict_name(enum smn_verdict verdict);

struct smn_finding {
	enum smn_verdict verdict;
	const char *id;
	bool forever;		/* only other hardware or firmware helps */
	struct smn_why cause, remedy;
};

#define SMN_MAX_FINDINGS 8

/*
 * Ranked causes of @err (-errno), the surest first; returns how many, at least
 * one. @q is resolved, and its world is as it was before the call.
 */
unsigned int smn_diagnose(struct smn_question *q, int err,
			  struct smn_finding out[SMN_MAX_FINDINGS]);

#endif
