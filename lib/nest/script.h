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
 *   repeat 10 {
 *   }
 *
 * The expectation is the next request's; one without any is to succeed. With
 * "within N" the request is made again until it is refused, N times at most.
 * Members of the argument can be expected, too: what they are after the call.
 * Of a read or write it is length, the bytes that went through.
 *
 * Verbs are lines that stand for several requests, with names of their own:
 * iommufd, ioas, s2, viommu, and of device N cdevN, devN, vdevN.
 *
 *   let s1 = alloc dev0 vsid=0x10 memory=2M@0x40000000 Cfg=s1
 *   alloc dev0 upto=vdevice
 *   attach dev0 s1
 *   inval tlbi-nh-asid:ASID=5 0x30:0
 *   map 64K@0x50000000 mem+0x3000
 *   unmap 64K@0x50000000
 *   destroy s1
 *   detach dev0
 *   stage1 4K@0x1000000 mem+0x3000
 *   dma dev0 iova=0x1000000
 *   dma dev0 iova=0x1000000 read expect event F_TRANSLATION SID=0x10
 *
 * An expectation before a verb is about its last request; what comes before
 * that is made only where it is not there yet.
 */
#ifndef SMN_NEST_SCRIPT_H
#define SMN_NEST_SCRIPT_H

#include "nest/request.h"

/*
 * Of the script's memory: where DMA may go, where stage 1 is built, and what
 * DMA sources need for themselves.
 */
#define SMN_SCRIPT_MEMORY 0x400000
#define SMN_SCRIPT_TABLES 0x100000
#define SMN_SCRIPT_WORK 0x1f0000
#define SMN_SCRIPT_VM 0x200000	/* what a VM has of it, if it is not told */

enum smn_script_kind {
	SMN_LINE_REQUEST,
	SMN_LINE_SLEEP,
	SMN_LINE_REPEAT,	/* up to the line .other, .times */
	SMN_LINE_END,		/* of the one at .other */
	SMN_LINE_STAGE1,
	SMN_LINE_DMA,
};

/* What a transfer is to end with. */
enum smn_script_want { SMN_WANT_ARRIVES, SMN_WANT_EVENT, SMN_WANT_NOTHING };

struct smn_script_dma {
	uint16_t file, id, queue;	/* slots: of the device, the vEVENTQ */
	uint16_t device;		/* its number */
	bool read;
	uint64_t iova;
	uint64_t ipa, bytes;		/* stage1; bytes 0 of ipa: nothing */
	bool unmap;
	uint8_t want;			/* enum smn_script_want */
	const struct smn_layout *event;
	uint64_t fields[4], seen[4];	/* of the event: values, which bits */
};

struct smn_script_line {
	uint8_t kind;			/* enum smn_script_kind */
	unsigned int line;		/* its number, from 1 */
	char *text;			/* without blanks around it */
	uint64_t sleep_ns;
	uint32_t times, other;
	bool once;			/* not if what it makes is there */
	bool follows;			/* not if the one before was not */
	uint16_t forgets;		/* a slot that is empty afterwards */
	bool expects;
	int expected;			/* 0 or -errno */
	const char *row;		/* the id of the row, or NULL: any */
	uint32_t within;		/* how often it is made at most */
	struct smn_request req;
	struct smn_request *want;	/* members afterwards, or NULL: any */
	struct smn_script_dma dma;
};

#define SMN_SCRIPT_DEPTH 8	/* repeat within repeat */

struct smn_script {
	struct smn_names *names;
	struct smn_script_line *lines;
	unsigned int n, room;
	unsigned int line;		/* how many lines were read */
	unsigned int wrong;		/* the one that an -EINVAL is about */
	unsigned int devices;		/* how many it opens, dev0 first */
	uint64_t ipa, ipa_bytes;	/* of its memory, as a VM sees it */
	/* repeats that are not closed yet: their lines */
	unsigned int depth;
	uint32_t open[SMN_SCRIPT_DEPTH];
	/* what is said of the next request */
	bool expects;
	unsigned int expect_line;
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

/* The next line. 0, -ENOMEM, or -EINVAL and @error for line s->wrong. */
int smn_script_add(struct smn_script *s, const char *text,
		   struct smn_text_error *error);

/* There are no more lines. -EINVAL: something is missing. */
int smn_script_end(struct smn_script *s, struct smn_text_error *error);

/* Where in it a run is; starts as { 0 }. */
struct smn_script_run {
	unsigned int at;
	unsigned int depth;
	uint32_t left[SMN_SCRIPT_DEPTH];
	bool skipped;		/* the line before was */
};

/*
 * The next line to be done, repeats followed and what is there already left
 * out; NULL at the end of what was read so far, or when @stop says that it is
 * over: a repeat of which nothing is left would go on for long.
 */
const struct smn_script_line *smn_script_next(const struct smn_script *s,
					      const struct smn_runner *r,
					      struct smn_script_run *run,
					      int (*stop)(void));

/* Make its request, as often as it says, or until @stop says that it is over.
 * Returns reply->err. */
int smn_script_call(struct smn_runner *r, const struct smn_script_line *l,
		    int (*stop)(void), struct smn_reply *reply);

/*
 * Is @reply what the line expects of its errno and of the members? @why says
 * what differs. The row is for the caller to compare: who knows it depends on
 * who answered.
 */
bool smn_script_met(const struct smn_script_line *l,
		    const struct smn_runner *r, const struct smn_reply *reply,
		    struct smn_why *why);

#endif
