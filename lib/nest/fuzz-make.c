// SPDX-License-Identifier: GPL-2.0-or-later
/* Which request comes next. See fuzz.h. */
#include <string.h>

#include "nest/fuzz-parts.h"

enum { MAX_IOMMUS = 3, MAX_CDEVS = 4, SPOILED = 24, TWICE = 10 };

/* --- chance: splitmix64, whose state is one word --- */

static uint64_t draw(struct smn_fuzz *f)
{
	uint64_t z = f->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t smn_fuzz_below(struct smn_fuzz *f, uint64_t n)
{
	return draw(f) % n;
}

bool smn_fuzz_chance(struct smn_fuzz *f, unsigned int percent)
{
	return smn_fuzz_below(f, 100) < percent;
}

void smn_fuzz_begin(struct smn_fuzz *f, uint64_t seed)
{
	f->random = seed;
	f->home = f->n = f->nmaps = 0;
	memset(f->slots, 0, sizeof(f->slots));
	memset(f->maps, 0, sizeof(f->maps));
}

/* --- what there is --- */

uint16_t smn_fuzz_object(struct smn_fuzz *f, uint16_t home, uint32_t types)
{
	uint16_t found = 0;
	unsigned int n = 0;

	for (unsigned int i = 1; i <= f->n; i++) {
		const struct smn_fuzz_slot *s = &f->slots[i];

		if (!s->live || !(types >> s->type & 1) ||
		    (home && s->home != home))
			continue;
		/* the last one half of the time, the others alike */
		if (!smn_fuzz_below(f, ++n > 2 ? 2 : n))
			found = i;
	}
	return found;
}

static bool is_file(const struct smn_fuzz_slot *s, enum smn_fuzz_files which)
{
	if (!s->open)
		return false;
	if (s->other)
		return which == SMN_FUZZ_OTHERS;
	if (s->type)
		return which == SMN_FUZZ_QUEUES;
	return which == (s->via ? SMN_FUZZ_CDEVS : SMN_FUZZ_IOMMUS);
}

static unsigned int files(const struct smn_fuzz *f, enum smn_fuzz_files which)
{
	unsigned int n = 0;

	for (unsigned int i = 1; i <= f->n; i++)
		n += is_file(&f->slots[i], which);
	return n;
}

uint16_t smn_fuzz_file(struct smn_fuzz *f, enum smn_fuzz_files which)
{
	unsigned int n = files(f, which);
	/* the oldest half of the time: much happens in one place */
	unsigned int skip = n && smn_fuzz_chance(f, 50) ?
		smn_fuzz_below(f, n) : 0;

	for (unsigned int i = 1; i <= f->n; i++)
		if (is_file(&f->slots[i], which) && !skip--)
			return i;
	return 0;
}

/* The open cdev that device @via is bound with, or 0. */
static uint16_t bound_cdev(const struct smn_fuzz *f, uint16_t via)
{
	for (unsigned int i = 1; i <= f->n; i++)
		if (is_file(&f->slots[i], SMN_FUZZ_CDEVS) &&
		    f->slots[i].home && (!via || f->slots[i].via == via))
			return i;
	return 0;
}

/* An open cdev whose device nobody has bound, or 0. */
static uint16_t free_cdev(const struct smn_fuzz *f)
{
	for (unsigned int i = 1; i <= f->n; i++)
		if (is_file(&f->slots[i], SMN_FUZZ_CDEVS) &&
		    !bound_cdev(f, f->slots[i].via))
			return i;
	return 0;
}

/* Most happens where a device is. */
static uint16_t choose_home(struct smn_fuzz *f)
{
	uint16_t cdev = bound_cdev(f, 0);
	uint16_t home = cdev ? f->slots[cdev].home : 0;

	return home && f->slots[home].open && smn_fuzz_chance(f, 60) ? home :
		smn_fuzz_file(f, SMN_FUZZ_IOMMUS);
}

/* --- which op --- */

static const uint8_t weights[SMN_NOPS] = {
	[SMN_VFIO_DEVICE_BIND_IOMMUFD] = 5,
	[SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT] = 12,
	[SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT] = 4,
	[SMN_VFIO_DEVICE_FEATURE] = 4,
	[SMN_IOMMU_DESTROY] = 8,
	[SMN_IOMMU_IOAS_ALLOC] = 3,
	[SMN_IOMMU_IOAS_ALLOW_IOVAS] = 3,
	[SMN_IOMMU_IOAS_COPY] = 4,
	[SMN_IOMMU_IOAS_IOVA_RANGES] = 5,
	[SMN_IOMMU_IOAS_MAP] = 14,
	[SMN_IOMMU_IOAS_UNMAP] = 7,
	[SMN_IOMMU_OPTION] = 5,
	[SMN_IOMMU_VFIO_IOAS] = 4,
	[SMN_IOMMU_HWPT_ALLOC] = 16,
	[SMN_IOMMU_GET_HW_INFO] = 4,
	[SMN_IOMMU_HWPT_SET_DIRTY_TRACKING] = 2,
	[SMN_IOMMU_HWPT_GET_DIRTY_BITMAP] = 2,
	[SMN_IOMMU_HWPT_INVALIDATE] = 14,
	[SMN_IOMMU_FAULT_QUEUE_ALLOC] = 2,
	[SMN_IOMMU_IOAS_MAP_FILE] = 4,
	[SMN_IOMMU_VIOMMU_ALLOC] = 6,
	[SMN_IOMMU_VDEVICE_ALLOC] = 7,
	[SMN_IOMMU_IOAS_CHANGE_PROCESS] = 2,
	[SMN_IOMMU_VEVENTQ_ALLOC] = 4,
	[SMN_IOMMU_HW_QUEUE_ALLOC] = 2,
	[SMN_IOMMU_IOAS_NOIOMMU_GET_PA] = 2,
	[SMN_OPEN] = 4,
	[SMN_CLOSE] = 4,
	[SMN_READ_VEVENTQ] = 2,
	[SMN_READ_FAULTQ] = 2,
	[SMN_WRITE_FAULTQ] = 2,
};

static enum smn_op_id any_op(struct smn_fuzz *f)
{
	unsigned int total = 0, op = 0;

	for (unsigned int i = 0; i < SMN_NOPS; i++)
		total += weights[i];
	total = smn_fuzz_below(f, total);
	while (total >= weights[op])
		total -= weights[op++];
	return op;
}

/* Are there objects for every id that it wants? */
static bool has_ids(struct smn_fuzz *f, enum smn_op_id op)
{
	for (unsigned int i = 0; i < smn_op(op)->nargs; i++) {
		const struct smn_arg *a = &smn_op(op)->args[i];

		if (a->in && a->types && a->types != SMN_IS(FAULTQ) &&
		    !smn_fuzz_object(f, f->home, a->types))
			return false;
	}
	return true;
}

/* The way to a nested HWPT: what is missing, and what makes it. */
static const struct {
	enum smn_type type;
	enum smn_op_id op;
} chain[] = {
	{ SMN_T_DEVICE, SMN_VFIO_DEVICE_BIND_IOMMUFD },
	{ SMN_T_IOAS, SMN_IOMMU_IOAS_ALLOC },
	{ SMN_T_PAGING, SMN_IOMMU_HWPT_ALLOC },
	{ SMN_T_VIOMMU, SMN_IOMMU_VIOMMU_ALLOC },
	{ SMN_T_VDEVICE, SMN_IOMMU_VDEVICE_ALLOC },
	{ SMN_T_NESTED, SMN_IOMMU_HWPT_ALLOC },
	{ SMN_T_VEVENTQ, SMN_IOMMU_VEVENTQ_ALLOC },
};

static enum smn_op_id next_link(struct smn_fuzz *f)
{
	bool unbound = free_cdev(f);

	if (!f->home || (!unbound && !bound_cdev(f, 0)))
		return SMN_OPEN;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(chain); i++)
		if (!smn_fuzz_object(f, f->home, 1u << chain[i].type))
			return unbound || chain[i].type != SMN_T_DEVICE ?
				chain[i].op : any_op(f);
	return any_op(f);
}

