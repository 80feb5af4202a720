// SPDX-License-Identifier: GPL-2.0-or-later
/* Sending requests: names become ids, fds and addresses. See request.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nest/request.h"

static const struct smn_slot empty = { .fd = -1 };

int smn_runner_init(struct smn_runner *r, struct smn_sys *sys,
		    unsigned int nslots, size_t bytes)
{
	*r = (struct smn_runner){ .sys = sys, .bytes = bytes };
	r->slots = calloc(nslots, sizeof(*r->slots));
	r->scratch = smn_sys_map(sys, SMN_REQ_LENGTH);
	r->memory = smn_sys_map(sys, bytes);
	if (!r->slots || !r->scratch || !r->memory) {
		smn_runner_free(r);
		return -ENOMEM;
	}
	r->nslots = nslots;
	for (unsigned int i = 0; i < nslots; i++)
		r->slots[i] = empty;
	return 0;
}

static void let_go(struct smn_runner *r, const struct smn_slot *s)
{
	if (s->addr)
		smn_sys_unmap(r->sys, s->addr, s->bytes);
	if (s->fd >= 0)
		smn_sys_close(r->sys, s->fd);
}

void smn_runner_free(struct smn_runner *r)
{
	for (unsigned int i = 0; i < r->nslots; i++)
		let_go(r, &r->slots[i]);
	if (r->memory)
		smn_sys_unmap(r->sys, r->memory, r->bytes);
	if (r->scratch)
		smn_sys_unmap(r->sys, r->scratch, SMN_REQ_LENGTH);
	free(r->slots);
	*r = (struct smn_runner){ 0 };
}

static const struct smn_slot *slot_of(const struct smn_runner *r,
				      unsigned int slot)
{
	return slot < r->nslots ? &r->slots[slot] : &empty;
}

/* --- the argument --- */

/*
 * What members are when they are left out of a request that has a payload.
 * Most members are none of these, and 0.
 */
static bool usual(const struct smn_runner *r, const struct smn_request *req,
		  const struct smn_arg *a, uint64_t *value)
{
	const struct {
		const char *member;
		uint64_t value;
	} of_payload[] = {
		{ "data_uptr", (uintptr_t)r->scratch },
		{ "allowed_iovas", (uintptr_t)r->scratch },
		{ "data", (uintptr_t)r->scratch },
		{ "data_len", req->nwords * sizeof(*req->words) },
		{ "entry_len", 2 * sizeof(*req->words) },
		{ "entry_num", req->nwords / 2 },
		{ "num_iovas", req->nwords / 2 },
	};

	*value = 0;
	if (!req->nwords)
		return false;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(of_payload); i++)
		if (!strcmp(of_payload[i].member, a->name)) {
			*value = of_payload[i].value;
			return true;
		}
	if (strcmp(a->name, "data_type"))
		return false;
	for (unsigned int v = 0; v < a->nnames; v++)
		if (a->names[v] && !strcmp(a->names[v], "ARM_SMMUV3"))
			*value = v;
	return true;
}

static uint64_t value_of(const struct smn_runner *r,
			 const struct smn_req_value *v)
{
	const struct smn_slot *s;

	switch (v->ref) {
	case SMN_REF_ID:
		s = slot_of(r, v->slot);
		return (s->addr ? (uintptr_t)s->addr : s->id) + v->value;
	case SMN_REF_FD:
		return slot_of(r, v->slot)->fd;
	case SMN_REF_MEMORY:
		return (uintptr_t)r->memory + v->value;
	case SMN_REF_PAYLOAD:
		return (uintptr_t)r->scratch;
	default:
		return v->value;
	}
}

