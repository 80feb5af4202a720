// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk: what the SMMU does with one transaction, from images of its memory, or
 * of the tables that dma builds for a device.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proof.h"

enum { MIN_IDRS = 6, MAX_SSID = (1 << 20) - 1 };
enum { OPT_FILE = 0x700, OPT_STE_FROM, OPT_CD, OPT_IOVA, OPT_WRITE, OPT_PRIV,
       OPT_INST, OPT_SSID, OPT_SID, OPT_IDR };

struct walk_opts {
	struct smn_walk walk;
	uint32_t idr[SMN_NREGS];
	bool begun, aimed;		/* --ste or --cd; --iova */
	struct images images;

	/* of a device instead */
	struct bed_opts bed;
	bool of_device;			/* or of its STE, something was said */

	struct json_object *steps;
	int err;			/* of the pread() that failed, or 0 */
};

static const struct argp_option options[] = {
	{ "file", OPT_FILE, "IMAGE[@BASE]", 0, "raw memory from address BASE "
	  "on (default: 0); may be given several times", 0 },
	{ "ste", OPT_STE_FROM, "W0,...|@ADDR", 0, "the STE: a VM's two words, "
	  "all eight, or where it lies", 0 },
	{ "cd", OPT_CD, "@ADDR", 0, "no STE: stage 1 alone, from this CD", 0 },
	{ "iova", OPT_IOVA, "A", 0, "the address to translate", 0 },
	{ "write", OPT_WRITE, NULL, 0, "a write (default: a read)", 0 },
	{ "priv", OPT_PRIV, NULL, 0, "a privileged access", 0 },
	{ "inst", OPT_INST, NULL, 0, "an instruction fetch", 0 },
	{ "ssid", OPT_SSID, "N", 0, "its SubstreamID (default: none)", 0 },
	{ "sid", OPT_SID, "N", 0, "its StreamID (default: 0, a device's own "
	  "requester ID)", 0 },
	{ "idr", OPT_IDR, "W,...", 0, "IDR0 to IDR5 [IIDR, AIDR] of the SMMU "
	  "(default: one that has everything, or a device's own)", 0 },
	{ 0 },
};

/* --- images --- */

static int read_memory(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct walk_opts *o = ctx;
	int ret = smn_memory_read(&o->images.memory, addr, buf, len);

	/* no image there is no error of one */
	o->err = ret == -ENXIO ? 0 : ret;
	return ret;
}

/* --- arguments --- */

/* STEs and CDs lie at multiples of their 64 bytes. */
static void begin_at(struct walk_opts *o, struct argp_state *state,
		     const char *option, const char *arg,
		     enum smn_walk_from from)
{
	if (arg[0] != '@')
		argp_error(state, "%s: '%s' is no @ADDR", option, arg);
	o->walk.from = from;
	o->walk.at = ctl_number(state, option, arg + 1, 0, UINT64_MAX);
	if (o->walk.at % 64)
		argp_error(state, "%s: an address aligned to 64 is needed",
			   option);
	o->walk.ste_words = SMN_STE_WORDS;
}

static void begin(struct walk_opts *o, struct argp_state *state, int key,
		  const char *arg)
{
	int n;

	if (o->begun)
		argp_error(state, "one --ste or --cd is enough");
	o->begun = true;
	if (key == OPT_CD) {
		begin_at(o, state, "--cd", arg, SMN_WALK_CD_AT);
	} else if (arg[0] == '@') {
		begin_at(o, state, "--ste", arg, SMN_WALK_STE_AT);
	} else {
		n = smn_words_parse(arg, o->walk.ste, SMN_STE_WORDS);
		if (n != 2 && n != SMN_STE_WORDS)
			argp_error(state, "--ste: '%s' is neither 2 words, nor "
				   "%d, nor @ADDR", arg, SMN_STE_WORDS);
		o->walk.ste_words = n;
	}
}

