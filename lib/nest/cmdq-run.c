// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a command queue makes of the VM: runs of commands through the vIOMMU,
 * and stream table entries as nested HWPTs. See cmdq.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "nest/cmdq-parts.h"

static void tell(struct smn_cmdq *q, const struct smn_cmdq_step *step)
{
	if (q->vm.step)
		q->vm.step(q->vm.ctx, step);
}

/* --- runs --- */

static bool is_known(const struct smn_cmdq *q, const uint64_t *cmd)
{
	const struct smn_field *sid = q->ops[*cmd & SMN_CMD_OPCODE].sid;

	for (unsigned int i = 0; sid && i < q->nvsids; i++)
		if (q->vsids[i] == smn_field_get(sid, cmd))
			return true;
	return !sid;
}

/*
 * The command that the kernel refused. One that counts what was issued does not
 * say which of the block it was; then it is the first that is not good.
 */
static uint32_t culprit(const struct smn_cmdq *q, uint32_t handled)
{
	for (uint32_t i = handled; q->acc.counts_issued && i < q->n; i++)
		if (!smn_rules_cmd_ok(q->rules, q->run[i]) ||
		    !is_known(q, q->run[i]))
			return i;
	return handled < q->n ? handled : q->n - 1;
}

static bool has_atc(const struct smn_cmdq *q, uint32_t first, uint32_t n)
{
	for (uint32_t i = first; i < first + n; i++)
		if (q->ops[q->run[i][0] & SMN_CMD_OPCODE].atc)
			return true;
	return false;
}

/* What was not issued, and yet is before what the guest sees as CONS. */
static void count_again(struct smn_cmdq *q, uint32_t issued)
{
	for (uint32_t i = issued; i < q->n; i++)
		q->account.again += q->where[i] < q->account.cons;
}

/*
 * A run of which @issued are done failed with @err; @at is the entry after it.
 * The kernel's time-out is the guest's only where an ATC did not answer, else
 * its CMD_SYNC just never completes. @unknown commands may have been executed.
 */
static bool run_failed(struct smn_cmdq *q, uint64_t at, uint32_t issued,
		       uint32_t handled, int err, uint32_t *unknown)
{
	uint32_t block = q->n - issued < SMN_CMD_BLOCK ? q->n - issued :
		SMN_CMD_BLOCK;
	bool atc = has_atc(q, issued, block);

	q->err = err;
	*unknown = 0;
	if (err == -EIO)
		return smn_cmdq_end_at(q, q->where[culprit(q, handled)],
				       SMN_CMDQ_KERNEL, SMN_CERROR_ILL);
	if (err != -ETIMEDOUT)
		return smn_cmdq_end_at(q, q->where[issued < q->n ? issued : 0],
				       SMN_CMDQ_KERNEL, SMN_CERROR_ABT);
	*unknown = block;
	return smn_cmdq_end_at(q, at, SMN_CMDQ_KERNEL, atc ?
			       SMN_CERROR_ATC_INV : SMN_CERROR_NONE);
}

/* One ioctl. *@issued of the run are certainly issued. */
static bool send_run(struct smn_cmdq *q, uint64_t at, enum smn_cmdq_what what,
		 uint32_t *issued, uint32_t *unknown)
{
	struct smn_cmdq_step step = { .what = what, .n = q->n,
				      .first = q->where[0],
				      .last = q->where[q->n - 1] };
	uint32_t handled = 0;

	step.err = q->vm.invalidate(q->vm.ctx,
				    (const uint64_t (*)[2])q->run, q->n,
				    &handled);
	tell(q, &step);
	*issued = q->n;
	if (!step.err)
		return true;
	handled = handled < q->n ? handled : q->n - 1;
	*issued = smn_accounting_issued(&q->acc, handled);
	return run_failed(q, at, *issued, handled, step.err, unknown);
}

/* The erratum: once more after the CMD_SYNC, what is not for an ATC. */
static bool repeat(struct smn_cmdq *q, uint64_t at)
{
	uint32_t n = 0, issued, unknown;
	bool ok;

	for (uint32_t i = 0; i < q->n; i++) {
		if (q->ops[q->run[i][0] & SMN_CMD_OPCODE].atc)
			continue;
		memmove(q->run[n], q->run[i], sizeof(*q->run));
		q->where[n++] = q->where[i];
	}
	q->n = n;
	if (!n)
		return true;
	ok = send_run(q, at, SMN_CMDQ_REPEAT, &issued, &unknown);
	q->account.repeated += issued;
	return ok;
}

bool smn_cmdq_flush(struct smn_cmdq *q, uint64_t at)
{
	uint32_t issued, unknown = 0;
	bool ok;

	if (!q->n)
		return true;
	ok = send_run(q, at, SMN_CMDQ_INVALIDATE, &issued, &unknown);
	if (!ok)
		count_again(q, issued + unknown);
	q->account.runs++;
	q->account.issued += issued;
	q->account.unknown += unknown;
	if (ok && q->repeat)
		ok = repeat(q, at);
	if (ok)
		q->n = 0;
	return ok;
}

/* --- stream table entries --- */

