// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rows of `bench` in which the device itself takes part: a DMA, an MSI and
 * an event, on the test bed that `dma` and `msi` prove things on. A sample that
 * did not do what its row is about ends the row.
 */
#include <errno.h>
#include <string.h>

#include "bench.h"

enum { EVENT_MS = 1000, QUIET_MS = 20 };

static enum status absent(struct bench *b, const char *why)
{
	struct smn_why cause;

	smn_why_set(&cause, "%s: %.200s", b->row->name, why);
	return ctl_no(b->ctl, CTL_SKIPPED, "bench.source", &cause,
		      &(struct smn_why){ "smmunest-ctl bench on a device that "
					 "smmunest-ctl dma can drive" });
}

/* An errno of a call, or what the device said. */
static enum status refused(struct bench *b, int err)
{
	struct smn_why why;

	if (b->ctl->sys.failed.err == err)
		return ctl_refused(b->ctl, err);
	smn_why_set(&why, "%s cannot be used: %s %.160s",
		    b->bed.setup.dma.source->name, smn_errno_name(err),
		    smn_dma_says(&b->bed.dma));
	return absent(b, why.text);
}

enum status bench_bed_open(struct bench *b)
{
	struct smn_bed_setup setup = {
		.pci = &b->pci,
		.plan = { .cdev = b->pci.cdev, .vsid = b->pci.rid },
		.dma = { .source = smn_dma_of(&b->pci) },
	};
	struct smn_why why;
	int ret;

	if (!setup.dma.source->writes)
		return absent(b, "nothing is known about this device that "
			      "would make it move memory");
	smn_layout_assign(&smn_vste, setup.plan.ste, "V=1", NULL);
	smn_layout_assign(&smn_vste, setup.plan.ste, "Cfg=s1", NULL);
	b->ctl->sys.failed.err = 0;
	ret = smn_bed_build(&b->ctl->session, &setup, &b->bed, &why);
	b->nest = b->bed.nest;
	if (ret && why.text[0])
		return absent(b, why.text);
	return ret ? refused(b, ret) : CTL_OK;
}

void bench_bed_close(struct bench *b)
{
	if (b->bed.log.sys)
		smn_kmsg_close(&b->bed.log);
	b->bed.log.sys = NULL;
}

static uint64_t now(struct bench *b)
{
	return smn_sys_now(&b->ctl->sys);
}

/* --- dma: one write through both stages, until the device is done --- */

/* Its context descriptor is new to the SMMU. */
enum status bench_prepare_transfer(struct bench *b)
{
	int ret = smn_bed_announce(&b->bed);

	return ret ? refused(b, ret) : CTL_OK;
}

int bench_sample_dma(struct bench *b, uint64_t *ns)
{
	void *page = b->bed.at[SMN_PLACE_A].mem;
	uint16_t tag = ++b->turn % UINT16_MAX + 1;
	uint64_t start;
	int ret;

	memset(page, 0, SMN_DMA_PAGE);
	start = now(b);
	ret = smn_dma_write(&b->bed.dma, b->bed.x, tag);
	*ns = now(b) - start;
	if (ret || smn_dma_wrote(&b->bed.dma, page, tag))
		return ret;
	smn_why_set(&b->why, "a write of the device did not arrive");
	return -ENODATA;
}

/* --- event: from the DMA that faults until the vEVENTQ's reader has it --- */

/* The queue may tell first that it has lost some. */
static int hear(struct bench *b)
{
	struct smn_vevent e = { .lost = true };
	int ret = 0;

	while (!ret && e.lost)
		ret = smn_vevents_next(&b->bed.events, EVENT_MS, &e);
	if (ret == -ETIMEDOUT)
		smn_why_set(&b->why, "no event came of a DMA that faults");
	return ret;
}

/* One transfer can fault more than once: its further events are no sample. */
int bench_sample_event(struct bench *b, uint64_t *ns)
{
	int ret = smn_proof_prepare(&b->bed);
	uint64_t start = now(b);

	if (!ret)
		ret = smn_dma_write(&b->bed.dma, b->bed.hole, 1);
	if (!ret || ret == -EIO)
		ret = hear(b);
	*ns = now(b) - start;
	if (!ret)
		ret = smn_vevents_drain(&b->bed.events, QUIET_MS);
	return ret < 0 ? ret : 0;
}

/* --- msi: from asking the device until its eventfd tells --- */

enum status bench_prepare_msi(struct bench *b)
{
	struct smn_why why;
	int ret;

	b->ctl->sys.failed.err = 0;
	ret = smn_msi_prove(&b->bed, &b->msi, &why);
	if (ret == -EOPNOTSUPP && why.text[0])
		return absent(b, why.text);
	if (ret)
		return refused(b, ret);
	return b->msi.ok ? CTL_OK : absent(b, b->msi.why.text);
}

int bench_sample_msi(struct bench *b, uint64_t *ns)
{
	struct smn_proof_ring ring;
	int ret = smn_msi_again(&b->bed, &b->msi, 0, &ring);

	*ns = ring.ns;
	if (ret || ring.ok)
		return ret;
	smn_why_set(&b->why, "an MSI did not arrive: %.160s", ring.says.text);
	return -ENODATA;
}
