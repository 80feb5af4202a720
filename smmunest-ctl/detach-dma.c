// SPDX-License-Identifier: GPL-2.0-or-later
/* What the device does while it is taken away, and what it must not after. */
#include <errno.h>
#include <string.h>

#include "detach.h"

#define RING_MS 1000	/* an interrupt that has to come */
#define QUIET_MS 100	/* one, or an event, that must not */
#define FAULT_MS 2000	/* an event that has to come */
#define MOST_ROUNDS 64	/* of reading what has come */
#define TAG 0x7ffe	/* of what is under way */

static const enum smn_place pages[] = {
	SMN_PLACE_A, SMN_PLACE_B, SMN_PLACE_DECOY,
};

static bool fails(struct scene *s, const char *what, int err)
{
	if (err)
		smn_why_set(&s->why, "%s: %s %.160s", what,
			    smn_errno_name(err), smn_dma_says(&s->bed->dma));
	return err;
}

/* --- memory --- */

static void clear(struct smn_bed *bed)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(pages); i++)
		memset(bed->at[pages[i]].mem, 0, bed->page);
}

/* The page that something was written to, SMN_PLACE_NONE for none. */
static enum smn_place touched(const struct smn_bed *bed)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(pages); i++) {
		const unsigned char *p = bed->at[pages[i]].mem;

		for (uint64_t at = 0; at < bed->page; at++)
			if (p[at])
				return pages[i];
	}
	return SMN_PLACE_NONE;
}

static bool untouched(struct scene *s, const char *what)
{
	enum smn_place place = touched(s->bed);

	if (place != SMN_PLACE_NONE)
		smn_why_set(&s->why, "%s was written to memory, %s", what,
			    smn_place_name(place));
	return place == SMN_PLACE_NONE;
}

/* --- transfers --- */

void detach_move(struct scene *s)
{
	bool faulting = s->state == DETACH_FAULTING;
	struct smn_bed *bed = s->bed;

	if (!bed || smn_dma_busy(&bed->dma) > 0)
		return;
	s->began = smn_dma_begin(&bed->dma, faulting ? bed->hole : bed->x, TAG,
				 faulting ? 1 : SMN_DMA_TIMES);
}

bool detach_dma_works(struct scene *s)
{
	struct smn_proof p;
	int ret = smn_proof_run(s->bed, &p);

	if (fails(s, "the proof", ret))
		return false;
	if (!p.ok)
		smn_why_set(&s->why, "%s: %.200s", smn_live_name(p.verdict),
			    p.why.text);
	return p.ok;
}

bool detach_faults(struct scene *s)
{
	uint64_t end = smn_sys_now(&s->ctl->sys) + FAULT_MS * 1000000ULL;

	detach_move(s);
	if (fails(s, "the transfer", s->began))
		return false;
	/* nvme says that it could not, which is as it should be */
	smn_dma_end(&s->bed->dma);
	do
		watch_look(&s->watch, -1, QUIET_MS);
	while (!s->watch.got && smn_sys_now(&s->ctl->sys) < end);
	if (!s->watch.got)
		smn_why_set(&s->why, "no event tells of a transfer to IOVA "
			    "0x%llx", (unsigned long long)s->bed->hole);
	return s->watch.got;
}

void detach_listen(struct scene *s)
{
	unsigned int rounds = MOST_ROUNDS;

	if (!s->bed)
		return;
	/* asking before would let a fast device come to its end */
	s->under_way = !s->began && smn_dma_busy(&s->bed->dma);
	/* what waits in the queue came before */
	do {
		s->watch.got = 0;
		watch_look(&s->watch, -1, 0);
	} while (s->watch.got && rounds--);
	clear(s->bed);
}

bool detach_ended(struct scene *s)
{
	int ret = s->began;

	if (fails(s, "no transfer was begun", ret))
		return false;
	ret = smn_dma_end(&s->bed->dma);
	/* a device may notice that it can reach nothing, and give up */
	if (ret != -EIO && ret != -ETIMEDOUT &&
	    fails(s, "the transfer", ret))
		return false;
	return untouched(s, "what was under way");
}

