/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translations that a TLB or a configuration cache keeps: something is taken
 * out of the tables and not told; what the device still reaches is stale. Then
 * one command names exactly that, and it has to be gone. Comes with bed.h.
 *
 * An SMMU may forget at any time. Where nothing was stale a case has shown
 * nothing, and says so: it does not pass. The model keeps no translation, so
 * that there no case can pass.
 */
#ifndef SMN_DMA_STALE_H
#define SMN_DMA_STALE_H

#include "dma/bed.h"

#define SMN_STALE_ENDS(X) \
	X(PASS, "pass") \
	X(FAIL, "fail") \
	X(UNSEEN, "not-observable") \
	X(SKIP, "skip")

enum smn_stale_end {
#define X(id, name) SMN_STALE_##id,
	SMN_STALE_ENDS(X)
#undef X
	SMN_NSTALE_ENDS
};

/* "pass", "fail", "not-observable", "skip" */
const char *smn_stale_end_name(enum smn_stale_end end);

/* How many cases there are, and what each is called and about. */
unsigned int smn_stale_cases(void);
const char *smn_stale_name(unsigned int n);
const char *smn_stale_doc(unsigned int n);

/* Is it a command by itself, to be tried in a hurry? What does it want? */
bool smn_stale_basic(unsigned int n);
bool smn_stale_range(unsigned int n);	/* IDR3.RIL */
bool smn_stale_pair(unsigned int n);	/* a second device */

/* A second device on the same stage 2. */
struct smn_stale_second {
	const char *cdev;	/* NULL: there is none */
	const struct smn_dma_source *source;
	uint8_t bits;		/* of an IOVA; 0: source->bits */
};

struct smn_stale {
	struct smn_bed *bed;
	struct smn_s1 other;	/* an address space without the field */
	uint32_t same, foreign;	/* vIOMMUs: of the same S2, of another */
	bool pair;		/* there is a second device */
	struct smn_device dev;
	struct smn_dma dma;
	uint64_t vsid;
	uint16_t tag;
};

/*
 * @bed is built, with stage 1 and nothing spoilt. Two more vIOMMUs are made,
 * and the second device, if any, is attached beside the first. -EINVAL: the
 * device cannot write, or has no stage 1; otherwise as smn_s2_alloc(),
 * smn_viommu_alloc(), smn_device_open(), smn_vdevice_alloc(),
 * smn_device_attach(), smn_dma_open(), smn_s1_init(), smn_s1_map().
 */
int smn_stale_begin(struct smn_stale *st, struct smn_bed *bed,
		    const struct smn_stale_second *second);

struct smn_stale_result {
	enum smn_stale_end end;
	unsigned int looked;	/* at so many addresses of so many devices, */
	unsigned int lived;	/* stale before the command, */
	unsigned int spared;	/* still so after one that does not name it, */
	unsigned int left;	/* and after the one that does */
	unsigned int beside;	/* stale at the end, but not named */
	struct smn_why why;	/* a sentence */
};

/*
 * Case @n. 0: *r is filled, whatever came of it; else as
 * smn_hwpt_invalidate() and smn_dma_write(): the tables may be half changed.
 */
int smn_stale_run(struct smn_stale *st, unsigned int n,
		  struct smn_stale_result *r);

#endif
