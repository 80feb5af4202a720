// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transfer that must not arrive: which event the VM gets of it, with which
 * words, and of which it gets none.
 */
#include <string.h>
#include <time.h>

#include "cases/bed.h"

#define SOON_MS 200	/* for a line of the log that may be withheld */
#define LATE_MS 3000	/* for one that may not */

#define PAGE(rest) "AttrIndx=0,AP[1]=1,SH=ish,nG=1," rest

struct event_row {
	struct bed_wish wish;
	const char *type;	/* of the event; NULL: there is none */
	enum smn_fate_of_dma fate;
	bool read;
	const char *page;	/* attributes of a page to aim at; NULL: the
				 * hole */
	bool beyond;		/* it leads past the SMMU's last address, and
				 * not to target-a */
	bool s2_hole;		/* aim at X, and stage 2 has lost it */
};

/* What the transfer is aimed at. */
static int aim(struct smn_bed *bed, const struct event_row *row, uint64_t *iova)
{
	uint64_t ipa = row->beyond ? 1ULL << smn_bed_oas(bed) :
		bed->at[SMN_PLACE_A].ipa;
	int ret = 0;

	*iova = bed->hole;
	if (row->page) {
		*iova = bed->field;
		ret = smn_s1_map(&bed->s1, bed->field, ipa, 3, row->page, NULL);
	}
	if (row->s2_hole) {
		*iova = bed->x;
		ret = smn_ioas_unmap(bed->s, bed->nest.ioas,
				     bed->pieces[2].ipa, bed->pieces[2].bytes);
		/* the last of them: nothing is expected there any more */
		bed->pieces[2].mem = NULL;
	}
	return ret ? ret : smn_bed_announce(bed);
}

static bool predicted(struct trial *t, const struct event_row *row,
		      const struct smn_expected *e)
{
	const char *type = e->event ? e->event->name : "none";

	return trial_check(t, e->fate == row->fate &&
			   (!row->type || !e->event ||
			    !strcmp(type, row->type)),
			   "the tables predict %s, and %s is right: %.200s",
			   type, row->type ? row->type : "none", e->why.text);
}

/*
 * The kernel's log has what no queue has, but for more than 10 events in 5 s
 * (arm_smmu_evtq_thread()): then the transfer is asked for once more.
 */
static void look_in_log(struct trial *t, struct smn_bed *bed, uint64_t iova)
{
	static const struct timespec interval = { 5, 100000000 };
	struct smn_proof_move m = { 0 };
	struct smn_kmsg_seen seen;

	if (!bed->log.sys)
		return;
	smn_proof_log(bed, SOON_MS, &seen);
	if (seen.n)
		return;
	nanosleep(&interval, NULL);
	smn_bed_expect(bed, iova, bed->dma.source->writes, &m.want);
	if (!trial_went(t, smn_proof_transfer(bed, iova,
			bed->dma.source->writes, &m), "the transfer"))
		return;
	smn_proof_log(bed, LATE_MS, &seen);
	trial_check(t, seen.n, "the kernel's log has no event of the device");
}

static void fault(struct trial *t, struct smn_bed *bed,
		  const struct test_case *c)
{
	const struct event_row *row = c->with;
	const struct smn_dma_source *source = bed->dma.source;
	struct smn_proof_move m = { 0 };
	uint64_t iova;

	if (!(row->read ? source->reads : source->writes)) {
		trial_skip(t, "needs a %s: %s does none", row->read ? "read" :
			   "write", source->name);
		return;
	}
	if (row->beyond && smn_bed_oas(bed) == 48) {
		trial_skip(t, "needs an address that a page table can say and "
			   "this SMMU cannot: both have 48 bits");
		return;
	}
	if (!trial_went(t, aim(bed, row, &iova), "aiming"))
		return;
	smn_bed_expect(bed, iova, !row->read, &m.want);
	if (!predicted(t, row, &m.want) ||
	    !trial_went(t, smn_proof_transfer(bed, iova, !row->read, &m),
			"the transfer"))
		return;
	trial_check(t, m.ok, "%.200s", m.why.text);
	trial_check(t, !m.missing, "%u events are missing", m.missing);
	if (row->fate == SMN_DMA_LOGGED)
		look_in_log(t, bed, iova);
}

static void once(struct trial *t, const struct test_case *c)
{
	const struct event_row *row = c->with;

	trial_on_bed(t, &row->wish, fault, c);
}

