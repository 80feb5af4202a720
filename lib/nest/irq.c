// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's interrupts: each signals an eventfd. */
#include <errno.h>
#include <poll.h>

#include <linux/vfio.h>

#include "nest/made.h"

#define SETTLE_MS 50	/* without an interrupt: none is under way */
#define MOST_ROUNDS 64	/* of that: a device may never stop */

int smn_irq_count(struct smn_session *s, const struct smn_device *dev,
		  uint32_t index, uint32_t *count)
{
	struct vfio_irq_info arg = { .argsz = sizeof(arg), .index = index };
	int ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_GET_IRQ_INFO, dev->fd,
				&arg);

	if (!ret)
		*count = arg.count;
	return ret;
}

/* Of the device .start, index .id. */
static int undo_eventfd(struct smn_session *s, const struct smn_made *m)
{
	return smn_sys_close(s->sys, m->fd);
}

/* Reading them sets the counts back. */
static bool has_rung(struct smn_session *s, int fd, uint32_t index)
{
	bool rung = false;
	uint64_t count;

	for (size_t i = s->nmade; i-- > 0;) {
		const struct smn_made *m = &s->made[i];

		if (m->undo == undo_eventfd && m->id == index &&
		    m->start == (uint64_t)fd)
			rung |= !smn_irq_wait(s, m->fd, 0, &count);
	}
	return rung;
}

int smn_irq_settle(struct smn_session *s, const struct smn_device *dev,
		   uint32_t index)
{
	unsigned int rounds = MOST_ROUNDS;

	/* what came long ago tells nothing */
	has_rung(s, dev->fd, index);
	do {
		int ret = smn_sys_poll(s->sys, NULL, 0, SETTLE_MS);

		if (ret < 0)
			return ret;
	} while (has_rung(s, dev->fd, index) && --rounds);
	return rounds ? 0 : -EBUSY;
}

/* All of that index, .id. */
static int undo_irqs(struct smn_session *s, const struct smn_made *m)
{
	struct smn_irq_set arg = {
		.argsz = offsetof(struct smn_irq_set, fd), .index = m->id,
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
	};
	const struct smn_device dev = { .fd = m->fd };

	/*
	 * One that a processor has taken, and not yet looked up, is nobody's
	 * when its vector goes: gic_handle_irq() warns of it. A device that
	 * never stops loses its vectors all the same.
	 */
	if (m->id == VFIO_PCI_MSI_IRQ_INDEX || m->id == VFIO_PCI_MSIX_IRQ_INDEX)
		smn_irq_settle(s, &dev, m->id);
	return smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_SET_IRQS, m->fd, &arg);
}

/* Where the session will disable them, NULL: none is in use. */
static struct smn_made *armed(const struct smn_session *s, int fd,
			      uint32_t index)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].undo == undo_irqs && s->made[i].fd == fd &&
		    s->made[i].id == index)
			return &s->made[i];
	return NULL;
}

/*
 * What disables all vectors lies above the eventfds of all, which have to be
 * there for smn_irq_settle(); the newest is on top.
 */
static void push_irqs(struct smn_session *s, int fd, uint32_t index)
{
	const struct smn_made irqs = { SMN_OBJ_REGISTER, undo_irqs, .id = index,
				       .fd = fd };
	struct smn_made *before = armed(s, fd, index);
	struct smn_made *top = &s->made[s->nmade - 1];

	if (!before) {
		smn_session_push(s, irqs);
		return;
	}
	*before = *top;
	*top = irqs;
}

static bool is_attached(const struct smn_session *s, int fd)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].object == SMN_OBJ_ATTACHMENT &&
		    s->made[i].fd == fd)
			return true;
	return false;
}

int smn_irq_arm(struct smn_session *s, const struct smn_device *dev,
		uint32_t index, uint32_t vector, int *eventfd)
{
	struct smn_irq_set arg = {
		.argsz = offsetof(struct smn_irq_set, more), .index = index,
		.start = vector, .count = 1,
		.flags = VFIO_IRQ_SET_DATA_EVENTFD |
			VFIO_IRQ_SET_ACTION_TRIGGER,
	};
	int ret = smn_session_reserve(s);

	if (!ret && !is_attached(s, dev->fd))
		ret = -ENOTCONN;
	if (ret)
		return ret;
	arg.fd = smn_sys_eventfd(s->sys);
	if (arg.fd < 0)
		return arg.fd;
	smn_session_push(s, (struct smn_made){
		SMN_OBJ_FD, undo_eventfd, .id = index, .fd = arg.fd,
		.start = dev->fd });
	ret = smn_session_reserve(s);
	if (!ret)
		ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_SET_IRQS, dev->fd,
				    &arg);
	if (ret)
		return ret;
	push_irqs(s, dev->fd, index);
	*eventfd = arg.fd;
	return 0;
}

int smn_irq_wait(struct smn_session *s, int eventfd, uint32_t ms,
		 uint64_t *count)
{
	struct pollfd fd = { .fd = eventfd, .events = POLLIN };
	int ready = smn_sys_poll(s->sys, &fd, 1, ms);
	uint64_t n;
	ssize_t got;

	if (ready <= 0)
		return ready ? ready : -ETIMEDOUT;
	got = smn_sys_read(s->sys, eventfd, &n, sizeof(n));
	if (got < 0)
		return got;
	*count = n;
	return 0;
}
