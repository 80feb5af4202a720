/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a call that nobody made: between explain's files. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "ctl.h"
#include "nest/request.h"

/* The op and its errno as asked, and what was said about them. */
struct explained {
	enum smn_op_id op;
	int err;			/* 0: every one */
	bool known;			/* something was said */
	struct smn_world world;
	struct smn_question q;
	struct smn_request req;
	_Alignas(8) unsigned char arg[SMN_REQ_SIZE];
	uint64_t words[SMN_REQ_WORDS];
};

/*
 * "pt_id=3 flags=NEST_PARENT ste=Cfg=s1 IDR3.FWB=0 idrs=W,W no-canwbs=yes
 * kernel=6.13", one word each. 0; -EINVAL and @why; -ENOMEM. explained_free()
 * follows in each case.
 */
int explained_by(struct explained *e, char *const *words, unsigned int n,
		 struct smn_why *why);
void explained_free(struct explained *e);

#endif
