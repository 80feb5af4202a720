// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A VFIO PCI device's interrupts: how many there are, and the eventfds that
 * they signal. One kind of INTx, MSI and MSI-X is in use at a time.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "abi/row.h"

#define SIZE (offsetof(struct vfio_irq_set, count) + sizeof(__u32))
#define FDS_MAX \
	((sizeof(struct smn_irq_set) - SIZE) / sizeof(int32_t))

#define UNBOUND(family) \
	{ family ".unbound", EINVAL, .test = smn_test_unbound, \
	  .cause = "this file of the device is not bound to an iommufd", \
	  .remedy = "VFIO_DEVICE_BIND_IOMMUFD comes first" }
#define POWER(family) \
	{ family ".power", EIO, SMN_IF(DEVICE_BROKEN), \
	  .cause = "the device cannot be woken up", \
	  .remedy = "look at the kernel log", \
	  .unreached = "a broken device is needed" }

/* --- VFIO_DEVICE_GET_IRQ_INFO: vfio_pci_ioctl_get_irq_info() --- */

static int irqs_told(struct smn_question *q, void *out)
{
	struct vfio_irq_info *info = out;

	if (!q->dev || info->index >= SMN_PCI_IRQS)
		return 0;
	if (!q->w->answers) {
		q->dev->vfio.irqs[info->index].known = true;
		q->dev->vfio.irqs[info->index].n = info->count;
		return 0;
	}
	info->count = q->dev->vfio.irqs[info->index].n;
	info->flags = VFIO_IRQ_INFO_EVENTFD;
	if (info->index == VFIO_PCI_INTX_IRQ_INDEX)
		info->flags |= VFIO_IRQ_INFO_MASKABLE |
			VFIO_IRQ_INFO_AUTOMASKED;
	else if (info->index != VFIO_PCI_MSIX_IRQ_INDEX || !info->count)
		info->flags |= VFIO_IRQ_INFO_NORESIZE;
	return 0;
}

static const struct smn_row info_rows[] = {
	UNBOUND("irqinfo"),
	POWER("irqinfo"),
	{ "irqinfo.size", EINVAL, SMN_ON(vfio_irq_info, argsz),
	  SMN_TEST(below, .with = sizeof(struct vfio_irq_info)),
	  .cause = "argsz is less than the kernel needs",
	  .remedy = "set argsz to the size of the struct" },
	{ "irqinfo.index", EINVAL, SMN_ON(vfio_irq_info, index),
	  SMN_TEST(above, .with = VFIO_PCI_REQ_IRQ_INDEX),
	  .cause = "there is no kind of interrupts of that index",
	  .remedy = "choose INTX, MSI, MSIX, ERR or REQ" },
};

SMN_ACT(VFIO_DEVICE_GET_IRQ_INFO, info_rows, .done = irqs_told);

/* --- VFIO_DEVICE_SET_IRQS: vfio_pci_ioctl_set_irqs() --- */

static const struct smn_irq_set *set_of(const struct smn_question *q)
{
	return q->in;
}

static bool has(const struct smn_question *q, uint32_t flag)
{
	return set_of(q)->flags & flag;
}

/* INTx, MSI and MSI-X take each other's place. */
static bool exclusive(const struct smn_question *q)
{
	return set_of(q)->index <= VFIO_PCI_MSIX_IRQ_INDEX;
}

static bool is_msi(const struct smn_question *q)
{
	return set_of(q)->index == VFIO_PCI_MSI_IRQ_INDEX ||
		set_of(q)->index == VFIO_PCI_MSIX_IRQ_INDEX;
}

static enum smn_truth wraps(struct smn_question *q, const struct smn_row *row,
			    struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_truth_of(set_of(q)->count >=
			    UINT32_MAX - set_of(q)->start);
}

static enum smn_truth no_vector(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct smn_irq_set *in = set_of(q);
	uint64_t n;

	(void)row;
	if (!q->dev || in->index >= SMN_PCI_IRQS ||
	    !q->dev->vfio.irqs[in->index].known)
		return SMN_UNKNOWN;
	n = q->dev->vfio.irqs[in->index].n;
	if (why)
		smn_why_set(why, "the device has %" PRIu64 " of that kind, and "
			    "%" PRIu32 " from %" PRIu32 " on are asked for", n,
			    in->count, in->start);
	return smn_truth_of(in->start >= n ||
			    (uint64_t)in->start + in->count > n);
}

static enum smn_truth no_one_data(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	uint32_t data = set_of(q)->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;

	(void)row;
	(void)why;
	return smn_truth_of(!data || data & (data - 1));
}

