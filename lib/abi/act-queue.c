// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Event and fault queues: an iommufd object and a file each, which are made
 * together; reading and writing of those files.
 */
#include <inttypes.h>

#include "abi/ring.h"
#include "abi/row.h"

/*
 * The queue's file: of the number the kernel gave, or of the lowest free one.
 * It keeps the queue and its iommufd.
 */
static int add_file(struct smn_question *q, struct smn_obj *o,
		    enum smn_file_kind kind, int *fd)
{
	struct smn_file *f;

	if (q->w->answers)
		*fd = smn_world_free_fd(q->w);
	f = *fd < 0 ? NULL : smn_world_add_file(q->w, *fd, kind);
	if (!f)
		return -ENOMEM;
	f->queue = o;
	o->users++;
	o->x->refs++;
	return 0;
}

/* --- IOMMU_VEVENTQ_ALLOC: iommufd_veventq_alloc() --- */

#define DEPTH_MAX (1u << 19)

static const struct iommu_veventq_alloc *
veventq_of(const struct smn_question *q)
{
	return q->in;
}

static enum smn_truth has_queue(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_veventq_alloc *in = veventq_of(q);
	const struct smn_obj *viommu =
		smn_question_obj(q, in->viommu_id, SMN_T_VIOMMU);
	const struct smn_obj *o = viommu ? viommu->viommu.veventqs : NULL;

	(void)row;
	while (o && o->veventq.type != in->type)
		o = o->veventq.next;
	if (why && o)
		smn_why_set(why, "vIOMMU %" PRIu32 " has the vEVENTQ %" PRIu32
			    " of type %" PRIu32 " already", in->viommu_id,
			    o->id, in->type);
	return viommu ? smn_truth_of(o) : SMN_UNKNOWN;
}

static int veventq_made(struct smn_question *q, void *out)
{
	struct iommu_veventq_alloc *arg = out;
	struct smn_obj *viommu =
		smn_question_obj(q, arg->viommu_id, SMN_T_VIOMMU);
	struct smn_ring *ring;
	struct smn_obj *o;

	if (!viommu)
		return -ENOMEM;	/* made while there was no memory for it */
	ring = smn_ring_new(arg->veventq_depth);
	if (!ring)
		return -ENOMEM;
	o = smn_obj_new(q->w, q->x, SMN_T_VEVENTQ, &arg->out_veventq_id);
	if (!o) {
		smn_ring_free(ring);
		return -ENOMEM;
	}
	o->veventq = (struct smn_veventq){
		.viommu = viommu, .next = viommu->viommu.veventqs,
		.type = arg->type, .depth = arg->veventq_depth, .ring = ring,
	};
	viommu->viommu.veventqs = o;
	viommu->users++;
	if (add_file(q, o, SMN_FILE_VEVENTQ, (int *)&arg->out_veventq_fd)) {
		smn_obj_free(q->w, o);
		return -ENOMEM;
	}
	o->veventq.fd = arg->out_veventq_fd;
	return 0;
}

#define VEVENTQ(member) SMN_ON(iommu_veventq_alloc, member)

static const struct smn_row veventq_rows[] = {
	{ "veventq.flags", EOPNOTSUPP, VEVENTQ(flags),
	  SMN_TEST(is_not, .with = 0),
	  .cause = "flags is not 0",
	  .remedy = "leave flags 0" },
	{ "veventq.reserved", EOPNOTSUPP, VEVENTQ(__reserved),
	  SMN_TEST(is_not, .with = 0),
	  .cause = "__reserved is not 0",
	  .remedy = "leave __reserved 0" },
	{ "veventq.type", EOPNOTSUPP, VEVENTQ(type),
	  SMN_TEST(is, .with = IOMMU_VEVENTQ_TYPE_DEFAULT),
	  .cause = "type 0 is no type of events",
	  .remedy = "choose type ARM_SMMUV3; a queue of any other type stays "
		    "empty" },
	{ "veventq.none", EINVAL, VEVENTQ(veventq_depth),
	  SMN_TEST(is, .with = 0),
	  .cause = "the queue is to hold no event",
	  .remedy = "choose a depth from 1 to 524288" },
	{ "veventq.depth", EINVAL, VEVENTQ(veventq_depth),
	  SMN_TEST(above, .with = DEPTH_MAX), .since = 702,
	  .cause = "the queue is to hold more than 524288 events",
	  .remedy = "choose a depth from 1 to 524288" },
	{ "veventq.viommu", ENOENT, VEVENTQ(viommu_id),
	  SMN_TEST(no_object, .with = SMN_IS(VIOMMU)),
	  .cause = "viommu_id is no vIOMMU",
	  .remedy = "allocate a vIOMMU before" },
	{ "veventq.taken", EEXIST, .test = has_queue,
	  .cause = "the vIOMMU has a queue of this type already",
	  .remedy = "read that one, or destroy it before" },
	{ "veventq.fds", EMFILE, SMN_IF(NO_FDS),
	  .cause = "this process may have no more files open",
	  .remedy = "ulimit -n 4096" },
};