static enum smn_op_id choose(struct smn_fuzz *f)
{
	enum smn_op_id op;

	if (!f->home || smn_fuzz_chance(f, 40))
		return next_link(f);
	op = any_op(f);
	for (unsigned int i = 0; i < 3 && !has_ids(f, op); i++)
		op = any_op(f);
	return op;
}

/* --- the request --- */

struct smn_req_value *smn_fuzz_member(struct smn_request *req,
				      const char *name)
{
	const struct smn_op *op = smn_op(req->op);
	unsigned int i = smn_op_arg(op, name) - op->args;

	req->given |= 1u << i;
	return &req->arg[i];
}

void smn_fuzz_put(struct smn_request *req, const char *name, uint64_t value)
{
	smn_fuzz_point(req, name, SMN_REF_NUMBER, value);
}

void smn_fuzz_point(struct smn_request *req, const char *name,
		    enum smn_ref ref, uint64_t value)
{
	*smn_fuzz_member(req, name) =
		(struct smn_req_value){ .ref = ref, .value = value };
}

static void fill_ids(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];
		uint16_t slot;

		/* an optional id: the shape gives it */
		if (!a->in || !a->types || a->types == SMN_IS(FAULTQ))
			continue;
		slot = smn_fuzz_object(f, f->home, a->types);
		smn_fuzz_point(req, a->name, slot ? SMN_REF_ID : SMN_REF_NUMBER,
			       slot ? 0 : smn_fuzz_below(f, 32));
		req->arg[i].slot = slot;
	}
}

/* An id, or the file that it returns. */
static bool makes(const struct smn_op *op)
{
	for (unsigned int i = 0; i < op->nargs; i++)
		if (op->args[i].out && !op->args[i].in && op->args[i].types)
			return true;
	return smn_op_value(op);
}

