// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory and events tell which stages are live. See proof.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "dma/proof.h"

#define EVENT_MS 3000	/* an event that has to come */
#define QUIET_MS 20	/* one that must not */
#define LOG_MS 200	/* a line of the kernel's log that may come */

static const char *const verdicts[SMN_NLIVE] = {
#define X(id, name) [SMN_LIVE_##id] = name,
	SMN_LIVES(X)
#undef X
};

const char *smn_live_name(enum smn_live verdict)
{
	return verdicts[verdict];
}

/* The pages that a transfer may meet. */
static const enum smn_place pages[] = {
	SMN_PLACE_A, SMN_PLACE_B, SMN_PLACE_DECOY,
};

/* --- events --- */

int smn_proof_prepare(struct smn_bed *bed)
{
	int ret = smn_vevents_drain(&bed->events, 0);

	/* a reset of the device has brought bus mastering back */
	if (ret >= 0 && bed->begun &&
	    bed->setup.spoil == SMN_BREAK_NO_MASTER)
		ret = smn_device_master(bed->s, &bed->nest.dev, false);
	return ret < 0 ? ret : 0;
}

static uint32_t patience(const struct smn_proof_move *m)
{
	return m->want.fate == SMN_DMA_EVENT ? EVENT_MS :
		m->want.fate == SMN_DMA_ARRIVES ? 0 : QUIET_MS;
}

/*
 * A transfer can fault at each of its words, and the kernel hands events on
 * when it finds the time: one about the other hole is an earlier control's.
 */
static bool is_late(const struct smn_bed *bed, const struct smn_proof_move *m,
		    const uint64_t words[4])
{
	const struct smn_layout *l = smn_evt_by_type(words[0] & SMN_EVT_TYPE);
	const struct smn_field *f = l ? smn_layout_field(l, "InputAddr", 9) :
		NULL;
	uint64_t at = f ? smn_field_get(f, words) : 0;

	return f && at >= bed->holes.start && at <= bed->holes.last &&
		at / bed->page != m->iova / bed->page;
}

/* The first event, whatever the queue says it has lost before. */
static int hear(struct smn_bed *bed, struct smn_proof_move *m, uint64_t start)
{
	struct smn_vevent e;
	int ret;

	do {
		ret = smn_vevents_next(&bed->events, patience(m), &e);
		m->missing += ret ? 0 : e.missing;
	} while (!ret && (e.lost || is_late(bed, m, e.words)));
	if (ret)
		return ret == -ETIMEDOUT ? 0 : ret;
	m->came = true;
	memcpy(m->evt, e.words, sizeof(m->evt));
	m->evt_ns = e.ns - start;
	return 0;
}

static void judge(struct smn_proof_move *m)
{
	const struct smn_layout *l = smn_evt_by_type(m->evt[0] & SMN_EVT_TYPE);
	bool arrives = m->want.fate == SMN_DMA_ARRIVES;

	if (m->want.fate == SMN_DMA_UNKNOWN)
		smn_why_set(&m->why, "it cannot be predicted: %.200s",
			    m->want.why.text);
	else if (m->came && m->want.fate != SMN_DMA_EVENT)
		smn_why_set(&m->why, "an event came that should not: %s",
			    l ? l->name : "of a type unknown");
	else if (arrives && m->err)
		smn_why_set(&m->why, "the device says %s: %.200s",
			    smn_errno_name(m->err), m->says.text);
	else if (m->place != m->want.place)
		smn_why_set(&m->why, "it was seen %s, not %s",
			    smn_place_name(m->place),
			    smn_place_name(m->want.place));
	else if (m->want.fate == SMN_DMA_EVENT && !m->came)
		smn_why_set(&m->why, "no event came, %s was expected",
			    m->want.event->name);
	else if (m->want.fate == SMN_DMA_EVENT)
		smn_bed_same_event(&m->want, m->evt, &m->why);
	m->ok = !m->why.text[0];
}

