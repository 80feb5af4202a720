/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What cases share that have a device move memory: a test bed in a session of
 * the case's own, undone at its end. See dma/bed.h.
 */
#ifndef CASES_BED_H
#define CASES_BED_H

#include "cases/case.h"
#include "dma/proof.h"

/* What a case wants of its bed; all zero is Cfg=s1, vSID 8, nothing spoilt. */
struct bed_wish {
	const char *ste;	/* "V=1,Cfg=bypass" */
	bool vsid_given;
	uint32_t vsid;
	uint32_t depth;		/* of the vEVENTQ */
	enum smn_break spoil;
};

/* The row's own part, on the bed as it stands. */
typedef void (*on_bed_fn)(struct trial *t, struct smn_bed *bed,
			  const struct test_case *c);

/* Build the bed, have @f go on, undo it all, and that has to succeed. */
void trial_on_bed(struct trial *t, const struct bed_wish *wish, on_bed_fn f,
		  const struct test_case *c);

/* A row that is one function on a bed: c->with is a struct bed_course. */
struct bed_course {
	struct bed_wish wish;
	on_bed_fn f;
};

void trial_course(struct trial *t, const struct test_case *c);

/* Row writers: what is wished for goes into WISH(), further members follow. */
#define WISH(...) { __VA_ARGS__ }
#define COURSE(name_, f_, wish_, ...) \
	ON_BED(name_, trial_course, (&(const struct bed_course){ .f = f_, \
	       .wish = wish_ }), __VA_ARGS__)

/* @function(t, c) with a row of its own table. */
#define ON_BED(name_, function, with_, ...) \
	{ .name = name_, .run = function, .with = with_, __VA_ARGS__ }

/* Detach it; attach it again to the stage 1 it had. */
bool bed_detach(struct trial *t, struct smn_bed *bed);
bool bed_attach(struct trial *t, struct smn_bed *bed);

/* Another STE, in a HWPT of its own that replaces the one attached. */
bool bed_replace(struct trial *t, struct smn_bed *bed, const char *ste);

/*
 * One transfer of which nothing must come: memory as it was, no event. @what:
 * why that is to be so.
 */
bool bed_nothing_moves(struct trial *t, struct smn_bed *bed, const char *what);

#endif
