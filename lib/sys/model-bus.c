// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the model's devices put on the bus, DMA and MSIs, and the files that
 * those can be waited for with. See gadget.h.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "abi/ring.h"
#include "sys/gadget.h"

ssize_t smn_model_transfer(struct smn_model *m, const struct smn_pdev *dev,
			   uint64_t iova, void *buf, size_t len, bool write)
{
	const struct smn_transfer t = { .iova = iova, .data = buf, .len = len,
					.write = write };
	struct smn_transfer_result r;
	int ret = smn_model_dma(m, dev->bdf, &t, &r);

	return ret ? ret : (ssize_t)r.done;
}

/* An MSI is a write as any other: it is one only if it gets to the doorbell. */
void smn_model_ring(struct smn_model *m, const struct smn_pdev *dev,
		    uint64_t iova, int fd)
{
	struct smn_file *f = smn_world_file(smn_model_world(m), fd);
	uint32_t vector = 0;
	const struct smn_transfer t = { .iova = iova, .data = &vector,
					.len = sizeof(vector), .write = true };
	struct smn_transfer_result r;

	if (!smn_model_dma(m, dev->bdf, &t, &r) && r.msi && f &&
	    f->kind == SMN_FILE_EVENTFD)
		f->count++;
}

ssize_t smn_eventfd_read(struct smn_file *f, void *buf, size_t len)
{
	if (len < sizeof(f->count))
		return -EINVAL;
	if (!f->count)
		return -EAGAIN;
	memcpy(buf, &f->count, sizeof(f->count));
	f->count = 0;
	return sizeof(f->count);
}

static bool is_ready(const struct smn_file *f)
{
	if (f->kind == SMN_FILE_EVENTFD)
		return f->count;
	return f->kind == SMN_FILE_VEVENTQ &&
		smn_ring_first(f->queue->veventq.ring);
}

int smn_world_poll(const struct smn_world *w, struct pollfd *fds,
		   unsigned int n)
{
	int ready = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct smn_file *f = smn_world_file(w, fds[i].fd);

		fds[i].revents = fds[i].fd < 0 ? 0 : !f ? POLLNVAL :
			is_ready(f) ? fds[i].events & POLLIN : 0;
		ready += fds[i].revents != 0;
	}
	return ready;
}
