// SPDX-License-Identifier: GPL-2.0-or-later
/* The test bed as commands see it: options, building, what is told of it. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "proof.h"

/* --- options --- */

static void parse_source(struct bed_opts *o, const char *arg,
			 struct argp_state *state)
{
	o->source = NULL;
	o->command = NULL;
	if (!strcmp(arg, "auto"))
		return;
	o->source = smn_dma_named(arg, &o->command);
	if (!o->source)
		argp_error(state, "--dma: '%s' is none of auto, edu, nvme, "
			   "testdev, manual, exec:CMD, none", arg);
}

static enum smn_break parse_break(const char *arg, struct argp_state *state)
{
	for (enum smn_break b = SMN_BREAK_NONE + 1; b < SMN_NBREAKS; b++)
		if (!strcmp(arg, smn_break_name(b)))
			return b;
	argp_error(state, "--break: '%s' is none of s1-identity, s2-hole, "
		   "no-tlbi, no-vdevice, no-doorbell, no-master", arg);
	return SMN_BREAK_NONE;
}

static void finish(struct bed_opts *o, struct argp_state *state)
{
	if (o->spoil == SMN_BREAK_NO_VDEVICE && o->plan.plan.no_vdevice)
		argp_error(state, "--break=no-vdevice and --vsid=none exclude "
			   "each other");
	if (o->spoil && o->repeat > 1)
		argp_error(state, "--break and --repeat exclude each other");
}

error_t bed_parse(struct bed_opts *o, int key, char *arg,
		  struct argp_state *state)
{
	struct ctl *ctl = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		plan_init(&o->plan);
		o->repeat = 1;
		return 0;
	case OPT_DMA:
		parse_source(o, arg, state);
		return 0;
	case OPT_BREAK:
		o->spoil = parse_break(arg, state);
		return 0;
	case OPT_BITS:
		o->bits = ctl_number(state, "--bits", arg, 26, 64);
		return 0;
	case OPT_WAIT:
		o->wait_ms = 1000 * ctl_number(state, "--wait", arg, 1, 3600);
		return 0;
	case OPT_REPEAT_BED:
		o->repeat = ctl_number(state, "--repeat", arg, 1, 1000000);
		return 0;
	case ARGP_KEY_ARG:
		if (ctl_take_bdf(ctl, arg))
			return 0;
		break;
	case ARGP_KEY_END:
		finish(o, state);
		return 0;
	}
	return plan_parse(&o->plan, key, arg, state);
}

/* --- somebody else's device --- */

