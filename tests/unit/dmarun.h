/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA and MSI of a device, through stage 2 alone and through both stages: the
 * same cases for the model (tests/unit/dma.c) and for a real kernel
 * (tests/guest/dma.c). No address here is RAM of the emulated machine.
 */
#ifndef DMARUN_H
#define DMARUN_H

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <linux/vfio.h>

#include "smmunest.h"
#include "tap.h"

enum {
	IPA_LOW = 0x01000000,	/* within edu's 28 bits */
	WORK = 0, TARGET = SMN_DMA_SPACE, OTHER = TARGET + SMN_DMA_PAGE,
	PLAIN_BYTES = OTHER + SMN_DMA_PAGE,
	HOLE = IPA_LOW + 0x100000,
	DOORBELL = 0x08000000, DOORBELL_PAGES = 16,
	/* of the VM's memory at IPA_HIGH: work area, target, tables */
	TABLES = PLAIN_BYTES, VM_BYTES = 0x40000,
	VSID = 0x42,
};

#define IPA_HIGH 0x4000000000ULL

struct dmarun {
	struct tap *tap;
	struct smn_sys *sys;
	struct smn_session s;
	struct smn_device dev;
	const struct smn_dma_source *source;
	struct smn_dma dma;
	const char *stages;
	int many;		/* how often to repeat what should not wear */
	unsigned char *mem;	/* of the device, at IPA_LOW, by offset */
};

static inline bool dr_ok(struct dmarun *r, bool ok, const char *what, int ret)
{
	return tap_ok(r->tap, ok, "%s, %s: %s (%d %s)", r->source->name,
		      r->stages, what, ret, smn_dma_says(&r->dma));
}

static inline void *dr_page(struct dmarun *r, uint32_t offset)
{
	return r->mem + offset;
}

static inline void dr_clear(struct dmarun *r)
{
	memset(dr_page(r, TARGET), 0, SMN_DMA_PAGE);
	memset(dr_page(r, OTHER), 0, SMN_DMA_PAGE);
}

static inline void dr_write(struct dmarun *r)
{
	int ret;

	dr_clear(r);
	ret = smn_dma_write(&r->dma, IPA_LOW + TARGET, 7);
	dr_ok(r, !ret, "a write ends", ret);
	dr_ok(r, smn_dma_wrote(&r->dma, dr_page(r, TARGET), 7),
	      "it is in its page", 0);
	dr_ok(r, !smn_dma_wrote(&r->dma, dr_page(r, OTHER), 7),
	      "it is in no other page", 0);
	if (r->source->write_tags)
		dr_ok(r, !smn_dma_wrote(&r->dma, dr_page(r, TARGET), 8),
		      "another tag is not in its page", 0);
	ret = smn_dma_write(&r->dma, IPA_LOW + OTHER, 9);
	dr_ok(r, !ret && smn_dma_wrote(&r->dma, dr_page(r, OTHER), 9),
	      "a second write goes to its own page", ret);
}

static inline void dr_read(struct dmarun *r)
{
	uint16_t seen = 0xffff;
	int ret;

	smn_dma_put_tag(&r->dma, dr_page(r, TARGET), 11);
	smn_dma_put_tag(&r->dma, dr_page(r, OTHER), 12);
	ret = smn_dma_read(&r->dma, IPA_LOW + TARGET, &seen);
	dr_ok(r, !ret && seen == 11, "a read sees the page's tag", ret);
	ret = smn_dma_read(&r->dma, IPA_LOW + OTHER, &seen);
	dr_ok(r, !ret && seen == 12, "another page's, too", ret);
	dr_clear(r);
	ret = smn_dma_read(&r->dma, IPA_LOW + OTHER, &seen);
	dr_ok(r, !ret && seen == 0, "a page without a tag is none", ret);
}

