/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One transaction's way through an SMMUv3, in software: STE, L1CD, CD, the
 * tables of stage 1, and stage 2 for every IPA on the way. IHI 0070 chapters
 * 3.4, 5, 7.3 and 13; the tables themselves are VMSAv8-64 of the Arm ARM.
 *
 * What it answers is what a Non-secure SMMUv3.1 or later does without caches.
 * It says so, and gives no answer, where it meets EL2 stream worlds, tables in
 * VMSAv8-32 or VMSAv9-128 format, indirect permissions and overlays. ATS
 * requests, atomics, MPAM and allocation hints are not part of it.
 */
#ifndef SMN_ARCH_WALK_H
#define SMN_ARCH_WALK_H

#include "arch/field.h"

#define SMN_STE_WORDS 8
#define SMN_CD_WORDS 8
#define SMN_EVT_WORDS 4

/* Where the walk begins. */
enum smn_walk_from {
	SMN_WALK_STE,		/* the words of an STE */
	SMN_WALK_STE_AT,	/* an STE in memory */
	SMN_WALK_CD_AT,		/* a CD in memory: stage 1 alone, no STE */
};

/* Something that was read, or found out, and what it says. */
struct smn_walk_step {
	const char *what;	/* "STE", "L1CD", "CD", "S1", "S2" */
	const char *behalf;	/* of stage 2: "CD", "TTD", "IN"; or NULL */
	bool read;		/* from memory; else addr, pa, value are 0 */
	bool failed;		/* it could not be read */
	bool has_level;
	int level;		/* of a table, -1 to 3 */
	uint64_t addr;		/* an IPA where stage 2 is in use */
	uint64_t pa;
	uint8_t words;		/* how many there are in value */
	uint64_t value[8];
	const char *field;	/* the one that decided, or NULL */
	uint8_t word;		/* of value, where field is */
	struct smn_why says;	/* shortly; the event when it ends here */
};

/* Who is asking, for what, and where memory and steps go. */
struct smn_walk {
	enum smn_walk_from from;
	uint64_t ste[SMN_STE_WORDS];
	unsigned int ste_words;	/* 8, or 2: a VM's, which has no stage 2 */
	uint64_t at;		/* SMN_WALK_*_AT */

	uint64_t iova;
	uint32_t sid, ssid;
	bool ssv;		/* the transaction has a SubstreamID */
	bool write, priv, inst;

	const uint32_t *idr;	/* SMN_NREGS of them; NULL: a newest SMMU's */

	/*
	 * Read @len bytes at @addr: 0, or -errno, which the SMMU would see as
	 * an external abort. The address is a PA; an IPA when ste_words is 2
	 * and the VM's STE sits on a stage 2 that the walk does not see.
	 */
	int (*read)(void *ctx, uint64_t addr, void *buf, size_t len);
	void (*step)(void *ctx, const struct smn_walk_step *step); /* or NULL */
	void *ctx;
};

enum smn_walk_end {
	SMN_WALK_OUT,		/* it translates */
	SMN_WALK_EVENT,		/* the SMMU records an event */
	SMN_WALK_SILENT,	/* it is stopped and nothing is recorded */
	SMN_WALK_UNKNOWN,	/* there is something that walk does not know */
};

enum smn_cache { SMN_NC, SMN_WT, SMN_WB };

/* A memory type; allocation hints are left out. */
struct smn_memtype {
	bool device;
	uint8_t kind;		/* of device: nGnRnE, nGnRE, nGRE, GRE */
	uint8_t inner, outer;	/* of normal memory: enum smn_cache */
	uint8_t sh;		/* as in descriptors: 0 NSH, 2 OSH, 3 ISH */
};

struct smn_walk_result {
	enum smn_walk_end end;
	struct smn_why why;	/* always a sentence */

	/* SMN_WALK_OUT; with neither stage on, mem is what came in */
	uint64_t pa;
	struct smn_memtype mem;
	bool r, w, x;		/* what this privilege may do there */

	/* SMN_WALK_EVENT; SMN_WALK_SILENT of a fault: what is not recorded */
	const struct smn_layout *event;
	uint64_t evt[SMN_EVT_WORDS];
	uint64_t ipa, fetch;	/* in full: a record holds them rounded */
	bool unread;		/* because memory could not be read */
};

/*
 * Walk. *@r is filled whatever the outcome; that of the transaction is r->end.
 * The number of reads is bounded by the formats, not by what memory holds.
 */
void smn_walk_run(const struct smn_walk *w, struct smn_walk_result *r);

/*
 * What hardware makes of a VM's STE at the first transaction that needs it,
 * whatever the kernel said to it. True: it is legal, and @r tells what is
 * fetched, or done, next. False: r->event, such as C_BAD_STE, is recorded.
 */
bool smn_ste_predict(const uint64_t ste[2], const uint32_t *idr,
		     struct smn_walk_result *r);

/*
 * What is strange about a VM's STE although hardware takes it: bits that it
 * ignores or takes for 0. Returns how many sentences it put into @notes.
 */
#define SMN_MAX_NOTES 4
unsigned int smn_ste_notes(const uint64_t ste[2],
			   struct smn_why notes[SMN_MAX_NOTES]);

/* The ID registers of a newest, fullest SMMU, as the walk takes them. */
void smn_walk_newest(uint32_t regs[SMN_NREGS]);

#endif
