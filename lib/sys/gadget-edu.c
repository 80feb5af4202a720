// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's edu: a buffer of 4096 bytes that is copied to and from memory, and a
 * register that raises its MSI. It does not see whether a copy went through.
 */
#include <string.h>

#include "sys/gadget.h"

enum {
	ID = 0x00, LIVENESS = 0x04, IRQ_STATUS = 0x24, IRQ_RAISE = 0x60,
	IRQ_ACK = 0x64, DMA_SRC = 0x80, DMA_DST = 0x88, DMA_COUNT = 0x90,
	DMA_COMMAND = 0x98,
	RUN = 1, TO_MEMORY = 2, RAISE = 4,
	IDENTITY = 0x010000ed, DMA_IRQ = 0x100,
	BUFFER_AT = 0x40000, BUFFER_BYTES = 4096,
};

#define DMA_MASK ((1ULL << 28) - 1)

struct edu {
	uint32_t live, irq;
	uint64_t src, dst, count, command;
	uint8_t buffer[BUFFER_BYTES];
};

static uint64_t edu_read(struct smn_gadget *g, uint64_t at, unsigned int bytes)
{
	const struct edu *e = smn_gadget_state(g);

	if (bytes != 4 && (at < DMA_SRC || bytes != 8))
		return ~0ULL;
	switch (at) {
	case ID:
		return IDENTITY;
	case LIVENESS:
		return (uint32_t)~e->live;
	case IRQ_STATUS:
		return e->irq;
	case DMA_SRC:
		return e->src;
	case DMA_DST:
		return e->dst;
	case DMA_COUNT:
		return e->count;
	case DMA_COMMAND:
		return e->command;
	default:
		return ~0ULL;
	}
}

static void raise_irq(struct smn_gadget *g, uint32_t bits)
{
	struct edu *e = smn_gadget_state(g);

	e->irq |= bits;
	if (e->irq)
		smn_gadget_irq(g, 0);
}

static void run(struct smn_gadget *g)
{
	struct edu *e = smn_gadget_state(g);
	bool out = e->command & TO_MEMORY;
	uint64_t inside = (out ? e->src : e->dst) - BUFFER_AT;
	uint64_t iova = (out ? e->dst : e->src) & DMA_MASK;

	/* QEMU's would write over its own memory */
	if (inside >= BUFFER_BYTES || e->count > BUFFER_BYTES - inside)
		smn_gadget_hang(g);
	if (smn_gadget_hangs(g))
		return;
	smn_gadget_dma(g, iova, e->buffer + inside, e->count, out);
	e->command &= ~(uint64_t)RUN;
	if (e->command & RAISE)
		raise_irq(g, DMA_IRQ);
}

static void set_dma(struct smn_gadget *g, uint64_t at, uint64_t value)
{
	struct edu *e = smn_gadget_state(g);

	if (e->command & RUN)
		return;
	if (at == DMA_SRC)
		e->src = value;
	else if (at == DMA_DST)
		e->dst = value;
	else if (at == DMA_COUNT)
		e->count = value;
	else if (at == DMA_COMMAND)
		e->command = value;
	if (at == DMA_COMMAND && value & RUN)
		run(g);
}

static void edu_write(struct smn_gadget *g, uint64_t at, unsigned int bytes,
		      uint64_t value)
{
	struct edu *e = smn_gadget_state(g);

	if (bytes != 4 && (at < DMA_SRC || bytes != 8))
		return;
	if (at == LIVENESS)
		e->live = value;
	else if (at == IRQ_RAISE)
		raise_irq(g, value);
	else if (at == IRQ_ACK)
		e->irq &= ~(uint32_t)value;
	else
		set_dma(g, at, value);
}

const struct smn_gadget_kind smn_gadget_edu = {
	.vendor = 0x1234, .device = 0x11e8, .bar0 = 1 << 20, .config = 256,
	.msi = 1, .state = sizeof(struct edu),
	.read = edu_read, .write = edu_write,
};
