// SPDX-License-Identifier: GPL-2.0-or-later
/* inval: one IOMMU_HWPT_INVALIDATE batch, or a guest's whole queue. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmdq.h"

enum { OPT_RAW = 0x200, OPT_FILE, OPT_FORCE, OPT_REPEAT };

static const struct argp_option options[] = {
	{ "raw", OPT_RAW, "W0:W1", 0, "a command as two words; may be repeated",
	  0 },
	{ "file", OPT_FILE, "F", 0,
	  "one command a line, # begins a comment; - for "
	  "stdin",
	  0 },
	{ "force", OPT_FORCE, NULL, 0, "send what the tables call illegal", 0 },
	{ "repeat", OPT_REPEAT, "N", 0,
	  "send the batch N times: min, p50, p99, "
	  "max",
	  0 },
	CMDQ_OPTIONS,
	VDEVICE_OPTIONS,
	{ 0 },
};

struct inval_opts {
	struct plan_opts plan;
	struct cmdq_opts cmdq;
	bool force;
	uint64_t repeat;
	uint32_t n, room;
	uint64_t (*cmds)[2];
};

static void add(struct inval_opts *o, struct argp_state *state,
		const uint64_t cmd[2])
{
	if (o->n == MAX_BATCH)
		argp_error(state, "more than %d commands", MAX_BATCH);
	if (o->n == o->room) {
		o->room = o->room ? 2 * o->room : 16;
		o->cmds = realloc(o->cmds, o->room * sizeof(*o->cmds));
		if (!o->cmds)
			argp_failure(state, CTL_INTERNAL, ENOMEM, "commands");
	}
	memcpy(o->cmds[o->n++], cmd, sizeof(*o->cmds));
}

static void add_file(struct inval_opts *o, struct argp_state *state,
		     const char *path)
{
	FILE *f = ctl_open_file(state, path);
	struct smn_cmd_file file = { .from = { .read = ctl_read_file,
					       .ctx = f } };
	struct smn_why why;
	uint64_t cmd[2];
	int ret;

	while ((ret = smn_cmd_file_next(&file, cmd, &why)) > 0)
		add(o, state, cmd);
	if (file.from.err)
		argp_failure(state, CTL_USAGE, -file.from.err, "%s", path);
	else if (ret)
		argp_error(state, "%s:%u: %s", path, file.line, why.text);
	if (f != stdin)
		fclose(f);
}

/* Either commands that are named, or a queue. */
static void complete(struct inval_opts *o, struct argp_state *state)
{
	if (!cmdq_complete(&o->cmdq, state)) {
		if (!o->n)
			argp_error(state,
				   "no command; try tlbi-nh-asid:ASID=1");
		return;
	}
	if (o->n || o->force || o->repeat > 1)
		argp_error(state, "--cmdq is executed as it is: no other "
			   "command, --force or --repeat goes with it");
	if (o->plan.plan.no_vdevice)
		argp_error(state, "--cmdq needs a vDEVICE: not --vsid=none");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct inval_opts *o = ctl->opts;
	struct smn_why why;
	uint64_t cmd[2];

	switch (key) {
	case ARGP_KEY_INIT:
		plan_init(&o->plan);
		cmdq_init(&o->cmdq);
		o->plan.plan.upto = SMN_UPTO_VDEVICE;
		o->repeat = 1;
		return 0;
	case OPT_RAW:
		if (smn_words_parse(arg, cmd, 2) != 2)
			argp_error(state, "--raw: '%s' is not W0:W1", arg);
		add(o, state, cmd);
		return 0;
	case OPT_FILE:
		add_file(o, state, arg);
		return 0;
	case OPT_FORCE:
		o->force = true;
		return 0;
	case OPT_REPEAT:
		o->repeat = ctl_number(state, "--repeat", arg, 1, 10000000);
		return 0;
	case ARGP_KEY_ARG:
		if (ctl_take_bdf(ctl, arg))
			return 0;
		if (smn_cmd_parse(arg, cmd, &why))
			argp_error(state, "%s", why.text);
		add(o, state, cmd);
		return 0;
	case ARGP_KEY_END:
		complete(o, state);
		return 0;
	case ARGP_KEY_FINI:
		return 0;
	}
	if (cmdq_parse(&o->cmdq, key, arg, state) != ARGP_ERR_UNKNOWN)
		return 0;
	return plan_parse(&o->plan, key, arg, state);
}

/* What the tables call illegal is not sent without --force. */
static enum status check(struct ctl *ctl, const struct inval_opts *o,
			 const struct smn_nest *nest)
{
	struct smn_violations bad;
	struct smn_hw_info hw;
	struct smn_why cause;
	int ret = smn_hw_info_get(&ctl->session, nest->dev.id, &hw);

	if (ret)
		return ctl_refused(ctl, ret);
	for (uint32_t i = 0; !o->force && i < o->n; i++) {
		if (!smn_rules_cmd(o->cmds[i], hw.feats, &bad))
			continue;
		smn_why_set(&cause, "command %u: %.200s; nothing was sent", i,
			    bad.v[0].why.text);
		return ctl_no(
			ctl, CTL_USAGE, bad.v[0].id, &cause,
			&(struct smn_why){ "--force sends it all the same" });
	}
	return CTL_OK;
}