/* More than any queue or buffer of a device holds. */
static inline void dr_many(struct dmarun *r, int n)
{
	uint16_t seen = 0;
	int bad = 0, ret = 0;

	for (int i = 1; i <= n && !ret; i++) {
		dr_clear(r);
		ret = smn_dma_write(&r->dma, IPA_LOW + TARGET, i);
		bad += !smn_dma_wrote(&r->dma, dr_page(r, TARGET), i);
		smn_dma_put_tag(&r->dma, dr_page(r, OTHER), n + i);
		if (!ret)
			ret = smn_dma_read(&r->dma, IPA_LOW + OTHER, &seen);
		bad += seen != n + i;
	}
	dr_ok(r, !ret && !bad, "many writes and reads in turn", ret);
	for (int i = 1; i <= n && !ret; i++) {
		smn_dma_put_tag(&r->dma, dr_page(r, OTHER), i);
		ret = smn_dma_read(&r->dma, IPA_LOW + OTHER, &seen);
		bad += seen != i;
	}
	dr_ok(r, !ret && !bad, "many reads in a row", ret);
	for (int i = 1; i <= n && !ret; i++) {
		dr_clear(r);
		ret = smn_dma_write(&r->dma, IPA_LOW + TARGET, i);
		bad += !smn_dma_wrote(&r->dma, dr_page(r, TARGET), i);
	}
	dr_ok(r, !ret && !bad, "many writes in a row", ret);
}

static inline void dr_hole(struct dmarun *r)
{
	uint16_t seen = 0;
	int ret = smn_dma_write(&r->dma, HOLE, 7);

	/* QEMU's nvme does not look whether its data went through */
	dr_ok(r, !ret || (r->source->tells && ret == -EIO),
	      "a write into a hole", ret);
	ret = smn_dma_read(&r->dma, HOLE, &seen);
	dr_ok(r, ret == (r->source->tells ? -EIO : 0) && !seen,
	      "a read of a hole", ret);
	dr_write(r);
	smn_dma_put_tag(&r->dma, dr_page(r, TARGET), 13);
	ret = smn_dma_read(&r->dma, IPA_LOW + TARGET, &seen);
	dr_ok(r, !ret && seen == 13, "it works again after holes", ret);
}

static inline void dr_master(struct dmarun *r)
{
	size_t mark = smn_session_mark(&r->s);
	int ret = smn_device_master(&r->s, &r->dev, false);

	dr_ok(r, !ret, "bus mastering goes off", ret);
	dr_ok(r, smn_session_mark(&r->s) == mark,
	      "what was there is remembered once", 0);
	dr_clear(r);
	ret = smn_dma_write(&r->dma, IPA_LOW + TARGET, 21);
	dr_ok(r, !smn_dma_wrote(&r->dma, dr_page(r, TARGET), 21),
	      "nothing is written", ret);
	dr_ok(r, r->source->tells ? ret != 0 : !ret, "what it says", ret);
	ret = smn_device_master(&r->s, &r->dev, true);
	if (!ret)
		ret = smn_dma_write(&r->dma, IPA_LOW + TARGET, 22);
	dr_ok(r, !ret && smn_dma_wrote(&r->dma, dr_page(r, TARGET), 22),
	      "on again, it writes", ret);
}

static inline void dr_edges(struct dmarun *r)
{
	uint16_t seen = 0;
	int ret = smn_dma_write(&r->dma, IPA_LOW + TARGET + 2, 1);

	dr_ok(r, ret == -EINVAL, "an IOVA that is not aligned", ret);
	if (r->source->bits >= 64)
		return;
	ret = smn_dma_read(&r->dma, 1ULL << r->source->bits, &seen);
	dr_ok(r, ret == -ERANGE, "an IOVA beyond its bits", ret);
}

/* What is done about a device that hangs, to one that does not. */
static inline void dr_reset(struct dmarun *r)
{
	struct smn_device_info info = { 0 };
	int ret = smn_device_info_get(&r->s, &r->dev, &info);

	dr_ok(r, !ret, "it says whether it can be reset", ret);
	ret = smn_dma_hangs(&r->dma, "a test");
	dr_ok(r, ret == -ETIMEDOUT && info.resets == !r->dma.reset,
	      "it is reset if it can be", r->dma.reset);
	dr_clear(r);
	ret = smn_dma_write(&r->dma, IPA_LOW + TARGET, 31);
	dr_ok(r, smn_dma_wrote(&r->dma, dr_page(r, TARGET), 31) ==
	      info.resets, "only then it does DMA", ret);
	ret = smn_device_master(&r->s, &r->dev, true);
	dr_ok(r, !ret, "it may again", ret);
	dr_write(r);
}

