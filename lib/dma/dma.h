/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that can be told to do one DMA, behind one small interface. Comes
 * with smmunest.h. What every source keeps to:
 *
 *  - A transfer is over when the call returns: the device touches nothing
 *    afterwards, whatever was returned. It touches no other address than the
 *    one it was given and the working area, which it may use at any time from
 *    smn_dma_open() on, so that has to be translated rightly throughout.
 *  - Nothing waits longer than source->ms. A device that hangs is reset, and
 *    can be used again if that succeeded.
 *  - 0 means done as far as the device knows. edu cannot see a fault: only
 *    memory tells. What a device could see, it says: -EIO and smn_dma_says().
 *  - A page (SMN_DMA_PAGE bytes) that a read may meet, rightly or by a mistake
 *    of the translation, holds a tag or zeroes; one that a write may meet is
 *    zeroed before. Tags tell pages apart; they are not 0.
 *  - No source alters what a device stores, or reads it: nvme is told Identify,
 *    to make queues, and to flush no namespace at all, which it refuses.
 *  - What was changed about the device is put back by the session's stack. A
 *    struct smn_dma therefore lives as long as its session.
 */
#ifndef SMN_DMA_DMA_H
#define SMN_DMA_DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/field.h"

struct smn_device;
struct smn_pci;
struct smn_session;

#define SMN_DMA_PAGE 4096
#define SMN_DMA_SPACE 0xa000	/* bytes of working area that suffice for all */
#define SMN_DMA_VECTORS 4	/* the most that a source sends */
#define SMN_DMA_COMMAND 256	/* of a command line, its 0 included */

/* Memory of this process that the device sees at @iova, page-aligned both. */
struct smn_dma_space {
	void *mem;
	uint64_t iova;
	size_t bytes;		/* SMN_DMA_SPACE or more */
};

/* One transfer, as somebody is asked to do it. */
struct smn_dma_ask {
	uint64_t iova;
	uint32_t bytes;		/* what has to be moved at least */
	bool write;		/* from the device to memory */
	uint32_t pattern;	/* a write: these 4 bytes, little-endian */
};

struct smn_dma;

/* What a source is and can; the table is smn_dma_sources. */
struct smn_dma_source {
	const char *name, *doc;
	/* the PCI devices it drives; all 0: none by itself */
	uint16_t vendor, device;
	uint32_t class, class_mask;
	bool reads, writes;	/* what it can be asked for */
	/* -EIO when a read was refused; perhaps when a write was: QEMU's nvme
	 * says that all is well. edu cannot know. */
	bool tells;
	bool write_tags;	/* a write carries its tag */
	bool external;		/* somebody else drives the device */
	uint32_t bytes;		/* moved by a transfer */
	uint32_t align;		/* of an IOVA, a power of two */
	uint8_t bits;		/* of an IOVA, if the caller knows no better */
	/* the MSIs it can send by itself: VFIO's index of them, how many */
	uint32_t irq_index, nvectors;
	uint32_t ms;		/* the longest wait; external: by default */

	/* --- for dma.c: NULL where there is nothing to do --- */
	int (*open)(struct smn_dma *d);
	int (*write)(struct smn_dma *d, uint64_t iova, uint16_t tag);
	bool (*wrote)(const struct smn_dma *d, const void *page, uint16_t tag);
	void (*put_tag)(const struct smn_dma *d, void *page, uint16_t tag);
	int (*read)(struct smn_dma *d, uint64_t iova, uint16_t *seen);
	int (*vectors)(struct smn_dma *d, unsigned int n);
	int (*msi)(struct smn_dma *d, unsigned int vector);
	/* start writing, and is it at it still: 1, 0 or -errno */
	int (*begin)(struct smn_dma *d, uint64_t iova, uint16_t tag,
		     unsigned int times);
	int (*busy)(struct smn_dma *d);
	int (*stop)(struct smn_dma *d);	/* no DMA any more */
};

/* edu, nvme, testdev, manual, exec, none: in this order, NULL ends it. */
extern const struct smn_dma_source *const smn_dma_sources[];

/* The one that moves nothing. */
extern const struct smn_dma_source smn_dma_none;

/* The source that drives such a device by itself; "none" if there is none. */
const struct smn_dma_source *smn_dma_of(const struct smn_pci *pci);

/*
 * The source called @name; "exec:CMD" is exec, and *command then points to
 * CMD, else it is NULL. NULL: there is no such source, or exec has no CMD.
 */
const struct smn_dma_source *smn_dma_named(const char *name,
					   const char **command);

struct smn_dma_setup {
	const struct smn_dma_source *source;
	struct smn_dma_space space;
	uint8_t bits;		/* of an IOVA; 0: source->bits */
	uint32_t ms;		/* external sources' longest wait; 0: theirs */
	const char *command;	/* exec: run by sh -c */
	/*
	 * manual: have the transfer done, and for a read fill *seen with the
	 * first 4 bytes that the device got (0: it got none). 0 or -errno,
	 * which the transfer then returns. The caller bounds its waiting.
	 */
	int (*ask)(void *ctx, const struct smn_dma_ask *ask, uint32_t *seen);
	void *ask_ctx;
};

/* Registers of a device; smn_bar_open() fills it in. */
struct smn_bar {
	int fd;
	uint64_t at, size;
};

