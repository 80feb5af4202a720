/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole log, read for what concerns nesting: between decode's files. */
#ifndef LOG_H
#define LOG_H

#include "ctl.h"

struct log;

/* Of a file, which stays the caller's; @every: all lines. NULL: no memory. */
struct log *log_new(FILE *file, bool every);
void log_free(struct log *log);
void log_restart(struct log *log);

/* The next line that concerns nesting, or record of words; NULL at the end. */
struct json_object *log_next(struct log *log);

/* -errno that ended the file before its end, behind that line, or 0. */
int log_error(const struct log *log, size_t *line);

/*
 * lines_read, first (what went wrong, each kind once) and unlisted: lines of
 * more kinds.
 */
void log_add_wrong(struct log *log, struct json_object *result);

#endif
