// SPDX-License-Identifier: GPL-2.0-or-later
/* The model's devices: what all of them have in common. See gadget.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/gadget.h"

/* offsets and bits of configuration space that are not only stored */
enum {
	COMMAND = 4, COMMAND_MEMORY = 2, COMMAND_MASTER = 4,
	COMMAND_ALL = 0x0546,
	STATUS = 6, STATUS_CAPS = 0x10,
	CLASS = 8, BAR0 = 0x10, CAPS = 0x34, CAP = 0x40, PIN = 0x3d,
	CAP_MSI = 5, CAP_MSIX = 0x11,
	MSI_64BIT = 0x80, CONFIG_STORED = 256,
};

#define DOORBELL 0x08000040	/* GITS_TRANSLATER, where Linux puts it */

struct smn_gadget {
	const struct smn_gadget_kind *kind;
	struct smn_pdev *dev;
	struct smn_model *model;	/* during an access */
	uint16_t id[2];
	uint32_t class;
	bool hangs;
	uint8_t config[CONFIG_STORED];
	_Alignas(8) uint8_t state[];
};

/* Registers of which nobody knows what they do: as of a device that is gone. */
static uint64_t read_unknown(struct smn_gadget *g, uint64_t at,
			     unsigned int bytes)
{
	(void)g;
	(void)at;
	(void)bytes;
	return ~0ULL;
}

static void write_unknown(struct smn_gadget *g, uint64_t at,
			  unsigned int bytes, uint64_t value)
{
	(void)g;
	(void)at;
	(void)bytes;
	(void)value;
}

static const struct smn_gadget_kind unknown = {
	.config = 256, .read = read_unknown, .write = write_unknown,
};
static const struct smn_gadget_kind *const kinds[] = {
	&smn_gadget_edu, &smn_gadget_nvme, &unknown,
};

static const struct smn_gadget_kind *kind_of(uint16_t vendor, uint16_t device,
					     uint32_t class)
{
	size_t i = 0;

	while (kinds[i] != &unknown &&
	       (kinds[i]->class ? kinds[i]->class != class :
		kinds[i]->vendor != vendor || kinds[i]->device != device))
		i++;
	return kinds[i];
}

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = v;
	at[1] = v >> 8;
}

static uint16_t get16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

static void tell(struct smn_vfio *v, const struct smn_gadget_kind *kind)
{
	for (unsigned int i = 0; i < SMN_PCI_REGIONS; i++)
		v->regions[i].known = true;
	for (unsigned int i = 0; i < SMN_PCI_IRQS; i++)
		v->irqs[i].known = true;
	v->regions[0].n = kind->bar0;
	v->regions[7].n = kind->config;
	v->irqs[0].n = kind->msi || kind->msix;	/* they have a pin, too */
	v->irqs[1].n = kind->msi;
	v->irqs[2].n = kind->msix;
	v->irqs[3].n = v->irqs[4].n = 1;
}

int smn_gadget_new(struct smn_pdev *dev, uint16_t vendor, uint16_t device,
		   uint32_t class)
{
	const struct smn_gadget_kind *kind = kind_of(vendor, device, class);
	struct smn_gadget *g = calloc(1, sizeof(*g) + kind->state);

	if (!g)
		return -ENOMEM;
	g->kind = kind;
	g->dev = dev;
	g->id[0] = vendor;
	g->id[1] = device;
	g->class = class;
	dev->gadget = g;
	dev->facts.is[SMN_FACT_NO_RESET] = smn_truth_of(!kind->resets);
	tell(&dev->vfio, kind);
	smn_gadget_reset(g);
	return 0;
}

void smn_gadget_free(struct smn_gadget *g)
{
	free(g);
}

