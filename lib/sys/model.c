// SPDX-License-Identifier: GPL-2.0-or-later
/* The software kernel: its calls. See model.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/broken.h"
#include "sys/gadget.h"
#include "sys/model.h"
#include "sys/touch.h"

struct smn_model {
	struct smn_world world;
	struct smn_machine machine;
	const struct smn_row *refusal;
	struct smn_why why;
	const struct smn_broken *broken; /* what it does wrong, or NULL */
	uint64_t clock;			/* ns; an ioctl takes one */
	bool asked;
};

struct smn_model *smn_model_new(void)
{
	struct smn_model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	smn_world_init(&m->world);
	m->world.answers = true;
	m->world.memlock = ~0ULL;
	m->world.touch = smn_touch;
	smn_facts_fill(&m->world.facts, SMN_NO);
	if (smn_machine_init(&m->machine, &m->world)) {
		smn_model_free(m);
		return NULL;
	}
	return m;
}

void smn_model_free(struct smn_model *m)
{
	if (!m)
		return;
	smn_machine_free(&m->machine);
	smn_world_free(&m->world);
	free(m);
}

struct smn_world *smn_model_world(struct smn_model *m)
{
	return &m->world;
}

struct smn_machine *smn_model_machine(struct smn_model *m)
{
	return &m->machine;
}

int smn_model_tell(struct smn_model *m, const char *smmu,
		   const uint32_t regs[SMN_NREGS], enum smn_truth canwbs)
{
	struct smn_smmu *s = smn_world_smmu(&m->world, smmu);

	if (!s)
		s = smn_world_add_smmu(&m->world, smmu);
	if (!s)
		return -ENOMEM;
	smn_smmu_tell(s, regs);
	s->facts.is[SMN_FACT_NO_CANWBS] = smn_not(canwbs);
	s->facts.is[SMN_FACT_INCOHERENT] =
		smn_truth_of(!smn_idr_get(regs, "IDR0.COHACC"));
	return 0;
}

int smn_model_break(struct smn_model *m, const char *name)
{
	m->broken = smn_broken_by_name(name);
	return m->broken ? 0 : -ENOENT;
}

bool smn_model_asked(const struct smn_model *m)
{
	return m->asked;
}

const struct smn_row *smn_model_refusal(const struct smn_model *m)
{
	return m->refusal;
}

/* --- ioctl --- */

/*
 * ENOTTY of a file that has no such ioctl; EINVAL of a cdev not bound yet,
 * whatever it is asked. VFIO's own ioctls have a row for that.
 */
static int wrong_file(const struct smn_file *f, enum smn_op_id op)
{
	bool vfio = op < SMN_IOMMU_DESTROY;

	if (!f)
		return -EBADF;
	if (f->kind == SMN_FILE_CDEV && !f->bound && !vfio)
		return -EINVAL;
	if (op == SMN_NOPS ||
	    f->kind != (vfio ? SMN_FILE_CDEV : SMN_FILE_IOMMU))
		return -ENOTTY;
	return 0;
}

/* What nothing else refuses asks for memory, and does not get it. */
static bool starves(struct smn_model *m, struct smn_question *q)
{
	return m->machine.fail_nth && smn_act(q->op)->allocates &&
		!smn_row_first(q) && smn_machine_starves(&m->machine);
}

/* Put it to the rows. 0 or -errno, and *out as the kernel would leave it. */
static int settle(struct smn_model *m, struct smn_question *q, void *out)
{
	int ret, err;

	if (m->broken) {
		ret = smn_broken_decide(m->broken, q, out);
		m->refusal = q->row;
		if (q->row)
			smn_why_set(&m->why, "%s", q->row->cause);
		return ret;
	}
	m->refusal = q->row = smn_row_first(q);
	err = m->refusal ? -m->refusal->err : 0;
	if (m->refusal) {
		smn_why_set(&m->why, "%s", m->refusal->cause);
		smn_row_holds(q, m->refusal, &m->why);
	}
	ret = smn_world_happened(q, out, err);
	return ret ? ret : err;
}

static int decide(struct smn_model *m, struct smn_question *q, void *out)
{
	uint8_t *injected = &m->world.facts.is[SMN_FACT_INJECTED];
	int ret;

	m->clock++;
	if (!starves(m, q))
		return settle(m, q, out);
	*injected = SMN_YES;
	ret = settle(m, q, out);
	*injected = SMN_NO;
	return ret;
}

static int answer(struct smn_model *m, int fd, enum smn_op_id op, void *arg)
{
	const struct smn_op *row = smn_op(op);
	uint32_t size = smn_arg_size(arg);
	uint64_t in[SMN_ARG_MAX / 8] = { 0 }, out[SMN_ARG_MAX / 8];
	struct smn_question q = { .op = op, .fd = fd, .in = in, .raw = arg,
				  .given = ~0u, .w = &m->world };
	int ret;

	/* VFIO reads what DMA_BUF has behind its flags, whatever argsz says */
	if (size > row->size || op == SMN_VFIO_DEVICE_FEATURE)
		size = row->size;
	memcpy(in, arg, size);
	memcpy(out, in, sizeof(out));
	q.words = smn_op_payload(op, in, &q.nwords);
	smn_question_resolve(&q);
	ret = decide(m, &q, out);
	memcpy(arg, out, size);
	return ret ? ret : q.value;
}

