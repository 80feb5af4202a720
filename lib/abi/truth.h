/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a fact. Zero is "nothing", so that silence is never a no. */
#ifndef SMN_ABI_TRUTH_H
#define SMN_ABI_TRUTH_H

#include <stdbool.h>

enum smn_truth { SMN_UNKNOWN, SMN_NO, SMN_YES };

static inline enum smn_truth smn_truth_of(bool known_fact)
{
	return known_fact ? SMN_YES : SMN_NO;
}

static inline enum smn_truth smn_not(enum smn_truth a)
{
	return a == SMN_UNKNOWN ? a : a == SMN_YES ? SMN_NO : SMN_YES;
}

static inline enum smn_truth smn_and(enum smn_truth a, enum smn_truth b)
{
	if (a == SMN_NO || b == SMN_NO)
		return SMN_NO;
	return a == SMN_YES && b == SMN_YES ? SMN_YES : SMN_UNKNOWN;
}

static inline enum smn_truth smn_or(enum smn_truth a, enum smn_truth b)
{
	return smn_not(smn_and(smn_not(a), smn_not(b)));
}

#endif