static enum smn_truth data_short(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	const struct smn_irq_set *in = set_of(q);
	uint64_t each = has(q, VFIO_IRQ_SET_DATA_EVENTFD) ? sizeof(int32_t) :
		has(q, VFIO_IRQ_SET_DATA_BOOL) ? 1 : 0;

	(void)row;
	(void)why;
	return smn_truth_of(in->argsz - SIZE < in->count * each);
}

static enum smn_truth no_action(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	uint32_t action = set_of(q)->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;

	(void)row;
	(void)why;
	if (set_of(q)->index == VFIO_PCI_INTX_IRQ_INDEX)
		return smn_truth_of(!action || action & (action - 1));
	return smn_truth_of(action != VFIO_IRQ_SET_ACTION_TRIGGER);
}

/* All of a kind that is in use are to be let go. */
static bool disables(const struct smn_question *q)
{
	return q->dev && exclusive(q) && !set_of(q)->count &&
		q->dev->vfio.used == set_of(q)->index + 1 &&
		has(q, VFIO_IRQ_SET_DATA_NONE);
}

static enum smn_truth other_kind(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!exclusive(q) || disables(q))
		return SMN_NO;
	if (!q->dev)
		return SMN_UNKNOWN;
	return smn_truth_of(q->dev->vfio.used &&
			    q->dev->vfio.used != set_of(q)->index + 1);
}

static bool triggers(const struct smn_question *q)
{
	return has(q, VFIO_IRQ_SET_ACTION_TRIGGER);
}

static bool begins(const struct smn_question *q)
{
	return has(q, VFIO_IRQ_SET_DATA_EVENTFD) && triggers(q);
}

/* INTx is one, whatever is done with it but to let it go */
static enum smn_truth not_one(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (set_of(q)->index != VFIO_PCI_INTX_IRQ_INDEX || set_of(q)->count)
		return SMN_NO;
	return q->dev ? smn_truth_of(!(disables(q) && triggers(q))) :
		SMN_UNKNOWN;
}

/* pci_alloc_irq_vectors() of none */
static enum smn_truth none_to_begin(struct smn_question *q,
				    const struct smn_row *row,
				    struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!is_msi(q) || set_of(q)->count || set_of(q)->start || !begins(q))
		return SMN_NO;
	return q->dev ? smn_truth_of(!q->dev->vfio.used) : SMN_UNKNOWN;
}

/*
 * iommu_dma_prepare_msi(): while DMA is blocked there is no address to send an
 * MSI to, which the PCI layer tells as having no vector left.
 */
static enum smn_truth not_attached(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!is_msi(q) || !begins(q))
		return SMN_NO;
	if (!q->dev)
		return SMN_UNKNOWN;
	return smn_truth_of(!q->dev->vfio.used &&
			    !smn_pdev_group_hwpt(q->w, q->dev, 0));
}

static enum smn_truth masks_by_file(struct smn_question *q,
				    const struct smn_row *row,
				    struct smn_why *why)
{
	(void)row;
	(void)why;
	return smn_truth_of(has(q, VFIO_IRQ_SET_DATA_EVENTFD) &&
			    has(q, VFIO_IRQ_SET_ACTION_MASK));
}

/* vfio_pci_set_ctx_trigger_single() */
static enum smn_truth not_single(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	const struct smn_irq_set *in = set_of(q);

	(void)row;
	(void)why;
	if (exclusive(q))
		return SMN_NO;
	if (has(q, VFIO_IRQ_SET_DATA_EVENTFD))
		return smn_truth_of(!in->count || in->fd < -1);
	if (has(q, VFIO_IRQ_SET_DATA_BOOL))
		return smn_truth_of(!in->count);
	if (!q->dev)
		return SMN_UNKNOWN;
	return smn_truth_of(in->index >= 32 ||
			    !(q->dev->vfio.single >> in->index & 1));
}

/* nothing but an eventfd can begin it */
static enum smn_truth not_used(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (!exclusive(q) || begins(q))
		return SMN_NO;
	return q->dev ? smn_truth_of(!q->dev->vfio.used) : SMN_UNKNOWN;
}

static enum smn_truth not_allocated(struct smn_question *q,
				    const struct smn_row *row,
				    struct smn_why *why)
{
	const struct smn_irq_set *in = set_of(q);

	(void)row;
	(void)why;
	if (in->index != VFIO_PCI_MSI_IRQ_INDEX || !in->count ||
	    !has(q, VFIO_IRQ_SET_DATA_EVENTFD))
		return SMN_NO;
	if (!q->dev)
		return SMN_UNKNOWN;
	return smn_truth_of(q->dev->vfio.used &&
			    in->start + in->count > q->dev->vfio.nvectors);
}

