// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A session leaves nothing behind, wherever it fails. A small pretend kernel
 * counts what exists; the whole chain is built with a failure at every call.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "smmunest.h"
#include "tap.h"

enum { MAX_IDS = 64, NO_FAILURE = -1 };

/* Ids are given in order, so whoever depends on another has a higher one. */
struct pretend {
	int calls, fail_at;
	int next_fd, open_fds;
	uint32_t next_id;
	bool live[MAX_IDS];
	int mapped, memory, attached;
	int out_of_order;
};

static int step(struct pretend *k)
{
	return k->calls++ == k->fail_at ? -EIO : 0;
}

static uint32_t make(struct pretend *k)
{
	k->live[++k->next_id] = true;
	return k->next_id;
}

static int p_open(void *be, const char *path, int flags)
{
	struct pretend *k = be;
	int ret = step(k);

	(void)path;
	(void)flags;
	if (ret)
		return ret;
	k->open_fds++;
	return ++k->next_fd;
}

static int p_close(void *be, int fd)
{
	struct pretend *k = be;

	(void)fd;
	k->open_fds--;
	return 0;
}

static int destroy(struct pretend *k, uint32_t id)
{
	if (!k->live[id])
		return -ENOENT;
	for (uint32_t later = id + 1; later < MAX_IDS; later++)
		k->out_of_order += k->live[later];
	k->live[id] = false;
	return 0;
}

/* Undoing always works here; making fails where it is told to. */
static int p_ioctl(void *be, int fd, unsigned long request, void *arg,
		   struct smn_span *span)
{
	struct pretend *k = be;
	struct iommu_veventq_alloc *veventq = arg;
	struct iommu_fault_alloc *faultq = arg;
	int ret;

	(void)fd;
	*span = (struct smn_span){ 0, 1 };
	switch (request) {
	case IOMMU_DESTROY:
		return destroy(k, ((struct iommu_destroy *)arg)->id);
	case IOMMU_IOAS_UNMAP:
		return k->mapped-- > 0 ? 0 : -ENOENT;
	case VFIO_DEVICE_DETACH_IOMMUFD_PT:
		k->attached--;
		return 0;
	}
	ret = step(k);
	if (ret)
		return ret;
	switch (request) {
	case VFIO_DEVICE_BIND_IOMMUFD:
		((struct vfio_device_bind_iommufd *)arg)->out_devid = 60;
		break;
	case VFIO_DEVICE_ATTACH_IOMMUFD_PT:
		k->attached++;
		break;
	case IOMMU_IOAS_ALLOC:
		((struct iommu_ioas_alloc *)arg)->out_ioas_id = make(k);
		break;
	case IOMMU_IOAS_MAP:
		k->mapped++;
		break;
	case IOMMU_HWPT_ALLOC:
		((struct iommu_hwpt_alloc *)arg)->out_hwpt_id = make(k);
		break;
	case IOMMU_VIOMMU_ALLOC:
		((struct iommu_viommu_alloc *)arg)->out_viommu_id = make(k);
		break;
	case IOMMU_VDEVICE_ALLOC:
		((struct iommu_vdevice_alloc *)arg)->out_vdevice_id = make(k);
		break;
	case IOMMU_VEVENTQ_ALLOC:
		veventq->out_veventq_id = make(k);
		veventq->out_veventq_fd = ++k->next_fd;
		k->open_fds++;
		break;
	case IOMMU_FAULT_QUEUE_ALLOC:
		faultq->out_fault_id = make(k);
		faultq->out_fault_fd = ++k->next_fd;
		k->open_fds++;
		break;
	}
	return 0;
}

static void *p_map(void *be, size_t len)
{
	struct pretend *k = be;

	if (step(k))
		return NULL;
	k->memory++;
	return malloc(len);
}

static int p_unmap(void *be, void *addr, size_t len)
{
	struct pretend *k = be;

	(void)len;
	k->memory--;
	free(addr);
	return 0;
}

static const struct smn_backend pretend_backend = {
	.name = "pretend", .open = p_open, .close = p_close, .ioctl = p_ioctl,
	.map = p_map, .unmap = p_unmap,
};

