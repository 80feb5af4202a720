// SPDX-License-Identifier: GPL-2.0-or-later
/* Evaluating the errno rows, and the tests that many of them share. */
#include <inttypes.h>
#include <string.h>

#include "abi/row.h"
#include "abi/rules.h"

/* every op has its act, or the program does not link */
#define X(op, ...) extern const struct smn_act smn_act_##op;
SMN_OPS(X)
SMN_PSEUDO_OPS(X)
#undef X

static const struct smn_act *const acts[SMN_NOPS] = {
#define X(op, ...) [SMN_##op] = &smn_act_##op,
	SMN_OPS(X)
	SMN_PSEUDO_OPS(X)
#undef X
};

const struct smn_act *smn_act(enum smn_op_id op)
{
	return acts[op];
}

/* iommufd looks at the argument's size before all else; VFIO does its own. */
static const struct smn_act *before(enum smn_op_id op)
{
	return op >= SMN_IOMMU_DESTROY && smn_op(op)->since ?
		&smn_act_common : &smn_act_every;
}

const struct smn_row *smn_row_at(enum smn_op_id op, unsigned int i)
{
	const struct smn_act *first = before(op), *own = acts[op];

	if (i < first->nrows)
		return &first->rows[i];
	i -= first->nrows;
	return i < own->nrows ? &own->rows[i] : NULL;
}

/* --- the question --- */

static void resolve_id(struct smn_question *q, const struct smn_arg *a)
{
	struct smn_obj *o;

	if (!a->types || !a->in)
		return;
	o = smn_question_obj(q, smn_arg_get(a, q->in), SMN_T_NONE);
	if (a->types & (a->types - 1))
		q->subject = o;
	if (!o || !(a->types & 1u << o->type))
		return;
	if (o->type == SMN_T_DEVICE)
		q->dev = o->device.dev;
	else if (!q->smmu)
		q->smmu = smn_obj_smmu(o);
}

void smn_question_resolve(struct smn_question *q)
{
	const struct smn_op *op = smn_op(q->op);
	struct smn_file *f = smn_world_file(q->w, q->fd);

	q->x = f && !q->w->incomplete ? f->x : NULL;
	q->dev = f ? f->dev : NULL;
	q->smmu = NULL;
	q->subject = NULL;
	for (unsigned int i = 0; i < op->nargs; i++)
		resolve_id(q, &op->args[i]);
	/* beside a real kernel one device alone is what it is about */
	if (!q->dev && !q->smmu && !q->w->answers && q->w->devs &&
	    !q->w->devs->next)
		q->dev = q->w->devs;
	/* what a HWPT or a vIOMMU is on may be another one, which is refused */
	if (q->dev && q->dev->smmu)
		q->smmu = q->dev->smmu;
}

struct smn_obj *smn_question_obj(const struct smn_question *q,
				       uint32_t id, enum smn_type type)
{
	struct smn_obj *o = q->x ? smn_obj_get(q->x, id) : NULL;

	return o && (!type || o->type == type) ? o : NULL;
}

enum smn_truth smn_question_fact(const struct smn_question *q,
				 enum smn_fact fact)
{
	const struct smn_facts *at[] = { &q->w->facts,
					 q->smmu ? &q->smmu->facts : NULL,
					 q->dev ? &q->dev->facts : NULL };
	enum smn_truth all = SMN_UNKNOWN;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(at); i++)
		if (at[i] && at[i]->is[fact] > all)
			all = at[i]->is[fact];
	return all;
}

enum smn_truth smn_question_idr(const struct smn_question *q, const char *path,
				uint32_t *value)
{
	if (!q->smmu || q->smmu->told != SMN_YES)
		return SMN_UNKNOWN;
	*value = smn_idr_get(q->smmu->regs, path);
	return smn_truth_of(*value);
}

/* --- shared tests --- */

uint64_t smn_row_value(const struct smn_question *q, const struct smn_row *row)
{
	const struct smn_arg a = { .offset = row->on, .size = row->width };

	return smn_arg_get(&a, q->in);
}

bool smn_member_given(const struct smn_question *q, size_t offset)
{
	const struct smn_op *op = smn_op(q->op);

	if (q->given == ~0u)
		return true;
	for (unsigned int i = 0; i < op->nargs; i++)
		if (op->args[i].offset == offset)
			return q->given >> i & 1;
	return true;
}

bool smn_row_given(const struct smn_question *q, const struct smn_row *row)
{
	return smn_member_given(q, row->on);
}

enum smn_truth smn_test_bits(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_row_value(q, row) & row->with);
}

enum smn_truth smn_test_is(struct smn_question *q, const struct smn_row *row,
			   struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_row_value(q, row) == row->with);
}

enum smn_truth smn_test_is_not(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	return smn_not(smn_test_is(q, row, why));
}

enum smn_truth smn_test_above(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_row_value(q, row) > row->with);
}

enum smn_truth smn_test_below(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_row_value(q, row) < row->with);
}

enum smn_truth smn_test_elsewhere(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return q->w->answers ? smn_truth_of(q->w->befalls == row) :
		SMN_UNKNOWN;
}

enum smn_truth smn_test_always(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)q;
	(void)row;
	(void)why;
	return SMN_YES;
}

