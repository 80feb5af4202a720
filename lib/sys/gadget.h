/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model's devices: configuration space and registers that do something. A
 * device that nothing is known of has an identity and no registers. DMA and
 * interrupts go through the model's SMMU.
 */
#ifndef SMN_SYS_GADGET_H
#define SMN_SYS_GADGET_H

#include "sys/model.h"

struct smn_gadget;

/*
 * What answers for @dev from now on; its regions and interrupts become known.
 * Free it before the world. 0 or -ENOMEM.
 */
int smn_gadget_new(struct smn_pdev *dev, uint16_t vendor, uint16_t device,
		   uint32_t class);
void smn_gadget_free(struct smn_gadget *g);

/* It was opened, or reset: as it is after power came on, no bus master. */
void smn_gadget_reset(struct smn_gadget *g);

/*
 * Read or write bytes of a region; @offset is one of the device's file, where
 * the rows of READ_REGION and WRITE_REGION found nothing wrong. How many.
 */
ssize_t smn_gadget_access(struct smn_gadget *g, struct smn_model *m,
			  uint64_t offset, void *buf, size_t len, bool write);

/* For tests: it stops answering, until it is reset. */
void smn_gadget_hang(struct smn_gadget *g);

/* --- the bus: model-bus.c --- */

/* A DMA of the device: how many bytes went through, in order. */
ssize_t smn_model_transfer(struct smn_model *m, const struct smn_pdev *dev,
			   uint64_t iova, void *buf, size_t len, bool write);

/* Its MSI: a write to the doorbell at @iova, for the eventfd @fd. */
void smn_model_ring(struct smn_model *m, const struct smn_pdev *dev,
		    uint64_t iova, int fd);

/* As read(2) of an eventfd that never blocks. */
ssize_t smn_eventfd_read(struct smn_file *f, void *buf, size_t len);

/* As poll(2) with no time at all: which of them can be read now? */
int smn_world_poll(const struct smn_world *w, struct pollfd *fds,
		   unsigned int n);

/* --- for the kinds of device --- */

struct smn_gadget_kind {
	/* by which it is known: its numbers, or its class */
	uint16_t vendor, device;
	uint32_t class;
	uint64_t bar0, config;		/* bytes of them */
	uint16_t msi, msix;		/* vectors; one of them, or none */
	bool resets;
	size_t state;			/* bytes of it, zeroed by a reset */
	uint64_t (*read)(struct smn_gadget *g, uint64_t at,
			 unsigned int bytes);
	void (*write)(struct smn_gadget *g, uint64_t at, unsigned int bytes,
		      uint64_t value);
};

extern const struct smn_gadget_kind smn_gadget_edu, smn_gadget_nvme;

void *smn_gadget_state(struct smn_gadget *g);
bool smn_gadget_hangs(const struct smn_gadget *g);

/* Did every byte go through? */
bool smn_gadget_dma(struct smn_gadget *g, uint64_t iova, void *buf, size_t len,
		    bool write);

/* Send the MSI of @vector, if that is armed. */
void smn_gadget_irq(struct smn_gadget *g, uint32_t vector);

#endif
