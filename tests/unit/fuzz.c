// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random requests: repeatable, of every kind, never a difference between a
 * model and itself, always one between models that differ, and that one shrunk
 * to the calls that matter.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nest/fuzz.h"
#include "sys/model.h"
#include "tap.h"

static const char *const cdevs[] = { "/dev/vfio/devices/vfio0",
				     "/dev/vfio/devices/vfio1" };

/* QEMU's SMMU, two devices */
static const uint32_t qemu[SMN_NREGS] = { 0x0d44101b, 0x02730010, 0, 0x1414,
					  0, 0x74, 0, 1 };

struct machine {
	struct smn_model *model;
	struct smn_sys sys;
};

static void build(struct machine *m, bool canwbs)
{
	static const struct smn_region window = { 0x08000000, 0x080fffff,
						  true };
	struct smn_smmu *smmu;
	struct smn_world *w;

	m->model = smn_model_new();
	w = smn_model_world(m->model);
	smmu = smn_world_add_smmu(w, "smmu3.0");
	smn_smmu_tell(smmu, qemu);
	smmu->facts.is[SMN_FACT_NO_CANWBS] = smn_truth_of(!canwbs);
	for (unsigned int i = 0; i < 2; i++) {
		struct smn_pdev *d =
			smn_world_add_device(w, i ? "0000:00:02.0" :
					     "0000:00:03.0", cdevs[i], smmu);

		d->group = i;
		d->sid = 16 + 8 * i;
		d->reserved = &window;
		d->nreserved = 1;
	}
	m->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m->model,
				   .world = w };
}

static struct smn_fuzz *machine_of(void)
{
	struct smn_fuzz *f = calloc(1, sizeof(*f));

	f->ndevs = 2;
	f->feats = smn_feats_of(qemu);
	f->page = 4096;
	return f;
}

struct tally {
	uint64_t hash;
	unsigned int ops[SMN_NOPS], ok, n;
};

static void count(struct tally *t, const struct smn_request *req, int err)
{
	const unsigned char *p = (const void *)req;

	t->ops[req->op]++;
	t->ok += err >= 0;
	t->n++;
	for (size_t i = 0; i < sizeof(*req); i++)
		t->hash = (t->hash ^ p[i]) * 0x100000001b3;
}

/* Sequences until @n requests are sent; 1 and @reqs, *len at a difference. */
static int sequences(struct machine m[2], uint64_t seed, unsigned int n,
		     struct tally *t, struct smn_request *reqs,
		     unsigned int *len, struct smn_fuzz_diff *diff)
{
	const struct smn_fuzz_side side[2] = { { &m[0].sys, cdevs, 2 },
					       { &m[1].sys, cdevs, 2 } };
	struct smn_fuzz *f = machine_of();
	int ret = 0;

	while (!ret && t->n < n) {
		struct smn_fuzz_pair pair;

		ret = smn_fuzz_pair_begin(&pair, side);
		smn_fuzz_begin(f, seed++);
		for (*len = 0; !ret && *len < 200;) {
			struct smn_request *req = &reqs[(*len)++];

			smn_fuzz_make(f, req);
			ret = smn_fuzz_send(&pair, req, diff);
			count(t, req, diff->reply[0].err);
			smn_fuzz_note(f, req, &diff->reply[0]);
		}
		smn_fuzz_pair_end(&pair);
	}
	free(f);
	return ret;
}

static void itself(struct tap *t, struct smn_request *reqs)
{
	struct tally a = { 0 }, again = { 0 }, other = { 0 };
	struct smn_fuzz_diff diff = { 0 };
	unsigned int len, rare = 0;
	struct machine m[2];

	build(&m[0], true);
	build(&m[1], true);
	tap_ok(t, !sequences(m, 1, 20000, &a, reqs, &len, &diff),
	       "a model does not differ from itself (%s)", diff.what);
	sequences(m, 1, 20000, &again, reqs, &len, &diff);
	sequences(m, 2, 20000, &other, reqs, &len, &diff);
	tap_ok(t, a.hash == again.hash && a.hash != other.hash,
	       "a seed makes the same requests again, another makes others");
	for (unsigned int op = 0; op < SMN_NOPS; op++)
		if (smn_op(op)->since >= 602 && a.ops[op] < 20)
			rare = op;
	tap_ok(t, !rare, "every ioctl of iommufd comes 20 times in 20000: %s",
	       rare ? smn_op(rare)->name : "yes");
	tap_ok(t, a.ok > a.n / 4 && a.ok < a.n * 3 / 4,
	       "a quarter is accepted, a quarter refused: %u of %u are", a.ok,
	       a.n);
	smn_model_free(m[0].model);
	smn_model_free(m[1].model);
}

static void another(struct tap *t, struct smn_request *reqs)
{
	struct machine m[2];
	const struct smn_fuzz_side side[2] = { { &m[0].sys, cdevs, 2 },
					       { &m[1].sys, cdevs, 2 } };
	struct smn_fuzz_diff diff = { 0 }, again;
	struct tally counts = { 0 };
	unsigned int len;
	int n;

	build(&m[0], true);
	build(&m[1], false);
	tap_ok(t, sequences(m, 1, 20000, &counts, reqs, &len, &diff) == 1,
	       "a machine without CANWBS differs");
	n = smn_fuzz_shrink(side, reqs, len, 1500, &diff);
	tap_ok(t, n > 0 && n <= 6 &&
	       reqs[n - 1].op == SMN_IOMMU_VIOMMU_ALLOC &&
	       diff.reply[0].err != -EOPNOTSUPP &&
	       diff.reply[1].err == -EOPNOTSUPP,
	       "%u requests are shrunk to 6 at most, a vIOMMU the last: %d",
	       len, n);
	tap_ok(t, n > 0 && smn_fuzz_replay(side, reqs, n, &again) == 1 &&
	       again.at == (unsigned int)n - 1 &&
	       !strcmp(again.what, diff.what),
	       "they show the difference again");
	smn_model_free(m[0].model);
	smn_model_free(m[1].model);
}

int main(void)
{
	struct smn_request *reqs = calloc(SMN_FUZZ_MAX, sizeof(*reqs));
	struct tap t = { 0 };

	itself(&t, reqs);
	another(&t, reqs);
	free(reqs);
	return tap_done(&t);
}