/* A line from whoever sits there, within @ms. */
static int answer(char *line, size_t len, uint32_t ms)
{
	struct pollfd fd = { .fd = 0, .events = POLLIN };
	ssize_t n;
	int ready = poll(&fd, 1, ms);

	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	n = read(0, line, len - 1);
	if (n <= 0)
		return n ? -errno : -ENODATA;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

static int ask(void *ctx, const struct smn_dma_ask *what, uint32_t *seen)
{
	struct bed_opts *o = ctx;
	uint32_t ms = o->wait_ms ? o->wait_ms : o->source->ms;
	uint64_t value;
	char line[64];
	int ret;

	if (what->write)
		fprintf(stderr, "have the device write the %" PRIu32 " bytes "
			"0x%08" PRIx32 " (little endian) to IOVA 0x%" PRIx64
			", then press Enter: ", what->bytes, what->pattern,
			what->iova);
	else
		fprintf(stderr, "have the device read %" PRIu32 " bytes at "
			"IOVA 0x%" PRIx64 ", then type the first 4 as a "
			"number: ", what->bytes, what->iova);
	ret = answer(line, sizeof(line), ms);
	if (ret || what->write)
		return ret;
	*seen = smn_number_parse(line, &value) ? 0 : (uint32_t)value;
	return 0;
}

/* --- building --- */

/* Without a word about it, stage 1 on; with one, what it leaves open. */
static void complete(struct bed_opts *o, struct smn_bed_setup *setup)
{
	struct plan_opts *p = &o->plan;

	if (!p->ste_named && !p->ste_raw) {
		smn_layout_assign(&smn_vste, p->plan.ste, "V=1", NULL);
		smn_layout_assign(&smn_vste, p->plan.ste, "Cfg=s1", NULL);
		p->ste_named = true;
	}
	plan_for(p, &o->pci);
	for (int i = 0; i < 2; i++)
		setup->ste_given[i] = p->ste_raw ? ~0ULL : p->ste_seen[i];
	setup->plan = p->plan;
}

static void describe(struct ctl *ctl, const struct smn_bed *bed)
{
	struct json_object *o = json_object_new_object();

	doc_add(o, "iova", doc_hex(bed->x, 16));
	doc_add(o, "hole", doc_hex(bed->hole, 16));
	for (enum smn_place p = SMN_PLACE_A; p < SMN_NPLACES; p++)
		doc_add(o, smn_place_name(p), doc_hex(bed->at[p].ipa, 16));
	doc_add(ctl->result, "addresses", o);
	if (bed->guess.text[0] && !ctl->on_model) {
		ctl_say(ctl, "%s: IOVA 0x%" PRIx64 " and IPA 0x%" PRIx64
			" are a guess, and may be RAM", bed->guess.text,
			bed->x, bed->at[SMN_PLACE_A].ipa);
		doc_add_str(ctl->result, "guess", bed->guess.text);
	}
	doc_add(ctl->result, "ste", doc_ste(bed->setup.plan.ste));
}

static enum status failed(struct ctl *ctl, const struct bed_opts *o, int err,
			  const struct smn_why *why)
{
	const struct smn_dma *dma = &o->bed.dma;
	struct smn_why cause = *why, remedy;

	if (ctl->sys.failed.err == err)
		return ctl_refused(ctl, err);
	if (why->text[0]) {
		smn_why_set(&remedy, "--bits=N, where the device has more "
			    "than its source says");
		return ctl_no(ctl, CTL_SKIPPED, "dma.room", &cause, &remedy);
	}
	if (!dma->source)
		return ctl_refused(ctl, err);
	smn_why_set(&cause, "%s cannot be used: %s %.180s",
		    dma->source->name, smn_errno_name(err), smn_dma_says(dma));
	smn_why_set(&remedy, "--dma=SOURCE, another one; or another device");
	return ctl_no(ctl, CTL_SKIPPED, "dma.source", &cause, &remedy);
}

static enum status no_source(struct ctl *ctl, const struct bed_opts *o)
{
	struct smn_why cause, remedy;

	smn_why_set(&cause, "nothing is known about %s that would make it "
		    "move memory: nothing is proved", o->pci.bdf);
	smn_why_set(&remedy, "--dma=manual or --dma=exec:CMD, where you can "
		    "drive it");
	return ctl_no(ctl, CTL_SKIPPED, "dma.none", &cause, &remedy);
}

enum status bed_open(struct ctl *ctl, struct bed_opts *o)
{
	enum status status = ctl_open_device(ctl, &o->pci);

	return status ? status : bed_build(ctl, o);
}

enum status bed_build(struct ctl *ctl, struct bed_opts *o)
{
	enum status status;

	if (!o->source)
		o->source = smn_dma_of(&o->pci);
	doc_add_str(ctl->result, "source", o->source->name);
	status = bed_build_still(ctl, o);
	return status || o->source->reads || o->source->writes ? status :
		no_source(ctl, o);
}

enum status bed_build_still(struct ctl *ctl, struct bed_opts *o)
{
	struct smn_bed_setup setup = { .pci = &o->pci, .spoil = o->spoil };
	struct smn_why why;
	int ret;

	complete(o, &setup);
	setup.dma = (struct smn_dma_setup){
		.source = o->source, .bits = o->bits, .ms = o->wait_ms,
		.command = o->command, .ask = ask, .ask_ctx = o,
	};
	ret = smn_bed_build(&ctl->session, &setup, &o->bed, &why);
	plan_add_steps(ctl, &o->bed.nest);
	if (o->bed.x)
		describe(ctl, &o->bed);
	return ret ? failed(ctl, o, ret, &why) : CTL_OK;
}

/* --- documents --- */

static struct json_object *doc_event(const uint64_t words[4])
{
	const struct smn_layout *l = smn_evt_by_type(words[0] & SMN_EVT_TYPE);
	const struct smn_field *addr = l ?
		smn_layout_field(l, "InputAddr", 9) : NULL;
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "type", l ? l->name : "unknown");
	doc_add_int(o, "sid", words[0] >> 32);
	doc_add(o, "addr", addr ? doc_hex(smn_field_get(addr, words), 16) :
		NULL);
	if (l)
		doc_add(o, l->name, doc_fields(l, words, false, SMN_KERNEL));
	return o;
}

