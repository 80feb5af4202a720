/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the files of the source nvme: queues. Number 0 is the admin queue,
 * and number n has the vector n. Each is a page of commands and one of
 * completions in the working area.
 */
#ifndef SMN_DMA_NVME_H
#define SMN_DMA_NVME_H

#include "dma/source.h"

enum {
	SMN_NVME_ADMIN = 0,
	SMN_NVME_ENTRIES = 64,	/* of all queues: a page of commands */
	/* pages of the working area, before those of the queues */
	SMN_NVME_DATA = 0, SMN_NVME_REFERENCE = SMN_DMA_PAGE,
	SMN_NVME_QUEUES = 2 * SMN_DMA_PAGE,
};

struct smn_nvme_command {
	uint32_t dw0, nsid, dw2, dw3;
	uint64_t mptr, prp1, prp2;
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

/* dw0: a command's result; cid_status: whose it is, and how it ended. */
struct smn_nvme_completion {
	uint32_t dw0, dw1, queue, cid_status;
};

_Static_assert(sizeof(struct smn_nvme_command) * SMN_NVME_ENTRIES ==
	       SMN_DMA_PAGE, "a page");
_Static_assert(SMN_DMA_TIMES < SMN_NVME_ENTRIES, "more than a queue holds");
_Static_assert(SMN_NVME_QUEUES + SMN_DMA_VECTORS * 2 * SMN_DMA_PAGE ==
	       SMN_DMA_SPACE, "the working area");

static inline size_t smn_nvme_commands(unsigned int q)
{
	return SMN_NVME_QUEUES + 2 * q * SMN_DMA_PAGE;
}

static inline size_t smn_nvme_completions(unsigned int q)
{
	return smn_nvme_commands(q) + SMN_DMA_PAGE;
}

/* Both ends of queue @q are at its first entry. */
void smn_nvme_begin(struct smn_dma *d, unsigned int q);

/* Have queue @q's next command fetched, and wait for its completion. */
int smn_nvme_ring(struct smn_dma *d, unsigned int q,
		  struct smn_nvme_completion *c);

/* @command on the admin queue; -EIO: it ended with another status than 0. */
int smn_nvme_admin(struct smn_dma *d, struct smn_nvme_command command,
		   uint32_t *result);

/* Identify's data goes to @to. */
int smn_nvme_identify(struct smn_dma *d, uint64_t to);

/* --- nvme-msi.c --- */

int smn_nvme_vectors(struct smn_dma *d, unsigned int n);
int smn_nvme_msi(struct smn_dma *d, unsigned int vector);

#endif
