// SPDX-License-Identifier: GPL-2.0-or-later
/* dma: a device's reads and writes, proved by memory and by events. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proof.h"

static const struct argp_option options[] = {
	BED_OPTIONS,
	S1_OPTIONS,
	{ 0 },
};

struct dma_opts {
	struct bed_opts bed;
	struct smn_proof proof;
	struct smn_msi_proof msi;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct dma_opts *o = ctl->opts;

	return bed_parse(&o->bed, key, arg, state);
}

/* --- what comes of it --- */

static const char *const remedies[SMN_NLIVE] = {
	[SMN_LIVE_BOTH] = "look at read, write and control; smmunest-ctl "
			  "--trace dma shows every call",
	[SMN_LIVE_S1_SKIPPED] = "look at the STE with smmunest-ctl decode ste: "
				"is it Cfg=s1, and do S1 tables lead there?",
	[SMN_LIVE_S2_SKIPPED] = "dmesg; the S2 of the STE that the kernel "
				"installs is not in use",
	[SMN_LIVE_WRONG_STREAM] = "make --vsid and the SID of commands agree; "
				  "smmunest-ctl info shows the StreamIDs",
	[SMN_LIVE_NOTHING] = "dmesg; smmunest-ctl --trace dma shows every "
			     "call",
};

static enum status judge(struct ctl *ctl, struct dma_opts *o)
{
	const struct smn_proof *p = &o->proof;
	struct smn_why cause, remedy;
	char id[32];

	if (p->unseen)
		return bed_unseen(ctl, o->bed.spoil);
	if (p->ok)
		return CTL_OK;
	smn_why_set(&cause, "%s: %.200s", smn_live_name(p->verdict),
		    p->why.text);
	smn_why_set(&remedy, "%s", p->stale ? "after a change of the tables, "
		    "TLBI_NH_VA or TLBI_NH_ASID: smmunest-ctl inval "
		    "tlbi-nh-asid:ASID=1" : remedies[p->verdict]);
	snprintf(id, sizeof(id), "dma.%s", p->stale ? "stale" :
		 smn_live_name(p->verdict));
	return ctl_no(ctl, CTL_FAILED, id, &cause, &remedy);
}

static void report(struct ctl *ctl, const struct dma_opts *o)
{
	const struct smn_proof *p = &o->proof;

	if (o->bed.spoil)
		doc_add_str(ctl->result, "break",
			    smn_break_name(o->bed.spoil));
	doc_add_str(ctl->result, "verdict", smn_live_name(p->verdict));
	doc_add_str(ctl->result, "expected", smn_live_name(p->expected));
	doc_add(ctl->result, "stale", json_object_new_boolean(p->stale));
	if (p->why.text[0])
		doc_add_str(ctl->result, "why", p->why.text);
	doc_add(ctl->result, "read", doc_move(&p->read));
	doc_add(ctl->result, "write", doc_move(&p->write));
	doc_add(ctl->result, "control", doc_control(&p->control));
	doc_add_log(ctl, &o->bed.bed, &p->log);
}

/* --- repeating --- */

static void sample(struct samples *s, bool have, uint64_t ns)
{
	if (have)
		s->ns[s->n++] = ns;
}

/* Until the first that goes wrong, which is then the one that is told. */
static int run_all(struct ctl *ctl, struct dma_opts *o)
{
	enum { WRITE, READ, ROUND, EVENT, KINDS };
	struct samples s[KINDS] = {
		{ .name = "write" }, { .name = "read" },
		{ .name = "round-trip" }, { .name = "vevent" },
	};
	const struct smn_proof *p = &o->proof;
	int ret = 0;

	for (int i = 0; i < KINDS; i++) {
		s[i].ns = calloc(o->bed.repeat, sizeof(*s[i].ns));
		if (!s[i].ns)
			ret = -ENOMEM;
	}
	for (uint64_t i = 0; !ret && i < o->bed.repeat && !stop_signal(); i++) {
		ret = smn_proof_run(&o->bed.bed, &o->proof);
		if (ret || !p->ok)
			break;
		sample(&s[WRITE], p->write.tried, p->write.ns);
		sample(&s[READ], p->read.tried, p->read.ns);
		sample(&s[ROUND], p->write.tried && p->read.tried,
		       p->write.ns + p->read.ns);
		sample(&s[EVENT], p->control.came, p->control.evt_ns);
	}
	if (!ret)
		report(ctl, o);
	if (!ret && o->bed.repeat > 1)
		doc_add_samples(ctl, s, KINDS);
	for (int i = 0; i < KINDS; i++)
		free(s[i].ns);
	return ret;
}

/* Memory does not need the doorbell: whoever spoils it asks for an MSI. */
static enum status with_doorbell(struct ctl *ctl, struct dma_opts *o)
{
	struct smn_why why, remedy = { "let stage 1 map the MSI window to "
				       "itself" };
	int ret = smn_msi_prove(&o->bed.bed, &o->msi, &why);

	if (ret == -EOPNOTSUPP && why.text[0])
		return ctl_no(ctl, CTL_SKIPPED, "dma.msi", &why, &remedy);
	if (ret)
		return ctl_refused(ctl, ret);
	doc_add(ctl->result, "delivered",
		json_object_new_boolean(o->msi.delivered));
	doc_add(ctl->result, "doorbell", doc_control(&o->msi.control));
	return o->msi.ok ? CTL_OK :
		ctl_no(ctl, CTL_FAILED, "msi", &o->msi.why, &remedy);
}

static enum status run(struct ctl *ctl)
{
	struct dma_opts *o = ctl->opts;
	enum status status = bed_open(ctl, &o->bed);
	int ret;

	if (status)
		return status;
	ctl->sys.failed.err = 0;
	ret = run_all(ctl, o);
	if (ret == -EINTR)
		return CTL_OK;	/* main.c tells the signal */
	if (ret)
		return ctl_refused(ctl, ret);
	status = judge(ctl, o);
	if (!status && o->bed.spoil == SMN_BREAK_NO_DOORBELL)
		status = with_doorbell(ctl, o);
	return status;
}

const struct cmd cmd_dma = {
	.name = "dma", .group = "act", .args = "[BDF] [STE-FIELD=VALUE...]",
	.doc = "a device's DMA through stage 1 and 2, proved by memory",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct dma_opts),
};
