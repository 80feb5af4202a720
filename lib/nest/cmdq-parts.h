/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of cmdq.h's work know of each other. */
#ifndef SMN_NEST_CMDQ_PARTS_H
#define SMN_NEST_CMDQ_PARTS_H

#include "nest/cmdq.h"

/* One opcode; all zeroes where there is no such command. */
struct smn_cmdq_op {
	const struct smn_layout *layout;
	const struct smn_field *sid, *range;
	uint8_t fate;
	bool atc;		/* waits for a device, and is never repeated */
	uint64_t known[2];	/* bits that a guest may set */
	/* false: the queue has ended */
	bool (*emulate)(struct smn_cmdq *q, const uint64_t *cmd, uint64_t at);
};

/* Ends the queue at entry @at. Returns false. */
bool smn_cmdq_end_at(struct smn_cmdq *q, uint64_t at, enum smn_cmdq_end end,
		     enum smn_cerror e);

/* Send what is collected; entry @at is the first after it. */
bool smn_cmdq_flush(struct smn_cmdq *q, uint64_t at);

/*
 * Entry @at is about the streams that are @sid but for the bits of @mask: those
 * of the VM's get the STE that memory holds now.
 */
bool smn_cmdq_streams(struct smn_cmdq *q, uint64_t at, uint32_t sid,
		      uint32_t mask);

/* The next entry to be read is in that slot. 0 or -errno. */
int smn_cmdq_seek(struct smn_cmdq *q, uint64_t slot);

#endif
