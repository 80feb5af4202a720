// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A VFIO PCI device's regions: what it has, and reading and writing them
 * through its file. Its interrupts are in act-irq.c.
 */
#include <inttypes.h>

#include "abi/dmabuf.h"
#include "abi/row.h"

#define BROKEN "a broken device is needed"

/* the end of what VFIO wants of its arguments */
#define END(type, member) (offsetof(struct type, member) + \
			   sizeof(((struct type *)0)->member))

#define UNBOUND(family) \
	{ family ".unbound", EINVAL, .test = smn_test_unbound, \
	  .cause = "this file of the device is not bound to an iommufd", \
	  .remedy = "VFIO_DEVICE_BIND_IOMMUFD comes first" }
#define POWER(family) \
	{ family ".power", EIO, SMN_IF(DEVICE_BROKEN), \
	  .cause = "the device cannot be woken up", \
	  .remedy = "look at the kernel log", .unreached = BROKEN }
#define SHORT(family, type, last) \
	{ family ".size", EINVAL, SMN_ON(type, argsz), \
	  SMN_TEST(below, .with = END(type, last)), \
	  .cause = "argsz is less than the kernel needs", \
	  .remedy = "set argsz to the size of the struct" }

static const struct smn_vfio *vfio_of(const struct smn_question *q)
{
	return q->dev ? &q->dev->vfio : NULL;
}

/* --- VFIO_DEVICE_GET_INFO: vfio_pci_ioctl_get_info() --- */

static int info_told(struct smn_question *q, void *out)
{
	struct vfio_device_info *info = out;

	if (!q->dev)
		return 0;
	if (q->w->answers) {
		bool resets = smn_question_fact(q, SMN_FACT_NO_RESET) !=
			SMN_YES;

		info->flags = VFIO_DEVICE_FLAGS_PCI |
			(resets ? VFIO_DEVICE_FLAGS_RESET : 0);
		info->num_regions = SMN_PCI_REGIONS;
		info->num_irqs = SMN_PCI_IRQS;
		if (info->argsz >= END(vfio_device_info, cap_offset))
			info->cap_offset = 0;
		if (info->argsz >= sizeof(*info))
			info->pad = 0;
		return 0;
	}
	q->dev->facts.is[SMN_FACT_NO_RESET] =
		smn_truth_of(!(info->flags & VFIO_DEVICE_FLAGS_RESET));
	return 0;
}

static const struct smn_row info_rows[] = {
	UNBOUND("devinfo"),
	POWER("devinfo"),
	SHORT("devinfo", vfio_device_info, num_irqs),
};

SMN_ACT(VFIO_DEVICE_GET_INFO, info_rows, .done = info_told);

/* --- VFIO_DEVICE_GET_REGION_INFO: vfio_pci_ioctl_get_region_info() --- */

/* no VGA, and no region of a vendor's own, as far as is known */
static enum smn_truth no_region(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct vfio_region_info *in = q->in;

	(void)row;
	(void)why;
	if (in->index < VFIO_PCI_VGA_REGION_INDEX)
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

/*
 * The model's devices with MSI-X have its table in BAR0, which may be mapped
 * nevertheless: that is told behind the struct, or how much room it takes.
 */
static int tell_msix(struct smn_question *q, struct vfio_region_info *info)
{
	const struct vfio_info_cap_header cap = {
		.id = VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, .version = 1,
	};

	if (info->index || !q->dev->vfio.irqs[VFIO_PCI_MSIX_IRQ_INDEX].n)
		return 0;
	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (info->argsz < sizeof(*info) + sizeof(cap)) {
		info->argsz = sizeof(*info) + sizeof(cap);
		return 0;
	}
	info->cap_offset = sizeof(*info);
	return smn_user_write(q->w, (uintptr_t)q->raw + sizeof(*info), &cap,
			      sizeof(cap));
}

static int region_told(struct smn_question *q, void *out)
{
	struct vfio_region_info *info = out;
	uint32_t index = info->index;

	if (!q->dev || index >= SMN_PCI_REGIONS)
		return 0;
	if (!q->w->answers) {
		q->dev->vfio.regions[index].known = true;
		q->dev->vfio.regions[index].n = info->size;
		return 0;
	}
	info->size = q->dev->vfio.regions[index].n;
	info->offset = (uint64_t)index << SMN_REGION_SHIFT;
	info->cap_offset = 0;
	info->flags = info->size ? VFIO_REGION_INFO_FLAG_READ |
		VFIO_REGION_INFO_FLAG_WRITE : 0;
	if (info->size && index <= VFIO_PCI_BAR5_REGION_INDEX)
		info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	return tell_msix(q, info);
}

static const struct smn_row region_info_rows[] = {
	UNBOUND("region"),
	POWER("region"),
	SHORT("region", vfio_region_info, offset),
	{ "region.index", EINVAL, SMN_ON(vfio_region_info, index),
	  .test = no_region,
	  .cause = "the device has no region of that index",
	  .remedy = "choose BAR0 to BAR5, ROM or CONFIG" },
};

SMN_ACT(VFIO_DEVICE_GET_REGION_INFO, region_info_rows, .done = region_told);

/* --- VFIO_DEVICE_RESET: vfio_pci_ioctl_reset() --- */

/* While it lasts there are no registers. */
static int was_reset(struct smn_question *q, void *out)
{
	(void)out;
	if (!q->dev)
		return 0;
	smn_dmabuf_revoke(q->w, q->dev);
	if (q->dev->vfio.decodes != SMN_NO)
		smn_dmabuf_allow(q->w, q->dev);
	return 0;
}

static const struct smn_row reset_rows[] = {
	UNBOUND("reset"),
	POWER("reset"),
	{ "reset.none", EINVAL, SMN_IF(NO_RESET),
	  .cause = "the device has no way to be reset alone",
	  .remedy = "put it behind a port of its own, or take it from "
		    "vfio-pci and give it back" },
	{ "reset.locked", EAGAIN, SMN_IF(RESETTING),
	  .cause = "somebody else holds the device's lock, for another reset "
		   "perhaps",
	  .remedy = "try again",
	  .unreached = "it lasts for an instant" },
	{ "reset.failed", ENOTTY, .test = smn_test_elsewhere,
	  .cause = "none of the device's resets worked",
	  .remedy = "look at the kernel log", .unreached = BROKEN },
};

SMN_ACT(VFIO_DEVICE_RESET, reset_rows, .done = was_reset);

/* --- reading and writing: vfio_pci_rw() --- */

struct place {
	uint32_t index;
	uint64_t at, length;
};

static struct place place_of(const struct smn_question *q)
{
	const struct smn_file_arg *in = q->in;

	return (struct place){
		.index = in->offset >> SMN_REGION_SHIFT,
		.at = in->offset & ((1ULL << SMN_REGION_SHIFT) - 1),
		.length = in->length,
	};
}

static enum smn_truth not_there(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct smn_vfio *v = vfio_of(q);
	struct place p = place_of(q);

	(void)row;
	if (p.index >= SMN_PCI_REGIONS)
		return q->w->answers ? SMN_YES : SMN_UNKNOWN;
	if (!v || !v->regions[p.index].known)
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "region %" PRIu32 " of the device is empty",
			    p.index);
	return smn_truth_of(!v->regions[p.index].n);
}

