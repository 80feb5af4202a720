// SPDX-License-Identifier: GPL-2.0-or-later
/* What `bench` times: a row each. See bench.h. */
#include <string.h>

#include "bench.h"

uint64_t bench_most(const struct bench *b, enum bench_by by)
{
	const struct bench_list *list = &b->sizes[by];
	uint64_t most = 0;

	for (unsigned int i = 0; i < list->n; i++)
		most = list->v[i] > most ? list->v[i] : most;
	return most;
}

static struct smn_session *session(struct bench *b)
{
	return &b->ctl->session;
}

/* The time of the last ioctl, as the funnel took it. */
static int took(struct bench *b, int ret, uint64_t *ns)
{
	*ns = b->ctl->sys.last.span.ns;
	return ret;
}

static int sample_hwinfo(struct bench *b, uint64_t *ns)
{
	struct smn_hw_info hw;

	return took(b, smn_hw_info_get(session(b), b->nest.dev.id, &hw), ns);
}

static int sample_vdevice(struct bench *b, uint64_t *ns)
{
	uint32_t id = 0;
	int ret = took(b, smn_vdevice_alloc(session(b), b->nest.viommu,
					    b->nest.dev.id, b->pci.rid, &id),
		       ns);

	return ret ? ret : smn_destroy(session(b), id);
}

/* --- stage 1: nothing is read through it, any address will do --- */

static int alloc_s1(struct bench *b, uint32_t *id)
{
	/* V, Cfg=s1, S1ContextPtr=0x40000000 */
	static const uint64_t ste[2] = { 0x4000000b, 0 };

	return smn_s1_alloc(session(b), b->nest.dev.id, b->nest.viommu, ste, 0,
			    id);
}

static enum status prepare_s1(struct bench *b, unsigned int n)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < n; i++)
		ret = alloc_s1(b, &b->s1[i]);
	return ret ? ctl_refused(b->ctl, ret) : CTL_OK;
}

static int sample_alloc(struct bench *b, uint64_t *ns)
{
	uint32_t id = 0;
	int ret = took(b, alloc_s1(b, &id), ns);

	return ret ? ret : smn_destroy(session(b), id);
}

/* The first sample replaces one, too. */
static enum status prepare_attach(struct bench *b)
{
	enum status status = prepare_s1(b, 2);
	int ret;

	if (status)
		return status;
	b->turn = 0;
	ret = smn_device_attach(session(b), &b->nest.dev, b->s1[0]);
	return ret ? ctl_refused(b->ctl, ret) : CTL_OK;
}

static int sample_attach(struct bench *b, uint64_t *ns)
{
	b->turn = !b->turn;
	return took(b, smn_device_attach(session(b), &b->nest.dev,
					 b->s1[b->turn]), ns);
}

static enum status prepare_detach(struct bench *b)
{
	return prepare_s1(b, 1);
}

static int sample_detach(struct bench *b, uint64_t *ns)
{
	int ret = smn_device_attach(session(b), &b->nest.dev, b->s1[0]);

	return ret ? ret :
		took(b, smn_device_detach(session(b), &b->nest.dev), ns);
}

/* --- batches --- */

/* What the tables call illegal would be refused, or worse. */
static enum status check(struct bench *b, smn_feats feats)
{
	struct smn_violations bad;
	struct smn_why cause;

	for (unsigned int i = 0; i < b->cmds[0].n; i++) {
		const uint64_t cmd[2] = { b->cmds[0].v[i], b->cmds[1].v[i] };

		if (!smn_rules_cmd(cmd, feats, &bad))
			continue;
		smn_why_set(&cause, "--cmd number %u: %.200s; nothing was sent",
			    i + 1, bad.v[0].why.text);
		return ctl_no(b->ctl, CTL_USAGE, bad.v[0].id, &cause,
			      &(struct smn_why){ "smmunest-ctl inval --force "
						 "sends it all the same" });
	}
	return CTL_OK;
}

static enum status prepare_inval(struct bench *b)
{
	const uint64_t most = bench_most(b, BENCH_BATCH);
	struct smn_hw_info hw;
	int ret = smn_hw_info_get(session(b), b->nest.dev.id, &hw);

	if (ret)
		return ctl_refused(b->ctl, ret);
	for (uint64_t i = 0; i < most; i++)
		for (unsigned int w = 0; w < 2; w++)
			b->batch[i][w] = b->cmds[w].v[i % b->cmds[w].n];
	return check(b, hw.feats);
}

static int sample_inval(struct bench *b, uint64_t *ns)
{
	uint32_t handled;

	return took(b, smn_hwpt_invalidate(session(b), b->nest.viommu,
					   (const uint64_t (*)[2])b->batch,
					   b->size, &handled), ns);
}

/* --- mappings: of an IOAS that has a stage 2, so that pages are pinned --- */

static int map(struct bench *b)
{
	return smn_ioas_map(session(b), b->nest.ioas, b->memory, b->size,
			    BENCH_MAP_IOVA);
}

static int unmap(struct bench *b)
{
	return smn_ioas_unmap(session(b), b->nest.ioas, BENCH_MAP_IOVA,
			      b->size);
}

static int sample_map(struct bench *b, uint64_t *ns)
{
	int ret = took(b, map(b), ns);

	return ret ? ret : unmap(b);
}

static int sample_unmap(struct bench *b, uint64_t *ns)
{
	int ret = map(b);

	return ret ? ret : took(b, unmap(b), ns);
}

const struct bench_row bench_rows[] = {
	{ "hwinfo", BENCH_ONE, SMN_UPTO_DEVICE, .sample = sample_hwinfo },
	{ "vdevice", BENCH_ONE, SMN_UPTO_VIOMMU, .sample = sample_vdevice },
	{ "alloc", BENCH_ONE, SMN_UPTO_VDEVICE, .sample = sample_alloc },
	{ "attach", BENCH_ONE, SMN_UPTO_VDEVICE, .prepare = prepare_attach,
	  .sample = sample_attach },
	{ "detach", BENCH_ONE, SMN_UPTO_VDEVICE, .prepare = prepare_detach,
	  .sample = sample_detach },
	{ "inval", BENCH_BATCH, SMN_UPTO_VDEVICE, .prepare = prepare_inval,
	  .sample = sample_inval },
	{ "map", BENCH_BYTES, SMN_UPTO_S2, .sample = sample_map },
	{ "unmap", BENCH_BYTES, SMN_UPTO_S2, .sample = sample_unmap },
	{ "dma", .bed = true, .prepare = bench_prepare_transfer,
	  .sample = bench_sample_dma },
	{ "msi", .bed = true, .prepare = bench_prepare_msi,
	  .sample = bench_sample_msi },
	{ "event", .bed = true, .prepare = bench_prepare_transfer,
	  .sample = bench_sample_event },
};

const unsigned int bench_nrows = SMN_ARRAY_SIZE(bench_rows);

_Static_assert(SMN_ARRAY_SIZE(bench_rows) <= BENCH_NROWS_MAX,
	       "BENCH_NROWS_MAX");