static void reset(struct smn_pdev *dev)
{
	if (dev->gadget)
		smn_gadget_reset(dev->gadget);
}

/* iommufd_vfio_check_extension(): it knows of VFIO's own, and has it not. */
static int has_extension(struct smn_model *m, int fd, const void *number)
{
	const struct smn_file *f = smn_world_file(&m->world, fd);

	if (!f)
		return -EBADF;
	return f->kind == SMN_FILE_IOMMU &&
		(uintptr_t)number == smn_legacy_nesting.number ? 0 : -ENOTTY;
}

static int model_ioctl(void *be, int fd, unsigned long request, void *arg,
		       struct smn_span *span)
{
	struct smn_model *m = be;
	enum smn_op_id op = smn_op_by_request(request);
	int ret = wrong_file(smn_world_file(&m->world, fd), op);

	m->refusal = NULL;
	*span = (struct smn_span){ m->clock, 1 };
	if (request == smn_legacy_nesting.request)
		return has_extension(m, fd, arg);
	if (!ret)
		ret = answer(m, fd, op, arg);
	/* VFIO resets a device it opens, too */
	if (!ret && (op == SMN_VFIO_DEVICE_RESET ||
		     op == SMN_VFIO_DEVICE_BIND_IOMMUFD))
		reset(smn_world_file(&m->world, fd)->dev);
	return ret;
}

/* --- files --- */

/* The same for what is no ioctl. Bytes that went through, or -errno. */
static ssize_t answer_file(struct smn_model *m, int fd, enum smn_op_id op,
			   const struct smn_file_arg *in, struct smn_pdev *dev)
{
	struct smn_file_arg out = *in;
	struct smn_question q = { .op = op, .fd = fd, .in = in, .given = ~0u,
				  .w = &m->world };
	int ret;

	q.words = smn_op_payload(op, in, &q.nwords);
	smn_question_resolve(&q);
	if (dev)
		q.dev = dev;
	ret = decide(m, &q, &out);
	return ret ? ret : (ssize_t)out.length;
}

static int model_open(void *be, const char *path, int flags)
{
	struct smn_model *m = be;
	struct smn_world *w = &m->world;
	const struct smn_file_arg in = { .node = smn_node_of(path) };
	int fd = smn_world_free_fd(w);
	int ret;

	m->asked = true;
	m->refusal = NULL;
	if (in.node == SMN_NODE_OTHER) {
		ret = smn_machine_open(&m->machine, path, flags, fd);
		return ret ? ret : fd;
	}
	ret = answer_file(m, SMN_ANY_FD, SMN_OPEN, &in,
			  smn_world_cdev(w, path));
	if (!ret)
		ret = smn_world_opened(w, path, fd);
	return ret ? ret : fd;
}

static int model_close(void *be, int fd)
{
	struct smn_model *m = be;
	const struct smn_file_arg in = { 0 };
	int ret = answer_file(m, fd, SMN_CLOSE, &in, NULL);

	smn_machine_close(&m->machine, fd);
	if (!ret)
		smn_world_closed(&m->world, fd);
	return ret;
}

/* EINVAL of what cannot be read, or written, at all. */
static ssize_t queue_io(struct smn_model *m, int fd, uintptr_t buf, size_t len,
			bool write)
{
	const struct smn_file_arg in = { .length = len, .data = buf };
	const struct smn_file *f = smn_world_file(&m->world, fd);

	m->refusal = NULL;
	if (!f)
		return -EBADF;
	if (f->kind == SMN_FILE_VEVENTQ && !write)
		return answer_file(m, fd, SMN_READ_VEVENTQ, &in, NULL);
	if (f->kind == SMN_FILE_FAULTQ)
		return answer_file(m, fd, write ? SMN_WRITE_FAULTQ :
				   SMN_READ_FAULTQ, &in, NULL);
	return -EINVAL;
}

static bool is_text(const struct smn_model *m, int fd)
{
	const struct smn_file *f = smn_world_file(&m->world, fd);

	return f && f->kind == SMN_FILE_OTHER;
}

static ssize_t model_read(void *be, int fd, void *buf, size_t len)
{
	struct smn_model *m = be;
	struct smn_file *f = smn_world_file(&m->world, fd);

	if (f && f->kind == SMN_FILE_EVENTFD)
		return smn_eventfd_read(f, buf, len);
	if (is_text(m, fd))
		return smn_machine_read(&m->machine, fd, buf, len);
	return queue_io(m, fd, (uintptr_t)buf, len, false);
}

static ssize_t model_write(void *be, int fd, const void *buf, size_t len)
{
	struct smn_model *m = be;

	if (is_text(m, fd))
		return smn_machine_write(&m->machine, fd, buf, len);
	return queue_io(m, fd, (uintptr_t)buf, len, true);
}

