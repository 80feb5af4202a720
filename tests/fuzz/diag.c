// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a call failed: any ioctl, any errno, any arguments, whatever is known. */
#include <errno.h>

#include "fuzz.h"

static bool one_bit(struct input *in)
{
	uint8_t byte;

	take(in, &byte, sizeof(byte));
	return byte & 1;
}

static void take_facts(struct input *in, struct smn_facts *facts)
{
	*facts = (struct smn_facts){ 0 };
	take(in, facts->regs, sizeof(facts->regs));
	take(in, &facts->hw_type, sizeof(facts->hw_type));
	take(in, &facts->memlock, sizeof(facts->memlock));
	take(in, &facts->pinned, sizeof(facts->pinned));
	take(in, &facts->vsid, sizeof(facts->vsid));
	facts->feats = smn_feats_of(facts->regs);
	facts->have_regs = one_bit(in);
	facts->have_type = one_bit(in);
	facts->old_kernel = one_bit(in);
	facts->have_memlock = one_bit(in);
	facts->ipc_lock = one_bit(in);
	facts->direct = one_bit(in);
	facts->have_reserved = one_bit(in);
	facts->have_vsid = one_bit(in);
	facts->no_vdevice = one_bit(in);
	if (one_bit(in))
		snprintf(facts->holder.text, sizeof(facts->holder.text), "x");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* aligned as an argument is */
	uint64_t before[SMN_ARG_MAX / 8], after[SMN_ARG_MAX / 8], words[2];
	struct smn_finding found[SMN_MAX_FINDINGS];
	struct input in = { data, size };
	struct smn_facts facts;
	struct smn_question q = { .in = before, .out = after,
				  .facts = &facts };
	uint8_t op, err;
	unsigned int n;

	take(&in, &op, sizeof(op));
	take(&in, &err, sizeof(err));
	take(&in, before, sizeof(before));
	take(&in, after, sizeof(after));
	take(&in, words, sizeof(words));
	q.words = one_bit(&in) ? words : NULL;
	take_facts(&in, &facts);
	q.op = op % SMN_NOPS;
	q.err = -1 - err % 133;

	n = smn_diagnose(&q, found);
	CHECK(n >= 1 && n <= SMN_MAX_FINDINGS);
	for (unsigned int i = 0; i < n; i++) {
		CHECK(found[i].id && found[i].id[0]);
		CHECK(found[i].verdict != SMN_EXCLUDED);
		CHECK(!i || found[i].verdict <= found[i - 1].verdict);
		check_why(&found[i].cause);
		check_why(&found[i].remedy);
	}
	return 0;
}
