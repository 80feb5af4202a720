// SPDX-License-Identifier: GPL-2.0-or-later
/* What a transfer on the test bed should end in: the walk's word. See bed.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "dma/bed.h"

/* The memory at an IPA, @len bytes of it, as stage 2 was told to map it. */
static const struct smn_piece *piece_at(const struct smn_bed *bed,
					uint64_t ipa, size_t len)
{
	for (const struct smn_piece *p = bed->pieces; p->mem; p++)
		if (ipa >= p->ipa && ipa - p->ipa < p->bytes &&
		    len <= p->bytes - (ipa - p->ipa))
			return p;
	return NULL;
}

int smn_bed_read(void *bed, uint64_t ipa, void *buf, size_t len)
{
	const struct smn_piece *p = piece_at(bed, ipa, len);

	if (!p)
		return -EFAULT;
	memcpy(buf, (const char *)p->mem + (ipa - p->ipa), len);
	return 0;
}

static enum smn_place place_at(const struct smn_bed *bed, uint64_t ipa)
{
	for (enum smn_place i = SMN_PLACE_A; i < SMN_NPLACES; i++)
		if (ipa >= bed->at[i].ipa &&
		    ipa - bed->at[i].ipa < bed->at[i].bytes)
			return i;
	return SMN_PLACE_NONE;
}

static bool is_doorbell(const struct smn_bed *bed, uint64_t ipa)
{
	return bed->doorbell.last && ipa >= bed->doorbell.start &&
		ipa <= bed->doorbell.last;
}

static uint64_t get(const struct smn_layout *l, const uint64_t *words,
		    const char *name)
{
	const struct smn_field *f = smn_layout_field(l, name, strlen(name));

	return f ? smn_field_get(f, words) : 0;
}

/* It left stage 1 as @ipa, if there is a stage 1. */
static void arrives(struct smn_bed *bed, uint64_t ipa, struct smn_expected *e)
{
	e->pa = ipa;
	if (piece_at(bed, ipa, 1) || is_doorbell(bed, ipa)) {
		e->fate = SMN_DMA_ARRIVES;
		e->place = place_at(bed, ipa);
		return;
	}
	e->fate = SMN_DMA_LOGGED;
	smn_why_set(&e->why, "stage 2 does not map 0x%" PRIx64, ipa);
}

static void stopped(const struct smn_walk_result *r, struct smn_expected *e)
{
	e->event = r->event;
	memcpy(e->evt, r->evt, sizeof(e->evt));
	/* what the walk cannot read is what stage 2 does not map */
	if (r->unread)
		smn_why_set(&e->why, "stage 2 does not map 0x%" PRIx64
			    ", where the VM's tables are", r->fetch);
	e->fate = r->event->fate != SMN_FORWARDED ||
		get(r->event, r->evt, "S2") ? SMN_DMA_LOGGED : SMN_DMA_EVENT;
}

void smn_bed_walk(struct smn_bed *bed, struct smn_walk *w,
		  struct smn_walk_result *r, struct smn_expected *e)
{
	const struct smn_plan *plan = &bed->setup.plan;

	*e = (struct smn_expected){ .fate = SMN_DMA_NO_TRACE };
	*r = (struct smn_walk_result){ .end = SMN_WALK_SILENT };
	/* the kernel makes an STE that aborts of one that is not valid */
	if (!get(&smn_vste, plan->ste, "V")) {
		smn_why_set(&r->why, "V=0: the kernel has the device abort");
		e->why = r->why;
		return;
	}
	w->from = SMN_WALK_STE;
	memcpy(w->ste, plan->ste, sizeof(plan->ste));
	w->ste_words = 2;
	w->sid = plan->vsid;
	w->idr = bed->hw.regs;
	smn_walk_run(w, r);
	e->why = r->why;
	if (r->end == SMN_WALK_OUT)
		arrives(bed, r->pa, e);
	else if (r->end == SMN_WALK_EVENT)
		stopped(r, e);
	else if (r->end == SMN_WALK_UNKNOWN)
		e->fate = SMN_DMA_UNKNOWN;
	/* without a vDEVICE, nobody knows the VM that an event is for */
	if (e->fate == SMN_DMA_EVENT && plan->no_vdevice)
		e->fate = SMN_DMA_LOGGED;
}

void smn_bed_expect(struct smn_bed *bed, uint64_t iova, bool write,
		    struct smn_expected *e)
{
	struct smn_walk w = { .iova = iova, .write = write,
			      .read = smn_bed_read, .ctx = bed };
	struct smn_walk_result r;

	smn_bed_walk(bed, &w, &r, e);
}

bool smn_bed_same_event(const struct smn_expected *e, const uint64_t words[4],
			struct smn_why *why)
{
	static const struct {
		const char *name;
		uint64_t mask;
	} rows[] = {
		{ "SID", ~0ULL }, { "RnW", ~0ULL }, { "S2", ~0ULL },
		{ "CLASS", ~0ULL }, { "InputAddr", ~0xfffULL },
	};
	const struct smn_layout *l = smn_evt_by_type(words[0] & SMN_EVT_TYPE);

	why->text[0] = '\0';
	if (!e->event || l != e->event) {
		smn_why_set(why, "it is %s, not %s", l ? l->name : "unknown",
			    e->event ? e->event->name : "expected at all");
		return false;
	}
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		uint64_t is = get(l, words, rows[i].name) & rows[i].mask;
		uint64_t want = get(l, e->evt, rows[i].name) & rows[i].mask;

		if (is == want)
			continue;
		smn_why_set(why, "%s is 0x%" PRIx64 ", not 0x%" PRIx64,
			    rows[i].name, is, want);
		return false;
	}
	return true;
}