/* a region of registers is cut at its end, configuration is not */
static enum smn_truth beyond(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	const struct smn_vfio *v = vfio_of(q);
	struct place p = place_of(q);
	bool config = p.index == VFIO_PCI_CONFIG_REGION_INDEX;
	uint64_t size;

	if (config != !!row->with)
		return SMN_NO;
	if (!v || p.index >= SMN_PCI_REGIONS || !v->regions[p.index].known)
		return SMN_UNKNOWN;
	size = v->regions[p.index].n;
	if (why)
		smn_why_set(why, "region %" PRIu32 " has %#" PRIx64 " bytes, "
			    "and %#" PRIx64 " of them at %#" PRIx64
			    " are asked for", p.index, size, p.length, p.at);
	if (config)
		return smn_truth_of(p.at >= size || p.length > size - p.at);
	return smn_truth_of(p.at >= size);
}

static enum smn_truth not_decoded(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	const struct smn_vfio *v = vfio_of(q);

	(void)row;
	(void)why;
	if (place_of(q).index > VFIO_PCI_ROM_REGION_INDEX)
		return SMN_NO;
	if (!v || (v->decodes == SMN_UNKNOWN && !q->w->answers))
		return SMN_UNKNOWN;
	return smn_truth_of(v->decodes == SMN_NO);
}

/* What was written to the command register decides on decoding. */
static int written(struct smn_question *q, void *out)
{
	const struct smn_file_arg *in = q->in;
	struct place p = place_of(q);
	uint8_t command;

	(void)out;
	if (!q->dev || p.index != VFIO_PCI_CONFIG_REGION_INDEX || p.at != 4 ||
	    !p.length || smn_user_read(q->w, &command, in->data, 1))
		return 0;
	q->dev->vfio.decodes = smn_truth_of(command & 2);
	if (command & 2)
		smn_dmabuf_allow(q->w, q->dev);
	else
		smn_dmabuf_revoke(q->w, q->dev);
	return 0;
}

#define ROWS(family) \
	{ family ".unbound", EINVAL, .test = smn_test_unbound, \
	  .cause = "this file of the device is not bound to an iommufd", \
	  .remedy = "VFIO_DEVICE_BIND_IOMMUFD comes first" }, \
	{ family ".none", EINVAL, .test = not_there, \
	  .cause = "the device has no such region", \
	  .remedy = "choose one that VFIO_DEVICE_GET_REGION_INFO gives a " \
		    "size" }, \
	{ family ".power", EIO, SMN_IF(DEVICE_BROKEN), \
	  .cause = "the device cannot be woken up", \
	  .remedy = "look at the kernel log", .unreached = BROKEN }, \
	{ family ".config.end", EFAULT, .test = beyond, .with = 1, \
	  .cause = "configuration space ends before", \
	  .remedy = "256 bytes are there, 4096 of a PCI Express device" }, \
	{ family ".end", EINVAL, .test = beyond, .with = 0, \
	  .cause = "the region ends before", \
	  .remedy = "stay below the size that " \
		    "VFIO_DEVICE_GET_REGION_INFO tells" }, \
	{ family ".decode", EIO, .test = not_decoded, \
	  .cause = "memory decoding is off, so that the device has no " \
		   "registers", \
	  .remedy = "set bit 1 of its command register" }

static const struct smn_row read_rows[] = { ROWS("regread") };
static const struct smn_row write_rows[] = { ROWS("regwrite") };

SMN_ACT(READ_REGION, read_rows);
SMN_ACT(WRITE_REGION, write_rows, .done = written);