static const char *member_name(const struct smn_question *q,
			       const struct smn_row *row)
{
	const struct smn_op *op = smn_op(q->op);

	for (unsigned int i = 0; i < op->nargs; i++)
		if (op->args[i].offset == row->on)
			return op->args[i].name;
	return "id";
}

enum smn_truth smn_test_no_object(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	uint32_t id = smn_row_value(q, row);
	struct smn_obj *o = smn_question_obj(q, id, SMN_T_NONE);
	const char *name;

	if (!q->x)
		return SMN_UNKNOWN;
	if (o && row->with >> o->type & 1)
		return SMN_NO;
	if (!why)
		return SMN_YES;
	name = member_name(q, row);
	if (o)
		smn_why_set(why, "%s %" PRIu32 " is a %s, not a %s", name, id,
			    smn_type_name(o->type),
			    smn_type_name(__builtin_ctzll(row->with)));
	else if (smn_obj_is_tombstone(q->x, id))
		smn_why_set(why, "%s %" PRIu32 " is the tombstone of a vDEVICE "
			    "whose device was closed", name, id);
	else
		smn_why_set(why, "there is no object %s %" PRIu32, name, id);
	return SMN_YES;
}

/* --- rows every ioctl of iommufd has --- */

static enum smn_truth too_new(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	const struct smn_op *op = smn_op(q->op);

	(void)row;
	if (why)
		smn_why_set(why, "the running kernel does not have %s, which "
			    "came with Linux %u.%u", op->name,
			    op->since / 100, op->since % 100);
	return q->w->kernel ? smn_truth_of(q->w->kernel < op->since) :
		SMN_UNKNOWN;
}

static enum smn_truth too_short(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct smn_op *op = smn_op(q->op);
	uint32_t size = smn_arg_size(q->in);

	(void)row;
	if (why)
		smn_why_set(why, "size is %u, and %s needs %u at least", size,
			    op->name, op->min);
	return smn_truth_of(size < op->min);
}

/* the bytes beyond what this kernel knows must be zero */
static enum smn_truth tail_set(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	const struct smn_op *op = smn_op(q->op);
	uint32_t size = smn_arg_size(q->in);

	(void)row;
	(void)why;
	if (size <= op->size && (q->w->answers || q->w->kernel >= 703))
		return SMN_NO;
	if (!q->raw)
		return SMN_UNKNOWN;
	for (uint32_t i = op->size; i < size; i++)
		if (((const char *)q->raw)[i])
			return SMN_YES;
	return SMN_NO;
}

static const struct smn_row common[] = {
	/* of every call, and the first: whoever made it so knows */
	{ "injected", ENOMEM, SMN_IF(INJECTED),
	  .cause = "kernel out of memory, injected: we had a piece of memory "
		   "refused to it",
	  .remedy = "nothing is wrong: leave fail-nth alone",
	  .unreached = "no script has memory fail; `run fault` does" },
	{ "kernel.old", ENOTTY, .test = too_new,
	  .cause = "the running kernel does not have this ioctl",
	  .remedy = "use a newer kernel: nesting came with 6.13",
	  .unreached = "the kernel of the tests is newer" },
	{ "struct.short", EINVAL, .test = too_short,
	  .cause = "the argument's size is less than the kernel needs",
	  .remedy = "set size to that of the struct" },
	{ "struct.new", E2BIG, .test = tail_set,
	  .cause = "bytes are set that the running kernel does not know",
	  .remedy = "use a newer kernel, or leave the new members zero" },
	{ "memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
};

SMN_ACT(common, common);
const struct smn_act smn_act_every = { .rows = common, .nrows = 1 };

/* --- evaluation --- */

/* Is the row about another kind of object, or another kernel? */
static inline bool is_beside(const struct smn_question *q,
			     const struct smn_row *row)
{
	uint16_t kernel = q->w->kernel;

	if (row->about && q->x &&
	    !(q->subject && row->about >> q->subject->type & 1))
		return true;
	return kernel && (kernel < row->since ||
			  (row->before && kernel >= row->before));
}

enum smn_truth smn_row_holds(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	enum smn_truth holds;

	if (is_beside(q, row))
		return SMN_NO;
	if (row->width && !smn_row_given(q, row))
		return SMN_UNKNOWN;
	holds = row->test ? row->test(q, row, why) :
		smn_question_fact(q, row->with);
	if (holds != SMN_YES)
		return holds;
	/* a kernel that is not known is rather a new one */
	return (row->before && !q->w->kernel) || (row->about && !q->x) ?
		SMN_UNKNOWN : holds;
}

static const struct smn_row *first_of(struct smn_question *q,
				      const struct smn_act *act)
{
	for (unsigned int i = 0; i < act->nrows; i++)
		if (smn_row_holds(q, &act->rows[i], NULL) == SMN_YES)
			return &act->rows[i];
	return NULL;
}

const struct smn_row *smn_row_first(struct smn_question *q)
{
	const struct smn_row *row = first_of(q, before(q->op));

	return row ? row : first_of(q, acts[q->op]);
}

static bool is_common(const struct smn_row *row)
{
	return row >= common && row < common + SMN_ARRAY_SIZE(common);
}

int smn_world_happened(struct smn_question *q, void *out, int err)
{
	const struct smn_act *act = acts[q->op];

	if (!err)
		return act->done ? act->done(q, out) : 0;
	if (act->refused && !is_common(q->row))
		act->refused(q, out, err);
	return 0;
}
