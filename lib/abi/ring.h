/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events that wait in a vEVENTQ: numbered, at most as many as its depth;
 * what comes then is lost, and a last header says so.
 */
#ifndef SMN_ABI_RING_H
#define SMN_ABI_RING_H

#include <stddef.h>
#include <stdint.h>

struct smn_ring;

#define SMN_RECORD 40		/* bytes of a header and an event */

/* NULL: no memory. */
struct smn_ring *smn_ring_new(uint32_t depth);
void smn_ring_free(struct smn_ring *r);

/* An event of four words comes. */
void smn_ring_put(struct smn_ring *r, const uint64_t evt[4]);

/* How many bytes the first waiting record takes: 8 for a lost-events header,
 * SMN_RECORD for an event, 0 when none waits. */
size_t smn_ring_first(const struct smn_ring *r);

/* As read(2) of the vEVENTQ does: whole records that fit, how many bytes. */
size_t smn_ring_read(struct smn_ring *r, void *buf, size_t len);

#endif
