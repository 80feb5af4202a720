// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads at once on one iommufd. Either all must succeed, or exactly one: what
 * is checked does not depend on who comes first.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "cases/case.h"

enum { THREADS = 4 };

/*
 * A model answers one at a time; the kernel is left to itself. Threads keep no
 * common record of what was made.
 */
struct locked {
	struct smn_backend be;
	const struct smn_backend *real;
	void *priv;
	pthread_mutex_t lock;
	bool model;
};

struct worker {
	struct trial *t;
	struct smn_sys sys;
	struct tape *tape;		/* what it does is recorded apart */
	pthread_barrier_t *start;
	const struct test_case *c;
	unsigned int index;
	int fd, cdev;
	uint32_t dev, ioas, viommu, s1, other;
	unsigned int ok, others;	/* calls that ended so */
	int err;			/* one that was not expected */
	enum smn_op_id op;
};

static int locked_ioctl(void *be, int fd, unsigned long request, void *arg,
			struct smn_span *span)
{
	struct locked *l = be;
	int ret;

	if (l->model)
		pthread_mutex_lock(&l->lock);
	ret = l->real->ioctl(l->priv, fd, request, arg, span);
	if (l->model)
		pthread_mutex_unlock(&l->lock);
	return ret;
}

/* --- what one thread does --- */

/* @also: an errno that is fine, too. True: it succeeded. */
static bool call(struct worker *w, enum smn_op_id op, int fd, void *arg,
		 int also)
{
	int err = smn_sys_ioctl(&w->sys, op, fd, arg);

	w->ok += !err;
	w->others += err && err == also;
	if (err && err != also && !w->err) {
		w->err = err;
		w->op = op;
	}
	return !err;
}

static void destroy(struct worker *w, uint32_t id)
{
	struct iommu_destroy arg = { .size = sizeof(arg), .id = id };

	call(w, SMN_IOMMU_DESTROY, w->fd, &arg, 0);
}

static void ioas(struct worker *w)
{
	struct iommu_ioas_alloc arg = { .size = sizeof(arg) };

	if (call(w, SMN_IOMMU_IOAS_ALLOC, w->fd, &arg, 0))
		destroy(w, arg.out_ioas_id);
}

static void nested(struct worker *w)
{
	uint64_t ste[2] = { 0x4000100b, 0 };
	struct iommu_hwpt_alloc arg = {
		.size = sizeof(arg), .dev_id = w->dev, .pt_id = w->viommu,
		.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3,
		.data_len = sizeof(ste), .data_uptr = (uintptr_t)ste,
	};

	if (call(w, SMN_IOMMU_HWPT_ALLOC, w->fd, &arg, 0))
		destroy(w, arg.out_hwpt_id);
}

static void map_at(struct worker *w, uint64_t iova, int also)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map), .ioas_id = w->ioas,
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE,
		.user_va = (uintptr_t)trial_memory(w->t), .length = 0x1000,
		.iova = iova,
	};

	call(w, SMN_IOMMU_IOAS_MAP, w->fd, &map, also);
}

static void map(struct worker *w)
{
	struct iommu_ioas_unmap unmap = {
		.size = sizeof(unmap), .ioas_id = w->ioas, .length = 0x1000,
		.iova = 0x100000000 + w->index * 0x1000,
	};

	map_at(w, unmap.iova, 0);
	call(w, SMN_IOMMU_IOAS_UNMAP, w->fd, &unmap, 0);
}

static void inval(struct worker *w)
{
	uint64_t cmds[70][2] = { { 0 } };
	struct iommu_hwpt_invalidate arg = {
		.size = sizeof(arg), .hwpt_id = w->viommu,
		.data_uptr = (uintptr_t)cmds, .entry_len = sizeof(*cmds),
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
		.entry_num = SMN_ARRAY_SIZE(cmds),
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(cmds); i++)
		cmds[i][0] = 0x30;
	if (call(w, SMN_IOMMU_HWPT_INVALIDATE, w->fd, &arg, 0) &&
	    arg.entry_num != SMN_ARRAY_SIZE(cmds))
		w->err = -EPROTO;
}

static void attach(struct worker *w)
{
	struct vfio_device_attach_iommufd_pt arg = { .argsz = sizeof(arg) };

	/* twice the same: what the others do between is left to chance */
	arg.pt_id = w->s1;
	call(w, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, w->cdev, &arg, 0);
	call(w, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, w->cdev, &arg, 0);
	arg.pt_id = w->other;
	call(w, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, w->cdev, &arg, 0);
}

static void hwinfo(struct worker *w)
{
	struct iommu_hw_info arg = { .size = sizeof(arg), .dev_id = w->dev };

	call(w, SMN_IOMMU_GET_HW_INFO, w->fd, &arg, 0);
}