/* Paths that are no device's: nothing there, and a file of another kind */
static void other_path(struct smn_fuzz *f, struct smn_request *req)
{
	req->device = SMN_REQ_PATH;
	strcpy(req->path, smn_fuzz_chance(f, 20) ? "/dev/vfio/devices/vfio99" :
	       "/dev/null");
}

static void make_open(struct smn_fuzz *f, struct smn_request *req)
{
	unsigned int iommus = files(f, SMN_FUZZ_IOMMUS);
	unsigned int cdevs = files(f, SMN_FUZZ_CDEVS);

	req->kind = SMN_REQ_OPEN;
	if (iommus && (cdevs < iommus || iommus >= MAX_IOMMUS ||
		       smn_fuzz_chance(f, 60)))
		req->device = 1 + smn_fuzz_below(f, f->ndevs);
	/* enough is open: close one of them instead */
	if (iommus >= MAX_IOMMUS && cdevs >= MAX_CDEVS) {
		req->kind = SMN_REQ_CLOSE;
		req->op = SMN_CLOSE;
		req->file = smn_fuzz_file(f, smn_fuzz_below(f, 2));
	}
	if (req->kind == SMN_REQ_OPEN && iommus && smn_fuzz_chance(f, 25))
		other_path(f, req);
}

static void make_close(struct smn_fuzz *f, struct smn_request *req)
{
	static const enum smn_fuzz_files likely[] = {
		SMN_FUZZ_QUEUES, SMN_FUZZ_QUEUES, SMN_FUZZ_QUEUES,
		SMN_FUZZ_CDEVS, SMN_FUZZ_CDEVS, SMN_FUZZ_OTHERS,
		SMN_FUZZ_IOMMUS,
	};

	req->kind = SMN_REQ_CLOSE;
	for (unsigned int i = 0; i < 3 && !req->file; i++)
		req->file = smn_fuzz_file(f, SMN_PICK(f, likely));
}

/* The last queue of the type that is open, or 0. */
static uint16_t a_queue(const struct smn_fuzz *f, enum smn_type type)
{
	for (unsigned int i = f->n; i; i--)
		if (f->slots[i].open && f->slots[i].type == type)
			return i;
	return 0;
}

static void make_transfer(struct smn_fuzz *f, struct smn_request *req)
{
	static const uint32_t sizes[] = { 0, 1, 8, 8, 16, 39, 40, 48, 200 };
	static const enum smn_fuzz_files safe[] = { SMN_FUZZ_IOMMUS,
						    SMN_FUZZ_QUEUES };

	req->kind = req->op == SMN_WRITE_FAULTQ ? SMN_REQ_WRITE : SMN_REQ_READ;
	req->size = SMN_PICK(f, sizes);
	/* never a cdev: that would be device memory */
	req->file = smn_fuzz_chance(f, 80) ?
		a_queue(f, req->op == SMN_READ_VEVENTQ ? SMN_T_VEVENTQ :
			SMN_T_FAULTQ) :
		smn_fuzz_file(f, SMN_PICK(f, safe));
	if (req->kind == SMN_REQ_WRITE) {
		req->nwords = (req->size + 7) / 8;
		for (unsigned int i = 0; i < req->nwords; i++)
			req->words[i] = smn_fuzz_below(f, 3);
	}
}

static void make_ioctl(struct smn_fuzz *f, struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);
	bool vfio = req->op < SMN_IOMMU_DESTROY;

	req->kind = SMN_REQ_IOCTL;
	req->size = op->size;
	req->file = vfio ? smn_fuzz_file(f, SMN_FUZZ_CDEVS) : f->home;
	/* a cdev is bound once, and used when it is bound */
	if (vfio && smn_fuzz_chance(f, 75))
		req->file = req->op == SMN_VFIO_DEVICE_BIND_IOMMUFD ?
			free_cdev(f) : bound_cdev(f, 0);
	if (req->op == SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT &&
	    f->slots[req->file].home)
		f->home = f->slots[req->file].home;
	if (makes(op))
		req->result = ++f->n;
	fill_ids(f, req);
	smn_fuzz_shape(f, req);
	if (smn_fuzz_chance(f, SPOILED))
		do
			smn_fuzz_spoil(f, req);
		while (smn_fuzz_chance(f, TWICE));
	smn_fuzz_tame(req);
}

void smn_fuzz_make(struct smn_fuzz *f, struct smn_request *req)
{
	memset(req, 0, sizeof(*req));
	f->home = choose_home(f);
	req->op = choose(f);
	switch (req->op) {
	case SMN_OPEN:
		make_open(f, req);
		if (req->kind == SMN_REQ_OPEN)
			req->result = ++f->n;
		break;
	case SMN_CLOSE:
		make_close(f, req);
		break;
	case SMN_READ_VEVENTQ:
	case SMN_READ_FAULTQ:
	case SMN_WRITE_FAULTQ:
		make_transfer(f, req);
		break;
	default:
		make_ioctl(f, req);
	}
}
