// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's edu: copies between memory and a buffer of its own, a tenth of a
 * second each, and never learns of a fault. What a read brought is found out by
 * copying it on into the working area.
 */
#include <errno.h>
#include <string.h>

#include <linux/vfio.h>

#include "dma/source.h"
#include "smmunest.h"

enum {
	ID = 0x00, IRQ_STATUS = 0x24, IRQ_RAISE = 0x60, IRQ_ACK = 0x64,
	DMA_SRC = 0x80, DMA_DST = 0x88, DMA_COUNT = 0x90, DMA_COMMAND = 0x98,
	RUN = 1, TO_MEMORY = 2,
	BUFFER = 0x40000, MSI_BIT = 1,
	TIMEOUT_MS = 2000,
};

/*
 * The working area: what is to be copied into the buffer, and what came out.
 * The buffer: the first word is for writes; the others are slots, each for one
 * read, and blank before.
 */
enum {
	OUT = 0, BACK = SMN_DMA_PAGE,
	SLOTS = SMN_DMA_PAGE / 4,
};

#define BLANK 0x5eed0bedu	/* no tag */

static int edu_open(struct smn_dma *d)
{
	uint64_t id;
	int ret = smn_bar_read(d->s, &d->bar, ID, 4, &id);

	d->edu = (struct smn_dma_edu){ 0 };
	if (ret)
		return ret;
	return (id & 0xffff) == 0x00ed ? 0 : -ENODEV;
}

/* One copy: to memory, or else to the buffer's byte @at. */
static int start(struct smn_dma *d, uint64_t iova, uint32_t at, uint32_t bytes,
		 bool to_memory)
{
	uint64_t inside = BUFFER + at;
	const uint64_t regs[][2] = {
		{ DMA_SRC, to_memory ? inside : iova },
		{ DMA_DST, to_memory ? iova : inside },
		{ DMA_COUNT, bytes },
		{ DMA_COMMAND, RUN | (to_memory ? TO_MEMORY : 0) },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < SMN_ARRAY_SIZE(regs); i++)
		ret = smn_bar_write(d->s, &d->bar, regs[i][0], 8, regs[i][1]);
	return ret;
}

static int copy(struct smn_dma *d, uint64_t iova, uint32_t at, uint32_t bytes,
		bool to_memory)
{
	int ret = start(d, iova, at, bytes, to_memory);

	if (!ret)
		ret = smn_dma_await(d, DMA_COMMAND, RUN, 0, TIMEOUT_MS);
	return ret == -ETIMEDOUT ?
		smn_dma_hangs(d, "a copy did not end within 2 s") : ret;
}

/* The tag goes into the buffer. */
static int load(struct smn_dma *d, uint16_t tag)
{
	uint32_t *out = smn_dma_mem(d, OUT);

	*out = smn_dma_pattern(tag);
	return copy(d, smn_dma_iova(d, OUT), 0, sizeof(*out), false);
}

static int edu_write(struct smn_dma *d, uint64_t iova, uint16_t tag)
{
	int ret = load(d, tag);

	return ret ? ret : copy(d, iova, 0, sizeof(uint32_t), true);
}

static int edu_begin(struct smn_dma *d, uint64_t iova, uint16_t tag,
		     unsigned int times)
{
	int ret = load(d, tag);

	(void)times;
	return ret ? ret : start(d, iova, 0, sizeof(uint32_t), true);
}

static int edu_busy(struct smn_dma *d)
{
	uint64_t v;
	int ret = smn_bar_read(d->s, &d->bar, DMA_COMMAND, 4, &v);

	return ret ? ret : (int)(v & RUN);
}

static int blank(struct smn_dma *d)
{
	uint32_t *out = smn_dma_mem(d, OUT);

	for (int i = 0; i < SLOTS; i++)
		out[i] = BLANK;
	d->edu.slot = 1;
	d->edu.blank = true;
	return copy(d, smn_dma_iova(d, OUT), 0, SMN_DMA_PAGE, false);
}

/* The slot, and the one after it: that is blank if the buffer was. */
static int fetch(struct smn_dma *d, uint64_t iova, uint32_t back[2])
{
	volatile uint32_t *mem = smn_dma_mem(d, BACK);
	uint32_t slot = d->edu.slot;
	int ret;

	mem[0] = mem[1] = 0;
	ret = copy(d, iova, slot * 4, 4, false);
	if (!ret)
		ret = copy(d, smn_dma_iova(d, BACK), slot * 4, 8, true);
	back[0] = mem[0];
	back[1] = mem[1];
	d->edu.slot++;
	return ret;
}

static int edu_read(struct smn_dma *d, uint64_t iova, uint16_t *seen)
{
	uint32_t back[2] = { 0 };
	int ret;

	for (int tries = 0; tries < 2; tries++) {
		bool fresh = !d->edu.blank || d->edu.slot > SLOTS - 2;

		ret = fresh ? blank(d) : 0;
		if (!ret)
			ret = fetch(d, iova, back);
		if (ret)
			return ret;
		if (back[1] == BLANK || fresh)
			break;
		d->edu.blank = false;
	}
	/* what was not blank before proves nothing */
	if (back[1] != BLANK)
		d->edu.blank = false;
	*seen = back[1] == BLANK ? smn_dma_tag(back[0]) : 0;
	return 0;
}

static int edu_msi(struct smn_dma *d, unsigned int vector)
{
	int ret = smn_bar_write(d->s, &d->bar, IRQ_ACK, 4, ~0u);

	(void)vector;
	return ret ? ret : smn_bar_write(d->s, &d->bar, IRQ_RAISE, 4, MSI_BIT);
}

/* Nothing runs between calls; an interrupt may be left. */
static int edu_stop(struct smn_dma *d)
{
	return smn_bar_write(d->s, &d->bar, IRQ_ACK, 4, ~0u);
}

const struct smn_dma_source smn_dma_edu = {
	.name = "edu", .doc = "QEMU's device for teaching",
	.vendor = 0x1234, .device = 0x11e8,
	.reads = true, .writes = true, .write_tags = true,
	.bytes = 4, .align = 4, .bits = 28,
	.irq_index = VFIO_PCI_MSI_IRQ_INDEX, .nvectors = 1,
	.ms = TIMEOUT_MS,
	.open = edu_open, .write = edu_write, .read = edu_read,
	.msi = edu_msi, .begin = edu_begin, .busy = edu_busy,
	.stop = edu_stop,
};
