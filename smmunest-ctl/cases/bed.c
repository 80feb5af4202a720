// SPDX-License-Identifier: GPL-2.0-or-later
/* A test bed for cases. See bed.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cases/bed.h"

#define STE "V=1,Cfg=s1"
#define VSID 8

/* Its fields, and which bits of the words those are. */
static int read_ste(const char *text, uint64_t ste[2], uint64_t seen[2],
		    struct smn_why *why)
{
	char *copy = strdup(text), *rest = copy, *field;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (field = strsep(&rest, ",")))
		ret = smn_layout_assign_once(&smn_vste, ste, seen, field, why);
	free(copy);
	return ret;
}

struct stand {
	struct smn_session s;
	struct smn_bed bed;
};

static int build(struct trial *t, struct stand *st, const struct bed_wish *w,
		 struct smn_why *why)
{
	struct smn_bed_setup setup = {
		.pci = trial_pci(t), .spoil = w->spoil,
		.dma = { .source = smn_dma_of(trial_pci(t)) },
		.plan = { .cdev = trial_pci(t)->cdev,
			  .vsid = w->vsid_given ? w->vsid : VSID,
			  .veventq_depth = w->depth },
	};
	int ret = read_ste(w->ste ? w->ste : STE, setup.plan.ste,
			   setup.ste_given, why);

	return ret ? ret : smn_bed_build(&st->s, &setup, &st->bed, why);
}

void trial_on_bed(struct trial *t, const struct bed_wish *wish, on_bed_fn f,
		  const struct test_case *c)
{
	struct stand *st = calloc(1, sizeof(*st));
	struct smn_why why = { "" };
	int ret;

	if (!trial_check(t, st, "out of memory"))
		return;
	ret = smn_session_open(&st->s, &trial_ctl(t)->sys);
	if (!ret)
		ret = build(t, st, wish, &why);
	if (ret == -ENOSPC && why.text[0])
		trial_skip(t, "needs room: %.200s", why.text);
	else if (trial_went(t, ret, why.text[0] ? why.text : "the bed"))
		f(t, &st->bed, c);
	trial_went(t, smn_session_close(&st->s), "undoing it");
	free(st);
}

void trial_course(struct trial *t, const struct test_case *c)
{
	const struct bed_course *course = c->with;

	trial_on_bed(t, &course->wish, course->f, c);
}

bool bed_detach(struct trial *t, struct smn_bed *bed)
{
	return trial_went(t, smn_device_detach(bed->s, &bed->nest.dev),
			  "detaching");
}

bool bed_attach(struct trial *t, struct smn_bed *bed)
{
	return trial_went(t, smn_device_attach(bed->s, &bed->nest.dev,
					       bed->nest.s1), "attaching");
}

bool bed_replace(struct trial *t, struct smn_bed *bed, const char *ste)
{
	uint64_t words[2] = { 0 }, seen[2] = { 0 };
	struct smn_why why = { "" };
	uint32_t s1;
	int ret = read_ste(ste, words, seen, &why);

	if (!ret)
		ret = smn_s1_alloc(bed->s, bed->nest.dev.id, bed->nest.viommu,
				   words, 0, &s1);
	if (!ret)
		ret = smn_device_attach(bed->s, &bed->nest.dev, s1);
	/* what is expected of transfers from now on */
	memcpy(bed->setup.plan.ste, words, sizeof(words));
	return trial_went(t, ret, why.text[0] ? why.text : "replacing");
}

bool bed_nothing_moves(struct trial *t, struct smn_bed *bed, const char *what)
{
	struct smn_proof_move m = { .want = { .fate = SMN_DMA_NO_TRACE } };
	int ret = smn_proof_transfer(bed, bed->x, bed->dma.source->writes, &m);

	return trial_went(t, ret, "the transfer") &&
		trial_check(t, m.tried && m.ok, "%s: %.200s", what,
			    m.tried ? m.why.text : "nothing was tried");
}