int smn_proof_listen(struct smn_bed *bed, struct smn_proof_move *m,
		     uint64_t start)
{
	int ret = hear(bed, m, start);

	if (!ret)
		judge(m);
	return ret;
}

static void read_log(struct smn_bed *bed, struct smn_kmsg_seen *seen)
{
	struct smn_kmsg_seen all;
	bool ours = false;

	*seen = (struct smn_kmsg_seen){ 0 };
	if (smn_kmsg_read(&bed->log, &all))
		return;
	for (unsigned int i = 0; i < all.n; i++) {
		enum smn_kmsg_kind kind = all.line[i].kind;

		ours = kind == SMN_KMSG_EVENT ?
			strstr(all.line[i].text, bed->setup.pci->bdf) != NULL :
			ours && kind == SMN_KMSG_EVENT_HOW;
		if (!ours)
			continue;
		seen->kinds |= 1u << kind;
		seen->line[seen->n++] = all.line[i];
	}
}

void smn_proof_log(struct smn_bed *bed, uint32_t ms,
		   struct smn_kmsg_seen *seen)
{
	struct smn_sys *sys = bed->s->sys;
	uint64_t end = smn_sys_now(sys) + ms * 1000000ULL;

	*seen = (struct smn_kmsg_seen){ 0 };
	if (!bed->log.sys)
		return;
	read_log(bed, seen);
	while (!seen->n && smn_sys_now(sys) < end &&
	       !smn_sys_poll(sys, NULL, 0, QUIET_MS))
		read_log(bed, seen);
}

/* --- transfers --- */

static uint16_t next_tag(struct smn_bed *bed)
{
	bed->tag = bed->tag == UINT16_MAX ? 1 : bed->tag + 1;
	return bed->tag;
}

static enum smn_place do_write(struct smn_bed *bed, uint64_t iova, int *err)
{
	uint16_t tag = next_tag(bed);

	for (size_t i = 0; i < SMN_ARRAY_SIZE(pages); i++)
		memset(bed->at[pages[i]].mem, 0, bed->page);
	*err = smn_dma_write(&bed->dma, iova, tag);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(pages); i++)
		if (smn_dma_wrote(&bed->dma, bed->at[pages[i]].mem, tag))
			return pages[i];
	return SMN_PLACE_NONE;
}

static enum smn_place do_read(struct smn_bed *bed, uint64_t iova, int *err)
{
	uint16_t tags[SMN_ARRAY_SIZE(pages)], seen = 0;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(pages); i++) {
		tags[i] = next_tag(bed);
		smn_dma_put_tag(&bed->dma, bed->at[pages[i]].mem, tags[i]);
	}
	*err = smn_dma_read(&bed->dma, iova, &seen);
	for (size_t i = 0; !*err && i < SMN_ARRAY_SIZE(pages); i++)
		if (seen == tags[i])
			return pages[i];
	return SMN_PLACE_NONE;
}

int smn_proof_transfer(struct smn_bed *bed, uint64_t iova, bool write,
		       struct smn_proof_move *m)
{
	const struct smn_dma_source *source = bed->dma.source;
	uint64_t start;
	int ret;

	if (!(write ? source->writes : source->reads))
		return 0;
	ret = smn_proof_prepare(bed);
	if (ret)
		return ret;
	m->iova = iova;
	m->tried = true;
	start = smn_sys_now(bed->s->sys);
	m->place = (write ? do_write : do_read)(bed, iova, &m->err);
	m->ns = smn_sys_now(bed->s->sys) - start;
	smn_why_set(&m->says, "%s", smn_dma_says(&bed->dma));
	if (m->err == -EINTR)
		return m->err;
	return smn_proof_listen(bed, m, start);
}

/* --- the verdict --- */

static bool wrong_sid(const struct smn_bed *bed,
		      const struct smn_proof_move *m)
{
	return m->came && m->evt[0] >> 32 != bed->setup.plan.vsid;
}

