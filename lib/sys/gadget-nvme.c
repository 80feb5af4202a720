// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An NVMe controller with an admin queue, Identify, and I/O queues; nothing is
 * stored in it, for it has no namespace. As QEMU's: a queue that cannot be
 * reached is fatal, data that cannot is a command's status.
 */
#include <string.h>

#include "sys/gadget.h"

enum {
	CAP = 0x00, VS = 0x08, CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28,
	ACQ = 0x30, DOORBELLS = 0x1000,
	CC_EN = 1, CSTS_RDY = 1, CSTS_CFS = 2,
	CREATE_SQ = 1, CREATE_CQ = 5, IDENTIFY = 6, IDENTIFY_BYTES = 4096,
	SET_FEATURES = 9, NUMBER_OF_QUEUES = 7, CONTIGUOUS = 1, INTERRUPTS = 2,
	/* with "do not retry" */
	BAD_OPCODE = 0x4001, BAD_FIELD = 0x4002, BAD_TRANSFER = 0x4004,
	BAD_NAMESPACE = 0x400b, BAD_CQ = 0x4100, BAD_QUEUE = 0x4101,
	BAD_VECTOR = 0x4108,
	QUEUES = 8,		/* the admin queue is one of them */
	VECTORS = 65,
};

/* 2048 entries at most, 7.5 s, contiguous queues, the command set of NVM */
#define CAP_VALUE 0x200f0107ffULL

/* The two queues of a number; commands may complete to another's. */
struct queue {
	uint64_t sq, cq;		/* where they are; 0: nowhere */
	uint32_t sq_entries, cq_entries, tail, head, cq_tail;
	uint16_t vector, completes_to;
	bool phase, interrupts;
};

struct nvme {
	uint32_t cc, csts, aqa;
	uint64_t asq, acq;
	struct queue queue[QUEUES];
};

struct sqe {
	uint32_t dw0, nsid, dw2, dw3;
	uint64_t mptr, prp1, prp2;
	uint32_t cdw10, cdw11, rest[4];
};

struct cqe {
	uint32_t dw0, dw1;
	uint16_t sq_head, sq;
	uint32_t cid_status;
};

static uint64_t whole(const struct nvme *n, uint64_t at)
{
	switch (at) {
	case CAP:
		return CAP_VALUE;
	case VS:
		return 0x10400;
	case CC:
		return n->cc;
	case CSTS:
		return n->csts;
	case AQA:
		return n->aqa;
	case ASQ:
		return n->asq;
	case ACQ:
		return n->acq;
	default:
		return 0;
	}
}

static uint64_t nvme_read(struct smn_gadget *g, uint64_t at,
			  unsigned int bytes)
{
	const struct nvme *n = smn_gadget_state(g);

	/* the upper half of a wide register */
	if (at % 8 == 4 && bytes == 4 && (at < VS || at >= ASQ))
		return whole(n, at - 4) >> 32;
	return whole(n, at) & (bytes == 8 ? ~0ULL : (1ULL << 8 * bytes) - 1);
}

static unsigned int identify(struct smn_gadget *g, const struct sqe *sqe)
{
	uint8_t data[IDENTIFY_BYTES] = { 0x36, 0x1b, 0xf4, 0x1a };

	if (sqe->cdw10 != 1)
		return BAD_FIELD;
	memcpy(data + 4, "model               ", 20);
	memcpy(data + 24, "smmunest model NVMe controller          ", 40);
	return smn_gadget_dma(g, sqe->prp1, data, sizeof(data), true) ? 0 :
		BAD_TRANSFER;
}

/* --- queues --- */

static unsigned int create_cq(struct nvme *n, const struct sqe *sqe)
{
	uint32_t id = sqe->cdw10 & 0xffff, vector = sqe->cdw11 >> 16;

	if (!id || id >= QUEUES || n->queue[id].cq)
		return BAD_QUEUE;
	if (vector >= VECTORS)
		return BAD_VECTOR;
	if (!sqe->prp1 || sqe->prp1 & 0xfff || !(sqe->cdw11 & CONTIGUOUS))
		return BAD_FIELD;
	n->queue[id] = (struct queue){
		.cq = sqe->prp1, .cq_entries = (sqe->cdw10 >> 16) + 1,
		.vector = vector, .interrupts = sqe->cdw11 & INTERRUPTS,
		.phase = true,
	};
	return 0;
}

static unsigned int create_sq(struct nvme *n, const struct sqe *sqe)
{
	uint32_t id = sqe->cdw10 & 0xffff, cq = sqe->cdw11 >> 16;

	if (!cq || cq >= QUEUES || !n->queue[cq].cq)
		return BAD_CQ;
	if (!id || id >= QUEUES || n->queue[id].sq)
		return BAD_QUEUE;
	if (!sqe->prp1 || sqe->prp1 & 0xfff || !(sqe->cdw11 & CONTIGUOUS))
		return BAD_FIELD;
	n->queue[id].sq = sqe->prp1;
	n->queue[id].sq_entries = (sqe->cdw10 >> 16) + 1;
	n->queue[id].completes_to = cq;
	return 0;
}