SMN_ACT(IOMMU_VEVENTQ_ALLOC, veventq_rows, .done = veventq_made,
	.allocates = true);

/* --- IOMMU_FAULT_QUEUE_ALLOC: iommufd_fault_alloc() --- */

static int faultq_made(struct smn_question *q, void *out)
{
	struct iommu_fault_alloc *arg = out;
	struct smn_obj *o;

	if (!q->x)
		return -ENOMEM;	/* opened while there was no memory for it */
	o = smn_obj_new(q->w, q->x, SMN_T_FAULTQ, &arg->out_fault_id);
	if (!o)
		return -ENOMEM;
	if (add_file(q, o, SMN_FILE_FAULTQ, (int *)&arg->out_fault_fd)) {
		smn_obj_free(q->w, o);
		return -ENOMEM;
	}
	o->faultq.fd = arg->out_fault_fd;
	return 0;
}

static const struct smn_row faultq_rows[] = {
	{ "faultq.flags", EOPNOTSUPP, SMN_ON(iommu_fault_alloc, flags),
	  SMN_TEST(is_not, .with = 0),
	  .cause = "flags is not 0",
	  .remedy = "leave flags 0" },
	{ "faultq.fds", EMFILE, SMN_IF(NO_FDS),
	  .cause = "this process may have no more files open",
	  .remedy = "ulimit -n 4096" },
};

SMN_ACT(IOMMU_FAULT_QUEUE_ALLOC, faultq_rows, .done = faultq_made,
	.allocates = true);

/* --- their files --- */

static const struct smn_file_arg *file_of(const struct smn_question *q)
{
	return q->in;
}

