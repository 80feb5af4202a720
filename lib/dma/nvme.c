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

#include "dma/nvme.h"
#include "smmunest.h"

enum {
	CAP = 0x00, CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28,
	ACQ = 0x30, DOORBELLS = 0x1000,
	CC_ON = 0x00460001,	/* entries of 64 and 16 bytes, 4K pages */
	CSTS_RDY = 1, CSTS_CFS = 2,
	IDENTIFY = 6, CONTROLLER = 1,
	COMMAND_MS = 2000, READY_MS = 20000,
};

#define ADMIN SMN_NVME_ADMIN
#define ENTRIES SMN_NVME_ENTRIES
#define NOWHERE (~0ULL)		/* it takes commands from */

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
	d->nvme.queues = 0;
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

	smn_nvme_begin(d, ADMIN);
	if (!ret)
		ret = put(d, AQA, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	if (!ret)
		ret = smn_bar_write(d->s, &d->bar, ASQ, 8, asq);
	if (!ret)
		ret = smn_bar_write(d->s, &d->bar, ACQ, 8, smn_dma_iova(d,
				    smn_nvme_completions(ADMIN)));
	if (!ret)
		ret = put(d, CC, CC_ON);
	if (!ret)
		ret = smn_dma_await(d, CSTS, CSTS_RDY, CSTS_RDY, n->ready_ms);
	if (ret)
		return ret == -ETIMEDOUT ?
			smn_dma_hangs(d, "it does not become ready") : ret;
	n->asq = asq;
	n->queues = 1;
	return 0;
}

/* --- one command --- */

static bool has_completed(const struct smn_dma *d, unsigned int q,
			  struct smn_nvme_completion *c)
{
	const volatile struct smn_nvme_completion *at =
		smn_dma_mem(d, smn_nvme_completions(q) +
			    d->nvme.queue[q].head * sizeof(*c));

	c->cid_status = at->cid_status;
	/* what the device wrote before is read after */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	c->dw0 = at->dw0;
	return (c->cid_status >> 16 & 1) == d->nvme.queue[q].phase;
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

struct awaited {
	unsigned int queue;
	struct smn_nvme_completion *c;
};

static int is_under_way(struct smn_dma *d, void *ctx)
{
	const struct awaited *a = ctx;
	int ret;

	if (has_completed(d, a->queue, a->c))
		return 0;
	ret = is_fatal(d);
	return ret ? ret : 1;
}

static int await(struct smn_dma *d, unsigned int q,
		 struct smn_nvme_completion *c)
{
	struct awaited a = { q, c };
	int ret = smn_dma_poll(d, COMMAND_MS, is_under_way, &a);

	return ret == -ETIMEDOUT ?
		smn_dma_hangs(d, "a command did not end within 2 s") : ret;
}

static int doorbell(struct smn_dma *d, unsigned int n, uint32_t value)
{
	return put(d, DOORBELLS + n * d->nvme.stride, value);
}

/* The completion is taken: its place may be used again. */
static int advance(struct smn_dma *d, unsigned int q)
{
	struct smn_nvme_queue *queue = &d->nvme.queue[q];

	queue->head = (queue->head + 1) % ENTRIES;
	if (!queue->head)
		queue->phase = !queue->phase;
	return doorbell(d, 2 * q + 1, queue->head);
}

int smn_nvme_ring(struct smn_dma *d, unsigned int q,
		  struct smn_nvme_completion *c)
{
	struct smn_nvme_queue *queue = &d->nvme.queue[q];
	int ret;

	queue->tail = (queue->tail + 1) % ENTRIES;
	ret = doorbell(d, 2 * q, queue->tail);
	if (!ret)
		ret = await(d, q, c);
	return ret ? ret : advance(d, q);
}

void smn_nvme_begin(struct smn_dma *d, unsigned int q)
{
	memset(smn_dma_mem(d, smn_nvme_completions(q)), 0, SMN_DMA_PAGE);
	d->nvme.queue[q] = (struct smn_nvme_queue){ .phase = 1 };
}

static struct smn_nvme_command identify(uint16_t cid, uint64_t to)
{
	return (struct smn_nvme_command){
		.dw0 = IDENTIFY | (uint32_t)cid << 16, .prp1 = to,
		.cdw10 = CONTROLLER,
	};
}

static int status_of(struct smn_dma *d, const struct smn_nvme_completion *c)
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
	uint64_t queue = smn_dma_iova(d, smn_nvme_commands(ADMIN));

