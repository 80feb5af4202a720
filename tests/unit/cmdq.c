// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command queues: runs, rings, the account of a failure, and what the guest
 * reads then.
 */
#include "cmdqvm.h"

/* --- runs --- */

static void test_runs(struct tap *t, struct test *x)
{
	const struct smn_cmdq_account *a = &x->q.account;

	reset(x);
	PUT(x, ASID(1), PREFETCH, ASID(2), SYNC, SYNC, ASID(3), CFGI_STE(SID),
	    ASID(4));
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_DONE, SMN_CERROR_NONE, 8) &&
	       a->entries == 8 && a->runs == 3 && issued(x, 4, 0, 0),
	       "a SYNC, a CFGI_STE and the end end runs");
	tap_ok(t, step_is(x, 0, SMN_CMDQ_INVALIDATE, 0, 2) &&
	       x->steps[0].n == 2 &&
	       step_is(x, 1, SMN_CMDQ_INVALIDATE, 5, 5) &&
	       step_is(x, 2, SMN_CMDQ_INVALIDATE, 7, 7) && x->nsteps == 3,
	       "the plan has its entries");
	tap_ok(t, a->syncs == 2 && a->ignored == 1 && a->unfollowed == 1,
	       "the others are counted");

	reset(x);
	x->q.room = 63;
	put_many(x, 130);
	smn_cmdq_run(&x->q);
	tap_ok(t, a->runs == 3 && issued(x, 130, 0, 0) &&
	       step_is(x, 1, SMN_CMDQ_INVALIDATE, 63, 125),
	       "a run that is too long is several");

	reset(x);
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_DONE, SMN_CERROR_NONE, 0) && !a->entries &&
	       !x->calls, "an empty queue is done");

	reset(x);
	PUT(x, CFGI_CD(SID), CFGI_CD(0x99), ASID(1));
	x->q.leave_others = true;
	smn_cmdq_run(&x->q);
	tap_ok(t, a->left == 1 && issued(x, 2, 0, 0),
	       "other streams are left where that is wanted");

	reset(x);
	put_many(x, 5);
	x->stop_after = 3;
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_STOPPED, SMN_CERROR_NONE, 0) && !x->calls,
	       "stopped: what was not sent is not consumed");
}

static void test_erratum(struct tap *t, struct test *x)
{
	const struct smn_cmdq_account *a = &x->q.account;

	reset(x);
	x->q.repeat = true;
	PUT(x, ASID(1), ATC(SID), CFGI_CD(SID), SYNC, ATC(SID), SYNC);
	smn_cmdq_run(&x->q);
	tap_ok(t, x->calls == 3 && a->runs == 2 && a->repeated == 2 &&
	       issued(x, 4, 0, 0), "TLBI and CFGI again, ATC_INV not");
	tap_ok(t, step_is(x, 1, SMN_CMDQ_REPEAT, 0, 2) && x->steps[1].n == 2 &&
	       x->nsent == 6 && (x->sent[3] & 0xff) == 0x11 &&
	       (x->sent[4] & 0xff) == 0x05 && (x->sent[5] & 0xff) == 0x40,
	       "after the whole run, in order");

	reset(x);
	x->q.repeat = true;
	PUT(x, ASID(1), ATC(SID), CFGI_CD(SID), SYNC);
	x->fail_call = 2;
	x->fail_err = -EIO;
	x->handled = 1;
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ILL, 2) &&
	       issued(x, 3, 0, 0) && !a->repeated,
	       "a repetition that is refused is told by the queue's entry");
}

/* --- refusals --- */

