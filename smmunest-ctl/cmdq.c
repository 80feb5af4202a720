// SPDX-License-Identifier: GPL-2.0-or-later
/* inval --cmdq: what goes in, and what became of it as a document. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/iommufd.h>

#include "cmdq.h"
#include "nest/cmdq.h"

/* Rows of the plan that are kept, whatever the file's length. */
enum { MOST_STEPS = 1000 };

/* --- arguments --- */

void cmdq_init(struct cmdq_opts *o)
{
	o->log2size = -1;
}

static void take_strtab(struct cmdq_opts *o, struct argp_state *state,
			const char *arg)
{
	struct smn_why why;
	uint64_t regs[2];

	if (smn_words_parse(arg, regs, 2) != 2)
		argp_error(state, "--strtab: '%s' is not BASE,CFG: the two "
			   "registers", arg);
	if (smn_strtab_init(&o->strtab, regs[0], regs[1], &why))
		argp_error(state, "--strtab: %s", why.text);
	o->has_strtab = true;
}

error_t cmdq_parse(struct cmdq_opts *o, int key, char *arg,
		   struct argp_state *state)
{
	switch (key) {
	case OPT_CMDQ:
		if (o->path)
			argp_error(state, "one --cmdq is enough");
		o->path = arg;
		o->file = ctl_open_file(state, arg);
		return 0;
	case OPT_LOG2SIZE:
		o->log2size = ctl_number(state, "--log2size", arg, 0, 19);
		return 0;
	case OPT_CONS:
		o->cons = ctl_number(state, "--cons", arg, 0, UINT32_MAX);
		o->has_cons = true;
		return 0;
	case OPT_PROD:
		o->prod = ctl_number(state, "--prod", arg, 0, UINT32_MAX);
		o->has_prod = true;
		return 0;
	case OPT_MEM:
		images_add(&o->images, state, "--mem", arg);
		return 0;
	case OPT_STRTAB:
		take_strtab(o, state, arg);
		return 0;
	case OPT_LEAVE:
		o->leave_others = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void window_of(const struct cmdq_opts *o, struct argp_state *state,
		      struct smn_cmdq_window *w)
{
	struct smn_why why;

	if (smn_cmdq_window_init(w, o->log2size, o->cons,
				 o->has_prod ? &o->prod : NULL, &why))
		argp_error(state, "--cmdq: %s", why.text);
}

bool cmdq_complete(struct cmdq_opts *o, struct argp_state *state)
{
	struct smn_cmdq_window w;
	bool back;

	if (!o->path) {
		if (o->log2size >= 0 || o->has_cons || o->has_prod ||
		    o->has_strtab || o->images.memory.n || o->leave_others)
			argp_error(state, "--log2size, --cons, --prod, --mem, "
				   "--strtab, --leave-others need --cmdq");
		return false;
	}
	if (o->has_strtab != !!o->images.memory.n)
		argp_error(state, "--strtab and --mem go together: where the "
			   "stream table is, and what is there");
	window_of(o, state, &w);
	back = w.first || (w.slots && w.first + w.count > w.slots);
	if (back && fseeko(o->file, 0, SEEK_CUR))
		argp_error(state, "--cmdq: %s: entries are not read in the "
			   "order of the file: %s", o->path, strerror(errno));
	return true;
}

/* --- running --- */

static int seek_file(void *file, uint64_t offset)
{
	return fseeko(file, offset, SEEK_SET) ? -errno : 0;
}

struct running {
	struct smn_cmdq_nest nest;	/* what the library's calls take */
	struct json_object *steps;	/* NULL: nobody wants them */
	uint64_t left_out;
};

static int invalidate(void *ctx, const uint64_t (*cmds)[2], uint32_t n,
		      uint32_t *handled)
{
	struct running *r = ctx;

	return smn_cmdq_invalidate(&r->nest, cmds, n, handled);
}

static int configure(void *ctx, uint32_t vsid, const uint64_t ste[2])
{
	struct running *r = ctx;

	return smn_cmdq_configure(&r->nest, vsid, ste);
}

static bool stop(void *ctx)
{
	(void)ctx;
	return stop_signal();
}

static void add_step(void *ctx, const struct smn_cmdq_step *s)
{
	static const char *const names[] = {
		[SMN_CMDQ_INVALIDATE] = "invalidate",
		[SMN_CMDQ_REPEAT] = "repeat", [SMN_CMDQ_CONFIGURE] = "ste",
	};
	struct running *r = ctx;
	struct json_object *o;

	if (!r->steps || json_object_array_length(r->steps) == MOST_STEPS) {
		r->left_out++;
		return;
	}
	o = json_object_new_object();
	doc_add_int(o, "first", s->first);
	doc_add_int(o, "last", s->last);
	doc_add_str(o, "what", names[s->what]);
	if (s->what == SMN_CMDQ_CONFIGURE) {
		doc_add(o, "vsid", doc_hex(s->vsid, 1));
		doc_add(o, "ste", doc_ste(s->ste));
		doc_add(o, "dropped", doc_words(s->dropped, 2, 64));
	} else {
		doc_add_int(o, "commands", s->n);
	}
	doc_add_int(o, "errno", -s->err);
	json_object_array_add(r->steps, o);
}

/* --- the document --- */

static void add_account(struct json_object *o, const struct smn_cmdq *q)
{
	const struct smn_cmdq_account *a = &q->account;
	const struct {
		const char *key;
		uint64_t n;
	} rows[] = {
		{ "entries", a->entries }, { "runs", a->runs },
		{ "cons", a->cons }, { "issued", a->issued },
		{ "unknown", a->unknown }, { "again", a->again },
		{ "forwarded", a->forwarded }, { "repeated", a->repeated },
		{ "syncs", a->syncs }, { "stes", a->stes },
		{ "ignored", a->ignored }, { "left", a->left },
		{ "unfollowed", a->unfollowed },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		doc_add_int(o, rows[i].key, rows[i].n);
	doc_add_str(o, "cerror", smn_cerror_name(q->cerror));
	doc_add_int(o, "errno", -q->err);
}

/* What the guest reads: CMDQ_CONS of a ring, CMDQ_ERR is bit 0 of GERROR. */
static void add_registers(struct json_object *o, const struct smn_cmdq *q)
{
	struct json_object *regs = json_object_new_object();

	if (q->window.slots)
		doc_add(regs, "CMDQ_CONS", doc_hex(
			smn_cmdq_cons(&q->window, q->account.cons, q->cerror),
			8));
	doc_add(regs, "GERROR", doc_hex(q->cerror != SMN_CERROR_NONE, 8));
	doc_add(o, "registers", regs);
}

static void add_culprit(struct json_object *o, const struct smn_cmdq *q)
{
	const struct smn_layout *l = smn_cmd_by_opcode(q->cmd[0] &
						       SMN_CMD_OPCODE);
	struct json_object *row = json_object_new_object();

	doc_add_int(row, "entry", q->account.cons);
	doc_add(row, "words", doc_words(q->cmd, 2, 64));
	doc_add_str(row, "name", l ? l->name : "unknown");
	doc_add(row, "fields", l ? doc_fields(l, q->cmd, false, SMN_KERNEL) :
		json_object_new_object());
	doc_add(o, "command", row);
}

/* What is to be done about an end that is not the kernel's. */
static const struct {
	const char *id, *remedy;
} ends[] = {
	[SMN_CMDQ_REFUSED] = { "cmdq.refused", "smmunest-ctl fields cmd; is "
		"the file a Non-secure command queue?" },
	[SMN_CMDQ_ILLEGAL] = { "cmdq.illegal",
		"smmunest-ctl decode cmd WORDS" },
	[SMN_CMDQ_UNREAD] = { "cmdq.unread", "give the --log2size, --cons and "
		"--prod of the queue, and all of it" },
	[SMN_CMDQ_NO_STE] = { "cmdq.memory", "give the memory there with "
		"another --mem; is --strtab right?" },
};

static enum status conclude(struct ctl *ctl, const struct smn_cmdq *q)
{
	struct smn_why remedy;

	switch (q->end) {
	case SMN_CMDQ_DONE:
	case SMN_CMDQ_STOPPED:
		return CTL_OK;
	case SMN_CMDQ_KERNEL:
		return ctl_refused(ctl, q->err);
	default:
		smn_why_set(&remedy, "%s", ends[q->end].remedy);
		return ctl_no(ctl, CTL_REFUSED, ends[q->end].id, &q->why,
			      &remedy);
	}
}

static enum status execute(struct ctl *ctl, struct smn_cmdq *q,
			   struct running *r)
{
	uint64_t began = smn_sys_now(&ctl->sys);
	int ret;

	if (ctl->dry_run || ctl->verbose)
		r->steps = json_object_new_array();
	ctl->sys.failed.err = 0;
	ret = smn_cmdq_run(q);
	if (ret) {
		json_object_put(r->steps);
		return ctl_no(ctl, CTL_INTERNAL, "internal",
			      &(struct smn_why){ "no memory" },
			      &(struct smn_why){ "free some memory" });
	}
	add_account(ctl->result, q);
	doc_add_int(ctl->result, "ns", smn_sys_now(&ctl->sys) - began);
	add_registers(ctl->result, q);
	if (q->end != SMN_CMDQ_DONE && q->has_cmd)
		add_culprit(ctl->result, q);
	if (r->steps) {
		doc_add(ctl->result, "plan", r->steps);
		doc_add_int(ctl->result, "plan_left_out", r->left_out);
	}
	return conclude(ctl, q);
}

/* What the machine and its kernel say about how it is to be done. */
static int prepare(struct ctl *ctl, struct smn_nest *nest, struct smn_cmdq *q,
		   struct smn_rules *rules)
{
	struct smn_hw_info hw;
	void *run;
	int ret = smn_hw_info_get(&ctl->session, nest->dev.id, &hw);

	if (!ret)
		ret = smn_session_memory(&ctl->session,
					 SMN_CMDQ_RUN * sizeof(*q->run), &run);
	if (ret)
		return ret;
	q->run = run;
	q->room = SMN_CMDQ_RUN;
	q->repeat = hw.flags & IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI;
	smn_rules_init(rules, hw.feats);
	/* a kernel that is not understood is sent only what is legal */
	if (smn_accounting_probe(&ctl->session, nest->viommu, &q->acc))
		q->acc = (struct smn_accounting){ 0 };
	return 0;
}

enum status cmdq_run(struct ctl *ctl, struct cmdq_opts *o,
		     struct smn_nest *nest, uint32_t vsid)
{
	struct running r = { .nest = { &ctl->session, nest } };
	struct smn_rules *rules = calloc(1, sizeof(*rules));
	struct smn_cmdq q = {
		.from = { .read = ctl_read_file, .ctx = o->file },
		.seek = seek_file, .rules = rules,
		.leave_others = o->leave_others,
		.vsids = &vsid, .nvsids = 1,
		.strtab = o->has_strtab ? &o->strtab : NULL,
		.memory = &o->images.memory,
		.vm = { invalidate, configure, add_step, stop, &r },
	};
	struct smn_why why;
	enum status status;
	int ret = rules ? prepare(ctl, nest, &q, rules) : -ENOMEM;

	smn_cmdq_window_init(&q.window, o->log2size, o->cons,
			     o->has_prod ? &o->prod : NULL, &why);
	status = ret ? ctl_refused(ctl, ret) : execute(ctl, &q, &r);
	free(rules);
	images_close(&o->images);
	if (o->file != stdin)
		fclose(o->file);
	return status;
}
