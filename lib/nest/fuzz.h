/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random requests, nearly legal ones, sent to two sides that should answer
 * alike: a kernel and a model of it, or two models. The same seed makes the
 * same requests as long as the answers are the same.
 */
#ifndef SMN_NEST_FUZZ_H
#define SMN_NEST_FUZZ_H

#include "nest/request.h"

#define SMN_FUZZ_MAX 400		/* requests of a sequence at most */
#define SMN_FUZZ_SCRATCH 8192		/* memory the kernel may write to */
#define SMN_FUZZ_BYTES (1u << 20)	/* memory of a side */
#define SMN_FUZZ_MAPS 16

/* What a slot holds, as far as the requests so far tell. */
struct smn_fuzz_slot {
	uint16_t home;		/* slot of the /dev/iommu it belongs to */
	uint16_t via;		/* a cdev's device; a device's cdev's slot; a
				 * vDEVICE's device's slot */
	uint64_t vsid;		/* of a vDEVICE */
	uint8_t type;		/* enum smn_type of the id, 0: a mere file */
	bool live, open;	/* is the id, is the file still there? */
	bool parent;		/* a HWPT that is a nesting parent */
	bool other;		/* a file that is none of ours */
};

struct smn_fuzz_map {
	uint16_t ioas;
	uint64_t iova, length;
};

/* Where one sequence has come to. */
struct smn_fuzz {
	uint64_t random;	/* the generator's state, all of it */
	unsigned int ndevs;	/* devices there are */
	smn_feats feats;	/* of their SMMU */
	uint64_t page;
	uint16_t home;		/* the /dev/iommu of the request being made */
	unsigned int n;		/* slots in use, from 1 */
	unsigned int nmaps;	/* mappings ever made; the last are kept */
	struct smn_fuzz_map maps[SMN_FUZZ_MAPS];
	struct smn_fuzz_slot slots[SMN_FUZZ_MAX + 1];
};

/* Forget all but what was told of the machine; a sequence begins. */
void smn_fuzz_begin(struct smn_fuzz *f, uint64_t seed);

/* The next request of the sequence; at most SMN_FUZZ_MAX of them. */
void smn_fuzz_make(struct smn_fuzz *f, struct smn_request *req);

/* How it was answered. */
void smn_fuzz_note(struct smn_fuzz *f, const struct smn_request *req,
		   const struct smn_reply *reply);

/* --- two sides --- */

struct smn_fuzz_side {
	struct smn_sys *sys;
	const char *const *cdevs;
	unsigned int ncdevs;
};

/* Where two answers differ. */
struct smn_fuzz_diff {
	unsigned int at;		/* of the sequence */
	char what[40];			/* "errno", "data", a member's name */
	uint64_t value[2];
	struct smn_reply reply[2];
};

/* Two sides with nothing open. */
struct smn_fuzz_pair {
	struct smn_runner side[2];
	void *mapped[2];	/* as the runners had it */
};

/* 0 or -ENOMEM; the pair must be ended in either case. */
int smn_fuzz_pair_begin(struct smn_fuzz_pair *p,
			const struct smn_fuzz_side side[2]);
void smn_fuzz_pair_end(struct smn_fuzz_pair *p);

/* Send it to both; diff->reply is always filled. Do the answers differ? */
bool smn_fuzz_send(struct smn_fuzz_pair *p, const struct smn_request *req,
		   struct smn_fuzz_diff *diff);

/*
 * Both sides afresh, the whole sequence: 1 and diff->at where they first
 * differ, 0: nowhere, or -ENOMEM.
 */
int smn_fuzz_replay(const struct smn_fuzz_side side[2],
		    const struct smn_request *reqs, unsigned int n,
		    struct smn_fuzz_diff *diff);

/*
 * Make the sequence as short and as plain as can be without losing @diff, which
 * its last request shows; at most @budget replays. Returns how many requests
 * are left, or -ENOMEM.
 */
int smn_fuzz_shrink(const struct smn_fuzz_side side[2],
		    struct smn_request *reqs, unsigned int n,
		    unsigned int budget, struct smn_fuzz_diff *diff);

#endif
