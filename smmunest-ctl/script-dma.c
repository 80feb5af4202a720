// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a script has its devices do: transfers, and the stage 1 they go through.
 * Its memory begins with pages that DMA may go to, then come the tables, then
 * what the device itself needs, which stage 1 maps where stage 2 has it.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "script.h"

enum { EVENT_MS = 1000, QUIET_MS = 50 };

static struct smn_slot slot_of(const struct script_opts *o, uint16_t slot)
{
	return slot && slot < o->runner.nslots ? o->runner.slots[slot] :
		(struct smn_slot){ .fd = -1 };
}

/* --- stage 1 --- */

static int map_range(struct script_opts *o, uint64_t iova, uint64_t ipa,
		     uint64_t bytes, bool unmap, struct smn_why *why)
{
	struct smn_s1 *s1 = &o->stage1.s1;
	uint64_t page = smn_s1_size(s1, 3);
	uint64_t *leaf;
	int level, ret = 0;

	if (iova % page || bytes % page || (!unmap && ipa % page)) {
		smn_why_set(why, "pages have %" PRIu64 " bytes", page);
		return -EINVAL;
	}
	for (uint64_t at = 0; !ret && at < bytes; at += page) {
		leaf = smn_s1_leaf(s1, iova + at, &level);
		if (leaf && level == 3)
			*leaf = 0;
		if (!unmap)
			ret = smn_s1_map(s1, iova + at, ipa + at, 3,
					 SMN_S1_USUAL, why);
	}
	return ret;
}

static int build(struct script_opts *o, struct smn_why *why)
{
	struct script_stage1 *t = &o->stage1;
	unsigned int granule = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	uint64_t work = o->script.ipa + SMN_SCRIPT_WORK;
	int ret;

	if (t->built)
		return 0;
	t->arena = (struct smn_arena){
		.mem = (unsigned char *)o->runner.memory + SMN_SCRIPT_TABLES,
		.ipa = o->script.ipa + SMN_SCRIPT_TABLES,
		.bytes = SMN_SCRIPT_WORK - SMN_SCRIPT_TABLES };
	/* the first thing in it: that is where the verb has S1ContextPtr */
	ret = smn_cds_init(&t->cds, &t->arena, 0, 0);
	if (!ret)
		ret = smn_s1_init(&t->s1, &t->arena, granule, 25);
	if (!ret)
		ret = smn_cds_set(&t->cds, 0, &t->s1, "ASID=1", why);
	if (!ret)
		ret = map_range(o, work, work, SMN_SCRIPT_VM - SMN_SCRIPT_WORK,
				false, why);
	t->built = !ret;
	return ret;
}

bool script_stage1(struct ctl *ctl, const struct smn_script_line *l,
		   struct smn_why *why)
{
	struct script_opts *o = ctl->opts;
	const struct smn_script_dma *d = &l->dma;
	int ret = build(o, why);

	if (!ret)
		ret = map_range(o, d->iova, d->ipa, d->bytes, d->unmap, why);
	if (ret && !why->text[0])
		smn_why_set(why, "stage 1: %s", smn_errno_name(ret));
	return !ret;
}

/* --- opening the source --- */

static int open_source(struct ctl *ctl, const struct smn_script_dma *d,
		       struct smn_why *why)
{
	struct script_opts *o = ctl->opts;
	struct script_dma *s = &o->dma[d->device];
	const struct smn_device dev = { slot_of(o, d->file).fd,
					slot_of(o, d->id).id };
	const struct smn_dma_setup setup = {
		.source = smn_dma_of(&o->pci[d->device]),
		.space = { (char *)o->runner.memory + SMN_SCRIPT_WORK,
			   o->script.ipa + SMN_SCRIPT_WORK, SMN_DMA_SPACE },
	};
	int ret;

	if (s->open)
		return 0;
	if (!setup.source->reads && !setup.source->writes) {
		smn_why_set(why, "nothing here knows how to have %s do DMA",
			    o->pci[d->device].bdf);
		return -EOPNOTSUPP;
	}
	s->session = (struct smn_session){ .sys = &ctl->sys, .iommufd = -1 };
	ret = smn_dma_open(&s->session, &dev, &setup, &s->dma);
	s->open = !ret;
	if (!ret)
		return 0;
	smn_why_set(why, ret == -EINVAL ? "%s cannot reach its working area at "
		    "0x%" PRIx64 ": alloc memory=2M@ what it can" :
		    "%s, its working area at 0x%" PRIx64 ", cannot be opened",
		    setup.source->name, setup.space.iova);
	smn_session_close(&s->session);
	return ret;
}

void script_dma_end(struct ctl *ctl, int fd)
{
	struct script_opts *o = ctl->opts;

	for (unsigned int i = 0; i < SCRIPT_DEVICES; i++) {
		struct script_dma *s = &o->dma[i];
		int ret;

		if (!s->open || (fd >= 0 && fd != s->dma.fd))
			continue;
		s->open = false;
		ret = smn_session_close(&s->session);
		if (ret)
			ctl_say(ctl, "dev%u: its registers cannot be put back: "
				"%s", i, smn_errno_name(ret));
	}
}