static bool nothing_left(const struct pretend *k)
{
	for (uint32_t id = 0; id < MAX_IDS; id++)
		if (k->live[id])
			return false;
	return !k->open_fds && !k->mapped && !k->memory && !k->attached &&
		!k->out_of_order;
}

static int build(struct pretend *k, struct smn_nest *nest, int *closed)
{
	static const struct smn_plan plan = {
		.cdev = "pretend", .upto = SMN_UPTO_ATTACH, .bytes = 4096,
		.veventq = true, .faultq = true,
	};
	struct smn_sys sys = { .be = &pretend_backend, .priv = k };
	struct smn_session session;
	int ret = smn_session_open(&session, &sys);

	*nest = (struct smn_nest){ 0 };
	if (!ret)
		ret = smn_nest_build(&session, &plan, nest);
	*closed = smn_session_close(&session);
	return ret;
}

static void fails_everywhere(struct tap *t)
{
	struct pretend k = { .fail_at = NO_FAILURE };
	struct smn_nest nest;
	int closed, calls;

	tap_ok(t, !build(&k, &nest, &closed) && !closed && nest.nsteps == 10,
	       "the whole chain is built");
	tap_ok(t, nothing_left(&k), "and nothing is left of it");
	calls = k.calls;
	for (int at = 0; at < calls; at++) {
		int ret;

		k = (struct pretend){ .fail_at = at };
		ret = build(&k, &nest, &closed);
		tap_ok(t, ret && !closed && nothing_left(&k),
		       "call %d fails: nothing is left", at);
		if (nest.nsteps)
			tap_ok(t, nest.steps[nest.nsteps - 1].err == ret,
			       "call %d fails: its step says so", at);
	}
}

static void explicit_undo(struct tap *t)
{
	struct pretend k = { .fail_at = NO_FAILURE };
	struct smn_sys sys = { .be = &pretend_backend, .priv = &k };
	struct smn_session s;
	uint32_t first = 0, second = 0;

	smn_session_open(&s, &sys);
	smn_ioas_alloc(&s, &first);
	smn_ioas_alloc(&s, &second);
	tap_ok(t, smn_session_object(&s, second) == SMN_OBJ_IOAS &&
	       smn_session_object(&s, 50) == SMN_OBJ_NONE,
	       "the session knows what an id is");
	tap_ok(t, !smn_destroy(&s, second) && smn_session_mark(&s) == 2,
	       "what was destroyed is not undone again");
	tap_ok(t,
	       smn_destroy(&s, second) == -ENOENT && sys.failed.err == -ENOENT,
	       "a refused call is remembered");
	tap_ok(t, !smn_session_close(&s) && nothing_left(&k),
	       "the rest is undone");
}

/* Undoing goes on after a failure, and says so. */
static void failing_undo(struct tap *t)
{
	struct pretend k = { .fail_at = NO_FAILURE };
	struct smn_sys sys = { .be = &pretend_backend, .priv = &k };
	struct smn_session s;
	uint32_t first = 0, second = 0;

	smn_session_open(&s, &sys);
	smn_ioas_alloc(&s, &first);
	smn_ioas_alloc(&s, &second);
	k.live[second] = false;
	tap_ok(t, smn_session_close(&s) == -ENOENT && nothing_left(&k),
	       "a failed undo is reported, the others still happen");
}

static void two_sessions(struct tap *t)
{
	struct pretend k = { .fail_at = NO_FAILURE };
	struct pretend other = { .fail_at = NO_FAILURE };
	struct smn_sys a = { .be = &pretend_backend, .priv = &k };
	struct smn_sys b = { .be = &pretend_backend, .priv = &other };
	struct smn_session s, u;
	uint32_t id = 0;

	smn_session_open(&s, &a);
	smn_session_open(&u, &b);
	smn_ioas_alloc(&s, &id);
	smn_session_close(&s);
	tap_ok(t, nothing_left(&k) && other.open_fds == 1,
	       "closing one session leaves the other alone");
	smn_session_close(&u);
	tap_ok(t, nothing_left(&other), "until it is closed itself");
}

int main(void)
{
	struct tap t = { 0 };

	fails_everywhere(&t);
	explicit_undo(&t);
	failing_undo(&t);
	two_sessions(&t);
	return tap_done(&t);
}
