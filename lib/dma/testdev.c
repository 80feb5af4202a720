// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's iommu-testdev, 11.0 and later: writes a fixed word, and knows whether
 * the SMMU let it. Its address and pci-testdev's are the same; that one has
 * another BAR.
 */
#include <errno.h>

#include "dma/source.h"
#include "smmunest.h"

enum {
	TRIGGER = 0x00, IOVA_LO = 0x04, IOVA_HI = 0x08, LENGTH = 0x0c,
	RESULT = 0x10, ARM = 0x14, ATTRS = 0x18, GPA_LO = 0x1c, GPA_HI = 0x20,
	BAR_BYTES = 4096, WORD = 0x12345678,
	NON_SECURE = 0x0a,	/* and valid */
};

static const struct {
	uint32_t result;
	int err;
	const char *says;
} results[] = {
	{ 0, 0, "" },
	/* it compares with address 0 of memory, not with what it wrote */
	{ 0xdead0004, 0, "" },
	{ 0xdead0001, -EIO, "it refuses the length" },
	{ 0xdead0002, -EIO, "its write was refused" },
	{ 0xdead0003, -EIO, "it could not read back" },
	{ 0xdead0005, -EIO, "it was not armed" },
	{ 0xdead0006, -EIO, "it refuses the attributes" },
};

static int put(struct smn_dma *d, uint32_t reg, uint32_t v)
{
	return smn_bar_write(d->s, &d->bar, reg, 4, v);
}

static int testdev_open(struct smn_dma *d)
{
	return d->bar.size == BAR_BYTES ? 0 : -ENODEV;
}

static int outcome(struct smn_dma *d, uint32_t result)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(results); i++)
		if (results[i].result == result) {
			smn_why_set(&d->says, "%s", results[i].says);
			return results[i].err;
		}
	smn_why_set(&d->says, "it ended with %#x", result);
	return -EIO;
}

/* Reading one register does it all: there is nothing to wait for. */
static int testdev_write(struct smn_dma *d, uint64_t iova, uint16_t tag)
{
	const uint32_t regs[][2] = {
		{ IOVA_LO, iova }, { IOVA_HI, iova >> 32 }, { LENGTH, 4 },
		{ GPA_LO, 0 }, { GPA_HI, 0 }, { ATTRS, NON_SECURE },
		{ ARM, 1 },
	};
	uint64_t v;
	int ret = 0;

	(void)tag;
	for (size_t i = 0; !ret && i < SMN_ARRAY_SIZE(regs); i++)
		ret = put(d, regs[i][0], regs[i][1]);
	if (!ret)
		ret = smn_bar_read(d->s, &d->bar, TRIGGER, 4, &v);
	if (!ret)
		ret = smn_bar_read(d->s, &d->bar, RESULT, 4, &v);
	if (!ret)
		ret = put(d, ARM, 0);
	return ret ? ret : outcome(d, v);
}

static bool testdev_wrote(const struct smn_dma *d, const void *page,
			  uint16_t tag)
{
	(void)d;
	(void)tag;
	return *(const uint32_t *)page == WORD;
}

const struct smn_dma_source smn_dma_testdev = {
	.name = "testdev", .doc = "QEMU's iommu-testdev, which only writes",
	.vendor = 0x1b36, .device = 0x0005,
	.class = 0x00ff00, .class_mask = 0xffff00,
	.writes = true, .tells = true,
	.bytes = 4, .align = 4, .bits = 64, .ms = 0,
	.open = testdev_open, .write = testdev_write,
	.wrote = testdev_wrote,
};