static uint32_t min_size(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t smn_request_arg(const struct smn_runner *r,
			 const struct smn_request *req,
			 unsigned char arg[SMN_REQ_SIZE])
{
	const struct smn_op *op = smn_op(req->op);
	uint32_t size = min_size(req->size, SMN_REQ_SIZE);
	uint32_t given = req->given;
	uint64_t v;

	memset(arg, 0, op->size);
	memset(arg + op->size, req->tail, SMN_REQ_SIZE - op->size);
	memcpy(arg, &size, sizeof(size));
	for (unsigned int i = 0; i < op->nargs; i++) {
		if (req->given >> i & 1)
			v = value_of(r, &req->arg[i]);
		else if (usual(r, req, &op->args[i], &v))
			given |= 1u << i;
		smn_arg_put(&op->args[i], arg, v);
	}
	memcpy(r->scratch, req->words, req->nwords * sizeof(*req->words));
	return given;
}

/* --- the answer --- */

static void set_slot(struct smn_runner *r, unsigned int slot,
		     struct smn_slot made)
{
	struct smn_slot old = made;

	if (slot && slot < r->nslots) {
		old = r->slots[slot];
		r->slots[slot] = made;
	}
	let_go(r, &old);
}

/* The world beside the call knows best what was made. */
static uint8_t type_of(const struct smn_runner *r, int fd,
		       const struct smn_arg *a, uint32_t id)
{
	struct smn_world *w = r->sys->world;
	struct smn_file *f = w ? smn_world_file(w, fd) : NULL;
	struct smn_obj *o = f && f->x ? smn_obj_get(f->x, id) : NULL;

	return o ? o->type : __builtin_ctz(a->types);
}

/* Ids and files in the argument that the kernel wrote. */
static struct smn_slot made_by(const struct smn_runner *r,
			       const struct smn_request *req, int fd,
			       const unsigned char *arg)
{
	const struct smn_op *op = smn_op(req->op);
	struct smn_slot made = empty;

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];

		if (!a->out)
			continue;
		if (a->types) {
			made.id = smn_arg_get(a, arg);
			made.type = type_of(r, fd, a, made.id);
		} else if (a->format == SMN_ARG_FD) {
			made.fd = smn_arg_get(a, arg);
		}
	}
	return made;
}

/* What is now in the payload, or in memory that a member points to. */
static void keep_data(const struct smn_runner *r, const struct smn_request *req,
		      struct smn_reply *reply)
{
	const char *from = NULL;
	size_t bytes = 0;

	if (req->nwords) {
		from = r->scratch;
		bytes = req->nwords * sizeof(*req->words);
	}
	for (unsigned int i = 0; i < smn_op(req->op)->nargs; i++) {
		const struct smn_req_value *v = &req->arg[i];

		if (req->given >> i & 1 && v->ref == SMN_REF_MEMORY &&
		    v->value < r->bytes) {
			from = (const char *)r->memory + v->value;
			bytes = r->bytes - v->value;
		}
	}
	if (from)
		memcpy(reply->data, from,
		       bytes < SMN_REQ_DATA ? bytes : SMN_REQ_DATA);
}

/* --- the calls --- */

static int call_ioctl(struct smn_runner *r, const struct smn_request *req,
		      struct smn_reply *reply)
{
	_Alignas(8) unsigned char arg[SMN_REQ_SIZE];
	int fd = slot_of(r, req->file)->fd;

	smn_request_arg(r, req, arg);
	reply->err = smn_sys_ioctl(r->sys, req->op, fd, arg);
	reply->ns = r->sys->last.span.ns;
	memcpy(reply->out, arg, sizeof(arg));
	keep_data(r, req, reply);
	if (req->result)
		set_slot(r, req->result, reply->err < 0 ? empty :
			 made_by(r, req, fd, arg));
	return reply->err;
}

static int call_open(struct smn_runner *r, const struct smn_request *req,
		     struct smn_reply *reply)
{
	struct smn_slot made = empty;
	const char *path = SMN_IOMMU_NODE;
	uint64_t start = smn_sys_now(r->sys);
	int fd = -ENODEV;

	if (req->device == SMN_REQ_PATH)
		path = req->path;
	else if (req->device)
		path = req->device <= r->ncdevs ?
			r->cdevs[req->device - 1] : NULL;
	if (path)
		fd = smn_sys_open(r->sys, path, O_RDWR);
	reply->ns = smn_sys_now(r->sys) - start;
	reply->err = fd < 0 ? fd : 0;
	made.fd = fd < 0 ? -1 : fd;
	set_slot(r, req->result, made);
	return reply->err;
}