/* An IPA was taken for a physical address, where nothing answers. */
static bool fetch_aborted(const struct smn_kmsg_seen *log)
{
	static const char *const events[] = {
		"F_CD_FETCH", "F_WALK_EABT", "F_VMS_FETCH",
	};

	for (unsigned int i = 0; i < log->n; i++)
		for (size_t e = 0; e < SMN_ARRAY_SIZE(events); e++)
			if (strstr(log->line[i].text, events[e]))
				return true;
	return false;
}

static enum smn_live of_place(const struct smn_bed *bed,
				 enum smn_place place)
{
	return place == bed->led ? SMN_LIVE_BOTH :
		place == SMN_PLACE_NONE ? SMN_LIVE_NOTHING :
		SMN_LIVE_S1_SKIPPED;
}

/* The worse of what read and write show. */
static enum smn_live of_memory(const struct smn_bed *bed,
				  struct smn_proof *p)
{
	const struct smn_proof_move *moves[] = { &p->write, &p->read };
	enum smn_live worst = SMN_LIVE_BOTH;
	bool tried = false;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(moves); i++) {
		enum smn_live v = of_place(bed, moves[i]->place);

		if (!moves[i]->tried)
			continue;
		tried = true;
		worst = v > worst ? v : worst;
		p->stale |= v == SMN_LIVE_S1_SKIPPED &&
			moves[i]->place != SMN_PLACE_DECOY;
	}
	return tried ? worst : SMN_LIVE_NOTHING;
}

static void say_good(const struct smn_bed *bed, struct smn_proof *p)
{
	const struct smn_proof_move *m = p->write.tried ? &p->write :
		&p->read;

	if (m->want.fate == SMN_DMA_ARRIVES)
		smn_why_set(&p->why, "0x%" PRIx64 " goes out as 0x%" PRIx64,
			    bed->x, bed->at[m->place].ipa);
	else if (m->want.fate == SMN_DMA_NO_TRACE)
		smn_why_set(&p->why, "%.120s; an abort leaves no trace, in "
			    "the vEVENTQ or in the kernel's log",
			    m->want.why.text);
	else
		p->why = m->want.why;
}

/* Without bus mastering nothing gets out of a device. */
bool smn_proof_muted(struct smn_bed *bed)
{
	uint32_t command;

	return !smn_config_read(bed->s, &bed->nest.dev, PCI_COMMAND, 2,
				&command) && !(command & PCI_COMMAND_MASTER);
}

static void say_bad(struct smn_bed *bed, struct smn_proof *p)
{
	const struct smn_proof_move *m = !p->write.ok && p->write.tried ?
		&p->write : !p->read.ok && p->read.tried ? &p->read :
		&p->control;

	if (p->stale)
		smn_why_set(&p->why, "the translation that was in the tables "
			    "before was used: it is stale");
	else if (p->verdict == SMN_LIVE_S1_SKIPPED)
		smn_why_set(&p->why, "the IOVA was taken for an IPA");
	else if (p->verdict == SMN_LIVE_S2_SKIPPED)
		smn_why_set(&p->why, "fetches of the VM's tables aborted: "
			    "IPAs were taken for physical addresses");
	else if (p->verdict == SMN_LIVE_WRONG_STREAM)
		smn_why_set(&p->why, "an event names another stream than "
			    "0x%" PRIx64, bed->setup.plan.vsid);
	else if (!p->write.came && !p->read.came && smn_proof_muted(bed))
		smn_why_set(&p->why, "the device may not master the bus");
	else if (p->log.n && m != &p->control)
		smn_why_set(&p->why, "%s", p->log.line[0].text);
	else if (!m->ok && m->tried)
		smn_why_set(&p->why, "%s: %.200s", m == &p->control ?
			    "the control" : m == &p->read ? "the read" :
			    "the write", m->why.text);
}

