/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script: requests, and what is expected of them.
 *
 *   # a comment
 *   expect EINVAL map.reserved
 *   ioas-map ioas_id=ioas ...
 *   expect ENOSPC s2.vmid within 70000
 *   hwpt-alloc ...
 *   expect ok
 *   sleep 100ms
 *
 * The expectation is the next request's; one without any is to succeed. With
 * "within N" the request is made again until it is refused, N times at most.
 */
#ifndef SMN_NEST_SCRIPT_H
#define SMN_NEST_SCRIPT_H

#include "nest/request.h"

struct smn_script_line {
	unsigned int line;		/* its number, from 1 */
	char *text;			/* without blanks around it */
	uint64_t sleep_ns;		/* instead of a request; 0: none */
	bool expects;
	int expected;			/* 0 or -errno */
	const char *row;		/* the id of the row, or NULL: any */
	uint32_t within;		/* how often it is made at most */
	struct smn_request req;
};

struct smn_script {
	struct smn_names *names;
	struct smn_script_line *lines;
	unsigned int n, room;
	unsigned int line;		/* how many lines were read */
	unsigned int devices;		/* how many it opens, dev0 first */
	/* what is said of the next request */
	bool expects;
	int expected;
	char row[64];
	unsigned int row_column;
	uint32_t within;
};

/* 0 or -ENOMEM. */
int smn_script_init(struct smn_script *s);
void smn_script_free(struct smn_script *s);

/* The next line. 0, -ENOMEM, or -EINVAL and @error for line s->line. */
int smn_script_add(struct smn_script *s, const char *text,
		   struct smn_text_error *error);

/* There are no more lines. -EINVAL: something is missing. */
int smn_script_end(struct smn_script *s, struct smn_text_error *error);

#endif