static enum smn_truth no_file(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (smn_world_file(q->w, q->fd))
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

/* What waits is only known where the world answers. */
static struct smn_ring *ring_of(const struct smn_question *q)
{
	const struct smn_file *f = smn_world_file(q->w, q->fd);

	return q->w->answers && f && f->kind == SMN_FILE_VEVENTQ ?
		f->queue->veventq.ring : NULL;
}

/* Nothing but an event without room for it stops a read. */
static enum smn_truth event_too_long(struct smn_question *q,
				     const struct smn_row *row,
				     struct smn_why *why)
{
	const struct smn_ring *ring = ring_of(q);
	uint64_t length = file_of(q)->length;

	(void)why;
	if (length >= row->with)
		return SMN_NO;
	return ring ? smn_truth_of(smn_ring_first(ring) > length) :
		SMN_UNKNOWN;
}

/* Can the first record that waits be put at @to? */
static bool has_room(const struct smn_question *q, uint64_t to, size_t n)
{
	char old[SMN_RECORD];

	return !smn_user_read(q->w, old, to, n) &&
		!smn_user_write(q->w, to, old, n);
}

static enum smn_truth bad_buffer(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	const struct smn_ring *ring = ring_of(q);
	size_t n = ring ? smn_ring_first(ring) : 0;

	(void)row;
	(void)why;
	if (!q->w->answers)
		return SMN_UNKNOWN;
	return smn_truth_of(n && !has_room(q, file_of(q)->data, n));
}

/* Records one by one: what finds no memory stays in the queue. */
static int veventq_read(struct smn_question *q, void *out)
{
	struct smn_file_arg *arg = out;
	struct smn_ring *ring = ring_of(q);
	uint64_t done = 0;
	char record[SMN_RECORD];
	size_t n;

	if (!ring)
		return 0;
	while ((n = smn_ring_first(ring)) && n <= arg->length - done &&
	       has_room(q, arg->data + done, n)) {
		smn_ring_read(ring, record, n);
		smn_user_write(q->w, arg->data + done, record, n);
		done += n;
	}
	arg->length = done;
	return 0;
}

#define FILE_ROWS(family) \
	{ family ".fd", EBADF, .test = no_file, \
	  .cause = "the queue's file is not open", \
	  .remedy = "allocate a queue, and keep its file open" }
#define LENGTH SMN_ON(smn_file_arg, length)

static const struct smn_row read_veventq_rows[] = {
	FILE_ROWS("read"),
	{ "read.offset", ESPIPE, SMN_ON(smn_file_arg, offset),
	  SMN_TEST(is_not, .with = 0),
	  .cause = "the queue is read at an offset",
	  .remedy = "use read(2), not pread(2)",
	  .unreached = "the system call refuses it first" },
	{ "read.header", EINVAL, LENGTH,
	  SMN_TEST(below, .with = sizeof(struct iommufd_vevent_header)),
	  .cause = "there is no room for a header of 8 bytes",
	  .remedy = "read 40 bytes at least" },
	{ "read.event", EINVAL, LENGTH, .test = event_too_long,
	  .with = SMN_RECORD,
	  .cause = "an event waits, and there is no room for its 40 bytes",
	  .remedy = "read 40 bytes at least",
	  .unreached = "a script has no DMA to make an event by" },
	{ "read.buffer", EFAULT, .test = bad_buffer,
	  .cause = "the buffer is not in memory of this process",
	  .remedy = "pass the address of a buffer",
	  .unreached = "a script has no DMA to make an event by" },
	{ "read.memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
};

SMN_ACT(READ_VEVENTQ, read_veventq_rows, .done = veventq_read);

/* Nothing here stalls: where the world answers, no fault ever waits. */
static int faultq_read(struct smn_question *q, void *out)
{
	struct smn_file_arg *arg = out;

	if (q->w->answers)
		arg->length = 0;
	return 0;
}

/* the length is no multiple of .with */
static enum smn_truth in_parts(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(file_of(q)->length % row->with);
}

static const struct smn_row read_faultq_rows[] = {
	FILE_ROWS("fault.read"),
	{ "fault.size", ESPIPE, LENGTH, .test = in_parts,
	  .with = sizeof(struct iommu_hwpt_pgfault),
	  .cause = "the length is no multiple of a fault's 40 bytes",
	  .remedy = "read multiples of 40 bytes" },
	{ "fault.group", EINVAL, .test = smn_test_elsewhere,
	  .cause = "faults that belong together wait, and do not all fit",
	  .remedy = "read more at once",
	  .unreached = "a device that stalls is needed" },
	{ "fault.buffer", EFAULT, .test = smn_test_elsewhere,
	  .cause = "the buffer is not in memory of this process",
	  .remedy = "pass the address of a buffer",
	  .unreached = "a device that stalls is needed" },
	{ "fault.memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
};

SMN_ACT(READ_FAULTQ, read_faultq_rows, .done = faultq_read);

/* The first answer, if it could be read: the others come after it. */
static bool answer_of(const struct smn_question *q,
		      struct iommu_hwpt_page_response *answer)
{
	return q->words && q->nwords &&
		!smn_user_read(q->w, answer, (uintptr_t)q->words,
			       sizeof(*answer));
}

static enum smn_truth bad_answer(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	struct iommu_hwpt_page_response answer;

	(void)row;
	(void)why;
	if (!file_of(q)->length)
		return SMN_NO;
	if (!q->w->answers)
		return q->words ? SMN_NO : SMN_UNKNOWN;
	return smn_truth_of(!answer_of(q, &answer));
}

static enum smn_truth bad_code(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	struct iommu_hwpt_page_response answer;

	if (!answer_of(q, &answer))
		return file_of(q)->length ? SMN_UNKNOWN : SMN_NO;
	if (why)
		smn_why_set(why, "code %" PRIu32 " is neither 0 (success) nor "
			    "1 (invalid)", answer.code);
	return smn_truth_of(answer.code > row->with);
}

static enum smn_truth bad_cookie(struct smn_question *q,
				 const struct smn_row *row,
				 struct smn_why *why)
{
	struct iommu_hwpt_page_response answer;

	(void)row;
	if (!answer_of(q, &answer))
		return file_of(q)->length ? SMN_UNKNOWN : SMN_NO;
	if (why)
		smn_why_set(why, "no fault with the cookie %" PRIu32 " waits "
			    "for an answer", answer.cookie);
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

static const struct smn_row write_faultq_rows[] = {
	FILE_ROWS("answer"),
	{ "answer.size", ESPIPE, LENGTH, .test = in_parts,
	  .with = sizeof(struct iommu_hwpt_page_response),
	  .cause = "the length is no multiple of an answer's 8 bytes",
	  .remedy = "write multiples of 8 bytes" },
	{ "answer.buffer", EFAULT, .test = bad_answer,
	  .cause = "the answers are not in memory of this process",
	  .remedy = "pass the address of the answers" },
	{ "answer.code", EINVAL, .test = bad_code,
	  .with = IOMMUFD_PAGE_RESP_INVALID,
	  .cause = "an answer's code is neither 0 (success) nor 1 (invalid)",
	  .remedy = "answer 0 or 1" },
	{ "answer.cookie", EINVAL, .test = bad_cookie,
	  .cause = "no fault with that cookie waits for an answer",
	  .remedy = "answer each fault once, and before it is detached" },
};

SMN_ACT(WRITE_FAULTQ, write_faultq_rows);
