// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's interrupts are writes: both stages let them through, or do not. */
#include <errno.h>

#include "cases/bed.h"

enum wanted { DELIVERED, STOPPED, FOUND };

struct msi_row {
	struct bed_wish wish;
	enum wanted wanted;
};

/* False: it went wrong, or there is nothing to go on with. */
static bool prove(struct trial *t, struct smn_bed *bed,
		  struct smn_msi_proof *p)
{
	struct smn_why why;
	int ret = smn_msi_prove(bed, p, &why);

	if (ret == -EOPNOTSUPP && why.text[0]) {
		trial_skip(t, "needs MSI source: %.200s", why.text);
		return false;
	}
	return trial_went(t, ret, "the proof");
}

static void on_bed(struct trial *t, struct smn_bed *bed,
		   const struct test_case *c)
{
	const struct msi_row *row = c->with;
	struct smn_msi_proof p;

	if (!prove(t, bed, &p))
		return;
	trial_check(t, p.nrings, "no interrupt was tried: %.200s", p.why.text);
	trial_check(t, p.delivered == (row->wanted == DELIVERED),
		    "the first was %sdelivered: %.200s", p.delivered ? "" :
		    "not ", p.why.text);
	trial_check(t, p.ok == (row->wanted != FOUND), "it was %s: %.200s",
		    p.ok ? "not found out" : "not all as predicted",
		    p.why.text);
}

static void once(struct trial *t, const struct test_case *c)
{
	const struct msi_row *row = c->with;

	trial_on_bed(t, &row->wish, on_bed, c);
}

/* --- after the whole proof --- */

static void again(struct trial *t, struct smn_bed *bed,
		  const struct test_case *c)
{
	struct smn_proof_ring ring;
	struct smn_msi_proof p;

	if (!prove(t, bed, &p) || !trial_check(t, p.ok, "%.200s", p.why.text))
		return;
	for (uint64_t i = 0; i < c->number; i++)
		if (!trial_went(t, smn_msi_again(bed, &p, i % p.vectors, &ring),
				"the interrupt") ||
		    !trial_check(t, ring.ok, "interrupt %lu did not come alone",
				 (unsigned long)i))
			return;
}

/* None comes while @change holds, and the next one does after it is undone. */
struct stop {
	bool (*change)(struct trial *t, struct smn_bed *bed);
	bool (*back)(struct trial *t, struct smn_bed *bed);
};

static void stopped(struct trial *t, struct smn_bed *bed,
		    const struct test_case *c)
{
	const struct stop *stop = c->with;
	struct smn_proof_ring ring;
	struct smn_msi_proof p;

	if (!prove(t, bed, &p) || !trial_check(t, p.ok, "%.200s", p.why.text) ||
	    !stop->change(t, bed))
		return;
	bed->rings = false;	/* it is not to be waited for */
	if (!trial_went(t, smn_msi_again(bed, &p, 0, &ring), "the interrupt") ||
	    !trial_check(t, !ring.came, "the interrupt came all the same") ||
	    !stop->back(t, bed))
		return;
	bed->rings = true;
	if (trial_went(t, smn_msi_again(bed, &p, 0, &ring), "the interrupt"))
		trial_check(t, ring.ok, "the one after that did not come");
}

static void stopping(struct trial *t, const struct test_case *c)
{
	trial_on_bed(t, &(struct bed_wish){ 0 }, stopped, c);
}

static bool unmap(struct trial *t, struct smn_bed *bed)
{
	return trial_went(t, smn_bed_doorbell(bed, false), "stage 1");
}

static bool map(struct trial *t, struct smn_bed *bed)
{
	return trial_went(t, smn_bed_doorbell(bed, true), "stage 1");
}

static const struct stop detach = { bed_detach, bed_attach };
static const struct stop doorbell = { unmap, map };

/* --- rows --- */

#define BASE .needs = NEED(MSI) | NEED(VDEVICE)
#define MSI(name_, wanted_, wish_, ...) \
	ON_BED(name_, once, (&(const struct msi_row){ .wanted = wanted_, \
	       .wish = wish_ }), BASE, __VA_ARGS__)

/* One that has to be found out is waited for in vain: slow. */
static const struct test_case rows[] = {
	MSI("s1", DELIVERED, WISH(.ste = "V=1,Cfg=s1")),
	MSI("s1.vsid-0", DELIVERED, WISH(.vsid_given = true)),
	MSI("bypass", DELIVERED, WISH(.ste = "V=1,Cfg=bypass")),
	MSI("abort", STOPPED, WISH(.ste = "V=1,Cfg=abort")),
	MSI("invalid", STOPPED, WISH(.ste = "V=0")),
	MSI("found.no-doorbell", FOUND, WISH(.spoil = SMN_BREAK_NO_DOORBELL),
	    .slow = true),
	MSI("found.no-master", FOUND, WISH(.spoil = SMN_BREAK_NO_MASTER),
	    .slow = true),
	COURSE("again", again, WISH(), BASE, .number = 32),
	ON_BED("stopped.detached", stopping, &detach, BASE),
	ON_BED("stopped.unmapped", stopping, &doorbell, BASE),
};

TOPIC(msi, rows);