/* What became of each command, given how far the kernel certainly came. */
static const char *fate(uint32_t i, int err, uint32_t issued, uint32_t stopped)
{
	if (i < issued)
		return "issued";
	if (err == -ETIMEDOUT && i <= stopped)
		return "unknown";
	if (err == -EIO && i == stopped)
		return "refused";
	return "not issued";
}

static void add_commands(struct ctl *ctl, const struct inval_opts *o, int err,
			 uint32_t issued, uint32_t stopped)
{
	struct json_object *rows = json_object_new_array();

	for (uint32_t i = 0; i < o->n; i++) {
		const struct smn_layout *l =
			smn_cmd_by_opcode(o->cmds[i][0] & SMN_CMD_OPCODE);
		struct json_object *row = json_object_new_object();

		doc_add(row, "words", doc_words(o->cmds[i], 2, 64));
		doc_add_str(row, "name", l ? l->name : "unknown");
		doc_add(row, "fields", l ? doc_fields(l, o->cmds[i], false,
						      SMN_KERNEL) :
			json_object_new_object());
		doc_add_str(row, "status", fate(i, err, issued, stopped));
		json_object_array_add(rows, row);
	}
	doc_add(ctl->result, "commands", rows);
}

/* entry_num means different things to different kernels; ask this one. */
static uint32_t certainly_issued(struct ctl *ctl, const struct smn_nest *nest,
				 uint32_t entry_num)
{
	struct smn_call failed = ctl->sys.failed;
	struct json_object *o = json_object_new_object();
	struct smn_accounting acc;
	uint32_t issued = 0;

	if (!smn_accounting_probe(&ctl->session, nest->viommu, &acc)) {
		issued = smn_accounting_issued(&acc, entry_num);
		doc_add_str(o, "kernel_counts", acc.counts_issued ?
			    "issued" : "validated");
		doc_add(o, "checks_fields",
			json_object_new_boolean(acc.strict));
	} else {
		doc_add_str(o, "kernel_counts", "unknown");
	}
	doc_add(ctl->result, "accounting", o);
	ctl->sys.failed = failed;
	return issued;
}

static void report(struct ctl *ctl, const struct inval_opts *o,
		   const struct smn_nest *nest, int err, uint32_t entry_num)
{
	uint64_t ns = ctl->sys.last.span.ns;
	uint32_t issued = err ? certainly_issued(ctl, nest, entry_num) : o->n;

	doc_add_int(ctl->result, "attempted", o->n);
	doc_add_int(ctl->result, "entry_num", entry_num);
	doc_add_int(ctl->result, "issued", issued);
	doc_add_int(ctl->result, "ns", ns);
	add_commands(ctl, o, err, issued, entry_num);
}

static enum status send(struct ctl *ctl, const struct inval_opts *o,
			const struct smn_nest *nest)
{
	uint64_t *samples = calloc(o->repeat, sizeof(*samples));
	uint32_t entry_num = 0;
	struct smn_stat stat;
	uint64_t done = 0;
	int ret = samples ? 0 : -ENOMEM;

	ctl->sys.failed.err = 0;
	while (!ret && done < o->repeat && (!done || !stop_signal())) {
		ret = smn_hwpt_invalidate(&ctl->session, nest->viommu,
					  (const uint64_t (*)[2])o->cmds, o->n,
					  &entry_num);
		if (!ret)
			samples[done++] = ctl->sys.last.span.ns;
	}
	report(ctl, o, nest, ret, entry_num);
	if (done > 1) {
		struct json_object *times = json_object_new_object();

		smn_stat_of(samples, done, &stat);
		doc_add_stat(times, &stat);
		doc_add(ctl->result, "repeat", times);
	}
	free(samples);
	return ret ? ctl_refused(ctl, ret) : CTL_OK;
}

static enum status run(struct ctl *ctl)
{
	struct inval_opts *o = ctl->opts;
	struct smn_nest nest;
	enum status status;
	struct smn_pci pci;

	status = ctl_open_device(ctl, &pci);
	if (!status) {
		plan_for(&o->plan, &pci);
		status = plan_build(ctl, &o->plan.plan, &nest);
	}
	if (!status && o->cmdq.path)
		return cmdq_run(ctl, &o->cmdq, &nest, o->plan.plan.vsid);
	if (!status)
		status = check(ctl, o, &nest);
	if (!status)
		status = send(ctl, o, &nest);
	free(o->cmds);
	return status;
}

const struct cmd cmd_inval = {
	.name = "inval", .group = "act",
	.args = "[BDF] CMD[:NAME=VALUE,...]...\n[BDF] --cmdq=F",
	.doc = "send one batch of invalidation commands, or a guest's queue",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct inval_opts),
};
