// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An NVMe SSD's interrupts. Vector 0 is the admin queue's. Each further one
 * gets a pair of I/O queues, and what is put there is a Flush of namespace 0:
 * there is none of that number, so that the controller refuses it, and its
 * completion raises the vector. Nothing that is stored is read or written.
 */
#include <errno.h>

#include "dma/nvme.h"
#include "smmunest.h"

/* admin commands, and what goes with them */
enum {
	CREATE_SQ = 1, CREATE_CQ = 5, SET_FEATURES = 9,
	NUMBER_OF_QUEUES = 7,
	CONTIGUOUS = 1, INTERRUPTS = 2,
	FLUSH = 0,		/* of an I/O queue */
};

/* How many pairs of I/O queues the controller lets us have, @n at most. */
static int ask_for(struct smn_dma *d, unsigned int n)
{
	const struct smn_nvme_command command = {
		.dw0 = SET_FEATURES, .cdw10 = NUMBER_OF_QUEUES,
		.cdw11 = (n - 1) << 16 | (n - 1),
	};
	uint32_t result, sqs, cqs;
	int ret = smn_nvme_admin(d, command, &result);

	if (ret)
		return ret;
	sqs = (result & 0xffff) + 1;
	cqs = (result >> 16) + 1;
	cqs = cqs < sqs ? cqs : sqs;
	return cqs < n ? cqs : n;
}

/* Completions of queue @q raise vector @q. */
static int create(struct smn_dma *d, unsigned int q)
{
	const uint32_t size = (SMN_NVME_ENTRIES - 1) << 16;
	const struct smn_nvme_command cq = {
		.dw0 = CREATE_CQ, .cdw10 = size | q,
		.cdw11 = q << 16 | INTERRUPTS | CONTIGUOUS,
		.prp1 = smn_dma_iova(d, smn_nvme_completions(q)),
	};
	const struct smn_nvme_command sq = {
		.dw0 = CREATE_SQ, .cdw10 = size | q,
		.cdw11 = q << 16 | CONTIGUOUS,
		.prp1 = smn_dma_iova(d, smn_nvme_commands(q)),
	};
	int ret;

	smn_nvme_begin(d, q);
	ret = smn_nvme_admin(d, cq, NULL);
	return ret ? ret : smn_nvme_admin(d, sq, NULL);
}

/*
 * How many queues there may be is to be said once, before the first is made:
 * the controller starts anew.
 */
int smn_nvme_vectors(struct smn_dma *d, unsigned int n)
{
	unsigned int q;
	int ret = d->source->stop(d);

	if (!ret && n > 1)
		ret = ask_for(d, n - 1);
	if (ret < 0)
		return ret;
	for (q = 1; q < 1 + (unsigned int)ret; q++) {
		int err = create(d, q);

		if (err)
			return err;
		d->nvme.queues = q + 1;
	}
	return q;
}

int smn_nvme_msi(struct smn_dma *d, unsigned int vector)
{
	struct smn_nvme_queue *queue = &d->nvme.queue[vector];
	struct smn_nvme_command *commands =
		smn_dma_mem(d, smn_nvme_commands(vector));
	struct smn_nvme_completion c;

	if (!vector)
		return smn_nvme_identify(d, smn_dma_iova(d, SMN_NVME_DATA));
	if (vector >= d->nvme.queues) {
		smn_why_set(&d->says, "no queue has this vector");
		return -ENXIO;
	}
	commands[queue->tail] = (struct smn_nvme_command){
		.dw0 = FLUSH | (uint32_t)++d->nvme.cid << 16,
	};
	return smn_nvme_ring(d, vector, &c);
}