/* --- more than one transfer --- */

static bool fault_at(struct trial *t, struct smn_bed *bed, uint64_t iova,
		     struct smn_proof_move *m)
{
	*m = (struct smn_proof_move){ 0 };
	smn_bed_expect(bed, iova, bed->dma.source->writes, &m->want);
	return trial_went(t, smn_proof_transfer(bed, iova,
						bed->dma.source->writes, m),
			  "the transfer") &&
		trial_check(t, m->ok, "%.200s", m->why.text);
}

static void counted(struct trial *t, struct smn_bed *bed,
		    const struct test_case *c)
{
	struct smn_proof_move m;

	(void)c;
	/* in turn at the two pages of the hole */
	for (int i = 0; i < 4; i++)
		if (!fault_at(t, bed, bed->holes.start + i % 2 * bed->page, &m))
			return;
	trial_check(t, smn_vevents_drain(&bed->events, 20) >= 0,
		    "the queue cannot be read");
	trial_check(t, !bed->events.lost && bed->events.got >= 4,
		    "%lu events came, and %lu are missing",
		    (unsigned long)bed->events.got,
		    (unsigned long)bed->events.lost);
}

/* Three transfers, and room for one event. */
static void overflow(struct trial *t, struct smn_bed *bed,
		     const struct test_case *c)
{
	/* the kernel hands events on when it finds the time */
	static const struct timespec pause = { 0, 50000000 };
	const struct smn_dma_source *source = bed->dma.source;
	struct smn_proof_move m;
	uint16_t seen;

	(void)c;
	for (int i = 0; i < 3; i++)
		if (source->writes)
			smn_dma_write(&bed->dma, bed->hole, 1);
		else
			smn_dma_read(&bed->dma, bed->hole, &seen);
	nanosleep(&pause, NULL);
	if (!trial_check(t, smn_vevents_drain(&bed->events, 100) > 0,
			 "no event came of three transfers"))
		return;
	trial_check(t, bed->events.lost, "%lu events came through a queue with "
		    "room for one, and none is told to be lost",
		    (unsigned long)bed->events.got);
	/* and it goes on after it */
	fault_at(t, bed, bed->holes.start + bed->page, &m);
}

static void detached(struct trial *t, struct smn_bed *bed,
		     const struct test_case *c)
{
	struct smn_proof_move m;

	(void)c;
	if (fault_at(t, bed, bed->hole, &m) && bed_detach(t, bed))
		bed_nothing_moves(t, bed, "it is detached");
}

/* --- rows --- */

#define BASE .needs = NEED(DMA) | NEED(VDEVICE)
#define EVENT(name_, type_, ...) \
	ON_BED(name_, once, (&(const struct event_row){ .type = type_, \
	       .fate = SMN_DMA_EVENT, __VA_ARGS__ }), BASE)
#define NONE(name_, fate_, ...) \
	ON_BED(name_, once, (&(const struct event_row){ \
	       .fate = SMN_DMA_##fate_, __VA_ARGS__ }), BASE)

static const struct test_case rows[] = {
	EVENT("translation.write", "F_TRANSLATION"),
	EVENT("translation.read", "F_TRANSLATION", .read = true),
	EVENT("permission.write", "F_PERMISSION", .page = PAGE("AF=1,AP[2]=1")),
	EVENT("access.write", "F_ACCESS", .page = PAGE("AF=0")),
	EVENT("access.read", "F_ACCESS", .page = PAGE("AF=0"), .read = true),
	EVENT("addr-size.write", "F_ADDR_SIZE", .page = PAGE("AF=1"),
	      .beyond = true),
	EVENT("vsid-0", "F_TRANSLATION", .wish = { .vsid_given = true }),
	EVENT("vsid-max", "F_TRANSLATION",
	      .wish = { .vsid_given = true, .vsid = UINT32_MAX }),
	NONE("s2.hole", LOGGED, .s2_hole = true),
	NONE("bypass.hole", LOGGED, .wish = { .ste = "V=1,Cfg=bypass" }),
	NONE("abort", NO_TRACE, .wish = { .ste = "V=1,Cfg=abort" }),
	NONE("invalid", NO_TRACE, .wish = { .ste = "V=0" }),
	COURSE("counted", counted, WISH(), BASE),
	COURSE("overflow", overflow, WISH(.depth = 1), BASE),
	COURSE("detached", detached, WISH(), BASE),
};

TOPIC(event, rows);