static int call_map(struct smn_runner *r, const struct smn_request *req,
		    struct smn_reply *reply)
{
	struct smn_slot made = { .fd = -1, .bytes = req->size };
	uint64_t start = smn_sys_now(r->sys);

	made.addr = smn_sys_map_file(r->sys, slot_of(r, req->file)->fd,
				     req->size);
	reply->ns = smn_sys_now(r->sys) - start;
	reply->err = made.addr ? 0 : -ENODEV;
	set_slot(r, req->result, made);
	return reply->err;
}

static int call_close(struct smn_runner *r, const struct smn_request *req,
		      struct smn_reply *reply)
{
	uint64_t start = smn_sys_now(r->sys);
	int fd = slot_of(r, req->file)->fd;

	reply->err = smn_sys_close(r->sys, fd);
	reply->ns = smn_sys_now(r->sys) - start;
	if (fd >= 0)
		r->slots[req->file].fd = -1;
	return reply->err;
}

/* The buffer is our own, unless the request names another. */
static struct smn_file_arg file_arg(const struct smn_runner *r,
				    const struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);
	struct smn_file_arg arg = { .data = (uintptr_t)r->scratch };

	memcpy(r->scratch, req->words, req->nwords * sizeof(*req->words));
	for (unsigned int i = 0; i < op->nargs; i++)
		if (req->given >> i & 1)
			smn_arg_put(&op->args[i], &arg,
				    value_of(r, &req->arg[i]));
	arg.length = min_size(req->size, SMN_REQ_LENGTH);
	return arg;
}

static ssize_t read_file(struct smn_runner *r, enum smn_op_id op, int fd,
			 void *buf, const struct smn_file_arg *arg)
{
	return op == SMN_READ_REGION ?
		smn_sys_pread(r->sys, fd, buf, arg->length, arg->offset) :
		smn_sys_read_queue(r->sys, op, fd, buf, arg->length);
}

static ssize_t write_file(struct smn_runner *r, enum smn_op_id op, int fd,
			  const void *buf, const struct smn_file_arg *arg)
{
	return op == SMN_WRITE_REGION ?
		smn_sys_pwrite(r->sys, fd, buf, arg->length, arg->offset) :
		smn_sys_write_queue(r->sys, fd, buf, arg->length);
}

static int call_read(struct smn_runner *r, const struct smn_request *req,
		     struct smn_reply *reply)
{
	struct smn_file_arg arg = file_arg(r, req);
	void *buf = (void *)(uintptr_t)arg.data;
	uint64_t start = smn_sys_now(r->sys);

	reply->err = read_file(r, req->op, slot_of(r, req->file)->fd, buf,
			       &arg);
	reply->ns = smn_sys_now(r->sys) - start;
	if (reply->err > 0 && buf == r->scratch)
		memcpy(reply->data, buf, min_size(reply->err, SMN_REQ_DATA));
	return reply->err;
}

static int call_write(struct smn_runner *r, const struct smn_request *req,
		      struct smn_reply *reply)
{
	struct smn_file_arg arg = file_arg(r, req);
	uint64_t start = smn_sys_now(r->sys);

	reply->err = write_file(r, req->op, slot_of(r, req->file)->fd,
				(void *)(uintptr_t)arg.data, &arg);
	reply->ns = smn_sys_now(r->sys) - start;
	return reply->err;
}

int smn_runner_call(struct smn_runner *r, const struct smn_request *req,
		    struct smn_reply *reply)
{
	static int (*const calls[])(struct smn_runner *r,
				    const struct smn_request *req,
				    struct smn_reply *reply) = {
		[SMN_REQ_IOCTL] = call_ioctl, [SMN_REQ_OPEN] = call_open,
		[SMN_REQ_CLOSE] = call_close, [SMN_REQ_MAP] = call_map,
		[SMN_REQ_READ] = call_read,
		[SMN_REQ_WRITE] = call_write,
	};

	*reply = (struct smn_reply){ 0 };
	calls[req->kind](r, req, reply);
	if (reply->err < 0)
		reply->row = smn_sys_refusal(r->sys);
	return reply->err;
}
