// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest's command queue, entry by entry. See cmdq.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nest/cmdq.h"
#include "nest/cmdq-parts.h"

static const char *const cerrors[] = {
	[SMN_CERROR_NONE] = "NONE", [SMN_CERROR_ILL] = "ILL",
	[SMN_CERROR_ABT] = "ABT", [SMN_CERROR_ATC_INV] = "ATC_INV",
};

const char *smn_cerror_name(enum smn_cerror e)
{
	return cerrors[e];
}

/* Ends the queue at entry @at: nothing beyond it is done. Returns false. */
bool smn_cmdq_end_at(struct smn_cmdq *q, uint64_t at, enum smn_cmdq_end end,
		     enum smn_cerror e)
{
	q->account.cons = at;
	q->end = end;
	q->cerror = e;
	return false;
}

/* --- commands that a VMM answers by itself --- */

static bool do_nothing(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at)
{
	(void)cmd;
	(void)at;
	q->account.ignored++;
	return true;
}

static bool do_sync(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at)
{
	(void)cmd;
	if (!smn_cmdq_flush(q, at))
		return false;
	q->account.syncs++;
	return true;
}

static bool do_ste(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at)
{
	uint32_t sid = smn_field_get(q->ops[*cmd & SMN_CMD_OPCODE].sid, cmd);

	return smn_cmdq_streams(q, at, sid, 0);
}

static bool do_range(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at)
{
	const struct smn_cmdq_op *op = &q->ops[*cmd & SMN_CMD_OPCODE];
	uint32_t sid = smn_field_get(op->sid, cmd);
	unsigned int range = smn_field_get(op->range, cmd);

	/* 31 is CFGI_ALL, and 2^32 streams are all of them */
	return smn_cmdq_streams(q, at, sid, (uint32_t)((2ULL << range) - 1));
}

static const struct {
	const char *name;
	bool (*emulate)(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at);
} emulated[] = {
	{ "SYNC", do_sync },
	{ "CFGI_STE", do_ste },
	{ "CFGI_STE_RANGE", do_range },
};

/* All that is to be known of each opcode, so that no entry looks for a name. */
static void learn(struct smn_cmdq_op *ops)
{
	const struct smn_layout *atc = smn_cmd_by_name("ATC_INV", 7);

	for (unsigned int i = 0; i < smn_ncmds; i++) {
		const struct smn_layout *l = &smn_cmds[i];
		struct smn_cmdq_op *op = &ops[l->opcode];
		const struct smn_field *ssec = smn_layout_field(l, "SSec", 4);

		*op = (struct smn_cmdq_op){
			.layout = l, .fate = l->fate, .atc = l == atc,
			.sid = smn_layout_field(l, "SID", 3),
			.range = smn_layout_field(l, "Range", 5),
			.emulate = do_nothing,
		};
		for (unsigned int w = 0; w < 2; w++)
			op->known[w] = smn_layout_known(l, w);
		/* a guest has no Secure streams */
		if (ssec)
			op->known[ssec->word] &= ~smn_field_mask(ssec);
		for (size_t k = 0; k < SMN_ARRAY_SIZE(emulated); k++)
			if (!strcmp(l->name, emulated[k].name))
				op->emulate = emulated[k].emulate;
	}
}

/* --- one entry --- */

/* What is before it is executed first, and can go wrong first. */
static bool refuse(struct smn_cmdq *q, uint64_t at, enum smn_cmdq_end end,
		   const char *name, const char *reason)
{
	if (!smn_cmdq_flush(q, at))
		return false;
	smn_why_set(&q->why, "entry %" PRIu64 ": %s %.180s", at, name, reason);
	return smn_cmdq_end_at(q, at, end, SMN_CERROR_ILL);
}

static bool is_legal(const struct smn_cmdq_op *op, const uint64_t *cmd)
{
	const struct smn_layout *l = op->layout;

	if (cmd[0] & ~op->known[0] || cmd[1] & ~op->known[1])
		return false;
	for (unsigned int i = 0; i < l->nfields; i++) {
		uint64_t legal = l->fields[i].legal;

		if (legal && !(legal >> smn_field_get(&l->fields[i], cmd) & 1))
			return false;
	}
	return true;
}

/* A stream of the VM's? Commands without a stream are always the VM's. */
static bool is_ours(const struct smn_cmdq *q, const struct smn_cmdq_op *op,
		    const uint64_t *cmd)
{
	if (!op->sid)
		return true;
	for (unsigned int i = 0; i < q->nvsids; i++)
		if (q->vsids[i] == smn_field_get(op->sid, cmd))
			return true;
	return false;
}

static bool forward(struct smn_cmdq *q, const struct smn_cmdq_op *op,
		    const uint64_t *cmd, uint64_t at)
{
	if (q->leave_others && !is_ours(q, op, cmd)) {
		q->account.left++;
		return true;
	}
	if (!q->acc.strict && !smn_rules_cmd_ok(q->rules, cmd)) {
		struct smn_violations bad = { 0 };

		smn_rules_cmd(cmd, q->rules->feats, &bad);
		return refuse(q, at, SMN_CMDQ_ILLEGAL, "not sent,", bad.n ?
			      bad.v[0].why.text : "it is illegal");
	}
	memcpy(q->run[q->n], cmd, sizeof(*q->run));
	q->where[q->n++] = at;
	q->account.forwarded++;
	return q->n < q->room || smn_cmdq_flush(q, at + 1);
}