/* --- a transfer --- */

static char *page_at(const struct script_opts *o, uint64_t offset)
{
	return (char *)o->runner.memory + offset;
}

/* What comes of it in memory: *at is where, or stays -1. */
static int move(struct script_opts *o, const struct smn_script_dma *d,
		int64_t *at)
{
	struct smn_dma *dma = &o->dma[d->device].dma;
	uint64_t offset = d->iova % SMN_DMA_PAGE, p;
	uint16_t seen = 0;
	int ret;

	if (d->read) {
		for (p = 0; p < SMN_SCRIPT_TABLES; p += SMN_DMA_PAGE)
			smn_dma_put_tag(dma, page_at(o, p),
					1 + p / SMN_DMA_PAGE);
		ret = smn_dma_read(dma, d->iova, &seen);
		if (!ret && seen)
			*at = (seen - 1ULL) * SMN_DMA_PAGE;
		return ret;
	}
	memset(o->runner.memory, 0, SMN_SCRIPT_TABLES);
	o->tag++;
	o->tag += !o->tag;
	ret = smn_dma_write(dma, d->iova, o->tag);
	for (p = offset; !ret && p < SMN_SCRIPT_TABLES; p += SMN_DMA_PAGE)
		if (smn_dma_wrote(dma, page_at(o, p), o->tag))
			*at = p;
	return ret;
}

static bool is_about(const struct smn_layout *l, const uint64_t *words,
		     uint64_t iova)
{
	const struct smn_field *f = smn_layout_field(l, "InputAddr", 9);

	return !f || smn_field_get(f, words) / SMN_DMA_PAGE ==
		iova / SMN_DMA_PAGE;
}

/* The first event about that address; false: none came in time. */
static bool await(struct smn_vevents *ev, uint64_t iova, uint32_t ms,
		  uint64_t words[4])
{
	struct smn_vevent e;

	while (!smn_vevents_next(ev, ms, &e)) {
		if (e.lost || !is_about(smn_family_layout(
				&smn_families[SMN_EVT], e.words, 0), e.words,
				iova))
			continue;
		memcpy(words, e.words, sizeof(e.words));
		return true;
	}
	return false;
}

static bool is_wanted(const struct smn_script_dma *d,
		      const struct script_outcome *out)
{
	bool same = out->event &&
		smn_family_layout(&smn_families[SMN_EVT], out->words, 0) ==
		d->event;

	for (unsigned int i = 0; i < 4; i++)
		same = same && (out->words[i] & d->seen[i]) == d->fields[i];
	return same;
}

static bool judge(const struct script_outcome *out, int err, const char *says,
		  struct smn_why *why)
{
	const struct smn_script_dma *d = &out->l->dma;
	char fields[120] = "no event";
	const struct smn_layout *l;
	int n;

	if ((d->want == SMN_WANT_ARRIVES && out->at >= 0) ||
	    (d->want == SMN_WANT_EVENT && out->at < 0 && is_wanted(d, out)) ||
	    (d->want == SMN_WANT_NOTHING && out->at < 0 && !out->event))
		return true;
	if (out->event) {
		l = smn_family_layout(&smn_families[SMN_EVT], out->words, 0);
		n = snprintf(fields, sizeof(fields), "%s ", l->name);
		smn_layout_format(l, out->words, fields + n,
				  sizeof(fields) - n);
	}
	if (out->at >= 0)
		smn_why_set(why, "it went to mem+0x%" PRIx64, out->at);
	else
		smn_why_set(why, "it went nowhere, and there was %s%s%s",
			    fields, err ? ": " : "",
			    says[0] ? says : err ? smn_errno_name(err) : "");
	return false;
}

bool script_transfer(struct ctl *ctl, struct script_outcome *out,
		     struct smn_why *why)
{
	struct script_opts *o = ctl->opts;
	const struct smn_script_dma *d = &out->l->dma;
	struct smn_session session = { .sys = &ctl->sys, .iommufd = -1 };
	int queue = slot_of(o, d->queue).fd;
	struct smn_vevents events;
	uint64_t start;
	int ret = open_source(ctl, d, why);

	if (ret)
		return false;
	if (queue >= 0) {
		smn_vevents_start(&events, &session, queue);
		smn_vevents_drain(&events, 0);
	}
	start = smn_sys_now(&ctl->sys);
	ret = move(o, d, &out->at);
	out->ns = smn_sys_now(&ctl->sys) - start;
	if (queue >= 0)
		out->event = await(&events, d->iova, d->want == SMN_WANT_EVENT ?
				   EVENT_MS : QUIET_MS, out->words);
	if (ret && ret != -EIO) {
		smn_why_set(why, "%.100s: %s %.80s", o->dma[d->device].dma.
			    source->name, smn_errno_name(ret),
			    smn_dma_says(&o->dma[d->device].dma));
		return false;
	}
	return judge(out, ret, smn_dma_says(&o->dma[d->device].dma), why);
}