static void take_idr(struct walk_opts *o, struct argp_state *state,
		     const char *arg)
{
	uint64_t words[SMN_NREGS];
	int n = smn_words_parse(arg, words, SMN_NREGS);

	if (n < MIN_IDRS)
		argp_error(state, "--idr: '%s' is not %d to %d words", arg,
			   MIN_IDRS, SMN_NREGS);
	for (int i = 0; i < n; i++) {
		if (words[i] > UINT32_MAX)
			argp_error(state, "--idr: a register has 32 bits");
		o->idr[i] = words[i];
	}
	o->walk.idr = o->idr;
}

static void take_word(struct walk_opts *o, struct argp_state *state,
		      char *arg)
{
	o->of_device = true;
	if (!ctl_take_bdf(state->input, arg))
		plan_parse(&o->bed.plan, ARGP_KEY_ARG, arg, state);
}

/* A device's tables are built, its SMMU is asked: only the STE is free. */
static void complete_device(struct walk_opts *o, struct argp_state *state)
{
	struct plan_opts *p = &o->bed.plan;

	if (o->images.memory.n || o->walk.idr)
		argp_error(state, "a device and --file or --idr exclude each "
			   "other");
	if (!o->begun)
		return;
	if (o->walk.from != SMN_WALK_STE || o->walk.ste_words != 2)
		argp_error(state, "of a device only --ste=W0,W1 is taken");
	if (p->ste_named)
		argp_error(state, "--ste and NAME=VALUE exclude each other");
	p->ste_raw = true;
	memcpy(p->plan.ste, o->walk.ste, sizeof(p->plan.ste));
}

static void complete_images(const struct walk_opts *o,
			    struct argp_state *state)
{
	if (!o->images.memory.n)
		argp_error(state, "which memory? --file=IMAGE[@BASE], or a "
			   "device's: walk BDF --iova=A");
	if (!o->begun)
		argp_error(state, "where to begin? --ste=W0,W1, --ste=@ADDR or "
			   "--cd=@ADDR");
}