static const struct refusal {
	const char *what;
	uint64_t cmd[2];
	enum smn_cmdq_end end;
} refusals[] = {
	{ "an unknown opcode", { 0xff, 0 }, SMN_CMDQ_REFUSED },
	{ "TLBI_EL2_ALL", { 0x20, 0 }, SMN_CMDQ_REFUSED },
	{ "TLBI_S12_VMALL", { 0x28, 0 }, SMN_CMDQ_REFUSED },
	{ "STALL_TERM", { 0x45, 0 }, SMN_CMDQ_REFUSED },
	{ "opcode 0", { 0, 0 }, SMN_CMDQ_REFUSED },
	{ "a SYNC with reserved bits", { 0x46 | 1 << 8, 0 }, SMN_CMDQ_ILLEGAL },
	{ "a SYNC with CS=3", { 0x46 | 3 << 12, 0 }, SMN_CMDQ_ILLEGAL },
	{ "a Secure CFGI_STE", { 0x03 | 1 << 10, 0 }, SMN_CMDQ_ILLEGAL },
	{ "a PREFETCH with reserved bits", { 1, 1 }, SMN_CMDQ_ILLEGAL },
};

static void test_refusals(struct tap *t, struct test *x)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = &refusals[i];

		reset(x);
		PUT(x, ASID(1), ASID(2));
		put(x, &r->cmd, 1);
		PUT(x, ASID(3), SYNC);
		smn_cmdq_run(&x->q);
		tap_ok(t, ended(x, r->end, SMN_CERROR_ILL, 2) &&
		       issued(x, 2, 0, 0) && x->q.account.entries == 5 &&
		       x->q.has_cmd && x->q.cmd[0] == r->cmd[0] &&
		       x->q.why.text[0], "%s stops, after what is before it",
		       r->what);
	}
	reset(x);
	x->q.acc.strict = false;
	PUT(x, ASID(1), { 0x11, 1 }, SYNC);
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_ILLEGAL, SMN_CERROR_ILL, 1) &&
	       x->nsent == 1, "a lax kernel is sent nothing illegal");
	reset(x);
	PUT(x, ASID(1), { 0x11, 1 }, SYNC);
	smn_cmdq_run(&x->q);
	tap_ok(t, x->nsent == 2, "a strict one judges for itself");
}

/* --- the kernel's no --- */

static void run_failing(struct test *x, uint32_t handled, int err)
{
	x->fail_call = 1;
	x->handled = handled;
	x->fail_err = err;
	smn_cmdq_run(&x->q);
}

static void test_account(struct tap *t, struct test *x)
{
	reset(x);
	PUT(x, PREFETCH);
	put_many(x, 150);
	PUT(x, SYNC, ASID(1));
	run_failing(x, 140, -EIO);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ILL, 141) &&
	       issued(x, 126, 14, 0) && x->q.err == -EIO && x->q.has_cmd &&
	       x->q.cmd[0] >> 48 == 140 && x->calls == 1,
	       "EIO: the command's entry, and whole blocks are issued");

	reset(x);
	x->q.acc.counts_issued = true;
	put_many(x, 70);
	PUT(x, CFGI_CD(0x99));
	put_many(x, 10);
	PUT(x, SYNC);
	run_failing(x, 63, -EIO);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ILL, 70) &&
	       issued(x, 63, 7, 0),
	       "a kernel that counts what it issued: the first bad one");

	reset(x);
	put_many(x, 150);
	PUT(x, SYNC, ASID(1));
	run_failing(x, 125, -ETIMEDOUT);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_NONE, 150) &&
	       issued(x, 63, 24, 63) && x->q.has_cmd &&
	       (x->q.cmd[0] & 0xff) == 0x46,
	       "ETIMEDOUT: the guest waits at its CMD_SYNC, one block unsure");

	reset(x);
	put_many(x, 70);
	PUT(x, ATC(SID), SYNC);
	run_failing(x, 70, -ETIMEDOUT);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ATC_INV, 71) &&
	       issued(x, 63, 0, 8), "ETIMEDOUT with an ATC_INV in the block");

	reset(x);
	PUT(x, ATC(SID));
	put_many(x, 70);
	PUT(x, SYNC);
	run_failing(x, 70, -ETIMEDOUT);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_NONE, 71),
	       "an ATC_INV in a block that did complete is not to blame");

	reset(x);
	PUT(x, ASID(1), ASID(2), SYNC);
	run_failing(x, 0, -EFAULT);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ABT, 0) &&
	       issued(x, 0, 0, 0), "any other errno: nothing got there");

	reset(x);
	PUT(x, ASID(1), SYNC);
	run_failing(x, UINT32_MAX, -EIO);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ILL, 0),
	       "an entry_num beyond the run is kept within it");
}

