// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests sent to two sides, and their answers compared. See fuzz.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nest/fuzz.h"

/*
 * Which IOVA is free for a mapping depends on how its address is aligned, so
 * both sides' memory begins at a multiple of its size.
 */
static void align(struct smn_fuzz_pair *p, unsigned int i)
{
	uintptr_t at = (uintptr_t)p->side[i].memory;

	p->mapped[i] = p->side[i].memory;
	p->side[i].memory = (void *)((at + SMN_FUZZ_BYTES - 1) &
				     ~((uintptr_t)SMN_FUZZ_BYTES - 1));
}

int smn_fuzz_pair_begin(struct smn_fuzz_pair *p,
			const struct smn_fuzz_side side[2])
{
	memset(p, 0, sizeof(*p));
	for (unsigned int i = 0; i < 2; i++) {
		int ret = smn_runner_init(&p->side[i], side[i].sys,
					  SMN_FUZZ_MAX + 1, 2 * SMN_FUZZ_BYTES);

		if (ret)
			return ret;
		align(p, i);
		p->side[i].cdevs = side[i].cdevs;
		p->side[i].ncdevs = side[i].ncdevs;
	}
	return 0;
}

void smn_fuzz_pair_end(struct smn_fuzz_pair *p)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (!p->mapped[i])
			continue;
		p->side[i].memory = p->mapped[i];
		smn_runner_free(&p->side[i]);
	}
}

/* --- comparing --- */

static bool differ(struct smn_fuzz_diff *diff, const char *what, uint64_t a,
		   uint64_t b)
{
	if (a == b)
		return false;
	snprintf(diff->what, sizeof(diff->what), "%s", what);
	diff->value[0] = a;
	diff->value[1] = b;
	return true;
}

/* A file is one on either side, whatever its number. */
static int64_t answer(const struct smn_request *req,
		      const struct smn_reply *reply)
{
	return req->kind == SMN_REQ_OPEN && reply->err > 0 ? 0 : reply->err;
}

/* Files and addresses are each side's own, also those that are left out. */
static bool is_own(const struct smn_request *req, unsigned int place)
{
	const struct smn_arg *a = &smn_op(req->op)->args[place];
	const struct smn_req_value *v = &req->arg[place];

	if (!a->out && !(req->given >> place & 1))
		return true;
	return (a->format == SMN_ARG_FD && (a->out || v->ref == SMN_REF_FD)) ||
		v->ref == SMN_REF_MEMORY || v->ref == SMN_REF_PAYLOAD;
}

static bool members_differ(const struct smn_request *req,
			   struct smn_fuzz_diff *diff)
{
	const struct smn_op *op = smn_op(req->op);

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];

		if (is_own(req, i) || a->offset + a->size > req->size)
			continue;
		if (differ(diff, a->name, smn_arg_get(a, diff->reply[0].out),
			   smn_arg_get(a, diff->reply[1].out)))
			return true;
	}
	return false;
}

/* The first word that differs in @n bytes, told as @what. */
static bool bytes_differ(struct smn_fuzz_diff *diff, const char *what,
			 const void *a, const void *b, size_t n)
{
	uint64_t left, right;
	char where[sizeof(diff->what)];

	if (!memcmp(a, b, n))
		return false;
	for (size_t i = 0; i < n; i += sizeof(left)) {
		memcpy(&left, (const char *)a + i, sizeof(left));
		memcpy(&right, (const char *)b + i, sizeof(right));
		snprintf(where, sizeof(where), "%s+0x%zx", what, i);
		if (differ(diff, where, left, right))
			return true;
	}
	return false;
}

bool smn_fuzz_send(struct smn_fuzz_pair *p, const struct smn_request *req,
		   struct smn_fuzz_diff *diff)
{
	struct smn_reply *r = diff->reply;

	for (unsigned int i = 0; i < 2; i++)
		smn_runner_call(&p->side[i], req, &r[i]);
	return differ(diff, "errno", answer(req, &r[0]), answer(req, &r[1])) ||
		(req->kind == SMN_REQ_IOCTL && members_differ(req, diff)) ||
		bytes_differ(diff, "data", r[0].data, r[1].data,
			     sizeof(r[0].data)) ||
		bytes_differ(diff, "mem", p->side[0].memory, p->side[1].memory,
			     SMN_FUZZ_SCRATCH);
}

int smn_fuzz_replay(const struct smn_fuzz_side side[2],
		    const struct smn_request *reqs, unsigned int n,
		    struct smn_fuzz_diff *diff)
{
	struct smn_fuzz_pair pair;
	int ret = smn_fuzz_pair_begin(&pair, side);

	for (unsigned int i = 0; !ret && i < n; i++) {
		diff->at = i;
		ret = smn_fuzz_send(&pair, &reqs[i], diff);
	}
	smn_fuzz_pair_end(&pair);
	return ret;
}