	return d->nvme.asq == queue ? 0 : enable(d, queue);
}

int smn_nvme_admin(struct smn_dma *d, struct smn_nvme_command command,
		   uint32_t *result)
{
	struct smn_nvme_command *queue =
		smn_dma_mem(d, smn_nvme_commands(ADMIN));
	struct smn_nvme_completion c;
	int ret = use_queue(d);

	if (ret)
		return ret;
	command.dw0 |= (uint32_t)++d->nvme.cid << 16;
	queue[d->nvme.queue[ADMIN].tail] = command;
	ret = smn_nvme_ring(d, ADMIN, &c);
	if (!ret)
		ret = status_of(d, &c);
	if (!ret && result)
		*result = c.dw0;
	return ret;
}

int smn_nvme_identify(struct smn_dma *d, uint64_t to)
{
	return smn_nvme_admin(d, identify(0, to), NULL);
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
	if (is_zero(smn_dma_mem(d, SMN_NVME_REFERENCE)))
		ret = smn_nvme_identify(d,
					smn_dma_iova(d, SMN_NVME_REFERENCE));
	return ret ? ret : smn_nvme_identify(d, iova);
}

static int nvme_begin(struct smn_dma *d, uint64_t iova, uint16_t tag,
		      unsigned int times)
{
	struct smn_dma_nvme *n = &d->nvme;
	struct smn_nvme_command *queue =
		smn_dma_mem(d, smn_nvme_commands(ADMIN));
	uint32_t *tail = &n->queue[ADMIN].tail;
	int ret = use_queue(d);

	(void)tag;
	if (ret)
		return ret;
	for (n->pending = 0; n->pending < times; n->pending++) {
		queue[*tail] = identify(++n->cid, iova);
		*tail = (*tail + 1) % ENTRIES;
	}
	return doorbell(d, 2 * ADMIN, *tail);
}

static int nvme_busy(struct smn_dma *d)
{
	struct smn_dma_nvme *n = &d->nvme;
	struct smn_nvme_completion c;
	int ret = 0;

	while (!ret && n->pending && has_completed(d, ADMIN, &c)) {
		n->pending--;
		ret = advance(d, ADMIN);
	}
	if (!ret && n->pending)
		ret = is_fatal(d);
	if (ret)
		n->pending = 0;
	return ret ? ret : n->pending != 0;
}

static bool nvme_wrote(const struct smn_dma *d, const void *page, uint16_t tag)
{
	const void *reference = smn_dma_mem(d, SMN_NVME_REFERENCE);

	(void)tag;
	return !is_zero(reference) && !memcmp(page, reference, SMN_DMA_PAGE);
}

static void nvme_put_tag(const struct smn_dma *d, void *page, uint16_t tag)
{
	struct smn_nvme_command *queue = page;

	for (int i = 0; i < ENTRIES; i++)
		queue[i] = identify(tag, smn_dma_iova(d, SMN_NVME_DATA));
}

static int nvme_read(struct smn_dma *d, uint64_t iova, uint16_t *seen)
{
	struct smn_nvme_completion c;
	int ret = d->nvme.asq == iova ? 0 : enable(d, iova);

	if (!ret)
		ret = smn_nvme_ring(d, ADMIN, &c);
	/* the status is that of a command, which was read in any case */
	if (!ret)
		*seen = c.cid_status;
	return ret;
}

const struct smn_dma_source smn_dma_nvme = {
	.name = "nvme", .doc = "an NVMe SSD, asked who it is",
	.class = 0x010802, .class_mask = 0xffffff,
	.reads = true, .writes = true, .tells = true,
	.bytes = SMN_DMA_PAGE, .align = SMN_DMA_PAGE, .bits = 64,
	.irq_index = VFIO_PCI_MSIX_IRQ_INDEX, .nvectors = SMN_DMA_VECTORS,
	.ms = READY_MS,
	.open = nvme_open, .write = nvme_write, .wrote = nvme_wrote,
	.put_tag = nvme_put_tag, .read = nvme_read,
	.vectors = smn_nvme_vectors, .msi = smn_nvme_msi,
	.begin = nvme_begin, .busy = nvme_busy, .stop = disable,
};