/* --- the file --- */

static bool window(struct test *x, int log2size, uint64_t cons, int64_t prod)
{
	const uint64_t p = prod;
	struct smn_why why;

	reset(x);
	return !smn_cmdq_window_init(&x->q.window, log2size, cons,
				     prod < 0 ? NULL : &p, &why);
}

static void test_rings(struct tap *t, struct test *x)
{
	const struct smn_cmdq_account *a = &x->q.account;

	/* 8 entries, from 6 once round to 3 */
	tap_ok(t, window(x, 3, 6, 8 | 3), "a ring that wraps");
	put_many(x, 8);
	smn_cmdq_run(&x->q);
	tap_ok(t, a->entries == 5 && a->cons == 5 && x->nsent == 5 &&
	       x->sent[0] >> 48 == 6 && x->sent[2] >> 48 == 0 &&
	       x->sent[4] >> 48 == 2, "its entries in order");
	tap_ok(t, smn_cmdq_cons(&x->q.window, 5, SMN_CERROR_NONE) == (8 | 3) &&
	       smn_cmdq_cons(&x->q.window, 1, SMN_CERROR_ATC_INV) ==
	       (7 | 3 << 24), "CMDQ_CONS with wrap bit and code");
	window(x, 3, 8 | 7, 8 | 1);
	tap_ok(t, !window(x, 3, 7, 6), "PROD behind CONS is no queue");
	tap_ok(t, window(x, 3, 8 | 7, 1) && x->q.window.count == 2,
	       "the wrap bit wraps, too");
	tap_ok(t, window(x, 3, 0, 8) && x->q.window.count == 8 &&
	       window(x, 3, 5, 5) && !x->q.window.count, "full and empty");
	tap_ok(t, window(x, 3, 5 | 1 << 24, 6) && x->q.window.cons == 5,
	       "an old error code in CONS is left out");
	tap_ok(t, !window(x, 3, 16, 0) && !window(x, 3, 0, 16) &&
	       !window(x, 20, 0, 0) && !window(x, -1, 5, 4),
	       "bits that no index has, sizes that no queue has");
	window(x, -1, 2, 4);
	put_many(x, 8);
	smn_cmdq_run(&x->q);
	tap_ok(t, a->entries == 2 && x->nsent == 2 && x->sent[0] >> 48 == 2,
	       "plain indices");
	window(x, 3, 2, 8 | 1);
	put_many(x, 5);
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_UNREAD, SMN_CERROR_ABT, 3) &&
	       issued(x, 3, 0, 0) && a->entries == 7, "a file cut off: ABT");
	reset(x);
	put_many(x, 3);
	x->size -= 3;
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_UNREAD, SMN_CERROR_ABT, 2) &&
	       issued(x, 2, 0, 0), "within an entry, too");
	reset(x);
	put_many(x, 2);
	x->read_fails = -EIO;
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_UNREAD, SMN_CERROR_ABT, 2) && !x->q.err,
	       "and a read that fails");
	reset(x);
	x->q.seek = NULL;
	x->q.window.first = 1;
	put_many(x, 2);
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_UNREAD, SMN_CERROR_ABT, 0),
	       "and one that cannot go where it begins");
}

int main(void)
{
	struct test *x = malloc(sizeof(*x));
	struct tap t = { 0 };

	if (!x)
		return 1;
	test_runs(&t, x);
	test_erratum(&t, x);
	test_refusals(&t, x);
	test_account(&t, x);
	test_rings(&t, x);
	free(x);
	return tap_done(&t);
}
