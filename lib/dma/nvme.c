// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any NVMe SSD, by its admin queue and the command Identify, which changes
 * nothing. A read is the fetch of a command: the page is the queue, and the
 * completion names the command that was found there. A write is Identify's
 * data, compared with what the same command wrote to the working area.
 */
#include <errno.h>
#include <string.h>

#include <linux/vfio.h>

#include "dma/source.h"
#include "smmunest.h"

enum {
	CAP = 0x00, CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28,
	ACQ = 0x30, DOORBELLS = 0x1000,
	CC_ON = 0x00460001,	/* entries of 64 and 16 bytes, 4K pages */
	CSTS_RDY = 1, CSTS_CFS = 2,
	ENTRIES = 64,		/* of both queues: a page of commands */
	IDENTIFY = 6, CONTROLLER = 1,
	COMMAND_MS = 2000, READY_MS = 20000,
};

/* the working area */
enum {
	QUEUE = 0, COMPLETIONS = SMN_DMA_PAGE, DATA = 2 * SMN_DMA_PAGE,
	REFERENCE = 3 * SMN_DMA_PAGE,
};

_Static_assert(SMN_DMA_TIMES < ENTRIES, "more than the queue holds");

#define NOWHERE (~0ULL)		/* it takes commands from */

struct command {
	uint32_t dw0, nsid, dw2, dw3;
	uint64_t mptr, prp1, prp2;
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

_Static_assert(sizeof(struct command) * ENTRIES == SMN_DMA_PAGE, "a page");

/* Of a completion entry, in order: what tells its command, and its end. */
struct completion {
	uint32_t dw0, dw1, queue, cid_status;
};

/* --- on and off --- */

static int get(struct smn_dma *d, uint32_t reg, uint64_t *v)
{
	return smn_bar_read(d->s, &d->bar, reg, 4, v);
}

static int put(struct smn_dma *d, uint32_t reg, uint32_t v)
{
	return smn_bar_write(d->s, &d->bar, reg, 4, v);
}

static int disable(struct smn_dma *d)
{
	int ret = put(d, CC, 0);

	d->nvme.asq = NOWHERE;
	return ret ? ret :
		smn_dma_await(d, CSTS, CSTS_RDY, 0, d->nvme.ready_ms);
}

static int nvme_open(struct smn_dma *d)
{
	struct smn_dma_nvme *n = &d->nvme;
	uint64_t low, high;
	int ret = get(d, CAP, &low);

	if (!ret)
		ret = get(d, CAP + 4, &high);
	if (ret)
		return ret;
	/* MPSMIN: pages of 4K; MQES counts from 0 */
	if (low == ~0u || (high >> 16 & 0xf) || (low & 0xffff) < ENTRIES - 1)
		return -ENODEV;
	*n = (struct smn_dma_nvme){ .stride = 4u << (high & 0xf) };
	n->ready_ms = (low >> 24 & 0xff) * 500;
	if (!n->ready_ms || n->ready_ms > READY_MS)
		n->ready_ms = READY_MS;
	return disable(d);
}

/* Commands come from @asq from now on, its first entry first. */
static int enable(struct smn_dma *d, uint64_t asq)
{
	struct smn_dma_nvme *n = &d->nvme;
	int ret = disable(d);

	memset(smn_dma_mem(d, COMPLETIONS), 0, SMN_DMA_PAGE);
	if (!ret)
		ret = put(d, AQA, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	if (!ret)
		ret = smn_bar_write(d->s, &d->bar, ASQ, 8, asq);
	if (!ret)
		ret = smn_bar_write(d->s, &d->bar, ACQ, 8,
				    smn_dma_iova(d, COMPLETIONS));
	if (!ret)
		ret = put(d, CC, CC_ON);
	if (!ret)
		ret = smn_dma_await(d, CSTS, CSTS_RDY, CSTS_RDY, n->ready_ms);
	if (ret)
		return ret == -ETIMEDOUT ?
			smn_dma_hangs(d, "it does not become ready") : ret;
	n->asq = asq;
	n->tail = n->head = 0;
	n->phase = 1;
	return 0;
}

/* --- one command --- */

static bool has_completed(const struct smn_dma *d, struct completion *c)
{
	const volatile struct completion *at =
		smn_dma_mem(d, COMPLETIONS + d->nvme.head * sizeof(*c));

	c->cid_status = at->cid_status;
	/* what the device wrote before is read after */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (c->cid_status >> 16 & 1) == d->nvme.phase;
}

/* The controller gives up when a queue cannot be reached. */
static int is_fatal(struct smn_dma *d)
{
	uint64_t csts;
	int ret = get(d, CSTS, &csts);

	if (ret || !(csts & CSTS_CFS))
		return ret;
	smn_why_set(&d->says, "the controller gave up (CSTS.CFS): it could "
		    "not reach a queue%s", csts == ~0u ?
		    ", or is gone" : "");
	d->nvme.asq = NOWHERE;
	return -EIO;
}

static int await(struct smn_dma *d, struct completion *c)
{
	uint64_t end = smn_sys_now(d->s->sys) + COMMAND_MS * 1000000ULL;

	for (;;) {
		bool late = smn_sys_now(d->s->sys) >= end;
		int ret;

		if (has_completed(d, c))
			return 0;
		ret = is_fatal(d);
		if (ret)
			return ret;
		if (late)
			return smn_dma_hangs(d, "a command did not end within "
						"2 s");
		ret = smn_sys_poll(d->s->sys, NULL, 0, 1);
		if (ret < 0 && ret != -EINTR)
			return ret;
	}
}

/* The completion is taken: its place may be used again. */
static int advance(struct smn_dma *d)
{
	struct smn_dma_nvme *n = &d->nvme;

	n->head = (n->head + 1) % ENTRIES;
	if (!n->head)
		n->phase = !n->phase;
	return put(d, DOORBELLS + n->stride, n->head);
}

/* Have the next command fetched, and wait for its completion. */
static int ring(struct smn_dma *d, struct completion *c)
{
	struct smn_dma_nvme *n = &d->nvme;
	int ret;

	n->tail = (n->tail + 1) % ENTRIES;
	ret = put(d, DOORBELLS, n->tail);
	if (!ret)
		ret = await(d, c);
	return ret ? ret : advance(d);
}

static struct command identify(uint16_t cid, uint64_t to)
{
	return (struct command){
		.dw0 = IDENTIFY | (uint32_t)cid << 16, .prp1 = to,
		.cdw10 = CONTROLLER,
	};
}

static int status_of(struct smn_dma *d, const struct completion *c)
{
	unsigned int status = c->cid_status >> 17;

	if (!status)
		return 0;
	smn_why_set(&d->says, "the command ended with status type %u, code "
		    "%#x%s", status >> 8 & 7, status & 0xff,
		    (status & 0x7ff) == 4 ? ": Data Transfer Error" : "");
	return -EIO;
}

/* Commands come from the working area. */
static int use_queue(struct smn_dma *d)
{
	uint64_t queue = smn_dma_iova(d, QUEUE);

	return d->nvme.asq == queue ? 0 : enable(d, queue);
}

/* Identify's data goes to @to. */
static int run(struct smn_dma *d, uint64_t to)
{
	struct smn_dma_nvme *n = &d->nvme;
	struct command *queue = smn_dma_mem(d, QUEUE);
	struct completion c;
	int ret = use_queue(d);

	if (ret)
		return ret;
	queue[n->tail] = identify(++n->cid, to);
	ret = ring(d, &c);
	return ret ? ret : status_of(d, &c);
}

static bool is_zero(const void *p)
{
	static const uint8_t zero[SMN_DMA_PAGE];

	return !memcmp(p, zero, sizeof(zero));
}

static int nvme_write(struct smn_dma *d, uint64_t iova, uint16_t tag)
{
	int ret = 0;

	(void)tag;
	if (is_zero(smn_dma_mem(d, REFERENCE)))
		ret = run(d, smn_dma_iova(d, REFERENCE));
	return ret ? ret : run(d, iova);
}

static int nvme_begin(struct smn_dma *d, uint64_t iova, uint16_t tag,
		      unsigned int times)
{
	struct smn_dma_nvme *n = &d->nvme;
	struct command *queue = smn_dma_mem(d, QUEUE);
	int ret = use_queue(d);

	(void)tag;
	if (ret)
		return ret;
	for (n->pending = 0; n->pending < times; n->pending++) {
		queue[n->tail] = identify(++n->cid, iova);
		n->tail = (n->tail + 1) % ENTRIES;
	}
	return put(d, DOORBELLS, n->tail);
}

static int nvme_busy(struct smn_dma *d)
{
	struct smn_dma_nvme *n = &d->nvme;
	struct completion c;
	int ret = 0;

	while (!ret && n->pending && has_completed(d, &c)) {
		n->pending--;
		ret = advance(d);
	}
	if (!ret && n->pending)
		ret = is_fatal(d);
	if (ret)
		n->pending = 0;
	return ret ? ret : n->pending != 0;
}

static bool nvme_wrote(const struct smn_dma *d, const void *page, uint16_t tag)
{
	const void *reference = smn_dma_mem(d, REFERENCE);

	(void)tag;
	return !is_zero(reference) && !memcmp(page, reference, SMN_DMA_PAGE);
}

static void nvme_put_tag(const struct smn_dma *d, void *page, uint16_t tag)
{
	struct command *queue = page;

	for (int i = 0; i < ENTRIES; i++)
		queue[i] = identify(tag, smn_dma_iova(d, DATA));
}

static int nvme_read(struct smn_dma *d, uint64_t iova, uint16_t *seen)
{
	struct completion c;
	int ret = d->nvme.asq == iova ? 0 : enable(d, iova);

	if (!ret)
		ret = ring(d, &c);
	/* the status is that of a command, which was read in any case */
	if (!ret)
		*seen = c.cid_status;
	return ret;
}

static int nvme_msi(struct smn_dma *d, unsigned int vector)
{
	(void)vector;
	return run(d, smn_dma_iova(d, DATA));
}

const struct smn_dma_source smn_dma_nvme = {
	.name = "nvme", .doc = "an NVMe SSD, asked who it is",
	.class = 0x010802, .class_mask = 0xffffff,
	.reads = true, .writes = true, .tells = true,
	.bytes = SMN_DMA_PAGE, .align = SMN_DMA_PAGE, .bits = 64,
	.irq_index = VFIO_PCI_MSIX_IRQ_INDEX, .nvectors = 1,
	.ms = READY_MS,
	.open = nvme_open, .write = nvme_write, .wrote = nvme_wrote,
	.put_tag = nvme_put_tag, .read = nvme_read, .msi = nvme_msi,
	.begin = nvme_begin, .busy = nvme_busy, .stop = disable,
};