static struct json_object *truth(bool tried, bool is)
{
	return tried ? json_object_new_boolean(is) : NULL;
}

static void add_why(struct json_object *o, const struct smn_proof_move *m)
{
	if (m->tried && !m->ok)
		doc_add_str(o, "why", m->why.text);
	if (m->says.text[0])
		doc_add_str(o, "device_says", m->says.text);
	if (m->missing)
		doc_add_int(o, "missing", m->missing);
}

struct json_object *doc_move(const struct smn_proof_move *m)
{
	struct json_object *o = json_object_new_object();

	doc_add(o, "ok", truth(m->tried, m->ok));
	doc_add(o, "ns", m->tried ? json_object_new_int64(m->ns) : NULL);
	if (!m->tried)
		return o;
	doc_add_str(o, "seen", smn_place_name(m->place));
	doc_add_int(o, "errno", -m->err);
	add_why(o, m);
	if (m->came)
		doc_add(o, "event", doc_event(m->evt));
	return o;
}

const char *bed_fate(const struct smn_expected *e)
{
	static const char *const fates[] = {
		[SMN_DMA_ARRIVES] = "arrives", [SMN_DMA_EVENT] = "event",
		[SMN_DMA_LOGGED] = "kernel-log", [SMN_DMA_NO_TRACE] = "nothing",
		[SMN_DMA_UNKNOWN] = "unknown",
	};

	return fates[e->fate];
}

struct json_object *doc_control(const struct smn_proof_move *m)
{
	struct json_object *o = json_object_new_object();

	doc_add(o, "ok", truth(m->tried, m->ok));
	if (m->tried)
		doc_add_str(o, "expected", bed_fate(&m->want));
	doc_add(o, "event", m->came ? doc_event(m->evt) : NULL);
	if (m->came)
		doc_add_int(o, "ns", m->evt_ns);
	add_why(o, m);
	return o;
}

/* A transfer can fault at every word. */
#define MAX_LOG 8

void doc_add_log(struct ctl *ctl, const struct smn_bed *bed,
		 const struct smn_kmsg_seen *seen)
{
	struct json_object *lines = json_object_new_array();

	for (unsigned int i = 0; i < seen->n && i < MAX_LOG; i++)
		json_object_array_add(lines, json_object_new_string(
				      seen->line[i].text));
	doc_add(ctl->result, "log", lines);
	if (!bed->log.sys && !ctl->on_model)
		doc_add_str(ctl->result, "log_unread", bed->log_why.text);
}

void doc_add_samples(struct ctl *ctl, struct samples *s, size_t n)
{
	struct json_object *rows = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		struct json_object *o;
		struct smn_stat stat;

		if (!s[i].n)
			continue;
		o = json_object_new_object();
		smn_stat_of(s[i].ns, s[i].n, &stat);
		doc_add_str(o, "name", s[i].name);
		doc_add_stat(o, &stat);
		json_object_array_add(rows, o);
	}
	doc_add(ctl->result, "repeat", rows);
}

enum status bed_unseen(struct ctl *ctl, enum smn_break spoil)
{
	struct smn_why cause, remedy;

	smn_why_set(&cause, "--break=%s made no difference: nothing was stale "
		    "here, so nothing is proved by it", smn_break_name(spoil));
	smn_why_set(&remedy, ctl->on_model ?
		    "scripts/vm run -- smmunest-ctl %s --break=%s: the model "
		    "has no TLB" :
		    "smmunest-ctl %s --break=%s, again: what a TLB keeps is "
		    "up to the SMMU", ctl->cmd->name, smn_break_name(spoil));
	return ctl_no(ctl, CTL_SKIPPED, "dma.unseen", &cause, &remedy);
}