static void complete(struct walk_opts *o, struct argp_state *state)
{
	/* whoever names neither has a device to choose */
	o->of_device |= !o->images.memory.n && !o->begun;
	if (o->of_device)
		complete_device(o, state);
	else
		complete_images(o, state);
	if (!o->aimed)
		argp_error(state, "which address? --iova=A");
	if (o->walk.write && o->walk.inst)
		argp_error(state, "--write and --inst exclude each other: "
			   "instructions are read");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct walk_opts *o = ((struct ctl *)state->input)->opts;
	struct smn_walk *w = &o->walk;

	switch (key) {
	case ARGP_KEY_INIT:
		plan_init(&o->bed.plan);
		return 0;
	case OPT_FILE:
		images_add(&o->images, state, "--file", arg);
		return 0;
	case OPT_STE_FROM:
	case OPT_CD:
		begin(o, state, key, arg);
		return 0;
	case OPT_IOVA:
		w->iova = ctl_number(state, "--iova", arg, 0, UINT64_MAX);
		o->aimed = true;
		return 0;
	case OPT_WRITE:
		w->write = true;
		return 0;
	case OPT_PRIV:
		w->priv = true;
		return 0;
	case OPT_INST:
		w->inst = true;
		return 0;
	case OPT_SSID:
		w->ssid = ctl_number(state, "--ssid", arg, 0, MAX_SSID);
		w->ssv = true;
		return 0;
	case OPT_SID:
		w->sid = ctl_number(state, "--sid", arg, 0, UINT32_MAX);
		o->bed.plan.plan.vsid = w->sid;
		o->bed.plan.vsid_given = true;
		return 0;
	case OPT_IDR:
		take_idr(o, state, arg);
		return 0;
	case ARGP_KEY_ARG:
		take_word(o, state, arg);
		return 0;
	case ARGP_KEY_END:
		complete(o, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- the document --- */

static void add_hex(struct json_object *o, const char *key, bool has,
		    uint64_t value, unsigned int digits)
{
	doc_add(o, key, has ? doc_hex(value, digits) : NULL);
}

static void add_str(struct json_object *o, const char *key, const char *value)
{
	doc_add(o, key, value ? json_object_new_string(value) : NULL);
}

static void add_step(void *ctx, const struct smn_walk_step *s)
{
	struct walk_opts *o = ctx;
	struct json_object *step = json_object_new_object();
	bool at = s->read || (s->behalf && !s->has_level);

	doc_add_int(step, "step", json_object_array_length(o->steps) + 1);
	doc_add_str(step, "what", s->what);
	add_str(step, "for", s->behalf);
	doc_add(step, "level", s->has_level ?
		json_object_new_int(s->level) : NULL);
	add_hex(step, "addr", at, s->addr, 1);
	add_hex(step, "pa", s->read, s->pa, 1);
	add_str(step, "field", s->field);
	add_hex(step, "value", s->words == 1 || (s->words && s->field),
		s->value[s->word], 16);
	doc_add_str(step, "says", s->failed ? "cannot be read" :
		    s->says.text);
	if (s->words > 1 && s->field)
		doc_add_int(step, "word", s->word);
	json_object_array_add(o->steps, step);
}

static struct json_object *doc_attrs(const struct smn_walk_result *r)
{
	static const char *const devices[] = {
		"nGnRnE", "nGnRE", "nGRE", "GRE"
	};
	static const char *const caches[] = { "NC", "WT", "WB" };
	static const char *const shares[] = { "NSH", NULL, "OSH", "ISH" };
	struct json_object *o = json_object_new_object();
	const struct smn_memtype *m = &r->mem;
	char perms[4] = "---", type[32];

	if (m->device)
		snprintf(type, sizeof(type), "Device-%s", devices[m->kind]);
	else
		snprintf(type, sizeof(type), "Normal-i%s-o%s", caches[m->inner],
			 caches[m->outer]);
	perms[0] = r->r ? 'r' : '-';
	perms[1] = r->w ? 'w' : '-';
	perms[2] = r->x ? 'x' : '-';
	doc_add_str(o, "type", type);
	doc_add_str(o, "share", shares[m->sh]);
	doc_add_str(o, "perms", perms);
	return o;
}

static struct json_object *doc_out(const struct smn_walk_result *r)
{
	struct json_object *o = json_object_new_object();

	doc_add(o, "pa", doc_hex(r->pa, 16));
	doc_add(o, "attrs", doc_attrs(r));
	return o;
}

static struct json_object *doc_event(const struct smn_walk_result *r)
{
	struct json_object *o = json_object_new_object(), *fields;

	doc_add_str(o, "type", r->event->name);
	fields = doc_fields(r->event, r->evt, true, SMN_KERNEL);
	json_object_object_foreach(fields, name, value)
		doc_add(o, name, json_object_get(value));
	json_object_put(fields);
	doc_add(o, "words", doc_words(r->evt, SMN_EVT_WORDS, 64));
	return o;
}

/* The images end before the walk does: there is no answer. */
static enum status left_image(struct ctl *ctl, const struct smn_walk_result *r)
{
	const struct walk_opts *o = ctl->opts;
	size_t last = json_object_array_length(o->steps);
	struct json_object *step, *pa = NULL;
	struct smn_why cause, remedy;

	step = json_object_array_get_idx(o->steps, last - 1);
	json_object_object_get_ex(step, "pa", &pa);
	smn_why_set(&cause, o->err ? "step %zu reads %s: %s" :
		    "step %zu reads %s, which is in no image%s", last,
		    json_object_get_string(pa),
		    o->err ? strerror(-o->err) : "");
	smn_why_set(&remedy, "give the memory there with another --file; where "
		    "there is none, the SMMU records %s", r->event->name);
	return ctl_no(ctl, CTL_FAILED, "walk.outside", &cause, &remedy);
}

static void report(struct ctl *ctl, const struct smn_walk_result *r,
		   const char *ending)
{
	struct walk_opts *o = ctl->opts;
	bool recorded = r->end == SMN_WALK_EVENT && !r->unread;

	doc_add(ctl->result, "steps", o->steps);
	doc_add_str(ctl->result, "ending", ending);
	doc_add_str(ctl->result, "reason", r->why.text);
	doc_add(ctl->result, "out", r->end == SMN_WALK_OUT ? doc_out(r) : NULL);
	doc_add(ctl->result, "event", recorded ? doc_event(r) : NULL);
}

static enum status unknown(struct ctl *ctl, const struct smn_walk_result *r)
{
	return ctl_no(ctl, CTL_FAILED, "walk.unknown", &r->why,
		      &(struct smn_why){ "clear it and try again" });
}

/* "out", ...: in the order of enum smn_walk_end */
static const char *const ends[] = {
	[SMN_WALK_OUT] = "out", [SMN_WALK_EVENT] = "event",
	[SMN_WALK_SILENT] = "silent", [SMN_WALK_UNKNOWN] = "unknown",
};

/* --- of a device --- */

static int read_bed(void *ctx, uint64_t ipa, void *buf, size_t len)
{
	struct walk_opts *o = ctx;

	return smn_bed_read(&o->bed.bed, ipa, buf, len);
}

/*
 * The bed as dma builds it, and nothing is moved: without a source that could,
 * but where the device's own would have it.
 */
static enum status build(struct ctl *ctl, struct walk_opts *o)
{
	enum status status = ctl_open_device(ctl, &o->bed.pci);

	if (status)
		return status;
	o->bed.bits = smn_dma_of(&o->bed.pci)->bits;
	o->bed.source = &smn_dma_none;
	return bed_build_still(ctl, &o->bed);
}

static enum status walk_device(struct ctl *ctl)
{
	struct walk_opts *o = ctl->opts;
	enum status status = build(ctl, o);
	struct smn_walk_result r;
	struct smn_expected e;

	if (status)
		return status;
	o->steps = json_object_new_array();
	o->walk.read = read_bed;
	smn_bed_walk(&o->bed.bed, &o->walk, &r, &e);
	/* stage 2 is the kernel's: what the VM's part says ends at its door */
	if (e.fate == SMN_DMA_LOGGED && (r.unread || r.end == SMN_WALK_OUT))
		r.why = e.why;
	report(ctl, &r, r.unread ? "stage-2" : ends[r.end]);
	doc_add_str(ctl->result, "fate", bed_fate(&e));
	doc_add_str(ctl->result, "place", smn_place_name(e.place));
	return r.end == SMN_WALK_UNKNOWN ? unknown(ctl, &r) : CTL_OK;
}

/* --- of images --- */

static enum status walk_images(struct ctl *ctl)
{
	struct walk_opts *o = ctl->opts;
	struct smn_walk_result r;

	o->steps = json_object_new_array();
	o->walk.read = read_memory;
	smn_walk_run(&o->walk, &r);
	report(ctl, &r, r.unread ? "outside" : ends[r.end]);
	images_close(&o->images);
	if (r.unread)
		return left_image(ctl, &r);
	return r.end == SMN_WALK_UNKNOWN ? unknown(ctl, &r) : CTL_OK;
}

static enum status run(struct ctl *ctl)
{
	struct walk_opts *o = ctl->opts;

	o->walk.step = add_step;
	o->walk.ctx = o;
	return o->of_device ? walk_device(ctl) : walk_images(ctl);
}

const struct cmd cmd_walk = {
	.name = "walk", .group = "look",
	.args = "[BDF] [STE-FIELD=VALUE...] --iova=A\n"
		"--file=IMAGE[@BASE]... --ste=W0,W1|--ste=@ADDR|--cd=@ADDR "
		"--iova=A",
	.doc = "the translation of an address, step by step, in software",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct walk_opts),
};
