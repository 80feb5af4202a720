// SPDX-License-Identifier: GPL-2.0-or-later
/* What the requests so far have made, and what is gone again. See fuzz.h. */
#include <linux/iommufd.h>

#include "nest/fuzz-parts.h"

static uint16_t slot_of(const struct smn_request *req, const char *name)
{
	const struct smn_op *op = smn_op(req->op);
	const struct smn_req_value *v =
		&req->arg[smn_op_arg(op, name) - op->args];

	return v->ref == SMN_REF_ID || v->ref == SMN_REF_FD ? v->slot : 0;
}

/* The device went: its id, and its vDEVICE. */
static void closed_cdev(struct smn_fuzz *f, uint16_t cdev)
{
	for (unsigned int i = 1; i <= f->n; i++) {
		struct smn_fuzz_slot *s = &f->slots[i];

		if (s->type == SMN_T_DEVICE && s->via == cdev)
			s->live = false;
		if (s->type == SMN_T_VDEVICE && s->via &&
		    f->slots[s->via].via == cdev)
			s->live = false;
	}
}

static void made(struct smn_fuzz *f, const struct smn_request *req,
		 const struct smn_reply *reply)
{
	struct smn_fuzz_slot *s = &f->slots[req->result];
	const struct smn_op *op = smn_op(req->op);

	s->home = req->file;
	s->live = true;
	s->other = smn_op_value(op);
	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];

		if (a->out && !a->in && a->types)
			s->type = __builtin_ctz(a->types);
		s->open |= a->out && a->format == SMN_ARG_FD;
	}
	if (req->op == SMN_IOMMU_HWPT_ALLOC &&
	    f->slots[slot_of(req, "pt_id")].type == SMN_T_VIOMMU)
		s->type = SMN_T_NESTED;
	s->parent = req->op == SMN_IOMMU_HWPT_ALLOC &&
		smn_arg_get(smn_op_arg(op, "flags"), reply->out) &
		IOMMU_HWPT_ALLOC_NEST_PARENT;
	if (req->op == SMN_IOMMU_VDEVICE_ALLOC) {
		s->via = slot_of(req, "dev_id");
		s->vsid = req->arg[smn_op_arg(op, "virt_id") - op->args].value;
	}
	if (req->op == SMN_VFIO_DEVICE_BIND_IOMMUFD) {
		s->via = req->file;
		s->home = slot_of(req, "iommufd");
		f->slots[req->file].home = s->home;
	}
}

/* Mappings that overlap it, or that it is, are no longer there. */
static void unmapped(struct smn_fuzz *f, uint16_t ioas, uint64_t iova,
		     uint64_t length)
{
	for (unsigned int i = 0; i < SMN_FUZZ_MAPS; i++) {
		struct smn_fuzz_map *m = &f->maps[i];

		if (m->ioas == ioas && m->iova >= iova &&
		    m->iova - iova < length)
			m->ioas = 0;
	}
}

static void mapped(struct smn_fuzz *f, const struct smn_request *req,
		   const struct smn_reply *reply)
{
	const struct smn_op *op = smn_op(req->op);
	bool copy = req->op == SMN_IOMMU_IOAS_COPY;
	const struct smn_fuzz_map m = {
		.ioas = slot_of(req, copy ? "dst_ioas_id" : "ioas_id"),
		.iova = smn_arg_get(smn_op_arg(op, copy ? "dst_iova" : "iova"),
				    reply->out),
		.length = smn_arg_get(smn_op_arg(op, "length"), reply->out),
	};

	if (req->op == SMN_IOMMU_IOAS_UNMAP)
		unmapped(f, m.ioas, m.iova, m.length);
	else
		f->maps[f->nmaps++ % SMN_FUZZ_MAPS] = m;
}

static void opened(struct smn_fuzz *f, const struct smn_request *req)
{
	struct smn_fuzz_slot *s = &f->slots[req->result];

	s->open = true;
	s->other = req->device == SMN_REQ_PATH;
	s->via = s->other ? 0 : req->device;
}

void smn_fuzz_note(struct smn_fuzz *f, const struct smn_request *req,
		   const struct smn_reply *reply)
{
	if (reply->err < 0)
		return;
	if (req->kind == SMN_REQ_OPEN) {
		opened(f, req);
	} else if (req->kind == SMN_REQ_CLOSE) {
		struct smn_fuzz_slot *s = &f->slots[req->file];

		s->open = false;
		if (!s->type && s->via)
			closed_cdev(f, req->file);
	} else if (req->op == SMN_IOMMU_DESTROY) {
		f->slots[slot_of(req, "id")].live = false;
	} else if (req->op == SMN_IOMMU_IOAS_MAP ||
		   req->op == SMN_IOMMU_IOAS_MAP_FILE ||
		   req->op == SMN_IOMMU_IOAS_COPY ||
		   req->op == SMN_IOMMU_IOAS_UNMAP) {
		mapped(f, req, reply);
	} else if (req->result) {
		made(f, req, reply);
	}
}
