/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proof that both stages translate: what a device reads and writes is looked
 * for in memory, what it must not reach has to end in the event predicted, and
 * interrupts are waited for. Comes with bed.h; nothing of it prints.
 */
#ifndef SMN_DMA_PROOF_H
#define SMN_DMA_PROOF_H

#include "dma/bed.h"

/* What was live when memory moved. */
#define SMN_LIVES(X) \
	X(BOTH, "both") \
	X(S1_SKIPPED, "s1-skipped") \
	X(S2_SKIPPED, "s2-skipped") \
	X(WRONG_STREAM, "wrong-stream") \
	X(NOTHING, "nothing")

enum smn_live {
#define X(id, name) SMN_LIVE_##id,
	SMN_LIVES(X)
#undef X
	SMN_NLIVE
};

const char *smn_live_name(enum smn_live verdict);

/* One transfer: what was predicted, and what came of it. */
struct smn_proof_move {
	uint64_t iova;
	bool tried;		/* the source can do it */
	bool ok;		/* it went as predicted */
	struct smn_expected want;
	int err;		/* what the source said of it, 0 or -errno */
	struct smn_why says;	/* in words, or "" */
	enum smn_place place;	/* where it was seen */
	uint64_t ns;		/* from asking for it until it was over */
	bool came;		/* an event, */
	uint64_t evt[4];
	uint64_t evt_ns;	/* seen that long after the transfer was asked
				 * for: the device's own time is part of it */
	uint32_t missing;	/* events that the queue lost meanwhile */
	struct smn_why why;	/* not ok: why not */
};

struct smn_proof {
	enum smn_live verdict, expected;
	bool ok;		/* all of it as predicted */
	bool stale;		/* s1-skipped, because a translation was used
				 * that is not in the tables any more */
	bool unseen;		/* NO_TLBI, and nothing was stale: no proof */
	struct smn_why why;	/* a sentence */
	struct smn_proof_move read, write, control;
	struct smn_kmsg_seen log;	/* of this device's events */
};

/*
 * Prove it once. With stage 1: X is led from one target to the other, so that
 * what is seen is the tables as they are. The first call also does what
 * setup.spoil wants. 0: *p is filled, whatever the verdict; else the bed could
 * not be changed as planned: as smn_hwpt_invalidate(), smn_ioas_unmap(),
 * smn_destroy(); -EINTR: a signal came.
 */
int smn_proof_run(struct smn_bed *bed, struct smn_proof *p);

/*
 * One transfer to or from @iova, and what came of it. The caller has set
 * m->want; the rest of *m is zero, and stays so where the source does no such
 * transfer. 0, or -errno of the vEVENTQ; -EINTR: a signal came.
 */
int smn_proof_transfer(struct smn_bed *bed, uint64_t iova, bool write,
		       struct smn_proof_move *m);

/* --- for both kinds of proof --- */

/* Before a transfer: no event waits, and a broken device stays broken. */
int smn_proof_prepare(struct smn_bed *bed);

/*
 * After it: the event that came, if one did, and whether all is as predicted.
 * @start: when the transfer was asked for. 0, or -errno of the queue.
 */
int smn_proof_listen(struct smn_bed *bed, struct smn_proof_move *m,
		     uint64_t start);

/* Is bus mastering off? */
bool smn_proof_muted(struct smn_bed *bed);

/*
 * The kernel's lines about this device's events since it was last asked. It
 * writes them when it finds the time: @ms is how long to wait for the first.
 */
void smn_proof_log(struct smn_bed *bed, uint32_t ms,
		   struct smn_kmsg_seen *seen);

/* --- interrupts --- */

struct smn_proof_ring {
	const char *when;	/* "first", "replaced", "reattached", ... */
	uint32_t vector;
	bool wanted;		/* it should arrive */
	bool came, ok;
	bool stray;		/* another vector's eventfd was signalled */
	uint64_t ns;		/* from asking the device until it was seen */
	int err;		/* what the source said of it */
	struct smn_why says;
};

#define SMN_MAX_RINGS 32
struct smn_msi_proof {
	bool ok;
	bool delivered;		/* the first on every vector */
	bool unseen;		/* as in struct smn_proof */
	int fd[SMN_DMA_VECTORS];	/* their eventfds */
	uint32_t vectors;	/* that were tried, of */
	uint32_t has;		/* those the device has */
	unsigned int nrings;
	struct smn_proof_ring ring[SMN_MAX_RINGS];
	/* the window taken out of stage 1: no interrupt, an event instead */
	struct smn_proof_move control;
	struct smn_why why;
	struct smn_kmsg_seen log;
};

/*
 * The device's MSIs through stage 1 and 2. -EOPNOTSUPP: the source sends none,
 * or no window is reserved; *@why says so. Otherwise as smn_proof_run(), and
 * smn_irq_arm(), smn_s1_alloc(), smn_device_attach().
 */
int smn_msi_prove(struct smn_bed *bed, struct smn_msi_proof *p,
		  struct smn_why *why);

/* One of its vectors once more, after a proof that went well. */
int smn_msi_again(struct smn_bed *bed, struct smn_msi_proof *p,
		  uint32_t vector, struct smn_proof_ring *ring);

#endif
