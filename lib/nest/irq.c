// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's interrupts: each signals an eventfd. */
#include <errno.h>
#include <poll.h>

#include <linux/vfio.h>

#include "nest/made.h"

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

/* All of that index, .id. */
static int undo_irqs(struct smn_session *s, const struct smn_made *m)
{
	struct smn_irq_set arg = {
		.argsz = offsetof(struct smn_irq_set, fd), .index = m->id,
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
	};

	return smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_SET_IRQS, m->fd, &arg);
}

static bool is_armed(const struct smn_session *s, int fd, uint32_t index)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].undo == undo_irqs && s->made[i].fd == fd &&
		    s->made[i].id == index)
			return true;
	return false;
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
	smn_session_push_fd(s, arg.fd);
	ret = smn_session_reserve(s);
	if (!ret)
		ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_SET_IRQS, dev->fd,
				    &arg);
	if (ret)
		return ret;
	if (!is_armed(s, dev->fd, index))
		smn_session_push(s, (struct smn_made){
			SMN_OBJ_REGISTER, undo_irqs, .id = index,
			.fd = dev->fd });
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
