// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ranking. The kernel returns at the first check that fails. So among the rows
 * of the errno seen, one that holds rules out all that come after it, and is
 * certain when nothing before it may hold; one alone that may hold is likely.
 */
#include <inttypes.h>
#include <string.h>

#include "abi/diag.h"

static const char *const verdict_names[] = {
	[SMN_POSSIBLE] = "possible", [SMN_LIKELY] = "likely",
	[SMN_CERTAIN] = "certain",
};

const char *smn_verdict_name(enum smn_verdict verdict)
{
	return verdict_names[verdict];
}

static const struct smn_row unknown = {
	.id = "unknown",
	.cause = "no cause is known for this answer to this ioctl",
	.remedy = "look at the kernel log, and repeat with --trace",
};

/* "... WORDS" in a remedy stands for the words themselves. */
static void set_remedy(struct smn_why *remedy, const char *text,
		       const struct smn_question *q)
{
	const char *at = strstr(text, "WORDS");

	if (at && q->words && q->nwords >= 2)
		smn_why_set(remedy, "%.*s0x%" PRIx64 " 0x%" PRIx64,
			    (int)(at - text), text, q->words[0], q->words[1]);
	else
		smn_why_set(remedy, "%s", text);
}

struct candidate {
	const struct smn_row *row;
	enum smn_truth holds;
	struct smn_why cause;
};

/* Any call can meet it: a cause only where nothing else is left. */
static bool is_background(const struct candidate *c)
{
	return c->holds == SMN_UNKNOWN && !c->row->test &&
		(c->row->with == SMN_FACT_NO_MEMORY ||
		 c->row->with == SMN_FACT_INJECTED ||
		 c->row->with == SMN_FACT_NO_FDS);
}

static unsigned int drop_background(struct candidate *c, unsigned int n)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < n; i++)
		if (!is_background(&c[i]))
			c[kept++] = c[i];
	return kept ? kept : n;
}

/*
 * The rows of that errno in the kernel's order, up to one that holds. There is
 * always room for that one.
 */
static unsigned int collect(struct smn_question *q, int err,
			    struct candidate c[SMN_MAX_FINDINGS])
{
	struct candidate one = { .holds = SMN_UNKNOWN };
	unsigned int n = 0;

	for (unsigned int i = 0; one.holds != SMN_YES &&
	     (one.row = smn_row_at(q->op, i)); i++) {
		if (one.row->err != -err)
			continue;
		smn_why_set(&one.cause, "%s", one.row->cause);
		one.holds = smn_row_holds(q, one.row, &one.cause);
		if (one.holds == SMN_YES ||
		    (one.holds == SMN_UNKNOWN && n < SMN_MAX_FINDINGS - 1))
			c[n++] = one;
	}
	return drop_background(c, n);
}

/* Nothing that is known here could ever speak for it: a race, a fault. */
static bool is_remote(const struct candidate *c)
{
	return c->holds != SMN_YES && c->row->test == smn_test_elsewhere;
}

/* How many of them are not remote. */
static unsigned int count_near(const struct candidate *c, unsigned int n)
{
	unsigned int near = 0;

	for (unsigned int i = 0; i < n; i++)
		near += !is_remote(&c[i]);
	return near;
}

static enum smn_verdict weigh(const struct candidate *c, unsigned int n,
			      unsigned int near)
{
	if (c->holds == SMN_YES)
		return n == 1 ? SMN_CERTAIN : SMN_LIKELY;
	return n == 1 || (near == 1 && !is_remote(c)) ? SMN_LIKELY :
		SMN_POSSIBLE;
}

static void report(struct smn_finding *out, const struct candidate *c,
		   enum smn_verdict verdict, const struct smn_question *q)
{
	*out = (struct smn_finding){ .verdict = verdict, .id = c->row->id,
				     .forever = c->row->forever,
				     .cause = c->cause };
	set_remedy(&out->remedy, c->row->remedy, q);
}

unsigned int smn_diagnose(struct smn_question *q, int err,
			  struct smn_finding out[SMN_MAX_FINDINGS])
{
	struct candidate c[SMN_MAX_FINDINGS];
	unsigned int n, near, at = 0;

	/* who refused it has said why */
	if (q->row && q->because) {
		c[0] = (struct candidate){ .row = q->row,
					   .cause = *q->because };
		report(&out[0], &c[0], SMN_CERTAIN, q);
		return 1;
	}
	n = collect(q, err, c);
	if (!n) {
		c[0] = (struct candidate){ .row = &unknown };
		smn_why_set(&c[0].cause, "%s", unknown.cause);
		report(&out[0], &c[0], SMN_POSSIBLE, q);
		return 1;
	}
	near = count_near(c, n);
	/* what holds, if anything does, is the last one collected */
	if (c[n - 1].holds == SMN_YES)
		report(&out[at++], &c[n - 1], weigh(&c[n - 1], n, near), q);
	for (int remote = false; remote <= true; remote++)
		for (unsigned int i = 0; i < n; i++)
			if (c[i].holds != SMN_YES && is_remote(&c[i]) == remote)
				report(&out[at++], &c[i],
				       weigh(&c[i], n, near), q);
	return at;
}