/* The eventfds that come with it; those beyond ours nobody knows. */
static unsigned int nfds(const struct smn_question *q)
{
	const struct smn_irq_set *in = set_of(q);

	if (!has(q, VFIO_IRQ_SET_DATA_EVENTFD))
		return 0;
	return in->count < FDS_MAX ? in->count : FDS_MAX;
}

/* .with: EBADF, no file; EINVAL, one that is no eventfd */
static enum smn_truth wrong_fd(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	for (unsigned int i = 0; i < nfds(q); i++) {
		int fd = (&set_of(q)->fd)[i];
		const struct smn_file *f = smn_world_file(q->w, fd);

		if (fd < 0)
			continue;
		if (why)
			smn_why_set(why, "file %d is not %s", fd,
				    f ? "an eventfd" : "open");
		if (!f && !q->w->answers)
			return SMN_UNKNOWN;
		if (f ? f->kind != SMN_FILE_EVENTFD : row->with == EBADF)
			return smn_truth_of(!f == (row->with == EBADF));
	}
	return SMN_NO;
}

static int arm(struct smn_vfio *v, uint32_t vector, int fd)
{
	struct smn_irq **at = &v->armed, *irq;

	while (*at && (*at)->vector != vector)
		at = &(*at)->next;
	irq = *at;
	if (fd < 0) {
		if (irq)
			*at = irq->next;
		free(irq);
		return 0;
	}
	if (!irq)
		irq = *at = calloc(1, sizeof(*irq));
	if (!irq)
		return -ENOMEM;
	irq->vector = vector;
	irq->fd = fd;
	return 0;
}

/* VFIO itself signals it, no interrupt is needed */
static void signal_all(struct smn_question *q)
{
	const struct smn_irq_set *in = set_of(q);

	for (struct smn_irq *i = q->dev->vfio.armed; i; i = i->next) {
		struct smn_file *f = smn_world_file(q->w, i->fd);

		if (f && i->vector - in->start < in->count)
			f->count++;
	}
}

static void set_single(struct smn_vfio *v, const struct smn_question *q)
{
	const struct smn_irq_set *in = set_of(q);
	uint32_t bit = 1u << in->index;

	if (has(q, VFIO_IRQ_SET_DATA_EVENTFD))
		v->single = in->fd < 0 ? v->single & ~bit : v->single | bit;
	else if (has(q, VFIO_IRQ_SET_DATA_NONE) && !in->count)
		v->single &= ~bit;
}

static int irqs_set(struct smn_question *q, void *out)
{
	const struct smn_irq_set *in = set_of(q);
	struct smn_vfio *v = q->dev ? &q->dev->vfio : NULL;
	int ret = 0;

	(void)out;
	if (!v || !triggers(q))
		return 0;
	if (!exclusive(q)) {
		set_single(v, q);
		return 0;
	}
	if (disables(q)) {
		smn_pdev_disarm(q->dev);
		return 0;
	}
	if (has(q, VFIO_IRQ_SET_DATA_NONE) && q->w->answers && is_msi(q))
		signal_all(q);
	if (!has(q, VFIO_IRQ_SET_DATA_EVENTFD))
		return 0;
	if (!v->used)
		v->nvectors = in->start + in->count;
	v->used = in->index + 1;
	for (unsigned int i = 0; !ret && i < nfds(q); i++)
		ret = arm(v, in->start + i, (&in->fd)[i]);
	return ret;
}

/* The PCI layer tells every lack so; a model has memory fail only as such. */
static enum smn_truth starved(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	return q->w->answers ? smn_test_elsewhere(q, row, why) :
		smn_question_fact(q, SMN_FACT_INJECTED);
}

#define SET(member) SMN_ON(smn_irq_set, member)