void smn_gadget_reset(struct smn_gadget *g)
{
	const struct smn_gadget_kind *kind = g->kind;
	uint8_t *c = g->config;

	memset(c, 0, sizeof(g->config));
	memset(g->state, 0, kind->state);
	g->hangs = false;
	g->dev->vfio.decodes = SMN_YES;
	put16(c, g->id[0]);
	put16(c + 2, g->id[1]);
	put16(c + COMMAND, COMMAND_MEMORY);
	put16(c + CLASS, g->class << 8);
	put16(c + CLASS + 2, g->class >> 8);
	put16(c + BAR0 + 2, kind->bar0 ? 0x1000 : 0);
	if (!kind->msi && !kind->msix)
		return;
	c[PIN] = 1;
	put16(c + STATUS, STATUS_CAPS);
	c[CAPS] = CAP;
	c[CAP] = kind->msix ? CAP_MSIX : CAP_MSI;
	put16(c + CAP + 2, kind->msix ? kind->msix - 1 : MSI_64BIT);
}

void smn_gadget_hang(struct smn_gadget *g)
{
	g->hangs = true;
}

bool smn_gadget_hangs(const struct smn_gadget *g)
{
	return g->hangs;
}

void *smn_gadget_state(struct smn_gadget *g)
{
	return g->state;
}

/* --- regions --- */

/* Of what a program may write, the command register alone does something. */
static void write_config(struct smn_gadget *g, uint64_t at, const uint8_t *buf,
			 size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint64_t byte = at + i;

		if (byte == COMMAND || byte == COMMAND + 1)
			g->config[byte] = buf[i] &
				COMMAND_ALL >> 8 * (byte - COMMAND);
	}
}

static void read_config(const struct smn_gadget *g, uint64_t at, uint8_t *buf,
			size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = at + i < CONFIG_STORED ? g->config[at + i] : 0;
}

/* In aligned pieces of up to 8 bytes, as vfio-pci does it. */
static void access_bar(struct smn_gadget *g, uint64_t at, uint8_t *buf,
		       size_t len, bool write)
{
	while (len) {
		unsigned int n = 8;
		uint64_t v = 0;

		while (n > len || at % n)
			n /= 2;
		memcpy(&v, buf, n);
		if (write)
			g->kind->write(g, at, n, v);
		else
			v = g->kind->read(g, at, n);
		memcpy(buf, &v, n);
		at += n;
		buf += n;
		len -= n;
	}
}

ssize_t smn_gadget_access(struct smn_gadget *g, struct smn_model *m,
			  uint64_t offset, void *buf, size_t len, bool write)
{
	uint32_t index = offset >> SMN_REGION_SHIFT;
	uint64_t at = offset & ((1ULL << SMN_REGION_SHIFT) - 1);
	uint64_t left = g->dev->vfio.regions[index].n - at;
	uint64_t copy[8];

	len = len < left ? len : left;
	len = len < sizeof(copy) ? len : sizeof(copy);
	memcpy(copy, buf, len);
	g->model = m;
	if (index)
		write ? write_config(g, at, buf, len) :
			read_config(g, at, buf, len);
	else
		access_bar(g, at, (uint8_t *)(write ? copy : buf), len, write);
	g->model = NULL;
	return len;
}

/* --- what devices do --- */

static bool is_master(const struct smn_gadget *g)
{
	return get16(g->config + COMMAND) & COMMAND_MASTER;
}

bool smn_gadget_dma(struct smn_gadget *g, uint64_t iova, void *buf, size_t len,
		    bool write)
{
	if (!is_master(g))
		return false;
	return smn_model_transfer(g->model, g->dev, iova, buf, len, write) ==
		(ssize_t)len;
}

void smn_gadget_irq(struct smn_gadget *g, uint32_t vector)
{
	const struct smn_vfio *v = &g->dev->vfio;
	const struct smn_irq *irq = v->armed;

	while (irq && irq->vector != vector)
		irq = irq->next;
	if (irq && v->used > 1 && is_master(g))
		smn_model_ring(g->model, g->dev, DOORBELL, irq->fd);
}