static unsigned int admin(struct smn_gadget *g, const struct sqe *sqe,
			  uint32_t *result)
{
	struct nvme *n = smn_gadget_state(g);

	switch (sqe->dw0 & 0xff) {
	case IDENTIFY:
		return identify(g, sqe);
	case CREATE_CQ:
		return create_cq(n, sqe);
	case CREATE_SQ:
		return create_sq(n, sqe);
	case SET_FEATURES:
		if (sqe->cdw10 != NUMBER_OF_QUEUES)
			return BAD_FIELD;
		/* what there is beside the admin queue, counted from 0 */
		*result = (QUEUES - 2) << 16 | (QUEUES - 2);
		return 0;
	default:
		return BAD_OPCODE;
	}
}

static bool complete(struct smn_gadget *g, unsigned int id, uint16_t cid,
		     unsigned int status, uint32_t result)
{
	struct nvme *n = smn_gadget_state(g);
	struct queue *q = &n->queue[n->queue[id].completes_to];
	struct cqe cqe = {
		.dw0 = result, .sq_head = n->queue[id].head, .sq = id,
		.cid_status = cid | q->phase << 16 | status << 17,
	};

	if (!smn_gadget_dma(g, q->cq + q->cq_tail * sizeof(cqe), &cqe,
			    sizeof(cqe), true))
		return false;
	q->cq_tail = (q->cq_tail + 1) % q->cq_entries;
	if (!q->cq_tail)
		q->phase = !q->phase;
	if (q->interrupts)
		smn_gadget_irq(g, q->vector);
	return true;
}

/* One command; false when the controller cannot go on. */
static bool one(struct smn_gadget *g, unsigned int id)
{
	struct nvme *n = smn_gadget_state(g);
	struct queue *q = &n->queue[id];
	uint32_t result = 0;
	unsigned int status;
	struct sqe sqe;

	if (!smn_gadget_dma(g, q->sq + q->head * sizeof(sqe), &sqe,
			    sizeof(sqe), false))
		return false;
	q->head = (q->head + 1) % q->sq_entries;
	status = id ? BAD_NAMESPACE : admin(g, &sqe, &result);
	return complete(g, id, sqe.dw0 >> 16, status, result);
}

static void ring(struct smn_gadget *g, unsigned int id, uint32_t tail)
{
	struct nvme *n = smn_gadget_state(g);
	struct queue *q = &n->queue[id];

	if (!(n->csts & CSTS_RDY) || n->csts & CSTS_CFS || !q->sq ||
	    tail >= q->sq_entries || smn_gadget_hangs(g))
		return;
	q->tail = tail;
	while (q->head != q->tail)
		if (!one(g, id)) {
			n->csts |= CSTS_CFS;
			return;
		}
}

static void enable(struct smn_gadget *g, uint32_t cc)
{
	struct nvme *n = smn_gadget_state(g);
	bool on = cc & CC_EN && !(n->cc & CC_EN);

	n->cc = cc;
	if (smn_gadget_hangs(g))
		return;
	if (!(cc & CC_EN))
		n->csts = 0;
	if (!on)
		return;
	n->csts = CSTS_RDY;
	memset(n->queue, 0, sizeof(n->queue));
	n->queue[0] = (struct queue){
		.sq = n->asq, .sq_entries = (n->aqa & 0xfff) + 1,
		.cq = n->acq, .cq_entries = (n->aqa >> 16 & 0xfff) + 1,
		.phase = true, .interrupts = true,
	};
}

static void nvme_write(struct smn_gadget *g, uint64_t at, unsigned int bytes,
		       uint64_t value)
{
	struct nvme *n = smn_gadget_state(g);

	if (at == CC && bytes == 4)
		enable(g, value);
	else if (at == AQA && bytes == 4)
		n->aqa = value;
	else if (at == ASQ && bytes == 8)
		n->asq = value & ~0xfffULL;
	else if (at == ACQ && bytes == 8)
		n->acq = value & ~0xfffULL;
	/* the others are heads of completion queues, which never fill up */
	else if (at >= DOORBELLS && at % 8 == 0 && bytes == 4 &&
		 (at - DOORBELLS) / 8 < QUEUES)
		ring(g, (at - DOORBELLS) / 8, value);
}

const struct smn_gadget_kind smn_gadget_nvme = {
	.class = 0x010802, .bar0 = 0x4000, .config = 4096,
	.msix = VECTORS, .resets = true, .state = sizeof(struct nvme),
	.read = nvme_read, .write = nvme_write,
};
