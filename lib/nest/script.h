/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script: requests, and what is expected of them.
 *
 *   # a comment
 *   expect EINVAL map.reserved
 *   ioas-map ioas_id=ioas ...
 *   expect ENOSPC s2.vmid within 70000
 *   hwpt-alloc ...
 *   expect ok length=0x2000
 *   ioas-unmap ioas_id=ioas iova=0x40000000 length=0x3000
 *   sleep 100ms
 *
 * The expectation is the next request's; one without any is to succeed. With
 * "within N" the request is made again until it is refused, N times at most.
 * Members of the argument can be expected, too: what they are after the call.
 * Of a read or write it is length, the bytes that went through.
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
	struct smn_request *want;	/* members afterwards, or NULL: any */
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
	char want[160];
	unsigned int want_column;
};

/* 0 or -ENOMEM. */
int smn_script_init(struct smn_script *s);
void smn_script_free(struct smn_script *s);

/* The next line. 0, -ENOMEM, or -EINVAL and @error for line s->line. */
int smn_script_add(struct smn_script *s, const char *text,
		   struct smn_text_error *error);

/* There are no more lines. -EINVAL: something is missing. */
int smn_script_end(struct smn_script *s, struct smn_text_error *error);

/*
 * Is @reply what the line expects of its errno and of the members? @why says
 * what differs. The row is for the caller to compare: who knows it depends on
 * who answered.
 */
bool smn_script_met(const struct smn_script_line *l,
		    const struct smn_runner *r, const struct smn_reply *reply,
		    struct smn_why *why);

#endif
