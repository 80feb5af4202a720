/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole chain, from the device to the attachment, by a plan. Comes with
 * smmunest.h.
 */
#ifndef SMN_NEST_NEST_H
#define SMN_NEST_NEST_H

#include "smmunest.h"

/* Where to stop; in the order of building. */
enum smn_stage {
	SMN_UPTO_DEVICE,
	SMN_UPTO_IOAS,
	SMN_UPTO_S2,
	SMN_UPTO_VIOMMU,
	SMN_UPTO_VDEVICE,
	SMN_UPTO_S1,
	SMN_UPTO_ATTACH,
};

/* Memory of this process, and where the VM sees it. */
struct smn_piece { void *mem; uint64_t ipa, bytes; };

struct smn_plan {
	const char *cdev;
	uint64_t ste[2];
	uint64_t vsid;
	uint64_t ipa;		/* where the VM sees its memory */
	uint64_t bytes;		/* of that memory, 0 for none */
	const struct smn_piece *pieces;	/* more of it, up to one without mem */
	enum smn_stage upto;
	bool no_vdevice;
	bool veventq;
	uint32_t veventq_depth;	/* 0: SMN_VEVENTQ_DEPTH */
	bool faultq;
};

struct smn_step {
	const char *object;	/* what it made or changed */
	enum smn_op_id op;
	uint32_t id;
	int err;
	uint64_t ns;
};

#define SMN_MAX_STEPS 12
#define SMN_VEVENTQ_DEPTH 256

struct smn_nest {
	struct smn_device dev;
	void *memory;
	uint32_t ioas, s2, viommu, vdevice, veventq, faultq, s1;
	int veventq_fd, faultq_fd;
	int stage;		/* that is built, -1: none yet */
	unsigned int nsteps;
	struct smn_step steps[SMN_MAX_STEPS];
};

/*
 * Build what @plan asks for: device, IOAS with memory, stage 2, vIOMMU,
 * vDEVICE, stage 1, attachment. Stops at the first refusal and returns it;
 * nest->steps tells how far it came, the failed step last.
 */
int smn_nest_build(struct smn_session *s, const struct smn_plan *plan,
		   struct smn_nest *nest);

/*
 * The same on what is built already: the stages beyond nest->stage, for who
 * needs one stage's results to plan the next.
 */
int smn_nest_more(struct smn_session *s, const struct smn_plan *plan,
		  struct smn_nest *nest);

#endif
