// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The shortest and plainest sequence that still shows a difference: leave out
 * ever smaller parts, then set what is left to its usual value.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nest/fuzz.h"

struct shrink {
	const struct smn_fuzz_side *side;
	struct smn_request *best, *try;
	unsigned int n;			/* of best */
	unsigned int budget;
	struct smn_fuzz_diff *diff;
	int err;
};

/* The same mistake: the same call, answered in the same two ways. */
static bool same(const struct smn_request *a, const struct smn_request *b,
		 const struct smn_fuzz_diff *x, const struct smn_fuzz_diff *y)
{
	return a->kind == b->kind && a->op == b->op &&
		x->reply[0].err == y->reply[0].err &&
		x->reply[1].err == y->reply[1].err &&
		x->reply[1].row == y->reply[1].row;
}

/* Does the sequence in s->try, @n long, still show it? Then it is the best. */
static bool holds(struct shrink *s, unsigned int n)
{
	struct smn_fuzz_diff diff;
	int ret;

	if (!s->budget || s->err)
		return false;
	s->budget--;
	ret = smn_fuzz_replay(s->side, s->try, n, &diff);
	if (ret < 0)
		s->err = ret;
	if (ret <= 0 || !same(&s->try[diff.at], &s->best[s->n - 1], &diff,
			      s->diff))
		return false;
	*s->diff = diff;
	s->n = diff.at + 1;
	memcpy(s->best, s->try, s->n * sizeof(*s->best));
	return true;
}

/* The best without @len requests from @from on. */
static bool without(struct shrink *s, unsigned int from, unsigned int len)
{
	memcpy(s->try, s->best, from * sizeof(*s->try));
	memcpy(s->try + from, s->best + from + len,
	       (s->n - from - len) * sizeof(*s->try));
	return holds(s, s->n - len);
}

/* From the end: what came late is needed least often. */
static void leave_out(struct shrink *s)
{
	for (unsigned int len = s->n / 2; len; len /= 2)
		for (unsigned int end = s->n - 1; end >= len;) {
			bool gone = without(s, end - len, len);

			end -= len;
			if (gone && end > s->n - 1)
				end = s->n - 1;
		}
}

/* Apply @change to request @i of the best; keep it if the difference stays. */
static bool changed(struct shrink *s, unsigned int i, unsigned int what,
		    bool (*change)(struct smn_request *r, unsigned int what))
{
	memcpy(s->try, s->best, s->n * sizeof(*s->try));
	return change(&s->try[i], what) && holds(s, s->n);
}

static bool usual_member(struct smn_request *r, unsigned int place)
{
	if (!(r->given >> place & 1))
		return false;
	r->given &= ~(1u << place);
	r->arg[place] = (struct smn_req_value){ 0 };
	return true;
}

static bool zero_word(struct smn_request *r, unsigned int i)
{
	if (!r->words[i])
		return false;
	r->words[i] = 0;
	return true;
}

static bool usual_size(struct smn_request *r, unsigned int what)
{
	uint32_t size = smn_op(r->op)->size;

	(void)what;
	if (r->kind != SMN_REQ_IOCTL || (r->size == size && !r->tail))
		return false;
	r->size = size;
	r->tail = 0;
	return true;
}

/* Half of the commands, where nothing but the payload says how many they are */
static bool half_payload(struct smn_request *r, unsigned int which)
{
	const struct smn_arg *a = smn_op_arg(smn_op(r->op), "entry_num");
	unsigned int n = r->nwords / 4 * 2;

	if (!a || r->given >> (a - smn_op(r->op)->args) & 1 || !n)
		return false;
	memmove(r->words, which ? r->words + r->nwords - n : r->words,
		n * sizeof(*r->words));
	memset(r->words + n, 0, (r->nwords - n) * sizeof(*r->words));
	r->nwords = n;
	return true;
}

static void simplify(struct shrink *s, unsigned int i)
{
	changed(s, i, 0, usual_size);
	for (unsigned int place = 0; place < SMN_REQ_ARGS; place++)
		changed(s, i, place, usual_member);
	while (changed(s, i, 0, half_payload) ||
	       changed(s, i, 1, half_payload))
		;
	for (unsigned int w = 0; w < s->best[i].nwords; w++)
		changed(s, i, w, zero_word);
}

int smn_fuzz_shrink(const struct smn_fuzz_side side[2],
		    struct smn_request *reqs, unsigned int n,
		    unsigned int budget, struct smn_fuzz_diff *diff)
{
	struct shrink s = { .side = side, .best = reqs, .n = n,
			    .budget = budget, .diff = diff };
	unsigned int before;

	s.try = calloc(n, sizeof(*s.try));
	if (!s.try)
		return -ENOMEM;
	do {
		before = s.n;
		leave_out(&s);
	} while (s.n < before);
	for (unsigned int i = 0; i < s.n; i++)
		simplify(&s, i);
	leave_out(&s);
	free(s.try);
	return s.err ? s.err : (int)s.n;
}