struct smn_dma {
	struct smn_dma_setup setup;
	const struct smn_dma_source *source;
	struct smn_session *s;
	int fd;				/* the device's */
	struct smn_bar bar;
	struct smn_why says;		/* smn_dma_says() */
	int reset;			/* what a reset returned last */
	union {
		struct smn_dma_edu {
			uint32_t slot;	/* of its buffer: used by reads */
			bool blank;	/* the slots from there on are */
		} edu;
		struct smn_dma_nvme {
			uint64_t asq;	/* where it takes commands from */
			struct smn_nvme_queue {
				uint32_t tail, head, phase;
			} queue[SMN_DMA_VECTORS];	/* a vector each */
			uint32_t queues;	/* that there are */
			uint32_t stride;	/* of doorbells */
			uint16_t cid;
			uint32_t pending;	/* begun, not completed */
			uint32_t ready_ms;
		} nvme;
	};
};

/*
 * Make the device ready: memory decoding and bus mastering on, where the tool
 * drives it itself. It starts no transfer that the translation could refuse.
 * -EINVAL: the working area is too small, not page-aligned, or beyond what the
 * device can address, exec lacks its command, manual its ask(); -ENODEV: it is
 * another device than its ID says, or has no registers; -ETIMEDOUT: it does
 * not become ready; otherwise as smn_bar_open(), smn_device_master().
 */
int smn_dma_open(struct smn_session *s, const struct smn_device *dev,
		 const struct smn_dma_setup *setup, struct smn_dma *d);

/*
 * -EINVAL: not aligned to source->align; -ERANGE: beyond the device's bits.
 * All transfers return these as well.
 */
int smn_dma_check(const struct smn_dma *d, uint64_t iova);

/*
 * The device writes to @iova what smn_dma_wrote() recognises.
 * -EOPNOTSUPP: it cannot; -EIO: it says that it could not; -ETIMEDOUT: it did
 * not end and was reset (d->reset: 0, or why that failed).
 */
int smn_dma_write(struct smn_dma *d, uint64_t iova, uint16_t tag);

/*
 * Did that write land in @page, which was zeroed before? Of a source without
 * write_tags any tag is the same. @page is what @iova stands for.
 */
bool smn_dma_wrote(const struct smn_dma *d, const void *page, uint16_t tag);

/* Prepare @page, SMN_DMA_PAGE bytes at a multiple of that, to be read. */
void smn_dma_put_tag(const struct smn_dma *d, void *page, uint16_t tag);

/*
 * The device reads at @iova; *seen is the tag it found there, 0: it got none.
 * Errors as smn_dma_write(); -ENODATA: exec did not say what was read. *seen
 * is set on success alone.
 */
int smn_dma_read(struct smn_dma *d, uint64_t iova, uint16_t *seen);

/*
 * Make the device ready to send the MSIs of vectors 0 to @n - 1, which takes
 * transfers: how many of those it can. Errors as smn_dma_write(). Any other
 * transfer may undo it but for vector 0.
 */
int smn_dma_vectors(struct smn_dma *d, unsigned int n);

/*
 * The device sends the MSI of @vector, which smn_irq_arm() has armed at
 * source->irq_index. It is on its way when this returns: wait for it on the
 * eventfd. nvme sends that of vector 0 at the end of each of its transfers,
 * too: empty the eventfd before. -ENXIO: smn_dma_vectors() has not made it
 * ready for that vector; other errors as smn_dma_write().
 */
int smn_dma_msi(struct smn_dma *d, unsigned int vector);

/*
 * Have the device write to @iova, as smn_dma_write() does, and return at once:
 * something may happen to it then, while it is at it. A fast one does it
 * @times, up to SMN_DMA_TIMES, if it has a queue. smn_dma_end() comes before
 * anything else is asked of it, and before memory is looked at.
 * -EOPNOTSUPP: it cannot; otherwise as smn_dma_write().
 */
#define SMN_DMA_TIMES 32
int smn_dma_begin(struct smn_dma *d, uint64_t iova, uint16_t tag,
		  unsigned int times);

/* Is it at it still? 1 or 0; -EIO: it gave up, and smn_dma_says() why. */
int smn_dma_busy(struct smn_dma *d);

/* Wait for the end. 0; -EIO: it gave up; -ETIMEDOUT: as smn_dma_write(). */
int smn_dma_end(struct smn_dma *d);

/*
 * No DMA any more, before the session's stack would say so: for who is to close
 * the device. Errors as smn_bar_write().
 */
int smn_dma_close(struct smn_dma *d);

/* What is known about the last transfer's failure: a sentence, or "". */
const char *smn_dma_says(const struct smn_dma *d);

/* --- for sources --- */

/* The 4 bytes that stand for a tag, and the tag of 4 bytes: 0 if of none. */
uint32_t smn_dma_pattern(uint16_t tag);
uint16_t smn_dma_tag(uint32_t pattern);

/* The device hangs: stop and reset it. Returns -ETIMEDOUT. */
int smn_dma_hangs(struct smn_dma *d, const char *what);

/*
 * Ask @look again each millisecond while it says 1, for @ms at most and then
 * once more: what it said, or -ETIMEDOUT.
 */
int smn_dma_poll(struct smn_dma *d, uint32_t ms,
		 int (*look)(struct smn_dma *d, void *ctx), void *ctx);

/*
 * Wait until (register & mask) == value, at most @ms. 0, -ETIMEDOUT, or what
 * reading said. The register has 4 bytes.
 */
int smn_dma_await(struct smn_dma *d, uint32_t reg, uint32_t mask,
		  uint32_t value, uint32_t ms);

/* The bytes of the working area from @offset on, and where the device sees
 * them. */
void *smn_dma_mem(const struct smn_dma *d, size_t offset);
uint64_t smn_dma_iova(const struct smn_dma *d, size_t offset);

#endif
