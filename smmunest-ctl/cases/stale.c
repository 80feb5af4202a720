// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is not in the tables any more is gone when the command that names it has
 * been issued. The rows are those of dma/stale.h; those of a command by itself
 * are quick.
 */
#include "cases/bed.h"
#include "dma/stale.h"

static void judge(struct trial *t, const struct smn_stale_result *r)
{
	if (r->end == SMN_STALE_UNSEEN || r->end == SMN_STALE_SKIP)
		trial_skip(t, "needs something stale: %.200s", r->why.text);
	else
		trial_check(t, r->end == SMN_STALE_PASS, "%.200s; %u of %u "
			    "were stale before it, %u are still",
			    r->why.text, r->lived, r->looked, r->left);
}

static void on_bed(struct trial *t, struct smn_bed *bed,
		   const struct test_case *c)
{
	const struct smn_pci *other = smn_stale_pair(c->number) ?
		trial_second(t) : NULL;
	struct smn_stale_second second = {
		.cdev = other ? other->cdev : NULL,
		.source = other ? smn_dma_of(other) : NULL,
	};
	struct smn_stale_result r;
	struct smn_stale st;

	if (other && !second.source->writes) {
		trial_skip(t, "needs a second DMA source: %s moves nothing",
			   other->bdf);
		return;
	}
	if (trial_went(t, smn_stale_begin(&st, bed, &second), "the devices") &&
	    trial_went(t, smn_stale_run(&st, c->number, &r), "the case"))
		judge(t, &r);
}

static void run(struct trial *t, const struct test_case *c)
{
	trial_on_bed(t, &(struct bed_wish){ 0 }, on_bed, c);
}

static bool more(unsigned int i, struct test_case *c)
{
	if (i >= smn_stale_cases())
		return false;
	*c = (struct test_case){
		.run = run, .number = i, .slow = !smn_stale_basic(i),
		.needs = NEED(DMA) | NEED(VDEVICE) | NEED(TLB) |
			(smn_stale_range(i) ? NEED(RIL) : 0) |
			(smn_stale_pair(i) ? NEED(TWO) : 0),
	};
	snprintf(c->name, sizeof(c->name), "%s", smn_stale_name(i));
	return true;
}

const struct topic topic_stale = { .name = "stale", .more = more };
