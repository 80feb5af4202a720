/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What files tell of a machine: documents of `info`, `run` and `bench`, one
 * behind another in any mixture, brought together into one of this form:
 *
 * {"files":[...],"backend":"kernel","kernel":"7.3.4","version":...,
 *  "device":"0000:00:02.0","info":{...},
 *  "run":{"planned":N,"tried":N,"left_out":N,"cases":{NAME:{...},...},
 *         "totals":{...}},
 *  "bench":{"rows":{LABEL:{...},...},"cost":{...},...}}
 *
 * What a machine's files do not tell is not there. Kinds and types are checked
 * as far as this comment goes; what is in a case or a row is anybody's.
 */
#ifndef CTL_EVIDENCE_H
#define CTL_EVIDENCE_H

#include "ctl.h"

/* The kinds of documents that tell something of a machine. */
enum evidence { EVIDENCE_INFO, EVIDENCE_RUN, EVIDENCE_BENCH, EVIDENCE_KINDS };

const char *evidence_name(enum evidence kind);

/* One file's; NULL and @why, which names the file. */
struct json_object *evidence_read(const char *path, struct smn_why *why);

/* Did each run come to its end, with as many cases as it had planned? */
bool evidence_ended(struct json_object *machine);

/*
 * Is @more of the same machine, and tells only what @machine does not yet?
 * Then it can be joined: @machine has all of it afterwards.
 */
bool evidence_completes(struct json_object *machine, struct json_object *more);
void evidence_join(struct json_object *machine, struct json_object *more);

#endif
