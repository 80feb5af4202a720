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
	take(in, facts->is, sizeof(facts->is));
	for (unsigned int i = 0; i < SMN_NFACTS; i++)
		facts->is[i] %= SMN_YES + 1;
}

/* One SMMU, a device behind it, and /dev/iommu open as 3: or none of that. */
static void take_world(struct input *in, struct smn_world *w)
{
	struct smn_smmu *smmu;
	struct smn_pdev *dev;
	uint32_t regs[SMN_NREGS];
	uint16_t kernel;

	smn_world_init(w);
	take(in, &kernel, sizeof(kernel));
	w->kernel = kernel % 800;
	take(in, &w->memlock, sizeof(w->memlock));
	take(in, &w->pinned, sizeof(w->pinned));
	w->memlock_counts = one_bit(in);
	take_facts(in, &w->facts);
	if (one_bit(in))
		return;
	smmu = smn_world_add_smmu(w, "smmu3.0");
	dev = smmu ? smn_world_add_device(w, "0000:00:01.0", "vfio0", smmu) :
		NULL;
	if (!dev || smn_world_opened(w, SMN_IOMMU_NODE, 3))
		abort();
	take_facts(in, &smmu->facts);
	take_facts(in, &dev->facts);
	take(in, regs, sizeof(regs));
	if (one_bit(in))
		smn_smmu_tell(smmu, regs);
}

static void check(struct smn_question *q, int err)
{
	struct smn_finding found[SMN_MAX_FINDINGS];
	unsigned int n = smn_diagnose(q, err, found);

	CHECK(n >= 1 && n <= SMN_MAX_FINDINGS);
	for (unsigned int i = 0; i < n; i++) {
		CHECK(found[i].id && found[i].id[0]);
		CHECK(!i || found[i].verdict <= found[i - 1].verdict);
		CHECK(found[i].verdict != SMN_CERTAIN || n == 1);
		check_why(&found[i].cause);
		check_why(&found[i].remedy);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* aligned as an argument is */
	uint64_t before[SMN_ARG_MAX / 8], after[SMN_ARG_MAX / 8], words[2];
	struct input in = { data, size };
	struct smn_world w;
	struct smn_question q = { .in = before, .out = after, .w = &w };
	uint8_t op, err;

	take(&in, &op, sizeof(op));
	take(&in, &err, sizeof(err));
	take(&in, before, sizeof(before));
	take(&in, after, sizeof(after));
	take(&in, words, sizeof(words));
	take(&in, &q.given, sizeof(q.given));
	take(&in, &q.first, sizeof(q.first));
	if (one_bit(&in)) {
		q.words = words;
		q.nwords = SMN_ARRAY_SIZE(words);
	}
	q.op = op % SMN_NOPS;
	q.fd = one_bit(&in) ? 3 : SMN_ANY_FD;
	take_world(&in, &w);
	smn_question_resolve(&q);
	check(&q, -1 - err % 133);
	smn_world_free(&w);
	return 0;
}
