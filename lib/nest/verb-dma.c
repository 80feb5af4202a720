// SPDX-License-Identifier: GPL-2.0-or-later
/* dma devN iova=A [read] [expect event NAME [FIELD=VALUE]... | nothing] */
#include "nest/verb.h"

#define USAGE "it is: dma devN iova=A [read] [expect ...]"

static const char *event_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i < smn_nevts ? smn_evts[i].name : NULL;
}

static int parse_event(struct smn_verb *v, struct smn_word w,
		       struct smn_script_dma *dma)
{
	char word[SMN_VERB_WORD];
	struct smn_why why;

	for (unsigned int i = 0; i < smn_nevts; i++)
		if (smn_word_is(w, smn_evts[i].name))
			dma->event = &smn_evts[i];
	if (!dma->event) {
		smn_script_wrong(v->r, w, "'%.*s' is no event",
				 w.len, w.at);
		return smn_script_suggest(v->r, smn_nearest(w.at, w.len,
							    event_at, NULL));
	}
	while ((w = smn_word_after(w)).len)
		if (smn_layout_assign_once(dma->event, dma->fields, dma->seen,
					   smn_verb_copy(w, word), &why))
			return smn_script_wrong(v->r, w, "%s", why.text);
	return 0;
}

static int parse_want(struct smn_verb *v, struct smn_word w,
		      struct smn_script_dma *dma)
{
	struct smn_word more = smn_word_after(w);

	if (smn_word_is(w, "event")) {
		dma->want = SMN_WANT_EVENT;
		return parse_event(v, more, dma);
	}
	if (!smn_word_is(w, "nothing") || more.len)
		return smn_script_wrong(v->r, w, "it is: expect event NAME "
					"[FIELD=VALUE]..., or expect nothing");
	dma->want = SMN_WANT_NOTHING;
	return 0;
}

static int parse_transfer(struct smn_verb *v, struct smn_word w,
			  struct smn_script_dma *dma)
{
	char value[SMN_VERB_WORD];

	if (!smn_verb_option(w, "iova", value) ||
	    smn_number_parse(value, &dma->iova))
		return smn_script_wrong(v->r, w, USAGE);
	w = smn_word_after(w);
	dma->read = smn_word_is(w, "read");
	if (dma->read || smn_word_is(w, "write"))
		w = smn_word_after(w);
	if (smn_word_is(w, "expect"))
		return parse_want(v, smn_word_after(w), dma);
	return smn_verb_end(v, w);
}

/* Events are read from the queue called so, made where there is none. */
static int need_queue(struct smn_verb *v, const struct smn_script_dma *dma)
{
	if (dma->want != SMN_WANT_EVENT || !smn_verb_slot(v, "viommu"))
		return 0;
	return smn_verb_need(v, false, "let events = veventq-alloc "
			     "viommu_id=viommu type=ARM_SMMUV3 "
			     "veventq_depth=256");
}

static int read_dma(struct smn_verb *v, struct smn_word w)
{
	struct smn_script_dma dma = { 0 };
	struct smn_word device = w;
	int ret;

	if (!smn_verb_device(v, &w) || !smn_verb_slot(v, "dev%u", v->device))
		return smn_script_wrong(v->r, device, USAGE ", of a device "
					"that alloc has opened");
	ret = parse_transfer(v, w, &dma);
	if (!ret)
		ret = need_queue(v, &dma);
	dma.device = v->device;
	dma.file = smn_verb_slot(v, "cdev%u", v->device);
	dma.id = smn_verb_slot(v, "dev%u", v->device);
	dma.queue = smn_verb_slot(v, "events");
	return ret ? ret : smn_verb_deed(v, SMN_LINE_DMA, &dma);
}

const struct smn_verb_row smn_verb_dma = { "dma", read_dma, false };
