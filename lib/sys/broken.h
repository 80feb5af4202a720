/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models that do one thing wrong, by name: a conformance suite is only worth
 * what it sees. Each leaves out a row, answers another errno, refuses what is
 * to be taken, does not do what it says, or answers something that is not so.
 */
#ifndef SMN_SYS_BROKEN_H
#define SMN_SYS_BROKEN_H

#include "abi/row.h"

struct smn_broken;

/* The one of that name, or NULL. */
const struct smn_broken *smn_broken_by_name(const char *name);

/* Number @i, from 0, and what it does wrong; NULL at the end. */
const char *smn_broken_name(unsigned int i);
const char *smn_broken_doc(unsigned int i);

/*
 * The decision, as smn_row_first() and smn_world_happened() would make it but
 * for what is wrong: the errno, and q->row.
 */
int smn_broken_decide(const struct smn_broken *b, struct smn_question *q,
		      void *out);

#endif