/* @arrives: does the way to the doorbell exist? */
static inline void dr_msi(struct dmarun *r, int fd, bool arrives)
{
	uint64_t n = 0;
	int ret;

	while (!smn_irq_wait(&r->s, fd, 0, &n))
		;
	ret = smn_dma_msi(&r->dma, 0);
	dr_ok(r, !ret, "it sends its MSI", ret);
	ret = smn_irq_wait(&r->s, fd, arrives ? 2000 : 200, &n);
	dr_ok(r, arrives ? !ret && n >= 1 : ret == -ETIMEDOUT,
	      arrives ? "the MSI arrives" : "no MSI arrives", ret);
	ret = smn_dma_msi(&r->dma, r->source->nvectors);
	dr_ok(r, ret == -EOPNOTSUPP, "it has no other vector", ret);
}

/* The vectors beyond the first, each by itself. */
static inline void dr_vectors(struct dmarun *r)
{
	int fd[SMN_DMA_VECTORS], all = r->source->nvectors, n, ret;
	uint64_t count;

	ret = all < 2 ? -ENXIO : smn_dma_msi(&r->dma, 1);
	dr_ok(r, ret == -ENXIO, "no other vector is ready yet", ret);
	for (int v = 1; v < all; v++)
		smn_irq_arm(&r->s, &r->dev, r->source->irq_index, v, &fd[v]);
	n = smn_dma_vectors(&r->dma, all);
	dr_ok(r, n == all, "all vectors are ready", n);
	for (int v = 1; v < n; v++) {
		ret = smn_dma_msi(&r->dma, v);
		for (int i = 1; !ret && i < n; i++)
			if (smn_irq_wait(&r->s, fd[i], i == v ? 2000 : 0,
					 &count) == (i == v ? -ETIMEDOUT : 0))
				ret = -EPROTO;
		dr_ok(r, !ret, "a further vector arrives, alone", ret);
	}
}

static inline int dr_open(struct dmarun *r)
{
	const struct smn_dma_setup setup = {
		.source = r->source,
		.space = { dr_page(r, WORK), IPA_LOW + WORK, SMN_DMA_SPACE },
	};
	int ret = smn_dma_open(&r->s, &r->dev, &setup, &r->dma);

	dr_ok(r, !ret, "the device is ready", ret);
	return ret;
}

/* What is not in use cannot be let go. */
static inline int dr_disarm(struct dmarun *r)
{
	struct smn_irq_set none = {
		.argsz = offsetof(struct smn_irq_set, fd),
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = r->source->irq_index,
	};

	return smn_sys_ioctl(r->sys, SMN_VFIO_DEVICE_SET_IRQS, r->dev.fd,
			     &none);
}

static inline void dr_close(struct dmarun *r, uint32_t before)
{
	uint32_t command = ~0u;
	int ret = smn_config_read(&r->s, &r->dev, 4, 2, &command);

	dr_ok(r, !ret && command & 4, "bus mastering was on", ret);
	/* everything but the device itself: three records, the rest above */
	ret = smn_session_unwind(&r->s, 3);
	dr_ok(r, !ret, "all is undone", ret);
	ret = dr_disarm(r);
	dr_ok(r, ret == -EINVAL, "no interrupt is left", ret);
	ret = smn_config_read(&r->s, &r->dev, 4, 2, &command);
	dr_ok(r, !ret && command == before, "the command register is back",
	      ret);
	ret = smn_session_close(&r->s);
	dr_ok(r, !ret, "the session closes", ret);
}

static inline int dr_session(struct dmarun *r, const char *cdev,
			     uint32_t *command)
{
	int ret = smn_session_open(&r->s, r->sys);

	if (!ret)
		ret = smn_device_open(&r->s, cdev, &r->dev);
	if (!ret)
		ret = smn_config_read(&r->s, &r->dev, 4, 2, command);
	return ret;
}