/* --- a device's regions; eventfds --- */

static ssize_t region_io(struct smn_model *m, enum smn_op_id op, int fd,
			 void *buf, size_t len, uint64_t offset)
{
	const struct smn_file_arg in = { .length = len, .offset = offset,
					 .data = (uintptr_t)buf };
	const struct smn_file *f = smn_world_file(&m->world, fd);
	ssize_t n;

	m->refusal = NULL;
	if (f && f->kind == SMN_FILE_VEVENTQ && op == SMN_READ_REGION && offset)
		return answer_file(m, fd, SMN_READ_VEVENTQ, &in, NULL);
	if (!f || f->kind != SMN_FILE_CDEV)
		return f ? -ESPIPE : -EBADF;
	n = answer_file(m, fd, op, &in, NULL);
	if (n <= 0)
		return n;
	return smn_gadget_access(f->dev->gadget, m, offset, buf, len,
				 op == SMN_WRITE_REGION);
}

static ssize_t model_pread(void *be, int fd, void *buf, size_t len,
			   uint64_t offset)
{
	struct smn_model *m = be;

	if (is_text(m, fd))
		return smn_machine_pread(&m->machine, fd, buf, len, offset);
	return region_io(m, SMN_READ_REGION, fd, buf, len, offset);
}

static ssize_t model_pwrite(void *be, int fd, const void *buf, size_t len,
			    uint64_t offset)
{
	return region_io(be, SMN_WRITE_REGION, fd, (void *)buf, len, offset);
}

static int model_eventfd(void *be)
{
	struct smn_model *m = be;
	int fd = smn_world_free_fd(&m->world);

	return smn_world_add_file(&m->world, fd, SMN_FILE_EVENTFD) ? fd :
		-ENOMEM;
}

/* Nothing happens by itself: what is not there now will not come. */
static int model_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	struct smn_model *m = be;
	int ready = smn_world_poll(&m->world, fds, n);

	if (!ready && ms > 0)
		m->clock += (uint64_t)ms * 1000000;
	return ready;
}

static ssize_t model_readlink(void *be, const char *path, char *buf,
			      size_t len)
{
	struct smn_model *m = be;

	m->asked = true;
	return smn_machine_readlink(&m->machine, path, buf, len);
}

static int model_access(void *be, const char *path)
{
	struct smn_model *m = be;

	m->asked = true;
	return smn_machine_access(&m->machine, path);
}

static int model_mkdir(void *be, const char *path)
{
	struct smn_model *m = be;

	return smn_tree_add(&m->machine.tree, SMN_TREE_FOLDER, path, "");
}

static int model_unlink(void *be, const char *path)
{
	struct smn_model *m = be;

	return smn_tree_remove(&m->machine.tree, path);
}

static int model_list(void *be, const char *dir,
		      int (*each)(void *ctx, const char *name), void *ctx)
{
	struct smn_model *m = be;

	m->asked = true;
	return smn_machine_list(&m->machine, dir, each, ctx);
}

/* there is no log, nor a program but those of the machine below */
static int model_seek_end(void *be, int fd)
{
	(void)be;
	(void)fd;
	return -ESPIPE;
}

static ssize_t model_run(void *be, const struct smn_program *p, void *buf,
			 size_t len)
{
	const struct smn_machine *m = &((struct smn_model *)be)->machine;

	return m->below ? m->below->run(m->below_priv, p, buf, len) : -ENOENT;
}

static void *model_map(void *be, size_t len)
{
	const struct smn_file_arg in = { .length = len };
	void *p;

	if (answer_file(be, SMN_ANY_FD, SMN_MMAP, &in, NULL) < 0)
		return NULL;
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

/* Not memory that can be pinned, so the world is not told of it. */
static void *model_map_file(void *be, int fd, size_t len)
{
	struct smn_model *m = be;
	struct smn_file *f = smn_world_file(&m->world, fd);

	return f && f->bound ? model_map(be, len) : NULL;
}

static int model_unmap(void *be, void *addr, size_t len)
{
	(void)be;
	return munmap(addr, len) ? -errno : 0;
}

static const struct smn_row *model_refusal(void *be, struct smn_why *cause)
{
	const struct smn_model *m = be;

	*cause = m->why;
	return m->refusal;
}

static uint64_t model_now(void *be)
{
	return ((struct smn_model *)be)->clock;
}

const struct smn_backend smn_backend_model = {
	.name = "model",
	.open = model_open,
	.close = model_close,
	.ioctl = model_ioctl,
	.read = model_read,
	.write = model_write,
	.pread = model_pread,
	.pwrite = model_pwrite,
	.eventfd = model_eventfd,
	.poll = model_poll,
	.readlink = model_readlink,
	.access = model_access,
	.mkdir = model_mkdir,
	.unlink = model_unlink,
	.list = model_list,
	.seek_end = model_seek_end,
	.run = model_run,
	.map = model_map,
	.map_file = model_map_file,
	.unmap = model_unmap,
	.now = model_now,
	.refusal = model_refusal,
};
