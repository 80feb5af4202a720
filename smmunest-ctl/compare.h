/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two machines, or two kernels, side by side. */
#ifndef CTL_COMPARE_H
#define CTL_COMPARE_H

#include "evidence.h"

/*
 * {"machines":[...],"facts":[...],"idr":[...],"legality":[...],"cases":[...],
 *  "times":[...],"compared":{...},"notes":[...]}: what differs, of everything
 * that both tell of; the notes say what one of them does not. NULL and @why:
 * they tell of nothing that is the same.
 */
struct json_object *compare(struct json_object *a, struct json_object *b,
			    struct smn_why *why);

#endif