/* Stage 2 alone: the device is attached to the IOAS. */
static inline void dr_plain(struct dmarun *r, const char *cdev)
{
	uint32_t ioas = 0, command = 0;
	int ret, fd = -1;

	r->stages = "one stage";
	ret = dr_session(r, cdev, &command);
	r->mem = smn_sys_map(r->sys, PLAIN_BYTES);
	if (!ret)
		ret = smn_ioas_alloc(&r->s, &ioas);
	if (!ret)
		ret = smn_ioas_map(&r->s, ioas, r->mem, PLAIN_BYTES, IPA_LOW);
	/* a kernel that is asked never takes back what it allocates */
	if (!ret)
		dr_ok(r, smn_irq_arm(&r->s, &r->dev, r->source->irq_index, 0,
				     &fd) == -ENOTCONN,
		      "no MSI is armed before", 0);
	if (!ret)
		ret = smn_device_attach(&r->s, &r->dev, ioas);
	if (dr_ok(r, !ret && r->mem, "attached", ret) && !dr_open(r)) {
		dr_write(r);
		dr_read(r);
		dr_many(r, r->many);
		dr_hole(r);
		dr_master(r);
		dr_edges(r);
		dr_reset(r);
		ret = smn_irq_arm(&r->s, &r->dev, r->source->irq_index, 0,
				  &fd);
		if (dr_ok(r, !ret, "its MSI is armed", ret)) {
			dr_msi(r, fd, true);
			dr_vectors(r);
		}
	}
	dr_close(r, command);
	smn_sys_unmap(r->sys, r->mem, PLAIN_BYTES);
}

/* --- both stages --- */

struct dr_vm {
	unsigned char *mem, *decoy;
	struct smn_arena arena;
	struct smn_s1 s1;
	struct smn_cds cds;
	uint32_t ioas, s2, viommu, vdevice, veventq, hwpt;
	int events;
};

/* The VM's tables: what the device uses, page by page, and the doorbell. */
static inline int dr_tables(struct dr_vm *vm)
{
	struct smn_why why;
	int ret;

	vm->arena = (struct smn_arena){ vm->mem + TABLES, IPA_HIGH + TABLES,
					VM_BYTES - TABLES, 0 };
	ret = smn_s1_init(&vm->s1, &vm->arena, 12, 25);
	for (uint32_t at = 0; !ret && at < PLAIN_BYTES; at += SMN_DMA_PAGE)
		ret = smn_s1_map(&vm->s1, IPA_LOW + at, IPA_HIGH + at, 3,
				 SMN_S1_USUAL, &why);
	for (int i = 0; !ret && i < DOORBELL_PAGES; i++)
		ret = smn_s1_map(&vm->s1, DOORBELL + i * SMN_DMA_PAGE,
				 DOORBELL + i * SMN_DMA_PAGE, 3, SMN_S1_USUAL,
				 &why);
	if (!ret)
		ret = smn_cds_init(&vm->cds, &vm->arena, 0, 0);
	return ret ? ret : smn_cds_set(&vm->cds, 0, &vm->s1, "ASID=7", &why);
}

static inline int dr_vm_make(struct dmarun *r, struct dr_vm *vm)
{
	uint64_t ste[2] = { 0 };
	int ret = smn_ioas_alloc(&r->s, &vm->ioas);

	vm->mem = smn_sys_map(r->sys, VM_BYTES);
	vm->decoy = smn_sys_map(r->sys, PLAIN_BYTES);
	if (!vm->mem || !vm->decoy)
		return -ENOMEM;
	r->mem = vm->mem;
	if (!ret)
		ret = smn_ioas_map(&r->s, vm->ioas, vm->mem, VM_BYTES,
				   IPA_HIGH);
	if (!ret)
		ret = smn_ioas_map(&r->s, vm->ioas, vm->decoy, PLAIN_BYTES,
				   IPA_LOW);
	if (!ret)
		ret = smn_s2_alloc(&r->s, r->dev.id, vm->ioas, &vm->s2);
	if (!ret)
		ret = smn_viommu_alloc(&r->s, r->dev.id, vm->s2, &vm->viommu);
	if (!ret)
		ret = smn_veventq_alloc(&r->s, vm->viommu, 64, &vm->veventq,
					&vm->events);
	if (!ret)
		ret = smn_vdevice_alloc(&r->s, vm->viommu, r->dev.id, VSID,
					&vm->vdevice);
	if (!ret)
		ret = dr_tables(vm);
	if (ret)
		return ret;
	smn_cds_ste(&vm->cds, ste);
	ste[0] |= 1 | 5 << 1;
	ret = smn_s1_alloc(&r->s, r->dev.id, vm->viommu, ste, 0, &vm->hwpt);
	return ret ? ret : smn_device_attach(&r->s, &r->dev, vm->hwpt);
}

