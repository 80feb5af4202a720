// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device's vectors are let go when no interrupt is under way any more. A
 * small pretend kernel has some that come late, one in each pause.
 */
#include <errno.h>
#include <poll.h>

#include <linux/vfio.h>

#include "smmunest.h"
#include "tap.h"

enum { MAX_FDS = 16, ENDLESS = 1000, MOST_PAUSES = 64 };

struct pretend {
	int fds, late, pauses, when_let_go, poll_fails;
	uint64_t rung[MAX_FDS];
	int32_t trigger[4];
	int vectors;
};

static int p_new_fd(struct pretend *k)
{
	return ++k->fds;
}

static int p_open(void *be, const char *path, int flags)
{
	(void)path;
	(void)flags;
	return p_new_fd(be);
}

static int p_eventfd(void *be)
{
	return p_new_fd(be);
}

static int p_close(void *be, int fd)
{
	(void)be;
	(void)fd;
	return 0;
}

static int p_ioctl(void *be, int fd, unsigned long request, void *arg,
		   struct smn_span *span)
{
	const struct smn_irq_set *set = arg;
	struct pretend *k = be;

	(void)fd;
	*span = (struct smn_span){ 0, 1 };
	if (request != VFIO_DEVICE_SET_IRQS)
		return 0;
	if (set->flags & VFIO_IRQ_SET_DATA_NONE)
		k->when_let_go = k->pauses;
	else
		k->trigger[k->vectors++] = set->fd;
	return 0;
}

/* A pause is one that watches nothing; in it, the last vector rings. */
static int p_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	struct pretend *k = be;

	if (n)
		return k->rung[fds->fd] != 0;
	if (k->poll_fails)
		return k->poll_fails;
	k->pauses += ms > 0;
	if (k->late-- > 0)
		k->rung[k->trigger[k->vectors - 1]]++;
	return 0;
}

static ssize_t p_read(void *be, int fd, void *buf, size_t len)
{
	struct pretend *k = be;

	*(uint64_t *)buf = k->rung[fd];
	k->rung[fd] = 0;
	return len;
}

static const struct smn_backend pretend_backend = {
	.name = "pretend", .open = p_open, .close = p_close, .ioctl = p_ioctl,
	.eventfd = p_eventfd, .poll = p_poll, .read = p_read,
};

static const struct {
	const char *name;
	uint32_t index;
	int late, unread, vectors, pauses;
} rows[] = {
	{ "nothing is under way", VFIO_PCI_MSIX_IRQ_INDEX, 0, 0, 1, 1 },
	{ "an MSI-X comes late", VFIO_PCI_MSIX_IRQ_INDEX, 1, 0, 1, 2 },
	{ "three MSIs come late", VFIO_PCI_MSI_IRQ_INDEX, 3, 0, 1, 4 },
	{ "the last of three vectors", VFIO_PCI_MSIX_IRQ_INDEX, 2, 0, 3, 3 },
	{ "what nobody has read", VFIO_PCI_MSIX_IRQ_INDEX, 0, 5, 1, 1 },
	{ "a device that never stops", VFIO_PCI_MSIX_IRQ_INDEX, ENDLESS, 0, 1,
	  MOST_PAUSES },
	{ "no message at all", VFIO_PCI_REQ_IRQ_INDEX, 0, 0, 1, 0 },
};

static int arm(struct smn_session *s, struct smn_device *dev, uint32_t index,
	       int vectors)
{
	int fd, ret = smn_device_open(s, "pretend", dev);

	if (!ret)
		ret = smn_device_attach(s, dev, 1);
	for (int v = 0; !ret && v < vectors; v++)
		ret = smn_irq_arm(s, dev, index, v, &fd);
	return ret;
}

static void each(struct tap *t, size_t i)
{
	struct pretend k = { .late = rows[i].late, .when_let_go = -1 };
	struct smn_sys sys = { .be = &pretend_backend, .priv = &k };
	struct smn_device dev;
	struct smn_session s;
	int ret = smn_session_open(&s, &sys);

	if (!ret)
		ret = arm(&s, &dev, rows[i].index, rows[i].vectors);
	tap_ok(t, !ret, "%s: armed", rows[i].name);
	k.rung[k.trigger[0]] = rows[i].unread;
	ret = smn_session_close(&s);
	tap_ok(t, !ret && k.when_let_go == rows[i].pauses &&
	       k.pauses == rows[i].pauses,
	       "%s: let go after %d pauses", rows[i].name, k.when_let_go);
}

/* What a caller is told who wants to go on. */
static void told(struct tap *t)
{
	static const struct {
		int late, poll_fails, ret;
	} all[] = {
		{ 0, 0, 0 }, { 3, 0, 0 }, { MOST_PAUSES - 1, 0, 0 },
		{ MOST_PAUSES, 0, -EBUSY }, { ENDLESS, 0, -EBUSY },
		{ 0, -EINTR, -EINTR },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(all); i++) {
		struct pretend k = { .late = all[i].late };
		struct smn_sys sys = { .be = &pretend_backend, .priv = &k };
		struct smn_device dev;
		struct smn_session s;
		int ret = smn_session_open(&s, &sys);

		if (!ret)
			ret = arm(&s, &dev, VFIO_PCI_MSI_IRQ_INDEX, 1);
		k.poll_fails = all[i].poll_fails;
		if (!ret)
			ret = smn_irq_settle(&s, &dev, VFIO_PCI_MSI_IRQ_INDEX);
		tap_ok(t, ret == all[i].ret, "%d come late: %d", all[i].late,
		       ret);
		k.poll_fails = k.late = 0;
		smn_session_close(&s);
	}
}

int main(void)
{
	struct tap t = { 0 };

	told(&t);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		each(&t, i);
	return tap_done(&t);
}
