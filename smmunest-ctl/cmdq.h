/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inval --cmdq: a guest's command queue from a file. */
#ifndef CMDQ_H
#define CMDQ_H

#include "ctl.h"

struct cmdq_opts {
	const char *path;		/* NULL: there is no queue */
	FILE *file;
	int log2size;			/* -1: it is no ring */
	uint64_t cons, prod;
	bool has_cons, has_prod, leave_others;
	bool has_strtab;
	struct smn_strtab strtab;
	struct images images;
};

enum { OPT_CMDQ = 0x600, OPT_LOG2SIZE, OPT_CONS, OPT_PROD, OPT_MEM, OPT_STRTAB,
       OPT_LEAVE };

#define CMDQ_OPTIONS \
	{ "cmdq", OPT_CMDQ, "F", 0, "execute a guest's command queue, raw " \
	  "16-byte entries, as a VMM would; - for stdin", 0 }, \
	{ "log2size", OPT_LOG2SIZE, "N", 0, "F is a ring of 2^N entries", 0 }, \
	{ "cons", OPT_CONS, "N", 0, "CMDQ_CONS, with its wrap bit (default: " \
	  "0)", 0 }, \
	{ "prod", OPT_PROD, "N", 0, "CMDQ_PROD (default: all of F)", 0 }, \
	{ "mem", OPT_MEM, "F@IPA", 0, "guest memory that has the stream " \
	  "table; may be repeated", 0 }, \
	{ "strtab", OPT_STRTAB, "BASE,CFG", 0, "STRTAB_BASE and " \
	  "STRTAB_BASE_CFG: follow CFGI_STE", 0 }, \
	{ "leave-others", OPT_LEAVE, NULL, 0, "forward no command of a " \
	  "stream that is not --vsid", 0 }

void cmdq_init(struct cmdq_opts *o);
error_t cmdq_parse(struct cmdq_opts *o, int key, char *arg,
		   struct argp_state *state);

/* Is there a queue? Ends the program where its options do not fit together. */
bool cmdq_complete(struct cmdq_opts *o, struct argp_state *state);

/* Execute it for the device of @nest, to the VM stream @vsid. */
enum status cmdq_run(struct ctl *ctl, struct cmdq_opts *o,
		     struct smn_nest *nest, uint32_t vsid);

#endif