/* Its STE; one that the table has not is one that is not valid. */
static bool read_ste(struct smn_cmdq *q, uint64_t at, uint32_t vsid,
		     uint64_t ste[2])
{
	uint64_t addr;
	int ret = smn_strtab_read(q->strtab, q->memory, vsid, ste, 2, &addr);

	if (ret == -ERANGE) {
		ste[0] = ste[1] = 0;
		return true;
	}
	if (!ret)
		return true;
	smn_why_set(&q->why, "entry %" PRIu64 ": the STE of stream 0x%" PRIx32
		    " needs 0x%" PRIx64 ", %s", at, vsid, addr, ret == -ENXIO ?
		    "which is in no image" : strerror(-ret));
	return smn_cmdq_end_at(q, at, SMN_CMDQ_NO_STE, SMN_CERROR_NONE);
}

/* A guest may set what is not its own to decide: a VMM takes the rest. */
static bool configure(struct smn_cmdq *q, uint64_t at, uint32_t vsid)
{
	struct smn_cmdq_step step = { .what = SMN_CMDQ_CONFIGURE, .vsid = vsid,
				      .first = at, .last = at };

	if (!read_ste(q, at, vsid, step.ste))
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		step.dropped[i] = step.ste[i] & ~q->rules->vste.allowed[i];
		step.ste[i] &= q->rules->vste.allowed[i];
	}
	step.err = q->vm.configure(q->vm.ctx, vsid, step.ste);
	tell(q, &step);
	if (!step.err) {
		q->account.stes++;
		return true;
	}
	q->err = step.err;
	return smn_cmdq_end_at(q, at, SMN_CMDQ_KERNEL, SMN_CERROR_ILL);
}

bool smn_cmdq_streams(struct smn_cmdq *q, uint64_t at, uint32_t sid,
		      uint32_t mask)
{
	bool any = false;

	/* a command before it may be about the old entry */
	if (!smn_cmdq_flush(q, at))
		return false;
	if (!q->strtab) {
		q->account.unfollowed++;
		return true;
	}
	for (unsigned int i = 0; i < q->nvsids; i++) {
		if ((q->vsids[i] ^ sid) & ~mask)
			continue;
		any = true;
		if (!configure(q, at, q->vsids[i]))
			return false;
	}
	q->account.left += !any;
	return true;
}

/* --- the file --- */

int smn_cmdq_seek(struct smn_cmdq *q, uint64_t slot)
{
	int ret = q->seek ? q->seek(q->dump->from.ctx, slot * 16) : -ESPIPE;

	if (!ret)
		smn_dump_restart(q->dump);
	return ret;
}

int smn_cmdq_window_init(struct smn_cmdq_window *w, int log2size,
			 uint64_t cons, const uint64_t *prod,
			 struct smn_why *why)
{
	/* RD and WR have 20 bits, the wrap bit among them: 6.3.27, 6.3.28 */
	enum { MOST = 19, ERR_LO = 24, ERR_BITS = 7 };
	uint64_t err = ((1ULL << ERR_BITS) - 1) << ERR_LO, span;

	if (log2size < 0) {
		*w = (struct smn_cmdq_window){ .first = cons,
					       .count = UINT64_MAX };
		if (prod)
			w->count = *prod - cons;
		if (!prod || *prod >= cons)
			return 0;
		smn_why_set(why, "PROD %" PRIu64 " is before CONS %" PRIu64
			    "; a ring that wraps has a size", *prod, cons);
		return -EINVAL;
	}
	if (log2size > MOST) {
		smn_why_set(why, "a command queue has 2^%d entries at most",
			    MOST);
		return -EINVAL;
	}
	span = 2ULL << log2size;	/* of an index with its wrap bit */
	cons &= ~err;			/* it may have stopped there before */
	if (cons >= span || (prod && *prod >= span)) {
		smn_why_set(why, "%s 0x%" PRIx64 " has more than the %d bits "
			    "of an index and the wrap bit",
			    cons >= span ? "CONS" : "PROD",
			    cons >= span ? cons : *prod, log2size + 1);
		return -EINVAL;
	}
	*w = (struct smn_cmdq_window){ .slots = span / 2, .cons = cons,
				       .first = cons & (span / 2 - 1) };
	w->count = prod ? (*prod - cons) & (span - 1) : w->slots;
	if (w->count <= w->slots)
		return 0;
	smn_why_set(why, "PROD is %" PRIu64 " entries ahead of CONS, and the "
		    "queue has %" PRIu64, w->count, w->slots);
	return -EINVAL;
}

uint32_t smn_cmdq_cons(const struct smn_cmdq_window *w, uint64_t done,
		       enum smn_cerror e)
{
	return ((w->cons + done) & (2 * w->slots - 1)) | (uint32_t)e << 24;
}

/* --- the session --- */

int smn_cmdq_invalidate(void *ctx, const uint64_t (*cmds)[2], uint32_t n,
			uint32_t *handled)
{
	struct smn_cmdq_nest *c = ctx;

	return smn_hwpt_invalidate(c->s, c->nest->viommu, cmds, n, handled);
}

int smn_cmdq_configure(void *ctx, uint32_t vsid, const uint64_t ste[2])
{
	struct smn_cmdq_nest *c = ctx;
	uint32_t old = c->nest->s1;
	int ret;

	(void)vsid;	/* the plan's only device has it */
	ret = smn_s1_alloc(c->s, c->nest->dev.id, c->nest->viommu, ste, 0,
			   &c->nest->s1);
	if (!ret)
		ret = smn_device_attach(c->s, &c->nest->dev, c->nest->s1);
	if (!ret && old)
		ret = smn_destroy(c->s, old);
	return ret;
}
