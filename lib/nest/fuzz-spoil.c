// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes wrong with requests: one thing at a time. See fuzz-parts.h. */
#include <fcntl.h>
#include <string.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "nest/fuzz-parts.h"

#define NO_FILE 100000		/* fewer than that are open */

/* Any member that goes in, whether it has a value yet or not. */
static struct smn_req_value *any_member(struct smn_fuzz *f,
					struct smn_request *req,
					const struct smn_arg **arg)
{
	const struct smn_op *op = smn_op(req->op);
	unsigned int i;

	do
		i = smn_fuzz_below(f, op->nargs);
	while (!op->args[i].in);
	*arg = &op->args[i];
	req->given |= 1u << i;
	return &req->arg[i];
}

static void flip_bit(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_arg *a;
	struct smn_req_value *v = any_member(f, req, &a);

	v->value ^= 1ULL << smn_fuzz_below(f, 8 * a->size);
}

static void odd_value(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint64_t odd[] = { 0, 1, 2, 0x7fffffff, 0x80000000,
					0xffffffff, 1ULL << 63, UINT64_MAX };
	const struct smn_arg *a;
	struct smn_req_value *v = any_member(f, req, &a);

	*v = (struct smn_req_value){ .value = SMN_PICK(f, odd) };
}

static void other_size(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);
	const uint32_t sizes[] = { 0, 4, op->min - 1u, op->min, op->min + 4u,
				   op->size + 1u, op->size + 8u,
				   SMN_REQ_SIZE };

	req->size = SMN_PICK(f, sizes);
	req->tail = smn_fuzz_chance(f, 40);
}

/* An id of another type, of another /dev/iommu, or of what is gone. */
static void other_id(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);

	for (unsigned int i = 0; i < op->nargs; i++) {
		struct smn_req_value *v = &req->arg[i];

		if (!op->args[i].in || !op->args[i].types ||
		    smn_fuzz_chance(f, 40))
			continue;
		req->given |= 1u << i;
		v->ref = SMN_REF_ID;
		v->value = 0;
		if (smn_fuzz_chance(f, 50))
			v->slot = smn_fuzz_object(f, f->home, ~1u);
		else
			v->slot = smn_fuzz_below(f, f->n + 1);
		return;
	}
}

/* Nothing, nearly nothing, or an address of the kernel's. */
static void other_pointer(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint64_t bad[] = { 0, 8, 0x1000, ~0xfffULL, ~7ULL };
	const struct smn_op *op = smn_op(req->op);

	for (unsigned int i = 0; i < op->nargs; i++)
		if (req->arg[i].ref == SMN_REF_PAYLOAD ||
		    req->arg[i].ref == SMN_REF_MEMORY)
			req->arg[i] = (struct smn_req_value){
				.value = SMN_PICK(f, bad)
			};
}

static void other_word(struct smn_fuzz *f, struct smn_request *req)
{
	if (req->nwords)
		req->words[smn_fuzz_below(f, req->nwords)] ^=
			1ULL << smn_fuzz_below(f, 64);
}

/* Sent to a file of another kind, or to one that is closed. */
static void other_file(struct smn_fuzz *f, struct smn_request *req)
{
	req->file = smn_fuzz_chance(f, 70) ?
		smn_fuzz_file(f, smn_fuzz_below(f, 3)) :
		smn_fuzz_below(f, f->n + 1);
}

void smn_fuzz_spoil(struct smn_fuzz *f, struct smn_request *req)
{
	static void (*const ways[])(struct smn_fuzz *f,
				    struct smn_request *req) = {
		flip_bit, flip_bit, odd_value, other_size, other_id, other_id,
		other_pointer, other_word, other_file,
	};

	SMN_PICK(f, ways)(f, req);
}

/* --- within bounds --- */

static uint64_t value_of(const struct smn_request *req, const char *name)
{
	const struct smn_op *op = smn_op(req->op);

	return req->arg[smn_op_arg(op, name) - op->args].value;
}

