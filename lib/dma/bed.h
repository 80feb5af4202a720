/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test bed: one device on a nested translation whose every address is known,
 * and what the translation should make of each. Comes with smmunest.h.
 *
 * The memory that the device can meet, all of it this process's:
 *
 *   IOVA       stage 1    IPA, in stage 2
 *   work       identity   work     what the source needs for itself
 *   x          A or B     x        the decoy: met when stage 1 is left out
 *   hole       nothing    nothing
 *   field      nothing    nothing
 *                         A, B     the targets
 *                         tables   CDs and stage 1
 *
 * IOVAs and IPAs lie where no physical address is anybody's, so that no RAM is
 * hit where a stage is left out by mistake.
 */
#ifndef SMN_DMA_BED_H
#define SMN_DMA_BED_H

#include "arch/s1.h"
#include "arch/walk.h"
#include "nest/vevent.h"
#include "smmunest.h"

/* Something that is spoilt on purpose, to see it found out. */
#define SMN_BREAKS(X) \
	X(S1_IDENTITY, "s1-identity", "stage 1 is left an identity") \
	X(S2_HOLE, "s2-hole", "a page is taken out of stage 2") \
	X(NO_TLBI, "no-tlbi", "tables are changed without a TLBI") \
	X(NO_VDEVICE, "no-vdevice", "the vDEVICE is destroyed") \
	X(NO_DOORBELL, "no-doorbell", "stage 1 does not map the doorbell") \
	X(NO_MASTER, "no-master", "the device may not master the bus")

enum smn_break {
	SMN_BREAK_NONE,
#define X(id, name, what) SMN_BREAK_##id,
	SMN_BREAKS(X)
#undef X
	SMN_NBREAKS
};

/* "s1-identity", what it does; NULL for none and beyond. */
const char *smn_break_name(enum smn_break spoil);
const char *smn_break_doc(enum smn_break spoil);

struct smn_bed_setup {
	const struct smn_pci *pci;
	struct smn_plan plan;		/* its device, vSID, queues and STE */
	uint64_t ste_given[2];		/* bits of the STE that are to stay as
					 * they are; ~0: all */
	struct smn_dma_setup dma;	/* its space is the bed's affair */
	enum smn_break spoil;
};

/* Where in memory something is. */
enum smn_place {
	SMN_PLACE_NONE, SMN_PLACE_A, SMN_PLACE_B, SMN_PLACE_DECOY,
	SMN_PLACE_WORK, SMN_PLACE_TABLES, SMN_NPLACES
};

const char *smn_place_name(enum smn_place place);

#define SMN_BED_ASID 1
#define SMN_BED_FIELD 0x800000	/* bytes at a multiple of SMN_BED_BLOCK */
#define SMN_BED_BLOCK 0x200000

struct smn_bed {
	struct smn_session *s;
	struct smn_bed_setup setup;
	struct smn_nest nest;
	struct smn_hw_info hw;
	struct smn_vevents events;
	struct smn_kmsg log;		/* .sys NULL: it cannot be read, */
	struct smn_why log_why;		/* because of this */
	struct smn_dma dma;

	struct smn_arena arena;
	struct smn_s1 s1;
	struct smn_cds cds;
	uint64_t page;			/* all is a multiple of it */
	struct smn_piece at[SMN_NPLACES];	/* by place */
	struct smn_piece pieces[4];	/* as they are mapped; one ends it */
	uint64_t x, hole;		/* IOVAs; the hole is one of */
	struct smn_iorange holes;	/* two pages that nothing maps */
	uint64_t field;			/* SMN_BED_FIELD IOVAs, for more */
	struct smn_iorange doorbell;	/* the MSI window; 0, 0: none */
	bool rings;			/* stage 1 lets MSIs through */
	struct smn_why guess;		/* why addresses are not known to be
					 * nobody's, or "" */

	/* what proof.c has got to */
	bool begun;
	enum smn_place led;		/* where X leads to */
	uint16_t tag;			/* the last that was used */
};

/*
 * Build it all, up to the attachment, the source ready; @bed lives as long as
 * the session. X leads to A. Nothing is spoilt yet. -EOPNOTSUPP: an SMMU
 * without a granule that the tables know; -ENOSPC: no hole is large enough
 * within the device's bits, *@why says so; otherwise as smn_nest_build(),
 * smn_hw_info_get(), smn_dma_open().
 */
int smn_bed_build(struct smn_session *s, const struct smn_bed_setup *setup,
		  struct smn_bed *bed, struct smn_why *why);

/* Is stage 1 in the device's way, as its STE has it? */
bool smn_bed_has_s1(const struct smn_bed *bed);

/* Bits of an output address: IDR5.OAS, 48 at most, as the tables are built. */
unsigned int smn_bed_oas(const struct smn_bed *bed);

/*
 * Have X lead to @to in stage 1: the descriptor cleared, TLBI_NH_VA, and set.
 * With setup.spoil NO_TLBI the TLBI is left out, with S1_IDENTITY X leads to
 * the decoy, whatever @to is. Errors as smn_bed_invalidate().
 */
int smn_bed_lead(struct smn_bed *bed, enum smn_place to);

/* The same of the doorbell window: mapped to itself, or not at all. */
int smn_bed_doorbell(struct smn_bed *bed, bool mapped);

/* What a VM says after it has written its CD: CFGI_CD_ALL, TLBI_NH_ASID. */
int smn_bed_announce(struct smn_bed *bed);

/* One command, as smn_cmd_parse() reads it; twice on an SMMU that needs it. */
int smn_bed_invalidate(struct smn_bed *bed, const char *cmd);

/*
 * Do what setup.spoil wants done beforehand, if anything; S2_HOLE takes the
 * mapping away that @hole lies in.
 */
int smn_bed_spoil(struct smn_bed *bed, enum smn_place hole);

/* --- what should happen --- */

enum smn_fate_of_dma {
	SMN_DMA_ARRIVES,
	SMN_DMA_EVENT,		/* and the vEVENTQ has it */
	SMN_DMA_LOGGED,		/* an event that only the kernel's log has */
	SMN_DMA_NO_TRACE,
	SMN_DMA_UNKNOWN,	/* walk does not know */
};

struct smn_expected {
	enum smn_fate_of_dma fate;
	enum smn_place place;		/* of what arrives */
	uint64_t pa;			/* the IPA that it ends at */
	const struct smn_layout *event;
	uint64_t evt[4];		/* its words, with the vSID */
	struct smn_why why;
};

/* What the STE and the tables, as they are now, make of a transfer. */
void smn_bed_expect(struct smn_bed *bed, uint64_t iova, bool write,
		    struct smn_expected *e);

/*
 * The same of any access: @w has its address and kind, and what reads memory by
 * IPA; the STE, StreamID and registers are the bed's. @e as smn_bed_expect().
 */
void smn_bed_walk(struct smn_bed *bed, struct smn_walk *w,
		  struct smn_walk_result *r, struct smn_expected *e);

/* Memory by IPA, as stage 2 maps it, for struct smn_walk. 0 or -EFAULT. */
int smn_bed_read(void *bed, uint64_t ipa, void *buf, size_t len);

/*
 * Is @words the event expected: type, vSID, access, stage, class, and the page
 * of the address? *@why names the first difference.
 */
bool smn_bed_same_event(const struct smn_expected *e, const uint64_t words[4],
			struct smn_why *why);

#endif
