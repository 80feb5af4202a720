// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An NVMe controller with an admin queue and Identify; nothing is stored in it.
 * As QEMU's: a queue that cannot be reached is fatal, data that cannot is a
 * command's status.
 */
#include <string.h>

#include "sys/gadget.h"

enum {
	CAP = 0x00, VS = 0x08, CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28,
	ACQ = 0x30, SQ_TAIL = 0x1000, CQ_HEAD = 0x1004,
	CC_EN = 1, CSTS_RDY = 1, CSTS_CFS = 2,
	IDENTIFY = 6, IDENTIFY_BYTES = 4096,
	/* with "do not retry" */
	BAD_OPCODE = 0x4001, BAD_FIELD = 0x4002, BAD_TRANSFER = 0x4004,
};

/* 2048 entries at most, 7.5 s, contiguous queues, the command set of NVM */
#define CAP_VALUE 0x200f0107ffULL

struct nvme {
	uint32_t cc, csts, aqa, tail, head, cq_tail, cq_head;
	uint64_t asq, acq;
	bool phase;
};

struct sqe {
	uint32_t dw0, nsid, dw2, dw3;
	uint64_t mptr, prp1, prp2;
	uint32_t cdw10, rest[5];
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

static bool complete(struct smn_gadget *g, const struct sqe *sqe,
		     unsigned int status)
{
	struct nvme *n = smn_gadget_state(g);
	uint32_t entries = (n->aqa >> 16 & 0xfff) + 1;
	struct cqe cqe = {
		.sq_head = n->head,
		.cid_status = sqe->dw0 >> 16 | n->phase << 16 | status << 17,
	};

	if (!smn_gadget_dma(g, n->acq + n->cq_tail * sizeof(cqe), &cqe,
			    sizeof(cqe), true))
		return false;
	n->cq_tail = (n->cq_tail + 1) % entries;
	if (!n->cq_tail)
		n->phase = !n->phase;
	smn_gadget_irq(g, 0);
	return true;
}

/* One command; false when the controller cannot go on. */
static bool one(struct smn_gadget *g)
{
	struct nvme *n = smn_gadget_state(g);
	uint32_t entries = (n->aqa & 0xfff) + 1;
	struct sqe sqe;

	if (!smn_gadget_dma(g, n->asq + n->head * sizeof(sqe), &sqe,
			    sizeof(sqe), false))
		return false;
	n->head = (n->head + 1) % entries;
	return complete(g, &sqe, (sqe.dw0 & 0xff) == IDENTIFY ?
			identify(g, &sqe) : BAD_OPCODE);
}

static void ring(struct smn_gadget *g, uint32_t tail)
{
	struct nvme *n = smn_gadget_state(g);

	if (!(n->csts & CSTS_RDY) || n->csts & CSTS_CFS ||
	    tail > (n->aqa & 0xfff) || smn_gadget_hangs(g))
		return;
	n->tail = tail;
	while (n->head != n->tail)
		if (!one(g)) {
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
	n->tail = n->head = n->cq_tail = n->cq_head = 0;
	n->phase = true;
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
	else if (at == SQ_TAIL && bytes == 4)
		ring(g, value);
	else if (at == CQ_HEAD && bytes == 4)
		n->cq_head = value;
}

const struct smn_gadget_kind smn_gadget_nvme = {
	.class = 0x010802, .bar0 = 0x4000, .config = 4096,
	.msix = 65, .resets = true, .state = sizeof(struct nvme),
	.read = nvme_read, .write = nvme_write,
};