bool detach_blocked(struct scene *s)
{
	const struct smn_dma_source *source = s->bed->dma.source;
	uint16_t seen = 0;

	clear(s->bed);
	if (source->writes) {
		smn_dma_write(&s->bed->dma, s->bed->x, TAG + 1);
		if (!untouched(s, "a tag"))
			return false;
	}
	for (size_t i = 0; i < SMN_ARRAY_SIZE(pages); i++)
		smn_dma_put_tag(&s->bed->dma, s->bed->at[pages[i]].mem, TAG);
	if (source->reads &&
	    !smn_dma_read(&s->bed->dma, s->bed->x, &seen) && seen == TAG)
		smn_why_set(&s->why, "memory was read");
	return seen != TAG;
}

bool detach_no_event(struct scene *s)
{
	watch_look(&s->watch, -1, QUIET_MS);
	if (s->watch.got)
		smn_why_set(&s->why, "%llu came: see the time line",
			    (unsigned long long)s->watch.got);
	return !s->watch.got;
}

bool detach_lands(struct scene *s, enum smn_place place)
{
	int ret;

	clear(s->bed);
	ret = smn_dma_write(&s->bed->dma, s->bed->x, TAG + 1);
	if (fails(s, "the write", ret))
		return false;
	if (touched(s->bed) != place)
		smn_why_set(&s->why, "a write was seen %s, not %s",
			    smn_place_name(touched(s->bed)),
			    smn_place_name(place));
	return touched(s->bed) == place;
}

/* --- interrupts --- */

static int ring(struct scene *s, uint32_t ms)
{
	uint64_t count;

	/* whatever the device says of it, the eventfd tells */
	smn_dma_msi(&s->bed->dma, 0);
	return smn_irq_wait(&s->ctl->session, s->msi, ms, &count);
}

bool detach_rings(struct scene *s)
{
	return !fails(s, "waiting for it", ring(s, RING_MS));
}

bool detach_silent(struct scene *s)
{
	int ret = smn_irq_settle(&s->ctl->session, &s->nest->dev,
				 s->bed->dma.source->irq_index);

	if (fails(s, "interrupts from before the detach", ret))
		return false;
	ret = ring(s, QUIET_MS);
	if (!ret)
		smn_why_set(&s->why, "one came");
	else if (ret != -ETIMEDOUT)
		fails(s, "waiting for it", ret);
	return ret == -ETIMEDOUT;
}

/* --- the other device --- */

static bool other_moves(struct scene *s)
{
	const struct smn_dma_setup setup = {
		.source = smn_dma_of(&s->other.pci),
		.space = s->bed->dma.setup.space,
	};
	struct smn_dma *dma = &s->other.dma;
	enum smn_place place;
	int ret;

	if (!setup.source->writes)
		return true;
	ret = smn_dma_open(&s->ctl->session, &s->other.dev, &setup, dma);
	clear(s->bed);
	if (!ret)
		ret = smn_dma_write(dma, s->bed->x, TAG + 1);
	place = touched(s->bed);
	smn_dma_close(dma);
	if (ret)
		smn_why_set(&s->why, "%s: %s %.160s", s->other.pci.bdf,
			    smn_errno_name(ret), smn_dma_says(dma));
	else if (place != s->bed->led)
		smn_why_set(&s->why, "what %s wrote was seen %s, not %s",
			    s->other.pci.bdf, smn_place_name(place),
			    smn_place_name(s->bed->led));
	return !ret && place == s->bed->led;
}

bool detach_other_works(struct scene *s)
{
	int ret = smn_destroy(&s->ctl->session, s->other.s1);
	unsigned char kept[SMN_DMA_SPACE];
	void *work;
	bool ok;

	if (ret != -EBUSY) {
		smn_why_set(&s->why, "%s is not attached any more",
			    s->other.pci.bdf);
		return false;
	}
	if (!s->bed)
		return true;
	/* both work in the same place, one after the other */
	work = s->bed->dma.setup.space.mem;
	memcpy(kept, work, sizeof(kept));
	ok = other_moves(s);
	memcpy(work, kept, sizeof(kept));
	return ok;
}