static bool execute(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at)
{
	const struct smn_cmdq_op *op = &q->ops[cmd[0] & SMN_CMD_OPCODE];
	char opcode[32];

	if (op->fate == SMN_FORWARDED)
		return forward(q, op, cmd, at);
	if (op->fate == SMN_REFUSED) {
		snprintf(opcode, sizeof(opcode), "opcode 0x%02x",
			 (unsigned int)(cmd[0] & SMN_CMD_OPCODE));
		return refuse(q, at, SMN_CMDQ_REFUSED,
			      op->layout ? op->layout->name : opcode,
			      "is not a command that a guest may send");
	}
	if (!is_legal(op, cmd))
		return refuse(q, at, SMN_CMDQ_ILLEGAL, op->layout->name,
			      "has bits or values that are reserved");
	return op->emulate(q, cmd, at);
}

/* --- all entries --- */

static bool unread(struct smn_cmdq *q, const char *reason)
{
	if (!smn_cmdq_flush(q, q->at))
		return false;
	smn_why_set(&q->why, "entry %" PRIu64 " cannot be read: %.180s", q->at,
		    reason);
	return smn_cmdq_end_at(q, q->at, SMN_CMDQ_UNREAD, SMN_CERROR_ABT);
}

/* The next entry into q->cmd; false at the end, of whatever kind. */
static bool next(struct smn_cmdq *q)
{
	const struct smn_cmdq_window *w = &q->window;
	const uint64_t *cmd;
	struct smn_why why;
	int ret;

	q->has_cmd = false;
	if (q->at == w->count)
		return false;
	if (w->slots && q->slot == w->slots) {
		q->slot = 0;
		ret = smn_cmdq_seek(q, 0);
		if (ret)
			return unread(q, strerror(-ret));
	}
	ret = smn_dump_next(q->dump, &cmd, &why);
	if (ret < 0)
		return unread(q, why.text);
	if (!ret && w->count != UINT64_MAX)
		return unread(q, "the file ends before PROD");
	if (!ret)
		return false;
	memcpy(q->cmd, cmd, sizeof(q->cmd));
	q->has_cmd = true;
	q->slot++;
	return true;
}

static bool stopped(struct smn_cmdq *q)
{
	uint64_t at = q->n ? q->where[0] : q->at;

	if (!q->vm.stop || !q->vm.stop(q->vm.ctx))
		return false;
	smn_why_set(&q->why, "stopped before entry %" PRIu64, at);
	smn_cmdq_end_at(q, at, SMN_CMDQ_STOPPED, SMN_CERROR_NONE);
	q->has_cmd = false;
	return true;
}

static void run_all(struct smn_cmdq *q)
{
	int ret = q->window.first ? smn_cmdq_seek(q, q->window.first) : 0;

	q->slot = q->window.first;
	if (ret) {
		unread(q, strerror(-ret));
		return;
	}
	while (next(q)) {
		if (!execute(q, q->cmd, q->at))
			return;
		q->at++;
		if (stopped(q))
			return;
	}
	/* the guest has not asked to wait for these, and has them executed */
	if (q->end == SMN_CMDQ_DONE && smn_cmdq_flush(q, q->at))
		q->account.cons = q->at;
}

/* The entries that it had, those that were not looked at included. */
static void count_entries(struct smn_cmdq *q)
{
	const uint64_t *cmd;
	struct smn_why why;

	q->account.entries = q->window.count;
	if (q->window.count != UINT64_MAX)
		return;
	q->account.entries = q->at + (q->has_cmd ? 1 : 0);
	if (q->end == SMN_CMDQ_STOPPED)
		return;
	while (smn_dump_next(q->dump, &cmd, &why) > 0)
		q->account.entries++;
}

/* q->cmd is the entry that was read last, which a run's culprit precedes. */
static void keep_culprit(struct smn_cmdq *q)
{
	if (q->account.cons == q->at)
		return;
	q->has_cmd = false;
	for (uint32_t i = 0; i < q->n; i++)
		if (q->where[i] == q->account.cons) {
			memcpy(q->cmd, q->run[i], sizeof(q->cmd));
			q->has_cmd = true;
		}
}

int smn_cmdq_run(struct smn_cmdq *q)
{
	int ret = -ENOMEM;

	q->dump = calloc(1, sizeof(*q->dump));
	q->ops = calloc(SMN_CMD_OPCODE + 1, sizeof(*q->ops));
	q->where = calloc(q->room, sizeof(*q->where));
	if (q->dump && q->ops && q->where) {
		*q->dump = (struct smn_dump){
			.family = &smn_families[SMN_CMD], .stride = 2,
			.form = SMN_DUMP_BINARY, .from = q->from };
		learn(q->ops);
		run_all(q);
		count_entries(q);
		keep_culprit(q);
		ret = 0;
	}
	free(q->dump);
	free(q->ops);
	free(q->where);
	return ret;
}
