// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory tells which stages a device's reads and writes went through; what it
 * must not reach ends in the event that the tables predict.
 */
#include "cases/bed.h"

struct dma_row {
	struct bed_wish wish;
	enum smn_live live;	/* what is seen to be live, typed in */
	bool found;		/* it is spoilt: the proof has to find it out */
};

static bool proved(struct trial *t, struct smn_bed *bed, enum smn_live live)
{
	struct smn_proof p;
	int ret = smn_proof_run(bed, &p);

	return trial_went(t, ret, "the proof") &&
		trial_check(t, p.verdict == live, "live is %s, not %s: %.200s",
			    smn_live_name(p.verdict), smn_live_name(live),
			    p.why.text) &&
		trial_check(t, p.ok, "not all is as predicted: %.200s",
			    p.why.text);
}

static void on_bed(struct trial *t, struct smn_bed *bed,
		   const struct test_case *c)
{
	const struct dma_row *row = c->with;
	struct smn_proof p;

	if (!row->found) {
		proved(t, bed, row->live);
		return;
	}
	if (trial_went(t, smn_proof_run(bed, &p), "the proof"))
		trial_check(t, !p.ok && p.verdict == row->live,
			    "%s was not found out: live is %s, %s",
			    smn_break_doc(row->wish.spoil),
			    smn_live_name(p.verdict), p.why.text);
}

static void once(struct trial *t, const struct test_case *c)
{
	const struct dma_row *row = c->with;

	trial_on_bed(t, &row->wish, on_bed, c);
}

/* --- what changes while the device looks --- */

static void leads_elsewhere(struct trial *t, struct smn_bed *bed,
			    const struct test_case *c)
{
	(void)c;
	/* there, and back again */
	if (proved(t, bed, SMN_LIVE_BOTH))
		proved(t, bed, SMN_LIVE_BOTH);
}

static void replaced(struct trial *t, struct smn_bed *bed,
		     const struct test_case *c)
{
	(void)c;
	if (proved(t, bed, SMN_LIVE_BOTH) &&
	    bed_replace(t, bed, "V=1,Cfg=bypass"))
		proved(t, bed, SMN_LIVE_S1_SKIPPED);
}

static void aborted(struct trial *t, struct smn_bed *bed,
		    const struct test_case *c)
{
	(void)c;
	if (proved(t, bed, SMN_LIVE_BOTH) &&
	    bed_replace(t, bed, "V=1,Cfg=abort"))
		proved(t, bed, SMN_LIVE_NOTHING);
}

static void detached(struct trial *t, struct smn_bed *bed,
		     const struct test_case *c)
{
	(void)c;
	if (proved(t, bed, SMN_LIVE_BOTH) && bed_detach(t, bed))
		bed_nothing_moves(t, bed, "it is detached");
}

static void reattached(struct trial *t, struct smn_bed *bed,
		       const struct test_case *c)
{
	(void)c;
	if (bed_detach(t, bed) && bed_attach(t, bed))
		proved(t, bed, SMN_LIVE_BOTH);
}

/* --- rows --- */

#define BASE .needs = NEED(DMA) | NEED(VDEVICE)
#define LIVE(name_, live_, wish_, ...) \
	ON_BED(name_, once, (&(const struct dma_row){ \
	       .live = SMN_LIVE_##live_, .wish = wish_ }), BASE, __VA_ARGS__)
#define FOUND(name_, live_, spoil_, ...) \
	ON_BED("found." name_, once, (&(const struct dma_row){ \
	       .live = SMN_LIVE_##live_, .found = true, \
	       .wish = { .spoil = SMN_BREAK_##spoil_ } }), BASE, __VA_ARGS__)

/* edu takes 100 ms for a transfer: what says the same as another is slow. */
static const struct test_case rows[] = {
	LIVE("s1", BOTH, WISH(.ste = "V=1,Cfg=s1")),
	LIVE("bypass", S1_SKIPPED, WISH(.ste = "V=1,Cfg=bypass")),
	LIVE("abort", NOTHING, WISH(.ste = "V=1,Cfg=abort")),
	LIVE("invalid", NOTHING, WISH(.ste = "V=0,Cfg=s1")),
	LIVE("s1.uncached", BOTH, WISH(.ste = "V=1,Cfg=s1,S1CIR=nc,S1COR=nc"),
	     .slow = true),
	LIVE("s1.S1DSS", BOTH, WISH(.ste = "V=1,Cfg=s1,S1DSS=ssid0"),
	     .slow = true),
	LIVE("s1.vsid-0", BOTH, WISH(.vsid_given = true), .slow = true),
	LIVE("s1.vsid-max", BOTH,
	     WISH(.vsid_given = true, .vsid = UINT32_MAX), .slow = true),
	COURSE("leads-elsewhere", leads_elsewhere, WISH(), BASE),
	COURSE("replaced-by-bypass", replaced, WISH(), BASE),
	COURSE("replaced-by-abort", aborted, WISH(), BASE, .slow = true),
	COURSE("detached", detached, WISH(), BASE),
	COURSE("reattached", reattached, WISH(), BASE),
	/* the proof itself: what is spoilt on purpose must not look right */
	FOUND("s1-identity", S1_SKIPPED, S1_IDENTITY),
	FOUND("no-vdevice", WRONG_STREAM, NO_VDEVICE),
	FOUND("s2-hole", NOTHING, S2_HOLE, .slow = true),
	FOUND("no-master", NOTHING, NO_MASTER, .slow = true),
};

TOPIC(dma, rows);
