/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What detach works on: the options, and the scene that its checks look at. */
#ifndef CTL_DETACH_H
#define CTL_DETACH_H

#include "proof.h"
#include "watch.h"

/* X(state, name) */
#define DETACH_STATES(X) \
	X(IDLE, "idle") \
	X(DMA, "dma") \
	X(FAULTING, "faulting")

enum detach_state {
#define X(state, name) DETACH_##state,
	DETACH_STATES(X)
#undef X
	DETACH_NSTATES
};

/* What there is to be checked; a check tells what it needs. */
enum {
	HAS_AWAY = 1,		/* somebody takes it away */
	HAS_DMA = 2,		/* a bed, and a source that moves memory */
	HAS_FAULTS = 4,		/* which faults on purpose */
	HAS_MSI = 8,		/* which is armed */
	HAS_VDEVICE = 16, HAS_MEMORY = 32, HAS_OTHER = 64,
	HAS_UEVENTS = 128, HAS_LOG = 256,
};

/* Another device of the same vIOMMU. */
struct other {
	struct smn_pci pci;
	struct smn_device dev;
	uint32_t vdevice, s1;
	struct smn_dma dma;
};

struct scene {
	struct ctl *ctl;
	enum smn_way way;
	enum detach_state state;
	unsigned int has;
	const struct smn_plan *plan;
	struct smn_nest *nest;
	struct smn_bed *bed;		/* NULL: the device is idle */
	struct smn_nest idle;		/* the nest without a bed */
	struct watch watch;
	struct smn_removal removal;
	struct smn_why why;		/* of a check that fails */
	size_t mark;			/* of the stack before it all */
	int msi;			/* eventfd, -1: none */
	int began;			/* of the last transfer, -errno */
	bool under_way;			/* not ended when the detach was over */
	struct smn_device gone;		/* the device as it was opened first */
	uint32_t vdevice;
	struct other other;
};

/* What rounds may leave behind: leftover.c has what they are. */
enum { LEFTOVERS = 4 };

struct detach_opts {
	struct bed_opts bed;
	enum smn_way way;
	enum detach_state state;
	char other[SMN_BDF_LEN];
	struct scene scene;
	uint64_t first[LEFTOVERS], last[LEFTOVERS];
};

/* All of them, as result.checks; CTL_FAILED: one does not hold. */
enum status detach_check(struct scene *s);

/* One more row of them. */
void detach_add_check(struct ctl *ctl, const char *name, bool ok,
		      const struct smn_why *why);

/* Of each thing, how much there is now. */
void leftover_count(struct ctl *ctl, uint64_t now[LEFTOVERS]);

/* As result.left. false: there is more than after the first round. */
bool leftover_tell(struct ctl *ctl, const uint64_t first[LEFTOVERS],
		   const uint64_t last[LEFTOVERS], struct smn_why *why);

/* --- for the checks: what is done with the device, detach-dma.c --- */

/* Have it move memory, if it is not at it still. */
void detach_move(struct scene *s);

/* Does DMA do what the tables say? */
bool detach_dma_works(struct scene *s);

/* Its faults come as events. */
bool detach_faults(struct scene *s);

/* From now on nothing may come: the detach is over. */
void detach_listen(struct scene *s);

/* What was under way has ended; memory and queue are as they were. */
bool detach_ended(struct scene *s);
bool detach_blocked(struct scene *s);
bool detach_no_event(struct scene *s);

/* An interrupt, that has to come or must not. */
bool detach_rings(struct scene *s);
bool detach_silent(struct scene *s);

/* A write at X lands in @place. */
bool detach_lands(struct scene *s, enum smn_place place);

/* The other device still writes where its tables say. */
bool detach_other_works(struct scene *s);

#endif
