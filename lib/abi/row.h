/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The errno rows: for each ioctl, in the order in which the kernel checks, what
 * refuses it. One evaluation serves everything: the model's answer is the first
 * row that holds; the diagnosis of a real refusal is the rows with that errno
 * that may hold; `explain` lists them.
 */
#ifndef SMN_ABI_ROW_H
#define SMN_ABI_ROW_H

#include <errno.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "abi/world.h"

/* A call, and what is known around it. */
struct smn_question {
	enum smn_op_id op;
	int fd;			/* SMN_ANY_FD: offline, no file is known */
	const void *in;		/* the argument before, zero-extended */
	const void *raw;	/* as the caller has it; NULL: not at hand */
	const void *out;	/* and after it; NULL: not answered yet */
	/*
	 * Which members of the argument mean something, 1 << its place in the
	 * op's table. Offline only some are given.
	 */
	uint32_t given;
	/*
	 * The STE or commands behind the argument's pointer. Of a refused
	 * batch only the command that entry_num names, and `first` is its
	 * index. NULL: not known.
	 */
	const uint64_t *words;
	size_t nwords;
	uint32_t first;
	struct smn_world *w;

	/* smn_question_resolve() fills these from the fd and the argument */
	struct smn_ictx *x;		/* NULL: not known */
	struct smn_pdev *dev;		/* the device it is about, or NULL */
	struct smn_smmu *smmu;		/* and its SMMU, or NULL */
	/* what the one member names that can name objects of several types */
	struct smn_obj *subject;

	int value;		/* done()'s: what the ioctl returns */
	uint32_t bad;		/* a test's note: the command that is wrong */
	const struct smn_row *row;	/* the model's refusal, or NULL */
	const struct smn_why *because;	/* its cause, if it is told */
};

struct smn_row {
	const char *id;		/* "map.reserved"; unique among all rows */
	int err;
	/* the member it looks at: offset and size; size 0: no one member */
	uint8_t on, width;
	/*
	 * It is checked only when the question's subject is of these types, 1
	 * << enum smn_type; 0: whatever that is.
	 */
	uint16_t about;
	uint64_t with;		/* the test's parameter */
	/*
	 * Does it hold? NULL: by `with`, an enum smn_fact. A test may write a
	 * more exact cause than the row's; @why is NULL when nobody reads it.
	 */
	enum smn_truth (*test)(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why);
	const char *cause, *remedy;
	/* kernels that check it, 617 is 6.17; 0: all of them */
	uint16_t since, before;
	/* nothing but other hardware or firmware will change that */
	bool forever;
	/* why no test on the emulated machine reaches it; NULL: one does */
	const char *unreached;
};

/* One ioctl: what refuses it, and what it does when nothing does. */
struct smn_act {
	const struct smn_row *rows;
	unsigned int nrows;
	/*
	 * It happened: change the world. Where the world answers, @out is to be
	 * filled in as the kernel would; else it is what the kernel wrote.
	 * 0 or -ENOMEM of our own.
	 */
	int (*done)(struct smn_question *q, void *out);
	/*
	 * It was refused with @err (-errno), by a row of its own where the
	 * world answers (q->row): what it did nevertheless.
	 */
	void (*refused)(struct smn_question *q, void *out, int err);
	/* it takes memory of the kernel, which a model can be made to lack */
	bool allocates;
};

/*
 * The act of an op. Rows of every call come first, then, in common, those of
 * every iommufd ioctl.
 */
const struct smn_act *smn_act(enum smn_op_id op);
extern const struct smn_act smn_act_every, smn_act_common;

/* Row @i of an op for @i from 0, in that order; NULL at the end. */
const struct smn_row *smn_row_at(enum smn_op_id op, unsigned int i);

/* Fill in what the question can tell of itself: x, dev, smmu, words. */
void smn_question_resolve(struct smn_question *q);

/* Does the row hold? SMN_NO where this kernel does not check it. */
enum smn_truth smn_row_holds(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why);

/* The first row that holds for certain, or NULL: the model's decision. */
const struct smn_row *smn_row_first(struct smn_question *q);

/*
 * The world after a call that was answered with @err: the acts' done() or
 * refused(). 0 or -ENOMEM of our own.
 */
int smn_world_happened(struct smn_question *q, void *out, int err);

/* --- for the tables: writers and tests that many rows share --- */

#define SMN_ON(type, member) \
	.on = offsetof(struct type, member), \
	.width = sizeof(((struct type *)0)->member)

/* a fact of the world, its SMMU or its device */
#define SMN_IF(fact) .with = SMN_FACT_##fact
#define SMN_TEST(t, ...) .test = smn_test_##t, __VA_ARGS__

/* .with: a bit of the member that is in it is set */
enum smn_truth smn_test_bits(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why);
/* the member is .with; is not; is greater; is less */
enum smn_truth smn_test_is(struct smn_question *q, const struct smn_row *row,
			   struct smn_why *why);
enum smn_truth smn_test_is_not(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why);
enum smn_truth smn_test_above(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why);
enum smn_truth smn_test_below(struct smn_question *q,
			      const struct smn_row *row, struct smn_why *why);
/* of every call: no other answer is known */
enum smn_truth smn_test_always(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why);
/*
 * The member is not the id of an object of the types .with (1 << enum
 * smn_type). The cause says which it is: nothing, a tombstone, another type.
 */
enum smn_truth smn_test_no_object(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why);

/*
 * What nobody can see who asks a real kernel, and a model meets only when it is
 * told to: w->befalls.
 */
enum smn_truth smn_test_elsewhere(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why);

/* This file of the device is not bound to an iommufd. */
enum smn_truth smn_test_unbound(struct smn_question *q,
				const struct smn_row *row,
				struct smn_why *why);

/* The member the row looks at, and whether it, or that at @offset, is known. */
uint64_t smn_row_value(const struct smn_question *q, const struct smn_row *row);
bool smn_row_given(const struct smn_question *q, const struct smn_row *row);
bool smn_member_given(const struct smn_question *q, size_t offset);

/* A fact, of the question's device, else its SMMU, else the world. */
enum smn_truth smn_question_fact(const struct smn_question *q,
				 enum smn_fact fact);

/* An ID register's field, "IDR0.S1P"; SMN_UNKNOWN where none are told. */
enum smn_truth smn_question_idr(const struct smn_question *q, const char *path,
				uint32_t *value);

/*
 * The object of that id if the question's iommufd is known and it has the
 * type (SMN_T_NONE: any); else NULL. *known tells whether NULL means "none".
 */
struct smn_obj *smn_question_obj(const struct smn_question *q,
				       uint32_t id, enum smn_type type);

/* rows that many ioctls have */
#define SMN_NOT_ZERO(id_, type, member) \
	{ id_, EOPNOTSUPP, SMN_ON(type, member), \
	  SMN_TEST(is_not, .with = 0), .cause = #member " is not 0", \
	  .remedy = "leave " #member " zero" }
#define SMN_NO_IOAS(id_, type, member) \
	{ id_, ENOENT, SMN_ON(type, member), \
	  SMN_TEST(no_object, .with = SMN_IS(IOAS)), \
	  .cause = #member " is no IOAS", \
	  .remedy = "allocate it with IOMMU_IOAS_ALLOC on the same iommufd" }

#define SMN_ACT(name, table, ...) \
	const struct smn_act smn_act_##name = { \
		.rows = table, .nrows = SMN_ARRAY_SIZE(table), __VA_ARGS__ }

#endif