static void conclude(struct smn_bed *bed, struct smn_proof *p)
{
	const struct smn_proof_move *first = p->write.tried ? &p->write :
		&p->read;

	p->expected = of_place(bed, first->want.place);
	p->verdict = of_memory(bed, p);
	/* only the log can tell why, if nothing moved that should have */
	smn_proof_log(bed, p->verdict == SMN_LIVE_NOTHING &&
		      p->verdict != p->expected ? LOG_MS : 0, &p->log);
	if (wrong_sid(bed, &p->write) || wrong_sid(bed, &p->read) ||
	    wrong_sid(bed, &p->control))
		p->verdict = SMN_LIVE_WRONG_STREAM;
	else if (p->verdict == SMN_LIVE_NOTHING && fetch_aborted(&p->log))
		p->verdict = SMN_LIVE_S2_SKIPPED;
	p->ok = first->tried && p->verdict == p->expected;
	p->ok &= !p->write.tried || p->write.ok;
	p->ok &= !p->read.tried || p->read.ok;
	p->ok &= !p->control.tried || p->control.ok;
	p->unseen = p->ok && bed->setup.spoil == SMN_BREAK_NO_TLBI;
	if (p->ok)
		say_good(bed, p);
	else
		say_bad(bed, p);
}

/* --- the whole --- */

/* What X ends in when it leads to @to and nothing is spoilt. */
static void expect(struct smn_bed *bed, enum smn_place to, struct smn_proof *p)
{
	struct smn_proof_move *moves[] = { &p->write, &p->read };

	for (int i = 0; i < 2; i++) {
		smn_bed_expect(bed, bed->x, !i, &moves[i]->want);
		if (moves[i]->want.place == bed->led)
			moves[i]->want.place = to;
	}
	smn_bed_expect(bed, bed->hole, bed->dma.source->writes,
		       &p->control.want);
}

/* The vIOMMU does not know the StreamID that the VM uses. */
static int unknown_sid(struct smn_bed *bed, struct smn_proof *p)
{
	p->verdict = SMN_LIVE_WRONG_STREAM;
	p->expected = of_place(bed, p->write.want.place);
	smn_why_set(&p->why, "no vDEVICE has the vSID 0x%" PRIx64 ": "
		    "CFGI_CD_ALL for it was refused", bed->setup.plan.vsid);
	return 0;
}

/* Spoil what is to be spoilt, and have TLBs know where X leads now. */
static int begin(struct smn_bed *bed)
{
	int ret = smn_bed_spoil(bed, SMN_PLACE_A), err;

	if (!ret)
		ret = smn_bed_announce(bed);
	if (ret)
		return ret;
	bed->begun = true;
	ret = smn_proof_prepare(bed);
	if (!ret && smn_bed_has_s1(bed) && bed->dma.source->writes &&
	    !bed->dma.source->external)
		do_write(bed, bed->x, &err);
	return ret;
}

int smn_proof_run(struct smn_bed *bed, struct smn_proof *p)
{
	bool leads = smn_bed_has_s1(bed);
	enum smn_place to = !leads || bed->led == SMN_PLACE_B ? SMN_PLACE_A :
		SMN_PLACE_B;
	int ret = 0;

	*p = (struct smn_proof){ .verdict = SMN_LIVE_NOTHING };
	if (bed->begun)
		bed->hole = bed->holes.start +
			(bed->hole == bed->holes.start ? bed->page : 0);
	expect(bed, to, p);
	bed->led = to;
	if (!bed->begun)
		ret = begin(bed);
	if (ret == -EIO && !bed->begun)
		return unknown_sid(bed, p);
	if (!ret && leads)
		ret = smn_bed_lead(bed, to);
	if (!ret)
		ret = smn_proof_transfer(bed, bed->x, true, &p->write);
	if (!ret)
		ret = smn_proof_transfer(bed, bed->x, false, &p->read);
	if (!ret)
		ret = smn_proof_transfer(bed, bed->hole,
					 bed->dma.source->writes, &p->control);
	/* one faulting transfer can be many events */
	if (!ret && p->control.came)
		ret = smn_vevents_drain(&bed->events, QUIET_MS);
	if (ret >= 0)
		conclude(bed, p);
	return ret < 0 ? ret : 0;
}
