// SPDX-License-Identifier: GPL-2.0-or-later
/* msi: a device's interrupt through stage 1 and 2, and what must stop it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "proof.h"

static const struct argp_option options[] = {
	BED_OPTIONS,
	S1_OPTIONS,
	{ 0 },
};

struct msi_opts {
	struct bed_opts bed;
	struct smn_msi_proof proof;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct msi_opts *o = ctl->opts;

	return bed_parse(&o->bed, key, arg, state);
}

static struct json_object *doc_ring(const struct smn_proof_ring *r)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "when", r->when);
	doc_add_int(o, "vector", r->vector);
	doc_add(o, "came", json_object_new_boolean(r->came));
	doc_add(o, "ok", json_object_new_boolean(r->ok));
	doc_add(o, "stray", json_object_new_boolean(r->stray));
	doc_add(o, "ns", r->came ? json_object_new_int64(r->ns) : NULL);
	doc_add_int(o, "errno", -r->err);
	return o;
}

static void report(struct ctl *ctl, const struct msi_opts *o)
{
	const struct smn_msi_proof *p = &o->proof;
	struct json_object *rings = json_object_new_array();

	if (o->bed.spoil)
		doc_add_str(ctl->result, "break",
			    smn_break_name(o->bed.spoil));
	doc_add(ctl->result, "delivered",
		json_object_new_boolean(p->delivered));
	doc_add(ctl->result, "ns", p->nrings && p->ring[0].came ?
		json_object_new_int64(p->ring[0].ns) : NULL);
	doc_add_int(ctl->result, "vectors", p->vectors);
	doc_add_int(ctl->result, "device_vectors", p->has);
	for (unsigned int i = 0; i < p->nrings; i++)
		json_object_array_add(rings, doc_ring(&p->ring[i]));
	doc_add(ctl->result, "interrupts", rings);
	doc_add(ctl->result, "control", doc_control(&p->control));
	if (p->why.text[0])
		doc_add_str(ctl->result, "why", p->why.text);
	doc_add_log(ctl, &o->bed.bed, &p->log);
}

static const char *remedy_of(const struct smn_msi_proof *p)
{
	if (!p->nrings)
		return "make --vsid and the SID of commands agree";
	if (!p->delivered && p->control.came)
		return "have stage 1 map the MSI window to itself; "
		       "smmunest-ctl info shows where it is";
	if (!p->delivered)
		return "smmunest-ctl dma tells which stages are live";
	return "after a change of the tables, TLBI_NH_VA or TLBI_NH_ASID: "
	       "smmunest-ctl inval tlbi-nh-asid:ASID=1";
}

static enum status judge(struct ctl *ctl, const struct msi_opts *o)
{
	struct smn_why remedy;

	smn_why_set(&remedy, "%s", remedy_of(&o->proof));
	if (o->proof.unseen)
		return bed_unseen(ctl, o->bed.spoil);
	return o->proof.ok ? CTL_OK :
		ctl_no(ctl, CTL_FAILED, "msi", &o->proof.why, &remedy);
}

/*
 * Each vector in turn, until one does not come; that is the proof's last word
 * then. The first row has all of them.
 */
static int ring_on(struct msi_opts *o, struct samples *all)
{
	struct smn_msi_proof *p = &o->proof;
	struct smn_proof_ring ring;
	int ret = 0;

	while (!ret && p->ok && all->n < o->bed.repeat && !stop_signal()) {
		uint32_t vector = all->n % p->vectors;
		struct samples *own = &all[1 + vector];

		ret = smn_msi_again(&o->bed.bed, p, vector, &ring);
		p->ok = ring.ok;
		if (!ret && !ring.ok)
			smn_why_set(&p->why, "after %zu interrupts that of "
				    "vector %" PRIu32 " did not come alone",
				    all->n, vector);
		if (ret || !ring.came)
			break;
		own->ns[own->n++] = all->ns[all->n++] = ring.ns;
	}
	return ret;
}

static int repeat(struct ctl *ctl, struct msi_opts *o)
{
	static const char *const names[] = {
		"delivery", "vector-0", "vector-1", "vector-2", "vector-3",
	};
	struct samples s[SMN_ARRAY_SIZE(names)] = { 0 };
	size_t rows = o->proof.vectors > 1 ? 1 + o->proof.vectors : 1;
	int ret = 0;

	_Static_assert(SMN_ARRAY_SIZE(names) == 1 + SMN_DMA_VECTORS, "a row");
	for (size_t i = 0; i < SMN_ARRAY_SIZE(names); i++) {
		s[i].name = names[i];
		s[i].ns = calloc(o->bed.repeat, sizeof(*s[i].ns));
		if (!s[i].ns)
			ret = -ENOMEM;
	}
	if (!ret)
		ret = ring_on(o, s);
	if (!ret)
		doc_add_samples(ctl, s, rows);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(names); i++)
		free(s[i].ns);
	return ret;
}

static enum status run(struct ctl *ctl)
{
	struct msi_opts *o = ctl->opts;
	enum status status = bed_open(ctl, &o->bed);
	struct smn_why why, remedy = { "smmunest-ctl msi on another device" };
	int ret;

	if (status)
		return status;
	ctl->sys.failed.err = 0;
	ret = smn_msi_prove(&o->bed.bed, &o->proof, &why);
	if (ret == -EOPNOTSUPP && why.text[0])
		return ctl_no(ctl, CTL_SKIPPED, "msi.none", &why, &remedy);
	if (!ret && o->bed.repeat > 1)
		ret = repeat(ctl, o);
	if (ret == -EINTR)
		return CTL_OK;	/* main.c tells the signal */
	if (ret)
		return ctl_refused(ctl, ret);
	report(ctl, o);
	return judge(ctl, o);
}

const struct cmd cmd_msi = {
	.name = "msi", .group = "act", .args = "[BDF] [STE-FIELD=VALUE...]",
	.doc = "a device's MSI through stage 1 and 2 to its eventfd",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct msi_opts),
};