static const struct smn_row set_rows[] = {
	UNBOUND("irq"),
	POWER("irq"),
	{ "irq.size", EINVAL, SET(argsz), SMN_TEST(below, .with = SIZE),
	  .cause = "argsz is less than the kernel needs",
	  .remedy = "set argsz to the size of the struct and its data" },
	{ "irq.index", EINVAL, SET(index),
	  SMN_TEST(above, .with = VFIO_PCI_REQ_IRQ_INDEX),
	  .cause = "there is no kind of interrupts of that index",
	  .remedy = "choose INTX, MSI, MSIX, ERR or REQ" },
	{ "irq.wrap", EINVAL, SET(count), .test = wraps,
	  .cause = "start and count go beyond 32 bits",
	  .remedy = "ask for vectors that the device has" },
	{ "irq.flags", EINVAL, SET(flags),
	  SMN_TEST(bits, .with = (uint32_t)~(VFIO_IRQ_SET_DATA_TYPE_MASK |
					     VFIO_IRQ_SET_ACTION_TYPE_MASK)),
	  .cause = "flags has bits that the kernel does not know",
	  .remedy = "give one kind of data and one action" },
	{ "irq.vector", EINVAL, SET(start), .test = no_vector,
	  .cause = "the device has not that many interrupts of the kind",
	  .remedy = "VFIO_DEVICE_GET_IRQ_INFO tells how many it has" },
	{ "irq.data", EINVAL, SET(flags), .test = no_one_data,
	  .cause = "flags has not exactly one kind of data",
	  .remedy = "give one of DATA_NONE, DATA_BOOL and DATA_EVENTFD" },
	{ "irq.short", EINVAL, SET(argsz), .test = data_short,
	  .cause = "argsz has no room for the data of all interrupts",
	  .remedy = "4 bytes an eventfd, 1 byte a bool follow the struct" },
	{ "irq.action", ENOTTY, SET(flags), .test = no_action,
	  .cause = "the kind of interrupts does not know the action",
	  .remedy = "ACTION_TRIGGER is for all; only INTX is masked" },
	{ "irq.kind", EINVAL, SET(index), .test = other_kind,
	  .cause = "another kind of interrupts is in use",
	  .remedy = "disable that: DATA_NONE, ACTION_TRIGGER, count 0" },
	{ "irq.intx", EINVAL, SET(count), .test = not_one,
	  .cause = "a device has one INTx, and none of it is asked for",
	  .remedy = "set count to 1" },
	{ "irq.zero", ERANGE, SET(count), .test = none_to_begin,
	  .cause = "no vector is asked for, and none is allocated",
	  .remedy = "set count to 1 at least" },
	{ "irq.single", EINVAL, SET(flags), .test = not_single,
	  .cause = "there is nothing to signal, or nobody",
	  .remedy = "set count to 1, and begin with DATA_EVENTFD" },
	{ "irq.unused", EINVAL, SET(flags), .test = not_used,
	  .cause = "interrupts of the kind are not in use",
	  .remedy = "begin with DATA_EVENTFD and ACTION_TRIGGER" },
	{ "irq.attach", ENOSPC, SET(index), .test = not_attached,
	  .cause = "the device is attached to nothing, so its MSIs have no "
		   "address to go to",
	  .remedy = "VFIO_DEVICE_ATTACH_IOMMUFD_PT comes first; an MSI that "
		    "was refused so may stay lost until the machine is "
		    "started again",
	  .since = 615,
	  .unreached = "Linux 7.3 keeps what the ITS had allocated: the "
		       "device has no MSI any more" },
	{ "irq.mask", ENOTTY, SET(flags), .test = masks_by_file,
	  .cause = "an eventfd cannot mask",
	  .remedy = "mask with DATA_NONE or DATA_BOOL" },
	{ "irq.allocated", EINVAL, SET(start), .test = not_allocated,
	  .cause = "the vector is beyond those the first call allocated",
	  .remedy = "disable MSI and ask for all vectors at once",
	  .unreached = "a device with several MSI vectors is needed" },
	{ "irq.pin", ENODEV, .test = smn_test_elsewhere,
	  .cause = "the device's INTx is connected to nothing",
	  .remedy = "use MSI",
	  .unreached = "such a device is needed" },
	{ "irq.fd", EBADF, SET(fd), .test = wrong_fd, .with = EBADF,
	  .cause = "the file is not open",
	  .remedy = "make an eventfd before" },
	{ "irq.eventfd", EINVAL, SET(fd), .test = wrong_fd, .with = EINVAL,
	  .cause = "the file is no eventfd",
	  .remedy = "make an eventfd before" },
	{ "injected.vectors", ENOSPC, .test = starved,
	  .cause = "kernel out of memory, injected: we had a piece of memory "
		   "refused to it",
	  .remedy = "nothing is wrong: leave fail-nth alone",
	  .unreached = "no script has memory fail; `run fault` does" },
	{ "irq.vectors", ENOSPC, .test = smn_test_elsewhere,
	  .cause = "the machine has no interrupt vector left",
	  .remedy = "unbind other devices",
	  .unreached = "thousands of vectors would have to be taken" },
	{ "irq.doorbells", EOVERFLOW, .test = smn_test_elsewhere,
	  .cause = "the devices of this iommufd ring more than 64 doorbell "
		   "pages",
	  .remedy = "bind fewer devices to one iommufd",
	  .unreached = "a machine with 65 ITSs is needed" },
};

SMN_ACT(VFIO_DEVICE_SET_IRQS, set_rows, .done = irqs_set, .allocates = true);