static inline int dr_invalidate(struct dmarun *r, const struct dr_vm *vm)
{
	uint64_t cmd[1][2];
	uint32_t handled;
	int ret = smn_cmd_parse("tlbi-nh-all", cmd[0], NULL);

	return ret ? ret : smn_hwpt_invalidate(&r->s, vm->viommu,
					       (void *)cmd, 1, &handled);
}

/* Is there an F_TRANSLATION of our vSID in the page, among what was read? */
static inline bool dr_has(const unsigned char *buf, size_t n, uint64_t page)
{
	struct { uint32_t flags, sequence; } head;
	uint64_t evt[4];

	for (size_t at = 0; at + sizeof(head) <= n;) {
		memcpy(&head, buf + at, sizeof(head));
		at += sizeof(head);
		if (head.flags & 1)	/* events were lost: no words follow */
			continue;
		memcpy(evt, buf + at, sizeof(evt));
		at += sizeof(evt);
		if ((evt[0] & 0xff) == 0x10 && evt[0] >> 32 == VSID &&
		    evt[2] / SMN_DMA_PAGE == page / SMN_DMA_PAGE)
			return true;
	}
	return false;
}

/* Read until nothing has come for a while; was the page among it? */
static inline bool dr_event(struct dmarun *r, const struct dr_vm *vm,
			    uint64_t page)
{
	struct pollfd fd = { .fd = vm->events, .events = POLLIN };
	unsigned char buf[40 * 80];
	bool found = false;

	while (smn_sys_poll(r->sys, &fd, 1, 100) > 0) {
		ssize_t n = smn_sys_read_queue(r->sys, SMN_READ_VEVENTQ,
					       vm->events, buf, sizeof(buf));

		if (n <= 0)
			break;
		found |= dr_has(buf, n, page);
	}
	return found;
}

static inline void dr_faults(struct dmarun *r, const struct dr_vm *vm)
{
	uint16_t seen;
	int ret;

	dr_event(r, vm, 0);
	ret = smn_dma_write(&r->dma, HOLE, 5);
	dr_ok(r, dr_event(r, vm, HOLE), "a write's F_TRANSLATION", ret);
	ret = smn_dma_read(&r->dma, HOLE, &seen);
	dr_ok(r, dr_event(r, vm, HOLE), "a read's F_TRANSLATION", ret);
}

static inline void dr_doorbell(struct dmarun *r, const struct dr_vm *vm)
{
	int fd = -1, level, ret;

	ret = smn_irq_arm(&r->s, &r->dev, r->source->irq_index, 0, &fd);
	if (!dr_ok(r, !ret, "its MSI is armed", ret))
		return;
	dr_msi(r, fd, true);
	for (int i = 0; i < DOORBELL_PAGES; i++)
		*smn_s1_leaf(&vm->s1, DOORBELL + i * SMN_DMA_PAGE, &level) = 0;
	ret = dr_invalidate(r, vm);
	dr_ok(r, !ret, "the doorbell is unmapped", ret);
	dr_event(r, vm, 0);
	dr_msi(r, fd, false);
	dr_ok(r, dr_event(r, vm, DOORBELL), "F_TRANSLATION at the doorbell",
	      0);
}

static inline void dr_nested(struct dmarun *r, const char *cdev)
{
	static const unsigned char zero[PLAIN_BYTES];
	struct dr_vm vm = { .events = -1 };
	uint32_t command = 0;
	int ret;

	r->stages = "both stages";
	ret = dr_session(r, cdev, &command);
	if (!ret)
		ret = dr_vm_make(r, &vm);
	if (dr_ok(r, !ret, "attached", ret) && !dr_open(r)) {
		dr_write(r);
		dr_read(r);
		dr_hole(r);
		dr_faults(r, &vm);
		dr_ok(r, !memcmp(vm.decoy, zero, PLAIN_BYTES),
		      "nothing came to where stage 1 is bypassed", 0);
		dr_doorbell(r, &vm);
	}
	dr_close(r, command);
	smn_sys_unmap(r->sys, vm.mem, VM_BYTES);
	smn_sys_unmap(r->sys, vm.decoy, PLAIN_BYTES);
}

#endif