static void mixed(struct worker *w)
{
	static void (*const all[])(struct worker *w) = { nested, inval, attach,
							  map };

	all[w->index % SMN_ARRAY_SIZE(all)](w);
}

/* --- only one of them can --- */

static void one_vdevice(struct worker *w)
{
	struct iommu_vdevice_alloc arg = { .size = sizeof(arg),
					   .viommu_id = w->viommu,
					   .dev_id = w->dev, .virt_id = 8 };

	call(w, SMN_IOMMU_VDEVICE_ALLOC, w->fd, &arg, -EEXIST);
}

static void one_mapping(struct worker *w)
{
	map_at(w, 0x100000000, -EEXIST);
}

static void one_destroy(struct worker *w)
{
	struct iommu_destroy arg = { .size = sizeof(arg), .id = w->s1 };

	call(w, SMN_IOMMU_DESTROY, w->fd, &arg, -ENOENT);
}

/* --- all threads --- */

struct job {
	void (*work)(struct worker *w);
	bool one;			/* one call, of which one succeeds */
};

static void *work(void *arg)
{
	struct worker *w = arg;
	const struct job *job = w->c->with;

	pthread_barrier_wait(w->start);
	for (uint64_t i = 0; i < w->c->number; i++)
		job->work(w);
	return NULL;
}

static struct worker worker_of(struct trial *t, const struct test_case *c,
			       struct locked *l, unsigned int i)
{
	return (struct worker){
		.t = t, .c = c, .index = i,
		.sys = { .be = &l->be, .priv = l },
		.fd = trial_fd(t, "iommufd"), .cdev = trial_fd(t, "cdev"),
		.dev = trial_id(t, "dev"), .ioas = trial_id(t, "ioas"),
		.viommu = trial_id(t, "viommu"), .s1 = trial_id(t, "s1"),
		.other = trial_id(t, "other"),
	};
}

static void judge(struct trial *t, const struct job *job,
		  const struct worker *workers)
{
	unsigned int ok = 0;

	for (unsigned int i = 0; i < THREADS; i++) {
		const struct worker *w = &workers[i];

		ok += w->ok;
		trial_check(t, !w->err, "thread %u: %s is %s", i,
			    smn_op(w->op)->name, smn_errno_name(w->err));
	}
	if (job->one)
		trial_check(t, ok == 1, "%u threads succeeded, and one can",
			    ok);
}

static void together(struct trial *t, const struct test_case *c)
{
	struct ctl *ctl = trial_ctl(t);
	struct smn_sys below = ctl->sys;
	struct locked l = { .model = ctl->on_model };
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	pthread_barrier_t start;
	char name[16];

	tape_below(ctl, &below);
	l.be = *below.be;
	l.real = below.be;
	l.priv = below.priv;
	l.be.ioctl = locked_ioctl;
	l.be.refusal = NULL;
	pthread_mutex_init(&l.lock, NULL);
	pthread_barrier_init(&start, NULL, THREADS);
	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i] = worker_of(t, c, &l, i);
		workers[i].start = &start;
		snprintf(name, sizeof(name), "thread %u", i);
		workers[i].tape = tape_branch(ctl, &workers[i].sys, name);
		if (pthread_create(&threads[i], NULL, work, &workers[i])) {
			trial_check(t, false, "no thread");
			_exit(1);
		}
	}
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 0; i < THREADS; i++)
		tape_join(workers[i].tape);
	judge(t, c->with, workers);
}

/* A second HWPT to go to and fro. */
static void with_other(struct trial *t, const struct test_case *c)
{
	if (trial_lines(t, "let other = hwpt-alloc dev_id=dev pt_id=viommu "
			"ste=Cfg=s1,S1ContextPtr=0x40002000\n"))
		together(t, c);
}

#define ALL(bed, name_, n, f) \
	FUNCTION(bed, name_, with_other, .number = n, \
		 .with = &(const struct job){ f, false })
#define ALONE(bed, name_, n, f) \
	FUNCTION(bed, name_, together, .number = n, \
		 .with = &(const struct job){ f, false })
#define ONE(bed, name_, f) \
	FUNCTION(bed, name_, together, .number = 1, \
		 .with = &(const struct job){ f, true })

static const struct test_case rows[] = {
	ALONE(IOAS, "ioas", 50, ioas), ALONE(VIOMMU, "nested", 30, nested),
	ALONE(IOAS, "map", 50, map), ALONE(S2, "map-pinned", 20, map),
	ALONE(VIOMMU, "inval", 20, inval), ALL(S1, "attach", 10, attach),
	ALONE(DEVICE, "hwinfo", 50, hwinfo), ALL(S1, "mixed", 20, mixed),
	ONE(VIOMMU, "one-vdevice", one_vdevice),
	ONE(IOAS, "one-mapping", one_mapping),
	ONE(S1, "one-destroy", one_destroy),
};

TOPIC(concurrency, rows);
