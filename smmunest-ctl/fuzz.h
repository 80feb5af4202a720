/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `fuzz` share. */
#ifndef CTL_FUZZ_H
#define CTL_FUZZ_H

#include "ctl.h"
#include "nest/fuzz.h"

enum {
	FUZZ_DEVICES = 8,
	FUZZ_ERRNOS = 256,	/* more than Linux has */
	FUZZ_ROWS = 512,	/* more than there are */
	FUZZ_DIFFS = 16,	/* then it is time to mend one */
};

/* Who answers on either side. */
struct fuzz_machine {
	struct smn_fuzz_side side[2];
	char name[2][128];		/* "kernel", "model:qemu" */
	char bdfs[FUZZ_DEVICES][SMN_BDF_LEN];
	char paths[2][FUZZ_DEVICES][48];
	const char *cdevs[2][FUZZ_DEVICES];
	smn_feats feats;
	struct smn_model *model;	/* of the right side, ours */
	struct smn_sys sys;		/* and how it is asked */
};

/*
 * The left side is ctl's own, the right one a model: @against, a preset, or
 * NULL for one made to be the left one's machine.
 */
enum status fuzz_machine_open(struct ctl *ctl, struct fuzz_machine *m,
			      const char *against);
void fuzz_machine_close(struct fuzz_machine *m);

/* A difference, and the sequences it was met in. */
struct fuzz_finding {
	uint8_t op;
	int err[2];
	const struct smn_row *row;
	uint64_t times;
	struct json_object *doc;
};

/* What was sent, and how it was answered by the left side. */
struct fuzz_tally {
	uint64_t requests, sequences, ok;
	uint64_t start_ns, told_ns;
	uint32_t answers[SMN_NOPS][FUZZ_ERRNOS];	/* [0]: accepted */
	struct {
		const struct smn_row *row;
		uint32_t n;
	} rows[FUZZ_ROWS];
	unsigned int nrows, nfindings;
	struct fuzz_finding findings[FUZZ_DIFFS];
};

uint64_t fuzz_now(void);

void fuzz_count(struct fuzz_tally *t, const struct smn_request *req,
		const struct smn_fuzz_diff *diff);

/* How far it is, where somebody is looking. */
void fuzz_progress(struct ctl *ctl, struct fuzz_tally *t, uint64_t goal);

/* That difference was met before, or NULL. */
struct fuzz_finding *fuzz_known(struct fuzz_tally *t, uint8_t op,
				const struct smn_fuzz_diff *diff);

/* A new one, at the end of @n requests. */
void fuzz_found(struct fuzz_tally *t, const struct fuzz_machine *m,
		const struct smn_request *reqs, unsigned int n,
		const struct smn_fuzz_diff *diff);

/* The whole tally as the result, and as text. */
void fuzz_report(struct ctl *ctl, struct fuzz_tally *t,
		 const struct fuzz_machine *m, uint64_t seed);
void fuzz_print(const struct ctl *ctl, FILE *to);

#endif