/* How many bytes the kernel may read or clear behind the pointer. */
static uint64_t behind(const struct smn_request *req)
{
	switch (req->op) {
	case SMN_IOMMU_HWPT_ALLOC:
	case SMN_IOMMU_GET_HW_INFO:
		return (uint32_t)value_of(req, "data_len");
	case SMN_IOMMU_HWPT_INVALIDATE:
		return (uint64_t)(uint32_t)value_of(req, "entry_len") *
			(uint32_t)value_of(req, "entry_num");
	case SMN_IOMMU_IOAS_ALLOW_IOVAS:
		return (uint32_t)value_of(req, "num_iovas") *
			sizeof(struct iommu_iova_range);
	default:
		return 0;
	}
}

static void tame_pointer(struct smn_request *req, struct smn_req_value *v)
{
	switch (v->ref) {
	case SMN_REF_MEMORY:
		v->value %= SMN_FUZZ_BYTES;
		if (behind(req) > SMN_FUZZ_SCRATCH)
			*v = (struct smn_req_value){ .value = 0x1000 };
		break;
	case SMN_REF_PAYLOAD:
		v->value = 0;
		if (behind(req) > sizeof(req->words))
			*v = (struct smn_req_value){ .value = 0x1000 };
		else if (behind(req) > req->nwords * sizeof(*req->words))
			req->nwords = (behind(req) + 7) / 8;
		break;
	case SMN_REF_NUMBER:
		/* addresses of this process are no numbers */
		if (v->value >= SMN_NOWHERE && v->value < SMN_HIGH)
			v->value %= SMN_NOWHERE;
		break;
	default:
		break;
	}
}

/*
 * A mapping may not go on where the memory ends: what follows it in this
 * process is anybody's guess, unless it goes on for so long that there must be
 * a hole.
 */
static void tame_map(struct smn_request *req)
{
	struct smn_req_value *va = smn_fuzz_member(req, "user_va");
	struct smn_req_value *length = smn_fuzz_member(req, "length");

	if (va->ref == SMN_REF_MEMORY && length->value < SMN_HIGH &&
	    va->value + length->value > SMN_FUZZ_BYTES)
		length->value |= 1ULL << 48;
	if (va->ref == SMN_REF_NUMBER && va->value < SMN_NOWHERE &&
	    va->value + length->value > SMN_NOWHERE && length->value < SMN_HIGH)
		length->value |= 1ULL << 48;
}

/* Numbers of this process's own files are no numbers either. */
static void tame_file(struct smn_req_value *v)
{
	/* the member has 32 bits of it */
	v->value = v->ref == SMN_REF_FD ? 0 : (uint32_t)v->value;
	if (v->ref == SMN_REF_NUMBER && v->value < NO_FILE)
		v->value += NO_FILE;
}

/*
 * Two ranges follow at most, power saving is not for a model, and what a file
 * is opened for is not ours.
 */
static void tame_feature(struct smn_request *req)
{
	struct smn_req_value *feature = smn_fuzz_member(req, "feature");

	smn_fuzz_member(req, "nr_ranges")->value %= 3;
	smn_fuzz_member(req, "open_flags")->value &= O_CLOEXEC;
	feature->value = (uint16_t)feature->value;
	if (feature->value >= VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY &&
	    feature->value <= VFIO_DEVICE_FEATURE_LOW_POWER_EXIT)
		feature->value = VFIO_DEVICE_FEATURE_MIGRATION;
}

void smn_fuzz_tame(struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];

		if (a->address)
			tame_pointer(req, &req->arg[i]);
		if (a->in && a->format == SMN_ARG_FD)
			tame_file(&req->arg[i]);
	}
	if (req->op == SMN_IOMMU_IOAS_MAP)
		tame_map(req);
	if (req->op == SMN_VFIO_DEVICE_FEATURE)
		tame_feature(req);
}
